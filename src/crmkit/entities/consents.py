"""What a party agreed to be contacted for, and what it objected to."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import attrs

from crmkit._checks import check_choice, check_text, check_texts, refused
from crmkit.entities._fields import in_utc
from crmkit.entities.contact_details import Channel

Purpose = Literal["service", "contract", "own_quote", "requested", "advertising"]
ConsentBasis = Literal["consent", "existing_customer"]


def _granted_at(value: datetime) -> datetime:
    return in_utc("granted_at", value)


def _objected_at(value: datetime) -> datetime:
    return in_utc("objected_at", value)


def _withdrawn_at(value: datetime | None) -> datetime | None:
    return None if value is None else in_utc("withdrawn_at", value)


def _last_used_at(value: datetime | None) -> datetime | None:
    return None if value is None else in_utc("last_used_at", value)


def _lifted_at(value: datetime | None) -> datetime | None:
    return None if value is None else in_utc("lifted_at", value)


@attrs.frozen(kw_only=True)
class Consent:
    """
    A party, or one of its contact persons, may be contacted for one purpose by one channel: what must be proved later.

    Attributes:
        id: Its id.
        party_id: Who granted it.
        purpose: For what: "service", "contract", "own_quote", "requested" or "advertising".
        channel: By what: "phone", "email", "letter", "visit", "sms" or "social".
        granted_at: When; kept in UTC.
        source: How it was obtained, for example "web form", "signed at the fair".
        text_version: Which text was agreed to.
        basis: "consent" that was given, or "existing_customer": advertising e-mail about similar goods to whoever bought, was told of his
            right to object, and did not (DE: § 7 (3) UWG, AT: § 174 (4) TKG 2021).
        person_id: The contact person who granted it; None is the party as such.
        employee_id: Who recorded it.
        withdrawn_at: When it ended; None is in force.
        withdrawn_because: Why it ended.
        last_used_at: When it was last relied on; each use is an entry in the history.
        voided_because: Why it is void: it was wrong, so it is kept but counts no more. None is valid.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    purpose: Purpose = "advertising"
    channel: Channel
    granted_at: datetime = attrs.field(converter=_granted_at)
    source: str = attrs.field(repr=False)
    text_version: str
    basis: ConsentBasis = "consent"
    person_id: str | None = None
    employee_id: str | None = None
    withdrawn_at: datetime | None = attrs.field(default=None, converter=_withdrawn_at)
    withdrawn_because: str | None = attrs.field(default=None, repr=False)
    last_used_at: datetime | None = attrs.field(default=None, converter=_last_used_at)
    voided_because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a consent that could not be proved."""
        check_texts(self, "person_id", "employee_id", "withdrawn_because", "voided_because")
        for name in ("id", "party_id", "source", "text_version"):
            check_text(name, getattr(self, name))
        for name, choices in (("purpose", Purpose), ("channel", Channel), ("basis", ConsentBasis)):
            check_choice(name, getattr(self, name), choices)
        if self.basis == "existing_customer" and (self.purpose, self.channel) != ("advertising", "email"):
            raise refused("basis", self.basis, "'consent'; the exception for existing customers is for advertising by e-mail only")
        if self.withdrawn_at is not None and self.withdrawn_at < self.granted_at:
            raise refused("withdrawn_at", self.withdrawn_at, f"a time from its grant on ({self.granted_at.isoformat()})")

    @property
    def in_force(self) -> bool:
        """Neither withdrawn nor void."""
        return self.withdrawn_at is None and self.voided_because is None


@attrs.frozen(kw_only=True)
class Objection:
    """
    A party, or one of its contact persons, does not want to be contacted. It wins over every consent until it is lifted.

    Attributes:
        id: Its id.
        party_id: Who objected.
        objected_at: When; kept in UTC.
        channel: By what it does not want to be contacted; None is by nothing.
        purpose: For what it does not want to be contacted; None is for nothing.
        person_id: The contact person who objected; None is the party as such.
        source: How it became known, for example "reply to the newsletter".
        employee_id: Who recorded it.
        lifted_at: When it was taken back by who objected; None holds.
        lifted_because: How that became known.
        voided_because: Why it is void: it was wrong, so it is kept but counts no more. None is valid.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    objected_at: datetime = attrs.field(converter=_objected_at)
    channel: Channel | None = None
    purpose: Purpose | None = None
    person_id: str | None = None
    source: str | None = attrs.field(default=None, repr=False)
    employee_id: str | None = None
    lifted_at: datetime | None = attrs.field(default=None, converter=_lifted_at)
    lifted_because: str | None = attrs.field(default=None, repr=False)
    voided_because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "person_id", "source", "employee_id", "lifted_because", "voided_because")
        check_text("id", self.id)
        check_text("party_id", self.party_id)
        for name, choices in (("channel", Channel), ("purpose", Purpose)):
            if getattr(self, name) is not None:
                check_choice(name, getattr(self, name), choices)
        if self.lifted_at is not None and self.lifted_at < self.objected_at:
            raise refused("lifted_at", self.lifted_at, f"a time from the objection on ({self.objected_at.isoformat()})")

    def is_against(self, purpose: Purpose, channel: Channel) -> bool:
        """Tell whether it is about a purpose and a channel."""
        return self.purpose in (None, purpose) and self.channel in (None, channel)
