"""Totals to hold against another system, and figures as they were when a month was closed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import check_date, check_exact, check_kind, check_text, refused
from crmkit._frames import Asked, F, day_literal, one_where, opened
from crmkit.metrics.profit_tables import profits
from crmkit.periods import Period

if TYPE_CHECKING:
    from datetime import date

    from crmkit._checks import Exact
    from crmkit._frames import Lazy, Table

__all__ = ["control_totals", "freeze_figures", "frozen_differences"]

_FIGURES = ("revenue", "cost", "gross_profit", "revenue_without_cost", "gross_margin")
_FROZEN = ("start", "end", "frozen_on", "definition")
_DEFINITION = "gross_profit_by 1"


def control_totals(
    sales: F, *, period: Period | None = None, ledger: Mapping[str, Exact] | Exact | None = None, rejected: F | None = None
) -> F:
    """
    Count and add up what there is, to hold against the ledger or an import.

    >>> import polars as pl
    >>> from datetime import date
    >>> sales = pl.DataFrame({"document_id": ["1", "1"], "issued_on": [date(2026, 1, 5)] * 2, "revenue": [100, 50]})
    >>> control_totals(sales, period=Period.year(2026), ledger=150).select("lines", "documents", "revenue", "difference").rows()
    [(2, 1, 150, 0)]

    Args:
        sales: Lines with `issued_on` (Date), `revenue` (amount) and `document_id`.
        period: Only lines issued in it.
        ledger: What the other system says: one exact number, or one for each currency.
        rejected: Lines that an import did not take, as `crmkit.exchange.import_sales` keeps them: with `issued_on`, `revenue` and, where
            sales have it, `currency`. One whose day could not be read counts in every period.

    Returns:
        `currency` where there is one, `lines` and `documents` (counts), `revenue` (amount), `first_on` and `last_on` (Date). With
        *rejected* also `read` and `rejected` (counts: `lines` and `rejected` make `read`) and `rejected_revenue` (amount; null where it
        could be read of none). With *ledger* also `ledger` and `difference` (revenue less ledger, in the revenue's numeric type; null for a
        currency that the ledger lacks). Sorted by currency. Without lines there is no row.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        InvalidValueError: For one number for a frame with currencies, and the other way round.
    """
    asked = [Asked(sales, "sales", needs=("issued_on", "document_id"), amounts=("revenue",))]
    if rejected is not None:
        asked.append(Asked(rejected, "rejected", needs=("issued_on",), amounts=("revenue",)))
    table, *others = opened(*asked)
    groups, day = table.currency, nw.col("issued_on")
    rows = table.within(period).frame.select(*groups, "document_id", day, table.amount("revenue")).with_columns(nw.lit(1).alias("_all"))
    keys = groups or ("_all",)
    documents = rows.group_by(*keys, "document_id").agg(
        nw.len().alias("lines"), nw.col("revenue").sum(), day.min().alias("first_on"), day.max().alias("last_on")
    )
    documents = documents.with_columns(table.total(nw.col("revenue"), "revenue"), nw.col("lines").cast(nw.Int64))
    documents = documents.with_columns(one_where(~nw.col("document_id").is_null()).alias("documents")).drop("document_id")
    for other in others:
        documents = _with_rejected(table, documents, other, keys, period)
    counts = ("lines", "documents", *(("rejected", "_readable") if others else ()))
    amounts = ("revenue", *(("rejected_revenue",) if others else ()))
    added = documents.group_by(*keys).agg(nw.col(*counts, *amounts).sum(), nw.col("first_on").min(), nw.col("last_on").max())
    added = added.with_columns(*(table.total(nw.col(name), "revenue").alias(name) for name in amounts), nw.col(*counts).cast(nw.Int64))
    shown: tuple[str, ...] = ("lines", "documents", "revenue", "first_on", "last_on")
    if others:
        shown = (*shown, "read", "rejected", "rejected_revenue")
        added = added.with_columns(
            (nw.col("lines") + nw.col("rejected")).alias("read"),
            nw.when(nw.col("_readable") > 0).then(nw.col("rejected_revenue")).alias("rejected_revenue"),
        )
    if ledger is None:
        return table.back(added.select(*groups, *shown).sort(*groups or ("lines",), nulls_last=True))
    compared = added.with_columns(_ledger(table, ledger).alias("ledger"))
    difference = table.total(nw.col("revenue") - nw.col("ledger").fill_null(0), "revenue")
    result = compared.with_columns(nw.when(~nw.col("ledger").is_null()).then(difference).alias("difference")).select(
        *groups, *shown, "ledger", "difference"
    )
    return table.back(result.sort(*groups or ("lines",), nulls_last=True))


def _with_rejected(table: Table[Any], documents: Lazy, other: Table[Any], keys: tuple[str, ...], period: Period | None) -> Lazy:
    """Put the rejected lines below the documents."""
    other.require(*table.currency)
    rows, day = other.frame.with_columns(nw.lit(1).alias("_all")), nw.col("issued_on")
    if period is not None:
        check_kind("period", period, Period)
        rows = rows.filter(day.is_null() | ((day >= day_literal(period.start)) & (day < day_literal(period.end))))
    dtype, revenue = table.total_dtype("revenue") or nw.Float64(), other.amount("revenue")
    nothing, zero = nw.lit(0).cast(nw.Int64), nw.lit(0).cast(dtype)
    taken = documents.with_columns(
        nw.col("revenue").cast(dtype), nothing.alias("rejected"), nothing.alias("_readable"), zero.alias("rejected_revenue")
    )
    lines = rows.select(
        *keys,
        nothing.alias("lines"),
        nothing.alias("documents"),
        zero.alias("revenue"),
        day_literal(None).alias("first_on"),
        day_literal(None).alias("last_on"),
        nw.lit(1).cast(nw.Int64).alias("rejected"),
        one_where(~revenue.is_null()).alias("_readable"),
        revenue.fill_null(0).cast(dtype).alias("rejected_revenue"),
    )
    return nw.concat([taken.select(*lines.collect_schema().names()), lines])


def _ledger(table: Table[Any], ledger: Mapping[str, Exact] | Exact) -> nw.Expr:
    if isinstance(ledger, Mapping) != bool(table.currency):
        raise refused(
            "ledger", type(ledger).__name__, "one number for a frame without currencies, a number for each currency for one with them"
        )
    if not isinstance(ledger, Mapping):
        return _number(table, ledger)
    expression = table.unknown("revenue")
    for currency, number in ledger.items():
        expression = nw.when(nw.col("currency") == check_text("ledger", currency)).then(_number(table, number)).otherwise(expression)
    return expression


def _number(table: Table[Any], number: Exact) -> nw.Expr:
    """An exact number in the type of the revenue."""
    exact, dtype = Decimal(check_exact("ledger", number)), table.total_dtype("revenue")
    if isinstance(dtype, nw.Decimal):
        return nw.lit(exact).cast(dtype)
    if dtype is not None and dtype.is_integer():
        if exact != exact.to_integral_value():
            raise refused("ledger", number, "a whole number, as the revenue is")
        return nw.lit(int(exact)).cast(dtype)
    return nw.lit(repr(float(exact))).cast(nw.Float64)  # PostgreSQL takes 0.5 for a decimal


def freeze_figures(sales: F, *by: str, period: Period, as_of: date) -> F:
    """
    Take the figures of a period as they are known on a day, with everything that is needed to compute them again.

    Keep the result where you keep closed months; `frozen_differences` tells later what has changed.

    >>> import polars as pl
    >>> from datetime import date
    >>> sales = pl.DataFrame({"issued_on": [date(2026, 1, 5)], "revenue": [100], "cost": [60]})
    >>> freeze_figures(sales, period=Period.month(2026, 1), as_of=date(2026, 2, 3)).select("revenue", "gross_profit", "frozen_on").rows()
    [(100, 40, datetime.date(2026, 2, 3))]

    Args:
        sales: As for `gross_profit_by`, with `issued_on` (Date).
        by: Columns that make a group.
        period: Usually a month; only lines issued in it, up to *as_of*.
        as_of: The day on which it is closed.

    Returns:
        As `gross_profit_by`, with `start` and `end` (Date, the end excluded), `frozen_on` (Date) and `definition` (String: the figure and
        the version of its definition).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    check_kind("period", period, Period)
    check_date("as_of", as_of)
    (table,) = opened(Asked(sales, "sales", needs=("issued_on",), amounts=("revenue", "cost")))
    groups = table.groups(by, made=(*_FIGURES, *_FROZEN))
    known = _known(table, as_of)
    parameters = {"start": day_literal(period.start), "end": day_literal(period.end), "frozen_on": day_literal(as_of)}
    rows = profits(known, by, period=period).with_columns(day.alias(name) for name, day in parameters.items())
    return table.back(rows.with_columns(nw.lit(_DEFINITION).alias("definition")).select(*groups, *_FIGURES, *_FROZEN))


def frozen_differences(frozen: F, sales: F, *by: str, period: Period, as_of: date) -> F:
    """
    Compare frozen figures with what is known today, and tell what later credit notes took back.

    Credit notes count in the period of their own date, so they leave a closed month as it is; what of its sales they took back since stands
    beside it. What else differs was entered or changed after the month was closed.

    >>> import polars as pl
    >>> from datetime import date
    >>> lines = [("R-1", None, date(2026, 1, 5), 100, 60), ("G-1", "R-1", date(2026, 2, 9), -30, -18)]
    >>> sales = pl.DataFrame(lines, schema=["document_id", "reverses_document_id", "issued_on", "revenue", "cost"], orient="row")
    >>> january = Period.month(2026, 1)
    >>> frozen = freeze_figures(sales, period=january, as_of=date(2026, 2, 3))
    >>> frozen_differences(frozen, sales, period=january, as_of=date(2026, 3, 1)).rows()
    [(100, 100, 0, -30, 70)]

    Args:
        frozen: The result of `freeze_figures`, of the same groups and period.
        sales: As for `freeze_figures`, as they are today; `document_id` and `reverses_document_id` tell credit notes of the period's
            documents, without them there are none.
        by: The columns that make a group.
        period: The period that was frozen.
        as_of: Today.

    Returns:
        The columns of *by*, `currency` where there is one, and the amounts `frozen_revenue`, `revenue` (of the same period today),
        `changed` (the difference), `credited_since` (revenue of later credit notes for documents of the period, zero or negative) and
        `revenue_left` (revenue and credited_since), one row for each group, in no particular order.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
    """
    check_kind("period", period, Period)
    closed, table = opened(
        Asked(frozen, "frame", needs=("start", *by), amounts=("revenue",)),
        Asked(sales, "sales", needs=("issued_on",), amounts=("revenue",)),
    )
    made = ("frozen_revenue", "revenue", "changed", "credited_since", "revenue_left")
    groups = table.groups(by, made=made)
    keys, amounts = groups or ("_all",), ("frozen_revenue", "revenue", "credited_since")
    today = _known(table, as_of)
    day = nw.col("issued_on")
    lines = today.frame.with_columns(nw.lit(1).alias("_all"), table.amount("revenue"))
    within = (day >= day_literal(period.start)) & (day < day_literal(period.end))
    was = closed.frame.filter(nw.col("start") == day_literal(period.start)).with_columns(nw.lit(1).alias("_all"))
    parts = {
        "frozen_revenue": was.select(*keys, closed.amount("revenue").alias("frozen_revenue")),
        "revenue": lines.filter(within).select(*keys, "revenue"),
        "credited_since": _credited(table, lines, keys, within, period),
    }
    filled = [rows.with_columns(nw.lit(0).alias(other) for other in amounts if other != name) for name, rows in parts.items()]
    stacked = [_typed(table, rows, amounts).select(*keys, *amounts) for rows in filled]
    added = _typed(table, nw.concat(stacked).group_by(*keys).agg(nw.col(*amounts).sum()), amounts)
    differences = {"changed": ("revenue", "frozen_revenue", -1), "revenue_left": ("revenue", "credited_since", 1)}
    result = added.with_columns(
        table.total(nw.col(left) + nw.col(right) if sign > 0 else nw.col(left) - nw.col(right), "revenue").alias(name)
        for name, (left, right, sign) in differences.items()
    )
    return table.back(result.select(*groups, *made))


def _known(table: Table[F], as_of: date) -> Table[F]:
    return attrs.evolve(table, frame=table.frame.filter(nw.col("issued_on") <= day_literal(check_date("as_of", as_of))))


def _credited(table: Table[Any], lines: Lazy, keys: tuple[str, ...], within: nw.Expr, period: Period) -> Lazy:
    if not {"document_id", "reverses_document_id"} <= set(table.dtypes):
        return lines.head(0).select(*keys, nw.col("revenue").alias("credited_since"))
    closed = lines.filter(within, ~nw.col("document_id").is_null()).select(nw.col("document_id").alias("reverses_document_id")).unique()
    later = lines.filter(nw.col("issued_on") >= day_literal(period.end)).join(closed, on="reverses_document_id", how="semi")
    return later.select(*keys, nw.col("revenue").alias("credited_since"))


def _typed(table: Table[Any], rows: Lazy, names: tuple[str, ...]) -> Lazy:
    return rows.with_columns(table.total(nw.col(name).fill_null(0), "revenue").alias(name) for name in names)
