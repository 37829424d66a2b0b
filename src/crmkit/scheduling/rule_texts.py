"""Recurrence rules in words, German and English."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit.entities import Recurrence

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NAMES: Mapping[str, tuple[str, ...]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
}
_EVERY: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "en": {
        "DAILY": ("every day", "every {} days"),
        "WEEKLY": ("every week", "every {} weeks"),
        "MONTHLY": ("every month", "every {} months"),
        "YEARLY": ("every year", "every {} years"),
    },
    "de": {
        "DAILY": ("jeden Tag", "alle {} Tage"),
        "WEEKLY": ("jede Woche", "alle {} Wochen"),
        "MONTHLY": ("jeden Monat", "alle {} Monate"),
        "YEARLY": ("jedes Jahr", "alle {} Jahre"),
    },
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {"on": "on", "and": "and", "last": "last ", "day": "day {}", "rule": "by the rule {}"},
    "de": {"on": "am", "and": "und", "last": "letzten ", "day": "{}.", "rule": "nach der Regel {}"},
}
_IN_WORDS = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "COUNT", "UNTIL", "WKST"}


def rule_text(recurrence: Recurrence, language: Literal["de", "en"] = "en") -> str:
    """
    Say how often it comes; its end is left out, and a rule with more than weekdays and days of the month is named as it is.

    >>> from datetime import date
    >>> from crmkit.entities import Recurrence
    >>> mondays = Recurrence("FREQ=MONTHLY;BYDAY=1MO,-1FR", date(2026, 1, 1))
    >>> print(rule_text(mondays), rule_text(mondays, "de"), sep=" | ")
    every month on 1. Monday and last Friday | jeden Monat am 1. Montag und letzten Freitag
    """
    words = _WORDS[language]
    parts = dict(part.partition("=")[::2] for part in recurrence.rule.split(";"))
    on = [_weekday(text, language) for text in parts.get("BYDAY", "").split(",") if text]
    on += [_day_of_month(text, language) for text in parts.get("BYMONTHDAY", "").split(",") if text]
    if not parts.keys() <= _IN_WORDS or None in on:
        return words["rule"].format(recurrence.rule)
    once, several = _EVERY[language][parts["FREQ"]]
    count = int(parts.get("INTERVAL", "1"))
    every = once if count == 1 else several.format(count)
    named = f" {words['and']} ".join(filter(None, on))
    return f"{every} {words['on']} {named}" if on else every


def _weekday(text: str, language: str) -> str | None:
    found = re.fullmatch(r"([+-]?\d*)([A-Z]{2})", text)
    if found is None or found[2] not in _DAYS or (found[1].startswith("-") and found[1] != "-1"):
        return None
    name = _NAMES[language][_DAYS.index(found[2])]
    if not found[1]:
        return name
    return f"{_WORDS[language]['last']}{name}" if found[1] == "-1" else f"{int(found[1])}. {name}"


def _day_of_month(text: str, language: str) -> str | None:
    return _WORDS[language]["day"].format(text) if text.isdecimal() else None
