"""Every reason says the same in German and in English, and as data."""

from __future__ import annotations

import string
from datetime import date, time

import pytest

from crmkit import days, months
from crmkit.errors import InvalidValueError
from crmkit.scheduling import Reason, reasons
from crmkit.scheduling.interval_texts import interval_text


def test_a_reason_speaks_both_languages() -> None:
    reason = Reason("frequency_passed", {"last_contact_on": date(2026, 1, 1), "frequency": months(3)})

    assert str(reason) == reason.text("en") == "last contact on 2026-01-01, more than 3 months ago"
    assert reason.text("de") == "letzter Kontakt am 01.01.2026, länger her als 3 Monate"
    assert reason.facts["frequency"] == months(3)


@pytest.mark.parametrize("code", reasons._TEXTS)  # noqa: SLF001  # no text may be forgotten
def test_both_languages_name_the_same_facts_or_fewer(code: str) -> None:
    english, german = ({name for _, name, _, _ in string.Formatter().parse(text) if name} for text in reasons._TEXTS[code])  # noqa: SLF001

    assert german == english


def test_an_unknown_reason_or_language_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="one of recall_due"):
        Reason("because")
    with pytest.raises(InvalidValueError, match="'de', 'en'"):
        Reason("inactive").text("fr")  # type: ignore[arg-type]


def test_one_day_is_a_day_and_two_are_days() -> None:
    assert [interval_text(days(count), language) for language in ("en", "de") for count in (1, 2)] == [
        "1 day",
        "2 days",
        "1 Tag",
        "2 Tage",
    ]


def test_text_and_time_show_as_they_are() -> None:
    assert Reason("excluded", {"because": "walk-in"}).text("de") == "ausgenommen: walk-in"
    assert "09:05" in str(Reason("recall_due_at", {"due_time": time(9, 5)}))
