"""How often whom: gaps by class, and what counts as a contact."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from crmkit._checks import check_choice, check_kind, refused
from crmkit.entities import AbcClass, ContactPlan, Interaction
from crmkit.entities._fields import FrozenMapping
from crmkit.periods import Interval


@attrs.frozen
class Gap:
    """
    The gap between two contacts.

    Attributes:
        longest: After this the party is on the list, and its light is red.
        ideal: After this its light is amber.
    """

    longest: Interval
    ideal: Interval | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse what is no interval."""
        check_kind("longest", self.longest, Interval)
        if self.ideal is not None:
            check_kind("ideal", self.ideal, Interval)


def _gap(value: Gap | Interval | None) -> Gap | None:
    return Gap(value) if isinstance(value, Interval) else value


def _gaps(values: Mapping[AbcClass, Gap | Interval]) -> Mapping[AbcClass, Gap]:
    return FrozenMapping({name: check_kind("by_class", _gap(gap), Gap) for name, gap in values.items()})


@attrs.frozen(kw_only=True)
class ContactCounts:
    """
    What counts as a contact, beside what someone recorded and someone was reached.

    Attributes:
        attempts: Tries that reached nobody.
        automatic: What a machine filed, such as e-mails.
    """

    attempts: bool = False
    automatic: bool = False

    def is_contact(self, interaction: Interaction) -> bool:
        """Tell whether an interaction counts; a void one never does."""
        if interaction.voided_because is not None:
            return False
        return (interaction.reached or self.attempts) and (self.automatic or not interaction.automatic)


@attrs.frozen(kw_only=True)
class ContactPolicy:
    """
    How often parties are to be contacted that have no frequency of their own.

    Attributes:
        by_class: A gap for each ABC class; an interval alone is its longest gap.
        otherwise: The gap for all others; None leaves them alone.
        measure_from_creation: Whoever was never contacted is due one gap after creation instead of at once.
        counts: What counts as a contact.

    >>> from crmkit import days
    >>> ContactPolicy(by_class={"A": days(30)}).gap_for(ContactPlan(party_id="C-17"), abc_class="A").longest
    Interval(months=0, days=30)
    """

    by_class: Mapping[AbcClass, Gap] = attrs.field(factory=dict, converter=_gaps)
    otherwise: Gap | None = attrs.field(default=None, converter=_gap)
    measure_from_creation: bool = False
    counts: ContactCounts = ContactCounts()

    def __attrs_post_init__(self) -> None:
        """Refuse unknown classes."""
        for name in self.by_class:
            check_choice("by_class", name, AbcClass)
        if self.otherwise is not None and not isinstance(self.otherwise, Gap):
            raise refused("otherwise", self.otherwise, "a Gap, an interval such as days(30), or None")

    def gap_for(self, plan: ContactPlan, *, abc_class: AbcClass | None) -> Gap | None:
        """Find the gap of one party; its own frequency wins, and the ideal gap of its class stays with it."""
        policy = self.otherwise if abc_class is None else self.by_class.get(abc_class, self.otherwise)
        if plan.frequency is None:
            return policy
        return Gap(plan.frequency, ideal=policy.ideal if policy else None)


NO_POLICY = ContactPolicy()
