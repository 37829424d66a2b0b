"""Money is exact and never crosses currencies silently (rule 23)."""

from __future__ import annotations

import pickle
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Money, total, totals
from crmkit.errors import CurrencyMismatchError, InvalidValueError
from crmkit.money import minor_digits, rounded

minors = st.integers(-(10**15), 10**15)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any)


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


@pytest.mark.parametrize(
    ("currency", "amount", "minor"), [("EUR", "19.90", 1990), ("JPY", "19", 19), ("KWD", "1.234", 1234), ("CLF", "1.2345", 12345)]
)
def test_the_minor_unit_has_as_many_decimals_as_iso_4217_says(currency: str, amount: str, minor: int) -> None:
    money = Money.of(amount, currency)

    assert money == Money(minor=minor, currency=currency)
    assert money.amount == Decimal(amount)
    assert str(money) == f"{amount} {currency}"


@pytest.mark.parametrize(("currency", "amount"), [("EUR", "1.001"), ("JPY", "1.5"), ("KWD", "0.0001"), ("CLF", "0.00001")])
def test_more_decimals_than_the_currency_has_are_refused(currency: str, amount: str) -> None:
    with pytest.raises(InvalidValueError, match=r"at most \d decimals"):
        Money.of(amount, currency)


@pytest.mark.parametrize("amount", [19.9, True, None, "nineteen", "NaN", Decimal("Infinity")])
def test_what_is_not_an_exact_number_is_refused(amount: object) -> None:
    with pytest.raises(InvalidValueError, match="amount="):
        Money.of(amount, "EUR")  # type: ignore[arg-type]


def test_the_message_for_a_float_shows_the_fix() -> None:
    with pytest.raises(InvalidValueError, match=r"pass Decimal\('19.9'\)"):
        Money.of(19.9, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize("factor", [1.5, Decimal("1.5"), True])
def test_the_message_for_a_factor_shows_the_fix(factor: object) -> None:
    with pytest.raises(InvalidValueError, match=r"money\.times\(Decimal"):
        Money.of(1, "EUR") * factor  # type: ignore[operator]


@pytest.mark.parametrize("minor", [2.5, Decimal(1), True])
def test_the_message_for_minor_units_shows_the_fix(minor: object) -> None:
    with pytest.raises(InvalidValueError, match=r"Money\.of"):
        Money(minor=minor, currency="EUR")  # type: ignore[arg-type]


def test_weights_are_a_sequence() -> None:
    with pytest.raises(InvalidValueError, match="weights"):
        Money.of(1, "EUR").allocate(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["eur", "EU", "EURO", "€", "", None, "EÜR"])
def test_a_currency_is_three_capital_letters(currency: object) -> None:
    with pytest.raises(InvalidValueError, match="ISO 4217"):
        Money(minor=1, currency=currency)  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["FOO", "ERU", "XXX"])
def test_a_currency_is_one_of_iso_4217(currency: str) -> None:
    with pytest.raises(InvalidValueError, match=f"currency='{currency}'"):
        Money.of(1, currency)
    with pytest.raises(InvalidValueError, match=f"currency='{currency}'"):
        total([], currency=currency)


@pytest.mark.parametrize("currency", ["DEM", "ATS", "CHF", "USD", "XAF", "ZWL"])
def test_old_and_new_currencies_of_iso_4217_are_known(currency: str) -> None:
    assert Money.of(1, currency).currency == currency


@pytest.mark.parametrize("currency", ["ERU", "eur", "UER"])
def test_the_currency_that_may_be_meant_is_named(currency: str) -> None:
    with pytest.raises(InvalidValueError, match="did you mean 'EUR'"):
        Money.of(1, currency)


@pytest.mark.parametrize("amount", [10**18, Decimal("-1e18"), "1e999999999"])
def test_an_amount_that_does_not_fit_is_refused_as_an_amount(amount: object) -> None:
    with pytest.raises(InvalidValueError, match=r"amount='.*EUR' is not allowed; expected at most 92,233,720,368,547,758.07 EUR"):
        Money.of(amount, "EUR")  # type: ignore[arg-type]


def test_a_sum_that_does_not_fit_is_refused_as_an_amount() -> None:
    with pytest.raises(InvalidValueError, match=r"amount='180000000000000000.00 EUR'"):
        Money.of(9 * 10**16, "EUR") + Money.of(9 * 10**16, "EUR")


def test_a_number_of_too_many_digits_is_not_rounded() -> None:
    with pytest.raises(InvalidValueError, match="at most 60 digits"):
        rounded(Decimal("1e70"), 2)


@pytest.mark.parametrize("minor", [2**63 - 1, -(2**63 - 1)])
def test_the_largest_amount_fits_a_64_bit_column(minor: int) -> None:
    assert Money(minor=minor, currency="EUR").minor == minor


@pytest.mark.parametrize("minor", [2**63, -(2**63), 1.0, True, "1"])
def test_minor_units_beyond_it_or_not_whole_are_refused(minor: object) -> None:
    with pytest.raises(InvalidValueError, match="minor="):
        Money(minor=minor, currency="EUR")  # type: ignore[arg-type]


def test_the_fields_go_by_keyword_only() -> None:
    with pytest.raises(TypeError):
        Money(20, "EUR")  # type: ignore[call-arg]


def test_currencies_never_add_or_compare() -> None:
    franc = Money.of(1, "CHF")
    for operation in (eur("1").__add__, eur("1").__sub__, eur("1").__lt__, eur("1").__le__, eur("1").__gt__, eur("1").__ge__):
        with pytest.raises(CurrencyMismatchError, match="EUR and CHF do not mix"):
            operation(franc)
    assert eur("1") != franc


@pytest.mark.parametrize("other", [0, 1, "one", None])
def test_money_adds_only_to_money(other: object) -> None:
    with pytest.raises(InvalidValueError, match="a Money"):
        eur("1") + other  # type: ignore[operator]


def test_arithmetic_is_exact() -> None:
    assert eur("0.10") + eur("0.20") == eur("0.30")
    assert eur("0.10") - eur("0.20") == -eur("0.10") == eur("-0.10")
    assert abs(eur("-0.10")) == eur("0.10")
    assert 3 * eur("0.10") == eur("0.10") * 3 == eur("0.30")
    assert eur("1") < eur("2") <= eur("2") < eur("3") > eur("2") >= eur("2")
    assert not eur("0")
    assert eur("0.01")


@pytest.mark.parametrize("factor", [0.5, Decimal("0.5")])
def test_only_whole_factors_multiply_without_a_rounding(factor: object) -> None:
    with pytest.raises(InvalidValueError, match="a whole number"):
        eur("1") * factor  # type: ignore[operator]


@pytest.mark.parametrize(
    ("amount", "half_up", "half_even"),
    [("2.674", "2.67", "2.67"), ("2.675", "2.68", "2.68"), ("0.125", "0.13", "0.12"), ("-0.125", "-0.13", "-0.12")],
)
def test_half_up_rounds_away_from_zero(amount: str, half_up: str, half_even: str) -> None:
    assert rounded(Decimal(amount), 2) == Decimal(half_up)
    assert rounded(Decimal(amount), 2, rounding="half_even") == Decimal(half_even)


def test_an_unknown_rounding_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="'half_up', 'half_even'"):
        rounded(Decimal(1), 2, rounding="up")  # type: ignore[arg-type]


@given(minors, st.fractions(min_value=-100, max_value=100, max_denominator=1).map(int), st.integers(0, 9999))
def test_a_product_is_the_exact_one_rounded_half_away_from_zero(minor: int, whole: int, decimals: int) -> None:
    factor = Decimal(whole) + Decimal(decimals).scaleb(-4)
    exact = Fraction(minor) * Fraction(factor)

    expected = int(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)

    assert Money(minor=minor, currency="EUR").times(factor).minor == expected


@given(minors, weights)
def test_allocated_parts_add_up_exactly(minor: int, shares: list[int]) -> None:
    money = Money(minor=minor, currency="EUR")

    assert total(money.allocate(shares), currency="EUR") == money


@given(minors, weights)
def test_no_part_is_a_cent_or_more_away_from_its_exact_share(minor: int, shares: list[int]) -> None:
    for part, share in zip(Money(minor=minor, currency="EUR").allocate(shares), shares, strict=True):
        assert abs(part.minor - Fraction(minor * share, sum(shares))) < 1


@given(minors, weights)
def test_a_negative_amount_is_allocated_as_the_mirror_of_the_positive(minor: int, shares: list[int]) -> None:
    money = Money(minor=minor, currency="EUR")

    assert (-money).allocate(shares) == tuple(-part for part in money.allocate(shares))


def test_ties_of_remainders_go_to_the_earlier_part() -> None:
    assert eur("0.05").allocate([1, 1, 1]) == (eur("0.02"), eur("0.02"), eur("0.01"))


@pytest.mark.parametrize("shares", [[], [0], [0, 0], [-1, 2], [0.5]])
def test_weights_that_split_nothing_are_refused(shares: list[object]) -> None:
    with pytest.raises(InvalidValueError, match="weights="):
        eur("1").allocate(shares)  # type: ignore[arg-type]


def test_the_sum_of_nothing_is_zero_of_the_currency() -> None:
    assert total([], currency="CHF") == Money.of(0, "CHF")
    assert totals([]) == {}


def test_a_total_refuses_another_currency_and_totals_keep_them_apart() -> None:
    amounts = [eur("1"), Money.of(2, "CHF"), eur("3")]

    with pytest.raises(CurrencyMismatchError):
        total(amounts, currency="EUR")
    assert totals(amounts) == {"EUR": eur("4"), "CHF": Money.of(2, "CHF")}


def test_money_is_a_value() -> None:
    assert {eur("1"), eur("1.00")} == {eur("1")}
    assert pickle.loads(pickle.dumps(eur("1"))) == eur("1")  # noqa: S301  # our own bytes
    assert eval(repr(eur("-1.50")), {"Money": Money}) == eur("-1.50")  # noqa: S307  # our own text


def test_most_currencies_have_two_decimals() -> None:
    assert [minor_digits(currency) for currency in ("EUR", "CHF", "JPY", "KWD", "CLF")] == [2, 2, 0, 3, 4]
