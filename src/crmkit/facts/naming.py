"""Bring the caller's columns under their standard names, with the types that analyses rely on."""

from __future__ import annotations

from datetime import date, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

import narwhals.stable.v2 as nw

from crmkit._checks import check_text, check_zone, refused
from crmkit._frames import Asked, F, cast_nothing, check_number, holds_nothing, opened
from crmkit.errors import MissingColumnError, MissingExtraError, UnsupportedEngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from narwhals.stable.v2.dtypes import DType

    from crmkit._frames.nothing import Kind
    from crmkit.facts.columns import Holds

__all__ = ["standard", "standard_table"]

_SHADOWED = "_original"
_KINDS: Mapping[Holds, Kind] = {"id": "text", "text": "text", "day": "day", "amount": "number", "number": "number", "flag": "flag"}


def standard_table(
    frame: F, table: str, holds: Mapping[str, Holds], arguments: Mapping[str, Any], *, required: tuple[str, ...], zone: str | None = None
) -> F:
    """Bring a frame into the standard table of the caller, whose *arguments* name its columns."""
    (given,) = opened(Asked(frame, table))
    names = {name: arguments[name] for name in holds}
    if zone is not None:
        check_zone("zone", zone)
    rows = standard(given.frame, table, holds, names, required=required, zone=zone)
    return given.back(rows if zone is None else _with_local_days(rows, holds, zone))


def standard(
    frame: Any,  # noqa: ANN401
    table: str,
    holds: Mapping[str, Holds],
    names: Mapping[str, str],
    *,
    required: tuple[str, ...],
    zone: str | None = None,
) -> Any:  # noqa: ANN401
    """
    Rename, and check the types that can be seen.

    *names* gives the caller's column for each standard one. A column whose standard name is not its own must exist. Where a standard
    name is taken by another column of the caller, that one travels along as `<name>_original`.
    """
    schema: dict[str, DType] = dict(frame.collect_schema())
    owns = {name: check_text(name, names[name]) for name in holds}
    wanted = [name for name in holds if owns[name] in schema or name in required or owns[name] != name]
    missing = tuple(name for name in wanted if owns[name] not in schema)
    if missing:
        named = {name: owns[name] for name in missing if owns[name] != name}
        raise MissingColumnError(missing, tuple(schema), table, named)
    given = {name: owns[name] for name in wanted}
    kinds = {given[name]: _KINDS[holds[name]] for name in given if holds[name] in _KINDS}
    unknown = {name: kind for name, kind in kinds.items() if holds_nothing(frame, name, schema[name], kind)}
    frame, _ = cast_nothing(frame, unknown, schema, frame.implementation)
    made = [
        (nw.col(own) if own in unknown else _typed(frame, name, own, schema[own], holds[name], zone=zone)).alias(name)
        for name, own in given.items()
    ]
    used = set(given.values())
    others = [nw.col(name).alias(_free(name, {*schema, *given})) if name in given else nw.col(name) for name in schema if name not in used]
    return frame.select(*made, *others)


def _free(name: str, taken: set[str]) -> str:
    name += _SHADOWED
    while name in taken:
        name += "_"
    return name


def _typed(frame: Any, name: str, own: str, dtype: DType, holds: Holds, *, zone: str | None) -> nw.Expr:  # noqa: ANN401
    column = nw.col(own)
    if holds == "day":
        return _day(frame, name, own, dtype)
    if holds == "instant":
        return _instant(frame, name, own, dtype, zone)
    if holds in {"amount", "number"}:
        check_number(name, dtype)
    elif holds == "flag":
        if not isinstance(dtype, nw.Boolean):
            raise refused(name, f"a column of type {dtype}", f"true or false (Boolean); for example frame['{own}'] == 1")
    elif isinstance(dtype, nw.Date | nw.Datetime | nw.Boolean):
        raise refused(name, f"a column of type {dtype}", "an id or a text")
    return column.fill_nan(None) if dtype.is_float() else column


def _day(frame: Any, name: str, own: str, dtype: DType) -> nw.Expr:  # noqa: ANN401
    column = nw.col(own)
    if isinstance(dtype, nw.Date):
        return column
    if isinstance(dtype, nw.Datetime):
        if dtype.time_zone is not None:
            raise refused(
                name,
                f"a column of moments in {dtype.time_zone}",
                "days; take the local day of each moment first, in the zone of the business",
            )
        return _as_day(frame, column)
    if isinstance(dtype, nw.String):
        raise refused(
            name,
            "a column of text",
            f"days; parse it first, for example frame['{own}'].str.to_date('%d.%m.%Y') in Polars or pd.to_datetime(…) in pandas",
        )
    if isinstance(dtype, nw.Object) and _holds_days(frame, own):
        return _as_day(frame, column)
    raise refused(name, f"a column of type {dtype}", "days (Date, or datetimes without a time zone)")


def _as_day(frame: Any, column: nw.Expr) -> nw.Expr:  # noqa: ANN401
    if frame.implementation.is_pandas_like() and find_spec("pyarrow") is None:
        raise MissingExtraError("analytics", "pyarrow")
    return column.cast(nw.Date)


def _holds_days(frame: Any, own: str) -> bool:  # noqa: ANN401
    """Whether the objects of a pandas column are all days or nothing."""
    values = cast("list[object]", frame.select(own).collect().get_column(own).drop_nulls().to_list())
    return all(isinstance(value, date) and not isinstance(value, datetime) for value in values)


def _instant(frame: Any, name: str, own: str, dtype: DType, zone: str | None) -> nw.Expr:  # noqa: ANN401
    column = nw.col(own)
    if isinstance(dtype, nw.Datetime) and dtype.time_zone is not None:
        return column
    if not isinstance(dtype, nw.Datetime):
        raise refused(name, f"a column of type {dtype}", "moments (Datetime); parse text first, for a day alone name it under its `_on`")
    if zone is None:
        raise refused(
            name, "a column of moments without a time zone", "aware moments, or zone='Europe/Berlin' (or whichever it is) beside it"
        )
    _check_knows_zones(frame, f"reading {name} in a time zone")
    return column.dt.replace_time_zone(zone)


def _with_local_days(frame: Any, holds: Mapping[str, Holds], zone: str) -> Any:  # noqa: ANN401
    """Add the local day of each moment whose `_on` is missing."""
    columns = frame.collect_schema().names()
    pairs = {f"{name.removesuffix('_at')}_on": name for name in holds if holds[name] == "instant" and name in columns}
    made = {day: moment for day, moment in pairs.items() if day in holds and day not in columns}
    if not made:
        return frame
    _check_knows_zones(frame, f"the local days {', '.join(made)} of moments")
    local = [nw.col(moment).dt.convert_time_zone(zone).dt.replace_time_zone(None).cast(nw.Date).alias(day) for day, moment in made.items()]
    order = [name for name in holds if name in columns or name in made]
    return frame.with_columns(*local).select(*order, *(name for name in columns if name not in holds))


def _check_knows_zones(frame: Any, operation: str) -> None:  # noqa: ANN401
    engine = frame.implementation
    if not (engine.is_polars() or engine.is_pandas_like()):
        works_on = ("Polars", "pandas", "PyArrow")
        raise UnsupportedEngineError(f"{operation}; give aware columns and the `_on` beside them", engine.name.lower(), works_on)
    if engine.is_pandas_like() and find_spec("pyarrow") is None:
        raise MissingExtraError("analytics", "pyarrow")
