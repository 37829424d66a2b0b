"""What was said and written between a party and the business."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_choice, check_date, check_int, check_kind, check_text, check_texts, refused
from crmkit.entities._fields import happened_at, kept, texts
from crmkit.entities.words import Direction
from crmkit.errors import StateMoveError

if TYPE_CHECKING:
    from collections.abc import Iterable


def _topics(value: str | Iterable[str]) -> tuple[str, ...]:
    return texts("topics", value)


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
    return kept("commitments", Commitment, values)


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
        voided_because: Why it is void: it was wrong, so it is kept but counts no more. None is valid.
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
    topics: tuple[str, ...] = attrs.field(default=(), converter=_topics, repr=False)
    commitments: tuple[Commitment, ...] = attrs.field(default=(), converter=_commitments, repr=False)
    result: str | None = attrs.field(default=None, repr=False)
    minutes: int | None = None
    voided_because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "employee_id", "person_id", "document_id", "result")
        check_text("id", self.id)
        check_text("party_id", self.party_id)
        check_text("kind", self.kind)
        check_choice("direction", self.direction, Direction)
        check_kind("reached", self.reached, bool)
        check_kind("automatic", self.automatic, bool)
        if self.minutes is not None:
            check_int("minutes", self.minutes, at_least=0)
        if self.voided_because is not None:
            check_text("voided_because", self.voided_because)

    @property
    def open_commitments(self) -> tuple[Commitment, ...]:
        """The promises that are not kept yet; those of a void interaction are none."""
        return () if self.voided_because is not None else tuple(one for one in self.commitments if one.kept_on is None)

    @property
    def commitment_due_on(self) -> date | None:
        """The earliest day of an open promise, the last day of the calendar where none names a day; None when none is open."""
        return min((one.due_on or date.max for one in self.open_commitments), default=None)

    def with_commitment_kept(self, text: str, *, on: date) -> Interaction:
        """
        Mark the first open promise with this text as kept.

        Raises:
            StateMoveError: When it is kept already, or the interaction is void.
            InvalidValueError: When nothing of the kind was promised.
        """
        promised = [place for place, one in enumerate(self.commitments) if one.text == text]
        if not promised:
            known = f"the text of one of its {len(self.commitments)} commitments, letter by letter"
            raise refused("text", f"<text of {len(text)} characters>", known)
        if self.voided_because is not None:
            raise StateMoveError("commitment", self.id, "voided", "kept", ())
        place = next((place for place in promised if self.commitments[place].kept_on is None), None)
        if place is None:
            raise StateMoveError("commitment", self.id, "kept", "kept", ())
        kept_one = attrs.evolve(self.commitments[place], kept_on=on)
        return attrs.evolve(self, commitments=(*self.commitments[:place], kept_one, *self.commitments[place + 1 :]))

    def voided(self, because: str) -> Interaction:
        """
        Keep it as a trace that counts no more.

        Raises:
            StateMoveError: When it is void already.
        """
        if self.voided_because is not None:
            raise StateMoveError("interaction", self.id, "voided", "voided", ())
        return attrs.evolve(self, voided_because=check_text("because", because))

    def with_party(self, party_id: str) -> Interaction:
        """
        Move it to another party; contact person and document are the former party's and are left behind.

        Raises:
            StateMoveError: When it is void.
            InvalidValueError: When it is that party's already.
        """
        if self.voided_because is not None:
            raise StateMoveError("interaction", self.id, "voided", "reassigned", ())
        if party_id == self.party_id:
            raise refused("party_id", party_id, "another party than the one it is with")
        return attrs.evolve(self, party_id=party_id, person_id=None, document_id=None)


@attrs.frozen(kw_only=True)
class OpeningBalance:
    """
    What an old system knew of the contacts with a party: an entry beside the interactions, from which count and date follow.

    Attributes:
        id: Its id.
        party_id: Whose contacts.
        contact_count: How many contacts there were.
        last_contact_on: Local day of the last of them; None where the old system does not tell.
        voided_because: Why it is void; None is valid.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    contact_count: int
    last_contact_on: date | None = None
    voided_because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a last contact where there was none."""
        check_text("id", self.id)
        check_text("party_id", self.party_id)
        check_int("contact_count", self.contact_count, at_least=0)
        if self.last_contact_on is not None:
            check_date("last_contact_on", self.last_contact_on)
            if self.contact_count == 0:
                raise refused("last_contact_on", self.last_contact_on, "None beside contact_count=0, or a count of at least 1")
        if self.voided_because is not None:
            check_text("voided_because", self.voided_because)

    def voided(self, because: str) -> OpeningBalance:
        """
        Keep it as a trace that counts no more.

        Raises:
            StateMoveError: When it is void already.
        """
        if self.voided_because is not None:
            raise StateMoveError("opening_balance", self.id, "voided", "voided", ())
        return attrs.evolve(self, voided_because=check_text("because", because))
