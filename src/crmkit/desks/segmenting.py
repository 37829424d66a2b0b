"""Segments in a store: who belongs to them by their rules, who joined and who left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_each, check_kind, check_text, refused
from crmkit.conditions import Condition
from crmkit.desks.customer_figures import with_figures
from crmkit.desks.facts import FactsDesk
from crmkit.desks.party_lists import party_read
from crmkit.desks.reach import within_reach
from crmkit.entities import SavedSegment, SegmentMember
from crmkit.errors import NotStoredError
from crmkit.ids import new_id
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    import polars as pl
    from narwhals.stable.v2.typing import IntoFrame

    from crmkit.classification import Segment
    from crmkit.desks.work import Work
    from crmkit.desks.workplace import Workplace

_BELONGS = Condition("left_on", "missing", value=True)


def refresh_segments(
    workplace: Workplace, segments: Sequence[Segment] | None, figures: IntoFrame | None, *, at: datetime | None, key: str | None
) -> None:
    """Apply the rules of some segments, or of all that are kept, to what is known of each party on a day."""
    verb = "parties.refresh_segments"
    rules = saved_segments(workplace, verb) if segments is None else rules_of(segments)
    customers = FactsDesk(workplace).customer_figures(as_of=workplace.moment(at).on)
    found = members_by_rule(customers if figures is None else with_figures(customers, figures), rules)
    arguments = {"segments": [(rule.id, rule.conditions) for rule in rules] if segments is not None else None}
    workplace.do(verb, lambda work: save_members(work, rules, found), arguments=arguments, at=at, key=key)


def rules_of(segments: Sequence[Segment]) -> tuple[SavedSegment, ...]:
    """
    Write segments as records.

    Raises:
        InvalidValueError: For two of one name.
    """
    from crmkit.classification import Segment  # noqa: PLC0415  # it loads Narwhals

    given = check_each("segments", segments, lambda name, item: check_kind(name, item, Segment))
    names = [segment.name for segment in given]
    if len(set(names)) < len(names):
        raise refused("segments", names, "names that differ from each other")
    return tuple(SavedSegment(id=segment.name, conditions=segment.conditions) for segment in given)


def members_by_rule(customers: pl.LazyFrame, segments: Sequence[SavedSegment]) -> Mapping[str, frozenset[str]]:
    """Find by the rules who belongs to which segment; of several rows of a customer, one that passes is enough."""
    from crmkit.classification import Segment, add_segments  # noqa: PLC0415  # it loads Narwhals

    flags = {f"_segment_{place}": segment for place, segment in enumerate(segments)}
    asked = [Segment(flag, segment.conditions) for flag, segment in flags.items()]
    rows = add_segments(customers, segments=asked).select("customer_id", *flags).collect()
    return {segment.id: frozenset(rows.filter(flag)["customer_id"]) for flag, segment in flags.items()}


def save_members(work: Work, segments: Sequence[SavedSegment], found: Mapping[str, frozenset[str]]) -> None:
    """Keep the rules, and write who joined and who left since they were applied last."""
    known = {segment.id for segment in work.find_each(SavedSegment, "id", found)}
    for segment in sorted(segments, key=lambda one: one.id):
        _save_rules(work, segment, work.get(SavedSegment, segment.id) if segment.id in known else None)
    members = work.find_each(SegmentMember, "segment_id", found, _BELONGS)
    inside = {(member.segment_id, member.party_id) for member in members}
    left = [
        attrs.evolve(member, left_on=max(work.moment.on, member.joined_on))
        for member in members
        if member.party_id not in found[member.segment_id]
    ]
    joined = [
        SegmentMember(id=new_id(), segment_id=name, party_id=party_id, joined_on=work.moment.on)
        for name, party_ids in found.items()
        for party_id in sorted(party_ids)
        if (name, party_id) not in inside
    ]
    work.save(*left, *joined)
    work.log_all([(one, one.party_id, None, f"{'joined' if one.left_on is None else 'left'} {one.segment_id}") for one in (*left, *joined)])


def _save_rules(work: Work, segment: SavedSegment, known: SavedSegment | None) -> None:
    day = work.moment.on
    if known is None:
        work.record(attrs.evolve(segment, refreshed_on=day), summary="rules saved")
        return
    if known.refreshed_on is not None and day < known.refreshed_on:
        raise refused("at", day, f"a day not before {known.refreshed_on}, for which the members of {known.id!r} are known already")
    now = attrs.evolve(known, conditions=segment.conditions, refreshed_on=day)
    if now.conditions != known.conditions:
        work.record(now, summary="rules changed")
    elif now != known:
        work.record(now, summary=f"members found as of {day}")


def saved_segments(workplace: Workplace, verb: str) -> tuple[SavedSegment, ...]:
    """Read the rules of all segments."""
    workplace.scope.owners_reached(verb)
    with workplace.reading() as transaction:
        return tuple(transaction.find(Query(SavedSegment)))


def members_on(workplace: Workplace, name: str, on: date | None) -> tuple[str, ...]:
    """Tell who belonged to a segment on a day."""
    day = workplace.day(on)
    with workplace.reading() as transaction:
        if transaction.get(SavedSegment, check_text("name", name)) is None:
            raise NotStoredError("segment", name)
        found = transaction.find(Query(SegmentMember, [Condition("segment_id", "equal", name)]))
        reached = within_reach(workplace, transaction, "parties.segment_members", found)
    return tuple(sorted({member.party_id for member in reached if member.is_on(day)}))


def segments_on(workplace: Workplace, party_id: str, on: date | None) -> tuple[str, ...]:
    """Tell to which segments a party belonged on a day."""
    day = workplace.day(on)
    with workplace.reading() as transaction:
        party = party_read(workplace, transaction, "parties.segments_of", party_id)
        found = transaction.find(Query(SegmentMember, [Condition("party_id", "equal", party.id)]))
    return tuple(sorted({member.segment_id for member in found if member.is_on(day)}))
