"""The timeline (rule 26): what happened and what is planned, one page at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit import Crm, Scope
from crmkit.entities import Document, Interaction, Line, Party
from crmkit.errors import InvalidValueError, NotStoredError
from crmkit.persistence import MemoryStore

if TYPE_CHECKING:
    from tests.desks.conftest import Clock


def verbs(crm: Crm, **arguments: Any) -> list[str]:
    return [entry.verb for entry in crm.timeline("C-17", **arguments)]


def a_call(number: int, *, party_id: str = "C-17", at: datetime | None = None) -> Interaction:
    happened_at = at or datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    return Interaction(id=f"I-{number:03d}", party_id=party_id, happened_at=happened_at, kind="phone", topics=[f"topic {number}"])


def test_the_newest_comes_first_and_what_is_planned_before_it(crm: Crm) -> None:
    crm.record_interaction("C-17", kind="phone", topics=["spring offer"], recall=date(2026, 3, 1))

    entries = crm.timeline("C-17").entries

    assert (entries[0].kind, entries[0].planned) == ("recall", True)
    assert {(entry.kind, entry.planned) for entry in entries[1:3]} == {("recall", False), ("interaction", False)}
    assert entries[0].happened_at == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert [entry.happened_at for entry in entries] == sorted((entry.happened_at for entry in entries), reverse=True)
    assert any(entry.summary == "phone to them, spring offer" for entry in entries)


def test_the_oldest_first_is_the_reverse(crm: Crm) -> None:
    crm.record_interaction("C-17", kind="phone", recall=date(2026, 3, 1))

    oldest_first = crm.timeline("C-17", newest_first=False).entries

    assert oldest_first == crm.timeline("C-17").entries[::-1]
    assert oldest_first[0].summary == "invoice R-1, 200.00 EUR"


def test_past_and_planned_can_be_asked_for_apart(crm: Crm) -> None:
    crm.contact.recall("C-17", on=date(2026, 3, 1))

    assert {entry.planned for entry in crm.timeline("C-17", planned=False)} == {False}
    assert [entry.kind for entry in crm.timeline("C-17", past=False)] == ["recall"]
    assert len(crm.timeline("C-17", past=False, planned=False)) == 0


def test_kinds_choose_what_it_is_about(crm: Crm) -> None:
    crm.record_interaction("C-17", kind="phone", recall=date(2026, 3, 1))

    assert {entry.kind for entry in crm.timeline("C-17", kinds=["document", "interaction"])} == {"document", "interaction"}
    assert len(crm.timeline("C-17", kinds=[])) == 0


@pytest.mark.parametrize("newest_first", [True, False])
def test_pages_hold_everything_once_while_entries_are_added(crm: Crm, clock: Clock, newest_first: bool) -> None:
    crm.add(*(a_call(number) for number in range(25)))
    crm.contact.recall("C-17", on=date(2026, 3, 1))
    whole = [entry.id for entry in crm.timeline("C-17", newest_first=newest_first, limit=1_000)]

    seen: list[str] = []
    cursor = None
    while True:
        page = crm.timeline("C-17", newest_first=newest_first, limit=4, cursor=cursor)
        seen += [entry.id for entry in page]
        cursor = page.cursor
        if cursor is None:
            break
        clock.now += timedelta(minutes=1)
        crm.record_interaction("C-17", kind="phone")

    added = set(seen) - set(whole)
    assert [id for id in seen if id not in added] == whole
    assert newest_first is False or not added
    assert len(seen) == len(set(seen))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 5), max_size=12), st.integers(1, 5), st.booleans())
def test_any_page_size_gives_the_same_order_even_when_times_are_equal(hours: list[int], limit: int, newest_first: bool) -> None:
    crm = Crm(MemoryStore(), scope=Scope(tenant="acme", actor="anna"), clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    crm.add(Party(id="C-17", name="x", created_on=date(2025, 1, 1)))
    crm.add(*(a_call(place, at=datetime(2025, 1, 1, hour, tzinfo=UTC)) for place, hour in enumerate(hours)))

    paged, cursor = [], None
    while True:
        page = crm.timeline("C-17", newest_first=newest_first, limit=limit, cursor=cursor)
        paged += list(page)
        cursor = page.cursor
        if cursor is None:
            break

    assert paged == list(crm.timeline("C-17", newest_first=newest_first, limit=1_000))
    assert len(paged) == len(hours) + 1


def test_what_belongs_to_a_party_is_rolled_up_into_it(crm: Crm) -> None:
    crm.add(Party(id="C-18", name="Müller Süd", created_on=date(2026, 1, 1), parent_id="C-17"))
    crm.record_interaction("C-18", kind="visit")
    crm.contact.recall("C-18", on=date(2026, 3, 1))

    assert {entry.party_id for entry in crm.timeline("C-17")} == {"C-17", "C-18"}
    assert [entry.party_id for entry in crm.timeline("C-17", past=False)] == ["C-18"]
    assert {entry.party_id for entry in crm.timeline("C-18")} == {"C-18"}


def test_a_done_recall_is_not_planned_any_more(crm: Crm) -> None:
    crm.contact.recall("C-17", on=date(2026, 1, 1))
    crm.record_interaction("C-17", kind="phone")

    assert len(crm.timeline("C-17", past=False)) == 0


def test_nobody_has_no_timeline(crm: Crm) -> None:
    with pytest.raises(NotStoredError):
        crm.timeline("C-99")


@pytest.mark.parametrize(("day", "shown"), [(1, date(2025, 12, 31)), (2, date(2026, 1, 1)), (3, date(2026, 1, 1))])
def test_a_document_of_a_day_to_come_was_taken_over_now(crm: Crm, day: int, shown: date) -> None:
    lines = [Line(item_id="I-1", quantity=1, unit_price=1)]
    crm.add(Document(id="R-9", kind="invoice", party_id="C-17", issued_on=date(2026, 1, day), lines=lines))

    assert next(entry.happened_at.date() for entry in crm.timeline("C-17") if entry.about.id == "R-9") == shown


def test_a_cursor_of_another_party_is_refused(crm: Crm) -> None:
    crm.add(Party(id="C-18", name="Meier", created_on=date(2026, 1, 1)))
    cursor = crm.timeline("C-17", limit=1).cursor

    assert len(crm.timeline("C-17", cursor=cursor)) == 1
    with pytest.raises(InvalidValueError, match="of this party"):
        crm.timeline("C-18", cursor=cursor)


@pytest.mark.parametrize("arguments", [{"limit": 0}, {"cursor": "next"}, {"cursor": "W10="}, {"cursor": ""}])
def test_a_page_that_cannot_be_is_refused(crm: Crm, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        crm.timeline("C-17", **arguments)


def test_a_lone_kind_counts_as_one(crm: Crm) -> None:
    assert crm.timeline("C-17", kinds="party").entries == crm.timeline("C-17", kinds=["party"]).entries != ()


def test_kinds_of_records_that_there_are_not_are_refused(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match=r"kinds='call'.*'interaction'"):
        crm.timeline("C-17", kinds=["call"])
