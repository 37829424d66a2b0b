"""Each rule over merged parties, cases and cards finds what breaks it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit import Crm, Money
from crmkit.conditions import Condition
from crmkit.entities import Case, ContactPlan, Document, Line, LoyaltyCard, LoyaltyEntry, LoyaltyRate, Party, Recall, Ref
from crmkit.records import MatchKey
from crmkit.store import Query

if TYPE_CHECKING:
    from crmkit.store import Store


@pytest.fixture
def busy(crm: Crm) -> Crm:
    """A desk with a merged lead, a case and a card."""
    crm.add(
        Party(id="L-1", name="Eva Huber", kind="person", created_on=date(2025, 12, 1)),
        Recall(id="W-1", party_id="C-17", due_on=date(2026, 1, 5)),
        LoyaltyCard(id="K-1", party_id="C-17", rates=[LoyaltyRate(ratio="0.02", since=date(2025, 1, 1))]),
        LoyaltyCard(id="K-0", party_id="C-17", active=False),
    )
    line = Line(item_id="I-1", quantity=1, unit_price=100)
    crm.add(Document(id="R-2", kind="invoice", party_id="C-17", issued_on=date(2025, 12, 1), lines=[line]))
    crm.cases.open(Ref("party", "C-17"), text="x")
    crm.parties.convert_lead("L-1", into="C-17")
    return crm


def test_after_the_verbs_every_rule_holds(busy: Crm) -> None:
    assert busy.check() == ()


@pytest.mark.parametrize(
    ("kind", "where", "fields", "rule"),
    [
        (Recall, Condition("id", "equal", "W-1"), {"party_id": "L-1"}, "nothing_belongs_to_a_merged_party"),
        (Party, Condition("id", "equal", "L-1"), {"merged_into": "C-99"}, "nothing_belongs_to_a_merged_party"),
        (ContactPlan, Condition("id", "equal", "L-1"), {"next_contact_on": date(2026, 1, 1)}, "a_merged_party_is_never_due"),
        (LoyaltyCard, Condition("id", "equal", "K-0"), {"active": True}, "each_party_has_one_active_card"),
        (LoyaltyEntry, Condition("invoice_id", "equal", "R-2"), {"credit": Money.of(3, "EUR"), "kind": "credit_note"}, "what_came_back"),
        (MatchKey, Condition("party_id", "equal", "C-17"), {"key": "name 657 x"}, "parties_are_brought_together"),
        (Case, Condition("party_id", "equal", "C-17"), {"state": "in_progress"}, "a_case_is_in_the_state"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_rule_finds_what_breaks_it(  # noqa: PLR0917  # fixtures and parameters
    busy: Crm, store: Store, kind: type[Any], where: Condition, fields: dict[str, Any], rule: str
) -> None:
    with store.transaction("acme", write=True) as transaction:
        transaction.save([attrs.evolve(record, **fields) for record in transaction.find(Query(kind, [where]))])

    assert any(problem.source.startswith(rule) for problem in busy.check())


def test_a_wrong_sum_and_a_case_without_moves_are_found(busy: Crm, store: Store) -> None:
    with store.transaction("acme", write=True) as transaction:
        (entry,) = transaction.find(Query(LoyaltyEntry, [Condition("invoice_id", "equal", "R-2")]))
        transaction.save([attrs.evolve(entry, id="stray", version=0, kind="credit_note", credit=Money.of(1, "EUR"))])
        (case,) = transaction.find(Query(Case))
        transaction.save([attrs.evolve(case, id="stray", version=0)])

    assert {problem.source for problem in busy.check()} >= {
        "what_came_back_is_taken_back_at_the_rate_of_its_invoice",
        "a_case_is_in_the_state_of_its_last_move",
    }
