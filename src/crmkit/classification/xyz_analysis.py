"""XYZ classes: how steadily something sells."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import narwhals.stable.v2 as nw

from crmkit._checks import check_choice, check_decimal, check_text, refused
from crmkit._frames import Asked, F, opened

__all__ = ["add_xyz_class"]

_X = Decimal("0.5")
_Y = Decimal(1)
_FIGURES = ("mean", "deviation", "variation")


def add_xyz_class(
    monthly: F,
    *by: str,
    value: str = "revenue",
    into: str = "xyz_class",
    x_at_most: Decimal = _X,
    y_at_most: Decimal = _Y,
    spread: Literal["population", "sample"] = "population",
) -> F:
    """
    Class each group by how much it varies from month to month: X is steady, Y varies, Z is irregular.

    The variation is the standard deviation of the months divided by their mean. Partial months are left out where the frame marks them.

    Source: Scholz-Reiter, Heger, Meinecke, Bergmann, "Integration of Demand Forecasts in ABC-XYZ Analysis", International Journal of
        Productivity and Performance Management 61 (2012) 4.

    >>> import polars as pl
    >>> monthly = pl.DataFrame({"item_id": ["a", "a", "b", "b"], "revenue": [10, 10, 0, 20]})
    >>> add_xyz_class(monthly, "item_id").sort("item_id").rows()
    [('a', 10.0, 0.0, 0.0, 'X'), ('b', 10.0, 10.0, 1.0, 'Y')]

    Args:
        monthly: The result of `sales_by_month`, or any frame with one row for each group and month, months without sales included.
        by: Columns that make a group.
        value: Column (amount) to look at.
        into: Name of the column for the class.
        x_at_most: The largest variation of X.
        y_at_most: The largest variation of Y.
        spread: "population" divides by the number of months, "sample" by one less.

    Returns:
        The columns of *by*, `currency` and, for quantities, `unit` where there are, `mean`, `deviation` and `variation` (Float64; the
        variation is null where the mean is not above zero), and the class (String, null with the variation); one row for each group.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        InvalidValueError: For limits that are not in order.
    """
    (table,) = opened(Asked(monthly, "frame", amounts=(value,)))
    limits = [check_decimal(name, limit) for name, limit in (("x_at_most", x_at_most), ("y_at_most", y_at_most))]
    if not 0 <= limits[0] <= limits[1]:
        raise refused("x_at_most", x_at_most, f"a limit of at least 0 and at most y_at_most={y_at_most}")
    check_choice("spread", spread, Literal["population", "sample"])
    unit = ("unit",) if value == "quantity" and "unit" in table.dtypes else ()
    groups = table.groups((*by, *unit), made=(*_FIGURES, check_text("into", into)))
    whole = table.frame.filter(~nw.col("partial")) if "partial" in table.dtypes else table.frame
    months = whole.select(*groups, table.amount(value).cast(nw.Float64).alias("mean"))
    months = months.with_columns(nw.col("mean").alias("deviation"))
    figures = [nw.col("mean").mean(), nw.col("deviation").std(ddof=0 if spread == "population" else 1)]
    added = months.group_by(*groups).agg(*figures) if groups else months.select(*figures)
    mean, variation = nw.col("mean"), nw.col("variation")
    varied = added.with_columns(nw.when(mean > 0).then(nw.col("deviation") / mean).alias("variation"))
    x, y = (variation <= float(limit) for limit in limits)
    cls = nw.when(x).then(nw.lit("X")).when(y).then(nw.lit("Y")).otherwise(nw.lit("Z"))
    return table.back(varied.select(*groups, *_FIGURES, nw.when(~variation.is_null()).then(cls).alias(into)))
