"""Which touches led to conversions: credits that add up, from touches and from ready-made paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._checks import check_kind
from crmkit._frames import Asked, F, amount_of, opened, units
from crmkit.metrics.attribution_kernels import Chain, Walks, allocated, credits_of, np, removal_effects
from crmkit.metrics.attribution_models import Last, LastNonDirect, Markov, check_model
from crmkit.metrics.attribution_walks import UNATTRIBUTED, Found, found_walks, lost_walks, unit_array, with_players
from crmkit.periods import Interval

if TYPE_CHECKING:
    from narwhals.stable.v2.dtypes import DType

    from crmkit._frames import Table
    from crmkit.metrics.attribution_models import Model

__all__ = ["attributed_by", "attributed_paths", "credited_touches"]


def credited_touches(conversions: F, touches: F, *, model: Model, window: Interval) -> F:
    """
    Share each conversion among the touches before it.

    Definition: touches of the same customer with conversion − window ≤ touch ≤ conversion; *model* says who gets how much. Rows with the
        same `conversion_id` are one conversion at the time of the first: a credit note with the id of its invoice takes back what was
        credited, by running total. Markov shares a conversion by the removal effects of its channels.
    Unit: credit is a share (Float64), 1 in all for each conversion; amounts are in the frame's own numeric type, and add up exactly: the
        largest remainders get the last units, ties the earliest touch. Floats are floats.
    Undefined when: no touch lies in the window: one row with the channel and campaign "unattributed" gets everything.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 9; for Markov: Anderl, Becker,
        Wangenheim, Schumann, "Mapping the Customer Journey", International Journal of Research in Marketing 33 (2016) 3; for Shapley: Zhao,
        Mahboobi, Bagheri, "Shapley Value Methods for Attribution Modeling in Online Advertising", arXiv:1804.05327 (2018).

    >>> import polars as pl
    >>> from datetime import datetime, timezone
    >>> from crmkit import days
    >>> from crmkit.metrics import Linear
    >>> at = [datetime(2026, 1, day, 9, tzinfo=timezone.utc) for day in (1, 5, 9)]
    >>> conversions = pl.DataFrame({"conversion_id": ["R-1"], "customer_id": ["C-1"], "happened_at": at[2:], "amount": [101]})
    >>> touches = pl.DataFrame({"customer_id": ["C-1", "C-1"], "happened_at": at[:2], "channel": ["fair", "phone"]})
    >>> result = credited_touches(conversions, touches, model=Linear(), window=days(30))
    >>> result.sort("happened_at").select("channel", "credit", "amount").rows()
    [('fair', 0.5, 51), ('phone', 0.5, 50)]

    Args:
        conversions: With `conversion_id`, `customer_id`, `happened_at` (Instant); `amount` and `currency` are used where they are.
        touches: With `customer_id`, `happened_at` (Instant), `channel`; `kind` ("click", "view", "contact") and `campaign_id` are used
            where they are. Views count for `ViewThrough` alone.
        model: How credit is shared.
        window: How long before a conversion a touch may lie.

    Returns:
        `conversion_id`, `currency` where there is one, `channel`, `campaign_id` where there is one, `happened_at` (of the touch), `credit`,
        and `amount` where there is one; a row for each touch that gets something. Computed at once.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
        MissingExtraError: Without NumPy and Polars.
    """
    check_model(model)
    events, seen = _opened(conversions, touches, window)
    named = tuple(name for name in ("channel", "campaign_id") if name in seen.dtypes)
    found = found_walks(events, seen, window, model, named, player=("channel",))
    rows = _credited(events, found, model, seen, ("channel",))
    order = ("conversion_id", *events.currency, *named, "happened_at", "credit", *_amounts(events))
    without = found.without.with_columns(
        *(_unattributed(seen.dtypes[name]).alias(name) for name in named),
        nw.lit(None, dtype=nw.String).cast(seen.dtypes["happened_at"]).alias("happened_at"),
        nw.lit(1).cast(nw.Float64).alias("credit"),
    )
    return events.back(nw.concat([rows.select(*order), without.select(*order)]).lazy())


def attributed_by(conversions: F, touches: F, *by: str, model: Model, window: Interval) -> F:
    """
    Conversions and amounts by channel, campaign or whatever touches tell.

    Definition: the credits of `credited_touches`, added up. Markov is exact per total: all conversions with a touch are shared by the
        removal effects of the groups, in a chain fitted to their walks and to those of customers who never converted.
    Unit: conversions are sums of shares (Float64); amounts are in the frame's own numeric type, and add up exactly.
    Undefined when: no touch lies in the window: those conversions are in the group "unattributed" (null where groups are no text).
    Source: as `credited_touches`.

    >>> import polars as pl
    >>> from datetime import datetime, timezone
    >>> from crmkit import days
    >>> from crmkit.metrics import Last
    >>> at = [datetime(2026, 1, day, 9, tzinfo=timezone.utc) for day in (1, 5, 9)]
    >>> conversions = pl.DataFrame({"conversion_id": ["R-1"], "customer_id": ["C-1"], "happened_at": at[2:], "amount": [101]})
    >>> touches = pl.DataFrame({"customer_id": ["C-1", "C-1"], "happened_at": at[:2], "channel": ["fair", "phone"]})
    >>> attributed_by(conversions, touches, "channel", model=Last(), window=days(30)).rows()
    [('phone', 1.0, 101)]

    Args:
        conversions: As for `credited_touches`.
        touches: As for `credited_touches`, with the columns of *by*.
        by: Columns of *touches* that make a group, usually "channel" or "campaign_id".
        model: How credit is shared. Markov and Shapley share among these groups.
        window: How long before a conversion a touch may lie.

    Returns:
        The columns of *by*, `currency` where there is one, `conversions` (Float64), and `amount` where there is one. Computed at once.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
        MissingExtraError: Without NumPy and Polars.
    """
    check_model(model)
    events, seen = _opened(conversions, touches, window)
    seen.groups(by, made=("conversions", "amount"))
    found = found_walks(events, seen, window, model, (), player=by)
    sums = {"conversions": nw.col("conversions").sum()} | {name: nw.col(name).sum() for name in _amounts(events)}
    groups = tuple(dict.fromkeys((*by, *events.currency)))
    columns = (*groups, *sums)
    if isinstance(model, Markov) and by:
        rows = _shared_by_effects(events, found, model, seen, by)
    else:
        credited = _credited(events, found, model if by else Last(), seen, by).with_columns(nw.col("credit").alias("conversions"))
        # Names are joined to the sums, not to every touch.
        rows = credited.group_by("_player", *events.currency).agg(*sums.values())
        rows = rows.join(found.players.select("_player", *by), on="_player", how="left") if by else rows
    without = found.without.with_columns(
        *(_unattributed(seen.dtypes[name]).alias(name) for name in by), nw.lit(1).cast(nw.Float64).alias("conversions")
    )
    stacked = nw.concat([rows.select(*columns), without.select(*columns)]).lazy()
    whole = stacked.group_by(*groups).agg(*sums.values()) if groups else stacked.select(*sums.values())
    return events.back(whole.select(*groups, "conversions", *(events.total(nw.col(name), name) for name in _amounts(events))))


def attributed_paths(paths: F, *, model: Model) -> F:
    """
    Conversions and amounts by channel, from a ready-made table of paths.

    Definition: as `attributed_by`, where each path stands for all its conversions. A path holds its channels in order, with " > " between
        them. Markov shares the totals by removal effect = 1 − conversion rate without the channel / conversion rate, both computed exactly
        in the chain fitted to the paths, non-conversions included; a walk that comes to a removed channel is lost.
    Unit: conversions are shares of counts (Float64); amounts are in the frame's own numeric type, and add up exactly.
    Undefined when: a path is empty or null: its conversions are those of the channel "unattributed".
    Source: as `credited_touches`.

    >>> import polars as pl
    >>> from crmkit.metrics import Markov
    >>> paths = pl.DataFrame({"path": ["a > b", "a", "b"], "conversions": [1, 1, 0], "non_conversions": [0, 0, 2]})
    >>> attributed_paths(paths, model=Markov()).sort("channel").rows()
    [('a', 1.142857142857143, 0.6666666666666667), ('b', 0.8571428571428571, 0.5)]

    Args:
        paths: With `path` and `conversions` (count); `amount` and `non_conversions` (count) are used where they are.
        model: How credit is shared; `TimeDecay` and `ViewThrough` need times, which paths have not.

    Returns:
        `channel`, `conversions` (Float64), `amount` where there is one, and `removal_effect` (Float64) for Markov. Computed at once.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        InvalidValueError: For a model that needs times.
        MissingExtraError: Without NumPy and Polars.
    """
    check_model(model, timeless=True)
    asked = Asked(paths, "paths", needs=("path",), amounts=("conversions",), optional_amounts=("amount", "non_conversions"))
    (table,) = opened(asked, arrays=True)
    amounts, dtype = _amounts(table), _dtype(table)
    given = table.frame.with_columns(
        *(units(nw.col(name), dtype, table.engine).fill_null(0).alias(name) for name in amounts),
        nw.col("conversions").cast(nw.Float64).fill_null(0),
    )
    if "non_conversions" not in table.dtypes:
        given = given.with_columns(nw.lit(0).alias("non_conversions"))
    each = given.collect().with_row_index("_row")
    steps = each.select("_row", nw.col("path").str.split(">").alias("channel")).explode("channel")
    steps = steps.with_columns(nw.col("channel").str.strip_chars()).filter(nw.col("channel") != "")
    steps, players = with_players(steps, ("channel",))
    rows, owner = np.unique(steps["_row"].to_numpy(), return_inverse=True)
    walks = Walks(owner=owner, channel=steps["_player"].to_numpy())
    converted, lost = (each[name].to_numpy().astype(float)[rows] for name in ("conversions", "non_conversions"))
    money = {name: unit_array(each[name])[rows] for name in amounts}
    if isinstance(model, Markov):
        effects = removal_effects(Chain.counted(walks, converted, lost, order=model.order, channels=len(players)))
        made = _shares_of_totals(players, effects, converted.sum(), {name: values.sum() for name, values in money.items()})
    else:
        shares = credits_of(walks, model, direct=_is_direct(steps, model))
        credited = steps.with_columns(_series("conversions", shares * converted[walks.owner]))
        for name, values in money.items():
            credited = credited.with_columns(_series(name, _split(values, walks.owner, shares)))
        made = credited.group_by("channel").agg(nw.col("conversions", *amounts).sum())
    columns = ("channel", "conversions", *amounts, *(("removal_effect",) if isinstance(model, Markov) else ()))
    rest = each.filter(~nw.col("_row").is_in(rows.tolist()), nw.col("conversions") != 0)
    if len(rest):
        left = rest.select(nw.col("conversions", *amounts).sum()).with_columns(nw.lit(UNATTRIBUTED).alias("channel"))
        made = nw.concat(
            [made.select(*columns), left.with_columns(nw.lit(None, dtype=nw.Float64).alias("removal_effect")).select(*columns)]
        )
    typed = made.with_columns(amount_of(nw.col(name), dtype).alias(name) for name in amounts)
    return table.back(typed.select(*columns).lazy())


def _opened(conversions: F, touches: F, window: Interval) -> tuple[Table[F], Table[F]]:
    check_kind("window", window, Interval)
    needs = ("conversion_id", "customer_id", "happened_at")
    events, seen = opened(
        Asked(conversions, "conversions", needs=needs, optional_amounts=("amount",)),
        Asked(touches, "touches", needs=("customer_id", "happened_at", "channel")),
        arrays=True,
    )
    return events, seen


def _credited(events: Table[Any], found: Found, model: Model, seen: Table[Any], player: tuple[str, ...]) -> nw.DataFrame[Any]:
    """Touches with their credit and amount; those that get nothing are left out."""
    effects = _effects(found, model, seen, player) if isinstance(model, Markov) else None
    shares = credits_of(found.walks, model, direct=_is_direct(found.rows, model), effects=effects)
    rows = found.rows.with_columns(_series("credit", shares))
    for name in _amounts(events):
        rows = rows.with_columns(_series(name, _split(found.amounts, found.walks.owner, shares)))
        rows = rows.with_columns(amount_of(nw.col(name), _dtype(events)).alias(name))
    return rows.filter(nw.col("credit") > 0)


def _effects(found: Found, model: Markov, seen: Table[Any], player: tuple[str, ...]) -> Any:  # noqa: ANN401  # an array
    """Removal effects over the walks to conversions and the walks of customers who never converted."""
    lost = lost_walks(found, seen, player)
    count = len(found.amounts)
    owner = np.concatenate([found.walks.owner, lost.owner + count])
    walks = Walks(owner=owner, channel=np.concatenate([found.walks.channel, lost.channel]))
    converted = np.concatenate([np.ones(count), np.zeros(len(lost.starts))])
    return removal_effects(Chain.counted(walks, converted, 1 - converted, order=model.order, channels=len(found.players)))


def _shared_by_effects(events: Table[Any], found: Found, model: Markov, seen: Table[Any], by: tuple[str, ...]) -> nw.DataFrame[Any]:
    """The totals of each currency by removal effects."""
    effects = _effects(found, model, seen, by)
    amounts = _amounts(events)
    totals = found.totals(events.currency, amounts)
    parts = []
    for total in totals.iter_rows(named=True):
        made = _shares_of_totals(found.players, effects, total["conversions"], {name: total[name] for name in amounts})
        parts.append(made.with_columns(nw.lit(total[name], dtype=events.dtypes[name]).alias(name) for name in events.currency))
    if not parts:
        nothing = found.without.head(0).with_columns(nw.lit(None, dtype=seen.dtypes[name]).alias(name) for name in by)
        return nothing.with_columns(nw.lit(1).cast(nw.Float64).alias("conversions"))
    whole = nw.concat(parts)
    return whole.with_columns(amount_of(nw.col(name), _dtype(events)).alias(name) for name in amounts)


def _shares_of_totals(players: nw.DataFrame[Any], effects: Any, conversions: float, money: dict[str, Any]) -> nw.DataFrame[Any]:  # noqa: ANN401
    """Totals in proportion to removal effects; the amounts to the last unit."""
    whole = effects.sum()
    shares = effects / whole if whole else np.full(len(effects), 1 / max(len(effects), 1))
    made = players.with_columns(_series("conversions", shares * conversions), _series("removal_effect", effects))
    alone = np.zeros(len(shares), np.int64)
    units_of = {name: unit_array(nw.new_series(name, [total], backend="polars")) for name, total in money.items()}
    return made.with_columns(_series(name, _split(total, alone, shares)) for name, total in units_of.items())


def _split(amounts: Any, owner: Any, shares: Any) -> Any:  # noqa: ANN401  # arrays
    """Floats by their shares; whole units exactly."""
    return amounts[owner] * shares if amounts.dtype.kind == "f" else allocated(amounts, owner, shares)


def _is_direct(rows: nw.DataFrame[Any], model: Model) -> Any:  # noqa: ANN401  # an array
    return (rows["channel"] == model.direct).fill_null(value=False).to_numpy() if isinstance(model, LastNonDirect) else None


def _series(name: str, values: Any) -> nw.Series[Any]:  # noqa: ANN401  # an array
    return nw.new_series(name, values, backend="polars")


def _unattributed(dtype: DType) -> nw.Expr:
    return nw.lit(UNATTRIBUTED) if isinstance(dtype, nw.String) else nw.lit(None, dtype=dtype)


def _amounts(table: Table[Any]) -> tuple[str, ...]:
    return ("amount",) if "amount" in table.dtypes else ()


def _dtype(table: Table[Any]) -> DType | None:
    return table.total_dtype("amount") if "amount" in table.dtypes else None
