"""The contact desk: how often and when a party is to be contacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_choice, check_text, refused
from crmkit.desks.corrections import reassign_interaction, save_opening_balances
from crmkit.desks.party_lists import party_read
from crmkit.desks.recalls import plan_recall
from crmkit.desks.refreshing import refresh
from crmkit.desks.workplace import Workplace
from crmkit.entities import ContactPlan, CountedFrom, Interaction, OpenHours, OpeningBalance, Party, Recall
from crmkit.entities._fields import kept
from crmkit.entities.contact_plans import check_frequency
from crmkit.errors import StateMoveError
from crmkit.ids import new_id
from crmkit.scheduling import quiet_at

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from crmkit.desks.moments import When
    from crmkit.desks.work import Work
    from crmkit.entities import Recurrence
    from crmkit.periods import Interval, Period
    from crmkit.scheduling import Reason


@attrs.frozen
class ContactDesk:
    """
    `crm.contact`: contact plans, recalls, commitments, and corrections of interactions.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def plan(
        self,
        party_id: str,
        *,
        frequency: Interval | Recurrence | None,
        counted_from: CountedFrom = "contact",
        ends_on: date | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> ContactPlan:
        """
        Set how often a party is to be contacted at least.

        Args:
            party_id: Whom.
            frequency: The longest gap, or a rule that names the days; None leaves it to the contact policy.
            counted_from: "contact" counts anew from each contact, "deadline" keeps to its days whenever the contact was.
            ends_on: The last day of the plan.
            at: When this is done; the clock by default.
            key: Idempotency key.

        Raises:
            NotStoredError: When there is no such party.
        """
        check_frequency(frequency, counted_from=check_choice("counted_from", counted_from, CountedFrom))

        def work(work: Work) -> ContactPlan:
            party = work.get(Party, party_id, lock=False)
            plan = work.get(ContactPlan, party_id)
            changed = attrs.evolve(
                plan,
                frequency=frequency,
                counted_from=counted_from,
                ends_on=ends_on,
                planned_on=plan.planned_on or work.moment.on,
                postponed_to=None,
            )
            return work.record(work.planned(changed, party))

        arguments = {"party_id": party_id, "frequency": frequency, "counted_from": counted_from, "ends_on": ends_on}
        return self.workplace.do("contact.plan", work, arguments=arguments, at=at, key=key)

    def keep_quiet(
        self,
        party_id: str,
        *,
        period: Period | None = None,
        reachable: Iterable[OpenHours] = (),
        zone: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> ContactPlan:
        """
        Note when a party wishes to be contacted, and when not; what it wished before is replaced.

        Args:
            party_id: Who wishes it.
            period: Days without suggestions, for example its holidays; recalls, which somebody promised, stay.
            reachable: The hours at which it is to be reached; empty is any time.
            zone: IANA time zone of those hours, where it is not ours.
            at: When this is done; the clock by default.
            key: Idempotency key.

        Raises:
            NotStoredError: When there is no such party.
        """
        hours = kept("reachable", OpenHours, reachable)

        def work(work: Work) -> ContactPlan:
            plan = work.get(ContactPlan, work.get(Party, party_id, lock=False).id)
            return work.record(attrs.evolve(plan, quiet=period, reachable=hours, zone=zone))

        arguments = {"party_id": party_id, "period": period, "reachable": hours, "zone": zone}
        return self.workplace.do("contact.keep_quiet", work, arguments=arguments, at=at, key=key)

    def quiet_now(self, party_id: str) -> Reason | None:
        """
        Say why a party is not to be contacted just now, where it is not: a holiday, its own wish, the hours in its time zone.

        Raises:
            NotStoredError: When there is no such party.
        """
        settings = self.workplace.settings
        with self.workplace.reading() as transaction:
            party = party_read(self.workplace, transaction, "contact.quiet_now", party_id)
            plan = transaction.get(ContactPlan, party.id) or ContactPlan(party_id=party.id)
        return quiet_at(plan, self.workplace.moment().now, zone=settings.zone, policy=settings.policy)

    def refresh(self, *, at: datetime | None = None, key: str | None = None) -> None:
        """
        Bring up to date what was made with settings that have changed since: contact policy, time zone, currency.

        Contacts are counted anew, and planned, by the policy and the days of the time zone. The work queue finds appointments and cases by
        their day in the time zone, and reads first who brought most in the currency.
        """
        self.workplace.do("contact.refresh", refresh, arguments={}, at=at, key=key)

    def recall(
        self,
        party_id: str,
        *,
        on: When,
        reason: str | None = None,
        employee_id: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Recall:
        """
        Plan a contact on a day: a date, an aware datetime for a time of day too, or a span from today on.

        Raises:
            NotStoredError: When there is no such party.
        """

        def work(work: Work) -> Recall:
            work.get(Party, party_id, lock=False)
            return plan_recall(work, party_id, on=on, reason=reason, employee_id=employee_id)

        arguments = {"party_id": party_id, "on": on, "reason": reason, "employee_id": employee_id}
        return self.workplace.do("contact.recall", work, arguments=arguments, at=at, key=key)

    def cancel_recall(self, recall_id: str, *, at: datetime | None = None, key: str | None = None) -> Recall:
        """
        Cancel an open recall.

        Raises:
            StateMoveError: When it is done or cancelled already.
            NotStoredError: When there is no such recall.
        """

        def work(work: Work) -> Recall:
            recall = work.get(Recall, recall_id)
            if recall.state != "open":
                raise StateMoveError("recall", recall.id, recall.state, "cancelled", ())
            return work.record(attrs.evolve(recall, state="cancelled"))

        return self.workplace.do("contact.cancel_recall", work, arguments={"recall_id": recall_id}, at=at, key=key)

    def postpone(
        self, party_id: str, *, to: When, because: str | None = None, at: datetime | None = None, key: str | None = None
    ) -> ContactPlan:
        """
        Silence the suggestion of a party until a day; the next contact ends it. The reason stands on the timeline.

        Raises:
            NotStoredError: When there is no such party.
            InvalidValueError: For a day that is not in the future.
        """

        def work(work: Work) -> ContactPlan:
            day = work.moment.day_of(to, name="to")
            if day <= work.moment.today:
                raise refused("to", day, f"a day after today ({work.moment.today})")
            party = work.get(Party, party_id, lock=False)
            plan = work.get(ContactPlan, party_id)
            return work.record(work.planned(attrs.evolve(plan, postponed_to=day), party), summary=because)

        arguments = {"party_id": party_id, "to": to, "because": because}
        return self.workplace.do("contact.postpone", work, arguments=arguments, at=at, key=key)

    def keep_commitment(self, interaction_id: str, *, text: str, at: datetime | None = None, key: str | None = None) -> Interaction:
        """
        Mark a promise of an interaction as kept, by its text; of several with the same text, the first open one.

        Raises:
            NotStoredError: When there is no such interaction.
            InvalidValueError: When nothing of the kind was promised.
            StateMoveError: When it is kept already, or the interaction is void.
        """
        check_text("text", text)

        def work(work: Work) -> Interaction:
            interaction = work.get(Interaction, interaction_id)
            return work.record(interaction.with_commitment_kept(text, on=work.moment.on), summary=text)

        return self.workplace.do(
            "contact.keep_commitment", work, arguments={"interaction_id": interaction_id, "text": text}, at=at, key=key
        )

    def open_balance(
        self, party_id: str, *, last_contact_on: date | None, contact_count: int, at: datetime | None = None, key: str | None = None
    ) -> OpeningBalance:
        """
        Take over what an old system knew of the contacts with a party: how many, and when the last one was.

        It is an entry of its own, so that count and last contact stay derivable. Contacts recorded here add to it.

        Raises:
            NotStoredError: When there is no such party.
            InvalidValueError: For a day in the future, and for a second balance; void the first one before.
        """

        def work(work: Work) -> OpeningBalance:
            balance = OpeningBalance(id=new_id(), party_id=party_id, last_contact_on=last_contact_on, contact_count=contact_count)
            save_opening_balances(work, [balance])
            return work.stored(balance)

        arguments = {"party_id": party_id, "last_contact_on": last_contact_on, "contact_count": contact_count}
        return self.workplace.do("contact.open_balance", work, arguments=arguments, at=at, key=key)

    def reassign(
        self, interaction_id: str, *, party_id: str, because: str | None = None, at: datetime | None = None, key: str | None = None
    ) -> Interaction:
        """
        Move an interaction to the party that it was really with. Both are counted anew, and both timelines tell of it.

        Contact person and document are left behind, for they are the former party's.

        Raises:
            NotStoredError: When interaction or party is not stored.
            StateMoveError: When the interaction is void.
            InvalidValueError: When it is that party's already.
        """
        arguments = {"interaction_id": interaction_id, "party_id": party_id, "because": because}
        return self.workplace.do(
            "contact.reassign",
            lambda work: reassign_interaction(work, interaction_id, party_id=party_id, because=because),
            arguments=arguments,
            at=at,
            key=key,
        )
