"""The parties desk: leads become customers, categories and classes change, owners hand over, data stay fresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_choice, check_date, check_each, check_kind, check_mapping, check_text
from crmkit.conditions import Condition
from crmkit.desks import party_lists, segmenting
from crmkit.desks.merging import merge_lead
from crmkit.desks.party_dunning import reminded
from crmkit.desks.party_work import carry_out_due, categorised, save_classes, save_departure, save_handover, saved_if_changed
from crmkit.desks.workplace import Workplace
from crmkit.entities import Departure, Deputy, Handover, Party, SavedSegment
from crmkit.entities.words import AbcClass
from crmkit.ids import new_id
from crmkit.periods import Period
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from narwhals.stable.v2.typing import IntoFrame

    from crmkit.classification import Segment
    from crmkit.desks.party_lists import IncompleteParties, PartyChanges
    from crmkit.desks.work import Work
    from crmkit.entities.party_changes import SingleField
    from crmkit.errors import Problem


@attrs.frozen
class PartiesDesk:
    """
    `crm.parties`: what happens to a party as such.

    A verb that changes nothing leaves no trace. Every verb refuses with `NotStoredError` a party that is not stored.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def convert_lead(self, party_id: str, *, into: str | None = None, at: datetime | None = None, key: str | None = None) -> Party:
        """
        Make a lead a customer; its id stays, and with it everything that is known of it. A customer stays one.

        With *into* it turned out to be a person, or a part, of that party: everything about it moves there, it becomes a contact
        person, and its id goes on as another name of that party.

        Raises:
            InvalidValueError: For a lead that has invoices, or was merged into another party.
        """

        def work(work: Work) -> Party:
            if into is not None:
                return merge_lead(work, party_id, into=into)
            lead = work.get(Party, party_id)
            return saved_if_changed(work, lead, lead.with_role("customer"), "lead became customer")

        return self.workplace.do("parties.convert_lead", work, arguments={"party_id": party_id, "into": into}, at=at, key=key)

    def categorise(
        self, party_id: str, *, add: Iterable[str] = (), remove: Iterable[str] = (), at: datetime | None = None, key: str | None = None
    ) -> Party:
        """Change the groups that a party is assigned to."""
        groups = {"add": check_each("add", add, check_text), "remove": check_each("remove", remove, check_text)}
        arguments = {"party_id": party_id, **groups}
        return self.workplace.do(
            "parties.categorise", lambda work: categorised(work, party_id, **groups), arguments=arguments, at=at, key=key
        )

    def deactivate(self, party_id: str, *, because: str, at: datetime | None = None, key: str | None = None) -> Party:
        """Switch a party off; nothing of its history is lost."""
        because = check_text("because", because)
        return self._change("parties.deactivate", party_id, lambda party, _: party.deactivated(), because, at=at, key=key)

    def reactivate(self, party_id: str, *, at: datetime | None = None, key: str | None = None) -> Party:
        """
        Switch a party on again.

        Raises:
            InvalidValueError: For an employee more than there are seats.
        """
        return self._change("parties.reactivate", party_id, lambda party, _: party.reactivated(), None, at=at, key=key)

    def verify(self, party_id: str, *, at: datetime | None = None, key: str | None = None) -> Party:
        """Note that the data of a party were checked; once a day is enough."""

        def verified(party: Party, day: date) -> Party:
            return attrs.evolve(party, verified_on=max(day, party.verified_on or day))

        return self._change("parties.verify", party_id, verified, "data checked", at=at, key=key)

    def remind(self, party_id: str, *, at: datetime | None = None, key: str | None = None) -> Party:
        """
        Note that a party was reminded of what is overdue: its dunning level rises by one.

        The payment that leaves nothing overdue brings it back to 0.

        Raises:
            InvalidValueError: For a party that owes nothing overdue, and for one with a dunning block.
        """
        return self.workplace.do("parties.remind", lambda work: reminded(work, party_id), arguments={"party_id": party_id}, at=at, key=key)

    def leave(
        self, party_id: str, *, because: str, interaction_id: str | None = None, at: datetime | None = None, key: str | None = None
    ) -> Departure:
        """
        Note that a party left and why, so that reasons can be counted; it stays active until somebody deactivates it.

        Raises:
            NotStoredError: When there is no such interaction.
            InvalidValueError: For an interaction with somebody else.
        """
        why = {"because": because, "interaction_id": interaction_id}
        return self.workplace.do(
            "parties.leave",
            lambda work: save_departure(work, party_id, because=because, interaction_id=interaction_id),
            arguments={"party_id": party_id, **why},
            at=at,
            key=key,
        )

    def set_class(
        self, party_id: str, manual_class: AbcClass | None, *, because: str, at: datetime | None = None, key: str | None = None
    ) -> Party:
        """Class a party by hand, which wins over what an analysis finds, or with None no longer; the reason stays with it."""

        def classed(party: Party, _: date) -> Party:
            return attrs.evolve(party, manual_class=manual_class, class_because=None if manual_class is None else because)

        summary = f"class {manual_class or 'no longer'} by hand: {check_text('because', because)}"
        return self._change("parties.set_class", party_id, classed, summary, at=at, key=key)

    def record_classes(self, classes: Mapping[str, AbcClass | None], *, at: datetime | None = None, key: str | None = None) -> None:
        """
        Keep the classes that an analysis found; each change is an entry in its party's history. Manual classes stay, and win.

        Raises:
            NotStoredError: When one of the parties is not stored; then nothing is kept.
        """
        for found in check_mapping("classes", classes).values():
            if found is not None:
                check_choice("classes", found, AbcClass)
        kept = dict(classes)
        self.workplace.do("parties.record_classes", lambda work: save_classes(work, kept), arguments={"classes": kept}, at=at, key=key)

    def refresh_segments(
        self,
        segments: Sequence[Segment] | None = None,
        *,
        figures: IntoFrame | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> None:
        """
        Keep segments by their rules, find who belongs to them, and write who joined and who left; each is an event in its party's history.

        Rules read `crm.facts.customer_figures`, and the columns of *figures* by `customer_id`, which win. Excluded parties belong to none.
        Without *segments* the members of all that are kept are found again, as is to be done once a day.

        Raises:
            MissingColumnError: For a rule over a column that there is not.
            InvalidValueError: For two segments of one name, and for a day before the one for which members are known already.
        """
        segmenting.refresh_segments(self.workplace, segments, figures, at=at, key=key)

    def end_segment(self, name: str, *, at: datetime | None = None, key: str | None = None) -> SavedSegment:
        """
        Keep a segment no more: everyone leaves it, and who belonged when stays known; `refresh_segments` with its name keeps it again.

        Raises:
            NotStoredError: When there is no such segment, or no longer.
            InvalidValueError: For a day before the one for which its members are known already.
        """
        return self.workplace.do(
            "parties.end_segment", lambda work: segmenting.end_segment(work, name), arguments={"name": name}, at=at, key=key
        )

    def segments(self) -> tuple[SavedSegment, ...]:
        """List the segments that are kept, with their rules."""
        return segmenting.saved_segments(self.workplace, "parties.segments")

    def segment_members(self, name: str, *, on: date | None = None) -> tuple[str, ...]:
        """
        List the ids of the parties that belonged to a segment on a day, today by default, as was found then.

        Raises:
            NotStoredError: When there is no such segment.
        """
        return segmenting.members_on(self.workplace, name, on)

    def segments_of(self, party_id: str, *, on: date | None = None) -> tuple[str, ...]:
        """List the names of the segments to which a party belonged on a day, today by default."""
        return segmenting.segments_on(self.workplace, party_id, on)

    def hand_over(
        self, *, from_owner: str, to_owner: str, on: date | None = None, at: datetime | None = None, key: str | None = None
    ) -> Handover:
        """
        Give all parties of one employee to another, with the open work on them; figures of the days before stay the first one's.

        *on* is the first day, today by default. A day to come only plans it: `carry_out_handovers` does it then.
        """
        day = None if on is None else check_date("on", on)
        return self.workplace.do(
            "parties.hand_over",
            lambda work: save_handover(work, from_owner=from_owner, to_owner=to_owner, on=day),
            arguments={"from_owner": from_owner, "to_owner": to_owner, "on": on},
            at=at,
            key=key,
        )

    def carry_out_handovers(self, *, at: datetime | None = None, key: str | None = None) -> None:
        """Carry out the planned handovers whose day has come; to be called once a day."""
        self.workplace.do("parties.carry_out_handovers", carry_out_due, arguments={}, at=at, key=key)

    def appoint_deputy(
        self, owner_id: str, *, deputy_id: str, period: Period, at: datetime | None = None, key: str | None = None
    ) -> Deputy:
        """Let somebody stand in for an employee for some days."""
        check_kind("period", period, Period)
        deputy = Deputy(id=new_id(), owner_id=owner_id, deputy_id=deputy_id, period=period)
        summary = f"{deputy_id} for {owner_id}, from {period.start} until before {period.end}"
        arguments = {"owner_id": owner_id, "deputy_id": deputy_id, "period": period}
        return self.workplace.do(
            "parties.appoint_deputy", lambda work: work.record(deputy, summary=summary), arguments=arguments, at=at, key=key
        )

    def deputies(self, *, on: date | None = None) -> tuple[Deputy, ...]:
        """List who stands in for whom on a day, today by default."""
        return party_lists.deputies_of(self.workplace, on)

    def stale(self, *, verified_before: date, limit: int = 100) -> tuple[Party, ...]:
        """List the active parties whose data nobody entered or checked on or after a day, the longest unchecked first."""
        condition = Condition("checked_on", "less_than", check_date("verified_before", verified_before))
        return party_lists.parties_found(self.workplace, "parties.stale", Query(Party, [condition], order_by="checked_on", limit=limit))

    def excluded(self, *, because: str | None = None) -> tuple[Party, ...]:
        """List the parties that analyses leave out, such as walk-in, one-time and internal ones; or those of one reason."""
        condition = Condition("excluded", "missing", value=False) if because is None else Condition("excluded", "equal", because)
        return party_lists.parties_found(self.workplace, "parties.excluded", Query(Party, [condition]))

    def completeness(self, party_id: str) -> tuple[Problem, ...]:
        """Name what is missing of a party under `Settings.required_data`; empty is complete."""
        return self.workplace.settings.required_data.problems_of(party_lists.one_party(self.workplace, "parties.completeness", party_id))

    def incomplete(self, cursor: str = "", *, limit: int = 100) -> IncompleteParties:
        """
        List the parties of which something is missing under `Settings.required_data`; those switched off or excluded are left out.

        An empty cursor is the beginning; any other than that of the page before, or of a party erased meanwhile, is refused.
        """
        return party_lists.incomplete_parties(self.workplace, self.workplace.settings.required_data, cursor=cursor, limit=limit)

    def group(self, party_id: str) -> tuple[Party, ...]:
        """List a party and all parties below it, level by level: what rolls up into it."""
        return party_lists.group_of(self.workplace, party_id)

    def by_external_id(self, system: str, external_id: str) -> Party | None:
        """Find the party with an id in another system; None where nobody has it."""
        return party_lists.party_by_external_id(self.workplace, system, external_id)

    def changed_since(self, cursor: str = "", *, limit: int = 100) -> PartyChanges:
        """
        List the parties that are new, changed, merged or gone since a cursor, for other systems to follow.

        What happens meanwhile is left out by no call, which reads the changes of at most *limit* verbs. An empty cursor is the beginning;
        any other than that of the call before is refused. It needs the right to everybody's parties.
        """
        return party_lists.party_changes(self.workplace, cursor, limit=limit)

    def value_on(self, party_id: str, field: SingleField, *, on: date) -> str | None:
        """Tell owner, region, effective class, parent, or activity ("yes" or "no") of a party as it was on a day."""
        return party_lists.party_value_on(self.workplace, party_id, field, on)

    def loss_reasons(self, *, period: Period | None = None) -> Mapping[str, int]:
        """Count by reason who left, in a period or ever, the most frequent reason first."""
        return party_lists.loss_reasons(self.workplace, period)

    def _change(
        self,
        verb: str,
        party_id: str,
        changed: Callable[[Party, date], Party],
        summary: str | None,
        *,
        at: datetime | None,
        key: str | None,
    ) -> Party:
        def work(work: Work) -> Party:
            before = work.get(Party, party_id)
            return saved_if_changed(work, before, changed(before, work.moment.on), summary)

        return self.workplace.do(verb, work, arguments={"party_id": party_id, "summary": summary}, at=at, key=key)
