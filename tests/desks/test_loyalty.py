"""Rule 24: the loyalty card as a ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit import Crm, Money, Scope, Settings
from crmkit.entities import Document, Line, LoyaltyCard, LoyaltyPolicy, LoyaltyRate, Party
from crmkit.errors import CurrencyMismatchError, InvalidValueError, NotStoredError
from crmkit.persistence import MemoryStore

if TYPE_CHECKING:
    from crmkit.store import Store
    from tests.desks.conftest import Clock

FROM_2025 = LoyaltyRate(ratio="0.02", since=date(2025, 1, 1))


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def an_invoice(id: str, price: str, **fields: Any) -> Document:
    line = Line(item_id="I-1", quantity=1, unit_price=price, tax_ratio="0.19")
    defaults: dict[str, Any] = {"kind": "invoice", "party_id": "C-17", "issued_on": date(2025, 12, 1), "lines": [line]}
    return Document(id=id, **defaults | fields)


def a_credit_note(id: str, price: str, of: str | None, **fields: Any) -> Document:
    return an_invoice(id, price, kind="credit_note", predecessor_id=of, **fields)


def a_card(*rates: LoyaltyRate, **fields: Any) -> LoyaltyCard:
    return LoyaltyCard(id="K-1", party_id="C-17", rates=rates or (FROM_2025,), **fields)


def state(crm: Crm) -> tuple[str, str, int]:
    balance = crm.loyalty.balance("C-17")
    return str(balance.credit.amount), str(balance.revenue.amount), balance.points


@pytest.fixture
def crm(store: Store, clock: Clock) -> Crm:
    """A desk that books by itself, with a customer who has no card yet."""
    desk = Crm(store, scope=Scope(tenant="other", actor="anna"), settings=Settings(zone="Europe/Berlin"), clock=clock)
    desk.add(Party(id="C-17", name="x", created_on=date(2025, 1, 1), roles="customer"))
    return desk


@pytest.fixture
def by_hand(store: Store, clock: Clock) -> Crm:
    """A desk that books nothing by itself, with a customer and a card."""
    chosen = Settings(zone="Europe/Berlin", loyalty=LoyaltyPolicy(automatic=False))
    desk = Crm(store, scope=Scope(tenant="acme", actor="anna"), settings=chosen, clock=clock)
    desk.add(Party(id="C-17", name="x", created_on=date(2025, 1, 1), roles="customer"), a_card())
    return desk


def test_an_invoice_is_credited_when_it_is_stored(crm: Crm) -> None:
    crm.add(a_card())
    crm.add(an_invoice("R-2", "99.90"))

    assert state(crm) == ("2.00", "99.90", 99)
    (entry,) = crm.loyalty.entries("C-17")
    assert (entry.kind, entry.rate, entry.invoice_id, entry.booked_on) == ("invoice", Decimal("0.02"), "R-2", date(2025, 12, 1))
    assert [told.about.kind for told in crm.timeline("C-17", kinds=["loyalty_entry"])] == ["loyalty_entry"]


def test_an_invoice_is_credited_once_whether_from_the_till_or_from_posting(by_hand: Crm) -> None:
    by_hand.add(an_invoice("R-2", "99.90"))
    assert state(by_hand)[0] == "0.00"
    till = by_hand.loyalty.book("R-2")
    posting = by_hand.loyalty.book("R-2")

    assert till is not None
    assert posting == till
    assert len(by_hand.loyalty.entries("C-17")) == 1
    assert by_hand.check() == ()


def test_three_returns_of_3_33_from_9_99_at_2_percent_take_back_0_20_not_0_21(crm: Crm) -> None:
    crm.add(a_card(), an_invoice("R-2", "9.99"))
    assert state(crm) == ("0.20", "9.99", 9)

    for number in range(3):
        crm.add(a_credit_note(f"G-{number}", "3.33", "R-2"))

    assert [str(entry.credit.amount) for entry in crm.loyalty.entries("C-17") if entry.kind == "credit_note"] == ["-0.07", "-0.06", "-0.07"]
    assert state(crm) == ("0.00", "0.00", 0)


@pytest.mark.parametrize(("day", "credit"), [(30, None), (31, "2.00"), (1, "2.00")])
def test_the_rate_of_the_invoice_date_counts(crm: Crm, day: int, credit: str | None) -> None:
    month = 6 if day == 1 else 5
    crm.add(a_card(LoyaltyRate(ratio="0.02", since=date(2025, 5, 31)), LoyaltyRate(ratio="0.05", since=date(2025, 6, 2))))
    crm.add(an_invoice("R-2", "100", issued_on=date(2025, month, day)))

    entry = crm.loyalty.book("R-2")
    assert (None if entry is None else str(entry.credit.amount)) == credit


def test_a_credit_note_takes_back_at_the_rate_of_the_invoice_not_of_its_own_day(crm: Crm) -> None:
    crm.add(a_card(), an_invoice("R-2", "100", issued_on=date(2025, 5, 1)))
    crm.loyalty.set_rate("C-17", ratio="0.10", since=date(2025, 6, 1))
    crm.add(a_credit_note("G-1", "50", "R-2", issued_on=date(2025, 7, 1)))

    assert state(crm) == ("1.00", "50.00", 50)


def test_a_new_rate_leaves_what_is_booked(crm: Crm) -> None:
    crm.add(a_card(), an_invoice("R-2", "100"))
    card = crm.loyalty.set_rate("C-17", ratio="0.10", since=date(2025, 1, 1))

    assert [rate.ratio for rate in card.rates] == [Decimal("0.10")]
    assert state(crm)[0] == "2.00"


@pytest.mark.parametrize(("base", "credit", "points"), [("net", "2.00", 100), ("gross", "2.38", 119)])
def test_net_or_gross_counts_as_set(store: Store, clock: Clock, base: Any, credit: str, points: int) -> None:
    chosen = Settings(loyalty=LoyaltyPolicy(base=base))
    crm = Crm(store, scope=Scope(tenant="acme", actor="anna"), settings=chosen, clock=clock)
    crm.add(Party(id="C-17", name="x", created_on=date(2025, 1, 1)), a_card(), an_invoice("R-2", "100"))

    assert (state(crm)[0], state(crm)[2]) == (credit, points)


@pytest.mark.parametrize(("price", "points"), [("9.99", 9), ("10.00", 10), ("10.01", 10), ("0.99", 0)])
def test_points_are_whole_currency_units(crm: Crm, price: str, points: int) -> None:
    crm.add(a_card(), an_invoice("R-2", price))

    assert state(crm)[2] == points


@pytest.mark.parametrize(("returned", "points"), [("0.01", 9), ("0.50", 9), ("1.00", 9), ("1.01", 8)])
def test_after_a_return_points_are_those_of_what_is_left(crm: Crm, returned: str, points: int) -> None:
    crm.add(a_card(), an_invoice("R-2", "10.00"), a_credit_note("G-1", returned, "R-2"))

    assert state(crm)[2] == points


def test_a_return_without_an_invoice_needs_a_rate_and_is_flagged(crm: Crm) -> None:
    crm.add(a_card())
    crm.add(a_credit_note("G-1", "50", None))
    assert state(crm) == ("0.00", "0.00", 0)
    with pytest.raises(InvalidValueError, match="rate=None"):
        crm.loyalty.book("G-1")

    entry = crm.loyalty.book("G-1", rate="0.03")

    assert entry is not None
    assert (entry.kind, entry.flagged, entry.rate) == ("return", True, Decimal("0.03"))
    assert state(crm) == ("-1.50", "-50.00", -50)
    assert crm.loyalty.book("G-1", rate="0.03") == entry


def test_a_rate_is_named_for_returns_without_an_invoice_only(crm: Crm) -> None:
    crm.add(a_card(), an_invoice("R-2", "100"))
    with pytest.raises(InvalidValueError, match="the rate of its day is known"):
        crm.loyalty.book("R-2", rate="0.03")
    crm.add(an_invoice("Q-1", "5", kind="quote"))
    with pytest.raises(InvalidValueError, match="an invoice or a credit note"):
        crm.loyalty.book("Q-1")


@pytest.mark.parametrize("first", ["R-2", "G-1"])
def test_the_order_of_booking_does_not_matter(by_hand: Crm, first: str) -> None:
    by_hand.add(an_invoice("R-2", "9.99"), a_credit_note("G-1", "3.33", "R-2"))
    by_hand.loyalty.book(first)

    assert state(by_hand) == ("0.13", "6.66", 6)
    by_hand.loyalty.book("R-2")
    by_hand.loyalty.book("G-1")
    assert len(by_hand.loyalty.entries("C-17")) == 2


def test_without_a_card_nothing_is_credited(crm: Crm) -> None:
    crm.add(an_invoice("R-2", "100"))

    assert crm.loyalty.book("R-2") is None
    for verb in (crm.loyalty.balance, crm.loyalty.reset):
        with pytest.raises(NotStoredError, match="loyalty_card"):
            verb("C-17")
    with pytest.raises(NotStoredError):
        crm.loyalty.book("R-99")


@pytest.mark.parametrize("fields", [{"subtype": "pro_forma"}, {"subtype": "down_payment"}, {"kind": "order"}])
def test_what_is_no_purchase_earns_nothing(crm: Crm, fields: Any) -> None:
    crm.add(a_card(), an_invoice("R-2", "100", **fields))

    assert crm.loyalty.entries("C-17") == ()


def test_an_invoice_in_another_currency_is_left_out_and_refused_when_asked_for(crm: Crm) -> None:
    crm.add(a_card(), an_invoice("R-2", "100", currency="CHF"))

    assert crm.loyalty.entries("C-17") == ()
    with pytest.raises(CurrencyMismatchError):
        crm.loyalty.book("R-2")


def test_a_cancelled_invoice_gives_back_all_it_brought(crm: Crm) -> None:
    crm.add(a_card(), an_invoice("R-2", "100"), a_credit_note("G-1", "40", "R-2"))
    crm.change(attrs.evolve(crm.get(Document, "R-2"), state="cancelled"))

    assert state(crm) == ("0.00", "0.00", 0)
    assert {entry.kind for entry in crm.loyalty.entries("C-17")} == {"invoice", "credit_note", "cancellation"}
    crm.loyalty.book("R-2")
    assert state(crm) == ("0.00", "0.00", 0)


def test_what_is_on_a_card_is_not_changed_behind_it(crm: Crm) -> None:
    crm.add(a_card(), an_invoice("R-2", "100"))
    stored = crm.get(Document, "R-2")

    with pytest.raises(InvalidValueError, match="on the loyalty card"):
        crm.change(attrs.evolve(stored, lines=an_invoice("R-2", "1").lines))
    assert crm.change(attrs.evolve(stored, number="4711")).number == "4711"


def test_a_cancelled_credit_note_counts_no_more(crm: Crm) -> None:
    crm.add(a_card(), an_invoice("R-2", "9.99"), a_credit_note("G-1", "3.33", "R-2"))
    crm.change(attrs.evolve(crm.get(Document, "G-1"), state="cancelled"))
    assert state(crm) == ("0.20", "9.99", 9)

    crm.add(a_credit_note("G-2", "9.99", "R-2"))
    assert state(crm) == ("0.00", "0.00", 0)


def test_a_cancelling_invoice_takes_back(crm: Crm) -> None:
    crm.add(a_card(), an_invoice("R-2", "100"))
    crm.add(an_invoice("R-3", "-100", subtype="cancellation", predecessor_id="R-2"))

    assert state(crm) == ("0.00", "0.00", 0)


def test_credit_is_spent_up_to_what_there_is(crm: Crm) -> None:
    crm.add(a_card(), an_invoice("R-2", "100"))
    crm.loyalty.redeem("C-17", amount=eur("1.50"))

    assert state(crm) == ("0.50", "100.00", 100)
    for amount in ("0.51", "0.00", "-0.01"):
        with pytest.raises(InvalidValueError, match="amount="):
            crm.loyalty.redeem("C-17", amount=eur(amount))
    crm.loyalty.redeem("C-17", amount=eur("0.50"))
    with pytest.raises(CurrencyMismatchError):
        crm.loyalty.redeem("C-17", amount=Money.of(1, "CHF"))


def test_the_balance_may_go_negative(crm: Crm) -> None:
    crm.add(a_card(), an_invoice("R-2", "100"))
    crm.loyalty.redeem("C-17", amount=eur("2"))
    crm.add(a_credit_note("G-1", "100", "R-2"))

    assert state(crm) == ("-2.00", "0.00", 0)


@pytest.mark.parametrize(("credit", "left"), [(False, "2.00"), (True, "0.00")])
def test_initialising_brings_revenue_and_points_to_zero_and_credit_on_request(crm: Crm, credit: bool, left: str) -> None:
    crm.add(a_card(), an_invoice("R-2", "100"))
    entry = crm.loyalty.reset("C-17", credit=credit)

    assert state(crm) == (left, "0.00", 0)
    assert (entry.kind, len(crm.loyalty.entries("C-17"))) == ("reset", 2)


def test_opening_balance_and_expiry_are_entries(crm: Crm) -> None:
    crm.add(a_card())
    crm.loyalty.open_balance("C-17", credit=eur("12"), revenue=eur("600"), points=600)
    crm.loyalty.expire("C-17", credit=eur("2"), points=100, because="older than three years")

    assert state(crm) == ("10.00", "600.00", 500)
    assert [entry.kind for entry in crm.loyalty.entries("C-17")] == ["opening", "expiry"]
    for wrong in ({"points": -1}, {"credit": eur("-1")}):
        with pytest.raises(InvalidValueError):
            crm.loyalty.expire("C-17", **wrong)


@pytest.mark.parametrize(("wrong", "said"), [({}, "that expire"), ({"credit": eur("0")}, "that expire"), ({"points": 0}, "that expire")])
def test_an_expiry_of_nothing_is_refused(crm: Crm, wrong: dict[str, Any], said: str) -> None:
    crm.add(a_card())

    with pytest.raises(InvalidValueError, match=said):
        crm.loyalty.expire("C-17", **wrong)
    assert crm.loyalty.entries("C-17") == ()


@pytest.mark.parametrize(
    ("credit", "points", "accepted"), [("11.99", 599, True), ("12", 600, True), ("12.01", 600, False), ("12", 601, False)]
)
def test_no_more_expires_than_there_is(crm: Crm, credit: str, points: int, accepted: bool) -> None:
    crm.add(a_card())
    crm.loyalty.open_balance("C-17", credit=eur("12"), points=600)

    if accepted:
        crm.loyalty.expire("C-17", credit=eur(credit), points=points)
        assert crm.loyalty.balance("C-17").points == 600 - points
    else:
        with pytest.raises(InvalidValueError, match="at most the"):
            crm.loyalty.expire("C-17", credit=eur(credit), points=points)
        assert state(crm) == ("12.00", "0.00", 600)


def test_a_party_has_one_active_card(crm: Crm) -> None:
    crm.add(a_card())
    another = LoyaltyCard(id="K-2", party_id="C-17", rates=[FROM_2025])
    with pytest.raises(InvalidValueError, match="this one has 'K-1'"):
        crm.add(another)

    crm.add(an_invoice("R-2", "100"))
    crm.loyalty.give_back("C-17", because="lost")
    crm.add(another)
    crm.add(an_invoice("R-3", "100"))
    assert state(crm) == ("4.00", "200.00", 200)
    with pytest.raises(InvalidValueError):
        crm.add(*(attrs.evolve(another, id=id, party_id="C-17") for id in ("K-3", "K-4")))


def test_a_key_makes_a_redemption_happen_once(crm: Crm) -> None:
    crm.add(a_card(), an_invoice("R-2", "100"))
    for _ in range(2):
        crm.loyalty.redeem("C-17", amount=eur("1"), key="till-1")

    assert state(crm)[0] == "1.00"


def test_many_invoices_of_many_cards_are_booked_at_once(crm: Crm) -> None:
    for number in range(3):
        crm.add(Party(id=f"C-{number}", name="x", created_on=date(2025, 1, 1)))
        crm.add(LoyaltyCard(id=f"KK-{number}", party_id=f"C-{number}", rates=[FROM_2025]))
    crm.add(*(an_invoice(f"R-{number}", "100", party_id=f"C-{number % 3}") for number in range(9)))

    assert [crm.loyalty.balance(f"C-{number}").credit for number in range(3)] == [eur("6")] * 3
    assert crm.check() == ()


@settings(max_examples=80, deadline=None)
@given(
    price=st.integers(1, 5_000),
    parts=st.lists(st.integers(1, 2_000), max_size=6),
    percent=st.integers(0, 1_000),
    order=st.randoms(use_true_random=False),
)
def test_whatever_comes_back_the_card_has_the_rate_of_what_is_left(price: int, parts: list[int], percent: int, order: Any) -> None:
    crm = Crm(MemoryStore(), scope=Scope(tenant="a", actor="a"), clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    while sum(parts) > price:  # more than the invoice is refused
        parts.pop()
    rate = Decimal(percent).scaleb(-4)
    invoice = an_invoice("R-1", str(Decimal(price).scaleb(-2)))
    crm.add(Party(id="C-17", name="x", created_on=date(2025, 1, 1)), a_card(LoyaltyRate(ratio=rate, since=date(2025, 1, 1))), invoice)
    notes = [a_credit_note(f"G-{place}", str(Decimal(part).scaleb(-2)), "R-1") for place, part in enumerate(parts)]
    order.shuffle(notes)
    for note in notes:
        crm.add(note)

    balance = crm.loyalty.balance("C-17")
    returned = Money(minor=sum(parts), currency="EUR")
    left = Money(minor=price, currency="EUR") - returned
    assert balance.credit == Money(minor=price, currency="EUR").times(rate) - returned.times(rate)
    assert balance.revenue == left
    assert balance.points == int(left.amount)
    if not left:
        assert (balance.credit.minor, balance.points) == (0, 0)
