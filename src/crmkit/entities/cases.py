"""Cases: complaints, internal defects, questions and requests; and how satisfied people are."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Literal

import attrs

from crmkit._checks import check_choice, check_date, check_int, check_kind, check_text, check_texts, refused
from crmkit.entities._fields import happened_at, in_utc
from crmkit.entities.refs import Ref
from crmkit.errors import StateMoveError

if TYPE_CHECKING:
    from collections.abc import Mapping

CaseKind = Literal["complaint", "defect", "question", "request"]
CaseState = Literal["captured", "in_progress", "closed", "reopened"]
RatingKind = Literal["csat", "nps", "ces"]

CASE_MOVES: Final[Mapping[CaseState, tuple[CaseState, ...]]] = {
    "captured": ("in_progress", "closed"),
    "in_progress": ("closed",),
    "closed": ("reopened",),
    "reopened": ("in_progress", "closed"),
}
"""From which state a case can move to which."""

SCORES: Final[Mapping[RatingKind, tuple[int, int]]] = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
"""The lowest and the highest score of each kind of rating."""


def _opened_at(value: datetime) -> datetime:
    return in_utc("opened_at", value)


def _started_at(value: datetime | None) -> datetime | None:
    return None if value is None else in_utc("started_at", value)


def _due_at(value: datetime | None) -> datetime | None:
    return None if value is None else in_utc("due_at", value)


def _closed_at(value: datetime | None) -> datetime | None:
    return None if value is None else in_utc("closed_at", value)


@attrs.frozen(kw_only=True)
class Case:
    """
    Anything that is to be settled: captured, then in progress, then closed, perhaps reopened.

    Attributes:
        id: Its id.
        about: On what it was captured: a party, a document, a project of the host's.
        opened_at: When it was captured; kept in UTC.
        text: What it is.
        kind: "complaint", "defect" (found by ourselves), "question" or "request".
        party_id: Whose it is; None where no party is concerned.
        channel: How it came in, for example "phone", "chat"; an open list.
        employee_id: The agent who looks after it.
        due_at: Until when it is to be settled; kept in UTC.
        state: "captured", "in_progress", "closed" or "reopened".
        started_at: When work on it first began; kept in UTC.
        closed_at: When it was last closed; None while it is open. Kept in UTC.
        reopened: How often it was reopened.
        result: What came of it.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    about: Ref
    opened_at: datetime = attrs.field(converter=_opened_at)
    text: str = attrs.field(repr=False)
    kind: CaseKind = "complaint"
    party_id: str | None = None
    channel: str | None = None
    employee_id: str | None = None
    due_at: datetime | None = attrs.field(default=None, converter=_due_at)
    state: CaseState = "captured"
    started_at: datetime | None = attrs.field(default=None, converter=_started_at)
    closed_at: datetime | None = attrs.field(default=None, converter=_closed_at)
    reopened: int = 0
    result: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    @property
    def pending_since(self) -> datetime | None:
        """When it was captured, while it is not closed."""
        return None if self.state == "closed" else self.opened_at

    @property
    def about_key(self) -> str:
        """Kind and id of what it was captured on."""
        return f"{self.about.kind} {self.about.id}"

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "party_id", "channel", "employee_id", "result")
        check_text("id", self.id)
        check_text("text", self.text)
        check_kind("about", self.about, Ref)
        check_choice("kind", self.kind, CaseKind)
        check_choice("state", self.state, CaseState)
        check_int("reopened", self.reopened, at_least=0)
        if (self.state == "closed") != (self.closed_at is not None):
            raise refused("closed_at", self.closed_at, "a moment for a closed case, and None for any other")
        if self.started_at is not None and self.started_at < self.opened_at:
            raise refused("started_at", self.started_at, f"a time from {self.opened_at.isoformat()} on, when it was captured")
        if self.closed_at is not None and self.closed_at < (self.started_at or self.opened_at):
            raise refused("closed_at", self.closed_at, "a time that is not before it was captured or started")

    def moved(self, to: CaseState, *, at: datetime, result: str | None = None) -> Case:
        """
        Move it to another state.

        Raises:
            StateMoveError: When its state does not allow that.

        >>> from datetime import UTC
        >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        >>> case = Case(id="F-1", about=Ref("party", "C-17"), opened_at=noon, text="scratched")
        >>> case.moved("closed", at=noon).moved("reopened", at=noon).reopened
        1
        """
        if to not in CASE_MOVES[self.state]:
            raise StateMoveError("case", self.id, self.state, to, CASE_MOVES[self.state])
        if at < (self.closed_at or self.started_at or self.opened_at):
            raise refused("at", at, "a time that is not before the case's last move")
        return attrs.evolve(
            self,
            state=to,
            started_at=self.started_at or (at if to == "in_progress" else None),
            closed_at=at if to == "closed" else None,
            reopened=self.reopened + (to == "reopened"),
            result=result if to == "closed" else self.result,
        )


@attrs.frozen(kw_only=True)
class CaseEvent:
    """
    One move of a case.

    Attributes:
        id: Its id.
        case_id: Of which case.
        happened_at: When; kept in UTC.
        state: The state since then.
        employee_id: Who did it.
        text: What was found, or why it was reopened.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    case_id: str
    happened_at: datetime = attrs.field(converter=happened_at)
    state: CaseState
    employee_id: str | None = None
    text: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "employee_id", "text")
        check_text("id", self.id)
        check_text("case_id", self.case_id)
        check_choice("state", self.state, CaseState)


@attrs.frozen(kw_only=True)
class Rating:
    """
    What a party said when asked how satisfied it is.

    Attributes:
        id: Its id.
        party_id: Who.
        rated_on: The day.
        kind: "csat" (1 to 5), "nps" (0 to 10) or "ces" (1 to 7).
        score: The answer; the best is the highest.
        case_id: About which case.
        employee_id: About whom.
        comment: In their own words.
        voided_because: Why it is void: it was wrong, so it is kept but counts no more. None is valid.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    rated_on: date
    kind: RatingKind
    score: int
    case_id: str | None = None
    employee_id: str | None = None
    comment: str | None = attrs.field(default=None, repr=False)
    voided_because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse scores outside the range of their kind."""
        check_texts(self, "case_id", "employee_id", "comment", "voided_because")
        check_text("id", self.id)
        check_text("party_id", self.party_id)
        check_date("rated_on", self.rated_on)
        check_choice("kind", self.kind, RatingKind)
        lowest, highest = SCORES[self.kind]
        if not lowest <= check_int("score", self.score) <= highest:
            raise refused("score", self.score, f"{lowest} to {highest}, the range of {self.kind}")
