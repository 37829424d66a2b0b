"""Leads, what they cost and what campaigns brought, by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._frames import Asked, F, check_currencies_meet, in_each_currency, one_where, opened, ratio, stacked, summed
from crmkit.facts.purchases import purchases

if TYPE_CHECKING:
    from crmkit._frames import Lazy, Table
    from crmkit.periods import Period

__all__ = ["campaign_report", "cost_per_lead_by", "leads_by"]

_LEADS = ("leads", "converted", "conversion_rate")
_COSTS = ("spend", "leads", "cost_per_lead", "customers", "cost_per_customer")
_REPORT = (
    *("spend", "leads", "customers", "orders", "revenue", "revenue_without_cost", "gross_profit"),
    *("roi", "conversion_rate"),
)


def leads_by(leads: F, *by: str, period: Period | None = None) -> F:
    """
    New leads, and how many of them became customers.

    Definition: leads created in the period; converted = those of them that have become customers since, which are buyers in the tables of
        a store; conversion_rate = converted / leads. The rate of young leads will still rise.
    Unit: counts and a ratio (Float64).
    Undefined when: there are no leads: null.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 9 ("Cost per Customer Acquired").

    >>> import polars as pl
    >>> from datetime import date
    >>> leads = pl.DataFrame({"source": ["fair", "fair", "web"], "converted_on": [date(2026, 2, 1), None, None]})
    >>> leads_by(leads, "source").sort("source").rows()
    [('fair', 2, 1, 0.5), ('web', 1, 0, 0.0)]

    Args:
        leads: With `converted_on` (Date), the columns of *by*, and `created_on` (Date) where a period is given.
        by: Columns that make a group, for example "source".
        period: Only leads created in it.

    Returns:
        The columns of *by*, `leads`, `converted` (Int64) and `conversion_rate` (Float64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    (table,) = opened(Asked(leads, "leads", needs=("converted_on",)))
    groups = table.groups(by, made=_LEADS)
    new = table.within(period, on="created_on").frame
    counted = new.with_columns(_one().alias("leads"), one_where(~nw.col("converted_on").is_null()).alias("converted"))
    sums = summed(counted, groups, nw.col("leads", "converted").sum()).with_columns(nw.col("leads", "converted").cast(nw.Int64))
    return table.back(sums.with_columns(ratio(nw.col("converted"), nw.col("leads")).alias("conversion_rate")).select(*groups, *_LEADS))


def cost_per_lead_by(leads: F, spend: F, *by: str, period: Period | None = None) -> F:
    """
    What leads and customers cost.

    Definition: cost_per_lead = spend / leads created in the period; cost_per_customer = spend / leads that became customers in it, whenever
        they were created.
    Unit: amounts per lead and per customer (Float64); spend in the frame's own numeric type.
    Undefined when: there are no leads, or no new customers: null, never 0.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 9 ("Cost per Customer Acquired").

    >>> import polars as pl
    >>> from datetime import date
    >>> leads = pl.DataFrame({"source": ["fair", "fair"], "created_on": [date(2026, 1, 5)] * 2, "converted_on": [date(2026, 2, 1), None]})
    >>> spend = pl.DataFrame({"source": ["fair", "web"], "spent_on": [date(2026, 1, 2)] * 2, "amount": [800, 50]})
    >>> cost_per_lead_by(leads, spend, "source").sort("source").rows()
    [('fair', 800, 2, 400.0, 1, 800.0), ('web', 50, 0, None, 0, None)]

    Args:
        leads: With `created_on`, `converted_on` (Date) and the columns of *by*.
        spend: With `amount`, the columns of *by*, and `spent_on` (Date) where a period is given.
        by: Columns of both frames that make a group, for example "source" or "campaign_id".
        period: Only what was spent, created or converted in it.

    Returns:
        The columns of *by*, `currency` where spend has one, `spend`, `leads` (Int64), `cost_per_lead` (Float64), `customers` (Int64) and
        `cost_per_customer` (Float64). Leads stand beside each currency.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
    """
    found, paid = opened(Asked(leads, "leads", needs=("created_on", "converted_on")), Asked(spend, "spend", amounts=("amount",)))
    found.groups(by)
    groups = paid.groups(by, made=_COSTS)
    costs = paid.within(period, on="spent_on").frame.select(*groups, paid.amount("amount").alias("spend"))
    new = found.within(period, on="created_on").frame.with_columns(_one().alias("leads"))
    won = found.within(period, on="converted_on").frame.filter(~nw.col("converted_on").is_null()).with_columns(_one().alias("customers"))
    counts = stacked([new, won], by, {"leads": nw.Int64(), "customers": nw.Int64()})
    columns = {"spend": _dtype(paid, "amount"), "leads": nw.Int64(), "customers": nw.Int64()}
    sums = stacked([costs, in_each_currency(counts, costs)], groups, columns)
    each = {"cost_per_lead": "leads", "cost_per_customer": "customers"}
    return paid.back(
        sums.with_columns(ratio(nw.col("spend"), nw.col(of)).alias(name) for name, of in each.items()).select(*groups, *_COSTS)
    )


def campaign_report(leads: F, sales: F, spend: F, *by: str, period: Period | None = None) -> F:
    """
    What each campaign, or each source, cost and brought.

    Definition: the leads created in the period, by their own campaign; everything that those customers bought from the day on which they
        became a lead counts for the campaign of their first lead. So it is for any other columns of leads. orders are purchases, customers
        are buyers; roi = (gross profit − spend) / spend; conversion_rate = customers / leads. Spend counts once, whatever was won.
    Unit: counts; amounts in the frames' own numeric types; ratios (Float64).
    Undefined when: roi where nothing was spent or no cost of what was sold is known, conversion_rate where there are no leads: null.
    Source: Farris, Bendle, Pfeifer, Reibstein, "Marketing Metrics", 3rd ed., Pearson 2015, chapter 10 ("Return on Marketing Investment").

    >>> import polars as pl
    >>> from datetime import date
    >>> day = date(2026, 1, 5)
    >>> leads = pl.DataFrame({"customer_id": ["C-1", "C-2"], "created_on": [day] * 2, "campaign_id": ["K-1"] * 2})
    >>> sales = pl.DataFrame({"customer_id": ["C-1"], "issued_on": [date(2026, 2, 1)], "revenue": [900], "cost": [300]})
    >>> spend = pl.DataFrame({"campaign_id": ["K-1"], "spent_on": [day], "amount": [200]})
    >>> campaign_report(leads, sales, spend).select("leads", "customers", "gross_profit", "roi", "conversion_rate").rows()
    [(2, 1, 600, 2.0, 0.5)]

    Args:
        leads: With `customer_id`, `created_on` (Date) and the columns of *by*.
        sales: Lines with `customer_id`, `issued_on` (Date), `revenue` and `cost`; `document_id`, `document_kind`, `document_subtype` and
            `reverses_document_id` are used where they are.
        spend: With `amount`, the columns of *by* that it has (what it does not tell is null), and `spent_on` (Date) where a period is
            given; a `currency` where sales have one.
        by: What to group by; `campaign_id` when nothing is named. For example `source`, `source_detail`.
        period: Only leads created, and what was spent, in it; their sales count whenever they were.

    Returns:
        The columns of *by*, `currency` where there is one, `spend`, `leads`, `customers`, `orders` (Int64), `revenue`,
        `revenue_without_cost`, `gross_profit`, `roi` and `conversion_rate` (Float64); null is what came without one.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
        InvalidValueError: When only one of sales and spend has a currency.
    """
    asked = by or ("campaign_id",)
    found, sold, paid = opened(
        Asked(leads, "leads", needs=("customer_id", "created_on", *asked)),
        Asked(sales, "sales", needs=("customer_id", "issued_on"), amounts=("revenue", "cost")),
        Asked(spend, "spend", amounts=("amount",)),
    )
    check_currencies_meet(sold, paid)
    found.groups(asked, made=(*_REPORT, "customer_id", "created_on"))
    groups = tuple(dict.fromkeys((*asked, *sold.currency)))
    firsts = _first_leads(found, asked, period)
    told = [nw.col(name) if name in paid.dtypes else nw.lit(None, dtype=found.dtypes[name]).alias(name) for name in asked]
    costs = paid.within(period, on="spent_on").frame.select(*told, *paid.currency, paid.amount("amount").alias("spend"))
    lines = _of_leads(
        sold.frame.select(*dict.fromkeys(("customer_id", "issued_on", *sold.currency)), sold.amount("revenue"), sold.amount("cost")),
        firsts,
        "issued_on",
    )
    known = ~nw.col("revenue").is_null() & ~nw.col("cost").is_null()
    lines = lines.with_columns(
        nw.when(known).then(nw.col("revenue")).alias("_known"),
        nw.when(known).then(nw.col("cost")).alias("cost"),
        one_where(known).alias("_costed"),
        _one().alias("_lines"),
    )
    bought = _of_leads(purchases(sold, as_of=None), firsts, "purchased_on").with_columns(_one().alias("orders"))
    buyers = bought.select("customer_id", *groups).unique().with_columns(_one().alias("customers"))
    new = summed(found.within(period, on="created_on").frame.with_columns(_one().alias("leads")), asked, nw.col("leads").sum())
    counts = {name: nw.Int64() for name in ("leads", "customers", "orders", "_costed", "_lines")}
    amounts = {
        "spend": _dtype(paid, "amount"),
        "revenue": _dtype(sold, "revenue"),
        "_known": _dtype(sold, "revenue"),
        "cost": _dtype(sold, "cost"),
    }
    beside = nw.concat([costs.select(*sold.currency), lines.select(*sold.currency)]) if sold.currency else costs
    parts = [costs, lines.drop("issued_on", "created_on"), bought, buyers, in_each_currency(new, beside)]
    sums = stacked(parts, groups, {**counts, **amounts})
    return sold.back(_with_return(sold, sums).select(*groups, *_REPORT))


def _with_return(sold: Table[Any], sums: Lazy) -> Lazy:
    """Gross profit over what has a cost; nothing sold is a profit of 0."""
    known = (nw.col("_costed") > 0) | (nw.col("_lines") == 0)
    profit = sold.total(nw.col("_known") - nw.col("cost"), "revenue", "cost")
    made = sums.with_columns(
        nw.when(known).then(profit).alias("gross_profit"),
        sold.total(nw.col("revenue") - nw.col("_known"), "revenue").alias("revenue_without_cost"),
        ratio(nw.col("customers"), nw.col("leads")).alias("conversion_rate"),
    )
    gain, cost = nw.col("gross_profit").cast(nw.Float64), nw.col("spend").cast(nw.Float64)
    return made.with_columns(nw.when(cost > 0).then((gain - cost) / cost).alias("roi"))


def _first_leads(leads: Table[Any], by: tuple[str, ...], period: Period | None) -> Lazy:
    """The first lead of each customer, if it is of the period: the first touch is never overwritten; of one day the first by name."""
    name = nw.concat_str([nw.col(one).cast(nw.String).fill_null("") for one in by], separator="\x1f")
    named = leads.frame.filter(~nw.col("customer_id").is_null()).select("customer_id", "created_on", *by, name.alias("_name"))
    first = named.group_by("customer_id").agg(nw.col("created_on").min())
    both = named.join(first, on=["customer_id", "created_on"], how="inner")
    least = both.group_by("customer_id", "created_on").agg(nw.col("_name").min())
    one = both.join(least, on=["customer_id", "created_on", "_name"], how="inner").drop("_name").unique()
    return one if period is None else one.filter(nw.col("created_on") >= period.start, nw.col("created_on") < period.end)


def _of_leads(rows: Lazy, firsts: Lazy, on: str) -> Lazy:
    """Rows of customers who were leads by then, with their campaign."""
    return (
        rows.filter(~nw.col("customer_id").is_null()).join(firsts, on="customer_id", how="inner").filter(nw.col(on) >= nw.col("created_on"))
    )


def _one() -> nw.Expr:
    return nw.lit(1).cast(nw.Int64)


def _dtype(table: Table[Any], name: str) -> Any:  # noqa: ANN401
    return table.total_dtype(name) or nw.Float64()
