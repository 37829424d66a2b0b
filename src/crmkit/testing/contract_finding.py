"""The contract of stores: conditions, sorting, paging."""
# ruff: noqa: S101, D102, PLR2004  tests: they live on assert, their names are their sentences, expected numbers say most as themselves

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from crmkit.conditions import Condition, ConditionTest, Scalar
from crmkit.entities import Document, HistoryEntry, Interaction, Party, Recall
from crmkit.errors import InvalidValueError
from crmkit.store import Beside, Query
from crmkit.testing.contract_data import DAY, MOMENT, TENANT, a_document, a_party, a_recall, an_entry, an_interaction, found, keep

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmkit.store import Store

COMPARISONS: Mapping[ConditionTest, str] = {
    "equal": "=",
    "not_equal": "<>",
    "at_least": "=>",
    "more_than": ">",
    "at_most": "<=",
    "less_than": "<",
}
"""Each comparison, with which of a smaller (<), an equal (=) and a larger (>) value it finds."""

BY_CODE_POINT = ["", " ", "%", "A", "Z", "_", "a", "a ", "aa", "a\u0308", "z", "ß", "ä", "ﬀ", "\uffee", "😀"]


def _pages(store: Store, kind: type[Any], order_by: Sequence[str], size: int) -> Iterator[list[str]]:
    after: tuple[Scalar, ...] | None = None
    while True:
        with store.transaction(TENANT, write=False) as transaction:
            page = transaction.find(Query(kind, order_by=tuple(order_by), after=after, limit=size))
        if not page:
            return
        yield [record.id for record in page]
        after = (*(getattr(page[-1], name.removeprefix("-")) for name in order_by), page[-1].id)


def _many_recalls(store: Store) -> None:
    keep(store, a_party(), a_party("P-2"))
    states = ("open", "done", "cancelled")
    keep(
        store,
        *(
            a_recall(
                f"R-{n:02}",
                party_id=f"P-{n % 2 + 1}",
                state=states[n % 3],
                due_on=DAY + timedelta(n // 4),
                employee_id=None if n % 5 else "x",
            )
            for n in range(24)
        ),
    )


class FindingContract:
    """Rules of finding."""

    def test_days_are_compared_the_day_before_the_day_and_the_day_after(self, store: Store) -> None:
        keep(store, a_party())
        keep(store, *(a_recall(sign, due_on=DAY + timedelta(shift)) for sign, shift in (("<", -1), ("=", 0), (">", 1))))
        for test, finds in COMPARISONS.items():
            assert set(found(store, Recall, Condition("due_on", test, DAY))) == set(finds), test

    def test_moments_are_compared_to_the_microsecond_whatever_their_zone(self, store: Store) -> None:
        keep(store, a_party())
        step = timedelta(microseconds=1)
        keep(store, *(an_interaction(sign, happened_at=MOMENT + shift * step) for sign, shift in (("<", -1), ("=", 0), (">", 1))))
        for zone in (UTC, timezone(timedelta(hours=-7)), timezone(timedelta(hours=5, minutes=45))):
            for test, finds in COMPARISONS.items():
                assert set(found(store, Interaction, Condition("happened_at", test, MOMENT.astimezone(zone)))) == set(finds), test

    def test_text_is_compared_by_code_point(self, store: Store) -> None:
        keep(store, *(a_party(sign, owner_id=owner) for sign, owner in (("<", "z"), ("=", "ä"), (">", "ö"))))
        for test, finds in COMPARISONS.items():
            assert set(found(store, Party, Condition("owner_id", test, "ä"))) == set(finds), test

    def test_ids_are_compared_like_any_text(self, store: Store) -> None:
        keep(store, *(a_party(id_) for id_ in ("A", "B", "C")))
        assert found(store, Party, Condition("id", "equal", "B")) == ["B"]
        assert found(store, Party, Condition("id", "not_equal", "B")) == ["A", "C"]
        assert found(store, Party, Condition("id", "more_than", "A")) == ["B", "C"]
        assert found(store, Party, Condition("id", "one_of", ("C", "A", "A", "X"))) == ["A", "C"]

    def test_equal_text_is_equal_in_every_character(self, store: Store) -> None:
        owners = ["Anna", "anna", "anna ", "ANNA", "änna", "a\u0308nna", "an%", "a_na", "straße", "strasse"]
        keep(store, *(a_party(f"P-{number:02}", owner_id=owner) for number, owner in enumerate(owners)))
        for number, owner in enumerate(owners):
            assert found(store, Party, Condition("owner_id", "equal", owner)) == [f"P-{number:02}"]

    def test_one_of_finds_any_of_several_and_of_none_nothing(self, store: Store) -> None:
        _many_recalls(store)
        assert len(found(store, Recall, Condition("state", "one_of", ("open", "done", "never")))) == 16
        assert found(store, Recall, Condition("state", "one_of", ())) == []
        assert len(found(store, Recall, Condition("due_on", "one_of", (DAY, DAY + timedelta(5))))) == 8
        assert found(store, Recall, Condition("employee_id", "one_of", ("y",))) == []

    def test_one_of_takes_more_values_than_a_statement_takes_parameters(self, store: Store) -> None:
        keep(store, a_party(), a_recall("R-1"), a_recall("R-2", due_on=DAY + timedelta(1)), an_interaction())
        many = 70_000
        assert found(store, Recall, Condition("id", "one_of", tuple(f"R-{number}" for number in range(many, 1, -1)))) == ["R-2"]
        assert found(store, Recall, Condition("due_on", "one_of", tuple(DAY + timedelta(days) for days in range(1_000, 0, -1)))) == ["R-2"]
        moments = tuple(MOMENT + timedelta(minutes=minutes) for minutes in range(1_000))
        assert found(store, Interaction, Condition("happened_at", "one_of", moments)) == ["A-1"]
        assert found(store, Interaction, Condition("happened_at", "one_of", moments[1:])) == []

    def test_a_missing_value_passes_no_test_but_missing(self, store: Store) -> None:
        keep(store, a_party("P-1"), a_party("P-2", owner_id="anna"), a_party("P-3", owner_id=""))
        assert found(store, Party, Condition("owner_id", "missing", True)) == ["P-1"]  # noqa: FBT003  # the value of the test
        assert found(store, Party, Condition("owner_id", "missing", False)) == ["P-2", "P-3"]  # noqa: FBT003  # as above
        assert found(store, Party, Condition("owner_id", "not_equal", "ben")) == ["P-2", "P-3"]
        assert found(store, Party, Condition("owner_id", "at_least", "")) == ["P-2", "P-3"]

    def test_all_conditions_must_hold(self, store: Store) -> None:
        _many_recalls(store)
        where = (
            Condition("state", "equal", "open"),
            Condition("due_on", "at_least", DAY + timedelta(1)),
            Condition("due_on", "less_than", DAY + timedelta(3)),
        )
        assert found(store, Recall, *where) == ["R-06", "R-09"]
        assert found(store, Recall, *where, Condition("party_id", "equal", "P-2")) == ["R-09"]

    def test_a_changed_record_is_found_by_what_it_is_now(self, store: Store) -> None:
        keep(store, a_party(), a_recall())
        keep(store, a_recall(state="done", due_on=DAY + timedelta(9), version=1))
        assert found(store, Recall, Condition("state", "equal", "open")) == []
        assert found(store, Recall, Condition("due_on", "equal", DAY + timedelta(9)), Condition("state", "equal", "done")) == ["R-1"]

    def test_a_value_of_another_type_is_refused(self, store: Store) -> None:
        for kind, column, value in (
            (Recall, "due_on", "2026-02-01"),
            (Recall, "due_on", MOMENT),
            (Recall, "state", 1),
            (Party, "owner_id", "a\0b"),
            (Interaction, "happened_at", DAY),
            (Interaction, "happened_at", datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))),
        ):
            with pytest.raises(InvalidValueError):
                found(store, kind, Condition(column, "equal", value))
            with pytest.raises(InvalidValueError):
                found(store, kind, Condition(column, "one_of", (value,)))
            with pytest.raises(InvalidValueError):
                found(store, kind, order_by=[column], after=(value, "R-1"))

    def test_without_an_order_records_come_by_id(self, store: Store) -> None:
        keep(store, *(a_party(id_) for id_ in ("b", "ä", "B", "a", "10", "9")))
        assert found(store, Party) == ["10", "9", "B", "a", "b", "ä"]

    def test_text_sorts_by_code_point_in_every_language(self, store: Store) -> None:
        keep(store, *(a_party(f"P-{len(BY_CODE_POINT) - number:02}", owner_id=owner) for number, owner in enumerate(BY_CODE_POINT)))
        with store.transaction(TENANT, write=False) as transaction:
            assert [party.owner_id for party in transaction.find(Query(Party, order_by=("owner_id",)))] == BY_CODE_POINT
            assert [party.owner_id for party in transaction.find(Query(Party, order_by=("-owner_id",)))] == BY_CODE_POINT[::-1]

    def test_days_and_moments_sort_by_time(self, store: Store) -> None:
        keep(
            store,
            a_party("P-1", created_on=DAY.replace(year=999)),
            a_party("P-2", created_on=DAY),
            a_party("P-3", created_on=DAY.replace(year=1000)),
        )
        assert found(store, Party, order_by=["created_on"]) == ["P-1", "P-3", "P-2"]
        east = datetime(2026, 2, 1, 10, tzinfo=timezone(timedelta(hours=2)))
        keep(store, an_interaction("late"), an_interaction("early", happened_at=east))
        assert found(store, Interaction, order_by=["-happened_at"]) == ["late", "early"]

    def test_ties_are_settled_by_id_in_the_direction_of_the_last_field(self, store: Store) -> None:
        keep(store, a_party(), *(a_document(id_) for id_ in ("b", "a", "c")))
        assert found(store, Document, order_by=["issued_on"]) == ["a", "b", "c"]
        assert found(store, Document, order_by=["-issued_on"]) == ["c", "b", "a"]
        assert found(store, Document, order_by=["issued_on", "-kind"]) == ["c", "b", "a"]

    def test_each_field_has_a_direction_of_its_own(self, store: Store) -> None:
        keep(store, a_party())
        keep(
            store,
            *(a_recall(f"{state[0]}{shift}", state=state, due_on=DAY + timedelta(shift)) for state in ("open", "done") for shift in (1, 2)),
        )
        assert found(store, Recall, order_by=["state", "-due_on"]) == ["d2", "d1", "o2", "o1"]
        assert found(store, Recall, order_by=["-state", "due_on"]) == ["o1", "o2", "d1", "d2"]

    def test_a_record_without_a_value_to_sort_by_is_not_found(self, store: Store) -> None:
        keep(store, a_party("P-1", owner_id="b"), a_party("P-2"), a_party("P-3", owner_id="a"))
        assert found(store, Party, order_by=["owner_id"]) == ["P-3", "P-1"]
        assert found(store, Party, order_by=["-created_on", "-owner_id"]) == ["P-1", "P-3"]

    def test_a_limit_cuts_the_list(self, store: Store) -> None:
        _many_recalls(store)
        assert found(store, Recall, order_by=["-due_on"], limit=3) == ["R-23", "R-22", "R-21"]
        assert found(store, Recall, limit=1) == ["R-00"]
        assert len(found(store, Recall, limit=2**31)) == 24

    def test_pages_hold_every_record_once_in_order(self, store: Store) -> None:
        _many_recalls(store)
        for order_by in (
            (),
            ("due_on",),
            ("-due_on",),
            ("state", "-due_on"),
            ("-state", "due_on", "-party_id"),
            ("employee_id",),
            ("-id",),
        ):
            whole = found(store, Recall, order_by=order_by)
            for size in (1, 5, 24, 25):
                assert [id_ for page in _pages(store, Recall, order_by, size) for id_ in page] == whole

    def test_pages_stay_in_place_when_records_come_and_go(self, store: Store) -> None:
        _many_recalls(store)
        pages = _pages(store, Recall, ("due_on",), 6)
        seen = next(pages)
        keep(store, a_recall("R-000", due_on=DAY - timedelta(1)), a_recall("R-99", due_on=DAY + timedelta(99)))
        with store.transaction(TENANT, write=True) as transaction:
            transaction.remove(Recall, seen[0])
            transaction.remove(Recall, seen[-1])
        seen += [id_ for page in pages for id_ in page]
        assert seen == [*(f"R-{number:02}" for number in range(24)), "R-99"]

    def test_after_the_last_record_there_is_nothing(self, store: Store) -> None:
        _many_recalls(store)
        assert found(store, Recall, order_by=["due_on"], after=(DAY + timedelta(5), "R-23")) == []
        assert found(store, Recall, order_by=["-due_on"], after=(DAY, "R-00")) == []

    def test_a_page_can_begin_after_a_record_that_never_was(self, store: Store) -> None:
        keep(store, a_party(), an_entry("H-1"), an_entry("H-3"))
        assert found(store, HistoryEntry, order_by=["happened_at"], after=(MOMENT, "H-2")) == ["H-3"]
        assert found(store, HistoryEntry, order_by=["-happened_at"], after=(MOMENT, "H-2")) == ["H-1"]

    def test_in_an_empty_store_nothing_is_found(self, store: Store) -> None:
        assert found(store, Party) == []
        assert found(store, Document, Condition("issued_on", "at_least", DAY), order_by=["issued_on"], limit=5) == []

    def test_what_must_be_stored_beside_a_record_has_the_same_value_in_one_field(self, store: Store) -> None:
        keep(store, a_party("P-1", owner_id="anna"), a_party("P-2", owner_id="anna"))
        keep(store, a_party("P-3", owner_id="ben"), a_party("P-4", owner_id="eva"), a_party("P-5"))
        of_these = Beside("owner_id", [Condition("id", "one_of", ("P-2", "P-3", "P-5"))])
        of_p_2 = Beside("owner_id", [Condition("id", "equal", "P-2")])
        with store.transaction(TENANT, write=False) as transaction:
            assert [one.id for one in transaction.find(Query(Party, beside=[of_these]))] == ["P-1", "P-2", "P-3"]
            assert [one.id for one in transaction.find(Query(Party, beside=[of_these, of_p_2], order_by="-id"))] == ["P-2", "P-1"]
            page = Query(Party, [Condition("id", "not_equal", "P-2")], beside=[of_these], after=("P-1",), limit=1)
            assert [one.id for one in transaction.find(page)] == ["P-3"]

    def test_what_must_be_stored_beside_a_record_has_the_same_values_in_several_fields(self, store: Store) -> None:
        keep(store, a_party("P-1", owner_id="anna"), a_party("P-2", owner_id="anna"), a_party("P-3", owner_id="anna", parent_id="P-1"))
        keep(store, a_party("P-4", owner_id="anna", parent_id="P-1"), a_party("P-5", owner_id="ben", parent_id="P-1"))
        of_p_4 = Beside(("owner_id", "parent_id"), [Condition("id", "one_of", ("P-2", "P-4"))])
        with store.transaction(TENANT, write=False) as transaction:
            assert [one.id for one in transaction.find(Query(Party, beside=[of_p_4]))] == ["P-3", "P-4"]

    def test_nothing_is_beside_a_record_of_another_kind_or_tenant(self, store: Store) -> None:
        keep(store, a_party(), a_recall())
        with store.transaction("other", write=True) as transaction:
            transaction.save([a_party(), a_recall(state="done")])
        done = Beside("party_id", [Condition("state", "equal", "done")])
        with store.transaction(TENANT, write=False) as transaction:
            assert list(transaction.find(Query(Recall, beside=[done]))) == []

    def test_several_queries_are_each_answered_as_if_alone(self, store: Store) -> None:
        _many_recalls(store)
        keep(store, a_party("P-9"))
        due = Query(Recall, [Condition("due_on", "at_most", DAY), Condition("state", "equal", "open")])
        beside: Query[Any] = Query(Recall, beside=[Beside("due_on", due.where)])
        queries: list[Query[Any]] = [due, beside, Query(Party, [Condition("id", "one_of", ("P-1", "P-9"))]), due, Query(Document)]
        with store.transaction(TENANT, write=False) as transaction:
            alone = [list(transaction.find(query)) for query in queries]
            assert [list(records) for records in transaction.find_several(queries)] == alone
            assert [list(records) for records in transaction.find_several(queries[:1])] == alone[:1]
            assert list(transaction.find_several([])) == []
        assert alone[0]
        assert alone[4] == []

    def test_several_queries_have_no_order_or_page_of_their_own(self, store: Store) -> None:
        for query in (Query(Recall, order_by="due_on"), Query(Recall, limit=1), Query(Recall, after=("R-1",))):
            with store.transaction(TENANT, write=False) as transaction, pytest.raises(InvalidValueError, match="find\\(\\) takes those"):
                transaction.find_several([query])
