"""What is bought together, what comes next, and what to offer a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmkit._checks import check_int, check_text
from crmkit._frames import Asked, F, day_number, one_where, opened, ratio

if TYPE_CHECKING:
    from crmkit._frames import Lazy, Table

__all__ = ["next_items", "pairs", "upgrade_paths"]

_PAIR = ("item", "other", "baskets", "both", "support", "confidence", "lift", "item_baskets", "other_baskets")


def pairs(sales: F, *, item: str = "item_id", support_at_least: int) -> F:
    """
    Items that are bought together.

    Definition: a basket is an invoice with the items of its lines above zero. support = baskets with both / baskets; confidence = baskets
        with both / baskets with *item*; lift = confidence / share of baskets with *other*. Each pair has two rows, one in each direction.
    Unit: counts and ratios (Float64); a lift of 1 means that neither tells anything of the other.
    Undefined when: never; pairs in fewer baskets than asked for have no row.
    Source: Agrawal, Imieliński, Swami, "Mining Association Rules between Sets of Items in Large Databases", SIGMOD 1993; lift: Brin,
        Motwani, Ullman, Tsur, "Dynamic Itemset Counting and Implication Rules for Market Basket Data", SIGMOD 1997.

    >>> import polars as pl
    >>> items = ["pen", "ink", "pen", "ink", "pen"]
    >>> lines = {"document_id": ["1", "1", "2", "2", "3"], "item_id": items, "revenue": [2, 5, 2, 5, 2]}
    >>> pairs(pl.DataFrame(lines), support_at_least=2).sort("item").select("item", "other", "both", "confidence").rows()
    [('ink', 'pen', 2, 1.0), ('pen', 'ink', 2, 0.6666666666666666)]

    Args:
        sales: Lines with `document_id`, *item*, `revenue`; `document_kind` is used where there is one.
        item: Column of what is in a basket; "item_group" finds groups that go together.
        support_at_least: In how many baskets a pair must be.

    Returns:
        `item`, `other`, `baskets`, `both` (Int64), `support`, `confidence`, `lift` (Float64), `item_baskets`, `other_baskets` (Int64).
        Computed at once.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MissingExtraError: Without NumPy and Polars.
    """
    from crmkit.metrics.arrays import grouped, numbers_of  # noqa: PLC0415  # needs NumPy
    from crmkit.metrics.pair_counts import counted_pairs, distinct_rows, np  # noqa: PLC0415

    check_int("support_at_least", support_at_least, at_least=1)
    (table,) = opened(Asked(sales, "sales", needs=("document_id", check_text("item", item)), amounts=("revenue",)), arrays=True)
    named = _sold(table).select("document_id", nw.col(item).alias("item"))
    held = named.filter(~nw.col("document_id").is_null(), ~nw.col("item").is_null()).collect()
    order, basket = grouped(held["document_id"])
    what, rows = numbers_of(held["item"].cast(nw.String))
    documents, things = distinct_rows(basket, what[order])
    baskets = int(basket[-1]) + 1 if len(basket) else 0
    sizes = np.bincount(things, minlength=len(rows))
    often = sizes >= support_at_least
    frequent = often[things]
    left, right, both = counted_pairs(documents[frequent], (np.cumsum(often) - 1)[things[frequent]], support_at_least)
    names, sizes = held["item"][rows[often].tolist()], sizes[often]
    item_, other, count = np.concatenate([left, right]), np.concatenate([right, left]), np.concatenate([both, both])
    made = nw.from_dict(
        {"item_baskets": sizes[item_].astype(np.int64), "other_baskets": sizes[other].astype(np.int64), "both": count}, backend="polars"
    )
    made = made.with_columns(
        names[item_.tolist()].alias("item"), names[other.tolist()].alias("other"), nw.lit(baskets).cast(nw.Int64).alias("baskets")
    )
    shares = {"support": ("both", "baskets"), "confidence": ("both", "item_baskets")}
    made = made.with_columns(ratio(nw.col(part), nw.col(whole)).alias(name) for name, (part, whole) in shares.items())
    lift = nw.col("confidence") * nw.col("baskets") / nw.col("other_baskets")
    return table.back(made.with_columns(lift.alias("lift")).select(*_PAIR).lazy())


def upgrade_paths(sales: F, *, item: str = "item_id", customers_at_least: int) -> F:
    """
    What customers buy for the first time after what.

    Definition: a path leads from an item to every item that the same customer buys for the first time on the next day on which he buys
        something for the first time. profit_gain = average gross profit of a line of the next item − that of the item.
    Unit: customers is a count, profit_gain an amount per line (Float64).
    Undefined when: the cost of one of the two is unknown: profit_gain is null.
    Source: Kamakura, Ramaswami, Srivastava, "Applying Latent Trait Analysis in the Evaluation of Prospects for Cross-Selling",
        International Journal of Research in Marketing 8 (1991) 4 (acquisition sequences).

    >>> import polars as pl
    >>> from datetime import date
    >>> days = [date(2026, 1, 1), date(2026, 2, 1)]
    >>> lines = {"customer_id": ["C-1"] * 2, "issued_on": days, "item_id": ["small", "large"], "revenue": [9, 90], "cost": [6, 40]}
    >>> sales = pl.DataFrame(lines)
    >>> upgrade_paths(sales, customers_at_least=1).rows()
    [('small', 'large', 1, 47.0)]

    Args:
        sales: Lines with `customer_id`, `issued_on` (Date), *item*, `revenue`, `cost`; `document_kind` is used where there is one.
        item: Column of what is bought.
        customers_at_least: How many customers must have gone a path.

    Returns:
        `item`, `next_item`, `currency` where there is one, `customers` (Int64) and `profit_gain` (Float64).

    Raises:
        MissingColumnError: For a frame without one of these columns.
    """
    check_int("customers_at_least", customers_at_least, at_least=1)
    needs = ("customer_id", "issued_on", check_text("item", item))
    (table,) = opened(Asked(sales, "sales", needs=needs, amounts=("revenue", "cost")))
    sold = table.keyed(_sold(table)).filter(~nw.col("customer_id").is_null(), ~nw.col(item).is_null())
    key = table.currency_key
    buyer = ["customer_id", *key]
    firsts = sold.select(*buyer, nw.col(item).alias("item"), "issued_on").group_by(*buyer, "item").agg(nw.col("issued_on").min())
    numbered = firsts.with_columns(day_number(nw.col("issued_on")).alias("_day"))
    steps = numbered.with_columns(nw.col("_day").rank("dense").over(*buyer).cast(nw.Int64).alias("_step"))
    after = steps.select(*buyer, (nw.col("_step") - 1).alias("_step"), nw.col("item").alias("next_item"))
    gone = steps.select(*buyer, "_step", "item").join(after, on=[*buyer, "_step"], how="inner")
    counted = gone.group_by("item", "next_item", *key).agg(nw.len().alias("customers")).with_columns(nw.col("customers").cast(nw.Int64))
    kept = counted.filter(nw.col("customers") >= customers_at_least)
    worth = _profit_per_line(table, item)
    now = kept.join(worth, on=["item", *key], how="left")
    following = worth.select(*key, nw.col("item").alias("next_item"), nw.col("_worth").alias("_next"))
    both = now.join(following, on=["next_item", *key], how="left")
    made = both.with_columns((nw.col("_next") - nw.col("_worth")).alias("profit_gain"), *_currency(table))
    return table.back(made.select("item", "next_item", *table.currency, "customers", "profit_gain"))


def next_items(sales: F, *, pairs: F, per_customer: int = 3) -> F:
    """
    What to offer each customer next: what goes with what he has, ranked by the gross profit to be expected.

    Definition: candidates are the items that go with one that the customer has bought, without those he has. confidence is the highest of
        the pairs that lead to it; expected_gross_profit = confidence × average gross profit of a line of the item.
    Unit: confidence is a ratio, expected_gross_profit an amount (both Float64).
    Undefined when: no cost of the item is known: expected_gross_profit is null, and the item stands behind the others.
    Source: Agrawal, Imieliński, Swami, "Mining Association Rules between Sets of Items in Large Databases", SIGMOD 1993.

    >>> import polars as pl
    >>> lines = {"customer_id": ["C-1", "C-2", "C-2"], "item_id": ["pen", "pen", "ink"], "revenue": [2, 2, 5], "cost": [1, 1, 2]}
    >>> found = pl.DataFrame({"item": ["pen", "ink"], "other": ["ink", "pen"], "confidence": [0.5, 1.0]})
    >>> next_items(pl.DataFrame(lines), pairs=found).rows()
    [('C-1', 'ink', 0.5, 1.5)]

    Args:
        sales: Lines with `customer_id`, `item_id`, `revenue`, `cost`; `document_kind` is used where there is one.
        pairs: The result of `pairs`, in the same kind of frame: `item`, `other`, `confidence`.
        per_customer: How many to offer at most.

    Returns:
        `customer_id`, `currency` where there is one, `item_id`, `confidence`, `expected_gross_profit` (Float64); sorted by customer, best
        first. Who buys in several currencies has offers in each.

    Raises:
        MissingColumnError: For a frame without one of these columns.
        MixedFramesError: For frames of two kinds.
    """
    check_int("per_customer", per_customer, at_least=1)
    table, rules = opened(
        Asked(sales, "sales", needs=("customer_id", "item_id"), amounts=("revenue", "cost")),
        Asked(pairs, "frame", needs=("item", "other"), amounts=("confidence",)),
    )
    key = table.currency_key
    bought = table.keyed(_sold(table)).filter(~nw.col("customer_id").is_null(), ~nw.col("item_id").is_null())
    has = bought.select("customer_id", nw.col("item_id").alias("item")).unique()
    goes = has.join(rules.frame.select("item", nw.col("other").alias("item_id"), "confidence"), on="item", how="inner")
    best = goes.select("customer_id", "item_id", "confidence").group_by("customer_id", "item_id").agg(nw.col("confidence").max())
    new = best.join(
        has.with_columns(nw.col("item").alias("item_id"), nw.lit(1).alias("_has")).drop("item"), on=["customer_id", "item_id"], how="left"
    )
    offered = new.filter(nw.col("_has").is_null())
    if key:
        offered = offered.join(bought.select("customer_id", *key).unique(), on="customer_id", how="inner")
    worth = _profit_per_line(table, "item_id").select(*key, nw.col("item").alias("item_id"), "_worth")
    valued = offered.join(worth, on=["item_id", *key], how="left")
    valued = valued.with_columns((nw.col("confidence") * nw.col("_worth")).alias("expected_gross_profit"), *_currency(table))
    placed = _placed(valued, ["customer_id", *key]).filter(nw.col("_place") <= per_customer)
    shown = ("customer_id", *table.currency, "item_id", "confidence", "expected_gross_profit")
    return table.back(placed.sort("customer_id", *key, "_place").select(*shown))


def _currency(table: Table[Any]) -> list[nw.Expr]:
    """The currency from its key."""
    return [nw.when(nw.col(f"_{name}") != "").then(nw.col(f"_{name}")).alias(name) for name in table.currency]


def _placed(rows: Lazy, buyer: list[str]) -> Lazy:
    """Number the offers of each customer in a currency: profit, then confidence, then the item."""
    ordered = rows.with_columns(
        one_where(nw.col("expected_gross_profit").is_null()).alias("_unknown"),
        (nw.lit(0) - nw.col("expected_gross_profit")).fill_null(0).alias("_profit"),
        (nw.lit(0) - nw.col("confidence")).alias("_sure"),
        nw.lit(1).cast(nw.Int64).alias("_one"),
    )
    return ordered.with_columns(nw.col("_one").cum_sum().over(*buyer, order_by=["_unknown", "_profit", "_sure", "item_id"]).alias("_place"))


def _sold(table: Table[Any]) -> Lazy:
    """Lines that were really bought."""
    sold = table.frame.filter(nw.col("revenue") > 0)
    return sold.filter(nw.col("document_kind") == "invoice") if "document_kind" in table.dtypes else sold


def _profit_per_line(table: Table[Any], item: str) -> Lazy:
    """Average gross profit of the lines of each item whose cost is known, currency by currency."""
    key = table.currency_key
    amounts = [table.amount(name).cast(nw.Float64).alias(f"_{name}") for name in ("revenue", "cost")]
    known = (
        table.keyed(_sold(table))
        .select(*key, nw.col(item).alias("item"), *amounts)
        .filter(~nw.col("_cost").is_null(), ~nw.col("item").is_null())
    )
    profit = known.with_columns((nw.col("_revenue") - nw.col("_cost")).alias("_worth"))
    return profit.group_by("item", *key).agg(nw.col("_worth").mean())
