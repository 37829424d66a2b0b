"""Column types that hold the same on every database: text by code point, days, UTC moments, exact decimals."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import TIMESTAMP, BigInteger, Date, Integer, Numeric, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

if TYPE_CHECKING:
    from sqlalchemy import Dialect

    from crmkit.records import FieldType

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

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:  # noqa: ANN401  # as the driver wants it
        """Write it down."""
        return value if value is None or dialect.name == "postgresql" else value.isoformat()


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: TIMESTAMP WITH TIME ZONE, or text such as "2026-01-31T08:30:00.000000Z", which sorts by time."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok: bool | None = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the type."""
        return dialect.type_descriptor(TIMESTAMP(timezone=True) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401  # as the driver wants it
        """Write it down."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


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

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:  # noqa: ANN401  # as the driver wants it
        """Write it down."""
        return value if value is None or dialect.name == "postgresql" else f"{value:f}"


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
