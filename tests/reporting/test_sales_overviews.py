from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pytest

from crmkit import days
from crmkit.errors import InvalidValueError, MissingColumnError
from crmkit.reporting import sales_overview
from crmkit.testing import sample_company

if TYPE_CHECKING:
    from crmkit.reporting import CurrencyOverview

AS_OF = date(2026, 3, 31)


def sales(*rows: tuple[str | None, date, str, str | None], **further: list[str | None]) -> pl.DataFrame:
    exact = pl.Decimal(28, 3)
    return pl.DataFrame(
        {
            "customer_id": [row[0] for row in rows],
            "issued_on": [row[1] for row in rows],
            "revenue": [Decimal(row[2]) for row in rows],
            "cost": [None if row[3] is None else Decimal(row[3]) for row in rows],
            **further,
        },
        schema_overrides={"customer_id": pl.String, "issued_on": pl.Date, "revenue": exact, "cost": exact},
    )


def told(*values: object) -> tuple[object, ...]:
    return values


def part(*rows: tuple[str | None, date, str, str | None], **further: list[str | None]) -> CurrencyOverview:
    (found,) = sales_overview(sales(*rows, **further), as_of=AS_OF).currencies
    return found


def test_totals_count_lines_without_customer_and_what_is_per_customer_does_not() -> None:
    found = part(("A", date(2026, 3, 1), "100", "60"), (None, date(2026, 3, 2), "50", "20"))

    assert told(found.totals.lines, found.totals.customers, found.totals.revenue, found.totals.gross_profit) == (2, 1, 150, 70)
    assert told(found.totals.lines_without_customer, found.totals.revenue_without_customer) == (1, 50)
    assert sum(cell.customers for cell in found.classes) == 1


def test_unknown_cost_is_not_zero() -> None:
    found = part(("A", date(2026, 3, 1), "100", "60"), ("A", date(2026, 3, 1), "100", None))

    assert told(found.totals.gross_profit, found.totals.gross_margin, found.totals.unknown_cost_rate) == (40, 0.4, 0.5)


def test_without_any_cost_profit_is_unknown_and_calls_go_by_revenue() -> None:
    lines = sales(("A", date(2026, 1, 1), "100", None)).drop("cost")

    (found,) = sales_overview(lines, as_of=AS_OF).currencies

    assert told(found.totals.gross_profit, found.totals.gross_margin, found.loss_makers) == (None, None, 0)
    assert [cell.by_profit for cell in found.classes] == [None]
    assert [(call.customer.customer_id, call.abc_class) for call in found.calls] == [("A", "A")]


def test_a_large_customer_who_loses_money_heads_the_list() -> None:
    found = part(("A", date(2026, 3, 1), "900", "950"), ("B", date(2026, 3, 1), "50", "55"), ("C", date(2026, 3, 1), "50", "10"))

    assert found.loss_makers == 2
    assert [(one.customer_id, one.by_revenue, one.by_profit) for one in found.largest_loss_makers] == [("A", "A", "C"), ("B", "B", "C")]


def test_currencies_are_never_added() -> None:
    rows = [("A", date(2026, 3, 1), "100", "60"), ("A", date(2026, 3, 1), "70", "80"), ("B", date(2026, 3, 1), "1", None)]

    overview = sales_overview(sales(*rows, currency=["EUR", "CHF", "CHF"]), as_of=AS_OF)

    assert [told(found.currency, found.totals.revenue, found.totals.gross_profit, found.loss_makers) for found in overview.currencies] == [
        ("CHF", 71, -10, 1),
        ("EUR", 100, 40, 0),
    ]


def test_a_customer_with_two_currencies_is_called_once_where_his_class_is_best() -> None:
    rows = [("A", date(2026, 1, 1), "100", "60"), ("A", date(2026, 1, 1), "1", "0"), ("B", date(2026, 1, 1), "99", "0")]

    overview = sales_overview(sales(*rows, currency=["EUR", "CHF", "CHF"]), as_of=AS_OF)

    assert {found.currency: [call.customer.customer_id for call in found.calls] for found in overview.currencies} == {
        "CHF": ["B"],
        "EUR": ["A"],
    }


@pytest.mark.parametrize(("last", "is_due"), [(date(2026, 2, 28), True), (date(2026, 3, 1), False), (date(2026, 3, 2), False)])
def test_a_customer_is_called_the_day_after_the_frequency_of_his_class_has_passed(last: date, is_due: bool) -> None:
    found = part(("A", last, "100", "60"))

    assert bool(found.calls) == is_due
    assert found.calls_due == {"A": int(is_due), "B": 0, "C": 0}


def test_a_call_says_since_when_it_is_due() -> None:
    (call,) = part(("A", date(2026, 2, 1), "100", "60")).calls

    assert (call.due_on, call.overdue_days, call.every, call.customer.last_purchase_on) == (
        date(2026, 3, 4),
        27,
        days(30),
        date(2026, 2, 1),
    )


def test_a_class_without_a_frequency_is_not_called() -> None:
    (found,) = sales_overview(sales(("A", date(2026, 1, 1), "100", "60")), as_of=AS_OF, call_every={"B": days(1)}).currencies

    assert told(found.calls, found.calls_due) == ((), {"B": 0})


@pytest.mark.parametrize(("last", "is_lost"), [(date(2025, 3, 30), True), (date(2025, 3, 31), False), (date(2025, 4, 1), False)])
def test_who_has_not_bought_for_twelve_months_is_lost(last: date, is_lost: bool) -> None:
    assert part(("A", last, "100", "60")).lost == int(is_lost)


@pytest.mark.parametrize(
    ("as_of", "since"),
    [(date(2024, 2, 28), date(2023, 2, 28)), (date(2024, 2, 29), date(2023, 2, 28)), (date(2024, 3, 1), date(2023, 3, 1))],
)
def test_twelve_months_before_a_leap_day_is_the_twenty_eighth(as_of: date, since: date) -> None:
    assert sales_overview(sales(), as_of=as_of).lost_since == since


def test_who_only_got_credit_notes_never_bought_and_is_not_called() -> None:
    found = part(("A", date(2025, 1, 1), "-100", None))

    assert told(found.lost, found.never_bought, found.calls) == (0, 1, ())
    assert told(found.totals.credit_note_lines, found.totals.credited) == (1, -100)


def test_lines_dated_after_the_day_are_counted_and_left_out() -> None:
    overview = sales_overview(sales(("A", AS_OF, "1", None), ("A", date(2026, 4, 1), "9", None)), as_of=AS_OF)

    assert told(overview.lines_after, overview.currencies[0].totals.revenue) == (1, 1)


def test_documents_are_counted_where_the_lines_name_them() -> None:
    rows = [("A", date(2026, 3, 1), "1", None), ("A", date(2026, 3, 1), "1", None), ("A", date(2026, 3, 2), "-1", None)]

    assert part(*rows, document_id=["R1", "R1", "G1"]).totals.documents == 2
    assert part(*rows, document_id=["R1", "R1", "G1"]).totals.credit_notes == 1
    assert part(*rows).totals.documents is None


def test_no_lines_are_an_overview_of_nothing() -> None:
    assert sales_overview(sales(), as_of=AS_OF).currencies == ()


def test_the_same_line_twice_counts_twice() -> None:
    assert part(*[("A", date(2026, 3, 1), "1", None)] * 2).totals.revenue == 2


def test_amounts_of_ten_to_the_eighteenth_add_up_exactly() -> None:
    found = part(*[("A", date(2026, 3, 1), f"{10**18}.001", str(10**18))] * 1000)

    assert told(found.totals.revenue, found.totals.gross_profit) == (Decimal(1000 * 10**18 + 1), Decimal(1))


def test_lists_are_as_long_as_asked_for() -> None:
    lines = sales(*[(f"C-{number}", date(2024, 1, 1), "1", "2") for number in range(5)])

    (found,) = sales_overview(lines, as_of=AS_OF, most=2).currencies

    assert (len(found.largest_loss_makers), found.loss_makers) == (2, 5)
    assert (len(found.most_valuable_lost), found.lost, len(found.calls), found.calls_due["C"]) == (2, 5, 2, 5)


def test_parties_give_names_and_say_who_is_switched_off() -> None:
    parties = pl.DataFrame(
        {"customer_id": ["A", "B"], "name": ["Müller", "Meier"], "created_on": [date(2020, 1, 1)] * 2, "active": [True, False]}
    )
    lines = sales(("A", date(2024, 1, 1), "1", None), ("B", date(2024, 1, 1), "1", None))

    (found,) = sales_overview(lines, as_of=AS_OF, customers=parties).currencies

    assert [customer.name for customer in found.most_valuable_lost] == ["Müller"]
    assert [call.customer.name for call in found.calls] == ["Müller"]


@pytest.mark.parametrize("convert", [pl.DataFrame.lazy, pl.DataFrame.to_arrow])
def test_other_engines_give_the_same_overview(convert: object) -> None:
    company = sample_company(seed=2, customers=20)
    lines = company.facts.sales()

    other = sales_overview(convert(lines), as_of=company.as_of)  # type: ignore[operator]

    assert other == sales_overview(lines, as_of=company.as_of)


def test_floats_of_pandas_give_figures_too() -> None:
    lines = pd.DataFrame({"customer_id": ["A"], "issued_on": pd.to_datetime(["2026-03-01"]), "revenue": [0.1], "cost": [float("nan")]})

    assert sales_overview(lines, as_of=AS_OF).currencies[0].totals.revenue == Decimal("0.1")


def test_a_cutoff_after_the_day_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="lost_since"):
        sales_overview(sales(), as_of=AS_OF, lost_since=date(2026, 4, 1))


def test_a_frame_without_revenue_is_refused() -> None:
    with pytest.raises(MissingColumnError, match="revenue"):
        sales_overview(sales().drop("revenue").with_columns(document_kind=pl.lit("invoice")), as_of=AS_OF)


def test_plain_data_has_exact_numbers_and_days_as_text() -> None:
    data: dict[str, Any] = sales_overview(sales(("A", date(2026, 1, 1), "1234.5", "1000")), as_of=AS_OF).as_dict()

    assert json.loads(json.dumps(data)) == data
    totals = data["currencies"][0]["totals"]
    assert (totals["revenue"], totals["last_on"]) == ("1234.50", "2026-01-01")
    assert totals["gross_margin"] == pytest.approx(0.18995544)
    assert data["call_every"] == {"A": {"days": 30}, "B": {"days": 60}, "C": {"days": 90}}


def test_the_overview_of_a_sample_company_tells_its_truth() -> None:
    company = sample_company(seed=3, customers=60)

    (found,) = sales_overview(
        company.facts.sales(), as_of=company.as_of, lost_since=company.lost_since, customers=company.facts.customers(), most=100
    ).currencies

    assert {customer.customer_id for customer in found.largest_loss_makers} == company.truth.loss_makers
    assert {customer.customer_id for customer in found.most_valuable_lost} == company.truth.lost
    assert {cell.by_profit for cell in found.classes if cell.loss_making} == {"C"}
