"""The rules of `contact_light`, and of the load of coming days, for a whole table of contact plans."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._checks import check_date, check_each, check_text, refused
from crmkit._frames import F, Table, day_literal, day_number, day_ordinal, with_added, with_day
from crmkit.scheduling.frame_rules import ended, from_deadline, has_gap, opened_plans, with_next, within_plan

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from crmkit._frames import Lazy
    from crmkit.scheduling.contact_policy import ContactPolicy

_NEVER = 1_000_000_000
_SHORTEST_MONTH = 29  # and the day after it
_LIGHTS = ("green", "amber", "red")


def load_by_day(contact_plans: F, by: tuple[str, ...], *, days: Iterable[date], policy: ContactPolicy | None) -> F:
    """Count the contacts of each day."""
    wanted = sorted(set(check_each("days", days, check_date)))
    if not wanted:
        raise refused("days", [], "at least one day")
    table = opened_plans(contact_plans)
    table.require(*by)
    for name in by:
        if name in ("day", "contacts"):
            raise refused("by", name, "another column than those of the result: day, contacts")
    rows, dues = _with_dues(table, _with_due(table, policy, first=wanted[0]), first=wanted[0], last=wanted[-1])
    columns = [f"_day_{place}" for place in range(len(wanted))]
    rows = rows.with_columns(_so_far(dues, day_ordinal(day)).alias(name) for day, name in zip(wanted, columns, strict=True))
    counted = [nw.col(columns[0]), *((nw.col(name) - nw.col(before)).alias(name) for before, name in pairwise(columns))]
    marked = rows.select(*by, *counted)
    sums = [nw.col(name).sum() for name in columns]
    groups = marked.group_by(*by).agg(*sums) if by else marked.select(*sums)
    each = [
        groups.select(*by, day_literal(day).alias("day"), nw.col(name).fill_null(0).cast(nw.Int64).alias("contacts"))
        for day, name in zip(wanted, columns, strict=True)
    ]
    return table.back(nw.concat(each))


def _with_due(table: Table[Any], policy: ContactPolicy | None, *, first: date) -> Lazy:
    """Add `_due`: the number of the day on which the next contact of each party falls, by recall or else by frequency."""
    rows = within_plan(table, with_next(table, policy, at_once_on=first))
    due = nw.col("_within")
    if {"quiet_start_on", "quiet_end_on"} <= table.dtypes.keys():
        start, end = day_number(nw.col("quiet_start_on")), day_number(nw.col("quiet_end_on"))
        due = nw.when((due >= start) & (due < end)).then(end).otherwise(due)
    if "recall_on" in table.dtypes:
        recall = nw.col("recall_on")
        due = nw.when(~recall.is_null()).then(day_number(recall)).otherwise(due)
    return rows.with_columns(due.alias("_due"))


def _with_dues(table: Table[Any], rows: Lazy, *, first: date, last: date) -> tuple[Lazy, list[str]]:
    """
    Add the days of the contacts of each party, as if each took place when it fell due; what is overdue does on the first day.

    Where the gap is in days, `_cycle` says after how many days the next one follows. Where there are months in it, the days follow.
    """
    overdue = nw.when(nw.col("_due") < day_ordinal(first)).then(nw.lit(day_ordinal(first)).cast(nw.Int64)).otherwise(nw.col("_due"))
    repeated = has_gap() & ~nw.col("_serial")
    to_deadline = nw.when(from_deadline(table)).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)
    rows = rows.with_columns(overdue.alias("_due_0"), to_deadline.alias("_to_deadline"))
    ends_on = day_number(nw.col("ends_on")).fill_null(_NEVER) if "ends_on" in table.dtypes else nw.lit(_NEVER).cast(nw.Int64)
    rows = rows.with_columns(nw.when(ends_on < nw.col("_due_0")).then(nw.col("_due_0")).otherwise(ends_on).alias("_plan_ends"))
    rows = rows.with_columns(
        nw.when(repeated & (nw.col("_months") == 0)).then(nw.col("_days") + 1 - nw.col("_to_deadline")).otherwise(_NEVER).alias("_cycle"),
        nw.when(repeated & (nw.col("_months") > 0)).then(nw.col("_due_0")).alias("_monthly"),
    )
    names = ["_due_0"]
    for place in range(1, (last - first).days // _SHORTEST_MONTH + 1):
        rows = rows.with_columns((nw.col("_monthly") - nw.col("_to_deadline")).alias("_from"))
        rows = with_day(rows, "_from", table.engine, into="_from_on")
        rows = with_added(rows, "_from_on", months="_months", days=nw.col("_days") + 1, into="_monthly")
        rows = rows.with_columns(nw.col("_monthly").alias(f"_due_{place}"))
        names.append(f"_due_{place}")
    return rows, names


def _so_far(dues: list[str], day: int) -> nw.Expr:
    """Count the contacts up to a day; of those that follow the first, none come after the plan."""
    first, *others = (nw.col(name) for name in dues)
    last = nw.when(nw.col("_plan_ends") < day).then(nw.col("_plan_ends")).otherwise(nw.lit(day).cast(nw.Int64))
    count = nw.when(first <= day).then((last - first) // nw.col("_cycle") + 1).otherwise(nw.lit(0))
    for other in others:
        count = count + nw.when((other <= day) & (other <= nw.col("_plan_ends"))).then(nw.lit(1)).otherwise(nw.lit(0))
    return count.cast(nw.Int64)


def add_contact_light(contact_plans: F, *, as_of: date, policy: ContactPolicy | None, into: str) -> F:
    """Add the traffic light of each party."""
    if check_text("into", into) == "customer_id":
        raise refused("into", into, "another name than customer_id")
    table = opened_plans(contact_plans)
    rows = _with_light(table, check_date("as_of", as_of), policy, into)
    return table.back(rows.select(*(name for name in table.columns if name != into), into))


def slipping_by(contact_plans: F, by: tuple[str, ...], *, as_of: date, policy: ContactPolicy | None) -> F:
    """Count the parties of each light."""
    table = opened_plans(contact_plans)
    table.require(*by)
    for name in by:
        if name in ("parties", *_LIGHTS):
            raise refused("by", name, f"another column than those of the result: parties, {', '.join(_LIGHTS)}")
    rows = _with_light(table, check_date("as_of", as_of), policy, "_light")
    marks = [nw.when(nw.col("_light") == light).then(nw.lit(1)).otherwise(nw.lit(0)).alias(light) for light in _LIGHTS]
    marked = rows.select(*by, nw.lit(1).alias("parties"), *marks)
    counts = ("parties", *_LIGHTS)
    sums = [nw.col(name).sum() for name in counts]
    counted = marked.group_by(*by).agg(*sums) if by else marked.select(*sums)
    return table.back(counted.select(*by, *(nw.col(name).fill_null(0).cast(nw.Int64) for name in counts)))


def _with_light(table: Table[Any], today: date, policy: ContactPolicy | None, into: str) -> Lazy:
    rows = within_plan(table, with_next(table, policy, at_once_on=today), "_first")
    last = nw.col("last_contact_on") if "last_contact_on" in table.dtypes else day_literal(None)
    rows = rows.with_columns(last.alias("_last_contact"))
    rows = with_added(rows, "_last_contact", months="_ideal_months", days=nw.col("_ideal_days"), into="_ideal_on")
    red_from = nw.when(nw.col("_serial")).then(nw.col("_within") + 1).otherwise(nw.col("_within"))
    has_ideal = (nw.col("_ideal_months") > 0) | (nw.col("_ideal_days") > 0)
    is_amber = (has_ideal & ~ended(table, today) & (nw.col("_ideal_on") < day_ordinal(today))).fill_null(value=False)
    is_red = (red_from <= day_ordinal(today)).fill_null(value=False)
    light = nw.when(is_red).then(nw.lit("red")).otherwise(nw.when(is_amber).then(nw.lit("amber")).otherwise(nw.lit("green")))
    return rows.with_columns(light.alias(into))
