"""Spans of time in words, German and English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from crmkit.periods import Interval

__all__ = ["Language", "interval_text"]

Language = Literal["de", "en"]


def interval_text(interval: Interval, language: Language = "en") -> str:
    """
    Say a span of time.

    >>> from crmkit.periods import Interval
    >>> interval_text(Interval(months=3)), interval_text(Interval(days=30), "de"), interval_text(Interval(months=1, days=1))
    ('3 months', '30 Tage', '1 month 1 day')
    """
    words = {"de": (("Monat", "Monate"), ("Tag", "Tage")), "en": (("month", "months"), ("day", "days"))}[language]
    counts = (interval.months, interval.days)
    return " ".join(f"{count} {word[count != 1]}" for count, word in zip(counts, words, strict=True) if count)
