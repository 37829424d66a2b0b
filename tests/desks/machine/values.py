"""Arguments of verbs: drawn from a seed, mostly right; a flawed call has some that are wrong."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from crmkit import Money, days, months
from crmkit.entities import Commitment, Document, DocumentTotals, Line, Party, Ref
from crmkit.periods import Period
from crmkit.records import KINDS, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

T = TypeVar("T")

NOBODY = "nobody"
BERLIN = ZoneInfo("Europe/Berlin")
PERIODS = (Period.month(2026, 1), Period.year(2026), Period(date(2025, 12, 31), date(2026, 1, 3)))
SUBJECTS = ("party", "document", "interaction", "case", "opportunity", "task", "contract", "appointment", "note", "recall", "campaign")


class Draw:
    """
    Draws values for one call; the seed 0 draws the first, simplest choice of everything.

    What Hypothesis would draw one by one is more than it lets an example of 50 steps have, so that each step draws one number.
    """

    def __init__(self, seed: int, *, records: Callable[[type[Any]], Sequence[Any]], now: datetime) -> None:
        self._random, self._simple = Random(seed), seed == 0  # noqa: S311  # no secret
        self._all, self.now = records, now
        self.flawed = self.chance(0.25)

    def chance(self, probability: float) -> bool:
        return not self._simple and self._random.random() < probability

    def of(self, *choices: T, wrong: Sequence[Any] = ()) -> T:
        """One of some values; in a flawed call perhaps a wrong one."""
        if wrong and self.flawed and self.chance(0.3):
            return self._random.choice(wrong)  # type: ignore[no-any-return]  # of whatever kind
        return choices[0] if self._simple else self._random.choice(choices)

    def maybe(self, draw: Callable[[], T], probability: float = 0.3) -> T | None:
        return draw() if self.chance(probability) else None

    def some(self, draw: Callable[[], T], least: int, most: int) -> list[T]:
        return [draw() for _ in range(least if self._simple else self._random.randint(least, most))]

    def record(self, kind: type[T], fits: Callable[[T], object] | None = None) -> T | None:
        """A record that is there, one that fits if there is any; in a flawed call perhaps any, or none."""
        found = self._all(kind)
        fitting = found if fits is None or (self.flawed and self.chance(0.3)) else [one for one in found if fits(one)] or found
        return self.of(*fitting, wrong=[None]) if fitting else None

    def id(self, kind: type[Any], fits: Callable[[Any], object] | None = None) -> str:
        record = self.record(kind, fits)
        return NOBODY if record is None else record.id

    def document(self, *kinds: str) -> str:
        """A document of one of the kinds, best one that is open."""
        return self.id(Document, lambda one: one.kind in kinds and one.state in ("open", "accepted"))

    def party(self) -> str:
        """Any party, a merged one too."""
        return self.id(Party)

    def about(self) -> Ref:
        kind = KINDS[self.of(*SUBJECTS)].entity
        return self.of(
            Ref(kind_of(kind).name, self.id(kind)), wrong=[Ref("project", "P-1"), Ref("history_entry", "1"), Ref("diary", "anna")]
        )

    def text(self) -> str:
        return self.of("x", "x", "price", "Müller GmbH", "😀 ß", wrong=[" ", "\0", "\ud800"])

    def name(self) -> str:
        return self.of("Müller", "Anna Groß", "Eva", wrong=["", "\ud800"])

    def new_id(self) -> str:
        return self.of("1", "2", "3", "4", "a", "A", "ä", "b%", "é 1")

    def employee(self) -> str:
        return self.of("anna", "ben", "carl", wrong=[""])

    def day(self, first: int = -40, last: int = 40) -> date:
        return self.now.astimezone(BERLIN).date() + timedelta(days=self._between(first, last))

    def moment(self, first: int = -3_000, last: int = 3_000) -> datetime:
        return (self.now + timedelta(minutes=self._between(first, last))).astimezone(BERLIN)

    def at(self) -> datetime | None:
        wrong = [self.moment(1, 9), self.moment(-9, -1).replace(tzinfo=None)]
        return self.of(None, None, None, self.moment(-90, 0), self.moment(-20_000, 0), wrong=wrong)

    def when(self) -> Any:
        return self.of(self.day(1), days(self._between(1, 40)), months(1), self.moment(1, 9_000), wrong=[self.day(-3, 0), "tomorrow"])

    def amount(self) -> Money:
        others = [Money.of("-5", "EUR"), Money.of(0, "EUR"), Money.of(7, "USD"), Money.of(7, "JPY")]
        return self.of(*(Money.of(amount, "EUR") for amount in ("10", "0.01", "25.10", "119.48", "1000000")), wrong=others)

    def totals(self) -> DocumentTotals | None:
        """What the host says a document comes to, rarely anything, and rarely what its lines say."""
        return self.maybe(lambda: DocumentTotals(net=self.amount(), tax=self.of(Money.of(0, "EUR"), Money.of("1.90", "EUR"))), 0.1)

    def ratio(self) -> str:
        return self.of("0.02", "0", "1", "0.333", wrong=["1.5", "x", "-1"])

    def address(self) -> str:
        return self.of("huber@mueller.example", "lotte@lang.example", "Info <info@acme.example>", "x@nowhere.example", "postmaster")

    def number(self) -> str | None:
        return self.of(*[None] * 9, "N-1", "N-2", "N-3", wrong=["A-1", ""])

    def limit(self) -> int:
        return self.of(100, 100, 1, 3, wrong=[0, "x"])

    def period(self) -> Period:
        return self.of(*PERIODS)

    def commitments(self) -> list[Commitment]:
        return self.some(lambda: Commitment(text=self.of("x", "a list"), due_on=self.maybe(self.day)), 0, 2)

    def lines(self) -> list[Line]:
        return self.some(self.line, 1, 3)

    def lines_or_all(self) -> list[Line] | None:
        return self.maybe(self.lines)

    def line(self) -> Line:
        return Line(
            item_id=self.of("I-1", "I-1", "I-2", wrong=[""]),
            quantity=self.of("1", "2", "0.5", "4", "1.333", wrong=[0, -1]),
            unit_price=self.of("25.10", "3.33", "100", "0.005", "0", wrong=[-5]),
            unit_cost=self.of(20, None, "0.333"),
            unit=self.of("piece", "piece", "piece", "kg"),
            item_group=self.of(None, "tools"),
            discount_ratio=self.of("0", "0", "0.1"),
            tax_ratio=self.of("0.19", "0", "0.07"),
            price_unit=self.of(1, 1, 1, 100),
            predecessor_line=self.of(None, wrong=[1, 2, 9]),
            additional=self.chance(0.1),
        )

    def _between(self, first: int, last: int) -> int:
        return first if self._simple else self._random.randint(first, last)
