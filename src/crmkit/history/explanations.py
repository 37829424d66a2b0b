"""Behind a number: the lines that it was computed from, and the rule by which."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Generic

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import check_date, check_kind, refused
from crmkit._frames import Asked, F, day_literal, opened, plain_rows
from crmkit.periods import Period

__all__ = ["Explanation", "explain"]

_EXAMPLE = ">>> "


def _month(day: Any) -> Period:  # noqa: ANN401  # a day, or what has its year and month
    return Period.month(day.year, day.month)


_PERIODS: Mapping[str, Callable[[Any], Period]] = {"month": _month, "year": Period.year}


@attrs.frozen(kw_only=True)
class Explanation(Generic[F]):
    """
    What is behind one row of a table of figures.

    Attributes:
        figure: The row, by the names of its columns.
        rule: How it is defined, from the documentation of its function.
        options: What the function was asked for.
        lines: The lines of sales that it was computed from, in the caller's kind of frame.
    """

    figure: Mapping[str, Any] = attrs.field(repr=False)
    rule: str
    options: Mapping[str, Any]
    lines: F = attrs.field(repr=False)


def explain(figure: Callable[..., Any], sales: F, *by: str, of: Mapping[str, object], **options: Any) -> Explanation[F]:  # noqa: ANN401
    """
    Go from one row of a table of figures to the document lines and the rule behind it.

    The figure is computed again from those lines alone, so that both agree; a lazy frame is computed.

    >>> import polars as pl
    >>> from crmkit.metrics import gross_profit_by
    >>> lines = [("C-1", date(2026, 1, 5), 100, 60), ("C-1", date(2026, 2, 5), 80, 90), ("C-2", date(2026, 1, 9), 5, 1)]
    >>> sales = pl.DataFrame(lines, schema=["customer_id", "issued_on", "revenue", "cost"], orient="row")
    >>> found = explain(gross_profit_by, sales, "customer_id", of={"customer_id": "C-1"}, period=Period.month(2026, 1))
    >>> found.figure["gross_profit"], found.lines.height, found.rule.splitlines()[0]
    (40, 1, 'Revenue, cost and gross profit of each group, over the lines whose cost is known.')

    Args:
        figure: The function that made the table: one that reads sales and ends with `_by`, `sales_by_month`, `sales_by_year`, `rfm_by`
            or `purchased_items`.
        sales: What it was computed from.
        by: As it was asked for.
        of: Which row: the values of its groups, `currency` among them where there is one, and of `month` or `year`; None is a value too.
        options: Everything else it was asked for, by name; `period`, `as_of` and `since` also limit the lines.

    Returns:
        The row, its rule, what was asked for, and the lines: those of the groups, issued in the period, from *since* to *as_of*.

    Raises:
        InvalidValueError: Where no row, or more than one, is meant.
        MissingColumnError: For a frame without a column of *of*.
    """
    check_kind("of", of, Mapping)  # type: ignore[type-abstract]  # only asked whether it is one
    (table,) = opened(Asked(sales, "sales"))
    spans = {name: of[name] for name in of if name in _PERIODS and name not in table.dtypes}
    groups = {name: value for name, value in of.items() if name not in spans}
    table.require(*groups)
    rows = table.frame
    for name, value in groups.items():
        rows = rows.filter(nw.col(name).is_null() if value is None else nw.col(name) == value)
    own = table.back(rows)
    found = [row for row in plain_rows(_collected(figure(own, *by, **options))) if all(_same(row[name], spans[name]) for name in spans)]
    if len(found) != 1:
        raise refused("of", dict(of), f"the groups of exactly one row of {figure.__name__}; there are {len(found)}")
    for name, value in spans.items():
        rows = _within(rows, _PERIODS[name](value))
    if options.get("period") is not None:
        rows = _within(rows, check_kind("period", options["period"], Period))
    if options.get("as_of") is not None:
        rows = rows.filter(nw.col("issued_on") <= day_literal(check_date("as_of", options["as_of"])))
    if options.get("since") is not None:
        rows = rows.filter(nw.col("issued_on") >= day_literal(check_date("since", options["since"])))
    return Explanation(figure=found[0], rule=_rule(figure), options={"by": by, **options}, lines=table.back(rows))


def _within(rows: Any, period: Period) -> Any:  # noqa: ANN401
    day = nw.col("issued_on")
    return rows.filter(day >= day_literal(period.start), day < day_literal(period.end))


def _collected(native: Any) -> nw.DataFrame[Any]:  # noqa: ANN401
    frame = nw.from_native(native)
    return frame.collect() if isinstance(frame, nw.LazyFrame) else frame


def _same(found: object, wanted: object) -> bool:
    return date.fromisoformat(str(found)[:10]) == wanted if isinstance(wanted, date) else found == wanted


def _rule(figure: Callable[..., Any]) -> str:
    """What the documentation says before its first example."""
    return (inspect.getdoc(figure) or "").partition(_EXAMPLE)[0].strip()
