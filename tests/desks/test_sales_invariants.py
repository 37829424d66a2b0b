"""What `crm.check()` notices in opportunities and sources."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit.entities import Campaign, Opportunity, Party, Source, StageMove
from crmkit.store import Query

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.store import Store


@pytest.fixture
def busy(crm: Crm) -> Crm:
    """A desk at which an opportunity was opened, moved, lost, opened again and won."""
    crm.add(Campaign(id="K-1", name="x"), Party(id="C-18", name="x", created_on=date(2026, 1, 1), source=Source(campaign_id="K-1")))
    opened = crm.opportunities.open("C-17", title="press")
    crm.opportunities.move(opened.id, to="offer")
    crm.opportunities.lose(opened.id, because="price")
    crm.opportunities.reopen(opened.id)
    crm.opportunities.win(opened.id)
    return crm


def broken(crm: Crm) -> set[str]:
    return {problem.source for problem in crm.check()} - {"records_are_as_the_journal_left_them"}


def test_what_the_desk_does_breaks_nothing(busy: Crm) -> None:
    assert busy.check() == ()


def test_an_opportunity_that_was_moved_past_the_desk_is_noticed(busy: Crm, store: Store) -> None:
    (won,) = [one for one in found(store, Opportunity) if one.state == "won"]
    changed = attrs.evolve(won, state="lost")

    save(store, changed)
    assert broken(busy) == {"opportunities_stand_where_their_last_move_led"}
    save(store, attrs.evolve(won, closed_on=date(2026, 1, 2), version=won.version + 1))
    assert broken(busy) == {"opportunities_stand_where_their_last_move_led"}


def test_a_stage_move_that_does_not_follow_is_noticed(busy: Crm, store: Store) -> None:
    moves = sorted(found(store, StageMove), key=lambda move: move.id)

    save(store, attrs.evolve(moves[1], from_stage="negotiation"))

    assert broken(busy) == {"stage_moves_follow_each_other"}


def test_a_source_that_is_not_there_is_noticed(busy: Crm, store: Store) -> None:
    save(store, attrs.evolve(busy.get(Party, "C-18"), source=Source(referred_by="C-99")))

    assert broken(busy) == {"sources_refer_to_what_exists"}


def found(store: Store, kind: type) -> Any:
    with store.transaction("acme", write=False) as transaction:
        return transaction.find(Query(kind))


def save(store: Store, entity: Any) -> None:
    with store.transaction("acme", write=True) as transaction:
        transaction.save([entity])
