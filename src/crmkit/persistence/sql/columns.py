"""Column types that hold the same on every database: text by code point, days, UTC moments, exact decimals."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import TIMESTAMP, BigInteger, Date, Integer, Numeric, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Dialect

    from crmkit.records import FieldType

Processor: TypeAlias = "Callable[[Any], Any] | None"

_DIGITS = 28


def text() -> TypeEngine[str]:
    """Text that compares by code point."""
    return Text().with_variant(Text(collation="C"), "postgresql")


def number() -> TypeEngine[int]:
    """Whole numbers of 64 bits."""
    return BigInteger().with_variant(Integer(), "sqlite")


class Day(TypeDecorator[date]):
    """A day: DATE, or text such as "2026-01-31" where a database has no dates."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok: bool | None = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the type."""
        return dialect.type_descriptor(Date() if dialect.name == "postgresql" else Text())

    def bind_processor(self, dialect: Dialect) -> Processor:
        """Choose what writes it down."""
        return super().bind_processor(dialect) if dialect.name == "postgresql" else _day_text


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: TIMESTAMP WITH TIME ZONE, or text such as "2026-01-31T08:30:00.000000Z", which sorts by time."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok: bool | None = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the type."""
        return dialect.type_descriptor(TIMESTAMP(timezone=True) if dialect.name == "postgresql" else Text())

    def bind_processor(self, dialect: Dialect) -> Processor:
        """Choose what writes it down."""
        return _in_utc if dialect.name == "postgresql" else _instant_text


class ExactNumber(TypeDecorator[Decimal]):
    """A decimal of 28 digits, some of them after the point: NUMERIC, or text where a database would round it."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok: bool | None = True

    def __init__(self, decimals: int) -> None:
        """Keep so many digits after the point."""
        super().__init__()
        self.decimals = decimals

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the type."""
        return dialect.type_descriptor(Numeric(_DIGITS, self.decimals) if dialect.name == "postgresql" else Text())

    def bind_processor(self, dialect: Dialect) -> Processor:
        """Choose what writes it down."""
        return super().bind_processor(dialect) if dialect.name == "postgresql" else _number_text


def column_type(kind: FieldType) -> TypeEngine[Any]:
    """Choose the column type of a declared field."""
    match kind:
        case "text":
            return text()
        case "day":
            return Day()
        case "instant":
            return Instant()
        case "number":
            return number()


def _day_text(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


@lru_cache(maxsize=1_000)  # one verb writes one moment in many rows
def _instant_text(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _number_text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
