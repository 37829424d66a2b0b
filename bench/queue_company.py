"""
A store with any number of parties that have something to do, for benchmarks: written past the verbs.

Every party has a contact plan, of which half are due, and one in five bought something within the year. Of the parties of every second
employee one in two has a recall, and one in five a task, half of them due. No two parties of an employee are due on the same day unless
there are more of them than days.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import attrs

from crmkit import days
from crmkit.desks.work_items import gain_of, items_of
from crmkit.entities import Address, ContactPerson, ContactPlan, Document, Line, Party, Recall, Ref, Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit.records import Stored
    from crmkit.store import Store

TENANT = "acme"
AS_OF = date(2026, 6, 30)
EMPLOYEES = 20
_DAYS = 1_000
_AT_ONCE = 5_000
_UTC = ZoneInfo("UTC")


def fill(store: Store, parties: int) -> None:
    """Write so many parties, with all that is open with them."""
    records = (record for number in range(parties) for record in _of_party(number))
    while batch := list(islice(records, _AT_ONCE)):
        with store.transaction(TENANT, write=True) as transaction:
            transaction.save(batch)


def _of_party(number: int) -> Iterator[Stored]:
    id, employee = f"P-{number:07d}", number % EMPLOYEES
    owner, place = f"E-{employee}", number // EMPLOYEES
    due_on = AS_OF + timedelta(days=place * 619 % _DAYS - _DAYS // 2)
    yield Party(
        id=id,
        name=f"Musterbau {number} GmbH",
        created_on=date(2023, 1, 1),
        roles={"customer"},
        people=[ContactPerson(id="1", last_name="Huber", first_name="Anna")],
        addresses=[Address(street=f"Hauptstraße {number % 99}", postal_code="4020", city="Linz", country="AT")],
        emails=[f"office@{number}.example"],
        owner_id=owner,
    )
    last = due_on - timedelta(days=31)
    plan = ContactPlan(party_id=id, frequency=days(30), last_contact_on=last, contact_count=3, next_contact_on=due_on)
    asking: list[Stored] = [plan]
    if employee % 2 == 0 and place % 2 == 0:
        asking.append(Recall(id=f"R-{number}", party_id=id, due_on=due_on, reason="spring offer"))
    if employee % 2 == 0 and place % 5 == 0:
        asking.append(Task(id=f"T-{number}", party_id=id, about=Ref("party", id), text="samples", due_on=due_on, employee_id=owner))
    invoice = None
    if place % 5 == 1:
        line = Line(item_id="I-1", quantity=1 + number % 97, unit_price=10, unit_cost=6)
        invoice = Document(id=f"D-{number}", kind="invoice", party_id=id, issued_on=AS_OF - timedelta(days=number % 300), lines=[line])
    yield from asking
    for record in asking:
        for item in items_of(record, owner_id=owner, zone=_UTC):
            gain = None if invoice is None else gain_of(invoice, "EUR")
            yield item if gain is None else attrs.evolve(item, worth=-gain)
    if invoice is not None:
        yield invoice
