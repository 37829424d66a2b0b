"""Which touches led to conversions: credits that add up, from touches and from ready-made paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from crmkit._checks import check_kind, check_text, refused
from crmkit._frames import Asked, F, amount_of, opened, units
from crmkit.metrics.arrays import changes
from crmkit.metrics.attribution_kernels import Chain, Walks, credits_of, np, removal_effects
from crmkit.metrics.attribution_models import Markov, ViewThrough, check_model
from crmkit.metrics.attribution_shares import (
    amount_names,
    amount_type,
    attributed,
    is_direct,
    series,
    shares_of,
    shares_of_totals,
    split,
    unattributed,
    walks_for,
)
from crmkit.metrics.attribution_walks import UNATTRIBUTED, rows_at, unit_array, with_players
from crmkit.periods import Interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit._frames import Table
    from crmkit.metrics.attribution_models import Model
    from crmkit.metrics.attribution_walks import Found

__all__ = ["attributed_by", "attributed_paths", "compared_attribution_by", "credited_touches"]


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
    found = walks_for(events, seen, window, [model], player=("channel",), carried=named)
    shares = shares_of(found, model)
    kept = np.flatnonzero(shares)
    rows = rows_at(found.met, found.walks.owner[kept]).select("conversion_id", *events.currency)
    told = rows_at(found.labels, found.label[kept])
    rows = rows.with_columns(
        *(told[name] for name in named), found.seen_at(seen.dtypes["happened_at"])[kept], series("credit", shares[kept])
    )
    for name in amount_names(events):
        rows = rows.with_columns(series(name, split(found.amounts, found.walks.owner[kept], shares[kept])))
        rows = rows.with_columns(amount_of(nw.col(name), amount_type(events)).alias(name))
    order = ("conversion_id", *events.currency, *named, "happened_at", "credit", *amount_names(events))
    without = found.without.with_columns(
        *(unattributed(seen.dtypes[name]).alias(name) for name in named),
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
    return events.back(attributed(events, seen, walks_for(events, seen, window, [model], player=by), model, by))


def compared_attribution_by(conversions: F, touches: F, *by: str, models: Mapping[str, Model], window: Interval) -> F:
    """
    The same conversions by several models, side by side; the walks are found once.

    Definition: `attributed_by` for each model.
    Unit: as `attributed_by`.
    Undefined when: as `attributed_by`.
    Source: as `credited_touches`.

    >>> import polars as pl
    >>> from datetime import datetime, timezone
    >>> from crmkit import days
    >>> from crmkit.metrics import First, Last
    >>> at = [datetime(2026, 1, day, 9, tzinfo=timezone.utc) for day in (1, 5, 9)]
    >>> conversions = pl.DataFrame({"conversion_id": ["R-1"], "customer_id": ["C-1"], "happened_at": at[2:], "amount": [101]})
    >>> touches = pl.DataFrame({"customer_id": ["C-1", "C-1"], "happened_at": at[:2], "channel": ["fair", "phone"]})
    >>> models = {"first": First(), "last": Last()}
    >>> compared_attribution_by(conversions, touches, "channel", models=models, window=days(30)).sort("model").rows()
    [('fair', 'first', 1.0, 101), ('phone', 'last', 1.0, 101)]

    Args:
        conversions: As for `credited_touches`.
        touches: As for `credited_touches`, with the columns of *by*.
        by: Columns of *touches* that make a group, usually "channel" or "campaign_id".
        models: How credit is shared, under names of your choice.
        window: How long before a conversion a touch may lie.

    Returns:
        The columns of *by*, `currency` where there is one, `model` (String), `conversions` (Float64), and `amount` where there is one.
        Computed at once.

    Raises:
        InvalidValueError: Without a model.
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
        MissingExtraError: Without NumPy and Polars.
    """
    if not models:
        raise refused("models", models, 'at least one under a name, for example {"first": First(), "last": Last()}')
    for model in models.values():
        check_model(model)
    events, seen = _opened(conversions, touches, window)
    groups = seen.groups(by, made=("model", "conversions", "amount"))
    shared: dict[bool, Found] = {}
    tables = []
    for name, model in models.items():
        views = isinstance(model, ViewThrough)
        if views not in shared:
            alike = [other for other in models.values() if isinstance(other, ViewThrough) == views]
            shared[views] = walks_for(events, seen, window, alike, player=by)
        tables.append(attributed(events, seen, shared[views], model, by).with_columns(nw.lit(check_text("models", name)).alias("model")))
    order = dict.fromkeys((*groups, *events.currency, "model", "conversions", *amount_names(events)))
    return events.back(nw.concat(tables).select(*order))


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
        InvalidValueError: For a model that needs times, and for counts below 0.
        MissingExtraError: Without NumPy and Polars.
    """
    check_model(model, timeless=True)
    asked = Asked(paths, "paths", needs=("path",), amounts=("conversions",), optional_amounts=("amount", "non_conversions"))
    (table,) = opened(asked, arrays=True)
    amounts, dtype = amount_names(table), amount_type(table)
    given = table.frame.with_columns(
        *(units(nw.col(name), dtype, table.engine).fill_null(0).alias(name) for name in amounts),
        nw.col("conversions").cast(nw.Float64).fill_null(0),
    )
    lost_ones = nw.col("non_conversions").fill_null(0) if "non_conversions" in table.dtypes else nw.lit(0)
    each = given.with_columns(lost_ones.cast(nw.Float64).alias("non_conversions")).collect().with_row_index("_row")
    if (fewest := each.select(nw.min_horizontal("conversions", "non_conversions").min()).item()) is not None and fewest < 0:
        raise refused("conversions", fewest, "0 or more, non_conversions too")
    steps = each.select("_row", nw.col("path").str.split(">").alias("channel")).explode("channel")
    steps = steps.with_columns(nw.col("channel").str.strip_chars()).filter(nw.col("channel") != "")
    steps, players = with_players(steps, ("channel",))
    at = steps["_row"].to_numpy().astype(np.int64)
    starts = np.flatnonzero(changes(at))
    rows = at[starts]
    walks = Walks(channel=steps["_player"].to_numpy(), lengths=np.diff(starts, append=len(at)))
    converted, lost = (each[name].to_numpy().astype(float)[rows] for name in ("conversions", "non_conversions"))
    money = {name: unit_array(each[name])[rows] for name in amounts}
    if isinstance(model, Markov):
        effects = removal_effects(Chain.counted(walks, converted, lost, order=model.order, channels=len(players)))
        made = shares_of_totals(players, effects, converted.sum(), {name: values.sum() for name, values in money.items()})
    else:
        shares = credits_of(walks, model, direct=is_direct(steps, model))
        credited = steps.with_columns(series("conversions", shares * converted[walks.owner]))
        for name, values in money.items():
            credited = credited.with_columns(series(name, split(values, walks.owner, shares)))
        made = credited.group_by("channel").agg(nw.col("conversions", *amounts).sum())
    columns = ("channel", "conversions", *amounts, *(("removal_effect",) if isinstance(model, Markov) else ()))
    rest = each.filter(~nw.col("_row").is_in(rows.tolist()), nw.col("conversions") != 0)
    if len(rest):
        left = rest.select(nw.col("conversions", *amounts).sum()).with_columns(nw.lit(UNATTRIBUTED).alias("channel"))
        left = left.with_columns(nw.lit(None, dtype=nw.Float64).alias("removal_effect"))
        made = nw.concat(
            [part.select(*columns).with_columns(nw.col(name).cast(each.schema[name]) for name in amounts) for part in (made, left)]
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
