"""
Entities in the JSON text in which a store keeps them, and back: what was checked when it was written is not checked again.

So a row that an older release accepted can still be read, and a page of rows costs about half.
"""

from __future__ import annotations

import json
import weakref
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache, lru_cache, partial
from operator import attrgetter
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, cast, get_args, get_origin

import attrs

from crmkit.entities.json_form import structure_hook, unstructure_hook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmkit.entities.json_form import Json

E = TypeVar("E")

_SHAPES_KEPT = 1_000
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
_TEXTS: dict[int, tuple[weakref.ref[object], str]] = {}


def entity_of(kind: type[E], data: Mapping[str, Json]) -> E:
    """Make an entity of what `unstructure` wrote, with its version."""
    entity: E = _reader(cast("Any", kind))(data)
    return entity


def text_of(entity: object) -> str:
    """Write an entity as a store keeps it, without its version."""
    known = _TEXTS.get(id(entity))
    if known is not None and known[0]() is entity:
        return known[1]
    kind: Any = type(entity)
    data = _writer(kind)(entity)
    data.pop("version", None)
    return _encoder()(data)


def kept_text_of(entity: object) -> str:
    """Write an entity as `text_of` does, for its row and for its journal at once: the text is kept while the entity lives."""
    id_, text = id(entity), text_of(entity)
    _TEXTS[id_] = weakref.ref(entity, lambda gone: _forget(id_, gone)), text
    return text


def as_stored(entity: E) -> E:
    """Copy an entity at the version at which it is stored now."""
    kind: Any = type(entity)
    copied: E = object.__new__(kind)
    for put, get in _slots(kind):
        put(copied, get(entity))
    object.__setattr__(copied, "version", entity.version + 1)  # type: ignore[attr-defined]  # every record has one
    return copied


def _forget(id_: int, gone: weakref.ref[object]) -> None:
    """Drop a text with its entity, unless another one lives at its address already."""
    if (known := _TEXTS.get(id_)) is not None and known[0] is gone:
        del _TEXTS[id_]


@cache
def _encoder() -> Callable[[dict[str, Any]], str]:
    """Make one encoder for all texts: `JSONEncoder.encode` makes one for each text, which is a third of its time."""
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # an interpreter that has none in C
        return _ENCODER.encode
    parts_of = make(None, _ENCODER.default, json.encoder.encode_basestring, None, ":", ",", False, False, True)  # noqa: FBT003  # as it asks
    return lambda data: "".join(parts_of(data, 0))


@cache
def _writer(kind: type[Any]) -> Callable[[Any], dict[str, Any]]:
    return unstructure_hook(kind)


@cache
def _slots(kind: type[Any]) -> tuple[tuple[Callable[[Any, Any], None], Callable[[Any], Any]], ...]:
    """List what puts and gets each field but the version."""
    names = [field.name for field in attrs.fields(kind) if field.name != "version"]
    return tuple((getattr(kind, name).__set__, attrgetter(name)) for name in names)


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

    @lru_cache(maxsize=_SHAPES_KEPT)
    def steps_of(names: tuple[str, ...]) -> tuple[Any, ...]:
        """Most rows have the same fields in the same order."""
        return tuple(setters[name] for name in names), tuple((put, value) for name, put, value in defaults if name not in names)

    def read(data: Mapping[str, Any]) -> Any:  # noqa: ANN401  # of the class
        entity = object.__new__(kind)
        given, missing = steps_of(tuple(data))
        for (put, convert), value in zip(given, data.values(), strict=True):
            put(entity, value if convert is None else convert(value))
        for put, value in missing:
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
    if origin in (Union, UnionType):
        return _of_union(kind, [part for part in get_args(kind) if part is not NoneType])
    if origin in (tuple, frozenset) and (origin is frozenset or get_args(kind)[1:] == (...,)):
        each: Any = _of_type(get_args(kind)[0])
        return origin if each is None else lambda value: origin(map(each, value))
    structure = structure_hook(kind)
    return lambda value: structure(value, kind)


def _of_union(kind: Any, present: list[Any]) -> Callable[[Any], Any] | None:  # noqa: ANN401  # any annotation
    """Choose what makes a value that may be missing, or is of one of several classes: of the first that has all of its fields."""
    if len(present) == 1:
        convert = _of_type(present[0])
    elif all(map(attrs.has, present)):
        each = [({field.name for field in attrs.fields(one)}, _reader(one)) for one in present]
        convert = partial(_read_as_one, each)
    else:
        structure = structure_hook(kind)
        return lambda value: structure(value, kind)
    return None if convert is None else lambda value: None if value is None else convert(value)


def _read_as_one(each: Sequence[tuple[set[str], Callable[[Any], Any]]], value: Mapping[str, Any]) -> Any:  # noqa: ANN401  # of a class
    return next(read for names, read in each if value.keys() <= names)(value)
