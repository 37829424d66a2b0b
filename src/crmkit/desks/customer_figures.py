"""What is known of each customer on a day, in one row: its own fields, its class, its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import polars as pl
    from narwhals.stable.v2.typing import IntoFrame

    from crmkit.entities import Party

_LISTS = ("roles", "categories", "tags")
_NOTHING_BOUGHT = ("revenue_this_year", "revenue_last_year", "revenue", "revenue_without_cost", "purchases")


def customer_figures(parties: Sequence[Party], sales: pl.LazyFrame, *, as_of: date) -> pl.LazyFrame:
    """Set the figures of the cards beside the parties; who bought nothing has a card of zeros."""
    import polars as pl  # noqa: PLC0415  # the table has it loaded

    from crmkit.facts import customers_from  # noqa: PLC0415  # it loads Narwhals
    from crmkit.history import customer_cards  # noqa: PLC0415  # it loads Narwhals

    sources = [None if party.source is None else party.source.category for party in parties]
    own = [
        pl.Series("kind", [party.kind for party in parties], dtype=pl.String),
        pl.Series("language", [party.language for party in parties], dtype=pl.String),
        pl.Series("source", sources, dtype=pl.String),
        pl.Series("abc_class", [party.effective_class for party in parties], dtype=pl.String),
    ]
    own += [pl.Series(name, [sorted(getattr(party, name)) for party in parties], dtype=pl.List(pl.String)) for name in _LISTS]
    rows = customers_from(parties).with_columns(own).lazy().join(customer_cards(sales, as_of=as_of), on="customer_id", how="left")
    days = (pl.lit(as_of) - pl.col("last_purchase_on")).dt.total_days().alias("days_since_purchase")
    return rows.with_columns(pl.col(_NOTHING_BOUGHT).fill_null(0), days).sort("customer_id", "currency")


def with_figures(customers: pl.LazyFrame, figures: IntoFrame) -> pl.LazyFrame:
    """Set further columns of any engine beside the customers; they win over those of the same name."""
    from crmkit._frames import Asked, opened  # noqa: PLC0415  # loads narwhals, which `import crmkit` must not

    (table,) = opened(Asked(figures, "figures", needs=("customer_id",)))
    further = table.frame.collect(backend="polars").to_native().lazy()
    replaced = [name for name in table.columns if name != "customer_id"]
    return customers.drop(replaced, strict=False).join(further, on="customer_id", how="left")
