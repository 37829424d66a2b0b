"""How often whom: gaps by tag, class, role and owner, what counts as a contact, and when nobody is to be contacted."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import attrs

from crmkit._checks import check_choice, check_each, check_kind, check_mapping, check_text, refused
from crmkit.entities import AbcClass, Direction, Role
from crmkit.entities._fields import FrozenMapping
from crmkit.periods import Interval

if TYPE_CHECKING:
    from crmkit.entities import ContactPlan, Interaction

K = TypeVar("K", bound=str)

_DAYS_OF_400_YEARS = 146_097


@attrs.frozen
class Gap:
    """
    The gap between two contacts.

    Attributes:
        longest: After this the party is on the list, and its light is red.
        ideal: After this its light is amber; shorter than the longest, or as long.
    """

    longest: Interval
    ideal: Interval | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse what is no interval, and an ideal gap that ends after the longest from every day."""
        check_kind("longest", self.longest, Interval)
        if self.ideal is not None and _is_longer(check_kind("ideal", self.ideal, Interval), self.longest):
            raise refused("ideal", self.ideal, f"a gap up to the longest ({self.longest})")


def _is_longer(one: Interval, other: Interval) -> bool:
    """Tell whether it ends later from whichever day; how long months are depends on the day, by no more than three days in all."""
    months = one.months - other.months
    in_days = months * _DAYS_OF_400_YEARS // (400 * 12)
    return in_days - (3 if months else 0) + one.days > other.days


def _gap(value: Gap | Interval | None) -> Gap | None:
    return Gap(value) if isinstance(value, Interval) else value


def _checked(name: str, values: Mapping[K, Gap | Interval]) -> Mapping[K, Gap]:
    return FrozenMapping({key: check_kind(name, _gap(gap), Gap) for key, gap in check_mapping(name, values).items()})


def _by_class(values: Mapping[AbcClass, Gap | Interval]) -> Mapping[AbcClass, Gap]:
    return _checked("by_class", values)


def _by_role(values: Mapping[Role, Gap | Interval]) -> Mapping[Role, Gap]:
    return _checked("by_role", values)


def _by_tag(values: Mapping[str, Gap | Interval]) -> Mapping[str, Gap]:
    return _checked("by_tag", values)


def _by_owner(values: Mapping[str, Gap | Interval]) -> Mapping[str, Gap]:
    return _checked("by_owner", values)


def _kinds(values: str | Iterable[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(check_each("kinds", values, check_text))


@attrs.frozen(kw_only=True)
class ContactCounts:
    """
    What counts as a contact, beside what someone recorded and someone was reached.

    Attributes:
        attempts: Tries that reached nobody.
        automatic: What a machine filed, such as e-mails.
        kinds: Only these kinds of interactions, for example "phone" and "visit"; None is any.
        direction: Only what we began ("out"), or only what they began ("in"); None is both.
    """

    attempts: bool = False
    automatic: bool = False
    kinds: frozenset[str] | None = attrs.field(default=None, converter=_kinds)
    direction: Direction | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse an unknown direction."""
        if self.direction is not None:
            check_choice("direction", self.direction, Direction)

    def is_contact(self, interaction: Interaction) -> bool:
        """Tell whether an interaction counts; a void one never does."""
        if interaction.voided_because is not None:
            return False
        if self.kinds is not None and interaction.kind not in self.kinds:
            return False
        if self.direction not in (None, interaction.direction):
            return False
        return (interaction.reached or self.attempts) and (self.automatic or not interaction.automatic)


@attrs.frozen(kw_only=True)
class ContactPolicy:
    """
    How often parties are to be contacted, and when not.

    A party's own frequency wins. Else the first that fits of: its tags, its class, its roles, its owner, all others. Of several tags
    or roles, the one that the policy names first.

    Attributes:
        by_tag: A gap for each tag; an interval alone is its longest gap.
        by_class: A gap for each ABC class.
        by_role: A gap for each role.
        by_owner: A gap for whatever an employee looks after.
        otherwise: The gap for all others; None leaves them alone.
        measure_from_creation: Whoever was never contacted is due one gap after creation instead of at once.
        counts: What counts as a contact.
        retry_after: How long a suggestion rests after an attempt that reached nobody; None not at all.
        holidays: Days without suggestions: any container of dates, for example `PublicHolidays`.

    >>> from crmkit import days
    >>> from crmkit.entities import ContactPlan
    >>> policy = ContactPolicy(by_class={"A": days(30)}, by_tag={"VIP": days(7)}, otherwise=days(90))
    >>> plan = ContactPlan(party_id="C-17")
    >>> [policy.gap_for(plan, abc_class="A", tags=tags).longest.days for tags in ([], ["VIP"])]
    [30, 7]
    """

    by_class: Mapping[AbcClass, Gap] = attrs.field(factory=dict, converter=_by_class)
    by_tag: Mapping[str, Gap] = attrs.field(factory=dict, converter=_by_tag)
    by_role: Mapping[Role, Gap] = attrs.field(factory=dict, converter=_by_role)
    by_owner: Mapping[str, Gap] = attrs.field(factory=dict, converter=_by_owner)
    otherwise: Gap | None = attrs.field(default=None, converter=_gap)
    measure_from_creation: bool = False
    counts: ContactCounts = ContactCounts()
    retry_after: Interval | None = None
    holidays: Container[date] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse unknown classes and roles."""
        for name in self.by_class:
            check_choice("by_class", name, AbcClass)
        for role in self.by_role:
            check_choice("by_role", role, Role)
        for text in (*self.by_tag, *self.by_owner):
            check_text("by_tag or by_owner", text)
        if self.otherwise is not None and not isinstance(self.otherwise, Gap):
            raise refused("otherwise", self.otherwise, "a Gap, an interval such as days(30), or None")
        if self.retry_after is not None:
            check_kind("retry_after", self.retry_after, Interval)
        if not hasattr(self.holidays, "__contains__"):
            raise refused("holidays", type(self.holidays).__name__, "any container of dates")

    def gap_for(
        self,
        plan: ContactPlan,
        *,
        abc_class: AbcClass | None = None,
        tags: Collection[str] = (),
        roles: Collection[str] = (),
        owner_id: str | None = None,
    ) -> Gap | None:
        """
        Find the gap of one party. A rule of days is no gap.

        Its own frequency wins; the ideal gap of the policy stays with it, unless that is longer.
        """
        policy = self._gap_of(abc_class, tags, roles, owner_id)
        if not isinstance(plan.frequency, Interval):
            return policy
        ideal = policy.ideal if policy else None
        return Gap(plan.frequency, ideal=None if ideal is None or _is_longer(ideal, plan.frequency) else ideal)

    def _gap_of(self, abc_class: AbcClass | None, tags: Collection[str], roles: Collection[str], owner_id: str | None) -> Gap | None:
        for gaps, names in ((self.by_tag, tags), (self.by_class, (abc_class,)), (self.by_role, roles), (self.by_owner, (owner_id,))):
            for name, gap in gaps.items():
                if name in names:
                    return gap
        return self.otherwise


NO_POLICY = ContactPolicy()
