"""Count and last contact of a party out of its entries alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit.scheduling.contact_policy import NO_POLICY, ContactPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from crmkit.entities import ContactPlan, Interaction, OpeningBalance


def recounted(
    plan: ContactPlan,
    interactions: Iterable[Interaction],
    balances: Iterable[OpeningBalance] = (),
    *,
    zone: ZoneInfo,
    policy: ContactPolicy | None = None,
) -> ContactPlan:
    """
    Set count and last contact of a plan to what its entries say, whatever it said before.

    The next contact is left to the caller, who knows class and creation day.

    Args:
        plan: Of one party.
        interactions: All of that party, in any order; void ones are passed over.
        balances: What old systems knew of it.
        zone: Where days begin.
        policy: What counts as a contact.
    """
    counts = (policy or NO_POLICY).counts
    valid = [interaction for interaction in interactions if interaction.voided_because is None]
    contacts = [interaction for interaction in valid if counts.is_contact(interaction)]
    opening = [balance for balance in balances if balance.voided_because is None]
    days = [contact.happened_at.astimezone(zone).date() for contact in contacts]
    days += [balance.last_contact_on for balance in opening if balance.last_contact_on is not None]
    return attrs.evolve(
        plan,
        contact_count=len(contacts) + sum(balance.contact_count for balance in opening),
        attempt_count=sum(not counts.is_contact(interaction) and not interaction.reached for interaction in valid),
        last_contact_on=max(days, default=None),
    )


def after_opening(plan: ContactPlan, balance: OpeningBalance) -> ContactPlan:
    """Count what an old system knew, unless it is void; the last contact only moves forward."""
    if balance.voided_because is not None:
        return plan
    days = [day for day in (plan.last_contact_on, balance.last_contact_on) if day is not None]
    return attrs.evolve(plan, contact_count=plan.contact_count + balance.contact_count, last_contact_on=max(days, default=None))
