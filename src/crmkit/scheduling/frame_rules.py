"""The rules of `next_contact_on` and `suggestion`, for a whole table of contact plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._checks import check_date, check_kind, check_text, refused
from crmkit._frames import Asked, F, Table, day_literal, day_number, day_ordinal, opened, plain_rows, with_added, with_day
from crmkit.errors import InvalidDataError, Problem
from crmkit.scheduling.contact_policy import NO_POLICY, ContactPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from crmkit._frames import Lazy
    from crmkit.scheduling.contact_policy import Gap

_DAYS = (
    "last_contact_on",
    "planned_on",
    "created_on",
    "postponed_to",
    "ends_on",
    "recall_on",
    "appointment_on",
    "series_on",
    "quiet_start_on",
    "quiet_end_on",
)
_BY_TEXT = (("owner_id", "by_owner"), ("roles", "by_role"), ("abc_class", "by_class"), ("tags", "by_tag"))  # what wins comes last
_SEVERAL = ("roles", "tags")
_MADE = ("next_contact_on", "reason", "overdue_days")
_MONTHS_A_YEAR = 12


def add_next_contact(contact_plans: F, *, policy: ContactPolicy | None, into: str) -> F:
    """Add the first day on which each party is to be contacted."""
    table = opened_plans(contact_plans)
    if check_text("into", into) == "customer_id":
        raise refused("into", into, "another name than customer_id")
    rows = _with_next_contact_on(table, policy, into)
    return table.back(rows.select(*(name for name in table.columns if name != into), into))


def call_suggestions(contact_plans: F, *, as_of: date, policy: ContactPolicy | None) -> F:
    """Keep the rows that are due on a day, with the reason."""
    today = check_date("as_of", as_of)
    policy = check_kind("policy", policy or NO_POLICY, ContactPolicy)
    table = opened_plans(contact_plans)
    rows = _with_next_contact_on(table, policy, "next_contact_on")
    dated = rows.with_columns(
        day_number(_optional(table, "recall_on", nw.Date)).alias("_recall"),
        nw.col("_next").fill_null(day_ordinal(today)).alias("_since"),
    )
    recalled = ~nw.col("_recall").is_null()
    may_be_suggested = nw.lit(today not in policy.holidays) & ~_met_from(table, today)
    suggested = may_be_suggested & ~recalled & (has_gap() | nw.col("_serial")) & ~ended(table, today) & ~_quiet(table, today)
    due = dated.with_columns(nw.when(recalled).then(nw.col("_recall")).when(suggested).then(nw.col("_since")).alias("_due"))
    listed = due.filter(nw.col("_due") <= day_ordinal(today)).with_columns(
        (nw.lit(day_ordinal(today)).cast(nw.Int64) - nw.col("_due")).alias("overdue_days"),
        nw.when(recalled).then(nw.lit(0)).otherwise(nw.lit(1)).alias("_kind"),
    )
    reason = nw.when(nw.col("_kind") == 0).then(_recall_reason()).otherwise(_frequency_reason()).alias("reason")
    order = {"_kind": False, "overdue_days": True, **({"value": True} if "value" in table.dtypes else {}), "customer_id": False}
    result = listed.with_columns(reason).sort(*order, descending=list(order.values()), nulls_last=True)
    return table.back(result.select(*(name for name in table.columns if name not in _MADE), *_MADE))


def opened_plans(contact_plans: F) -> Table[F]:
    """Open a table of contact plans, or refuse it with everything that is wrong."""
    numbers = ("frequency_days", "frequency_months", "value")
    (table,) = opened(Asked(contact_plans, "contact_plans", needs=("customer_id",), optional_amounts=numbers))
    table.require(*(name for name in _DAYS if name in table.dtypes))
    if "postponed_to" in table.dtypes and table.dtypes["postponed_to"] != nw.Date:
        raise refused("postponed_to", f"a column of type {table.dtypes['postponed_to']}", "days (Date); see facts.contact_plans")
    if table.in_memory and (problems := tuple(_problems(table))):
        raise InvalidDataError(problems)
    return table


def _problems(table: Table[Any]) -> Iterator[Problem]:
    """Frequencies that are no gap, and series of deadlines that only the form for one plan can count."""
    names = [name for name in ("frequency_days", "frequency_months") if name in table.dtypes]
    if not names:
        return
    given = table.frame.select(*names, (from_deadline(table) & _is_mixed(table)).alias("_mixed")).collect().with_row_index("line")
    none = nw.all_horizontal(*(nw.col(name).fill_null(0) == 0 for name in names), ignore_nulls=True)
    some = nw.any_horizontal(*(~nw.col(name).is_null() for name in names), ignore_nulls=True)
    below = nw.any_horizontal(*(nw.col(name) < 0 for name in names), ignore_nulls=True)
    for row in plain_rows(given.filter(below | (some & none))):
        shown = ", ".join(f"{name}={row[name]}" for name in names)
        yield Problem(
            "contact_plans", int(row["line"]) + 1, names[0], shown, "is no frequency; expected a gap above zero, or null for none"
        )
    for row in plain_rows(given.filter(nw.col("_mixed"))):
        message = 'counts months and days from a deadline; give one of them, or counted_from="contact"'
        yield Problem("contact_plans", int(row["line"]) + 1, "counted_from", None, message)


def with_next(table: Table[Any], policy: ContactPolicy | None, *, at_once_on: date | None = None) -> Lazy:
    """
    Add the gap (`_months`, `_days`; none is 0 and 0), and the first day by it as a number: `_first`, after postponing `_next`.

    Where a rule names the day, it is `_serial`. Whoever was never contacted, and has no day to count from, is due *at_once_on*.
    """
    policy = check_kind("policy", policy or NO_POLICY, ContactPolicy)
    rows = _with_gap(table, policy)
    last = _optional(table, "last_contact_on", nw.Date)
    planned, created = _optional(table, "planned_on", nw.Date), _optional(table, "created_on", nw.Date)
    known = nw.coalesce(created, planned) if policy.measure_from_creation else nw.coalesce(planned, created)
    rows = rows.with_columns(nw.coalesce(last, known).alias("_anchor"), last.is_null().alias("_never"))
    rows = with_added(rows, "_anchor", months="_months", days=nw.col("_days") + 1, into="_after")
    if "counted_from" in table.dtypes:
        rows = _from_deadlines(table, rows)
    at_once = nw.lit(not policy.measure_from_creation) & nw.col("_never")
    by_gap = nw.when(has_gap()).then(nw.when(at_once).then(day_number(nw.col("_anchor"))).otherwise(nw.col("_after")))
    series = _optional(table, "series_on", nw.Date)
    rows = rows.with_columns((~series.is_null()).alias("_serial"), by_gap.alias("_by_gap"))
    first = nw.when(nw.col("_serial")).then(day_number(series)).otherwise(nw.col("_by_gap"))
    if at_once_on is not None:
        first = nw.when(first.is_null() & has_gap()).then(nw.lit(day_ordinal(at_once_on)).cast(nw.Int64)).otherwise(first)
    postponed = day_number(_optional(table, "postponed_to", nw.Date))
    later = nw.when(postponed > nw.col("_first")).then(postponed).otherwise(nw.col("_first"))
    return rows.with_columns(first.alias("_first")).with_columns(nw.when(~nw.col("_first").is_null()).then(later).alias("_next"))


def _with_gap(table: Table[Any], policy: ContactPolicy) -> Lazy:
    """The party's own frequency, else that of its tags, class, roles or owner, else that of all others; and the ideal gap."""
    own = table.frame.with_columns(
        _count(table, "frequency_months").alias("_own_months"), _count(table, "frequency_days").alias("_own_days")
    )
    own = own.with_columns(_listed(name).alias(f"_{name}") for name in _SEVERAL if name in table.dtypes)
    has_own = (nw.col("_own_months") > 0) | (nw.col("_own_days") > 0)
    found = {name: _literal(count) for name, count in _counts(policy.otherwise).items()}
    for column, attribute in _BY_TEXT:
        if column in table.dtypes:
            for name, gap in reversed(list(getattr(policy, attribute).items())):
                found = {
                    part: nw.when(_fits(column, name)).then(_literal(count)).otherwise(found[part]) for part, count in _counts(gap).items()
                }
    return own.with_columns(
        nw.when(has_own).then(nw.col("_own_months")).otherwise(found["_months"]).alias("_months"),
        nw.when(has_own).then(nw.col("_own_days")).otherwise(found["_days"]).alias("_days"),
        found["_ideal_months"].alias("_ideal_months"),
        found["_ideal_days"].alias("_ideal_days"),
    )


def _counts(gap: Gap | None) -> dict[str, int]:
    ideal, longest = (gap.ideal if gap else None), (gap.longest if gap else None)
    return {
        "_months": longest.months if longest else 0,
        "_days": longest.days if longest else 0,
        "_ideal_months": ideal.months if ideal else 0,
        "_ideal_days": ideal.days if ideal else 0,
    }


def _listed(name: str) -> nw.Expr:
    """The words of a column between semicolons, so that each can be found as a whole."""
    words = nw.col(name).cast(nw.String).fill_null("").str.replace_all("; ", ";", literal=True)
    return nw.concat_str(nw.lit(";"), words, nw.lit(";"))


def _fits(column: str, name: str) -> nw.Expr:
    if column in _SEVERAL:
        return nw.col(f"_{column}").str.contains(f";{name};", literal=True)
    return (nw.col(column) == name).fill_null(value=False)


def _from_deadlines(table: Table[Any], rows: Lazy) -> Lazy:
    """For plans that count from the deadline: the day after the first deadline of the series that lies after the last contact."""
    last, planned, months, days = (nw.col(name) for name in ("_last", "_planned", "_months", "_days"))
    rows = rows.with_columns(nw.col("_anchor").alias("_last"), _optional(table, "planned_on", nw.Date).alias("_planned"))
    rows = rows.with_columns(
        ((day_number(last) - day_number(planned)) // _at_least_one(days) + 1).alias("_steps"),
        ((_month(last) - _month(planned)) // _at_least_one(months) * months).alias("_passed"),
    )
    rows = with_added(rows, "_planned", months="_passed", days=_literal(0), into="_reached")
    later = nw.when(nw.col("_reached") > day_number(last)).then(nw.col("_passed")).otherwise(nw.col("_passed") + months)
    rows = rows.with_columns(later.alias("_passed"))
    rows = rows.with_columns(nw.when(nw.col("_passed") > months).then(nw.col("_passed")).otherwise(months).alias("_passed"))
    rows = with_added(rows, "_planned", months="_passed", days=_literal(1), into="_by_months")
    by_days = day_number(planned) + _at_least_one(nw.col("_steps")) * days + 1
    deadline = nw.when(days == 0).then(nw.col("_by_months")).when(months == 0).then(by_days)
    in_series = from_deadline(table) & ~nw.col("_never") & ~planned.is_null()
    return rows.with_columns(nw.when(in_series).then(deadline).otherwise(nw.col("_after")).alias("_after"))


def has_gap() -> nw.Expr:
    """Tell whether a party has a gap, of its own or by the policy."""
    return (nw.col("_months") > 0) | (nw.col("_days") > 0)


def from_deadline(table: Table[Any]) -> nw.Expr:
    """Tell whether the gap of a party counts from the former deadline."""
    return (nw.col("counted_from") == "deadline").fill_null(value=False) if "counted_from" in table.dtypes else nw.lit(value=False)


def _is_mixed(table: Table[Any]) -> nw.Expr:
    return (_count(table, "frequency_months") > 0) & (_count(table, "frequency_days") > 0)


def _with_next_contact_on(table: Table[Any], policy: ContactPolicy | None, into: str) -> Lazy:
    """Add the next contact as a day, unless the plan has ended before."""
    return with_day(within_plan(table, with_next(table, policy)), "_within", table.engine, into=into)


def within_plan(table: Table[Any], rows: Lazy, day: str = "_next") -> Lazy:
    """Add `_within`: a number of a day, unless the plan has ended before its first day."""
    first = nw.col(day)
    if "ends_on" in table.dtypes:
        first = nw.when(nw.col("ends_on").is_null() | (nw.col("_first") <= day_number(nw.col("ends_on")))).then(first)
    return rows.with_columns(first.alias("_within"))


def ended(table: Table[Any], today: date) -> nw.Expr:
    """Tell whether a plan had its last day before today."""
    if "ends_on" not in table.dtypes:
        return nw.lit(value=False)
    return ~nw.col("ends_on").is_null() & (nw.col("ends_on") < day_literal(today))


def _quiet(table: Table[Any], today: date) -> nw.Expr:
    if not {"quiet_start_on", "quiet_end_on"} <= table.dtypes.keys():
        return nw.lit(value=False)
    within = (nw.col("quiet_start_on") <= day_literal(today)) & (nw.col("quiet_end_on") > day_literal(today))
    return within.fill_null(value=False)


def _met_from(table: Table[Any], today: date) -> nw.Expr:
    """An appointment that is planned for the day or later."""
    if "appointment_on" not in table.dtypes:
        return nw.lit(value=False)
    return ~nw.col("appointment_on").is_null() & (nw.col("appointment_on") >= day_literal(today))


def _recall_reason() -> nw.Expr:
    return nw.when(nw.col("overdue_days") > 0).then(nw.lit("recall_overdue")).otherwise(nw.lit("recall_due"))


def _frequency_reason() -> nw.Expr:
    by_gap = nw.when(nw.col("_never")).then(nw.lit("never_contacted")).otherwise(nw.lit("frequency_passed"))
    return nw.when(nw.col("_serial")).then(nw.lit("series_due")).otherwise(by_gap)


def _optional(table: Table[Any], name: str, dtype: type[nw.Date]) -> nw.Expr:
    return nw.col(name) if name in table.dtypes else nw.lit(None, dtype=dtype).cast(dtype)


def _count(table: Table[Any], name: str) -> nw.Expr:
    return nw.col(name).fill_null(0).cast(nw.Int64) if name in table.dtypes else _literal(0)


def _literal(count: int) -> nw.Expr:
    return nw.lit(count).cast(nw.Int64)


def _month(day: nw.Expr) -> nw.Expr:
    return day.dt.year().cast(nw.Int64) * _MONTHS_A_YEAR + day.dt.month().cast(nw.Int64)


def _at_least_one(number: nw.Expr) -> nw.Expr:
    return nw.when(number >= 1).then(number).otherwise(_literal(1))
