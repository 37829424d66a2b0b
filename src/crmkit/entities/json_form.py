"""The JSON form of entities: plain dicts, lists, text, numbers and booleans, and back again without loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, cast, get_args, get_origin

import attrs

from crmkit._checks import check_decimal, refused
from crmkit.conditions import Condition, ConditionValue
from crmkit.entities.parties import CustomValue
from crmkit.errors import InvalidDataError, InvalidValueError, Problem

if TYPE_CHECKING:
    from cattrs import ClassValidationError, Converter

    from crmkit.conditions import Scalar

E = TypeVar("E")
_EXAMPLES: Mapping[object, str] = {date: "2026-01-31", datetime: "2026-01-31T14:30:00+00:00", time: "14:30", int: "12"}
Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"


def unstructure(value: object) -> dict[str, Json]:
    """
    Turn an entity into plain data for `json.dumps`. Fields at their default are left out; decimals and dates are text.

    >>> from crmkit.entities import Commitment
    >>> unstructure(Commitment(text="send the list", due_on=date(2026, 1, 31)))
    {'text': 'send the list', 'due_on': '2026-01-31'}
    """
    return cast("dict[str, Json]", _converter(detailed=True).unstructure(value))


def structure(kind: type[E], data: Mapping[str, Json]) -> E:
    """
    Make an entity of plain data.

    Raises:
        InvalidDataError: Naming each place that does not fit, and unknown fields.

    >>> from crmkit.entities import Commitment
    >>> structure(Commitment, {"text": "send the list"}).text
    'send the list'
    """
    from cattrs import ClassValidationError  # noqa: PLC0415  # costs a third of `import crmkit`, which must stay quick

    if not attrs.has(cast("type", kind)):
        raise refused("kind", getattr(kind, "__name__", kind), "a class of crmkit.entities")
    if not isinstance(data, Mapping):
        raise refused("data", type(data).__name__, "a mapping of field names to values, as unstructure() makes it")
    try:
        return _converter(detailed=True).structure(data, kind)
    except ClassValidationError as error:
        raise InvalidDataError(tuple(_problems(error, kind.__name__))) from None


def structure_hook(kind: Any) -> Callable[[Any, Any], Any]:  # noqa: ANN401  # any annotation of a field
    """Find what makes a value of a type of what `unstructure` wrote: quicker than `structure`, but an error does not say where."""
    return _converter(detailed=False).get_structure_hook(kind)


def unstructure_hook(kind: type[Any]) -> Callable[[Any], dict[str, Json]]:
    """Find what `unstructure` does with the entities of a class."""
    return _converter(detailed=True).get_unstructure_hook(kind)


def _problems(error: ClassValidationError, source: str) -> Iterator[Problem]:
    from cattrs import transform_error  # noqa: PLC0415  # as above

    for text in transform_error(error, path=source, format_exception=_message):
        message, _, place = text.rpartition(" @ ")
        yield Problem(source, None, place.removeprefix(source).removeprefix(".") or None, None, message)


def _message(error: BaseException, kind: type | None) -> str:
    from cattrs.v import format_exception  # noqa: PLC0415  # as above

    if kind in _EXAMPLES and not isinstance(error, InvalidValueError):
        return f"is no {cast('type', kind).__name__} as unstructure() writes it, for example {_EXAMPLES[kind]}"
    return str(error) if isinstance(error, InvalidValueError) else format_exception(error, kind)


@cache
def _converter(*, detailed: bool) -> Converter:
    from cattrs.gen import make_dict_unstructure_fn  # noqa: PLC0415  # as above
    from cattrs.preconf.json import make_converter  # noqa: PLC0415

    converter = make_converter(detailed_validation=detailed, forbid_extra_keys=True, omit_if_default=True)
    converter.register_unstructure_hook(Decimal, str)
    converter.register_structure_hook(Decimal, lambda value, _: _decimal_in(value))
    converter.register_unstructure_hook(time, time.isoformat)
    converter.register_structure_hook_func(_is_choice, _choice_in)
    converter.register_structure_hook(time, lambda value, _: time.fromisoformat(value))
    converter.register_unstructure_hook_func(_is_frozenset, sorted)
    converter.register_structure_hook_func(lambda kind: kind == CustomValue, lambda value, _: _custom_in(value))
    converter.register_structure_hook_func(lambda kind: kind == ConditionValue, lambda value, _: _compared_in(value))
    converter.register_unstructure_hook_func(lambda kind: kind == ConditionValue, _compared_out)
    converter.register_unstructure_hook_factory(_is_mapping, lambda _: _mapping_out)
    # The value 1 equals the default True, and would be left out.
    converter.register_unstructure_hook(Condition, make_dict_unstructure_fn(Condition, converter, _cattrs_omit_if_default=False))
    return converter


def _is_frozenset(kind: object) -> bool:
    return getattr(kind, "__origin__", None) is frozenset


def _is_mapping(kind: object) -> bool:
    return getattr(kind, "__origin__", None) is Mapping


def _mapping_out(values: Mapping[str, CustomValue]) -> dict[str, Json]:
    return {name: _custom_out(value) for name, value in values.items()}


def _decimal_in(value: object) -> Decimal:
    return check_decimal("value", value)


def _is_choice(kind: object) -> bool:
    return get_origin(kind) is Literal


def _choice_in(value: object, kind: object) -> object:
    """Accept one of a closed list; what stands there instead may be personal data."""
    if value in get_args(kind):
        return value
    raise refused("value", f"<{type(value).__name__}>", "one of " + ", ".join(map(repr, get_args(kind))))


def _custom_out(value: CustomValue) -> Json:
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    return {"date": value.isoformat()} if isinstance(value, date) else value


def _custom_in(value: Json) -> CustomValue:
    match value:
        case {"decimal": str(number)}:
            return Decimal(number)
        case {"date": str(day)}:
            return date.fromisoformat(day)
        case str() | int():
            return value
        case _:
            raise refused("custom", type(value).__name__, "text, a whole number, true, false, {'decimal': …} or {'date': …}")


def _compared_out(value: ConditionValue) -> Json:
    """Write what a condition compares with; several values are a list."""
    if isinstance(value, tuple):
        return [_compared_out(item) for item in value]
    return {"moment": value.isoformat()} if isinstance(value, datetime) else _custom_out(value)


def _compared_in(value: Json) -> ConditionValue:
    match value:
        case list():
            return tuple(cast("Scalar", _compared_in(item)) for item in value)
        case {"moment": str(moment)}:
            return datetime.fromisoformat(moment)
        case _:
            return _custom_in(value)
