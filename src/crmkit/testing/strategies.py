"""
Hypothesis strategies for the values of crmkit: only valid ones. The parameters bound what is drawn.

Where Hypothesis and crmkit are both installed, `st.from_type(Money)` finds these by itself.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, get_args

import crmkit.testing._required  # noqa: F401  # isort: skip  says which extra is missing, before Hypothesis is

from hypothesis import strategies as st

from crmkit._checks import refused
from crmkit.entities import (
    Address,
    Channel,
    ContactPerson,
    ContactPlan,
    Document,
    DocumentKind,
    Interaction,
    Line,
    Party,
    Phone,
    Recall,
    Recurrence,
    Role,
    Source,
)
from crmkit.money import Money
from crmkit.periods import Interval, Period

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypothesis.strategies import SearchStrategy

__all__ = [
    "addresses",
    "contact_persons",
    "contact_plans",
    "documents",
    "interactions",
    "intervals",
    "lines",
    "moneys",
    "parties",
    "periods",
    "phones",
    "recalls",
    "recurrences",
]

_CURRENCIES = ("EUR", "CHF", "USD", "JPY", "KWD", "CLF")  # of 2, 0, 3 and 4 decimals
_EARLIEST, _LATEST = date(2000, 1, 1), date(2099, 12, 31)
_LARGEST = 10**15
_CENT = Decimal("0.01")
_KINDS = ("phone", "talk", "visit", "letter", "email")


def _texts(most: int = 30) -> SearchStrategy[str]:
    """Text that every database can hold, not blank."""
    return st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=most).filter(lambda text: bool(text.strip()))


def _ids() -> SearchStrategy[str]:
    return st.text(st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-"), min_size=1, max_size=12)


def _days(min_date: date = _EARLIEST, max_date: date = _LATEST) -> SearchStrategy[date]:
    return st.dates(min_date, max_date)


def _decimals(low: Decimal | int, high: Decimal | int, places: int) -> SearchStrategy[Decimal]:
    return st.decimals(low, high, places=places, allow_nan=False, allow_infinity=False)


def moneys(*, currencies: Iterable[str] = _CURRENCIES, min_minor: int = -_LARGEST, max_minor: int = _LARGEST) -> SearchStrategy[Money]:
    """Amounts between two counts of minor units, each in one of the currencies."""
    return st.builds(
        lambda minor, currency: Money(minor=minor, currency=currency), st.integers(min_minor, max_minor), st.sampled_from(tuple(currencies))
    )


def periods(*, min_date: date = _EARLIEST, max_date: date = _LATEST, max_days: int = 4_000) -> SearchStrategy[Period]:
    """Periods of at least one day; no day of them lies after *max_date*."""
    if max_date < min_date:
        raise refused("max_date", max_date, f"a day from min_date={min_date} on")

    def from_start(start: date) -> SearchStrategy[Period]:
        most = min(max_days, (max_date - start).days + 1)
        return st.integers(1, most).map(lambda count: Period(start, start + timedelta(days=count)))

    return _days(min_date, max_date).flatmap(from_start)


def intervals(*, max_months: int = 24, max_days: int = 400) -> SearchStrategy[Interval]:
    """Spans of at least one day."""
    spans = st.tuples(st.integers(0, max_months), st.integers(0, max_days)).filter(any)
    return spans.map(lambda span: Interval(months=span[0], days=span[1]))


def addresses() -> SearchStrategy[Address]:
    """Postal addresses; none is the default one."""
    countries = st.sampled_from(("DE", "AT", "CH", "NL"))
    return st.builds(Address, street=_texts(), postal_code=st.from_regex(r"[0-9]{4,5}", fullmatch=True), city=_texts(), country=countries)


def phones() -> SearchStrategy[Phone]:
    """Telephone numbers of the range that is kept free for films and books."""
    return st.builds(Phone, number=st.integers(0, 999).map(lambda last: f"+49 40 66969 {last:03}"))


def contact_persons() -> SearchStrategy[ContactPerson]:
    """Humans at a party; no channel is both preferred and forbidden."""
    channels = st.dictionaries(st.sampled_from(get_args(Channel)), st.booleans())
    return st.builds(
        lambda channels, **fields: ContactPerson(
            preferred={name for name, liked in channels.items() if liked},
            forbidden={name for name, liked in channels.items() if not liked},
            **fields,
        ),
        channels,
        id=_ids(),
        last_name=_texts(),
        first_name=_texts(),
        form=st.sampled_from(("formal", "informal")),
        phones=st.lists(phones(), max_size=2),
        birthday=st.none() | _days(date(1930, 1, 1), date(2005, 12, 31)),
    )


def parties(*, roles: Iterable[Role] = get_args(Role), min_date: date = _EARLIEST, max_date: date = _LATEST) -> SearchStrategy[Party]:
    """Persons and organisations with one or several of the roles, created between two days."""
    return st.builds(
        Party,
        id=_ids().map(lambda id: f"P-{id}"),
        name=_texts(),
        created_on=_days(min_date, max_date),
        kind=st.sampled_from(("organisation", "person")),
        roles=st.sets(st.sampled_from(tuple(roles)), min_size=1),
        active=st.booleans(),
        people=st.lists(contact_persons(), max_size=2, unique_by=lambda person: person.id),
        addresses=st.lists(addresses(), max_size=2),
        phones=st.lists(phones(), max_size=2),
        source=st.none() | st.builds(Source, category=_texts(), detail=st.none() | _texts()),
        owner_id=st.none() | _ids(),
        tags=st.sets(_texts(10), max_size=3),
        manual_class=st.none() | st.sampled_from(("A", "B", "C")),
    )


def lines(*, min_price: Decimal | int = 0, max_price: Decimal | int = 10_000, cost_known: bool | None = None) -> SearchStrategy[Line]:
    """Lines with prices between two bounds; *cost_known* None draws known and unknown ones."""
    prices = _decimals(min_price, max_price, 4)
    costs = {True: prices, False: st.none(), None: st.none() | prices}[cost_known]
    return st.builds(
        Line,
        item_id=_ids(),
        quantity=_decimals(_CENT, 1_000, 2),
        unit_price=prices,
        unit_cost=costs,
        price_unit=st.sampled_from((1, 100, 1000)),
        discount_ratio=_decimals(0, 1, 2),
        tax_ratio=st.sampled_from((Decimal(0), Decimal("0.07"), Decimal("0.19"))),
        item_group=st.none() | _texts(10),
    )


def documents(
    *,
    kinds: Iterable[DocumentKind] = get_args(DocumentKind),
    currencies: Iterable[str] = ("EUR",),
    min_date: date = _EARLIEST,
    max_date: date = _LATEST,
    min_lines: int = 1,
    max_lines: int = 4,
) -> SearchStrategy[Document]:
    """Documents with so many lines, dated between two days."""
    return st.builds(
        Document,
        id=_ids().map(lambda id: f"D-{id}"),
        kind=st.sampled_from(tuple(kinds)),
        party_id=_ids().map(lambda id: f"P-{id}"),
        issued_on=_days(min_date, max_date),
        lines=st.lists(lines(), min_size=min_lines, max_size=max_lines),
        currency=st.sampled_from(tuple(currencies)),
        salesperson_id=st.none() | _ids(),
    )


def interactions(*, min_date: date = _EARLIEST, max_date: date = _LATEST) -> SearchStrategy[Interaction]:
    """Interactions at a moment of UTC days between two days."""
    first, last = datetime.combine(min_date, time.min), datetime.combine(max_date, time.max)
    return st.builds(
        Interaction,
        id=_ids().map(lambda id: f"I-{id}"),
        party_id=_ids().map(lambda id: f"P-{id}"),
        happened_at=st.datetimes(first, last, timezones=st.just(UTC)),
        kind=st.sampled_from(_KINDS),
        direction=st.sampled_from(("in", "out")),
        reached=st.booleans(),
        automatic=st.booleans(),
        employee_id=st.none() | _ids(),
        topics=st.lists(_texts(), max_size=2),
        minutes=st.none() | st.integers(0, 600),
    )


def recurrences(*, min_date: date = _EARLIEST, max_date: date = _LATEST) -> SearchStrategy[Recurrence]:
    """Rules without an end that begin between two days: by days, weeks, weekdays and days of the month."""
    every = st.integers(1, 12)
    weekdays = st.lists(st.sampled_from(("MO", "TU", "WE", "TH", "FR", "SA", "SU")), min_size=1, unique=True).map(",".join)
    rules = st.one_of(
        every.map("FREQ=DAILY;INTERVAL={}".format),
        st.builds("FREQ=WEEKLY;INTERVAL={};BYDAY={}".format, every, weekdays),
        st.builds("FREQ=MONTHLY;BYDAY={}{}".format, st.sampled_from((1, 2, 3, 4, -1)), st.sampled_from(("MO", "WE", "FR"))),
        st.builds("FREQ=MONTHLY;BYMONTHDAY={}".format, st.integers(1, 31)),
        st.just("FREQ=YEARLY"),
    )
    return st.builds(Recurrence, rules, _days(min_date, max_date))


def contact_plans(*, min_date: date = _EARLIEST, max_date: date = _LATEST) -> SearchStrategy[ContactPlan]:
    """Contact plans whose days lie between two days."""
    day = st.none() | _days(min_date, max_date)
    return st.builds(
        ContactPlan,
        party_id=_ids().map(lambda id: f"P-{id}"),
        frequency=st.none() | intervals() | recurrences(min_date=min_date, max_date=max_date),
        counted_from=st.sampled_from(("contact", "deadline")),
        planned_on=day,
        postponed_to=day,
        ends_on=day,
        quiet=st.none() | periods(min_date=min_date, max_date=max_date, max_days=60),
        last_contact_on=day,
        contact_count=st.integers(0, 10_000),
        attempt_count=st.integers(0, 10_000),
    )


def recalls(*, min_date: date = _EARLIEST, max_date: date = _LATEST) -> SearchStrategy[Recall]:
    """Recalls due between two days, in any state."""
    return st.builds(
        Recall,
        id=_ids().map(lambda id: f"W-{id}"),
        party_id=_ids().map(lambda id: f"P-{id}"),
        due_on=_days(min_date, max_date),
        due_time=st.none() | st.times(),
        employee_id=st.none() | _ids(),
        reason=st.none() | _texts(),
        state=st.sampled_from(("open", "done", "cancelled")),
    )
