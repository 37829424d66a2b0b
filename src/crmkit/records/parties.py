"""Parties, and when they are contacted."""

from __future__ import annotations

from typing import Any

import attrs

from crmkit.entities import (
    ContactPlan,
    Departure,
    Deputy,
    ExternalId,
    Handover,
    Interaction,
    KeptApart,
    Party,
    PartyChange,
    Recall,
    SavedSegment,
    SegmentMember,
)
from crmkit.records.declarations import PARTY, Field, RecordKind


@attrs.frozen(kw_only=True)
class Birthday:
    """
    The birthday of a contact person, by which it is found; kept beside its party.

    Attributes:
        id: Party and contact person.
        party_id: The party.
        owner_id: Its owner.
        day: Month and day, as "02-29".
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    owner_id: str | None = None
    day: str = attrs.field(repr=False)
    version: int = attrs.field(default=0, eq=False)


@attrs.frozen(kw_only=True)
class MatchKey:
    """
    A mark by which a party is brought together with others that may be the same; kept beside it.

    Attributes:
        id: Party, kind of mark and mark.
        party_id: The party.
        key: Kind and mark, as `crmkit.duplicates.match_keys` names them, of a place the postcode alone.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    key: str = attrs.field(repr=False)
    version: int = attrs.field(default=0, eq=False)


PARTIES: tuple[RecordKind[Any], ...] = (
    RecordKind(
        name="party",
        entity=Party,
        fields=(
            Field(name="owner_id"),
            Field(name="created_on", type="day"),
            Field(name="parent_id"),
            Field(name="checked_on", type="day"),
            Field(name="merged_into"),
            Field(name="excluded"),
            Field(name="seat"),
        ),
        indexes=(("owner_id",), ("parent_id",), ("checked_on",), ("merged_into",), ("excluded",), ("seat",)),
    ),
    RecordKind(
        name="party_change",
        entity=PartyChange,
        fields=(PARTY, Field(name="field"), Field(name="changed_on", type="day")),
        indexes=(("party_id", "field", "changed_on"),),
    ),
    RecordKind(
        name="departure",
        entity=Departure,
        fields=(PARTY, Field(name="left_on", type="day")),
        indexes=(("party_id", "left_on"), ("left_on",)),
    ),
    RecordKind(
        name="kept_apart",
        entity=KeptApart,
        fields=(PARTY, Field(name="other_id", refers_to="party")),
        indexes=(("party_id",), ("other_id",)),
    ),
    RecordKind(name="match_key", entity=MatchKey, fields=(PARTY, Field(name="key")), indexes=(("party_id",), ("key",))),
    RecordKind(name="segment", entity=SavedSegment),
    RecordKind(
        name="segment_member",
        entity=SegmentMember,
        fields=(PARTY, Field(name="segment_id", refers_to="segment"), Field(name="left_on", type="day")),
        indexes=(("party_id",), ("segment_id", "left_on")),
    ),
    RecordKind(
        name="handover",
        entity=Handover,
        fields=(Field(name="state"), Field(name="starts_on", type="day")),
        indexes=(("state", "starts_on"),),
    ),
    RecordKind(name="deputy", entity=Deputy, fields=(Field(name="ends_before", type="day"),), indexes=(("ends_before",),)),
    RecordKind(name="external_id", entity=ExternalId, fields=(PARTY,), indexes=(("party_id",),)),
    RecordKind(
        name="birthday",
        entity=Birthday,
        fields=(PARTY, Field(name="owner_id"), Field(name="day")),
        indexes=(("party_id",), ("day",), ("owner_id", "day")),
    ),
    RecordKind(
        name="contact_plan",
        entity=ContactPlan,
        fields=(Field(name="next_contact_on", type="day"),),
        indexes=(("next_contact_on",),),
        id_refers_to="party",
    ),
    RecordKind(
        name="recall",
        entity=Recall,
        fields=(PARTY, Field(name="due_on", type="day"), Field(name="state"), Field(name="employee_id")),
        indexes=(("state", "due_on"), ("party_id", "state", "due_on")),
    ),
    RecordKind(
        name="interaction",
        entity=Interaction,
        fields=(PARTY, Field(name="happened_at", type="instant"), Field(name="commitment_due_on", type="day")),
        indexes=(("party_id", "happened_at"), ("party_id", "commitment_due_on"), ("commitment_due_on",)),
    ),
)
