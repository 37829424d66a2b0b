"""The lists that users open daily are index ranges, not walks through the whole table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, event, text

from crmkit.conditions import Condition
from crmkit.desks.due_records import open_with
from crmkit.entities import (
    Appointment,
    Case,
    Consent,
    ContactPlan,
    Contract,
    Departure,
    Deputy,
    Document,
    FollowUp,
    HistoryEntry,
    Interaction,
    LoyaltyEntry,
    Objection,
    Party,
    Recall,
    Task,
)
from crmkit.persistence.sql import SqlStore
from crmkit.records import Birthday, SearchTerm, WorkItem
from crmkit.store import Beside, Query
from crmkit.testing.contract_data import DAY, MOMENT, TENANT

if TYPE_CHECKING:
    from collections.abc import Sequence

OPEN = Condition("state", "equal", "open")
OF_PARTY = Condition("party_id", "equal", "P-1")
OF_RANK, OF_ANNA, UP_TO = Condition("rank", "equal", 8), Condition("whose", "equal", "employee anna"), Condition("day", "at_most", DAY)
OF_RANKS = Condition("rank", "one_of", (0, 1, 2, 3, 4, 5))
QUEUED = ["day", "at", "worth", "key"]


def _words(beginning: str) -> tuple[Condition, Condition]:
    return Condition("term", "at_least", beginning), Condition("term", "less_than", beginning + "\U0010ffff")


PAGES: Sequence[tuple[Query[Any], str]] = (
    (Query(Recall, [OPEN], order_by=["due_on"], after=(DAY, "R-1"), limit=50), "state=? AND (due_on,id)>(?,?)"),
    (Query(ContactPlan, [Condition("next_contact_on", "at_most", DAY)], order_by=["next_contact_on"], limit=50), "next_contact_on<?"),
    (Query(Interaction, [OF_PARTY], order_by=["-happened_at"], after=(MOMENT, "A-1"), limit=50), "(happened_at,id)<(?,?)"),
    (Query(HistoryEntry, [OF_PARTY], order_by=["-happened_at"], limit=50), "party_id=?"),
    (Query(Document, [OF_PARTY], order_by=["-issued_on"], limit=50), "party_id=?"),
    (Query(Party, after=("P-1",), limit=50), "tenant=? AND id>?"),
    (Query(Party, [Condition("checked_on", "less_than", DAY)], order_by="checked_on", limit=50), "checked_on<?"),
    (
        Query(Case, [Condition("employee_id", "equal", "anna")], order_by="pending_since", limit=50),
        "employee_id=? AND pending_since>?",
    ),
    (Query(LoyaltyEntry, [OF_PARTY], order_by="booked_on"), "party_id=?"),
    (Query(WorkItem, [OF_RANK, UP_TO], order_by=QUEUED, limit=50), "rank=? AND day<?"),
    (Query(WorkItem, [OF_ANNA, OF_RANK, UP_TO], order_by=QUEUED, limit=50), "whose=? AND rank=? AND day<?"),
    (Query(WorkItem, [OF_RANKS, UP_TO], order_by=("rank", *QUEUED), limit=50), "rank=? AND day<?"),
    (Query(WorkItem, [OF_ANNA, OF_RANKS, UP_TO], order_by=("rank", *QUEUED), limit=50), "whose=? AND rank=? AND day<?"),
    (
        Query(SearchTerm, _words("linden"), order_by="term", limit=50, beside=[Beside(("party_id", "field"), _words("transp"))]),
        "party_id=? AND term>? AND term<?",
    ),
)
SELECTIONS: Sequence[tuple[Query[Any], str]] = (
    *((query, "party_id=? AND ") for query in open_with(("P-1", "P-2")) if query.kind not in (ContactPlan, Document)),
    (Query(Recall, [Condition("party_id", "one_of", ("P-1", "P-2")), OPEN]), "party_id=? AND state=?"),
    (Query(Document, [Condition("issued_on", "at_least", DAY)]), "issued_on>?"),
    (
        Query(Document, [Condition("party_id", "one_of", ("P-1", "P-2", "P-3")), Condition("kind", "one_of", ("invoice", "credit_note"))]),
        "party_id=?",
    ),
    (Query(Document, [Condition("predecessor_id", "one_of", ("D-1",))]), "predecessor_id=?"),
    (Query(Party, [Condition("id", "one_of", tuple(f"P-{number}" for number in range(1_000)))]), "tenant=? AND id=?"),
    (Query(Party, [Condition("owner_id", "equal", "anna")]), "owner_id=?"),
    (Query(Party, [Condition("parent_id", "equal", "P-1")]), "parent_id=?"),
    (Query(Party, [Condition("seat", "missing", value=False)]), "seat>?"),
    (Query(Case, order_by="pending_since", limit=50), "pending_since>?"),
    (Query(Deputy, [Condition("ends_before", "more_than", DAY)]), "ends_before>?"),
    (Query(LoyaltyEntry, [Condition("invoice_id", "one_of", ("R-1",))]), "invoice_id=?"),
    (Query(Appointment, [Condition("state", "equal", "planned"), Condition("start_at", "less_than", MOMENT)]), "state=? AND start_at<?"),
    (Query(Birthday, [Condition("day", "one_of", ("02-28", "02-29"))]), "day=?"),
    (Query(Interaction, [Condition("commitment_due_on", "at_most", DAY)]), "commitment_due_on<?"),
    (Query(Contract, [Condition("state", "equal", "active"), Condition("due_on", "at_most", DAY)]), "state=? AND due_on<?"),
    (Query(Task, [OPEN, Condition("due_on", "at_most", DAY)]), "state=? AND due_on<?"),
    (Query(FollowUp, [OPEN, Condition("due_on", "at_most", DAY)]), "state=? AND due_on<?"),
    (Query(Case, [Condition("pending_since", "less_than", MOMENT)]), "pending_since<?"),
    (
        Query(Document, [Condition("kind", "equal", "quote"), OPEN, Condition("issued_on", "at_most", DAY)]),
        "kind=? AND state=? AND issued_on<?",
    ),
    (Query(ContactPlan, [Condition("next_contact_on", "at_most", DAY)]), "next_contact_on<?"),
    (
        Query(
            Consent,
            [
                Condition("party_id", "one_of", ("P-1", "P-2")),
                Condition("purpose", "equal", "service"),
                Condition("channel", "equal", "phone"),
            ],
        ),
        "party_id=? AND purpose=? AND channel=?",
    ),
    (Query(Objection, [Condition("party_id", "one_of", ("P-1", "P-2"))]), "party_id=?"),
    (Query(Departure, [Condition("left_on", "at_least", DAY)]), "left_on>?"),
)


def _plan(engine: Engine, query: Query[Any], explain: str) -> str:
    """Let the store ask, and ask the database for its plan of the same statement."""
    asked: list[tuple[str, Any]] = []

    def remember(*arguments: Any) -> None:
        asked.append((arguments[2], arguments[3]))

    event.listen(engine, "before_cursor_execute", remember)
    with SqlStore(engine).transaction(TENANT, write=False) as transaction:
        transaction.find(query)
    event.remove(engine, "before_cursor_execute", remember)
    statement, parameters = asked[-1]
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # in tables that hold next to nothing every way costs the same
            connection.execute(text("SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off"))
        rows = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize(("query", "condition"), PAGES)
def test_a_page_is_read_from_an_index_in_its_order(sqlite_file: Engine, query: Query[Any], condition: str) -> None:
    plan = _plan(sqlite_file, query, "EXPLAIN QUERY PLAN")
    assert condition in plan
    assert "SCAN crmkit" not in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(("query", "condition"), SELECTIONS)
def test_a_selection_is_found_by_an_index(sqlite_file: Engine, query: Query[Any], condition: str) -> None:
    plan = _plan(sqlite_file, query, "EXPLAIN QUERY PLAN")
    assert condition in plan
    assert "SCAN crmkit" not in plan


@pytest.mark.parametrize(("query", "condition"), PAGES)
def test_postgresql_reads_the_same_pages_from_an_index(postgresql: Engine, query: Query[Any], condition: str) -> None:
    plan = _plan(postgresql, query, "EXPLAIN")
    assert "Index" in plan, condition
    assert "Index Cond: ((tenant" in plan
