"""How entities keep what they are given: any iterable in, tuple, frozenset or frozen mapping kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeAlias, TypeVar

from crmkit._checks import check_date, check_each, check_exact, check_instant, check_kind, check_mapping, check_text, refused

K = TypeVar("K")
V = TypeVar("V")
CustomValue: TypeAlias = str | int | Decimal | bool | date


class FrozenMapping(Mapping[K, V]):
    """A mapping that cannot change, compares like a dict and can be hashed and pickled."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[K, V]) -> None:
        """Copy *items*."""
        self._items = dict(items)

    def __getitem__(self, key: K) -> V:
        """Look one up."""
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        """Iterate over the keys."""
        return iter(self._items)

    def __len__(self) -> int:
        """Count them."""
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        """Compare as a dict does."""
        return self._items == (other._items if isinstance(other, FrozenMapping) else other)

    def __hash__(self) -> int:
        """Hash without regard to order."""
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        """Show the keys only; values may be personal data."""
        return f"<{len(self._items)} values: {', '.join(map(repr, self._items))}>"


def texts(name: str, value: str | Iterable[str]) -> tuple[str, ...]:
    """Keep texts in order; a lone text counts as one."""
    return check_each(name, value, check_text)


def emails(value: str | Iterable[str]) -> tuple[str, ...]:
    """Keep e-mail addresses in order; a lone one counts as one."""
    return texts("emails", value)


def text_set(name: str, value: str | Iterable[str]) -> frozenset[str]:
    """Keep texts without order; a lone text counts as one."""
    return frozenset(texts(name, value))


def kept(name: str, kind: type[V], values: Iterable[V]) -> tuple[V, ...]:
    """Keep values of one class in order."""
    return check_each(name, values, lambda name, item: check_kind(name, item, kind))


def custom_fields(value: Mapping[str, CustomValue]) -> FrozenMapping[str, CustomValue]:
    """Keep the host's own fields, whose values come back from every store as they went."""
    for name, item in check_mapping("custom", value).items():
        shown = f"custom[{check_text('custom', name, empty=True)!r}]"
        match item:
            case str():
                check_text(shown, item, empty=True)
            case Decimal():
                check_exact(shown, item)
            case date():
                check_date(shown, item)
            case _ if not isinstance(item, int):
                raise refused(shown, type(item).__name__, "text, int, Decimal, bool or date")
    return FrozenMapping(value)


def happened_at(value: datetime) -> datetime:
    """Keep a moment in UTC: in local time, the hour that daylight saving repeats equals nothing but itself."""
    return in_utc("happened_at", value)


def recorded_at(value: datetime) -> datetime:
    """Keep a moment in UTC, as `happened_at` does."""
    return in_utc("recorded_at", value)


def start_at(value: datetime) -> datetime:
    """Keep a moment in UTC, as `happened_at` does."""
    return in_utc("start_at", value)


def recurs_at(value: datetime) -> datetime:
    """Keep a moment in UTC, as `happened_at` does."""
    return in_utc("recurs_at", value)


def end_at(value: datetime) -> datetime:
    """Keep a moment in UTC, as `happened_at` does."""
    return in_utc("end_at", value)


def written_at(value: datetime) -> datetime:
    """Keep a moment in UTC, as `happened_at` does."""
    return in_utc("written_at", value)


def in_utc(name: str, value: datetime) -> datetime:
    """Keep a moment of any name in UTC, as `happened_at` does."""
    if getattr(value, "tzinfo", None) is UTC:
        return value
    try:
        return check_instant(name, value).astimezone(UTC)
    except OverflowError:
        raise refused(name, value, "a moment between the years 1 and 9999, in UTC too") from None
