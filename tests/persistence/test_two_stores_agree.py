"""Memory and SQLite behave as one, whatever is done to them in whatever order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

import attrs
import pytest

pytest.importorskip("hypothesis")

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from crmkit.conditions import Condition, ConditionTest
from crmkit.entities import ContactPlan, Document, HistoryEntry, Interaction, Party, Recall
from crmkit.errors import CrmkitError
from crmkit.persistence import MemoryStore
from crmkit.persistence.sql import open_store
from crmkit.store import Beside, Query
from crmkit.testing.contract_data import DAY, MOMENT, a_document, a_party, a_plan, a_recall, an_entry, an_interaction
from tests.persistence import planted_bugs

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from crmkit.records import RecordKind, Stored
    from crmkit.store import Transaction

KINDS_HERE: tuple[type[Any], ...] = (Party, ContactPlan, Recall, Document, Interaction, HistoryEntry)
ALL_IDS = ("A", "a", "ä", "B", "b%")
IDS = st.sampled_from(ALL_IDS)
TEXTS = st.sampled_from(["", "Ben", "anna", "Anna", "änna", "z", "\uffee", "😀"])
DAYS = st.integers(-2, 2).map(lambda days: DAY + timedelta(days))
MOMENTS = st.integers(-2, 2).map(lambda step: MOMENT + timedelta(microseconds=step)) | st.just(datetime.max.replace(tzinfo=UTC))
VERSIONS = st.sampled_from([0, 0, 0, 1, 1, 2, 3])
STATES = st.sampled_from(["open", "done", "cancelled"])
PURPOSES = st.sampled_from(["quote", "invoice", "credit_note"])


def a_document_after(id: str, *, predecessor_id: str | None, **fields: Any) -> Document:
    """No document comes from itself."""
    return a_document(id, predecessor_id=None if predecessor_id == id else predecessor_id, **fields)


RECORDS: st.SearchStrategy[Any] = st.one_of(
    st.builds(a_party, IDS, owner_id=st.none() | TEXTS, created_on=DAYS, version=VERSIONS),
    st.builds(a_party, IDS, version=VERSIONS),
    st.builds(a_plan, IDS, next_contact_on=st.none() | DAYS, version=VERSIONS),
    st.builds(a_recall, IDS, party_id=IDS, due_on=DAYS, state=STATES, employee_id=st.none() | TEXTS, version=VERSIONS),
    st.builds(a_document_after, IDS, party_id=IDS, kind=PURPOSES, issued_on=DAYS, predecessor_id=st.none() | IDS, version=VERSIONS),
    st.builds(an_interaction, IDS, party_id=IDS, happened_at=MOMENTS, version=VERSIONS),
    st.builds(an_entry, IDS, party_id=st.none() | IDS, happened_at=MOMENTS, version=VERSIONS),
)
VALUES: dict[str, st.SearchStrategy[Any]] = {"text": TEXTS | IDS | STATES, "day": DAYS, "instant": MOMENTS}


@st.composite
def queries(draw: st.DrawFn) -> Query[Any]:
    """Any query that makes sense, and some whose cursor fits nothing."""
    kind = draw(st.sampled_from(KINDS_HERE))
    record: RecordKind[Any] = Query(kind).record
    fields = ("id", *(field.name for field in record.fields))
    where = [draw(_conditions(record, draw(st.sampled_from(fields)))) for _ in range(draw(st.integers(0, 2)))]
    named = draw(st.lists(st.sampled_from(fields[1:]), unique=True, max_size=2))
    order_by = [draw(st.sampled_from(["", "-"])) + name for name in named]
    after = (*(draw(VALUES[record.field(name).type]) for name in named), draw(IDS)) if draw(st.booleans()) else None
    beside = (
        [Beside(draw(st.sampled_from(fields)), [draw(_conditions(record, draw(st.sampled_from(fields))))])] if draw(st.booleans()) else []
    )
    return Query(kind, where, order_by=order_by, after=after, limit=draw(st.none() | st.integers(1, 4)), beside=beside)


@st.composite
def _conditions(draw: st.DrawFn, record: RecordKind[Any], column: str) -> Condition:
    values = VALUES[record.field(column).type]
    test = draw(st.sampled_from(get_args(ConditionTest)))
    if test == "missing":
        return Condition(column, test, draw(st.booleans()))
    return Condition(column, test, tuple(draw(st.lists(values, max_size=3))) if test == "one_of" else draw(values))


class RollBackError(Exception):
    """Leaves a transaction."""


class TwoStores(RuleBasedStateMachine):
    """Does everything to both stores and compares answers, errors and, after every change, all that is stored."""

    memory: type[MemoryStore] = MemoryStore

    @initialize(days=st.lists(DAYS, min_size=5, max_size=5), owners=st.lists(st.none() | TEXTS, min_size=5, max_size=5))
    def open_stores(self, days: list[date], owners: list[str | None]) -> None:
        self.stores = (self.memory(), open_store("sqlite://"))
        self.units: list[AbstractContextManager[Transaction]] = []
        self.open: list[Transaction] = []
        self.tenant = "acme"
        self.changed = True
        for number, (id_, day, owner) in enumerate(zip(ALL_IDS, days, owners, strict=True)):
            state: Any = ("open", "done")[number % 2]
            recall = a_recall(id_, party_id=ALL_IDS[number // 2], due_on=day, state=state, employee_id=owner)
            records = [a_party(id_, owner_id=owner, created_on=day), recall]
            self.both(lambda unit, records=records: unit.save(records))

    def both(self, work: Callable[..., object], *, changes: bool = True) -> None:
        """Do it in the open transactions, or in one of its own, and compare what comes of it."""
        if self.open:
            answers = [_answer(partial(work, unit)) for unit in self.open]
        else:
            answers = [_answer(partial(self._alone, store, work)) for store in self.stores]
        assert answers[0] == answers[1]
        self.changed = self.changed or changes

    def _alone(self, store: Any, work: Callable[..., object]) -> object:
        with store.transaction(self.tenant, write=True) as transaction:
            return work(transaction)

    @precondition(lambda self: not self.open)
    @rule(tenant=st.sampled_from(["acme", "acme", "acme", "zenith"]))
    def be_another_tenant(self, tenant: str) -> None:
        self.tenant = tenant
        self.changed = True

    @precondition(lambda self: not self.open)
    @rule(write=st.sampled_from([True, True, True, False]))
    def begin(self, write: bool) -> None:  # a drawn value
        self.units = [store.transaction(self.tenant, write=write) for store in self.stores]
        self.open = [unit.__enter__() for unit in self.units]

    @precondition(lambda self: self.open)
    @rule(keep=st.booleans())
    def end(self, keep: bool) -> None:  # a drawn value
        for unit in self.units:
            if keep:
                unit.__exit__(None, None, None)
            else:
                _leave_by(unit, RollBackError())
        self.open, self.changed = [], True

    @rule(records=st.lists(RECORDS, min_size=1, max_size=4))
    def save_at_any_version(self, records: list[Stored]) -> None:
        self.both(lambda unit: unit.save(records))

    @rule(records=st.lists(RECORDS, min_size=1, max_size=4, unique_by=lambda record: (type(record), record.id)))
    def save_at_the_right_version(self, records: list[Any]) -> None:
        def work(unit: Transaction) -> None:
            found = [unit.get(type(record), record.id) for record in records]
            versions = [0 if record is None else record.version for record in found]
            unit.save([attrs.evolve(record, version=version) for record, version in zip(records, versions, strict=True)])

        self.both(work)

    @rule(kind=st.sampled_from(KINDS_HERE), id_=IDS)
    def save_what_is_stored(self, kind: type[Any], id_: str) -> None:
        def work(unit: Transaction) -> None:
            found = unit.get(kind, id_, lock=True)
            unit.save([] if found is None else [found])

        self.both(work)

    @rule(kind=st.sampled_from(KINDS_HERE), id_=IDS)
    def remove(self, kind: type[Any], id_: str) -> None:
        self.both(lambda unit: unit.remove(kind, id_))

    @rule(id_=IDS)
    def remove_with_all_that_refers_to_it(self, id_: str) -> None:
        def work(unit: Transaction) -> None:
            for kind in KINDS_HERE[2:]:
                for record in unit.find(Query(kind, [Condition("party_id", "equal", id_)])):
                    unit.remove(kind, record.id)
            if unit.get(ContactPlan, id_) is not None:
                unit.remove(ContactPlan, id_)
            unit.remove(Party, id_)

        self.both(work)

    @rule(asked=st.lists(queries(), min_size=1, max_size=4))
    def find(self, asked: list[Query[Any]]) -> None:
        self.both(lambda unit: [_shown(unit.find(query)) for query in asked], changes=False)

    @rule(kind=st.sampled_from([Party, Recall]), data=st.data(), size=st.integers(1, 3))
    def turn_pages(self, kind: type[Any], data: st.DataObject, size: int) -> None:
        """Read on after a record that is there, in an order with ties."""
        name = data.draw(st.sampled_from(["created_on", "owner_id"] if kind is Party else ["due_on", "state", "party_id"]))
        sign = data.draw(st.sampled_from(["", "-"]))

        def work(unit: Transaction) -> object:
            query = Query(kind, order_by=[sign + name], limit=size)
            first = unit.find(query)
            after = (getattr(first[-1], name), first[-1].id) if first else None
            others = (attrs.evolve(query, after=after), attrs.evolve(query, limit=None))
            return [_shown(first), *(_shown(unit.find(other)) for other in others)]

        self.both(work, changes=False)

    @invariant()
    def hold_the_same(self) -> None:
        if getattr(self, "changed", False):
            self.both(lambda unit: [_shown(unit.find(Query(kind))) for kind in KINDS_HERE])
            self.changed = False

    def teardown(self) -> None:
        if hasattr(self, "stores"):
            for unit in self.units if self.open else ():
                unit.__exit__(None, None, None)
            self.stores[1].close()


def _answer(work: Callable[[], object]) -> object:
    try:
        return work()
    except CrmkitError as error:
        return repr(error)


def _leave_by(unit: AbstractContextManager[Transaction], error: Exception) -> None:
    try:
        raise error
    except RollBackError:
        try:
            unit.__exit__(type(error), error, error.__traceback__)
        except RollBackError:
            return


def _shown(records: Any) -> list[tuple[object, int]]:
    return [(record, record.version) for record in records]


class TwoStoresAtLength(TwoStores):
    """The same for the long campaign."""


TestTwoStores = TwoStores.TestCase
TestTwoStores.settings = settings(max_examples=min(settings().max_examples * 3, 300), stateful_step_count=50, deadline=None)
TestTwoStoresAtLength = TwoStoresAtLength.TestCase
TestTwoStoresAtLength.settings = settings(max_examples=5_000, stateful_step_count=50, deadline=None)
TestTwoStoresAtLength.pytestmark = [pytest.mark.long]  # type: ignore[attr-defined]  # where pytest looks for it


@pytest.mark.long
@pytest.mark.parametrize("bug", planted_bugs.VISIBLE_IN_DATA, ids=lambda bug: bug.__name__)
def test_the_comparison_sees_a_planted_bug(bug: type[MemoryStore]) -> None:
    machine = type("WithABug", (TwoStores,), {"memory": bug})
    with pytest.raises((AssertionError, CrmkitError)):
        run_state_machine_as_test(machine, settings=settings(TestTwoStores.settings, phases=[Phase.generate], database=None))
