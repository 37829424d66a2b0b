"""
The one way in and out of every analysis over frames.

A frame comes in as the caller has it, is checked, computed as a lazy Narwhals frame and handed back in the caller's own kind.
What an engine cannot do by itself (PyArrow has no windows, pandas no running sums of decimals) takes its way through Polars, or
DuckDB where Polars is not installed, and back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any, Generic, cast

import attrs
import narwhals.stable.v2 as nw
from narwhals.stable.v2.dtypes import DType
from narwhals.stable.v2.typing import IntoFrameT as F

from crmkit._checks import check_kind, refused
from crmkit._frames.amounts import check_alike, check_number, finite, may_leave_64_bits, sum_type, summable
from crmkit._frames.detours import Lazy, array_detour, detour, kind_of, lazy, needs_detour, way_back
from crmkit._frames.nothing import Kind, cast_nothing, holds_nothing
from crmkit.errors import MissingColumnError, MixedFramesError
from crmkit.periods import Period

__all__ = ["CURRENCY", "Asked", "F", "Lazy", "Table", "check_number", "opened"]

CURRENCY = "currency"
_FLAGS = ("active", "automatic", "is_customer", "reached")
_WORDS: Mapping[str, tuple[str, ...]] = {  # columns that analyses compare with words of their own
    "sales": ("document_kind", "document_subtype"),
    "documents": ("document_kind", "state"),
    "interactions": ("kind", "direction"),
    "opportunities": ("state", "category"),
    "touches": ("kind",),
    "case_events": ("state",),
    "ratings": ("kind",),
    "paths": ("path",),
}


@attrs.frozen
class Asked(Generic[F]):
    """
    A frame, and what an analysis needs of it.

    Attributes:
        native: The caller's frame.
        table: Its table in `crmkit.facts`, or "frame" for the result of another analysis.
        needs: Columns that must be there; `…_on` must be days, `…_at` aware moments.
        amounts: Columns that must be there and be numbers.
        optional_amounts: Columns that must be numbers where they are.
    """

    native: F
    table: str
    needs: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    optional_amounts: tuple[str, ...] = ()


@attrs.frozen
class Table(Generic[F]):
    """
    An opened frame.

    Attributes:
        name: Its table in `crmkit.facts`.
        frame: The rows.
        dtypes: Its columns with their types.
        engine: What computes, after any detour.
        in_memory: The caller's frame is no lazy one, so looking into it computes nothing twice.
        wide: Integer amounts may leave 64 bits when added, so they are added as decimals; in a lazy frame they always might.
    """

    name: str
    frame: Lazy
    dtypes: Mapping[str, DType]
    engine: nw.Implementation
    in_memory: bool
    wide: bool
    _hand_back: Callable[[Lazy], Any]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of its columns."""
        return tuple(self.dtypes)

    @property
    def currency(self) -> tuple[str, ...]:
        """The currency column where there is one: one more group of everything that is added or compared."""
        return (CURRENCY,) if CURRENCY in self.dtypes else ()

    @property
    def currency_key(self) -> list[str]:
        """The column that `keyed` adds."""
        return [f"_{name}" for name in self.currency]

    def keyed(self, frame: Lazy) -> Lazy:
        """Add the currency as a key to join on: null joins nothing, and an unnamed currency is one of its own."""
        keys = [nw.col(name).fill_null("").alias(f"_{name}") for name in self.currency]
        return frame.with_columns(*keys) if keys else frame

    def back(self, frame: Lazy) -> F:
        """Hand a result back in the caller's own kind."""
        return cast("F", self._hand_back(frame))

    def require(self, *names: str, otherwise: str = "") -> None:
        """Refuse a frame without these columns, or with other types than their names promise."""
        missing = tuple(dict.fromkeys(name for name in names if name not in self.dtypes))
        if missing:
            raise MissingColumnError(missing, self.columns, self.name, otherwise=otherwise)
        for name in names:
            _check_type(name, self.dtypes[name])

    def groups(self, by: tuple[str, ...], *, made: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Columns to group by, with the currency; none may be named like a column that the result gets."""
        for name in by:
            if check_kind("by", name, str) in made:
                raise refused("by", name, f"another column than those of the result: {', '.join(made)}")
        self.require(*by)
        return tuple(dict.fromkeys(by + self.currency))

    def within(self, period: Period | None, *, on: str = "issued_on") -> Table[F]:
        """The rows of a period."""
        if period is None:
            return self
        check_kind("period", period, Period)
        self.require(on)
        day = nw.col(on)
        return attrs.evolve(self, frame=self.frame.filter(day >= period.start, day < period.end))

    def amount(self, name: str) -> nw.Expr:
        """An amount in the type in which it is added: NaN and infinity are unknown, narrow numbers are widened."""
        return summable(nw.col(name), self.dtypes[name], wide=self.wide, engine=self.engine).alias(name)

    def total_dtype(self, *names: str) -> DType | None:
        """The type of a sum or a difference of amounts, or None where it is left to the engine."""
        return sum_type([self.dtypes[name] for name in names], wide=self.wide)

    def unknown(self, name: str) -> nw.Expr:
        """An unknown amount in the type of a sum."""
        dtype = nw.Float64() if self.engine.is_pandas_like() else self.total_dtype(name)  # NumPy has no other number for what is unknown
        return nw.lit(None, dtype=dtype).cast(dtype or nw.Float64()).alias(name)

    def total(self, expression: nw.Expr, *names: str) -> nw.Expr:
        """A sum in the caller's numeric type; one of floats that has left their range is unknown."""
        dtype = self.total_dtype(*names)
        if dtype is None:
            return expression
        return finite(expression.cast(dtype)) if dtype.is_float() else expression.cast(dtype)


def opened(*asked: Asked[F], arrays: bool = False) -> tuple[Table[F], ...]:
    """
    Open the frames of one call, for *arrays* as lazy Polars frames.

    Raises:
        InvalidValueError: For what is no frame, and for columns of the wrong type.
        MissingColumnError: For a frame without a column that is needed.
        MixedFramesError: For frames of several kinds.
        MissingExtraError: For a PyArrow table, or pandas with Arrow decimals, without Polars or DuckDB.
    """
    frames = [_narwhal(one) for one in asked]
    _check_one_kind([one.native for one in asked])
    unknown = [_unknown(one, frame) for one, frame in zip(asked, frames, strict=True)]
    checked = [_checked(one, frame, nothing) for one, frame, nothing in zip(asked, frames, unknown, strict=True)]
    if not arrays:  # those compare ids as text
        _check_keys(asked, checked)
    wide = [may_leave_64_bits(frame, (*one.amounts, *one.optional_amounts)) for one, frame in zip(asked, frames, strict=True)]
    through = array_detour() if arrays else detour() if any(map(needs_detour, frames, wide)) else None
    engine = frames[0].implementation if through is None else nw.Implementation.from_backend(through)
    tables = []
    for one, table, frame, nothing, is_wide in zip(asked, checked, frames, unknown, wide, strict=True):
        rows, made = cast_nothing(lazy(frame, through), nothing, table.dtypes, engine)
        tables.append(
            attrs.evolve(
                table,
                frame=rows,
                dtypes={**table.dtypes, **made},
                engine=engine,
                wide=is_wide,
                hand_back=way_back(one.native, frame, through),
            )
        )
    return tuple(tables)


def _narwhal(asked: Asked[Any]) -> Any:  # noqa: ANN401  # eager or lazy: both have what is used here
    try:
        frame = nw.from_native(asked.native)
        frame.collect_schema()
    except TypeError:
        raise refused(asked.table, kind_of(asked.native), "a frame: Polars, pandas, PyArrow, DuckDB, Ibis or Spark") from None
    except nw.exceptions.DuplicateError:
        names = [str(name) for name in asked.native.columns]
        twice = ", ".join(sorted({repr(name) for name in names if names.count(name) > 1}))
        raise refused(asked.table, f"a frame with several columns named {twice}", "each name once; rename or drop one of them") from None
    return frame


def _unknown(asked: Asked[Any], frame: Any) -> Mapping[str, Kind]:  # noqa: ANN401
    """Columns in which nothing is known, with what they would hold by their names."""
    kinds: dict[str, Kind] = dict.fromkeys((*asked.amounts, *asked.optional_amounts), "number")
    schema = frame.collect_schema()
    for name in schema:
        if name.endswith("_on"):
            kinds[name] = "day"
        elif name.endswith("_id") or name == CURRENCY or name in _WORDS.get(asked.table, ()):
            kinds[name] = "text"
    return {name: kind for name, kind in kinds.items() if name in schema and holds_nothing(frame, name, schema[name], kind)}


def _check_one_kind(natives: list[Any]) -> None:
    first = natives[0]
    for other in natives[1:]:
        if kind_of(first) != kind_of(other):
            raise MixedFramesError(kind_of(first), kind_of(other))
        if kind_of(first).startswith("duckdb."):
            _check_one_connection(first, other)


def _check_one_connection(left: Any, right: Any) -> None:  # noqa: ANN401
    try:
        left.limit(0).set_alias("_left").cross(right.limit(0).set_alias("_right"))  # else two made from one relation collide
    except Exception as error:
        if "different connection" not in str(error):
            raise
        raise MixedFramesError("a DuckDB relation", "one of another connection") from None


def _checked(asked: Asked[Any], frame: Any, unknown: Mapping[str, Kind]) -> Table[Any]:  # noqa: ANN401
    days = {name: nw.Date() for name, kind in unknown.items() if kind == "day"}
    table: Table[Any] = Table(
        name=asked.table,
        frame=frame,
        dtypes={**frame.collect_schema(), **days},
        engine=frame.implementation,
        in_memory=isinstance(frame, nw.DataFrame),
        wide=False,
        hand_back=nw.to_native,
    )
    table.require(*asked.needs, *asked.amounts)
    for name in (*asked.amounts, *asked.optional_amounts):
        if name in table.dtypes and name not in unknown:
            check_number(name, table.dtypes[name])
    for name in _WORDS.get(asked.table, ()):
        if name in table.dtypes and table.dtypes[name].is_numeric() and not _all_unknown(frame, name):
            raise refused(name, f"a column of type {table.dtypes[name]}", "words (String), those of its table in crmkit.facts")
    return table


def _all_unknown(frame: Any, name: str) -> bool:  # noqa: ANN401
    """Whether a column of numbers is one in which NumPy knows nothing, so that pandas made it one of numbers."""
    return frame.implementation.is_pandas_like() and bool(frame[name].is_null().all())


def _check_keys(asked: Sequence[Asked[Any]], tables: Sequence[Table[Any]]) -> None:
    """The columns by which the frames of a call find each other are of one type."""
    for (one, left), (other, right) in combinations(zip(asked, tables, strict=True), 2):
        ids = [name for name in one.needs if name in other.needs and name.endswith("_id")]
        for name in (*ids, *(left.currency if right.currency else ())):
            check_alike(name, left.dtypes[name], right.dtypes[name], where=(left.name, right.name))


def _check_type(name: str, dtype: DType) -> None:
    if name in _FLAGS and dtype not in (nw.Boolean, nw.Object):  # in pandas a column of flags with gaps holds objects
        raise refused(name, f"a column of type {dtype}", "true or false (Boolean); bring the frame through crmkit.facts")
    if name.endswith("_on") and dtype != nw.Date:
        raise refused(name, f"a column of type {dtype}", "days (Date); bring the frame through the function of crmkit.facts for its table")
    if name.endswith("_at") and not (isinstance(dtype, nw.Datetime) and dtype.time_zone is not None):
        raise refused(name, f"a column of type {dtype}", "aware moments (Datetime with a time zone); bring the frame through crmkit.facts")
