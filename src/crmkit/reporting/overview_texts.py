"""The sales overview as plain text, German or English."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from crmkit._checks import check_choice, check_kind
from crmkit.reporting.overview_values import CurrencyOverview, SalesOverview
from crmkit.reporting.text_tables import text_table
from crmkit.reporting.words import amount_text, count_text, day_text, say, share_text
from crmkit.scheduling.interval_texts import Language, interval_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmkit.entities import AbcClass
    from crmkit.reporting.overview_values import Call, ClassCell, CustomerFigures

_LONGEST_NAME = 40
_RIGHT: Literal["right"] = "right"
_CLASSES: tuple[AbcClass, ...] = ("A", "B", "C")


def as_text(overview: SalesOverview, *, language: Language = "en") -> str:
    """
    Write an overview as tables in plain text.

    >>> from datetime import date
    >>> import polars as pl
    >>> from crmkit.reporting import sales_overview
    >>> lines = pl.DataFrame({"customer_id": ["C-1"], "issued_on": [date(2026, 1, 5)], "revenue": [100]})
    >>> print(as_text(sales_overview(lines, as_of=date(2026, 1, 31)), language="de").splitlines()[0])
    Umsatzübersicht, Stand 31.01.2026
    """
    check_kind("overview", overview, SalesOverview)
    check_choice("language", language, Language)
    blocks = [say("title", language, day=day_text(overview.as_of, language))]
    if overview.lines_after:
        blocks.append(say("lines_after", language, count=count_text(overview.lines_after, language)))
    if not overview.currencies:
        blocks.append(say("nothing", language))
    for part in overview.currencies:
        if len(overview.currencies) > 1 or part.currency is not None:
            blocks.append(_currency_title(part, language))
        blocks += _blocks(overview, part, language)
    return "\n\n".join(blocks)


def _currency_title(part: CurrencyOverview, language: Language) -> str:
    title = say("no_currency", language) if part.currency is None else say("currency", language, code=part.currency)
    return f"{title}\n{'=' * len(title)}"


def _blocks(overview: SalesOverview, part: CurrencyOverview, language: Language) -> Iterator[str]:
    yield _totals(part, language)
    yield say("classes", language) + "\n" + _class_table(part, language)
    if part.totals.gross_profit is None:
        yield say("cost_unknown", language)
    else:
        counts = {"count": count_text(part.loss_makers, language), "all": count_text(part.totals.customers, language)}
        yield _with_table(say("loss_makers", language, **counts), part.largest_loss_makers, part, language)
    title = say("lost", language, day=day_text(overview.lost_since, language), count=count_text(part.lost, language))
    yield _with_table(title, part.most_valuable_lost, part, language)
    if part.never_bought:
        yield say("never_bought", language, count=count_text(part.never_bought, language))
    yield _calls(part, language)


def _totals(part: CurrencyOverview, language: Language) -> str:
    totals = part.totals

    def amount(value: Decimal | None) -> str:
        return amount_text(value, language, currency=part.currency)

    def beside(value: Decimal) -> str:
        return say("with_revenue_of", language, amount=amount(value))

    has_documents = totals.credit_notes is not None
    rows = [
        ("documents", count_text(totals.documents, language), ""),
        ("customers", count_text(totals.customers, language), ""),
        ("revenue", amount(totals.revenue), ""),
        ("gross_profit", amount(totals.gross_profit), ""),
        ("gross_margin", share_text(totals.gross_margin, language), ""),
        ("unknown_cost", amount(totals.revenue_without_cost), share_text(totals.unknown_cost_rate, language)),
        ("without_customer", count_text(totals.lines_without_customer, language), beside(totals.revenue_without_customer)),
        (
            "credit_notes" if has_documents else "credit_note_lines",
            count_text(totals.credit_notes if has_documents else totals.credit_note_lines, language),
            beside(totals.credited),
        ),
    ]
    facts = {
        "count": count_text(totals.lines, language),
        "first": day_text(totals.first_on, language),
        "last": day_text(totals.last_on, language),
    }
    table = text_table(["", "", ""], [(say(key, language), number, note) for key, number, note in rows], align=["left", "right", "left"])
    return say("line" if totals.lines == 1 else "lines", language, **facts) + "\n" + table.partition("\n")[2]


def _class_table(part: CurrencyOverview, language: Language) -> str:
    known: tuple[AbcClass | None, ...] = _CLASSES if part.totals.gross_profit is not None else ()
    classes = [*known, *([None] if any(cell.by_profit is None for cell in part.classes) else [])]
    names = [say("by_profit", language, name=name) if name else say("profit_unknown", language) for name in classes]
    header = [
        say("by_revenue", language),
        *names,
        say("all", language),
        *(say(key, language) for key in ("losing", "revenue", "gross_profit")),
    ]
    rows = [_class_row(name, [cell for cell in part.classes if cell.by_revenue == name], classes, part, language) for name in _CLASSES]
    everyone = _class_row(say("all", language), list(part.classes), classes, part, language)
    return text_table(header, [*rows, everyone], align=["left", *(_RIGHT for _ in header[1:])])


def _class_row(
    name: str, cells: list[ClassCell], classes: Iterable[AbcClass | None], part: CurrencyOverview, language: Language
) -> list[str]:
    counts = [sum(cell.customers for cell in cells if cell.by_profit == by_profit) for by_profit in classes]
    known = [cell.gross_profit for cell in cells if cell.gross_profit is not None]
    return [
        name,
        *(count_text(count, language) for count in counts),
        count_text(sum(counts), language),
        count_text(sum(cell.loss_making for cell in cells) if known else None, language),
        amount_text(sum((cell.revenue for cell in cells), Decimal(0)), language, currency=part.currency),
        amount_text(sum(known, Decimal(0)) if known else None, language, currency=part.currency),
    ]


def _with_table(title: str, customers: tuple[CustomerFigures, ...], part: CurrencyOverview, language: Language) -> str:
    if not customers:
        return title.partition(";")[0]
    header = [say(key, language) for key in ("customer", "class_revenue", "class_profit", "revenue", "gross_profit", "last_purchase")]
    rows = [
        [
            _name(customer),
            customer.by_revenue,
            customer.by_profit or "–",
            amount_text(customer.revenue, language, currency=part.currency),
            amount_text(customer.gross_profit, language, currency=part.currency),
            day_text(customer.last_purchase_on, language),
        ]
        for customer in customers
    ]
    return title + "\n" + text_table(header, rows, align=["left", "left", "left", "right", "right", "left"])


def _name(customer: CustomerFigures) -> str:
    name = customer.customer_id if customer.name is None else f"{customer.customer_id} {customer.name}"
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _calls(part: CurrencyOverview, language: Language) -> str:
    counts = [
        say("calls_of_class", language, count=count_text(count, language), name=name) for name, count in part.calls_due.items() if count
    ]
    title = say("calls", language, counts=", ".join(counts) or say("nobody", language))
    if not part.calls:
        return title
    header = [say(key, language) for key in ("customer", "revenue", "gross_profit", "why")]
    return (
        title
        + "\n"
        + text_table(header, [_call_row(call, part, language) for call in part.calls], align=["left", "right", "right", "left"])
    )


def _call_row(call: Call, part: CurrencyOverview, language: Language) -> list[str]:
    amounts = (call.customer.revenue, call.customer.gross_profit)
    return [
        _name(call.customer),
        *(amount_text(amount, language, currency=part.currency) for amount in amounts),
        call_reason(call, language=language),
    ]


def call_reason(call: Call, *, language: Language = "en") -> str:
    """Say why a customer is to be called."""
    facts = {"every": interval_text(call.every, language), "day": day_text(call.customer.last_purchase_on, language)}
    return say("reason", language, name=call.abc_class, overdue=call.overdue_days, **facts)
