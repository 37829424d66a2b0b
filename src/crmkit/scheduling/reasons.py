"""Why a party is on a list or not: in words, German and English, and the same as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Literal, TypeAlias

import attrs

from crmkit._checks import check_choice, refused
from crmkit.entities import Recurrence
from crmkit.entities._fields import FrozenMapping
from crmkit.periods import Interval
from crmkit.scheduling.rule_texts import rule_text

Language = Literal["de", "en"]
ReasonFact: TypeAlias = str | int | date | time | Interval | Recurrence

_TEXTS: Mapping[str, tuple[str, str]] = {
    "recall_due": ("recall today", "Wiederanruf heute"),
    "recall_due_at": ("recall today at {due_time}", "Wiederanruf heute um {due_time}"),
    "recall_overdue": ("recall was due on {due_on}", "Wiederanruf war fällig am {due_on}"),
    "recall_planned": ("recall is planned for {due_on}", "Wiederanruf ist geplant für {due_on}"),
    "never_contacted": ("never contacted, although to be contacted every {frequency}", "noch nie kontaktiert, Kontaktfrequenz {frequency}"),
    "frequency_passed": (
        "last contact on {last_contact_on}, more than {frequency} ago",
        "letzter Kontakt am {last_contact_on}, länger her als {frequency}",
    ),
    "contacted_recently": (
        "last contact on {last_contact_on}, next on {next_contact_on}",
        "letzter Kontakt am {last_contact_on}, nächster am {next_contact_on}",
    ),
    "not_before": ("not to be contacted before {next_contact_on}", "nicht vor dem {next_contact_on} zu kontaktieren"),
    "series_due": ("to be contacted on {series_on}: {frequency}", "am {series_on} zu kontaktieren: {frequency}"),
    "quiet_time": ("wishes no contact up to {up_to}", "wünscht keinen Kontakt bis {up_to}"),
    "holiday": ("{on} is a holiday", "{on} ist ein Feiertag"),
    "not_this_weekday": ("cannot be reached on this weekday ({on})", "an diesem Wochentag ({on}) nicht erreichbar"),
    "outside_hours": (
        "to be reached on this day from {start} to {end}, there it is {local_time}",
        "an diesem Tag erreichbar von {start} bis {end}, dort ist es {local_time}",
    ),
    "plan_ended": ("the contact plan ended on {ends_on}", "Kontaktplan endete am {ends_on}"),
    "no_frequency": ("no contact frequency is set", "keine Kontaktfrequenz hinterlegt"),
    "inactive": ("switched off", "nicht aktiv"),
    "excluded": ("excluded: {because}", "ausgenommen: {because}"),
}


@attrs.frozen
class Reason:
    """
    Why something is listed or left out.

    Attributes:
        code: The reason as data, for example "recall_overdue"; an open list.
        facts: The values that its text names.

    >>> reason = Reason("recall_overdue", {"due_on": date(2026, 1, 31)})
    >>> print(reason, reason.text("de"), sep=" | ")
    recall was due on 2026-01-31 | Wiederanruf war fällig am 31.01.2026
    """

    code: str
    facts: Mapping[str, ReasonFact] = attrs.field(factory=dict, converter=FrozenMapping[str, ReasonFact])

    def __attrs_post_init__(self) -> None:
        """Refuse a code without a text."""
        if self.code not in _TEXTS:
            raise refused("code", self.code, "one of " + ", ".join(_TEXTS))

    def text(self, language: Language = "en") -> str:
        """Say it in German or English."""
        check_choice("language", language, Language)
        return _TEXTS[self.code][language == "de"].format(**{name: _shown(value, language) for name, value in self.facts.items()})

    def __str__(self) -> str:
        """Say it in English."""
        return self.text()


def _shown(value: ReasonFact, language: Language) -> str:
    match value:
        case date():
            return value.strftime("%d.%m.%Y") if language == "de" else value.isoformat()
        case time():
            return value.strftime("%H:%M")
        case Interval():
            return interval_text(value, language)
        case Recurrence():
            return rule_text(value, language)
        case _:
            return str(value)


def interval_text(interval: Interval, language: Language = "en") -> str:
    """
    Say a span of time.

    >>> interval_text(Interval(months=3)), interval_text(Interval(days=30), "de"), interval_text(Interval(months=1, days=1))
    ('3 months', '30 Tage', '1 month 1 day')
    """
    words = {"de": (("Monat", "Monate"), ("Tag", "Tage")), "en": (("month", "months"), ("day", "days"))}[language]
    counts = (interval.months, interval.days)
    return " ".join(f"{count} {word[count != 1]}" for count, word in zip(counts, words, strict=True) if count)
