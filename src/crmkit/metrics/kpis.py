"""Figures as plain values, for a dashboard of whatever kind: value, what it comes from, how many, and of which time."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from crmkit._checks import check_kind, refused
from crmkit._frames import Asked, opened, plain_rows
from crmkit.periods import Period

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

__all__ = ["Kpi", "kpis"]

Number: TypeAlias = int | Decimal | float
_DIGITS = Context(prec=28)
_SCORES = ("csat", "nps", "ces")  # their column is `score`
# Name of the figure: its numerator, its denominator, and how many things it counts, by columns of its table.
_PARTS = (
    ("gross_margin", "gross_profit", "revenue - revenue_without_cost", ""),
    ("contribution_margin_ratio", "contribution_margin", "revenue - revenue_without_variable_cost", ""),
    ("net_margin", "net_profit", "revenue - revenue_without_all_cost", ""),
    ("roi", "gross_profit - spend", "spend", ""),
    ("uplift_ratio", "uplift", "before_monthly", ""),
    ("deal_size", "revenue", "sales", "sales"),
    ("win_rate", "won", "won + lost", "won + lost"),
    ("cohort_win_rate", "won", "opened", "opened"),
    ("mean_days", "total_days", "won", "won"),
    ("sales_per_call", "sales", "calls", "calls"),
    ("revenue_per_call", "revenue", "calls", "calls"),
    ("attainment_ratio", "revenue", "quota", ""),
    ("pace_ratio", "revenue", "expected_by_now", ""),
    ("conversion_rate", "converted", "leads", "leads"),
    ("conversion_rate", "customers", "leads", "leads"),
    ("conversion_rate", "reached_next", "entered", "entered"),
    ("cost_per_lead", "spend", "leads", "leads"),
    ("cost_per_customer", "spend", "customers", "customers"),
    ("same_day_rate", "same_day", "opened", "opened"),
    ("mean_hours", "total_hours", "closed", "closed"),
    ("mean_hours", "total_hours", "answered", "answered"),
    ("reopen_rate", "reopened", "closed", "closed"),
    ("sla_rate", "kept", "closed - without_due", "closed - without_due"),
    ("csat", "satisfied", "answers", "answers"),
    ("nps", "promoters - detractors", "answers", "answers"),
    ("ces", "total", "answers", "answers"),
    ("retention_rate", "kept", "at_start", "at_start"),
    ("churn_rate", "at_start - kept", "at_start", "at_start"),
    ("gross_retention", "revenue_kept", "revenue_at_start", "at_start"),
    ("net_retention", "revenue_after", "revenue_at_start", "at_start"),
    ("repeat_rate", "repeat_buyers", "buyers", "buyers"),
)


@attrs.frozen(kw_only=True)
class Kpi:
    """
    One figure as a value.

    Attributes:
        name: Column of its table, for example "win_rate", or which score ("csat", "nps", "ces"); the catalogue tells what it means.
        value: The figure, or None where it is undefined: 28 digits where its parts are exact, else a float.
        numerator: What it comes from; figures of groups that share nothing are added up by their parts.
        denominator: What it is divided by.
        n: How many things it was taken over, or None where its table does not count them.
        period: The time that the figure is of.
        group: The columns of the group, with `currency` where there is one.
    """

    name: str
    value: Decimal | float | None
    numerator: Number | None
    denominator: Number | None
    n: int | None
    period: Period
    group: Mapping[str, object] = attrs.field(factory=dict)


def kpis(figures: IntoFrame, *by: str, period: Period) -> tuple[Kpi, ...]:
    """
    Give the figures of a table of `crmkit.metrics` as values with their parts, all that its columns allow.

    Definition: value = numerator / denominator of each ratio in the table, divided anew where both are exact.
    Unit: that of the figure; see its entry in the catalogue.
    Undefined when: the figure is undefined: value is None; a part that is unknown is None.
    Source: that of the figure.

    >>> import polars as pl
    >>> from datetime import date
    >>> from crmkit.metrics import win_rate_by
    >>> closed = [date(2026, 1, day) for day in (5, 6, 7)]
    >>> opportunities = pl.DataFrame({"state": ["won", "lost", "lost"], "closed_on": closed})
    >>> january = Period.month(2026, 1)
    >>> (kpi,) = kpis(win_rate_by(opportunities, period=january), period=january)
    >>> kpi.name, kpi.value, kpi.numerator, kpi.denominator, kpi.n
    ('win_rate', Decimal('0.3333333333333333333333333333'), 1, 3, 3)

    Args:
        figures: The result of a `…_by` function with a ratio, for example `win_rate_by`, `gross_profit_by`, `sla_rate_by`.
        by: The columns by which it was grouped.
        period: The time that it was computed for.

    Returns:
        One value for each figure and group, in the order of the groups.

    Raises:
        MissingColumnError: For a column of *by* that is not there.
        InvalidValueError: For a table without such a figure and its parts.
    """
    check_kind("period", period, Period)
    (table,) = opened(Asked(figures, "frame", needs=by))
    found: dict[str, tuple[_Terms, ...]] = {}
    for name, *parts in _PARTS:
        terms = tuple(_Terms.of(part) for part in parts)
        if name not in found and _column(name) in table.dtypes and all(one.columns <= set(table.dtypes) for one in terms):
            found[name] = terms
    if not found:
        names = ", ".join(dict.fromkeys(name for name, *_ in _PARTS))
        raise refused("figures", ", ".join(table.dtypes), f"a table with one of these figures, and the columns it comes from: {names}")
    groups = tuple(dict.fromkeys((*by, *table.currency)))
    rows: list[dict[str, Any]] = sorted(plain_rows(table.frame.collect()), key=lambda row: [str(row[name]) for name in groups])
    return tuple(_kpi(row, name, terms, groups, period) for row in rows for name, terms in found.items())


@attrs.frozen
class _Terms:
    """Columns that are added or taken away."""

    added: tuple[str, ...]
    taken: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> _Terms:
        signed = f"+ {text}".split() if text else []
        pairs = list(zip(signed[::2], signed[1::2], strict=True))
        return cls(*(tuple(name for sign, name in pairs if sign == wanted) for wanted in "+-"))

    @property
    def columns(self) -> set[str]:
        return {*self.added, *self.taken}

    def sum(self, row: Mapping[str, Any]) -> Any:  # noqa: ANN401  # a number, or None where one is unknown
        if not self.columns or any(row[name] is None for name in self.columns):
            return None
        return sum((row[name] for name in self.added[1:]), row[self.added[0]]) - sum(row[name] for name in self.taken)


def _column(name: str) -> str:
    return "score" if name in _SCORES else name


def _kpi(row: Mapping[str, Any], name: str, terms: tuple[_Terms, ...], groups: tuple[str, ...], period: Period) -> Kpi:
    numerator, denominator, count = (one.sum(row) for one in terms)
    value = row[_column(name)]
    if value is not None and not isinstance(numerator, float) and not isinstance(denominator, float):
        value = _DIGITS.divide(Decimal(numerator), Decimal(denominator))
    return Kpi(
        name=name,
        value=value,
        numerator=numerator,
        denominator=denominator,
        n=None if count is None else int(count),
        period=period,
        group={column: row[column] for column in groups},
    )
