"""From walks to credits, and from credits to sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._frames import amount_of
from crmkit.metrics.arrays import numbers_of
from crmkit.metrics.attribution_kernels import Chain, Walks, allocated, credits_of, np, removal_effects
from crmkit.metrics.attribution_models import Last, LastNonDirect, Markov, TimeDecay, ViewThrough
from crmkit.metrics.attribution_walks import UNATTRIBUTED, Found, found_walks, unit_array

if TYPE_CHECKING:
    from narwhals.stable.v2.dtypes import DType

    from crmkit._frames import Lazy, Table
    from crmkit.metrics.attribution_models import Model
    from crmkit.periods import Interval

__all__ = [
    "amount_names",
    "amount_type",
    "attributed",
    "is_direct",
    "series",
    "shares_of",
    "shares_of_totals",
    "split",
    "unattributed",
    "walks_for",
]

_ROOM = 2**61  # units


def walks_for(
    events: Table[Any], seen: Table[Any], window: Interval, models: list[Model], *, player: tuple[str, ...], carried: tuple[str, ...] = ()
) -> Found:
    """Walks as models need them: with views all or none."""
    told = ("channel",) if any(isinstance(model, LastNonDirect) for model in models) else ()
    views = isinstance(models[0], ViewThrough)
    found = found_walks(events, seen, window, player=player, carried=(*carried, *told), views=views)
    return found.without_needless_views() if views else found


def attributed(events: Table[Any], seen: Table[Any], found: Found, model: Model, by: tuple[str, ...]) -> Lazy:
    """Sums of a model by the columns of a touch and currency."""
    groups = tuple(dict.fromkeys((*by, *events.currency)))
    columns = (*groups, "conversions", *amount_names(events))
    if isinstance(model, Markov) and by:
        rows = _shared_by_effects(events, found, model, seen, by)
    else:
        rows = _added(events, found, shares_of(found, model if by else Last()), by)
    without = found.without.with_columns(
        *(unattributed(seen.dtypes[name]).alias(name) for name in by), nw.lit(1).cast(nw.Float64).alias("conversions")
    )
    stacked = nw.concat([rows.select(*columns), without.select(*columns)]).lazy()
    sums = [nw.col(name).sum() for name in ("conversions", *amount_names(events))]
    whole = stacked.group_by(*groups).agg(*sums) if groups else stacked.select(*sums)
    return whole.select(*groups, "conversions", *(events.total(nw.col(name), name) for name in amount_names(events)))


def _added(events: Table[Any], found: Found, shares: Any, by: tuple[str, ...]) -> nw.DataFrame[Any]:  # noqa: ANN401  # an array
    """Credits by player and currency; in rows apart where their sum might leave 64 bits."""
    kept = np.flatnonzero(shares)
    owner, size = found.walks.owner[kept], len(found.players)
    number, rows = np.zeros(len(found.reached), np.int64), np.zeros(1, np.int64)
    if events.currency:
        number, rows = numbers_of(found.met["currency"].fill_null(""))
    block = np.cumsum(np.abs(found.amounts), dtype=float) // _ROOM
    group = ((block.astype(np.int64) * len(rows) + number) * size)[owner] + found.walks.channel[kept]
    sums = np.bincount(group, shares[kept]).astype(float)
    there = np.flatnonzero(np.bincount(group))
    made = found.players[(there % size).tolist()].select("_player", *by).with_columns(series("conversions", sums[there]))
    if events.currency:
        made = made.with_columns(found.met["currency"][rows[there // size % len(rows)].tolist()])
    for name in amount_names(events):
        parts = split(found.amounts, owner, shares[kept])
        total = np.zeros(len(sums), parts.dtype)
        np.add.at(total, group, parts)
        made = made.with_columns(series(name, total[there])).with_columns(amount_of(nw.col(name), amount_type(events)).alias(name))
    return made


def shares_of(found: Found, model: Model) -> Any:  # noqa: ANN401  # an array
    """Credit of each touch."""
    direct = is_direct(found.labels, model)
    return credits_of(
        found.walks,
        model,
        ages=found.ages if isinstance(model, TimeDecay) else None,
        direct=None if direct is None else direct[found.label],
        effects=_effects(found, model) if isinstance(model, Markov) else None,
    )


def _effects(found: Found, model: Markov) -> Any:  # noqa: ANN401  # an array
    """Removal effects over the walks to conversions and the walks of customers who never converted."""
    both = found.walks, found.lost
    channel, lengths = (np.concatenate([getattr(walks, name) for walks in both]) for name in ("channel", "lengths"))
    converted = (np.arange(len(lengths)) < len(found.lengths)).astype(float)
    chain = Chain.counted(Walks(channel, lengths), converted, 1 - converted, order=model.order, channels=len(found.players))
    return removal_effects(chain)


def _shared_by_effects(events: Table[Any], found: Found, model: Markov, seen: Table[Any], by: tuple[str, ...]) -> nw.DataFrame[Any]:
    """The totals of each currency by removal effects."""
    effects = _effects(found, model)
    amounts = amount_names(events)
    totals = found.totals(events.currency, amounts)
    parts = []
    for total in totals.iter_rows(named=True):
        made = shares_of_totals(found.players, effects, total["conversions"], {name: total[name] for name in amounts})
        parts.append(made.with_columns(nw.lit(total[name], dtype=events.dtypes[name]).alias(name) for name in events.currency))
    if not parts:
        nothing = found.without.head(0).with_columns(nw.lit(None, dtype=seen.dtypes[name]).alias(name) for name in by)
        return nothing.with_columns(nw.lit(1).cast(nw.Float64).alias("conversions"))
    whole = nw.concat(parts)
    return whole.with_columns(amount_of(nw.col(name), amount_type(events)).alias(name) for name in amounts)


def shares_of_totals(players: nw.DataFrame[Any], effects: Any, conversions: float, money: dict[str, Any]) -> nw.DataFrame[Any]:  # noqa: ANN401
    """Totals in proportion to removal effects; the amounts to the last unit."""
    whole = effects.sum()
    shares = effects / whole if whole else np.full(len(effects), 1 / max(len(effects), 1))
    made = players.with_columns(series("conversions", shares * conversions), series("removal_effect", effects))
    alone = np.zeros(len(shares), np.int64)
    units_of = {name: unit_array(nw.new_series(name, [total], backend="polars")) for name, total in money.items()}
    return made.with_columns(series(name, split(total, alone, shares)) for name, total in units_of.items())


def split(amounts: Any, owner: Any, shares: Any) -> Any:  # noqa: ANN401  # arrays
    """Floats by their shares; whole units exactly."""
    return amounts[owner] * shares if amounts.dtype.kind == "f" else allocated(amounts, owner, shares)


def is_direct(rows: nw.DataFrame[Any], model: Model) -> Any:  # noqa: ANN401  # an array
    """Which rows are of the channel that a model does not count."""
    return (rows["channel"] == model.direct).fill_null(value=False).to_numpy() if isinstance(model, LastNonDirect) else None


def series(name: str, values: Any) -> nw.Series[Any]:  # noqa: ANN401  # an array
    """An array as a column."""
    return nw.new_series(name, values, backend="polars")


def unattributed(dtype: DType) -> nw.Expr:
    """The group of what nobody brought."""
    return nw.lit(UNATTRIBUTED) if isinstance(dtype, nw.String) else nw.lit(None, dtype=dtype)


def amount_names(table: Table[Any]) -> tuple[str, ...]:
    """The amount of conversions, where they have one."""
    return ("amount",) if "amount" in table.dtypes else ()


def amount_type(table: Table[Any]) -> DType | None:
    """The type in which it is added."""
    return table.total_dtype("amount") if "amount" in table.dtypes else None
