"""The values of declared fields, checked and brought into the one form in which every store compares them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar, cast

from crmkit._checks import check_date, check_instant, check_int, check_text, refused
from crmkit.records import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from crmkit.conditions import Condition, Scalar
    from crmkit.records import Field, RecordKind, Stored
    from crmkit.records.declarations import FieldType
    from crmkit.store import Query

E = TypeVar("E", bound="Stored")


def comparable(field: Field, value: object) -> Scalar:
    """
    Bring a value into the form in which stores compare it: text, days and whole numbers as they are, instants in UTC.

    Raises:
        InvalidValueError: For a value that does not fit the field, or that not every database can hold.
    """
    return _CHECKS[field.type](field.name, value)


def field_values(kind: RecordKind[E], entity: Stored) -> dict[str, Scalar | None]:
    """Read the declared fields of a record, each in its comparable form."""
    read, checks = _readers(kind.name)
    return {name: None if value is None else check(name, value) for (name, check), value in zip(checks, read(entity), strict=False)}


def comparable_value(query: Query[E], condition: Condition) -> Scalar | tuple[Scalar, ...]:
    """Bring the value of a condition, or its several values, into the form of its field."""
    if condition.test == "missing":
        return condition.value
    field = query.record.field(condition.column)
    if isinstance(condition.value, tuple):
        if field.type == "text" and _is_plain_text(condition.value):
            return condition.value
        check, name = _CHECKS[field.type], field.name
        return tuple([check(name, value) for value in condition.value])
    return comparable(field, condition.value)


def _is_plain_text(values: tuple[Scalar, ...]) -> bool:
    """Tell whether all of many are texts that need no further look, as nearly all ids are."""
    try:
        joined = "".join(cast("tuple[str, ...]", values))
    except TypeError:
        return False
    return joined.isascii() and "\0" not in joined


def sort_position(query: Query[E]) -> tuple[Scalar, ...] | None:
    """Bring the place after which a page begins into the form of its fields."""
    if query.after is None:
        return None
    fields: Iterator[Field] = (query.record.field(name) for name, _ in query.sort_fields)
    return tuple(comparable(field, value) for field, value in zip(fields, query.after, strict=True))


def check_plain(queries: Sequence[Query[E]]) -> None:
    """
    Accept queries of which several can be answered at once.

    Raises:
        InvalidValueError: For one with an order, a place to go on from, or a limit.
    """
    for query in queries:
        if not query.is_plain:
            raise refused("queries", query.record.name, "queries without order_by=, after= and limit=; find() takes those")


@cache
def _readers(kind: str) -> tuple[Callable[[Stored], tuple[object, ...]], Sequence[tuple[str, Callable[[str, object], Scalar]]]]:
    """Say what reads the declared fields of a kind at once, and what checks each; `attrgetter` gives no tuple for one name or none."""
    fields = KINDS[kind].fields
    return attrgetter(*(field.name for field in fields), "id", "id"), [(field.name, _CHECKS[field.type]) for field in fields]


def _text(name: str, value: object) -> str:
    """Accept text, also an empty one; nearly all texts are done in the first line."""
    if isinstance(value, str) and value.isascii() and "\0" not in value:
        return value
    return check_text(name, value, empty=True)


def _in_utc(name: str, value: object) -> datetime:
    moment = check_instant(name, value)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise refused(name, moment, "a moment within the years 1 to 9999 in UTC") from None


_CHECKS: Mapping[FieldType, Callable[[str, object], Scalar]] = {
    "text": _text,
    "day": check_date,
    "instant": _in_utc,
    "number": check_int,
}
