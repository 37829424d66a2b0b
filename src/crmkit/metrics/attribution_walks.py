"""From touches and conversions to walks: who was touched within the window, in order, as arrays."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import refused
from crmkit._frames import units
from crmkit.metrics.arrays import changes, grouped, np, numbers_of
from crmkit.metrics.attribution_clock import Clock
from crmkit.metrics.attribution_kernels import Walks

if TYPE_CHECKING:
    from crmkit._frames import Table
    from crmkit.periods import Interval

__all__ = ["UNATTRIBUTED", "Found", "found_walks", "rows_at", "unit_array", "with_players"]

Array: TypeAlias = Any
UNATTRIBUTED = "unattributed"
LARGEST = 2**53

_VIEW = "view"
_APART = "\x1f"  # stands in no name
_WHOLE = 63  # bits of a whole number


@attrs.frozen(eq=False)
class Journeys:
    """
    All touches, by customer and time.

    Attributes:
        place: The number of the customer, and behind it the time as its clock counts.
        label: The number of what each touch tells.
        clock: Of the times.
        never: For each customer whether he never converted.
    """

    place: Array
    label: Array
    clock: Clock
    never: Array

    @cached_property
    def people(self) -> Array:
        """The customer of each touch."""
        return self.place >> self.clock.bits


@attrs.frozen(eq=False)
class Found:
    """
    Conversions with the touches before them.

    Attributes:
        conversions: All of them, with their `_units`.
        reached: Rows of those that have a touch, in the order of the walks.
        missed: Rows of the others.
        labels: What touches tell, once each, with the number of its `_player` and its `_view`; a touch has the number of its label.
        players: The channels (or other groups), in the order of their numbers.
        lengths: Touches of each walk.
    """

    conversions: nw.DataFrame[Any]
    reached: Array
    missed: Array
    labels: nw.DataFrame[Any]
    players: nw.DataFrame[Any]
    lengths: Array
    _which: Array  # touch of the journeys for each touch of each walk
    _journeys: Journeys

    @cached_property
    def walks(self) -> Walks:
        """The touches before conversions."""
        return Walks(channel=self.labels["_player"].to_numpy()[self.label], lengths=self.lengths)

    @cached_property
    def label(self) -> Array:
        """The label of each touch of each walk."""
        return self._journeys.label[self._which]

    @cached_property
    def lost(self) -> Walks:
        """The touches of customers who never converted."""
        others = np.flatnonzero(self._journeys.never[self._journeys.people])
        starts = np.flatnonzero(changes(self._journeys.people[others]))
        channel = self.labels["_player"].to_numpy()[self._journeys.label[others]]
        return Walks(channel=channel, lengths=np.diff(starts, append=len(others)))

    @cached_property
    def happened(self) -> Array:
        """When each touch was, in the unit of the clock."""
        return self._clock.moments(self._journeys.place[self._which] & (1 << self._clock.bits) - 1)

    @cached_property
    def ages(self) -> Array:
        """Microseconds from each touch to the conversion."""
        converted = self._clock.read(self.conversions["happened_at"])[self.reached]
        return (converted[self.walks.owner] - self.happened) // self._clock.microsecond

    @cached_property
    def amounts(self) -> Array:
        """Units of each conversion that has a touch."""
        return unit_array(self.conversions["_units"])[self.reached]

    @cached_property
    def without(self) -> nw.DataFrame[Any]:
        """Conversions without a touch, their amounts in the caller's type."""
        return rows_at(self.conversions, self.missed)

    @cached_property
    def met(self) -> nw.DataFrame[Any]:
        """Conversions with a touch, in the order of the walks."""
        return rows_at(self.conversions, self.reached)

    def totals(self, groups: tuple[str, ...], amounts: tuple[str, ...]) -> nw.DataFrame[Any]:
        """Conversions with a touch and their units, by currency."""
        sums = [nw.col("conversions").sum(), *(nw.col("_units").sum().alias(name) for name in amounts)]
        counted = self.met.with_columns(nw.lit(1).cast(nw.Float64).alias("conversions"))
        return counted.group_by(*groups).agg(*sums) if groups else counted.select(*sums).filter(nw.col("conversions") > 0)

    def seen_at(self, dtype: nw.dtypes.DType) -> nw.Series[Any]:
        """When each touch was, in the caller's type."""
        return self._clock.shown(self.happened).cast(dtype)

    def without_needless_views(self) -> Found:
        """Leave views out of walks that have a click or contact."""
        view, owner = self.labels["_view"].to_numpy()[self.label], self.walks.owner
        clicked = np.bincount(owner, ~view, minlength=len(self.lengths)) > 0
        kept = ~(view & clicked[owner])
        lengths = np.bincount(owner[kept], minlength=len(self.lengths))
        return attrs.evolve(self, lengths=lengths, which=self._which[kept])

    @property
    def _clock(self) -> Clock:
        return self._journeys.clock


def found_walks(
    events: Table[Any], seen: Table[Any], window: Interval, *, player: tuple[str, ...], carried: tuple[str, ...] = (), views: bool = False
) -> Found:
    """Find for each conversion the touches of its customer within the window, by time; views are left out unless asked for."""
    each = _conversions(events)
    columns = tuple(dict.fromkeys((*player, *carried)))
    touches = _touches(seen, columns, views=views)
    label, labels, players = _labelled(touches, columns, player)
    (rows, converting), (order, touched) = _people(each["customer_id"], touches["customer_id"])

    clock = Clock.of(each["happened_at"], touches["happened_at"])
    people = int(max(converting.max(initial=0), touched.max(initial=0))).bit_length()
    kinds = len(labels).bit_length()
    clock = clock.within(_WHOLE - people - kinds)
    place, label = _ordered(touched << clock.bits | clock.seen(order), label[order], people + clock.bits, kinds)

    begin = converting << clock.bits
    first = each.select(nw.col("happened_at").dt.offset_by(f"-{window.months}mo").dt.offset_by(f"-{window.days}d"))["happened_at"]
    low = np.searchsorted(place, begin + clock.numbers(clock.read(first)[rows] - 1) + 1)
    high = np.searchsorted(place, begin + clock.numbers(clock.read(each["happened_at"])[rows]) + 1)
    lengths = np.where(each["happened_at"].is_null().to_numpy()[rows], 0, high - low)
    met = lengths > 0
    lengths, low = lengths[met], low[met]
    which = np.arange(lengths.sum()) + np.repeat(low - np.cumsum(lengths) + lengths, lengths)

    never = np.ones(2**people, bool)
    never[converting] = False
    return Found(
        conversions=each,
        reached=rows[met],
        missed=rows[~met],
        labels=labels,
        players=players,
        lengths=lengths,
        which=which,
        journeys=Journeys(place=place, label=label, clock=clock, never=never),
    )


def _ordered(place: Array, label: Array, bits: int, kinds: int) -> tuple[Array, Array]:
    """Touches by customer and time, then by label: as one number where it has room."""
    if bits + kinds > _WHOLE:
        order = np.lexsort((label, place))
        return place[order], label[order]
    packed = np.sort(place << kinds | label)
    return packed >> kinds, packed & (1 << kinds) - 1


def _conversions(events: Table[Any]) -> nw.DataFrame[Any]:
    """One row for each conversion: rows of one id are netted, at the time of the first."""
    keys = ("conversion_id", *events.currency)
    amounts = ("amount",) if "amount" in events.dtypes else ()
    given = events.frame.select(*keys, "customer_id", "happened_at", *(events.amount(name).alias(name) for name in amounts)).collect()
    _, numbers = grouped(given["conversion_id"])
    if len(given) and numbers[-1] + 1 < len(given):
        first = [nw.col(name).min() for name in ("customer_id", "happened_at")]
        given = given.group_by(*keys).agg(*first, *(nw.col(name).sum() for name in amounts)).sort(*keys, nulls_last=True)
    typed = given.with_columns(events.total(nw.col(name), name).alias(name) for name in amounts)
    unit = units(nw.col("amount"), events.total_dtype("amount")) if amounts else nw.lit(0).cast(nw.Int64)
    return typed.with_columns(unit.fill_null(0).alias("_units"))


def _touches(seen: Table[Any], columns: tuple[str, ...], *, views: bool) -> nw.DataFrame[Any]:
    """Touches of known customers at known times, with `_view`."""
    wanted = dict.fromkeys(("customer_id", "happened_at", *columns, *(("kind",) if "kind" in seen.dtypes else ())))
    rows = seen.frame.select(*wanted).collect()
    if rows["customer_id"].null_count() or rows["happened_at"].null_count():
        rows = rows.filter(~nw.col("customer_id").is_null(), ~nw.col("happened_at").is_null())
    view = (nw.col("kind") == _VIEW).fill_null(value=False) if "kind" in seen.dtypes else nw.lit(value=False)
    rows = rows.with_columns(view.alias("_view"))
    return rows if views or not rows["_view"].any() else rows.filter(~nw.col("_view"))


def _labelled(
    touches: nw.DataFrame[Any], columns: tuple[str, ...], player: tuple[str, ...]
) -> tuple[Array, nw.DataFrame[Any], nw.DataFrame[Any]]:
    """The number of what each touch tells, all that is told in the order of these numbers, and the players among it."""
    told = (*columns, "_view") if touches["_view"].any() else columns
    number, rows = numbers_of(_texts(touches, told))
    once = rows_at(touches, rows).select(*columns, "_view").with_row_index("_label")
    labels, players = with_players(once, player)
    return number, labels.sort("_label"), players


def _texts(rows: nw.DataFrame[Any], columns: tuple[str, ...]) -> nw.Series[Any]:
    """What the columns say together; one of texts alone is taken as it is."""
    alone = rows[columns[0]] if len(columns) == 1 else None
    if alone is not None and alone.dtype == nw.String and not alone.null_count():
        return alone
    return rows.with_columns(_key(columns))["_key"]


def _people(converting: nw.Series[Any], touched: nw.Series[Any]) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Rows of both by customer, with the number of the customer, which is the same in both."""
    if converting.dtype != touched.dtype or not (converting.dtype == nw.String or converting.dtype.is_integer()):
        converting, touched = converting.cast(nw.String), touched.cast(nw.String)
    order, numbers = grouped(converting, touched)
    first = order < len(converting)
    return (order[first], numbers[first]), (order[~first] - len(converting), numbers[~first])


def with_players(rows: nw.DataFrame[Any], player: tuple[str, ...]) -> tuple[nw.DataFrame[Any], nw.DataFrame[Any]]:
    """Number what shares the credit, null too, and give each row its number; without groups there is one."""
    if not player:
        one = nw.lit(0).cast(nw.UInt32)
        return rows.with_columns(one.alias("_player")), nw.from_dict({"_key": [""], "_player": [0]}, backend="polars")
    keyed = rows.with_columns(_key(player))
    players = keyed.select("_key", *player).unique("_key").sort("_key").with_row_index("_player")
    numbered = keyed.join(players.select("_key", "_player"), on="_key", how="left")
    return numbered.drop("_key"), players.select(*player, "_key", "_player")


def _key(player: tuple[str, ...]) -> nw.Expr:
    texts = [nw.col(name).cast(nw.String).fill_null(_APART) for name in player] or [nw.lit("")]
    return (nw.concat_str(*texts, separator=_APART) if len(texts) > 1 else texts[0]).alias("_key")


def rows_at(rows: nw.DataFrame[Any], places: Array) -> nw.DataFrame[Any]:
    """Rows of a table by an array of their numbers."""
    found: nw.DataFrame[Any] = rows[places]
    return found


def unit_array(units: nw.Series[Any]) -> Any:  # noqa: ANN401
    """Units as an array; those that a float does not hold exactly are refused, because shares of them would not be right."""
    if units.dtype.is_float():
        return units.to_numpy()
    most = max((abs(int(end)) for end in (units.min(), units.max()) if end is not None), default=0)
    if most > LARGEST:
        raise refused("amount", most, f"at most {LARGEST} units of its last decimal; more cannot be shared exactly")
    return units.cast(nw.Int64).to_numpy()
