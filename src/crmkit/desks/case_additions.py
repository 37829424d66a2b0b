"""Taking over cases and ratings of an old system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit._checks import refused
from crmkit.entities import Case, CaseEvent, Rating
from crmkit.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from crmkit.desks.work import Work
    from crmkit.entities import CaseState


def save_cases(work: Work, cases: Sequence[Case]) -> None:
    """
    Write cases with the moves that they tell of: captured, started, closed.

    Raises:
        InvalidValueError: For a case that was captured in the future.
    """
    for case in cases:
        if case.opened_at > work.moment.now:
            raise refused("opened_at", case.opened_at, f"a time up to now ({work.moment.now.isoformat()})")
    if cases:
        work.save(*cases)
        work.save(*(event for case in cases for event in _events(case)))
        work.log_all([(case, case.party_id, case.opened_at, f"{case.kind} captured") for case in cases])


def save_ratings(work: Work, ratings: Sequence[Rating]) -> None:
    """Write ratings."""
    if ratings:
        work.save(*ratings)
        work.log_all(
            [(rating, rating.party_id, work.moment.start_of(rating.rated_on), f"{rating.kind} {rating.score}") for rating in ratings]
        )


def _events(case: Case) -> Iterator[CaseEvent]:
    """Make the moves that a case tells of; of one whose last move it does not date, that is dated like the one before."""
    moves: list[tuple[CaseState, datetime]] = [("captured", case.opened_at)]
    if case.started_at is not None:
        moves.append(("in_progress", case.started_at))
    if case.closed_at is not None:
        moves.append(("closed", case.closed_at))
    if moves[-1][0] != case.state:
        moves.append((case.state, moves[-1][1]))
    for state, at in moves:
        yield CaseEvent(id=new_id(), case_id=case.id, happened_at=at, state=state, employee_id=case.employee_id)
