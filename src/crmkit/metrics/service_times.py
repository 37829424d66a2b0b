"""How long cases take to be answered and closed, in calendar or working hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import narwhals.stable.v2 as nw

from crmkit._frames import Asked, F, microseconds_between, one_where, opened, ratio, summed

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from datetime import date, time

    from crmkit._frames import Lazy, Table
    from crmkit.periods import Period

__all__ = ["BusinessHours", "resolution_time_by", "response_time_by"]

_TIMES = ("total_hours", "mean_hours", "median_hours", "p90_hours")
_MICROSECONDS_AN_HOUR = 3_600_000_000
_NINE_TENTHS = 9 / 10


class BusinessHours(Protocol):
    """What a figure needs of working hours: `crmkit.scheduling.WorkingHours`, or anything alike."""

    @property
    def zone(self) -> str:
        """Name of the IANA time zone in which they hold."""

    @property
    def weekdays(self) -> Mapping[int, tuple[tuple[time, time], ...]]:
        """Spans of each weekday, 0 for Monday; a day that is missing is free, and `time(0)` at the end is midnight."""

    @property
    def holidays(self) -> Container[date]:
        """Days that are free whatever the weekday."""


def resolution_time_by(cases: F, *by: str, events: F | None = None, hours: BusinessHours | None = None, period: Period | None = None) -> F:
    """
    How long it takes to close a case.

    Definition: over closed cases only, from the first opening to the last closing. With *events* the time between a closing and the next
        opening is left out, and a case is closed if its last event says so; cases without events keep their own two times. mean = total /
        closed; percentiles interpolate linearly.
    Unit: hours (Float64), of the calendar or within *hours*.
    Undefined when: no case was closed: mean, median and 90th percentile are null.
    Source: "ITIL Foundation: ITIL 4 Edition", AXELOS 2019, chapter 5.2.5 ("Incident management"); percentiles: Hyndman, Fan, "Sample
        Quantiles in Statistical Packages", The American Statistician 50 (1996) 4, type 7.

    >>> import polars as pl
    >>> from datetime import datetime, timezone
    >>> nine, noon, two = (datetime(2026, 1, 5, hour, tzinfo=timezone.utc) for hour in (9, 12, 14))
    >>> cases = pl.DataFrame({"case_id": ["F-1", "F-2", "F-3"], "opened_at": [nine] * 3, "closed_at": [noon, two, None]})
    >>> resolution_time_by(cases).select("closed", "mean_hours").rows()
    [(2, 4.0)]

    Args:
        cases: With `opened_at`, `closed_at` (Instant), the columns of *by*, `case_id` where events are given, and `closed_on` (Date) where
            a period is.
        by: Columns that make a group.
        events: With `case_id`, `happened_at` (Instant), `state` ("open", "waiting", "closed"), in the same kind of frame.
        hours: Working hours, from `crmkit.scheduling`; None counts all time. With them it is computed at once, by NumPy and Polars.
        period: Only cases closed in it, by the `closed_on` of the case.

    Returns:
        The columns of *by*, `closed` (Int64), `total_hours`, `mean_hours`, `median_hours`, `p90_hours` (Float64) and `ends_before_start`
        (Int64: cases with wrong times, in none of the others).

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
        MissingExtraError: For *hours* without NumPy and Polars.
    """
    needs = ("opened_at", "closed_at", *(("case_id",) if events is not None else ()))
    asked = [Asked(cases, "cases", needs=needs)]
    if events is not None:
        asked.append(Asked(events, "case_events", needs=("case_id", "happened_at", "state")))
    table, *told = opened(*asked, arrays=hours is not None)
    groups = table.groups(by, made=("closed", *_TIMES, "ends_before_start"))
    rows = table.within(period, on="closed_on").frame.with_columns(nw.col("opened_at").alias("_start"), nw.col("closed_at").alias("_end"))
    timed = _timed(rows, hours)
    if told:
        timed = _with_events(timed, told[0], hours)
    return table.back(_summary(timed.filter(~nw.col("_spent").is_null()), groups, "closed"))


def response_time_by(cases: F, *by: str, hours: BusinessHours | None = None, period: Period | None = None) -> F:
    """
    How long a case waits for its first response.

    Definition: over answered cases, from the first opening to the first response; mean = total / answered; percentiles interpolate
        linearly.
    Unit: hours (Float64), of the calendar or within *hours*.
    Undefined when: no case was answered: mean, median and 90th percentile are null.
    Source: "ITIL Foundation: ITIL 4 Edition", AXELOS 2019, chapter 5.2.16 ("Service desk").

    >>> import polars as pl
    >>> from datetime import datetime, timezone
    >>> nine, noon = (datetime(2026, 1, 5, hour, tzinfo=timezone.utc) for hour in (9, 12))
    >>> response_time_by(pl.DataFrame({"opened_at": [nine] * 2, "first_response_at": [noon, None]})).rows()
    [(1, 3.0, 3.0, 3.0, 3.0, 0)]

    Args:
        cases: With `opened_at`, `first_response_at` (Instant), the columns of *by*, and `opened_on` (Date) where a period is given.
        by: Columns that make a group.
        hours: Working hours, from `crmkit.scheduling`; None counts all time. With them it is computed at once, by NumPy and Polars.
        period: Only cases opened in it.

    Returns:
        The columns of *by*, `answered` (Int64), `total_hours`, `mean_hours`, `median_hours`, `p90_hours` (Float64) and `ends_before_start`
        (Int64: cases with wrong times, in none of the others).

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MissingExtraError: For *hours* without NumPy and Polars.
    """
    (table,) = opened(Asked(cases, "cases", needs=("opened_at", "first_response_at")), arrays=hours is not None)
    groups = table.groups(by, made=("answered", *_TIMES, "ends_before_start"))
    spans = table.within(period, on="opened_on").frame.with_columns(
        nw.col("opened_at").alias("_start"), nw.col("first_response_at").alias("_end")
    )
    return table.back(_summary(_timed(spans, hours).filter(~nw.col("_spent").is_null()), groups, "answered"))


def _timed(spans: Lazy, hours: BusinessHours | None) -> Lazy:
    """Add the microseconds from `_start` to `_end`, negative where they are the wrong way round."""
    if hours is None:
        return spans.with_columns(microseconds_between("_start", "_end", spans).alias("_spent"))
    from crmkit.metrics.business_hours import np, worked  # noqa: PLC0415  # needs NumPy

    rows = spans.collect()
    given = rows.select(*(nw.col(name).cast(nw.Datetime("us", "UTC")).dt.timestamp("us").alias(name) for name in ("_start", "_end")))
    known = (~nw.col("_start").is_null()) & (~nw.col("_end").is_null())
    both = rows.select(known.alias("_known"))["_known"]
    starts, ends = (given[name].filter(both).to_numpy() for name in ("_start", "_end"))
    spent = np.zeros(len(rows), np.int64)  # only spans that have an end, so that no day is counted for those that have none
    spent[both.to_numpy()] = np.where(ends < starts, -1, worked(hours, starts, ends))
    made = rows.with_columns(nw.new_series("_spent", spent, backend="polars"), both)
    return made.with_columns(nw.when(nw.col("_known")).then(nw.col("_spent")).alias("_spent")).drop("_known").lazy()


def _with_events(cases: Lazy, events: Table[Any], hours: BusinessHours | None) -> Lazy:
    """Time while a case was not closed, where it has events; nothing while it is open."""
    moves = events.frame.select("case_id", nw.col("happened_at").alias("_start"), "state")
    moves = moves.with_columns(nw.col("_start").shift(-1).over("case_id", order_by="_start").alias("_end"))
    active = moves.filter(nw.col("state") != "closed", ~nw.col("_end").is_null())
    spent = _timed(active, hours).group_by("case_id").agg(nw.col("_spent").sum().alias("_active"))
    last = moves.filter(nw.col("_end").is_null()).select("case_id", nw.col("state").alias("_last"))
    joined = cases.join(last, on="case_id", how="left").join(spent, on="case_id", how="left")
    own = nw.when(nw.col("_last").is_null()).then(nw.col("_spent"))
    return joined.with_columns(nw.when(nw.col("_last") == "closed").then(nw.col("_active").fill_null(0)).otherwise(own).alias("_spent"))


def _summary(rows: Lazy, groups: tuple[str, ...], count: str) -> Lazy:
    spent = nw.col("_spent")
    right = rows.with_columns(
        nw.when(spent >= 0).then(spent.cast(nw.Float64) / _MICROSECONDS_AN_HOUR).alias("_hours"),
        one_where(spent < 0).alias("ends_before_start"),
    )
    hours = nw.col("_hours")
    named = right.select(*groups, hours, hours.alias("_half"), hours.alias("_most"), hours.alias("_count"), "ends_before_start")
    sums = summed(
        named,
        groups,
        hours.sum().alias("total_hours"),
        nw.col("_count").count().alias(count),
        nw.col("_half").median().alias("median_hours"),
        nw.col("_most").quantile(_NINE_TENTHS, "linear").alias("p90_hours"),
        nw.col("ends_before_start").sum(),
    )
    typed = sums.with_columns(nw.col(count, "ends_before_start").cast(nw.Int64))
    return typed.with_columns(ratio(nw.col("total_hours"), nw.col(count)).alias("mean_hours")).select(
        *groups, count, *_TIMES, "ends_before_start"
    )
