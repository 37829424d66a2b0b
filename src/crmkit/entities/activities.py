"""What was said and written between a party and the business."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import check_choice, check_date, check_int, check_kind, check_text
from crmkit.entities._fields import happened_at, kept, texts

if TYPE_CHECKING:
    from collections.abc import Iterable

Direction = Literal["in", "out"]


@attrs.frozen(kw_only=True)
class Commitment:
    """
    A promise made in an interaction.

    Attributes:
        text: What was promised.
        due_on: Until when.
        kept_on: When it was kept; None while it is open.
    """

    text: str = attrs.field(repr=False)
    due_on: date | None = None
    kept_on: date | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse an empty promise."""
        check_text("text", self.text)
        for name in ("due_on", "kept_on"):
            if getattr(self, name) is not None:
                check_date(name, getattr(self, name))


def _commitments(values: Iterable[Commitment]) -> tuple[Commitment, ...]:
    return kept(Commitment, values)


@attrs.frozen(kw_only=True)
class Interaction:
    """
    One contact with a party: a call, a talk, a visit, a letter, an e-mail.

    Attributes:
        id: Its id.
        party_id: With whom.
        happened_at: When; kept in UTC.
        kind: "phone", "talk", "visit", "letter", "email" …; an open list.
        direction: "out" when we reached out, "in" when they did.
        reached: False for an attempt that reached nobody.
        automatic: True where a machine filed it; it does not count as a contact by default.
        employee_id: Who had it.
        person_id: With which contact person.
        document_id: About which document.
        topics: What was talked about.
        commitments: What was promised.
        result: What came of it.
        minutes: How long it took.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    happened_at: datetime = attrs.field(converter=happened_at)
    kind: str
    direction: Direction = "out"
    reached: bool = True
    automatic: bool = False
    employee_id: str | None = None
    person_id: str | None = None
    document_id: str | None = None
    topics: tuple[str, ...] = attrs.field(default=(), converter=texts, repr=False)
    commitments: tuple[Commitment, ...] = attrs.field(default=(), converter=_commitments, repr=False)
    result: str | None = attrs.field(default=None, repr=False)
    minutes: int | None = None
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_text("id", self.id)
        check_text("party_id", self.party_id)
        check_text("kind", self.kind)
        check_choice("direction", self.direction, Direction)
        check_kind("reached", self.reached, bool)
        check_kind("automatic", self.automatic, bool)
        if self.minutes is not None:
            check_int("minutes", self.minutes, at_least=0)
