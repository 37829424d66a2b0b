"""The rules of `contact_light`, and of the load of coming days, for a whole table of contact plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._checks import check_date, check_each, check_text, refused
from crmkit._frames import F, Table, day_literal, day_number, day_ordinal, with_added
from crmkit.scheduling.frame_rules import ended, opened_plans, with_next, within_plan

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from crmkit._frames import Lazy
    from crmkit.scheduling.contact_policy import ContactPolicy

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
    rows = _with_due(table, policy, first=wanted[0])
    ends = [day_ordinal(day) for day in wanted]
    begins = [None, *ends[:-1]]
    columns = [f"_day_{place}" for place in range(len(wanted))]
    counted = [
        nw.when((nw.col("_due") <= end) & (True if begin is None else nw.col("_due") > begin))
        .then(nw.lit(1))
        .otherwise(nw.lit(0))
        .alias(name)
        for begin, end, name in zip(begins, ends, columns, strict=True)
    ]
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
    sums = [nw.col(name).sum().fill_null(0).cast(nw.Int64) for name in ("parties", *_LIGHTS)]
    return table.back(marked.group_by(*by).agg(*(nw.col(name).sum() for name in ("parties", *_LIGHTS))) if by else marked.select(*sums))


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
