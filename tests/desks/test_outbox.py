"""The outbox: what the host asked for is there until it says that it is done."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from crmkit import Crm
from crmkit.entities import Party
from crmkit.errors import InvalidValueError, NotStoredError


def telling(crm: Crm, *verbs: str) -> Crm:
    place = crm._workplace  # noqa: SLF001  # the same store and clock, other settings
    return Crm(place.store, scope=place.scope, settings=attrs.evolve(place.settings, events=verbs), clock=place.clock)


def test_without_being_asked_nothing_is_told(crm: Crm) -> None:
    crm.record_interaction("C-17", kind="phone")

    assert list(crm.outbox.pending()) == []


def test_only_the_verbs_that_were_asked_for_are_told(crm: Crm) -> None:
    desk = telling(crm, "record_interaction")
    recorded = desk.record_interaction("C-17", kind="phone")
    desk.contact.recall("C-17", on=date(2026, 2, 1))

    (event,) = desk.outbox.pending()

    assert (event.verb, event.about.kind, event.about.id, event.party_id) == ("record_interaction", "interaction", recorded.id, "C-17")


def test_a_star_asks_for_every_verb(crm: Crm) -> None:
    desk = telling(crm, "*")
    desk.add(Party(id="C-18", name="Meier", created_on=date(2026, 1, 1)))
    desk.contact.recall("C-17", on=date(2026, 2, 1))

    assert [event.verb for event in desk.outbox.pending()] == ["add", "contact.recall"]


def test_what_is_done_is_not_pending_any_more(crm: Crm) -> None:
    desk = telling(crm, "*")
    for _ in range(3):
        desk.record_interaction("C-17", kind="phone")
    first, second, third = desk.outbox.pending()

    desk.outbox.done([first.id, third.id])
    desk.outbox.done([first.id])

    assert [event.id for event in desk.outbox.pending()] == [second.id]
    assert [event.id for event in desk.outbox.pending(limit=1)] == [second.id]


def test_what_was_undone_is_not_told(crm: Crm) -> None:
    desk = telling(crm, "*")
    with pytest.raises(InvalidValueError):
        desk.contact.postpone("C-17", to=date(2020, 1, 1))

    assert list(desk.outbox.pending()) == []


@pytest.mark.parametrize(
    "call",
    [lambda desk: desk.done(["X"]), lambda desk: desk.pending(limit=0), lambda desk: desk.done([1])],
    ids=["unknown", "no limit", "no id"],
)
def test_what_is_no_event_is_refused(crm: Crm, call: Any) -> None:
    with pytest.raises((NotStoredError, InvalidValueError)):
        call(crm.outbox)
