"""
Entities from the JSON form in which a store keeps them: what was checked when it was written is not checked again.

So a row that an older release accepted can still be read, and a page of rows costs about half.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, cast, get_args, get_origin

import attrs

from crmkit.entities.json_form import structure_hook

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit.entities.json_form import Json

E = TypeVar("E")


def entity_of(kind: type[E], data: Mapping[str, Json]) -> E:
    """Make an entity of what `unstructure` wrote, with its version."""
    entity: E = _reader(cast("Any", kind))(data)
    return entity


@cache
def _reader(kind: type[Any]) -> Callable[[Any], Any]:
    """Make the reader of a class, which puts each value into its slot."""
    attrs.resolve_types(kind)
    setters: dict[str, tuple[Callable[[Any, Any], None], Callable[[Any], Any] | None]] = {}
    defaults: list[tuple[str, Callable[[Any, Any], None], Any]] = []
    for field in attrs.fields(kind):
        put = getattr(kind, field.name).__set__
        setters[field.name] = put, _of_field(field)
        if field.default is not attrs.NOTHING:
            default: Any = field.default
            default = default.factory() if hasattr(default, "factory") else default
            defaults.append(
                (field.name, put, field.converter(default) if callable(field.converter) else default)
            )  # nothing of it can change

    def read(data: Mapping[str, Any]) -> Any:  # noqa: ANN401  # of the class
        entity = object.__new__(kind)
        for name, value in data.items():
            put, convert = setters[name]
            put(entity, value if convert is None else convert(value))
        for name, put, value in defaults:
            if name not in data:
                put(entity, value)
        return entity

    return read


def _of_field(field: attrs.Attribute[Any]) -> Callable[[Any], Any] | None:
    """Choose what makes the value of a field; None where JSON has it as it is."""
    convert: Any = _of_type(field.type)  # of a mapping there is always one
    keep: Any = field.converter
    return (lambda value: keep(convert(value))) if keep and get_origin(field.type) is Mapping else convert


def _of_type(kind: Any) -> Callable[[Any], Any] | None:  # noqa: ANN401  # any annotation
    origin = get_origin(kind)
    if kind in (str, int, bool) or origin is Literal:
        return None
    if kind in (date, datetime, time):
        return kind.fromisoformat  # type: ignore[no-any-return]  # all three have one
    if attrs.has(kind):
        return _reader(kind)
    if origin in (Union, UnionType) and len(present := [part for part in get_args(kind) if part is not NoneType]) == 1:
        convert = _of_type(present[0])
        return None if convert is None else lambda value: None if value is None else convert(value)
    if origin in (tuple, frozenset) and (origin is frozenset or get_args(kind)[1:] == (...,)):
        each: Any = _of_type(get_args(kind)[0])
        return origin if each is None else lambda value: origin(map(each, value))
    structure = structure_hook(kind)
    return lambda value: structure(value, kind)
