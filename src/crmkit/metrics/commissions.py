"""Commissions from revenue or gross profit: tiers, splits, and credit notes that claw back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, cast

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import Exact, check_choice, check_exact, check_kind, check_ratio, check_text, refused
from crmkit._frames import Asked, F, Table, opened, quotient, scale_of, share_of, summed, units
from crmkit.metrics.values import VALUE, with_value
from crmkit.periods import Period

if TYPE_CHECKING:
    from narwhals.stable.v2.dtypes import DType

    from crmkit._frames import Lazy

__all__ = ["CommissionBase", "CommissionPlan", "commissions_by"]

CommissionBase = Literal["revenue", "gross_profit"]


def _base(value: str) -> CommissionBase:
    return cast("CommissionBase", check_choice("value", value, CommissionBase))


def _tiers(tiers: Sequence[tuple[Exact, Exact | str]]) -> tuple[tuple[Exact, Decimal], ...]:
    made = tuple((check_exact("tiers", start, at_least=0), check_ratio("tiers", rate)) for start, rate in tiers)
    starts = [start for start, _ in made]
    if not starts or starts[0] != 0 or starts != sorted(set(starts)):
        raise refused("tiers", tuple(starts), "tiers that begin at 0 and rise: [(0, '0.05'), (10_000, '0.08')]")
    return made


def _splits(splits: Mapping[str, Mapping[str, Exact | str]]) -> Mapping[str, Mapping[str, Decimal]]:
    made: dict[str, Mapping[str, Decimal]] = {}
    for seller, shares in splits.items():
        made[check_text("splits", seller)] = MappingProxyType(
            {check_text("splits", who): check_ratio("splits", share) for who, share in shares.items()}
        )
        if sum(made[seller].values()) != 1:
            raise refused("splits", dict(made[seller]), "shares that add up to 1")
    return MappingProxyType(made)


@attrs.frozen
class CommissionPlan:
    """
    What is paid for sales.

    Attributes:
        value: What it is paid on: "revenue" or "gross_profit" (revenue − cost of the lines whose cost is known).
        tiers: Pairs of an amount and a rate, from 0 upwards; each rate applies to what lies above its amount, up to the next.
        splits: Who shares the sales of a salesperson, with shares that add up to 1; whoever is not named keeps his own.

    >>> CommissionPlan("revenue", tiers=[(0, "0.05"), (10_000, "0.08")], splits={"anna": {"anna": "0.7", "ben": "0.3"}}).tiers[1]
    (10000, Decimal('0.08'))
    """

    value: CommissionBase = attrs.field(converter=_base)
    tiers: tuple[tuple[Exact, Decimal], ...] = attrs.field(converter=_tiers)
    splits: Mapping[str, Mapping[str, Decimal]] = attrs.field(factory=dict, converter=_splits)


def commissions_by(sales: F, *by: str, plan: CommissionPlan, period: Period) -> F:
    """
    Commission of each group for a period.

    Definition: base = revenue or gross profit of the period, by the plan's splits; commission = sum over the tiers of rate × the part of
        the base within the tier. Credit notes of the period lower the base: what they take back of earlier periods is clawed back at the
        rate of the first tier once the base is negative.
    Unit: amounts in the frame's own numeric type, rounded once, half away from zero, to its last decimal.
    Undefined when: never; a line whose gross profit is unknown adds nothing, and its revenue is shown.
    Source: Zoltners, Sinha, Lorimer, "The Complete Guide to Sales Force Incentive Compensation", AMACOM 2006, chapter 5.

    >>> import polars as pl
    >>> from datetime import date
    >>> rows = [("anna", date(2026, 1, 9), 14_000), ("anna", date(2026, 1, 20), -2_000)]
    >>> sales = pl.DataFrame(rows, schema=["salesperson_id", "issued_on", "revenue"], orient="row")
    >>> plan = CommissionPlan("revenue", tiers=[(0, "0.05"), (10_000, "0.08")])
    >>> commissions_by(sales, "salesperson_id", plan=plan, period=Period.month(2026, 1)).rows()
    [('anna', 12000, 660)]

    Args:
        sales: Lines with `issued_on` (Date), `revenue`, the columns of *by*; `cost` where the plan pays on gross profit, `salesperson_id`
            where it splits.
        by: Columns that make a group, usually "salesperson_id". The tiers apply to each group.
        plan: What is paid.
        period: Only lines issued in it; the tiers begin anew in each.

    Returns:
        The columns of *by*, `currency` where there is one, `base`, `commission`, and `revenue_without_cost` where it is on gross profit.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    check_kind("plan", plan, CommissionPlan)
    check_kind("period", period, Period)
    needs = ("issued_on", *(("salesperson_id",) if plan.splits else ()))
    amounts = ("revenue", "cost") if plan.value == "gross_profit" else ("revenue",)
    (given,) = opened(Asked(sales, "sales", needs=needs, amounts=amounts))
    table = with_value(given.within(period), plan.value)
    groups = table.groups(by, made=("base", "commission", "revenue_without_cost"))
    rows = table.frame.with_columns(table.amount(VALUE).alias("base"))
    shown = ["base"]
    dtypes = {**table.dtypes, "base": table.dtypes[VALUE]}
    if plan.value == "gross_profit":
        unknown = nw.when(nw.col("base").is_null()).then(table.amount("revenue")).alias("revenue_without_cost")
        rows, shown = rows.with_columns(unknown), ["base", "revenue_without_cost"]
        dtypes["revenue_without_cost"] = table.dtypes["revenue"]
    table = attrs.evolve(table, frame=rows, dtypes=dtypes)
    sums = summed(_split(table, plan, (*groups, *shown), shown), groups, nw.col(*shown).sum())
    typed = sums.with_columns(table.total(nw.col(name), name) for name in shown)
    made = _with_commission(typed, plan, table.total_dtype("base"))
    return table.back(made.select(*groups, "base", "commission", *shown[1:]))


def _split(table: Table[Any], plan: CommissionPlan, columns: tuple[str, ...], amounts: list[str]) -> Lazy:
    """Lines by who is paid for them: the last to share gets what the others leave, so that nothing is lost."""
    named = table.frame.select(*dict.fromkeys((*columns, *(("salesperson_id",) if plan.splits else ()))))
    if not plan.splits:
        return named
    seller = nw.col("salesperson_id")
    named = named.with_columns(table.total(nw.col(name), name).alias(name) for name in amounts)  # parts of one type
    parts = [named.filter(seller.is_null() | ~seller.is_in(tuple(plan.splits)))]
    for whose, shares in plan.splits.items():
        left = named.filter(seller == whose)
        *others, last = shares
        for who in others:
            n, d = shares[who].as_integer_ratio()
            taken = [share_of(table, name, n, d).alias(f"_{name}") for name in amounts]
            parts.append(
                left.with_columns(
                    nw.lit(who).alias("salesperson_id"), *(part.alias(name) for part, name in zip(taken, amounts, strict=True))
                )
            )
        rest = {name: _rest(table, name, [shares[who] for who in others]) for name in amounts}
        parts.append(left.with_columns(nw.lit(last).alias("salesperson_id"), *(part.alias(name) for name, part in rest.items())))
    return nw.concat(parts)


def _rest(table: Table[Any], name: str, shares: list[Decimal]) -> nw.Expr:
    left = nw.col(name)
    for share in shares:
        n, d = share.as_integer_ratio()
        left = left - share_of(table, name, n, d)
    return table.total(left, name)


def _with_commission(sums: Lazy, plan: CommissionPlan, dtype: DType | None) -> Lazy:
    """Each rate on what lies within its tier: summed exactly, rounded once."""
    starts = [Fraction(start) * 10 ** scale_of(dtype) for start, _ in plan.tiers[1:]]
    finer = lcm(*(start.denominator for start in starts))  # 1 unless a tier begins between two units
    rates = [Fraction(rate) / finer for _, rate in plan.tiers]
    denominator = lcm(*(rate.denominator for rate in rates))
    rows, within = sums.with_columns((units(nw.col("base"), dtype, sums.implementation) * finer).alias("_above0")), []
    for place, start in enumerate(starts, 1):
        above = nw.col("_above0") - int(start * finer)
        rows = rows.with_columns(nw.when(above > 0).then(above).otherwise(above - above).alias(f"_above{place}"))
        within.append(nw.col(f"_above{place - 1}") - nw.col(f"_above{place}"))
    within.append(nw.col(f"_above{len(starts)}"))
    rows = rows.with_columns(part.alias(f"_within{place}") for place, part in enumerate(within))
    products = [(nw.col(f"_within{place}"), int(rate * denominator)) for place, rate in enumerate(rates)]
    return rows.with_columns(quotient(products, denominator, dtype).alias("commission"))
