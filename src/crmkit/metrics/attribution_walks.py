"""From touches and conversions to walks: who was touched within the window, in order, as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import refused
from crmkit._frames import units
from crmkit.metrics.attribution_kernels import Walks, np
from crmkit.metrics.attribution_models import LastNonDirect, ViewThrough

if TYPE_CHECKING:
    from crmkit._frames import Lazy, Table
    from crmkit.metrics.attribution_models import Model
    from crmkit.periods import Interval

__all__ = ["UNATTRIBUTED", "Found", "found_walks", "lost_walks", "unit_array", "with_players"]

UNATTRIBUTED = "unattributed"
LARGEST = 2**53

_VIEW = "view"
_APART = "\x1f"  # stands in no name


@attrs.frozen(eq=False)
class Found:
    """
    Conversions with the touches before them.

    Attributes:
        rows: One row for each touch, walk by walk.
        walks: The same as arrays.
        amounts: Units of each conversion that has a touch, in the order of the walks.
        reached: Those conversions.
        without: Conversions without a touch, their amounts in the caller's type.
        players: The channels (or other groups), in the order of their numbers.
        customers: Everyone who converted.
    """

    rows: nw.DataFrame[Any]
    walks: Walks
    amounts: Any
    reached: nw.DataFrame[Any]
    without: nw.DataFrame[Any]
    players: nw.DataFrame[Any]
    customers: nw.DataFrame[Any]

    def totals(self, groups: tuple[str, ...], amounts: tuple[str, ...]) -> nw.DataFrame[Any]:
        """Conversions with a touch and their units, by currency."""
        sums = [nw.col("conversions").sum(), *(nw.col("_units").sum().alias(name) for name in amounts)]
        counted = self.reached.with_columns(nw.lit(1).cast(nw.Float64).alias("conversions"))
        return counted.group_by(*groups).agg(*sums) if groups else counted.select(*sums).filter(nw.col("conversions") > 0)


def found_walks(
    events: Table[Any], seen: Table[Any], window: Interval, model: Model, named: tuple[str, ...], *, player: tuple[str, ...]
) -> Found:
    """Join each conversion with the touches of its customer within the window, sorted."""
    each = _conversions(events)
    further = ("channel",) if isinstance(model, LastNonDirect) or not {"channel"} <= set(player) else ()
    carried = tuple(dict.fromkeys((*named, *further)))
    kept = tuple(dict.fromkeys(("customer_id", "happened_at", *carried, *player)))
    views = (
        [(nw.col("kind") == _VIEW).fill_null(value=False).alias("_view")] if "kind" in seen.dtypes else [nw.lit(value=False).alias("_view")]
    )
    given = seen.frame.with_columns(*views)
    if not isinstance(model, ViewThrough):
        given = given.filter(~nw.col("_view"))
    touches, players = with_players(given.select(*kept, "_view").collect(), player)
    whose = each.lazy().select(
        "_conversion", "customer_id", nw.col("happened_at").alias("_converted_at"), "conversion_id", *events.currency, "_units"
    )
    pairs = touches.lazy().join(whose, on="customer_id", how="inner")
    first = nw.col("_converted_at").dt.offset_by(f"-{window.months}mo").dt.offset_by(f"-{window.days}d")
    within = pairs.filter(nw.col("happened_at") <= nw.col("_converted_at"), nw.col("happened_at") >= first)
    age = (nw.col("_converted_at") - nw.col("happened_at")).dt.total_microseconds().alias("_age")
    order = ("_conversion", "happened_at", "_player", *(name for name in carried if name not in player))
    shown = dict.fromkeys((*order, *carried, "_view", "_age", "conversion_id", *events.currency))
    rows = within.with_columns(age).select(*shown).sort(*order, nulls_last=True).collect()
    if isinstance(model, ViewThrough):
        rows = _without_needless_views(rows)
    reached, owner = _runs(rows["_conversion"])
    walks = Walks(owner=owner, channel=rows["_player"].to_numpy(), age=rows["_age"].to_numpy())
    met = np.zeros(len(each), bool)
    met[reached] = True
    converted, without = (each.filter(nw.new_series("met", kept, backend="polars")) for kept in (met, ~met))
    return Found(
        rows=rows,
        walks=walks,
        amounts=unit_array(converted["_units"]),
        reached=converted,
        without=without,
        players=players,
        customers=each.select("customer_id").unique(),
    )


def lost_walks(found: Found, seen: Table[Any], player: tuple[str, ...]) -> Walks:
    """All touches of customers who never converted: one walk for each."""
    kept = tuple(dict.fromkeys(("customer_id", "happened_at", "channel", *player)))
    touches = seen.frame if "kind" not in seen.dtypes else seen.frame.filter(~(nw.col("kind") == _VIEW).fill_null(value=False))
    others = touches.select(*kept).filter(~nw.col("customer_id").is_null()).join(found.customers.lazy(), on="customer_id", how="anti")
    keyed = others.with_columns(_key(player)).join(found.players.lazy().select("_key", "_player"), on="_key", how="inner")
    rows = keyed.sort("customer_id", "happened_at", "channel", nulls_last=True).collect()
    changes = (rows["customer_id"] != rows["customer_id"].shift(1)).fill_null(value=True).to_numpy()
    owner = np.cumsum(changes) - 1
    return Walks(owner=owner, channel=rows["_player"].to_numpy())


def _runs(numbers: nw.Series[Any]) -> tuple[Any, Any]:
    """Distinct numbers of a sorted column, and for each row which of them it is."""
    values = numbers.to_numpy()
    changes = np.diff(values.astype(np.int64), prepend=-1) != 0
    return values[changes], np.cumsum(changes) - 1


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
    return nw.concat_str(*(nw.col(name).cast(nw.String).fill_null(_APART) for name in player), separator=_APART).alias("_key")


def unit_array(units: nw.Series[Any]) -> Any:  # noqa: ANN401
    """Units as an array; those that a float does not hold exactly are refused, because shares of them would not be right."""
    if units.dtype.is_float():
        return units.to_numpy()
    most = max((abs(int(end)) for end in (units.min(), units.max()) if end is not None), default=0)
    if most > LARGEST:
        raise refused("amount", most, f"at most {LARGEST} units of its last decimal; more cannot be shared exactly")
    return units.cast(nw.Int64).to_numpy()


def _conversions(events: Table[Any]) -> nw.DataFrame[Any]:
    """One row for each conversion: rows of one id are netted, at the time of the first."""
    keys = ("conversion_id", *events.currency)
    amounts = ("amount",) if "amount" in events.dtypes else ()
    sums = [nw.col(name).min() for name in ("customer_id", "happened_at")] + [events.amount(name).sum().alias(name) for name in amounts]
    netted = events.frame.group_by(*keys).agg(*sums)
    typed: Lazy = netted.select(*keys, "customer_id", "happened_at", *(events.total(nw.col(name), name) for name in amounts))
    unit = units(nw.col("amount"), events.total_dtype("amount"), events.engine) if amounts else nw.lit(0).cast(nw.Int64)
    return typed.with_columns(unit.fill_null(0).alias("_units")).sort(*keys, nulls_last=True).collect().with_row_index("_conversion")


def _without_needless_views(rows: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """Leave views out of walks that have a click or contact."""
    owner, view = rows["_conversion"].to_numpy(), rows["_view"].to_numpy()
    clicked = np.isin(owner, owner[~view])
    return rows.filter(nw.new_series("kept", ~(view & clicked), backend="polars"))
