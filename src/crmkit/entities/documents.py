"""Documents: quote, order, delivery note, invoice, credit note; towards suppliers request for quotation and purchase order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import LARGEST_INT, check_choice, check_currency, check_date, check_int, check_kind, check_text, check_texts, refused
from crmkit.entities._fields import kept
from crmkit.entities.contact_details import Address
from crmkit.entities.document_lines import Line, RoundingPolicy
from crmkit.entities.document_totals import DocumentTotals, parts_of
from crmkit.entities.parties import Conditions
from crmkit.money import Money, minor_digits, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DocumentKind = Literal["quote", "order", "delivery_note", "invoice", "credit_note", "request_for_quotation", "purchase_order"]
DocumentSubtype = Literal["normal", "down_payment", "final", "pro_forma", "cancellation", "bonus", "cash_discount"]
NumberSeries = Literal[DocumentKind, "pro_forma"]
DocumentState = Literal["open", "accepted", "lost", "cancelled", "superseded"]

_KINDS_OF_SUBTYPE: Mapping[DocumentSubtype, tuple[DocumentKind, ...]] = {
    "down_payment": ("invoice",),
    "final": ("invoice",),
    "pro_forma": ("invoice",),
    "cancellation": ("invoice", "credit_note"),
    "bonus": ("credit_note",),
    "cash_discount": ("credit_note",),
}
_CODES = {
    "request_for_quotation": "311",
    "purchase_order": "220",
    "quote": "310",
    "order": "220",
    "delivery_note": "270",
    "invoice": "380",
    "credit_note": "381",
}
_CODES_OF_SUBTYPE = {"down_payment": "386", "pro_forma": "325", "cancellation": "457", "bonus": "83", "cash_discount": "83"}


def _count_shown(lines: tuple[Line, ...]) -> str:
    return f"<{len(lines)} lines>"


def _lines(values: Iterable[Line]) -> tuple[Line, ...]:
    return kept("lines", Line, values)


@attrs.frozen(kw_only=True)
class Document:
    """
    A document of a sale or a purchase. It knows its predecessor: quote, order, delivery note, invoice, credit note.

    Attributes:
        id: The host's own id.
        kind: Which document.
        party_id: To whom.
        issued_on: Its date.
        lines: Its lines; those of a credit note are positive here and negative in `crmkit.facts`.
        currency: ISO 4217 code.
        number: The number that people know.
        subtype: Of an invoice "down_payment", "final", "pro_forma" or "cancellation"; of a credit note "cancellation", "bonus", or
            "cash_discount", which books what was taken off for paying early and goes to nobody.
        predecessor_id: The document it came from; of a credit note its invoice.
        revision_of: The quote that it replaces.
        revision: How often it was written, the first is 1.
        salesperson_id: Who sold it.
        state: "open", "accepted", "lost", "cancelled", or "superseded" by its next revision; a void one is "cancelled".
        rounding: Where it rounds.
        totals: What it comes to as the host says; it wins over the sum of the lines.
        valid_until: The last day on which a quote can be accepted.
        due_on: The last day on which it is to be paid.
        decided_on: The day on which it was accepted, lost or cancelled.
        accepted_by: Who accepted it.
        reason: Why it was lost, cancelled or credited.
        recipient: Name of the party as it was then.
        billing_address: Where it went.
        delivery_address: Where the goods go.
        conditions: What was agreed then.
        language: Its language, ISO 639-1.
        voided_because: Why it is void: it was wrong, so it is kept but counts no more. None is valid.
        version: Raised by each stored change; 0 is not stored yet.

    >>> line = Line(item_id="I-1", quantity=3, unit_price="0.33", unit_cost="0.20", tax_ratio="0.19")
    >>> invoice = Document(id="R-1", kind="invoice", party_id="C-17", issued_on=date(2026, 1, 31), lines=[line])
    >>> invoice.net(), invoice.tax(), invoice.gross(), invoice.gross_profit()
    (Money.of('0.99', 'EUR'), Money.of('0.19', 'EUR'), Money.of('1.18', 'EUR'), Money.of('0.39', 'EUR'))
    """

    id: str
    kind: DocumentKind
    party_id: str
    issued_on: date
    lines: tuple[Line, ...] = attrs.field(converter=_lines, repr=_count_shown)
    currency: str = "EUR"
    number: str | None = None
    subtype: DocumentSubtype = "normal"
    predecessor_id: str | None = None
    revision_of: str | None = None
    revision: int = 1
    salesperson_id: str | None = None
    state: DocumentState = "open"
    rounding: RoundingPolicy = RoundingPolicy()  # noqa: RUF009  # frozen
    totals: DocumentTotals | None = None
    valid_until: date | None = None
    due_on: date | None = None
    decided_on: date | None = None
    accepted_by: str | None = attrs.field(default=None, repr=False)
    reason: str | None = attrs.field(default=None, repr=False)
    recipient: str | None = attrs.field(default=None, repr=False)
    billing_address: Address | None = attrs.field(default=None, repr=False)
    delivery_address: Address | None = attrs.field(default=None, repr=False)
    conditions: Conditions | None = attrs.field(default=None, repr=False)
    language: str | None = None
    voided_because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(
            self,
            "number",
            "predecessor_id",
            "revision_of",
            "salesperson_id",
            "accepted_by",
            "reason",
            "recipient",
            "language",
            "voided_because",
        )
        check_text("id", self.id)
        check_choice("kind", self.kind, DocumentKind)
        check_text("party_id", self.party_id)
        check_date("issued_on", self.issued_on)
        check_currency("currency", self.currency)
        check_kind("rounding", self.rounding, RoundingPolicy)
        for name, kind in (("billing_address", Address), ("delivery_address", Address), ("conditions", Conditions)):
            if getattr(self, name) is not None:
                check_kind(name, getattr(self, name), kind)
        check_choice("state", self.state, DocumentState)
        check_choice("subtype", self.subtype, DocumentSubtype)
        if self.kind not in _KINDS_OF_SUBTYPE.get(self.subtype, (self.kind,)):
            raise refused("subtype", self.subtype, f"one that a {self.kind} can be")
        check_int("revision", self.revision, at_least=1)
        for name in ("valid_until", "due_on", "decided_on"):
            if getattr(self, name) is not None:
                check_date(name, getattr(self, name))
        if self.id in (self.predecessor_id, self.revision_of):
            raise refused("predecessor_id" if self.id == self.predecessor_id else "revision_of", self.id, "another document than itself")
        if self.voided_because is not None and self.state != "cancelled":
            raise refused("state", self.state, "'cancelled' for a void document")
        if self.totals is not None:
            self._check_totals(check_kind("totals", self.totals, DocumentTotals))

    def _check_totals(self, totals: DocumentTotals) -> None:
        if totals.net.currency != self.currency:
            raise refused("totals", totals.net, f"amounts in {self.currency}, the currency of the document")
        if totals.net and not any(line.net_amount() for line in self.lines):
            raise refused("totals", totals.net, "a document with a line that is worth something, to which its amount can be counted")

    @property
    def type_code(self) -> str:
        """Its type after UNTDID 1001, as electronic invoices want it: "380" for an invoice, "381" for a credit note."""
        return _CODES_OF_SUBTYPE.get(self.subtype, _CODES[self.kind])

    @property
    def number_series(self) -> NumberSeries:
        """Within what its number is unique: its kind; pro-forma invoices take no number of an invoice."""
        return "pro_forma" if self.subtype == "pro_forma" else self.kind

    @cached_property
    def predecessor_ids(self) -> tuple[str, ...]:
        """All documents it came from, its predecessor first; more than one for a collective invoice."""
        ids = dict.fromkeys([self.predecessor_id, *[line.predecessor_id for line in self.lines]])
        return tuple([id for id in ids if id is not None])

    @property
    def is_posted(self) -> bool:
        """Tell whether it counts in the books: an invoice or a credit note that is neither pro-forma nor cancelled."""
        return self.kind in ("invoice", "credit_note") and self.subtype != "pro_forma" and self.state != "cancelled"

    def net(self) -> Money:
        """Sum without tax, as the host says or as the lines add up to."""
        return self.lines_net() if self.totals is None else self.totals.net

    def tax(self) -> Money:
        """Tax, as the host says, else rounded per line or per tax rate as the rounding policy says."""
        return self.lines_tax() if self.totals is None else self.totals.tax

    def gross(self) -> Money:
        """Sum with tax."""
        return self.net() + self.tax()

    def payable(self) -> Money:
        """What is to be paid: the sum with tax, rounded to the coin of the rounding policy."""
        if self.totals is not None and self.totals.payable is not None:
            return self.totals.payable
        step = self.rounding.cash_step
        if step is None:
            return self.gross()
        coins = rounded(self.gross().amount / step, 0, rounding=self.rounding.mode)
        return Money.of(coins * step, self.currency)

    def gross_profit(self) -> Money | None:
        """Net less cost over the lines whose cost is known; None when none is."""
        profits = [
            amount.minor - cost.minor for amount, cost in zip(self.line_amounts(), self.line_costs(), strict=True) if cost is not None
        ]
        return self._of_minor(sum(profits)) if profits else None

    def revenue_without_cost(self) -> Money:
        """Net of the lines whose cost is unknown."""
        return self._sum(amount for amount, cost in zip(self.line_amounts(), self.line_costs(), strict=True) if cost is None)

    def line_amounts(self) -> tuple[Money, ...]:
        """
        Net of each line; they add up to `net` under either rounding policy, the largest remainders taking the difference.

        Where the host's net differs from what the lines add up to, the difference is spread in proportion.
        """
        own = self._own_amounts
        if self.totals is None:
            return own
        return parts_of(self.totals.net, own, sizes=[line.net_amount() for line in self.lines])

    def line_costs(self) -> tuple[Money | None, ...]:
        """Cost of each line, rounded per line; None where it is unknown. A bonus costs nothing, which is known, unless it says a cost."""
        return self._costs

    @cached_property
    def _costs(self) -> tuple[Money | None, ...]:
        unknown = Decimal(0) if self.subtype == "bonus" else None
        costs = [unknown if line.unit_cost is None else line.cost_amount() for line in self.lines]
        return tuple([None if cost is None else self._rounded(cost) for cost in costs])

    def lines_net(self) -> Money:
        """What the lines add up to without tax, whatever the host says."""
        return self._sum(self._own_amounts)

    def lines_tax(self) -> Money:
        """The tax on the lines, whatever the host says."""
        taxed: dict[object, list[tuple[Line, Money]]] = {}
        for place, (line, amount) in enumerate(zip(self.lines, self._own_amounts, strict=True)):
            taxed.setdefault(line.tax_ratio if self.rounding.per == "total" else place, []).append((line, amount))
        return self._sum(
            self._sum(amount for _, amount in part).times(part[0][0].tax_ratio, rounding=self.rounding.mode) for part in taxed.values()
        )

    @cached_property
    def _own_amounts(self) -> tuple[Money, ...]:
        exact = [line.net_amount() for line in self.lines]
        if self.rounding.per == "line":
            return tuple(self._rounded(amount) for amount in exact)
        step = Decimal(1).scaleb(-minor_digits(self.currency))
        floors = [amount // step - (amount % step < 0) for amount in exact]
        left = self._rounded(sum(exact, Decimal(0))).minor - int(sum(floors))
        by_remainder = sorted(range(len(exact)), key=lambda place: (floors[place] * step - exact[place], place))
        extra = set(by_remainder[:left])
        return tuple(Money(minor=int(floor) + (place in extra), currency=self.currency) for place, floor in enumerate(floors))

    def _rounded(self, amount: Decimal) -> Money:
        digits = minor_digits(self.currency)
        return self._of_minor(int(rounded(amount, digits, rounding=self.rounding.mode).scaleb(digits)))

    def _sum(self, amounts: Iterable[Money]) -> Money:
        return self._of_minor(sum([amount.minor for amount in amounts]))  # all are in the currency of the document

    def _of_minor(self, minor: int) -> Money:
        if abs(minor) > LARGEST_INT:  # refused in the words of the caller
            return Money.of(Decimal(minor).scaleb(-minor_digits(self.currency)), self.currency)
        return Money(minor=minor, currency=self.currency)
