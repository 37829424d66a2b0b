"""Rights deny whatever they do not list, and reach only the parties they name."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from crmkit import Crm, Scope, days
from crmkit.entities import Party, Ref
from crmkit.errors import InvalidValueError, NotPermittedError
from crmkit.store import Rights


def acting(crm: Crm, actor: str, **verbs: Any) -> Crm:
    rights = Rights(verbs={name.replace("__", "."): reach for name, reach in verbs.items()}, team={"anna"})
    place = crm._workplace  # noqa: SLF001  # the same store and clock, another actor
    return Crm(place.store, scope=Scope(tenant="acme", actor=actor, rights=rights), settings=place.settings, clock=place.clock)


def test_what_is_not_listed_is_denied(crm: Crm) -> None:
    desk = acting(crm, "anna", get="all")

    assert desk.get(Party, "C-17").id == "C-17"
    for call in (
        lambda: desk.record_interaction("C-17", kind="phone"),
        lambda: desk.contact.plan("C-17", frequency=days(3)),
        lambda: desk.change(crm.get(Party, "C-17")),
        lambda: desk.add(Party(id="X", name="x", created_on=date(2026, 1, 1))),
        lambda: desk.timeline("C-17"),
        lambda: desk.find("müller"),
        desk.work_queue,
        desk.facts.sales,
        desk.journal.entries,
        desk.outbox.pending,
    ):
        with pytest.raises(NotPermittedError, match="actor 'anna' may not"):
            call()


@pytest.mark.parametrize(
    ("actor", "reach", "allowed"), [("anna", "own", True), ("ben", "own", False), ("ben", "team", True), ("ben", "all", True)]
)
def test_a_verb_reaches_own_parties_those_of_the_team_or_all(crm: Crm, actor: str, reach: str, allowed: bool) -> None:
    desk = acting(crm, actor, record_interaction=reach, timeline=reach, get=reach)

    for call in (lambda: desk.record_interaction("C-17", kind="phone"), lambda: desk.timeline("C-17"), lambda: desk.get(Party, "C-17")):
        if allowed:
            call()
        else:
            with pytest.raises(NotPermittedError):
                call()


def test_nobody_takes_a_party_over_by_changing_its_owner(crm: Crm) -> None:
    desk = acting(crm, "ben", change="own")

    with pytest.raises(NotPermittedError):
        desk.change(attrs.evolve(crm.get(Party, "C-17"), owner_id="ben"))
    assert crm.get(Party, "C-17").owner_id == "anna"


def test_lists_show_only_what_is_reached(crm: Crm) -> None:
    crm.add(Party(id="C-18", name="Müller Süd", created_on=date(2026, 1, 1), owner_id="ben"))
    for party_id in ("C-17", "C-18"):
        crm.contact.recall(party_id, on=date(2026, 1, 1))
    desk = acting(crm, "ben", find="own", work_queue="own")

    assert [hit.party.id for hit in desk.find("müller")] == ["C-18"]
    assert [row.party_id for row in desk.work_queue()] == ["C-18"]


def test_a_star_stands_for_every_other_verb(crm: Crm) -> None:
    place = crm._workplace  # noqa: SLF001  # as above
    rights = Rights(verbs={"*": "all", "contact.plan": "own"})
    desk = Crm(place.store, scope=Scope(tenant="acme", actor="ben", rights=rights), clock=place.clock)

    desk.record_interaction("C-17", kind="phone")
    with pytest.raises(NotPermittedError, match=r"may not 'contact\.plan'"):
        desk.contact.plan("C-17", frequency=days(3))


def test_an_unknown_reach_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="'own', 'team', 'all'"):
        Rights(verbs={"add": "some"})  # type: ignore[dict-item]


@pytest.fixture
def two_owners(crm: Crm) -> Crm:
    """A party of anna's and one of ben's, whose every verb is told to the host."""
    place = crm._workplace  # noqa: SLF001  # as above
    desk = Crm(place.store, scope=place.scope, settings=attrs.evolve(place.settings, events="*"), clock=place.clock)
    desk.add(Party(id="C-18", name="Müller Süd", created_on=date(2026, 1, 1), owner_id="ben"))
    desk.record_interaction("C-17", kind="phone")
    return desk


def test_the_journal_shows_no_change_of_a_party_out_of_reach(two_owners: Crm) -> None:
    desk = acting(two_owners, "ben", journal__changes_of="own")

    assert [change.subject for change in desk.journal.changes_of(Ref("party", "C-18"))] == ["party C-18"]
    with pytest.raises(NotPermittedError, match=r"may not 'journal\.changes_of' here"):
        desk.journal.changes_of(Ref("party", "C-17"))
    assert list(desk.journal.changes_of(Ref("party", "unknown"))) == []


@pytest.mark.parametrize("reach", ["own", "team"])
def test_the_journal_as_a_whole_needs_the_right_to_everybodys_parties(two_owners: Crm, reach: str) -> None:
    journal = acting(two_owners, "ben", journal__entries=reach, journal__verify=reach, journal__head=reach).journal

    for call in (journal.entries, journal.verify, journal.head):
        with pytest.raises(NotPermittedError, match="here; the rights of the scope list it"):
            call()


def test_the_outbox_shows_and_closes_only_events_of_parties_within_reach(two_owners: Crm) -> None:
    of_ben, of_anna = two_owners.outbox.pending()
    desk = acting(two_owners, "ben", outbox__pending="own", outbox__done="own")
    handled: list[str] = []

    assert [event.id for event in desk.outbox.pending(limit=1)] == [of_ben.id]
    for ids in ([of_anna.id], [of_ben.id, of_anna.id]):
        with pytest.raises(NotPermittedError, match=r"may not 'outbox\.done' here"):
            desk.outbox.done(ids)
    desk.outbox.deliver({"*": lambda event: handled.append(event.id)})

    assert handled == [of_ben.id]
    assert [event.id for event in two_owners.outbox.pending()] == [of_anna.id]


def test_events_out_of_reach_take_no_place_of_the_limit(two_owners: Crm) -> None:
    two_owners.record_interaction("C-18", kind="phone")
    anna = acting(two_owners, "anna", outbox__pending="own")

    assert [event.party_id for event in anna.outbox.pending(limit=1)] == ["C-17"]


def test_nothing_is_handed_over_that_could_not_be_marked_as_done(two_owners: Crm) -> None:
    desk = acting(two_owners, "ben", outbox__pending="all", outbox__done="own")

    assert [event.party_id for event in desk.outbox.deliver({"*": print}).done] == ["C-18"]


def test_an_error_says_whether_the_verb_or_only_its_reach_is_missing(crm: Crm) -> None:
    desk = acting(crm, "ben", get="own", check="team")

    with pytest.raises(NotPermittedError, match="do not list it") as not_listed:
        desk.timeline("C-17")
    assert not not_listed.value.beyond_reach
    for call in (lambda: desk.get(Party, "C-17"), desk.check):
        with pytest.raises(NotPermittedError, match="list it, but only for parties of one's own or of the team") as beyond:
            call()
        assert beyond.value.beyond_reach
