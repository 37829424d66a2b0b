"""The standard tables from entities, as Polars frames with exact amounts."""

from __future__ import annotations

from collections import defaultdict
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from crmkit._checks import check_each, check_kind, check_zone, refused
from crmkit.entities import Appointment, ContactPlan, Document, Party, Recall
from crmkit.errors import MissingExtraError
from crmkit.facts.sales_rows import DECIMALS, FINE_DECIMALS, fitting, sales_rows
from crmkit.periods import Interval

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import polars as pl

__all__ = ["DECIMALS", "contact_plans_from", "customers_from", "documents_from", "frame", "loaded_polars", "sales_from"]

_PURCHASES = ("request_for_quotation", "purchase_order")


def sales_from(documents: Iterable[Document]) -> pl.DataFrame:
    """
    Make the table of sales from documents: one row for each line of an invoice or a credit note; other documents are passed over.

    Pro-forma invoices and cancelled documents are passed over too. Lines of credit notes become negative in quantity, revenue, discount
    and cost, and name the invoice they came from in `reverses_document_id`. The discount is the amount at list price less the net amount.
    A down-payment is revenue when it is invoiced, and the final invoice takes it off again: both rows have the subtype "down_payment".
    What was taken off for paying early lowers revenue on the day of the payment, at cost 0: a row of the subtype "cash_discount".

    >>> from datetime import date
    >>> from crmkit.entities import Document, Line
    >>> line = Line(item_id="I-1", quantity=3, unit_price="0.33", unit_cost="0.20")
    >>> invoice = Document(id="R-1", kind="invoice", party_id="C-17", issued_on=date(2026, 1, 31), lines=[line])
    >>> sales_from([invoice]).select("customer_id", "revenue", "cost", "currency").rows()
    [('C-17', Decimal('0.990'), Decimal('0.600'), 'EUR')]

    Returns:
        The columns of `sales`; amounts are Decimal(28, 3), quantity and unit price (per one unit) Decimal(28, 6).

    Raises:
        InvalidValueError: For an amount with more than 3 decimals (some currencies have 4) or a quantity with more than 6.
        MissingExtraError: Without Polars.
    """
    polars = loaded_polars()
    given = check_each("documents", documents, lambda name, item: check_kind(name, item, Document))
    rows = [row for document in given for row in sales_rows(document)]
    schema = _sales_schema(polars)
    return cast("pl.DataFrame", polars.DataFrame({name: [row[name] for row in rows] for name in schema}, schema=schema))


def documents_from(documents: Iterable[Document]) -> pl.DataFrame:
    """
    Make the table of documents from those of sales: one row each. Of the revisions of a quote only the latest is in it; void ones are not.

    >>> from datetime import date
    >>> from crmkit.entities import Document, Line
    >>> line = Line(item_id="I-1", quantity=3, unit_price="0.33")
    >>> quote = Document(id="A-1", kind="quote", party_id="C-17", issued_on=date(2026, 1, 31), lines=[line])
    >>> documents_from([quote]).select("document_id", "document_kind", "amount", "state").rows()
    [('A-1', 'quote', Decimal('0.990'), 'open')]

    Returns:
        The columns of `documents`; the amount is the net, Decimal(28, 3), negative for a credit note.

    Raises:
        InvalidValueError: For an amount with more than 3 decimals; some currencies have 4.
        MissingExtraError: Without Polars.
    """
    polars = loaded_polars()
    given = check_each("documents", documents, lambda name, item: check_kind(name, item, Document))
    kept = [
        document
        for document in given
        if document.kind not in _PURCHASES and document.state != "superseded" and document.voided_because is None
    ]
    amounts = [(-document.net() if document.kind == "credit_note" else document.net()).amount for document in kept]
    text, day = polars.String, polars.Date
    columns: dict[str, tuple[list[Any], Any]] = {
        "document_id": ([document.id for document in kept], text),
        "document_kind": ([document.kind for document in kept], text),
        "customer_id": ([document.party_id for document in kept], text),
        "issued_on": ([document.issued_on for document in kept], day),
        "amount": ([fitting(document, amount) for document, amount in zip(kept, amounts, strict=True)], polars.Decimal(28, DECIMALS)),
        "currency": ([document.currency for document in kept], text),
        "state": ([document.state for document in kept], text),
        "document_subtype": ([document.subtype for document in kept], text),
        "predecessor_id": ([document.predecessor_id for document in kept], text),
        "salesperson_id": ([document.salesperson_id for document in kept], text),
        "decided_on": ([document.decided_on for document in kept], day),
    }
    return frame(polars, columns)


def customers_from(parties: Iterable[Party]) -> pl.DataFrame:
    """
    Make the table of customers from parties of any role; `is_customer` tells which of them are customers.

    >>> from datetime import date
    >>> customers_from([Party(id="C-1", name="Müller", created_on=date(2026, 1, 1))]).select("customer_id", "is_customer").rows()
    [('C-1', False)]

    Returns:
        The columns of `customers`, with `manual_class`, `excluded` and `parent_id` (String).

    Raises:
        MissingExtraError: Without Polars.
    """
    polars = loaded_polars()
    kept = check_each("parties", parties, lambda name, item: check_kind(name, item, Party))
    text, flag = polars.String, polars.Boolean
    columns: dict[str, tuple[list[Any], Any]] = {
        "customer_id": ([party.id for party in kept], text),
        "name": ([party.name for party in kept], text),
        "created_on": ([party.created_on for party in kept], polars.Date),
        "active": ([party.active for party in kept], flag),
        "is_customer": (["customer" in party.roles for party in kept], flag),
        "industry": ([party.industry for party in kept], text),
        "region": ([party.region for party in kept], text),
        "owner_id": ([party.owner_id for party in kept], text),
        "parent_id": ([party.parent_id for party in kept], text),
        "manual_class": ([party.manual_class for party in kept], text),
        "excluded": ([party.excluded for party in kept], text),
    }
    return frame(polars, columns)


def contact_plans_from(
    plans: Iterable[ContactPlan],
    recalls: Iterable[Recall] = (),
    parties: Iterable[Party] = (),
    appointments: Iterable[Appointment] = (),
    *,
    zone: str = "UTC",
) -> pl.DataFrame:
    """
    Make the table of contact plans: one row for each party that has a plan or an open recall, or is given.

    The latest planned appointment of each is a day in *zone*.

    Given parties bring their day of creation, class and owner, and may be due by the contact policy alone. Those that are switched off or
    excluded are left out, whatever their plans.

    >>> from crmkit import days
    >>> plans = contact_plans_from([ContactPlan(party_id="C-17", frequency=days(30))])
    >>> plans.select("customer_id", "frequency_days", "last_contact_on").rows()
    [('C-17', 30, None)]

    Returns:
        The columns of `contact_plans` without `value`; abc_class is the manual class.

    Raises:
        MissingExtraError: Without Polars.
    """
    polars = loaded_polars()
    by_party = {plan.party_id: plan for plan in check_each("plans", plans, lambda name, item: check_kind(name, item, ContactPlan))}
    known = {party.id: party for party in check_each("parties", parties, lambda name, item: check_kind(name, item, Party))}
    met = _latest(
        check_each("appointments", appointments, lambda name, item: check_kind(name, item, Appointment)), ZoneInfo(check_zone("zone", zone))
    )
    due = _earliest(check_each("recalls", recalls, lambda name, item: check_kind(name, item, Recall)))
    ids = [id_ for id_ in dict.fromkeys([*by_party, *due, *known]) if _takes_part(known.get(id_))]
    rows = [by_party.get(id_) or ContactPlan(party_id=id_) for id_ in ids]
    frequencies = [plan.frequency if isinstance(plan.frequency, Interval) else None for plan in rows]
    people = [known.get(id_) for id_ in ids]
    count, day, text = polars.Int64, polars.Date, polars.String
    columns: dict[str, tuple[list[Any], Any]] = {
        "customer_id": (ids, text),
        "frequency_days": ([gap and gap.days for gap in frequencies], count),
        "frequency_months": ([gap and gap.months for gap in frequencies], count),
        "series_on": ([plan.series_on() for plan in rows], day),
        "counted_from": ([plan.counted_from for plan in rows], text),
        "last_contact_on": ([plan.last_contact_on for plan in rows], day),
        "contact_count": ([plan.contact_count for plan in rows], count),
        "planned_on": ([plan.planned_on for plan in rows], day),
        "postponed_to": ([plan.postponed_to for plan in rows], day),
        "ends_on": ([plan.ends_on for plan in rows], day),
        "quiet_start_on": ([plan.quiet and plan.quiet.start for plan in rows], day),
        "quiet_end_on": ([plan.quiet and plan.quiet.end for plan in rows], day),
        "created_on": ([party and party.created_on for party in people], day),
        "recall_on": ([due.get(id_) for id_ in ids], day),
        "appointment_on": ([met.get(id_) for id_ in ids], day),
        "abc_class": ([party and party.effective_class for party in people], text),
        "tags": ([party and _listed("tags", party.tags) for party in people], text),
        "roles": ([party and _listed("roles", party.roles) for party in people], text),
        "owner_id": ([party and party.owner_id for party in people], text),
    }
    return frame(polars, columns)


def _listed(name: str, words: Iterable[str]) -> str | None:
    """Several words in one text, as spreadsheets have them."""
    for word in words:
        if ";" in word:
            raise refused(name, word, "words without a semicolon, which parts them in tables")
    return ";".join(sorted(words)) or None


def loaded_polars() -> Any:  # noqa: ANN401  # the module, whose absence is an error of ours
    """Give the module, or say which extra brings it."""
    try:
        return import_module("polars")
    except ModuleNotFoundError as error:
        if error.name != "polars":
            raise
        raise MissingExtraError("analytics", "polars") from None


def frame(polars: Any, columns: dict[str, tuple[list[Any], Any]]) -> pl.DataFrame:  # noqa: ANN401
    """Make a frame of columns with their types."""
    values = {name: given for name, (given, _) in columns.items()}
    return cast("pl.DataFrame", polars.DataFrame(values, schema={name: dtype for name, (_, dtype) in columns.items()}))


def _takes_part(party: Party | None) -> bool:
    return party is None or (party.active and party.excluded is None)


def _earliest(recalls: Iterable[Recall]) -> dict[str, date]:
    days = defaultdict(list)
    for recall in recalls:
        if recall.state == "open":
            days[recall.party_id].append(recall.due_on)
    return {party_id: min(due) for party_id, due in days.items()}


def _latest(appointments: Iterable[Appointment], zone: ZoneInfo) -> dict[str, date]:
    planned = [(one.party_id, one.start_at.astimezone(zone).date()) for one in appointments if one.state == "planned"]
    return {party_id: day for party_id, day in sorted(planned, key=lambda pair: pair[1]) if party_id is not None}


def _sales_schema(polars: Any) -> dict[str, Any]:  # noqa: ANN401
    amount, fine, text = polars.Decimal(28, DECIMALS), polars.Decimal(28, FINE_DECIMALS), polars.String
    return {
        "customer_id": text,
        "issued_on": polars.Date,
        "revenue": amount,
        "document_id": text,
        "document_kind": text,
        "document_subtype": text,
        "reverses_document_id": text,
        "item_id": text,
        "item_group": text,
        "salesperson_id": text,
        "quantity": fine,
        "unit": text,
        "unit_price": fine,
        "discount": amount,
        "cost": amount,
        "currency": text,
    }
