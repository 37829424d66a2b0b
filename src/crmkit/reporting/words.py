"""The words of printed overviews, English and German, and how both languages write numbers, days and shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.money import minor_digits, rounded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from crmkit.scheduling import Language

_GERMAN = str.maketrans(",.", ".,")
_UNKNOWN = "–"

WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Sales overview as of {day}", "Umsatzübersicht, Stand {day}"),
    "nothing": ("No sales lines up to this day.", "Keine Umsatzzeilen bis zu diesem Tag."),
    "lines_after": ("Lines dated later, which are left out: {count}", "Später datierte Zeilen, die außen vor bleiben: {count}"),
    "line": ("1 line on {first}", "1 Zeile am {first}"),
    "lines": ("{count} lines from {first} to {last}", "{count} Zeilen vom {first} bis {last}"),
    "currency": ("Currency {code}", "Währung {code}"),
    "no_currency": ("Lines without a currency", "Zeilen ohne Währung"),
    "documents": ("Documents", "Belege"),
    "customers": ("Customers", "Kunden"),
    "revenue": ("Revenue", "Umsatz"),
    "gross_profit": ("Gross profit", "Rohertrag"),
    "gross_margin": ("Gross margin", "Rohertrag in % vom Umsatz"),
    "unknown_cost": ("Revenue whose cost is unknown", "Umsatz ohne bekannten Einstand"),
    "without_customer": ("Lines without customer", "Zeilen ohne Kunde"),
    "credit_notes": ("Credit notes", "Gutschriften"),
    "credit_note_lines": ("Lines of credit notes", "Gutschriftzeilen"),
    "with_revenue_of": ("with a revenue of {amount}", "mit einem Umsatz von {amount}"),
    "classes": (
        "Customers by class: by revenue down, by gross profit across",
        "Kunden nach Klassen: nach Umsatz untereinander, nach Rohertrag nebeneinander",
    ),
    "by_revenue": ("By revenue", "Nach Umsatz"),
    "by_profit": ("Profit {name}", "Ertrag {name}"),
    "profit_unknown": ("Unknown", "Unbekannt"),
    "losing": ("Loss", "Verlust"),
    "all": ("All", "Alle"),
    "loss_makers": (
        "Customers who lose money: {count} of {all}; the largest by revenue",
        "Kunden mit Verlust: {count} von {all}; die größten nach Umsatz",
    ),
    "cost_unknown": (
        "Customers who lose money: unknown, for no cost is known",
        "Kunden mit Verlust: unbekannt, weil kein Einstand bekannt ist",
    ),
    "lost": (
        "Lost customers, no purchase since {day}: {count}; the most valuable",
        "Verlorene Kunden, kein Kauf seit {day}: {count}; die wertvollsten",
    ),
    "never_bought": ("Customers with lines but no purchase: {count}", "Kunden mit Zeilen, aber ohne Kauf: {count}"),
    "calls": ("Whom to call: {counts}", "Wen anrufen: {counts}"),
    "calls_of_class": ("{count} of class {name}", "{count} der Klasse {name}"),
    "nobody": ("nobody", "niemanden"),
    "customer": ("Customer", "Kunde"),
    "class_revenue": ("Revenue class", "Umsatzklasse"),
    "class_profit": ("Profit class", "Ertragsklasse"),
    "last_purchase": ("Last purchase", "Letzter Kauf"),
    "why": ("Why", "Warum"),
    "reason": (
        "class {name}, to be called every {every}; last purchase {day}, due for {overdue} days",
        "Klasse {name}, Anruf alle {every}; letzter Kauf {day}, fällig seit {overdue} Tagen",
    ),
}


def say(key: str, language: Language, **facts: object) -> str:
    """Say it in one of the languages."""
    return WORDS[key][language == "de"].format(**facts)


def amount_text(amount: Decimal | None, language: Language, *, currency: str | None) -> str:
    """
    Write an amount with the decimals of its currency, two where it has no name.

    >>> from decimal import Decimal
    >>> amount_text(Decimal("1234.5"), "en", currency="EUR"), amount_text(Decimal("-1234.5"), "de", currency=None)
    ('1,234.50', '-1.234,50')
    """
    if amount is None:
        return _UNKNOWN
    return _localised(f"{rounded(amount, minor_digits(currency or '')):,f}", language)


def count_text(count: int | None, language: Language) -> str:
    """Write a count with groups of thousands."""
    return _UNKNOWN if count is None else _localised(f"{count:,}", language)


def share_text(share: float | None, language: Language) -> str:
    """
    Write a share in percent; this is the only place where there are percents.

    >>> share_text(0.0062, "de")
    '0,6 %'
    """
    return _UNKNOWN if share is None else _localised(f"{share * 100:,.1f} %", language)


def day_text(day: date | None, language: Language) -> str:
    """Write a day."""
    if day is None:
        return _UNKNOWN
    return day.strftime("%d.%m.%Y") if language == "de" else day.isoformat()


def _localised(number: str, language: Language) -> str:
    return number.translate(_GERMAN) if language == "de" else number
