"""
Call suggestions over a million contact plans, beside the same written by hand in Polars.

    python bench/contact_plans.py
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
from timing import milliseconds

from crmkit import days, months
from crmkit.scheduling import ContactPolicy, add_next_contact, call_suggestions

if TYPE_CHECKING:
    from collections.abc import Callable

ALLOWED = 1.2
ROUNDS = 9
PLANS = 1_000_000
AS_OF = date(2026, 6, 30)
POLICY = ContactPolicy(by_class={"A": days(30), "B": days(60)}, otherwise=months(6))


def plans() -> pl.DataFrame:
    """A million parties: some with a frequency of their own, some with a recall, some never contacted."""
    place = pl.int_range(PLANS)
    return pl.select(
        customer_id=place.cast(pl.String),
        abc_class=(place % 5).replace_strict({0: "A", 1: "B"}, default="C", return_dtype=pl.String),
        frequency_days=pl.when(place % 7 == 0).then(pl.lit(14, pl.Int64)),
        frequency_months=pl.when(place % 11 == 0).then(pl.lit(3, pl.Int64)),
        last_contact_on=pl.when(place % 13 != 0).then(pl.lit(AS_OF) - pl.duration(days=place % 400)),
        recall_on=pl.when(place % 17 == 0).then(pl.lit(AS_OF) + pl.duration(days=place % 60 - 30)),
        created_on=pl.lit(date(2024, 1, 1)),
        value=place % 100_000,
    )


def next_by_hand(frame: pl.LazyFrame) -> pl.LazyFrame:
    """The first day of each party, with the month arithmetic of Polars."""
    has_own = pl.col("frequency_days").is_not_null() | pl.col("frequency_months").is_not_null()
    own_months, own_days = pl.col("frequency_months").fill_null(0), pl.col("frequency_days").fill_null(0)
    of_class = pl.col("abc_class")
    gap_days = pl.when(has_own).then(own_days).when(of_class == "A").then(30).when(of_class == "B").then(60).otherwise(0)
    gap_months = pl.when(has_own).then(own_months).when(of_class.is_in(["A", "B"])).then(0).otherwise(6)
    written = pl.format("{}mo{}d", gap_months, gap_days + 1)
    last = pl.col("last_contact_on")
    return frame.with_columns(next_contact_on=pl.when(last.is_null()).then(pl.col("created_on")).otherwise(last.dt.offset_by(written)))


def suggestions_by_hand(frame: pl.LazyFrame) -> pl.LazyFrame:
    """The rows that are due, sorted."""
    recalled = pl.col("recall_on").is_not_null()
    due = next_by_hand(frame).with_columns(_due=pl.when(recalled).then("recall_on").otherwise("next_contact_on"), _recalled=recalled)
    listed = due.filter(pl.col("_due") <= AS_OF).with_columns(overdue_days=(pl.lit(AS_OF) - pl.col("_due")).dt.total_days())
    recall = pl.when(pl.col("overdue_days") > 0).then(pl.lit("recall_overdue")).otherwise(pl.lit("recall_due"))
    frequency = pl.when(pl.col("last_contact_on").is_null()).then(pl.lit("never_contacted")).otherwise(pl.lit("frequency_passed"))
    reason = pl.when("_recalled").then(recall).otherwise(frequency)
    order = ["_recalled", "overdue_days", "value", "customer_id"]
    done = listed.with_columns(reason=reason).sort(order, descending=[True, True, True, False], nulls_last=True)
    return done.drop("_due", "_recalled")


def main() -> int:
    """See that both find the same, then measure."""
    table = plans()
    ours = call_suggestions(table, as_of=AS_OF, policy=POLICY)
    hand = suggestions_by_hand(table.lazy()).collect().select(ours.columns)
    assert ours.with_columns(pl.col("overdue_days").cast(pl.Int64)).equals(hand.with_columns(pl.col("overdue_days").cast(pl.Int64)))
    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "add_next_contact": (lambda: add_next_contact(table, policy=POLICY), lambda: next_by_hand(table.lazy()).collect()),
        "call_suggestions": (
            lambda: call_suggestions(table, as_of=AS_OF, policy=POLICY),
            lambda: suggestions_by_hand(table.lazy()).collect(),
        ),
    }
    missed = False
    for name, (own, by_hand) in pairs.items():
        own_ms, hand_ms = milliseconds(own, by_hand, rounds=ROUNDS)
        missed |= own_ms > ALLOWED * hand_ms
        print(f"{name}: {own_ms:.0f} ms, by hand {hand_ms:.0f} ms, ratio {own_ms / hand_ms:.2f}, allowed {ALLOWED}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
