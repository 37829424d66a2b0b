"""The card of a customer: what to know before a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import narwhals.stable.v2 as nw

from crmkit._checks import check_date, check_text
from crmkit._frames import Asked, F, Table, day_literal, opened, plain_rows
from crmkit.errors import CurrencyMismatchError
from crmkit.history.card_figures import card_figures, figures_of, year_figures
from crmkit.history.card_values import CustomerCard, YearOfCard

if TYPE_CHECKING:
    from datetime import date

    from crmkit._frames import Lazy

__all__ = ["customer_card", "customer_cards"]


def customer_cards(sales: F, *, as_of: date) -> F:
    """
    Make the figures of every customer's card, up to a day.

    >>> from datetime import date
    >>> import polars as pl
    >>> days = [date(2025, 1, 1), date(2025, 1, 31), date(2026, 1, 10)]
    >>> sales = pl.DataFrame({"customer_id": ["C-1"] * 3, "issued_on": days, "revenue": [100, 50, 30]})
    >>> customer_cards(sales, as_of=date(2026, 1, 31)).select("revenue_this_year", "revenue_last_year", "purchases").rows()
    [(30, 150, 3)]

    Args:
        sales: Lines with `customer_id`, `issued_on` (Date), `revenue` (amount); `cost` and `variable_cost` (amounts) and the columns that
            tell what a purchase is (`document_id`, `document_kind`, `reverses_document_id`) are used where they are.
        as_of: Today; what is dated later is not known yet.

    Returns:
        One row for each customer and currency, in no particular order: `customer_id`, `currency` where there is one, and the figures of
        `CustomerCard` under their names: amounts in the frame's own numeric type (gross profit null where no cost is known;
        `contribution_margin` only where the frame has `variable_cost`), `gross_margin` and `rhythm_days` Float64, `purchases` and
        `overdue_days` counts, `first_purchase_on` and `last_purchase_on` Date.

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    table = _known(sales, as_of)
    return table.back(card_figures(table, as_of))


def customer_card(sales: F, *, customer_id: str, as_of: date) -> CustomerCard:
    """
    Make the card of one customer; a lazy frame is computed.

    >>> from datetime import date
    >>> import polars as pl
    >>> sales = pl.DataFrame({"customer_id": ["C-1"], "issued_on": [date(2026, 1, 10)], "revenue": [30], "cost": [20]})
    >>> card = customer_card(sales, customer_id="C-1", as_of=date(2026, 1, 31))
    >>> card.gross_profit, card.yearly[2026].revenue, card
    (10, 30, CustomerCard(customer_id='C-1', as_of=datetime.date(2026, 1, 31)))

    Args:
        sales: As for `customer_cards`.
        customer_id: Whose card; a customer without sales has a card of zeros.
        as_of: Today.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        CurrencyMismatchError: For a customer with sales in two currencies; filter the frame on one of them.
    """
    check_text("customer_id", customer_id)
    table = _known(sales, as_of)
    own = attrs.evolve(table, frame=table.frame.filter(nw.col("customer_id").cast(nw.String) == customer_id))
    found = _rows(card_figures(own, as_of))
    if not found:
        return CustomerCard(customer_id=customer_id, as_of=as_of)
    if len(found) > 1:
        left, right, *_ = sorted(str(row["currency"]) for row in found)
        raise CurrencyMismatchError(left, right)
    figures = {name: found[0][name] for name in figures_of(own)}
    figures.setdefault("contribution_margin", figures["gross_profit"])
    yearly = {int(row["_year"]): YearOfCard(revenue=row["revenue"], gross_profit=row["gross_profit"]) for row in _rows(year_figures(own))}
    currency = found[0].get("currency")
    return CustomerCard(customer_id=customer_id, as_of=as_of, currency=currency, yearly=dict(sorted(yearly.items())), **figures)


def _known(sales: F, as_of: date) -> Table[F]:
    """What is known on a day of those who are known."""
    needs = ("customer_id", "issued_on")
    (table,) = opened(Asked(sales, "sales", needs=needs, amounts=("revenue",), optional_amounts=("cost", "variable_cost")))
    today = day_literal(check_date("as_of", as_of))
    return attrs.evolve(table, frame=table.frame.filter(~nw.col("customer_id").is_null(), nw.col("issued_on") <= today))


def _rows(frame: Lazy) -> list[dict[str, Any]]:
    return list(plain_rows(frame.collect()))
