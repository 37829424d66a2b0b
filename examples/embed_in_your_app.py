"""
crmkit inside a host application: its tables beside the host's own, its verbs in the host's transaction.

Run it with `python examples/embed_in_your_app.py`; it needs crmkit[sql] and works in a folder of its own.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, select

from crmkit import Crm, Scope, Settings, days, weeks
from crmkit.entities import ContactPlan, Party
from crmkit.persistence.sql import SqlStore, create_engine, upgrade

HOST = MetaData()
ERP_CALLS = Table("erp_calls", HOST, Column("customer", String, nullable=False), Column("minutes", Integer, nullable=False))


def nine_o_clock() -> datetime:
    """Tell a fixed time, so that the example always prints the same; leave `clock` out and it is the real one."""
    return datetime(2026, 3, 2, 8, tzinfo=UTC)


def main(folder: Path) -> None:
    """Record a call in both worlds, let one fail in both, and ask whom to call."""
    engine = create_engine(f"sqlite:///{folder / 'erp.db'}")
    HOST.create_all(engine)
    upgrade(engine)  # makes crmkit's tables, or brings them up to date

    def desk(store: SqlStore) -> Crm:
        return Crm(store, scope=Scope(tenant="acme", actor="anna"), settings=Settings(zone="Europe/Berlin"), clock=nine_o_clock)

    desk(SqlStore(engine)).add(Party(id="C-17", name="Müller GmbH", created_on=date(2025, 6, 1), roles="customer", owner_id="anna"))

    with engine.begin() as connection:  # one transaction of the host: its row and crmkit's records, or neither
        connection.execute(insert(ERP_CALLS).values(customer="C-17", minutes=12))
        crm = desk(SqlStore(connection))
        crm.record_interaction("C-17", kind="phone", topics=["spring offer"], minutes=12, recall=weeks(3))
        crm.contact.plan("C-17", frequency=days(60))

    try:
        with engine.begin() as connection:
            desk(SqlStore(connection)).record_interaction("C-17", kind="phone")
            raise RuntimeError("the host changes its mind")  # noqa: TRY301  # that is the point
    except RuntimeError as error:
        print(f"undone in both worlds: {error}")

    crm = desk(SqlStore(engine))
    with engine.connect() as connection:
        print("calls in the host's table:", connection.execute(select(func.count()).select_from(ERP_CALLS)).scalar_one())
    print("contacts in crmkit:", crm.get(ContactPlan, "C-17").contact_count)
    for as_of in (date(2026, 3, 22), date(2026, 3, 23), date(2026, 3, 24)):
        print(as_of, [f"{row.party.name}: {row.reasons[0]}" for row in crm.work_queue(as_of=as_of)])
    engine.dispose()


if __name__ == "__main__":
    with TemporaryDirectory() as here:
        main(Path(here))
