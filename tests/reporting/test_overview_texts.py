from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from crmkit import weeks
from crmkit.errors import InvalidValueError
from crmkit.reporting import as_text, call_reason, sales_overview
from crmkit.reporting.words import WORDS, amount_text, share_text

AS_OF = date(2026, 3, 31)
LINES = pl.DataFrame(
    {
        "customer_id": ["A", "B", "C", None],
        "issued_on": [date(2026, 1, 1), date(2026, 3, 1), date(2024, 5, 1), date(2026, 3, 1)],
        "revenue": [Decimal("12345.5"), Decimal(900), Decimal(80), Decimal(-5)],
        "cost": [Decimal(13000), Decimal(400), None, None],
    }
)

ENGLISH = """\
Sales overview as of 2026-03-31

4 lines from 2024-05-01 to 2026-03-01
  Documents                              –
  Customers                              3
  Revenue                        13,320.50
  Gross profit                     -154.50
  Gross margin                      -1.2 %
  Revenue whose cost is unknown      75.00  0.6 %
  Lines without customer                 1  with a revenue of -5.00
  Lines of credit notes                  1  with a revenue of -5.00

Customers by class: by revenue down, by gross profit across
  By revenue  Profit A  Profit B  Profit C  Unknown  All  Loss    Revenue  Gross profit
  A                  0         0         1        0    1     1  12,345.50       -654.50
  B                  1         0         0        0    1     0     900.00        500.00
  C                  0         0         0        1    1     –      80.00             –
  All                1         0         1        1    3     1  13,325.50       -154.50

Customers who lose money: 1 of 3; the largest by revenue
  Customer  Revenue class  Profit class    Revenue  Gross profit  Last purchase
  A         A              C             12,345.50       -654.50  2026-01-01

Lost customers, no purchase since 2025-03-31: 1; the most valuable
  Customer  Revenue class  Profit class  Revenue  Gross profit  Last purchase
  C         C              –               80.00             –  2024-05-01

Whom to call: 1 of class A, 1 of class C
  Customer  Revenue  Gross profit  Why
  B          900.00        500.00  class A, to be called every 14 days; last purchase 2026-03-01, due for 15 days
  C           80.00             –  class C, to be called every 91 days; last purchase 2024-05-01, due for 607 days"""


def test_the_overview_is_printed_in_tables() -> None:
    text = as_text(sales_overview(LINES, as_of=AS_OF, call_every={"A": weeks(2), "C": weeks(13)}))

    assert text == ENGLISH


def test_german_words_come_with_german_numbers_and_days() -> None:
    text = as_text(sales_overview(LINES, as_of=AS_OF), language="de")

    assert "Umsatzübersicht, Stand 31.03.2026" in text
    assert "13.320,50" in text
    assert "-1,2 %" in text
    assert "01.05.2024" in text
    assert "Kunden mit Verlust: 1 von 3" in text


def test_without_any_cost_the_text_says_that_profit_is_unknown() -> None:
    text = as_text(sales_overview(LINES.drop("cost"), as_of=AS_OF))

    assert "unknown, for no cost is known" in text
    assert "Profit A" not in text


def test_each_currency_has_a_part_with_its_own_decimals() -> None:
    text = as_text(sales_overview(LINES.with_columns(currency=pl.Series(["EUR", "JPY", "JPY", None])), as_of=AS_OF))

    assert [line for line in text.splitlines() if line.startswith(("Currency", "Lines without a"))] == [
        "Currency JPY",
        "Currency EUR",
        "Lines without a currency",
    ]
    assert " 980 " in text.replace("\n", " ")


def test_lists_without_rows_have_a_title_only() -> None:
    text = as_text(sales_overview(LINES.filter(pl.col("customer_id") == "B"), as_of=date(2026, 3, 2)))

    assert "Customers who lose money: 0 of 1\n" in text
    assert text.endswith("Whom to call: nobody")


def test_an_overview_of_nothing_says_so() -> None:
    assert as_text(sales_overview(LINES.clear(), as_of=AS_OF)).endswith("No sales lines up to this day.")


def test_lines_that_are_left_out_are_mentioned() -> None:
    assert "Lines dated later, which are left out: 2" in as_text(sales_overview(LINES, as_of=date(2026, 2, 1)))


def test_who_only_got_credit_notes_is_mentioned_and_has_no_last_purchase() -> None:
    text = as_text(sales_overview(LINES.drop("cost").with_columns(-pl.col("revenue").abs()), as_of=AS_OF))

    assert "Customers with lines but no purchase: 3" in text
    assert text.rstrip().endswith("Whom to call: nobody")


def test_names_cannot_move_the_cursor_of_a_terminal_or_break_the_table() -> None:
    lines = LINES.with_columns(customer_id=pl.lit("\x1b[2J\n" + "x" * 200))

    text = as_text(sales_overview(lines, as_of=AS_OF))

    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) < 200


def test_a_reason_is_told_in_both_languages() -> None:
    (part,) = sales_overview(LINES, as_of=AS_OF).currencies

    assert call_reason(part.calls[0], language="de").startswith("Klasse C, Anruf alle 90 Tage; letzter Kauf 01.05.2024")


def test_another_language_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="language"):
        as_text(sales_overview(LINES, as_of=AS_OF), language="fr")  # type: ignore[arg-type]


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_name_the_same_facts(key: str) -> None:
    english, german = WORDS[key]

    assert sorted(part.split("}")[0] for part in english.split("{")[1:]) == sorted(part.split("}")[0] for part in german.split("{")[1:])


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("0.005", "EUR", "0.01"), ("-0.005", "EUR", "-0.01"), ("1.5", "JPY", "2"), ("1.2345", "KWD", "1.235")],
)
def test_printed_amounts_are_rounded_half_away_from_zero_to_the_minor_unit(amount: str, currency: str, expected: str) -> None:
    assert amount_text(Decimal(amount), "en", currency=currency) == expected


def test_what_is_undefined_is_a_dash() -> None:
    assert (amount_text(None, "de", currency=None), share_text(None, "en")) == ("–", "–")


@pytest.mark.parametrize(("language", "said"), [("en", "1 line on 2026-01-01"), ("de", "1 Zeile am 01.01.2026")])
def test_one_line_is_no_plural(language: Any, said: str) -> None:
    assert said in as_text(sales_overview(LINES.head(1), as_of=AS_OF), language=language).splitlines()
