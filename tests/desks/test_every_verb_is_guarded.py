"""Every public verb and list, of `Crm` and of each desk, is denied to whoever has no right to it (row 136)."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from crmkit import Crm, Money, Period, Scope, days
from crmkit.entities import Campaign, Case, Document, Line, MarketingPlan, Opportunity, Party, Ref
from crmkit.errors import NotPermittedError
from crmkit.persistence import MemoryStore
from crmkit.store import Rights

if TYPE_CHECKING:
    from collections.abc import Callable

DAY, AT, EUR = date(2026, 1, 1), datetime(2026, 1, 1, 11, tzinfo=UTC), Money.of(1, "EUR")
NO_VERBS = {"open", "close"}  # of `Crm`: the store's
ANSWERS: dict[str, Any] = {
    "party_id": "C-17",
    "document_id": "R-1",
    "invoice_id": "R-1",
    "campaign_id": "K-1",
    "plan_id": "M-1",
    "opportunity_id": "O-1",
    "case_id": "F-1",
    "entity": Party(id="C-17", name="Müller", created_on=DAY),
    "owner_id": "anna",
    "about": Ref("party", "C-17"),
    "record": Ref("party", "C-17"),
    "kind": "complaint",
    "channel": "phone",
    "purpose": "service",
    "consent_ids": ["1"],
    "lines": [Line(item_id="I-1", quantity=1, unit_price=1)],
    "amount": EUR,
    "credit": EUR,
    "ratio": "0.1",
    "classes": {"C-17": "A"},
    "field": "region",
    "score": 3,
    "minutes": 30,
    "contact_count": 1,
    "attendees": ["ben"],
    "recipients": ["a@b.example"],
    "sender": "a@b.example",
    "uri": "dms:1",
    "ids": ["1"],
    "members": ["C-17"],
    "handlers": {"*": print},
    "frequency": days(3),
    "probability": "0.5",
    "period": Period.month(2026, 1),
    "within": Period.month(2026, 1),
    "start_at": AT,
    **dict.fromkeys(("on", "by", "since", "due_on", "expected_on", "verified_before", "last_contact_on"), DAY),
}
OTHERS: dict[str, dict[str, Any]] = {
    "documents.open_lines": {"to": "credit_note"},
    "cases.rate": {"kind": "csat"},
    "crm.get": {"kind": Party, "id": "C-17"},
    "crm.import_": {"data": {"crmkit": 1, "records": {}}},
}


def callables(crm: Crm) -> dict[str, Callable[..., object]]:
    desks = {name: desk for name, desk in vars(crm).items() if not name.startswith("_")}
    found = {f"{name}.{verb}": method for name, desk in desks.items() for verb, method in methods(desk)}
    return found | {f"crm.{verb}": method for verb, method in methods(crm) if verb not in NO_VERBS}


def methods(desk: object) -> list[tuple[str, Callable[..., object]]]:
    return [(name, method) for name, method in inspect.getmembers(desk, inspect.ismethod) if not name.startswith("_")]


def called(name: str, method: Callable[..., object]) -> object:
    """Call with what each argument asks for."""
    asked = inspect.signature(method).parameters.values()
    needed = {one.name: ANSWERS.get(one.name, "x") for one in asked if one.default is one.empty and one.kind is not one.VAR_POSITIONAL}
    return method(**needed | OTHERS.get(name, {}))


def a_crm(rights: Rights | None) -> Crm:
    store = MemoryStore()
    full = Crm(store, scope=Scope(tenant="acme", actor="anna"), clock=lambda: AT)
    full.add(Party(id="C-17", name="Müller", created_on=DAY), Campaign(id="K-1", name="fair"), MarketingPlan(id="M-1", name="2026"))
    full.add(Opportunity(id="O-1", party_id="C-17", title="press", opened_on=DAY, pipeline_id="sales", stage="offer", probability="0.4"))
    full.add(Document(id="R-1", kind="invoice", party_id="C-17", issued_on=DAY, lines=[]))
    full.add(Case(id="F-1", about=Ref("party", "C-17"), opened_at=AT, text="it rattles"))
    return Crm(store, scope=Scope(tenant="acme", actor="ben", rights=rights), clock=lambda: AT)


@pytest.mark.parametrize("name", sorted(callables(a_crm(None))))
def test_nothing_is_done_or_read_without_the_right_to_it(name: str) -> None:
    crm = a_crm(Rights(verbs={}))

    with pytest.raises(NotPermittedError, match="actor 'ben' may not"):
        called(name, callables(crm)[name])
