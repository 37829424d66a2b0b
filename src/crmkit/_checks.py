"""
Checks of arguments, with uniform messages.

The only module that builds `InvalidValueError`. Each check returns the value it accepted, so that it can stand in an
attrs converter or in an assignment.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from crmkit._currencies import CODES, meant
from crmkit.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")
Exact: TypeAlias = Decimal | int

LARGEST_INT = 2**63 - 1


def refused(name: str, value: object, expected: str) -> InvalidValueError:
    """Build the one error for arguments; for checks that only one module needs."""
    return InvalidValueError(name, value, expected)


def check_text(name: str, value: object, *, empty: bool = False) -> str:
    """Accept text that every database can hold; its content never shows in the error."""
    if isinstance(value, str) and value.isascii() and "\0" not in value and (empty or (value and not value.isspace())):
        return value  # nearly all texts are done here
    if not isinstance(value, str):
        raise InvalidValueError(name, type(value).__name__, "text")
    if not value.strip() and not empty:
        raise InvalidValueError(name, value, "text that is not empty")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidValueError(name, f"<text of {len(value)} characters>", "text without lone surrogates") from None
    if "\0" in value:
        raise InvalidValueError(name, f"<text of {len(value)} characters>", "text without NUL characters")
    return value


def check_private(name: str, value: object, check: Callable[..., T], *arguments: object) -> T:
    """Accept what *check* accepts; what it refuses is personal data, so the error names its kind only."""
    try:
        return check(name, value, *arguments)
    except InvalidValueError as error:
        raise InvalidValueError(name, f"<{type(value).__name__}>", error.expected) from None


def check_texts(entity: object, *names: str) -> None:
    """Accept those fields of an entity that are None, or text that every database can hold; empty text too."""
    for name in names:
        value = getattr(entity, name)
        if value is not None:
            check_text(name, value, empty=True)


def check_choice(name: str, value: object, choices: object) -> str:
    """Accept one of a `Literal`'s strings."""
    accepted: tuple[str, ...] = choices.__args__  # type: ignore[attr-defined]  # get_args() takes longer than the rest of this
    if isinstance(value, str) and value in accepted:
        return value
    raise InvalidValueError(name, value, "one of " + ", ".join(repr(choice) for choice in accepted))


def check_date(name: str, value: object) -> date:
    """Accept a day; a moment is refused, for its day depends on the time zone."""
    if isinstance(value, datetime):
        raise InvalidValueError(name, value, "a date; a datetime has a date only in a time zone, so pass value.astimezone(zone).date()")
    if not isinstance(value, date):
        raise InvalidValueError(name, value, "a date, for example date(2026, 1, 31)")
    return value


def check_instant(name: str, value: object) -> datetime:
    """Accept a moment that knows its offset; a naive datetime is refused."""
    if not isinstance(value, datetime):
        raise InvalidValueError(name, value, "an aware datetime, for example datetime(2026, 1, 31, 9, tzinfo=ZoneInfo('Europe/Berlin'))")
    if value.utcoffset() is None:
        raise InvalidValueError(
            name, value, "an aware datetime; a naive one has no time zone, so add tzinfo=ZoneInfo('Europe/Berlin') or whichever it is"
        )
    return value


def check_local_time(name: str, value: object) -> time:
    """Accept a wall-clock time without an offset."""
    if isinstance(value, time) and value.tzinfo is None:
        return value
    raise InvalidValueError(name, value, "a time without tzinfo, for example time(14, 30)")


def check_zone(name: str, value: object) -> str:
    """Accept the name of an IANA time zone."""
    try:
        return ZoneInfo(check_text(name, value)).key
    except (KeyError, OSError, ValueError):
        raise InvalidValueError(name, value, "the name of an IANA time zone, for example 'Europe/Berlin'") from None


def check_int(name: str, value: object, *, at_least: int | None = None) -> int:
    """Accept a whole number that a database can hold."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidValueError(name, value, "a whole number")
    if at_least is not None and value < at_least:
        raise InvalidValueError(name, value, f"a whole number of at least {at_least}")
    if abs(value) > LARGEST_INT:
        raise InvalidValueError(name, value, "a whole number of at most 64 bits")
    return value


def check_exact(name: str, value: object, *, at_least: Exact | None = None) -> Exact:
    """Accept a Decimal or an int; a float is refused because it is not the number that was written."""
    if isinstance(value, float):
        raise InvalidValueError(name, value, f"an exact number; pass Decimal('{value!r}') or, better, the number as it was written")
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise InvalidValueError(name, value, "a Decimal or an int")
    if isinstance(value, Decimal) and not value.is_finite():
        raise InvalidValueError(name, value, "a finite number")
    if at_least is not None and value < at_least:
        raise InvalidValueError(name, value, f"a number of at least {at_least}")
    return value


def check_decimal(name: str, value: object, *, at_least: Exact | None = None) -> Decimal:
    """Accept an exact number or its text, and keep it as Decimal."""
    if isinstance(value, str):
        try:
            value = Decimal(value)
        except ArithmeticError:
            raise InvalidValueError(name, value, "a number, for example Decimal('19.90')") from None
    return Decimal(check_exact(name, value, at_least=at_least))


def check_ratio(name: str, value: object) -> Decimal:
    """Accept a share of a whole: 0.25 for 25 %."""
    ratio = check_decimal(name, value)
    if not 0 <= ratio <= 1:
        raise InvalidValueError(name, value, "a ratio from 0 to 1; 25 % is Decimal('0.25')")
    return ratio


def check_currency(name: str, value: object) -> str:
    """Accept a code of ISO 4217, also of a currency that has ended."""
    if isinstance(value, str) and value in CODES:
        return value
    near = meant(value) if isinstance(value, str) else ""
    raise InvalidValueError(name, value, f"an ISO 4217 code of three capital letters, for example 'EUR'{near}")


def check_kind(name: str, value: object, kind: type[T]) -> T:
    """Accept an instance of one class."""
    if isinstance(value, kind):
        return value
    raise InvalidValueError(name, type(value).__name__, f"a {kind.__name__}")


def check_mapping(name: str, value: object) -> Mapping[Any, Any]:
    """Accept a mapping; what is in it is for the caller to check."""
    if isinstance(value, Mapping):
        return value
    raise InvalidValueError(name, type(value).__name__, "a mapping")


def check_each(name: str, values: object, check: Callable[[str, object], T]) -> tuple[T, ...]:
    """Accept any iterable of what *check* accepts; a lone text counts as one."""
    if isinstance(values, str):
        return (check(name, values),)
    try:
        items: Iterable[object] = iter(values)  # type: ignore[call-overload]  # what is not iterable is refused below
    except TypeError:
        raise InvalidValueError(name, type(values).__name__, "a sequence") from None
    return tuple(check(name, item) for item in items)
