"""
The one port to storage, and the scope within which a desk works.

A store keeps records and knows no rule. Memory and SQL implement it; whoever writes another one runs the public
contract `crmkit.testing.contracts.StoreContract` against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

import attrs

from crmkit._checks import check_choice, check_each, check_int, check_kind, check_text, refused
from crmkit.conditions import Condition, Scalar
from crmkit.errors import NotPermittedError
from crmkit.records import RecordKind, Stored, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager

    import polars as pl

    from crmkit.periods import Period

__all__ = ["Beside", "Query", "Reach", "Rights", "Scope", "Store", "Transaction"]

E = TypeVar("E", bound=Stored)
Reach = Literal["own", "team", "all"]


def _team(values: str | Iterable[str]) -> frozenset[str]:
    return frozenset(check_each("team", values, check_text))


@attrs.frozen(kw_only=True)
class Rights:
    """
    What an actor may do; whatever is not listed is denied.

    Attributes:
        verbs: Each verb as it is called on `Crm`, for example "record_interaction" or "documents.quote", with the parties that it
            reaches: those the actor owns ("own"), those of the team ("team"), or all. "*" stands for every verb that is not listed.
        team: The employees whose parties count as the team's, beside the actor.
    """

    verbs: Mapping[str, Reach]
    team: frozenset[str] = attrs.field(default=frozenset[str](), converter=_team)

    def __attrs_post_init__(self) -> None:
        """Refuse an unknown reach."""
        for verb, reach in self.verbs.items():
            check_choice(f"verbs[{verb!r}]", reach, Reach)


@attrs.frozen(kw_only=True)
class Scope:
    """
    Whose data, and who is asking. There is no default tenant.

    Attributes:
        tenant: The owner of the data; nothing of another tenant is ever visible.
        actor: Who acts; written into every history entry.
        rights: What the actor may do; None is everything within the tenant.
    """

    tenant: str
    actor: str
    rights: Rights | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse an empty tenant or actor."""
        check_text("tenant", self.tenant)
        check_text("actor", self.actor)

    def owners_reached(self, verb: str) -> frozenset[str] | None:
        """
        Tell whose parties a verb reaches; None is everybody's and nobody's.

        Raises:
            NotPermittedError: When the rights do not list the verb.
        """
        if self.rights is None:
            return None
        reach = self.rights.verbs.get(verb, self.rights.verbs.get("*"))
        if reach is None:
            raise NotPermittedError(self.actor, verb)
        if reach == "all":
            return None
        return frozenset({self.actor}) if reach == "own" else self.rights.team | {self.actor}


def _conditions(values: Iterable[Condition]) -> tuple[Condition, ...]:
    return check_each("where", values, lambda name, item: check_kind(name, item, Condition))


def _names(values: str | Iterable[str]) -> tuple[str, ...]:
    return check_each("order_by", values, check_text)


@attrs.frozen
class Beside:
    """
    That there is a record of the same kind, the same one or another, with the same value in a field or several, for which conditions hold.

    Attributes:
        fields: The declared fields that both have in common; where one has no value nothing is beside.
        where: Conditions on declared fields; all must hold for the one beside.
    """

    fields: tuple[str, ...] = attrs.field(converter=_names)
    where: tuple[Condition, ...] = attrs.field(converter=_conditions)

    @property
    def names(self) -> tuple[str, ...]:
        """All fields that it names."""
        return *self.fields, *(condition.column for condition in self.where)


@attrs.frozen
class Query(Generic[E]):
    """
    Which records to find.

    Attributes:
        kind: Their class.
        where: Conditions on declared fields; all must hold.
        order_by: Declared fields to sort by, a leading "-" for descending; ties are settled by id in the direction of the
            last one. A record without a value in one of them is not found.
        after: The sort values and id of the last record of the page before.
        limit: The most records to find; None is all of them.
        beside: What else must be stored, each beside the record that is found.
        sort_fields: Each sort field with whether it descends, id last.
    """

    kind: type[E]
    where: tuple[Condition, ...] = attrs.field(default=(), converter=_conditions)
    order_by: tuple[str, ...] = attrs.field(default=(), converter=_names, kw_only=True)
    after: tuple[Scalar, ...] | None = attrs.field(default=None, kw_only=True)
    limit: int | None = attrs.field(default=None, kw_only=True)
    beside: tuple[Beside, ...] = attrs.field(default=(), converter=tuple[Beside, ...], kw_only=True)
    sort_fields: tuple[tuple[str, bool], ...] = attrs.field(init=False, eq=False, repr=False)

    @sort_fields.default
    def _fields_sorted_by(self) -> tuple[tuple[str, bool], ...]:
        fields = [(name.removeprefix("-"), name.startswith("-")) for name in self.order_by]
        return (*fields, ("id", bool(fields) and fields[-1][1]))

    def __attrs_post_init__(self) -> None:
        """Refuse fields that are not declared and cursors that do not fit."""
        record = self.record
        for condition in self.where:
            record.field(condition.column)
        for name in (*(name for name, _ in self.sort_fields), *(name for one in self.beside for name in one.names)):
            record.field(name)
        if self.after is not None and len(self.after) != len(self.sort_fields):
            raise refused("after", len(self.after), f"{len(self.sort_fields)} values: " + ", ".join(name for name, _ in self.sort_fields))
        if self.limit is not None:
            check_int("limit", self.limit, at_least=1)

    @property
    def is_plain(self) -> bool:
        """Whether it asks for all that fit, by id: the kind of query of which several can be answered at once."""
        return not self.order_by and self.after is None and self.limit is None

    @property
    def record(self) -> RecordKind[E]:
        """The declaration of the kind."""
        return kind_of(self.kind)


class Transaction(Protocol):
    """
    One unit of work of one tenant: all of it happens, or nothing.

    Every method reads what the same transaction has written.
    """

    def get(self, kind: type[E], id: str, *, lock: bool = False) -> E | None:
        """Find one by id; *lock* keeps others from changing it until the end of the transaction."""

    def find(self, query: Query[E]) -> Sequence[E]:
        """Find several, in the order of the query."""

    def find_several(self, queries: Sequence[Query[Any]]) -> Sequence[Sequence[Any]]:
        """
        Answer several queries at once, each by id: one round trip where the store can.

        Raises:
            InvalidValueError: For a query with an order, a place to go on from, or a limit of its own.
        """

    def save(self, entities: Sequence[Stored]) -> None:
        """
        Insert at version 0, else compare the version; each is stored at its version + 1. All or none.

        Raises:
            StaleWriteError: When another version is stored, or none.
            NotStoredError: When one refers to a record that is not stored.
        """

    def remove(self, kind: type[Stored], id: str) -> None:
        """Delete one; for erasure only."""

    def altered_copies(self, kind: type[E], records: Sequence[E]) -> Sequence[tuple[str, str]]:
        """
        Name the id of each of all records of a kind with which a copy of its fields does not agree, and where; for `Crm.check`.

        A store that keeps no second copy, to search by, has nothing to name.
        """

    def facts(self, table: Literal["sales", "customers", "contact_plans", "documents"], *, period: Period | None = None) -> pl.LazyFrame:
        """Make a table of `crmkit.facts` from what is stored."""


class Store(Protocol):
    """Where records are kept. The caller of a store is always `Crm`."""

    def transaction(self, tenant: str, *, write: bool) -> AbstractContextManager[Transaction]:
        """Open a unit of work; leaving it normally commits, leaving it by an exception undoes everything."""

    def close(self) -> None:
        """Give back what it holds."""
