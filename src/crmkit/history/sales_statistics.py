"""Sales by month and by year: what was sold, and how it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import check_date, check_kind
from crmkit._frames import F, Lazy, Table, day_literal
from crmkit.facts.measures import GROSS_PROFIT, measured, unit_of
from crmkit.history.spans import BY_MONTH, BY_YEAR, MONDAY_TO_FRIDAY, Span, WorkingDays, span_rows, working_days
from crmkit.periods import Period

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence
    from datetime import date

__all__ = ["sales_by_month", "sales_by_year", "sales_to_date"]

_NEVER = 10**6  # later than any span
_CHANGES = ("previous", "change_ratio", "year_before", "year_change_ratio", "partial")
_PER_DAY = ("working_days", "per_working_day", "working_day_change_ratio", "working_day_year_change_ratio")


def sales_by_month(
    sales: F,
    *by: str,
    period: Period,
    as_of: date,
    value: str = "revenue",
    holidays: Container[date] | None = None,
    weekdays: Sequence[int] = MONDAY_TO_FRIDAY,
) -> F:
    """
    Add up sales by month, and compare each month with the one before and with the same month of the year before.

    Every group of the frame has a row for every month of the period, with zero where nothing was sold. What is compared with is read
    from the whole frame, also from before the period, and is always a whole month; months before the first line of the frame are
    unknown. A change is null when the earlier value is zero, negative or unknown. A month is partial when the period cuts it or when
    it is not over at the end of *as_of*; for comparing like with like see `sales_to_date`.

    >>> import polars as pl
    >>> from datetime import date
    >>> sales = pl.DataFrame({"issued_on": [date(2025, 11, 3), date(2026, 1, 5), date(2026, 1, 9)], "revenue": [100, 120, 30]})
    >>> monthly = sales_by_month(sales, period=Period(date(2025, 12, 1), date(2026, 2, 1)), as_of=date(2026, 1, 15))
    >>> monthly.select("month", "revenue", "previous", "change_ratio", "partial").rows()
    [(datetime.date(2025, 12, 1), 0, 100, -1.0, False), (datetime.date(2026, 1, 1), 150, 0, None, True)]

    Args:
        sales: Lines with `issued_on` (Date), the value (number), and the columns of *by*. For some customers only, filter it before.
        by: Columns that make a group, for example "customer_id", "item_group", "salesperson_id" or "region".
        period: Its months are shown.
        as_of: Today; what is dated later is not known yet.
        value: Column to add up. "quantity" keeps different units apart, where there is `unit`. "gross_profit" is revenue less cost of the
            lines whose cost is known, where the frame has no such column; a month in which it is known of no line is null.
        holidays: Days on which nobody works: adds the figures per working day. An empty collection counts weekdays only.
        weekdays: The days on which people work; Monday is 0.

    Returns:
        The columns of *by*, `currency` where there is one, `unit` for quantities, `month` (Date, its first day), the value under its own
        name and in its own numeric type, `previous` and `year_before` (the same type), `change_ratio` and `year_change_ratio`
        (Float64, 0.25 is 25 %), `partial` (Boolean); sorted. With value="gross_profit" also `revenue_without_cost`. With *holidays* also
        `working_days` (count, up to *as_of* and within the period), `per_working_day`, `working_day_change_ratio` and
        `working_day_year_change_ratio` (Float64): the value per working day, and how that changed.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    return _statistics(sales, by, BY_MONTH, period=period, as_of=as_of, value=value, working=working_days(holidays, weekdays))


def sales_by_year(
    sales: F,
    *by: str,
    period: Period,
    as_of: date,
    value: str = "revenue",
    holidays: Container[date] | None = None,
    weekdays: Sequence[int] = MONDAY_TO_FRIDAY,
) -> F:
    """
    Add up sales by calendar year, and compare each year with the one before; otherwise as `sales_by_month`.

    >>> import polars as pl
    >>> from datetime import date
    >>> sales = pl.DataFrame({"issued_on": [date(2024, 11, 3), date(2025, 1, 5)], "revenue": [100, 125]})
    >>> yearly = sales_by_year(sales, period=Period(date(2024, 1, 1), date(2026, 1, 1)), as_of=date(2026, 1, 15))
    >>> yearly.select("year", "revenue", "change_ratio").rows()
    [(2024, 100, None), (2025, 125, 0.25)]

    Args:
        sales: As for `sales_by_month`.
        by: Columns that make a group.
        period: Its years are shown.
        as_of: Today.
        value: Column to add up.
        holidays: Adds the figures per working day.
        weekdays: The days on which people work.

    Returns:
        As `sales_by_month`, with `year` (count) in place of the month; here `previous` and `year_before` are the same.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    return _statistics(sales, by, BY_YEAR, period=period, as_of=as_of, value=value, working=working_days(holidays, weekdays))


def sales_to_date(sales: F, *by: str, as_of: date, value: str = "revenue", period: Period | None = None) -> F:
    """
    Compare like with like: this year up to a day with the same days of last year; 29 February becomes 28 February.

    >>> import polars as pl
    >>> from datetime import date
    >>> sales = pl.DataFrame({"issued_on": [date(2025, 2, 28), date(2025, 3, 1), date(2026, 2, 28)], "revenue": [100, 900, 125]})
    >>> sales_to_date(sales, as_of=date(2026, 2, 28)).rows()
    [(125, 100, 0.25)]

    Args:
        sales: As for `sales_by_month`.
        by: Columns that make a group.
        as_of: The last day that counts.
        value: Column to add up.
        period: What is compared up to *as_of*, for example `Period.month(2026, 2)` or a fiscal year; without it the calendar year.

    Returns:
        The columns of *by*, `currency` where there is one, `unit` for quantities, `this_year` and `last_year` (in the value's own numeric
        type, zero where nothing was sold) and `change_ratio` (Float64; null when last year is zero or negative); one row for each group
        of the frame, in no particular order.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        InvalidValueError: For a period that begins after *as_of*.
    """
    check_date("as_of", as_of)
    whole = Period.year(as_of.year) if period is None else check_kind("period", period, Period)
    this_year = whole.up_to(as_of)
    table = measured(sales, "issued_on", value=value)
    groups = table.groups((*by, *unit_of(table, value)), made=("this_year", "last_year", "change_ratio"))
    day, known = nw.col("issued_on"), nw.col("_value")
    lines = table.frame.filter(day <= day_literal(as_of)).select(*groups, day, table.amount(value).alias("_value"))
    parts = {"this_year": this_year, "last_year": this_year.year_before()}
    split = lines.with_columns(nw.when(day >= part.start, day < part.end).then(known).alias(name) for name, part in parts.items())
    sums = nw.col(*parts).sum()
    added = split.group_by(*groups).agg(sums) if groups else split.select(sums)
    typed = added.with_columns(table.total(nw.col(name).fill_null(0), value).alias(name) for name in parts)
    return table.back(typed.select(*groups, *parts, _change("this_year", "last_year").alias("change_ratio")))


def _statistics(sales: F, by: tuple[str, ...], span: Span, *, period: Period, as_of: date, value: str, working: WorkingDays | None) -> F:
    check_kind("period", period, Period)
    check_date("as_of", as_of)
    table = measured(sales, "issued_on", value=value)
    further = ("revenue_without_cost",) if value == GROSS_PROFIT and "cost" in table.dtypes else ()
    shown = (*(_CHANGES if working is None else (*_CHANGES, *_PER_DAY)), *further)
    groups = table.groups((*by, *unit_of(table, value)), made=(span.name, value, *shown))
    series = _Series(table, groups, span, value, further, is_cut=span.cuts(period))
    added = series.added(period, as_of)
    spans = span_rows(table, span, period=period, as_of=as_of, working=working)
    result = series.compared(series.without_gaps(added, spans)).join(spans.filter(nw.col("_shown") == 1), on="_at", how="inner")
    known = [nw.when(nw.col("_at") - lag >= nw.col("_begun")).then(nw.col(name)).alias(name) for name, lag in span.lags.items()]
    changes = [_change(value, "previous").alias("change_ratio"), _change(value, "year_before").alias("year_change_ratio")]
    result = result.with_columns(*known, (nw.col("_partial") == 1).alias("partial")).with_columns(*changes)
    if working is not None:
        result = _per_working_day(result, value)
    return table.back(result.select(*groups, span.name, value, *shown).sort(*groups, span.name, nulls_last=True))


@attrs.frozen
class _Series:
    """
    The values of each group, span by span.

    Attributes:
        table: The sales.
        groups: Columns that make a group.
        span: Months or years.
        value: What is added up: `_whole` over a whole span, `_part` over what the period leaves of it.
        further: Revenue of the lines in which the value is unknown, where it is asked for.
        is_cut: Whether the period cuts a span at all.
    """

    table: Table[Any]
    groups: tuple[str, ...]
    span: Span
    value: str
    further: tuple[str, ...]
    is_cut: bool

    @property
    def _amounts(self) -> tuple[str, ...]:
        return ("_whole", "_part") if self.is_cut else ("_whole",)

    @property
    def _counts(self) -> tuple[str, ...]:
        """How many lines there are, and of how many the value is known; lines of unknown revenue add nothing anyway."""
        if self.value in {"revenue", "quantity"}:
            return ()
        return tuple(f"{name}_{count}" for name in self._amounts for count in ("lines", "known"))

    @property
    def _sums(self) -> tuple[str, ...]:
        return (*self._amounts, *self.further, *self._counts)

    def added(self, period: Period, as_of: date) -> Lazy:
        """Sums of each group in each span that has lines."""
        day, amount = nw.col("issued_on"), self.table.amount(self.value)
        within = (day >= day_literal(period.start)) & (day < day_literal(period.end)) if self.is_cut else ~day.is_null()
        made = {"_whole": amount, "_part": nw.when(within).then(amount)}
        made |= {name: nw.when(within & amount.is_null()).then(self.table.amount("revenue")) for name in self.further}
        counted = {"_whole_lines": ~day.is_null(), "_whole_known": ~amount.is_null()}
        counted |= {"_part_lines": within, "_part_known": within & ~amount.is_null()}
        made |= {name: nw.when(counted[name]).then(nw.lit(1)).otherwise(nw.lit(0)) for name in self._counts}
        lines = self.table.frame.filter(day <= day_literal(as_of)).select(
            *self.groups, day.dt.truncate(self.span.cut).alias("_first"), *(made[name].alias(name) for name in self._sums)
        )
        sums = lines.group_by(*self.groups, "_first").agg(nw.col(*self._sums).sum())
        return sums.select(*self.groups, self.span.number(nw.col("_first")).alias("_at"), *self._typed(_or_zero))

    def without_gaps(self, added: Lazy, spans: Lazy) -> Lazy:
        """The same with a row of zeros for each span in which a group has no line, and the first span of all."""
        at, sums = spans.select("_at"), nw.col(*self._sums)
        # Asked for with all its sums, although none is shown: engines share a step that several read only where they read the same of it.
        figures = [nw.col("_at").min().alias("_begun"), sums.max()]
        heads = added.group_by(*self.groups).agg(*figures) if self.groups else added.select(*figures)
        empty = heads.join(at, how="cross").select(
            *self.groups, "_at", *self._typed(_zero), nw.col("_begun").fill_null(_NEVER).cast(nw.Int64)
        )
        shown = added.join(at, on="_at", how="inner").select(
            *self.groups, "_at", *self._sums, nw.lit(_NEVER).cast(nw.Int64).alias("_begun")
        )
        series = nw.concat([shown, empty]).group_by(*self.groups, "_at").agg(sums.sum(), nw.col("_begun").min())
        return series.with_columns(*self._typed(_or_zero))

    def compared(self, series: Lazy) -> Lazy:
        """The value, unknown where it has lines and is known of none, beside that of the span before and of a year before."""
        if self._counts:
            series = series.with_columns(
                nw.when((nw.col(f"{name}_lines") == 0) | (nw.col(f"{name}_known") > 0)).then(nw.col(name)).alias(name)
                for name in self._amounts
            )
        shifted = [nw.col("_whole").shift(lag).over(*self.groups, order_by="_at").alias(name) for name, lag in self.span.lags.items()]
        return series.with_columns(*shifted, nw.col("_begun").min(), nw.col(self._amounts[-1]).alias(self.value))

    def _typed(self, of: Callable[[nw.Expr], nw.Expr]) -> list[nw.Expr]:
        """Sums in the types of what was added, whatever type an engine gives them."""
        kinds = {**dict.fromkeys(self._amounts, self.value), **dict.fromkeys(self.further, "revenue")}
        totals = [self.table.total(of(nw.col(name)), kinds[name]).alias(name) for name in kinds]
        return [*totals, *(of(nw.col(name)).cast(nw.Int64).alias(name) for name in self._counts)]


def _or_zero(total: nw.Expr) -> nw.Expr:
    return total.fill_null(0)


def _zero(total: nw.Expr) -> nw.Expr:
    return nw.when(total.is_null()).then(nw.lit(0)).otherwise(nw.lit(0))


def _change(now: str, earlier: str) -> nw.Expr:
    before = nw.col(earlier).cast(nw.Float64)
    return nw.when(before > 0).then((nw.col(now).cast(nw.Float64) - before) / before)


def _per_working_day(rows: Lazy, value: str) -> Lazy:
    days = {"_now": (value, "working_days"), "_then": ("previous", "_previous_days"), "_last": ("year_before", "_year_before_days")}
    per_day = [
        nw.when(nw.col(count) > 0).then(nw.col(name).cast(nw.Float64) / nw.col(count).cast(nw.Float64)).alias(into)
        for into, (name, count) in days.items()
    ]
    return rows.with_columns(*per_day).with_columns(
        nw.col("_now").alias("per_working_day"),
        _change("_now", "_then").alias("working_day_change_ratio"),
        _change("_now", "_last").alias("working_day_year_change_ratio"),
    )
