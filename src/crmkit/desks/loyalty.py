"""The loyalty desk: a ledger of credit, revenue and points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_date, check_int, check_kind, check_ratio, check_text, refused
from crmkit.conditions import Condition
from crmkit.desks.loyalty_booking import active_cards, book_documents, entry_id, free_entry_id, in_short, invoice_of, return_entry
from crmkit.desks.party_lists import party_read
from crmkit.desks.workplace import Workplace
from crmkit.entities import Document, LoyaltyBalance, LoyaltyCard, LoyaltyEntry, Party
from crmkit.errors import CurrencyMismatchError, NotStoredError
from crmkit.ids import new_id
from crmkit.money import Money
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from crmkit.desks.work import Work
    from crmkit.entities import LoyaltyEntryKind


@attrs.frozen
class LoyaltyDesk:
    """
    `crm.loyalty`: the loyalty card. The balance is always the sum of the entries.

    Cards are added with `crm.add`. With `Settings.loyalty.automatic` every invoice and every credit note of an invoice is booked in
    the transaction that stores it; booking it again, from wherever, changes nothing.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def book(
        self, document_id: str, *, rate: Decimal | str | None = None, at: datetime | None = None, key: str | None = None
    ) -> LoyaltyEntry | None:
        """
        Credit an invoice, or take back a credit note, exactly once; None where the party has no card or no rate that day.

        Args:
            document_id: The invoice, or the credit note.
            rate: Only for a return without an invoice: at which rate to take back. Its entry is flagged.
            at: When it happens, the clock by default.
            key: An idempotency key.

        Raises:
            NotStoredError: When there is no such document.
            InvalidValueError: For other documents, for a return without an invoice and without a rate, and for a rate anywhere else.
            CurrencyMismatchError: For another currency than the card's.
        """
        ratio = None if rate is None else check_ratio("rate", rate)

        def work(work: Work) -> LoyaltyEntry | None:
            document = work.get(Document, document_id)
            if document.kind not in ("invoice", "credit_note"):
                raise refused("document_id", document.kind, "an invoice or a credit note")
            if (ratio is None) == (invoice_of(document) is None):
                raise refused("rate", rate, "a rate for a return without an invoice, and None for all else: the rate of its day is known")
            card = active_cards(work, [document.party_id]).get(document.party_id)
            if card is not None:
                work.get(LoyaltyCard, card.id)
            id, found = free_entry_id(work, document)
            if found or card is None:
                return found[0] if found else None
            if document.currency != card.currency:
                raise CurrencyMismatchError(card.currency, document.currency)
            if ratio is None:
                return next((entry for entry in book_documents(work, [document]) if entry.id == entry_id(document)), None)
            entry = attrs.evolve(return_entry(work, document, card=card, rate=ratio), id=id)
            return work.record(entry, happened_at=work.moment.start_of(entry.booked_on), summary=in_short(entry))

        return self.workplace.do("loyalty.book", work, arguments={"document_id": document_id, "rate": ratio}, at=at, key=key)

    def set_rate(
        self, party_id: str, *, ratio: Decimal | str, since: date, at: datetime | None = None, key: str | None = None
    ) -> LoyaltyCard:
        """
        Set what share of invoices is credited from a day on; what is booked stays as it is.

        Raises:
            NotStoredError: When the party is not stored or has no active card.
        """
        check_date("since", since)

        def work(work: Work) -> LoyaltyCard:
            return work.record(_card_of(work, party_id).with_rate(ratio, since=since), summary=f"{ratio} since {since}")

        arguments = {"party_id": party_id, "ratio": str(ratio), "since": since}
        return self.workplace.do("loyalty.set_rate", work, arguments=arguments, at=at, key=key)

    def redeem(
        self, party_id: str, *, amount: Money, because: str | None = None, at: datetime | None = None, key: str | None = None
    ) -> LoyaltyEntry:
        """
        Spend credit.

        Raises:
            NotStoredError: When the party is not stored or has no active card.
            InvalidValueError: For more than there is, and for nothing or less.
            CurrencyMismatchError: For another currency than the card's.
        """
        if check_kind("amount", amount, Money).minor <= 0:
            raise refused("amount", amount, "more than nothing")

        def spent(balance: LoyaltyBalance) -> LoyaltyBalance:
            if amount > balance.credit:
                raise refused("amount", amount, f"at most the credit of {balance.credit}")
            return _sums(balance, credit=-amount)

        return self._enter("redeem", "redemption", party_id, spent, {"amount": amount, "because": because}, at=at, key=key)

    def open_balance(
        self,
        party_id: str,
        *,
        credit: Money,
        revenue: Money | None = None,
        points: int = 0,
        at: datetime | None = None,
        key: str | None = None,
    ) -> LoyaltyEntry:
        """
        Take over what an old system says.

        Raises:
            NotStoredError: When the party is not stored or has no active card.
            CurrencyMismatchError: For another currency than the card's.
        """
        arguments = {"credit": credit, "revenue": revenue, "points": check_int("points", points)}

        def opened(balance: LoyaltyBalance) -> LoyaltyBalance:
            return _sums(balance, credit=credit, revenue=revenue, points=points)

        return self._enter("open_balance", "opening", party_id, opened, arguments, at=at, key=key)

    def expire(
        self,
        party_id: str,
        *,
        credit: Money | None = None,
        points: int = 0,
        because: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> LoyaltyEntry:
        """
        Let credit or points expire.

        Raises:
            NotStoredError: When the party is not stored or has no active card.
            InvalidValueError: For more than there is, for less than nothing, and for neither credit nor points.
            CurrencyMismatchError: For another currency than the card's.
        """
        check_int("points", points, at_least=0)
        if credit is not None and check_kind("credit", credit, Money).minor < 0:
            raise refused("credit", credit, "nothing or more")
        if not credit and not points:
            raise refused("points", points, "credit or points that expire")

        def expired(balance: LoyaltyBalance) -> LoyaltyBalance:
            if credit and credit > balance.credit:
                raise refused("credit", credit, f"at most the credit of {balance.credit}")
            if points and points > balance.points:
                raise refused("points", points, f"at most the {balance.points} points that there are")
            return _sums(balance, credit=None if credit is None else -credit, points=-points)

        arguments = {"credit": credit, "points": points, "because": because}
        return self._enter("expire", "expiry", party_id, expired, arguments, at=at, key=key)

    def reset(self, party_id: str, *, credit: bool = False, at: datetime | None = None, key: str | None = None) -> LoyaltyEntry:
        """
        Initialise the card: an entry brings revenue and points to zero; the credit only with `credit=True`.

        Raises:
            NotStoredError: When the party is not stored or has no active card.
        """

        def emptied(balance: LoyaltyBalance) -> LoyaltyBalance:
            return _sums(balance, credit=-balance.credit if credit else None, revenue=-balance.revenue, points=-balance.points)

        return self._enter("reset", "reset", party_id, emptied, {"credit": credit}, at=at, key=key)

    def give_back(self, party_id: str, *, because: str, at: datetime | None = None, key: str | None = None) -> LoyaltyCard:
        """
        Take the active card of a party out of use; its entries stay, and still add up. Another card can be added then.

        Raises:
            NotStoredError: When the party is not stored or has no active card.
        """
        check_text("because", because)

        def work(work: Work) -> LoyaltyCard:
            return work.record(attrs.evolve(_card_of(work, party_id), active=False), summary=because)

        return self.workplace.do("loyalty.give_back", work, arguments={"party_id": party_id, "because": because}, at=at, key=key)

    def balance(self, party_id: str) -> LoyaltyBalance:
        """
        Add up the entries of a party.

        Raises:
            NotStoredError: When the party is not stored or never had a card.
        """
        with self.workplace.reading() as transaction:
            party = party_read(self.workplace, transaction, "loyalty.balance", party_id)
            cards = transaction.find(Query(LoyaltyCard, [_of(party.id)]))
            if not cards:
                raise NotStoredError("loyalty_card", party.id)
            return LoyaltyBalance.of(transaction.find(Query(LoyaltyEntry, [_of(party.id)])), currency=cards[0].currency)

    def entries(self, party_id: str) -> tuple[LoyaltyEntry, ...]:
        """
        List the entries of a party, the oldest day first.

        Raises:
            NotStoredError: When the party is not stored.
        """
        with self.workplace.reading() as transaction:
            party = party_read(self.workplace, transaction, "loyalty.entries", party_id)
            return tuple(transaction.find(Query(LoyaltyEntry, [_of(party.id)], order_by="booked_on")))

    def _enter(
        self,
        verb: str,
        kind: LoyaltyEntryKind,
        party_id: str,
        decide: Callable[[LoyaltyBalance], LoyaltyBalance],
        arguments: Mapping[str, object],
        *,
        at: datetime | None,
        key: str | None,
    ) -> LoyaltyEntry:
        """Write an entry of what a rule decides on the balance, while nobody else can change the card."""

        def work(work: Work) -> LoyaltyEntry:
            card = _card_of(work, party_id)
            change = decide(LoyaltyBalance.of(work.find(LoyaltyEntry, _of(card.party_id)), currency=card.currency))
            entry = LoyaltyEntry(
                id=new_id(),
                card_id=card.id,
                party_id=card.party_id,
                kind=kind,
                booked_on=work.moment.on,
                credit=change.credit,
                revenue=change.revenue,
                points=change.points,
                because=because if isinstance(because := arguments.get("because"), str) else None,
            )
            return work.record(entry, summary=in_short(entry))

        return self.workplace.do(f"loyalty.{verb}", work, arguments={"party_id": party_id, **arguments}, at=at, key=key)


def _of(party_id: str) -> Condition:
    return Condition("party_id", "equal", party_id)


def _card_of(work: Work, party_id: str) -> LoyaltyCard:
    """Find the active card of a party, locked: entries of one card are written one after the other."""
    party = work.get(Party, party_id, lock=False)
    card = active_cards(work, [party.id]).get(party.id)
    if card is None:
        raise NotStoredError("loyalty_card", party.id)
    return work.get(LoyaltyCard, card.id)


def _sums(balance: LoyaltyBalance, *, credit: Money | None = None, revenue: Money | None = None, points: int = 0) -> LoyaltyBalance:
    """What an entry adds; amounts in the currency of the balance, or it is refused."""
    nothing = balance.credit - balance.credit
    return LoyaltyBalance(credit=nothing + (credit or nothing), revenue=nothing + (revenue or nothing), points=points)
