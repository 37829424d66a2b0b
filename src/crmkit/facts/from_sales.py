"""The tables of leads and conversions from entities: who came in and when he bought, and what touches are held against."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import narwhals.stable.v2 as nw

from crmkit._checks import check_each, check_kind, check_zone
from crmkit._frames import Asked, opened
from crmkit.entities import Document, Party, PartyChange
from crmkit.facts.from_entities import frame, loaded_polars, sales_from
from crmkit.facts.purchases import purchases

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

__all__ = ["conversions_from", "conversions_of", "leads_from", "leads_of"]


def leads_from(parties: Iterable[Party], changes: Iterable[PartyChange] = (), documents: Iterable[Document] = ()) -> pl.DataFrame:
    """
    Make the table of leads: one row for each party that is a lead, or was one as its changes of role tell. Merged ones are left out.

    A lead is converted when it buys, since every figure about customers counts buyers; that it was quoted, or declared a customer, is not
    enough. The campaign is the one that its source names.

    >>> from crmkit.entities import Line, Source
    >>> lead = Party(id="C-17", name="Müller", created_on=date(2026, 1, 5), source=Source(category="fair"))
    >>> line = Line(item_id="I-1", quantity=1, unit_price=5)
    >>> invoice = Document(id="R-1", kind="invoice", party_id="C-17", issued_on=date(2026, 2, 1), lines=[line])
    >>> leads_from([lead], (), [invoice]).select("customer_id", "source", "converted_on").rows()
    [('C-17', 'fair', datetime.date(2026, 2, 1))]

    Args:
        parties: Of any role.
        changes: What changed of them; without these only those are leads that are so now.
        documents: Of any kind; the invoices and credit notes among them tell who bought.

    Returns:
        The columns of `leads` without `created_at`: `converted_on` is the day of the first purchase (an invoice above zero that is not
        wholly reversed), `salesperson_id` the owner; and `customer_on` (Date), the first day with the role customer where that is known.

    Raises:
        InvalidValueError: As `sales_from`.
        MissingExtraError: Without Polars.
    """
    return leads_of(parties, changes, sales_from(documents).lazy())


def leads_of(parties: Iterable[Party], changes: Iterable[PartyChange], sales: pl.LazyFrame) -> pl.DataFrame:
    """Make the table of leads, as `leads_from`, where the table of sales is there already."""
    polars = loaded_polars()
    roles = [one for one in check_each("changes", changes, lambda name, item: check_kind(name, item, PartyChange)) if one.field == "role"]
    were_leads = {one.party_id for one in roles if "lead" in (one.before, one.after)}
    since: dict[str, date] = {}
    for one in roles:
        if one.after == "customer":
            since[one.party_id] = min(one.changed_on, since.get(one.party_id, one.changed_on))
    given = check_each("parties", parties, lambda name, item: check_kind(name, item, Party))
    kept = [party for party in given if party.merged_into is None and ("lead" in party.roles or party.id in were_leads)]
    bought, sources = _first_purchases(sales), [party.source for party in kept]
    text, day = polars.String, polars.Date
    return frame(
        polars,
        {
            "created_on": ([party.created_on for party in kept], day),
            "customer_id": ([party.id for party in kept], text),
            "converted_on": ([bought.get(party.id) for party in kept], day),
            "source": ([source and source.category for source in sources], text),
            "source_detail": ([source and source.detail for source in sources], text),
            "campaign_id": ([source and source.campaign_id for source in sources], text),
            "salesperson_id": ([party.owner_id for party in kept], text),
            "region": ([party.region for party in kept], text),
            "customer_on": ([since.get(party.id) for party in kept], day),
        },
    )


def conversions_from(documents: Iterable[Document], *, zone: str = "UTC") -> pl.DataFrame:
    """
    Make the table of conversions from documents: one row for each invoice, and for each credit note, which takes back from its invoice.

    A document knows its day only: it happened at the last moment of that day in *zone*, so that touches of the same day come before it.
    A down-payment is no conversion; the final invoice is one with all of its amount.

    >>> from crmkit.entities import Line
    >>> sold = dict(party_id="C-17", lines=[Line(item_id="I-1", quantity=1, unit_price=100)])
    >>> invoice = Document(id="R-1", kind="invoice", issued_on=date(2026, 1, 31), **sold)
    >>> back = Document(id="G-1", kind="credit_note", issued_on=date(2026, 2, 2), predecessor_id="R-1", **sold)
    >>> conversions_from([invoice, back]).select("conversion_id", "happened_on", "amount").rows()
    [('R-1', datetime.date(2026, 1, 31), Decimal('100.000')), ('R-1', datetime.date(2026, 2, 2), Decimal('-100.000'))]

    Args:
        documents: Of any kind; the invoices and credit notes among them count.
        zone: Time zone of the business.

    Returns:
        The columns of `conversions`, and `document_id`: the conversion is the invoice, that of a credit note the one that it names. The
        amount is net revenue, Decimal(28, 3); moments in UTC. Sorted by day and document.

    Raises:
        InvalidValueError: As `sales_from`, and for an unknown zone.
        MissingExtraError: Without Polars.
    """
    return conversions_of(sales_from(documents).lazy(), zone=zone)


def conversions_of(sales: pl.LazyFrame, *, zone: str) -> pl.DataFrame:
    """Make the table of conversions, as `conversions_from`, where the table of sales is there already."""
    polars, where = loaded_polars(), ZoneInfo(check_zone("zone", zone))
    col, paid_down = polars.col, (polars.col("document_subtype") == "down_payment").fill_null(value=False)
    lines = sales.with_columns(polars.coalesce("reverses_document_id", "document_id").alias("conversion_id"))
    only_down = lines.group_by("document_id").agg(paid_down.all().alias("_down")).filter("_down").select("document_id")
    rows = (
        lines.join(only_down, left_on="conversion_id", right_on="document_id", how="anti")
        .filter(~paid_down)
        .group_by("conversion_id", "customer_id", col("issued_on").alias("happened_on"), "currency", "document_id")
        .agg(col("revenue").sum().cast(polars.Decimal(28, 3)).alias("amount"))
        .sort("happened_on", "document_id")
        .collect()
    )
    days = rows.get_column("happened_on").unique()
    ends = frame(
        polars,
        {
            "happened_on": (days.to_list(), polars.Date),
            "happened_at": ([_end_of(day, where) for day in days], polars.Datetime("us", "UTC")),
        },
    )
    columns = ("conversion_id", "customer_id", "happened_at", "happened_on", "amount", "currency", "document_id")
    return rows.join(ends, on="happened_on", how="left", maintain_order="left").select(*columns)


def _first_purchases(sales: pl.LazyFrame) -> dict[str, date]:
    """The day on which each buyer bought for the first time."""
    (table,) = opened(Asked(sales, "sales", needs=("customer_id", "issued_on"), amounts=("revenue",)))
    firsts = purchases(table, as_of=None).group_by("customer_id").agg(nw.col("purchased_on").min())
    return dict(table.back(firsts.select("customer_id", "purchased_on")).collect().iter_rows())


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(UTC) - timedelta(microseconds=1)
