"""Memory and SQLite behave as one, whatever is done to them in whatever order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, get_args

import pytest

pytest.importorskip("hypothesis")

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crmkit.conditions import Condition, ConditionTest
from crmkit.entities import ContactPlan, Document, HistoryEntry, Interaction, Party, Recall
from crmkit.errors import CrmkitError
from crmkit.persistence import MemoryStore
from crmkit.persistence.sql import open_store
from crmkit.records import KINDS, RecordKind
from crmkit.store import Query
from crmkit.testing.contract_data import DAY, MOMENT, a_document, a_party, a_plan, a_recall, an_entry, an_interaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from crmkit.records import Stored
    from crmkit.store import Transaction

KINDS_HERE: tuple[type[Any], ...] = (Party, ContactPlan, Recall, Document, Interaction, HistoryEntry)
IDS = st.sampled_from(["A", "a", "ä", "B", "b%"])
TEXTS = st.sampled_from(["", "anna", "Anna", "änna", "z", "\uffee", "😀"])
DAYS = st.integers(-2, 2).map(lambda days: DAY + timedelta(days))
MOMENTS = st.integers(-2, 2).map(lambda step: MOMENT + timedelta(microseconds=step)) | st.just(datetime.max.replace(tzinfo=UTC))
VERSIONS = st.sampled_from([0, 0, 0, 1, 1, 2, 3])
STATES = st.sampled_from(["open", "done", "cancelled"])
PURPOSES = st.sampled_from(["quote", "invoice", "credit_note"])
RECORDS: st.SearchStrategy[Any] = st.one_of(
    st.builds(a_party, IDS, owner_id=st.none() | TEXTS, created_on=DAYS, version=VERSIONS),
    st.builds(a_party, IDS, version=VERSIONS),
    st.builds(a_plan, IDS, next_contact_on=st.none() | DAYS, version=VERSIONS),
    st.builds(a_recall, IDS, party_id=IDS, due_on=DAYS, state=STATES, employee_id=st.none() | TEXTS, version=VERSIONS),
    st.builds(a_document, IDS, party_id=IDS, kind=PURPOSES, issued_on=DAYS, predecessor_id=st.none() | IDS, version=VERSIONS),
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
    return Query(kind, where, order_by=order_by, after=after, limit=draw(st.none() | st.integers(1, 4)))


@st.composite
def _conditions(draw: st.DrawFn, record: RecordKind[Any], column: str) -> Condition:
    values = VALUES[record.field(column).type]
    test = draw(st.sampled_from(get_args(ConditionTest)))
    if test == "missing":
        return Condition(column, test, draw(st.booleans()))
    return Condition(column, test, tuple(draw(st.lists(values, max_size=3))) if test == "one_of" else draw(values))


class TwoStores(RuleBasedStateMachine):
    """Does everything to both stores and compares answers, errors and, after every step, all that is stored."""

    @initialize()
    def open_stores(self) -> None:
        self.stores = (MemoryStore(), open_store("sqlite://"))
        self.units: list[AbstractContextManager[Transaction]] = []
        self.open: list[Transaction] = []
        self.tenant = "acme"

    def both(self, work: Callable[[Transaction], object]) -> None:
        """Do it in the open transactions, or in one of its own, and compare what comes of it."""
        if self.open:
            answers = [_answer(lambda unit=unit: work(unit)) for unit in self.open]  # type: ignore[misc]  # the loop's own unit
        else:
            answers = [_answer(lambda store=store: self._alone(store, work)) for store in self.stores]  # type: ignore[misc]  # as above
        assert answers[0] == answers[1]

    def _alone(self, store: Any, work: Callable[[Transaction], object]) -> object:
        with store.transaction(self.tenant, write=True) as transaction:
            return work(transaction)

    @precondition(lambda self: not self.open)
    @rule(tenant=st.sampled_from(["acme", "zenith"]))
    def be_another_tenant(self, tenant: str) -> None:
        self.tenant = tenant

    @precondition(lambda self: not self.open)
    @rule(write=st.sampled_from([True, True, True, False]))
    def begin(self, write: bool) -> None:  # a drawn value
        self.units = [store.transaction(self.tenant, write=write) for store in self.stores]
        self.open = [unit.__enter__() for unit in self.units]

    @precondition(lambda self: self.open)
    @rule()
    def commit(self) -> None:
        for unit in self.units:
            unit.__exit__(None, None, None)
        self.open = []

    @precondition(lambda self: self.open)
    @rule()
    def roll_back(self) -> None:
        for unit in self.units:
            assert not unit.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
        self.open = []

    @rule(records=st.lists(RECORDS, min_size=1, max_size=4))
    def save(self, records: list[Stored]) -> None:
        self.both(lambda unit: unit.save(records))

    @rule(kind=st.sampled_from(KINDS_HERE), id_=IDS, owner=TEXTS)
    def change_what_is_stored(self, kind: type[Any], id_: str, owner: str) -> None:
        def work(unit: Transaction) -> None:
            found = unit.get(kind, id_, lock=True)
            if found is not None:
                unit.save([a_party(id_, owner_id=owner, version=found.version)] if kind is Party else [found])

        self.both(work)

    @rule(kind=st.sampled_from(KINDS_HERE), id_=IDS)
    def remove(self, kind: type[Any], id_: str) -> None:
        self.both(lambda unit: unit.remove(kind, id_))

    @rule(query=queries())
    def find(self, query: Query[Any]) -> None:
        self.both(lambda unit: _shown(unit.find(query)))

    @invariant()
    def hold_the_same(self) -> None:
        if hasattr(self, "stores"):
            self.both(lambda unit: [_shown(unit.find(Query(kind.entity))) for kind in KINDS.values()])

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


def _shown(records: Any) -> list[tuple[object, int]]:
    return [(record, record.version) for record in records]


class TwoStoresAtLength(TwoStores):
    """The same for the long campaign."""


TestTwoStores = TwoStores.TestCase
TestTwoStores.settings = settings(max_examples=min(settings().max_examples * 3, 300), stateful_step_count=50, deadline=None)
TestTwoStoresAtLength = TwoStoresAtLength.TestCase
TestTwoStoresAtLength.settings = settings(max_examples=5_000, stateful_step_count=50, deadline=None)
TestTwoStoresAtLength.pytestmark = [pytest.mark.long]  # type: ignore[attr-defined]  # where pytest looks for it
