from __future__ import annotations

from typing import Any, get_args

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.classification import LifecycleStage, add_lifecycle_stage, lifecycle_stage, quote_only_customers
from crmkit.errors import InvalidValueError
from tests.engines import by_id, day, dicts, on, on_every_engine, rows_in_order, sales

SINCE = day("2026-01-01")
WHO = ("lead", "contacted", "quoted", "ordered", "buyer", "repeat", "lapsed", "reversed", "attempted")
CUSTOMERS = pl.DataFrame({"customer_id": WHO})
SALES = sales(
    [
        ("buyer", day("2026-01-01"), 10, "1", "invoice", None),
        ("repeat", day("2020-01-01"), 10, "2", "invoice", None),
        ("repeat", day("2026-02-01"), 10, "3", "invoice", None),
        ("lapsed", day("2025-12-31"), 10, "4", "invoice", None),
        ("reversed", day("2026-01-01"), 10, "5", "invoice", None),
        ("reversed", day("2026-01-02"), -10, "6", "credit_note", "5"),
    ],
    *("customer_id", "issued_on", "revenue", "document_id", "document_kind", "reverses_document_id"),
)
DOCUMENTS = sales(
    [
        ("quoted", "quote", "lost", day("2026-01-01")),
        ("ordered", "order", "open", day("2026-01-01")),
        ("reversed", "invoice", "open", day("2026-01-01")),
        ("contacted", "quote", "cancelled", day("2026-01-01")),
        ("attempted", "credit_note", "open", day("2026-01-01")),
        (None, "quote", "open", day("2026-01-01")),
    ],
    *("customer_id", "document_kind", "state", "issued_on"),
)
INTERACTIONS = sales(
    [("contacted", True, False), ("quoted", None, None), ("attempted", False, False), ("attempted", True, True), ("buyer", True, False)],
    *("customer_id", "reached", "automatic"),
)


@on_every_engine
def test_the_stage_is_derived_from_facts(engine: str) -> None:
    staged = add_lifecycle_stage(*on(engine, CUSTOMERS, SALES, DOCUMENTS, INTERACTIONS), since=SINCE)

    assert by_id(staged, "lifecycle_stage") == {
        "lead": "lead",
        "contacted": "contacted",
        "quoted": "quoted",
        "ordered": "quoted",
        "buyer": "buyer",
        "repeat": "repeat_buyer",
        "lapsed": "lapsed",
        "reversed": "quoted",
        "attempted": "lead",
    }


@on_every_engine
@pytest.mark.parametrize(("since", "stage"), [("2025-12-31", "buyer"), ("2026-01-01", "buyer"), ("2026-01-02", "lapsed")])
def test_who_bought_nothing_since_a_day_has_lapsed(engine: str, since: str, stage: str) -> None:
    staged = add_lifecycle_stage(*on(engine, CUSTOMERS, SALES, DOCUMENTS, INTERACTIONS), since=day(since))

    assert by_id(staged, "lifecycle_stage")["buyer"] == stage


@on_every_engine
def test_without_marks_every_interaction_and_document_counts(engine: str) -> None:
    frames = on(engine, CUSTOMERS, SALES, DOCUMENTS.drop("state"), INTERACTIONS.select("customer_id"))

    staged = by_id(add_lifecycle_stage(*frames, since=SINCE, into="stage"), "stage")

    assert (staged["contacted"], staged["attempted"]) == ("quoted", "contacted")


COUNTS = st.integers(0, 3)


@given(COUNTS, COUNTS, COUNTS, st.booleans())
def test_the_stages_form_a_partition_and_frames_agree_with_single_values(contacts: int, quotes: int, bought: int, recent: bool) -> None:
    recent = recent and bought > 0
    last = SINCE if recent else day("2025-12-31")
    sold = sales([("C", last, 1, str(number)) for number in range(bought)], "customer_id", "issued_on", "revenue", "document_id")
    papers = sales([("C", "quote")] * quotes, "customer_id", "document_kind", customer_id=pl.String, document_kind=pl.String)
    talks = sales([("C",)] * contacts, "customer_id", customer_id=pl.String)
    sold = sold.cast({"customer_id": pl.String, "issued_on": pl.Date, "revenue": pl.Int64, "document_id": pl.String})

    stage = lifecycle_stage(contacts=contacts, quotes=quotes, purchases=bought, bought_since=recent)

    assert stage in get_args(LifecycleStage)
    assert add_lifecycle_stage(pl.DataFrame({"customer_id": ["C"]}), sold, papers, talks, since=SINCE)["lifecycle_stage"].to_list() == [
        stage
    ]


@pytest.mark.parametrize("options", [{"contacts": -1}, {"bought_since": True}, {"purchases": 1.5}])
def test_what_cannot_be_is_refused(options: Any) -> None:
    with pytest.raises(InvalidValueError):
        lifecycle_stage(**{"contacts": 0, "quotes": 0, "purchases": 0, "bought_since": False, **options})


def test_ids_are_of_one_type_and_the_stage_is_no_id() -> None:
    numbered = [frame.with_columns(customer_id=pl.lit(1, pl.Int64)) for frame in (CUSTOMERS, SALES, DOCUMENTS)]
    for (customers, lines, papers), dtype in (([CUSTOMERS, SALES, DOCUMENTS], pl.Int64), (numbered, pl.Int32)):
        with pytest.raises(InvalidValueError, match="one type in"):
            add_lifecycle_stage(customers, lines, papers, INTERACTIONS.with_columns(customer_id=pl.lit(1, dtype)), since=SINCE)
    with pytest.raises(InvalidValueError, match="another name"):
        add_lifecycle_stage(CUSTOMERS, SALES, DOCUMENTS, INTERACTIONS, since=SINCE, into="customer_id")


PAPERS = sales(
    [
        ("asks", "quote", "open", day("2025-12-31")),
        ("asks", "quote", "lost", day("2026-01-01")),
        ("asks", "quote", "open", day("2026-03-01")),
        ("asks", "order", "open", day("2025-12-31")),
        ("asks", "invoice", "cancelled", day("2026-03-01")),
        ("orders", "quote", "open", day("2026-01-01")),
        ("orders", "order", "open", day("2026-01-01")),
        ("buys", "quote", "open", day("2026-01-01")),
        ("buys", "invoice", "open", day("2026-02-01")),
        ("gone", "quote", "open", day("2025-12-31")),
        ("cancels", "quote", "cancelled", day("2026-02-01")),
        (None, "quote", "open", day("2026-02-01")),
    ],
    *("customer_id", "document_kind", "state", "issued_on"),
)


@on_every_engine
def test_who_has_quotes_and_no_order_only_asks_for_quotes(engine: str) -> None:
    assert rows_in_order(quote_only_customers(on(engine, PAPERS), since=SINCE)) == [("asks", 2, day("2026-03-01"))]


@on_every_engine
@pytest.mark.parametrize(("at_least", "found"), [(1, 1), (2, 1), (3, 0)])
def test_so_many_quotes_are_needed(engine: str, at_least: int, found: int) -> None:
    assert len(dicts(quote_only_customers(on(engine, PAPERS), since=SINCE, quotes_at_least=at_least))) == found
