"""ABC classes: few customers bring most of the value."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw

from crmkit._checks import check_choice, check_ratio, check_text, refused
from crmkit._frames import Asked, F, Table, opened, plain_rows

if TYPE_CHECKING:
    from crmkit._frames import Lazy

__all__ = ["A_BELOW", "B_BELOW", "Share", "add_abc_class", "checked_limits", "classed"]

Share = Literal["before", "including"]

A_BELOW = Decimal("0.80")
B_BELOW = Decimal("0.95")
_CUTS = ("_a_from", "_b_from")


def add_abc_class(
    frame: F,
    *,
    value: str = "gross_profit",
    into: str = "abc_class",
    a_below: Decimal = A_BELOW,
    b_below: Decimal = B_BELOW,
    share: Share = "before",
) -> F:
    """
    Class each row by a value, as `abc_classes` does, per currency where the frame has one.

    Two columns are added, or replaced: *into* (String: A, B or C) and `loss_making` (Boolean: the value is below zero). Both are null where
    the value is unknown, which NaN is too. Without any positive value all rows are C. Integers and decimals are compared exactly.

    >>> import polars as pl
    >>> per_customer = pl.DataFrame({"customer_id": ["C-1", "C-2", "C-3", "C-4"], "gross_profit": [80, 15, 5, -9]})
    >>> add_abc_class(per_customer).sort("customer_id").select("abc_class", "loss_making").rows()
    [('A', False), ('B', False), ('C', False), ('C', True)]

    Args:
        frame: One row for each thing to be classed, usually the result of `gross_profit_by`.
        value: Column (amount) to class by.
        into: Name of the column for the class.
        a_below: Limit of A.
        b_below: Limit of B.
        share: "including" counts a value's own share and its equals', and lets it reach the limit.

    Returns:
        All rows, with the two columns.

    Raises:
        MissingColumnError: For a frame without the column.
        InvalidValueError: For a column that holds no numbers, and for limits that are not in order.
    """
    (table,) = opened(Asked(frame, "frame", amounts=(value,)))
    if check_text("into", into) in (value, "loss_making", *table.currency):
        raise refused("into", into, "a name of its own, other than that of the value, of the currency and loss_making")
    return table.back(classed(table, value, into=into, a_below=a_below, b_below=b_below, share=share))


def classed(table: Table[Any], value: str, *, into: str, a_below: Decimal, b_below: Decimal, share: Share) -> Lazy:
    """Add the class and `loss_making`; for the analyses that build on it."""
    limits = checked_limits(a_below, b_below)
    check_choice("share", share, Share)
    cuts = _cuts(table, value, limits, share)
    rows = table.keyed(table.frame.with_columns(table.amount(value).alias("_value")))
    key, found = table.currency_key, {name: nw.col(name) for name in _CUTS}
    if key:
        rows = rows.join(cuts, on=key, how="left")
    elif table.in_memory:  # a join would copy all rows to set two numbers beside them
        found = {name: nw.lit(cut) for name, cut in next(plain_rows(cuts.collect())).items() if cut is not None}
    else:
        rows = rows.join(cuts, how="cross")
    known, cls = nw.col("_value"), nw.lit("C")
    for name, letter in (("_b_from", "B"), ("_a_from", "A")):
        if name in found:
            cls = nw.when(known >= found[name]).then(nw.lit(letter)).otherwise(cls)
    result = rows.with_columns(
        nw.when(~known.is_null()).then(cls).alias(into), nw.when(~known.is_null()).then(known < 0).alias("loss_making")
    )
    return result.drop("_value", *_CUTS, *key, strict=False)


def _cuts(table: Table[Any], value: str, limits: tuple[Decimal, Decimal], share: Share) -> Lazy:
    """The smallest values that are still A and B, per currency: comparing with them is quicker than a share for every row."""
    key = table.currency_key
    positive = table.keyed(table.frame.select(table.amount(value).alias("_value"), *table.currency)).filter(nw.col("_value") > 0)
    equal = positive.group_by(*key, "_value").agg(nw.col("_value").sum().alias("_sum"))
    whole = table.dtypes[value].is_integer()
    narrow = whole and not table.wide  # they were found to fit, and cost less than decimals
    enough = whole and (narrow or table.engine.is_duckdb())  # the sums of DuckDB have 128 bits by themselves
    summed = equal.with_columns(nw.col("_sum").cast(nw.Decimal(38, 0))) if whole and not enough else equal
    summed_up = running_in_ranges(summed, key) if table.engine.is_spark_like() else running(summed, key)
    part = nw.col("_including") if share == "including" else nw.col("_including") - nw.col("_sum")
    marked = summed_up.with_columns(
        nw.when(_within(part, limit, share, narrow=narrow)).then(nw.col("_value")).alias(name)
        for name, limit in zip(_CUTS, limits, strict=True)
    )
    least = nw.col(*_CUTS).min()
    return marked.group_by(*key).agg(least) if key else marked.select(least)


def running(summed: Lazy, key: list[str]) -> Lazy:
    """Add to each value the sum of all that are as large or larger, and that of all."""
    rows = summed.with_columns(nw.col("_sum").cum_sum(reverse=True).over(*key, order_by="_value").alias("_including"))
    base = nw.col("_including").max()
    return rows.with_columns((base.over(*key) if key else base).alias("_base"))


def running_in_ranges(summed: Lazy, key: list[str]) -> Lazy:
    """
    Do the same in two steps where one worker need not hold all values: within ranges of values, and over their few sums.

    A range ends 1.6 % above its begin (of the logarithm it is a 64th), so numbers from 1 to a million million lie in less than 1,800.
    """
    ranged = summed.with_columns((nw.col("_value").cast(nw.Float64).log() * 64).floor().cast(nw.Int64).alias("_range"))
    ranges = ranged.group_by(*key, "_range").agg(nw.col("_sum").sum().alias("_of_range"))
    ranges = ranges.with_columns(nw.col("_of_range").cum_sum(reverse=True).over(*key, order_by="_range").alias("_from_range"))
    base = nw.col("_of_range").sum()
    ranges = ranges.with_columns((base.over(*key) if key else base).alias("_base"))
    within = ranged.with_columns(nw.col("_sum").cum_sum(reverse=True).over(*key, "_range", order_by="_value").alias("_within"))
    joined = within.join(ranges, on=[*key, "_range"], how="inner")
    return joined.with_columns((nw.col("_within") + nw.col("_from_range") - nw.col("_of_range")).alias("_including"))


def _within(part: nw.Expr, limit: Decimal, share: Share, *, narrow: bool) -> nw.Expr:
    """Whether a part of the base is within the limit n / d, in exact numbers: part × d against base × n."""
    n, d = limit.as_integer_ratio()
    if narrow:  # the same without products that could leave 64 bits
        whole = nw.col("_base") // d
        left, right = part, whole * n + ((nw.col("_base") - whole * d) * n + (0 if share == "including" else d - 1)) // d
    else:
        left, right = part * d, nw.col("_base") * n
    return left <= right if share == "including" else left < right


def checked_limits(a_below: Decimal, b_below: Decimal) -> tuple[Decimal, Decimal]:
    """Accept the limits of A and B."""
    a, b = check_ratio("a_below", a_below), check_ratio("b_below", b_below)
    if not 0 < a <= b:
        raise refused("a_below", a_below, f"a limit above 0 and at most b_below={b_below}")
    return a, b
