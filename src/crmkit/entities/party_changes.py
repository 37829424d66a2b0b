"""What is remembered of a party's changes: owners, classes and regions of the past, handovers, deputies, why it left."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import check_choice, check_date, check_kind, check_text, check_texts, refused
from crmkit.entities._fields import texts
from crmkit.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterable

SingleField = Literal["active", "effective_class", "owner_id", "parent_id", "region"]
ChangedField = Literal["active", "category", "effective_class", "owner_id", "parent_id", "region", "role"]
HandoverState = Literal["planned", "done"]


def _party_ids(value: str | Iterable[str]) -> tuple[str, ...]:
    return texts("party_ids", value)


@attrs.frozen(kw_only=True)
class PartyChange:
    """
    A change of something that figures are grouped by, with its day: the past keeps its owner, class and region.

    Attributes:
        id: Its id; later changes of one day have later ids.
        party_id: Whose.
        field: What changed. A category or role that was added has only *after*, one that was removed only *before*.
        changed_on: The first day on which the new value holds.
        before: The value before; None was none.
        after: The value since.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    field: ChangedField
    changed_on: date
    before: str | None = None
    after: str | None = None
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "before", "after")
        check_text("id", self.id)
        check_text("party_id", self.party_id)
        check_choice("field", self.field, ChangedField)
        check_date("changed_on", self.changed_on)


@attrs.frozen(kw_only=True)
class KeptApart:
    """
    That two parties look alike and are two: somebody said so, and nobody is asked again.

    Attributes:
        id: Its id.
        party_id: One of them.
        other_id: The other one.
        declared_on: The day on which it was said.
        because: Why, where something was said.
        voided_because: Why it is void: it was wrong, so it is kept but counts no more. None is valid.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    other_id: str
    declared_on: date
    because: str | None = attrs.field(default=None, repr=False)
    voided_because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a party that is kept apart from itself; a void one may be of two that were merged."""
        check_texts(self, "because", "voided_because")
        for name in ("id", "party_id", "other_id"):
            check_text(name, getattr(self, name))
        check_date("declared_on", self.declared_on)
        if self.party_id == self.other_id and self.voided_because is None:
            raise refused("other_id", self.other_id, "another party")


@attrs.frozen(kw_only=True)
class Departure:
    """
    That a party left, and why. It stays when the party comes back.

    Attributes:
        id: Its id.
        party_id: Who left.
        left_on: The day.
        because: The reason; an open list, counted by its text.
        interaction_id: The talk in which it was said.
        voided_because: Why it is void: it was wrong, so it is kept but counts no more. None is valid.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    left_on: date
    because: str = attrs.field(repr=False)
    interaction_id: str | None = None
    voided_because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a departure without a reason."""
        check_texts(self, "interaction_id", "voided_because")
        for name in ("id", "party_id", "because"):
            check_text(name, getattr(self, name))
        check_date("left_on", self.left_on)


@attrs.frozen(kw_only=True)
class Handover:
    """
    All parties of one employee go to another, from a day on.

    Attributes:
        id: Its id.
        from_owner: Whose parties they were.
        to_owner: Whose they are from then on.
        starts_on: The first day.
        state: "planned" until it is carried out, then "done".
        party_ids: The parties that changed hands.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    from_owner: str
    to_owner: str
    starts_on: date
    state: HandoverState = "planned"
    party_ids: tuple[str, ...] = attrs.field(default=(), converter=_party_ids)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a handover to oneself."""
        for name in ("id", "from_owner", "to_owner"):
            check_text(name, getattr(self, name))
        check_date("starts_on", self.starts_on)
        check_choice("state", self.state, HandoverState)
        if self.from_owner == self.to_owner:
            raise refused("to_owner", self.to_owner, "another employee than from_owner")


@attrs.frozen(kw_only=True)
class Deputy:
    """
    Who stands in for an employee, and when.

    Attributes:
        id: Its id.
        owner_id: The employee who is away.
        deputy_id: Who stands in.
        period: The days.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    owner_id: str
    deputy_id: str
    period: Period
    version: int = attrs.field(default=0, eq=False)

    @property
    def ends_before(self) -> date:
        """The first day on which nobody stands in any more."""
        return self.period.end

    def __attrs_post_init__(self) -> None:
        """Refuse someone who stands in for himself."""
        for name in ("id", "owner_id", "deputy_id"):
            check_text(name, getattr(self, name))
        check_kind("period", self.period, Period)
        if self.owner_id == self.deputy_id:
            raise refused("deputy_id", self.deputy_id, "another employee than the owner")


@attrs.frozen(kw_only=True)
class ExternalId:
    """
    The id of a party in another system. Each is one party's.

    Attributes:
        system: The other system, for example "erp".
        external_id: The id there.
        party_id: The party here.
        version: Raised by each stored change; 0 is not stored yet.
    """

    system: str
    external_id: str
    party_id: str
    version: int = attrs.field(default=0, eq=False)

    @property
    def id(self) -> str:
        """System and id in one, without doubt where one ends."""
        return f"{len(self.system)} {self.system} {self.external_id}"

    def __attrs_post_init__(self) -> None:
        """Refuse empty parts."""
        for name in ("system", "external_id", "party_id"):
            check_text(name, getattr(self, name))
