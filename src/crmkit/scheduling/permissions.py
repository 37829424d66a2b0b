"""The gate that every call list, mailing and audience passes (rule 7): who may be contacted for what, by which channel, and why not."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, cast, get_args
from zoneinfo import ZoneInfo

import attrs

from crmkit._checks import check_choice, check_date, check_kind, check_zone
from crmkit.entities import Channel, Consent, Objection, Party, Purpose
from crmkit.errors import NotStoredError
from crmkit.scheduling.permission_policy import PermissionPolicy
from crmkit.scheduling.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmkit.entities import ContactPerson
    from crmkit.scheduling.reasons import ReasonFact

_POLICY = PermissionPolicy()


@attrs.frozen
class Allowed:
    """
    A party may be contacted.

    Attributes:
        reason: On what ground.
        consent_id: The consent that is relied on, to be named when it is used; None where none is needed.
        person_ids: The contact persons who may be contacted; empty for a party that has none.
    """

    reason: Reason
    consent_id: str | None = None
    person_ids: tuple[str, ...] = ()


@attrs.frozen
class NotAllowed:
    """
    A party may not be contacted.

    Attributes:
        reason: Why not.
    """

    reason: Reason


def purpose_of(given: str | None, policy: PermissionPolicy | None = None) -> Purpose:
    """
    Tell which purpose counts: an unknown one is advertising.

    >>> purpose_of("contract"), purpose_of("newsletter"), purpose_of(None)
    ('contract', 'advertising', 'advertising')
    """
    if given not in get_args(Purpose) or (given == "own_quote" and (policy or _POLICY).own_quote_is_advertising):
        return "advertising"
    return cast("Purpose", given)


def may_contact(
    party: Party,
    *,
    purpose: str | None,
    channel: Channel,
    on: date,
    consents: Iterable[Consent] = (),
    objections: Iterable[Objection] = (),
    country: str | None = None,
    person_id: str | None = None,
    policy: PermissionPolicy | None = None,
    zone: str = "UTC",
) -> Allowed | NotAllowed:
    """
    Tell whether a party, or one of its contact persons, may be contacted: the one rule behind every list.

    An objection always wins, and a channel that a contact person has forbidden is one; a withdrawn consent is no presumed one. Service,
    contract and requested contacts are not advertising and pass, and so do those about a quote of ours. Advertising needs what the policy
    says for country, channel, and person or organisation. A party with contact persons may be contacted as long as one of them may.

    Args:
        party: Whom; a person is a consumer, an organisation a business.
        purpose: "service", "contract", "own_quote", "requested" or "advertising"; anything else, and None, is advertising.
        channel: By what.
        on: The local day.
        consents: Consents of this party; those of others are passed over.
        objections: Objections of this party; those of others are passed over.
        country: Where the party is (ISO 3166-1 alpha-2); that of its usual address by default.
        person_id: One contact person; None asks for the party as such.
        policy: What each country needs.
        zone: IANA time zone in which days begin.

    Raises:
        NotStoredError: For a contact person whom the party does not have.
        InvalidValueError: For an unknown channel.

    >>> from crmkit.entities import Address
    >>> shop = Party(id="C-1", name="Müller GmbH", created_on=date(2026, 1, 1), addresses=[Address(country="AT")])
    >>> day = date(2026, 2, 1)
    >>> may_contact(shop, purpose="service", channel="phone", on=day)
    Allowed(reason=Reason(code='not_advertising', facts={'purpose': 'service'}, about=None), consent_id=None, person_ids=())
    >>> print(may_contact(shop, purpose="advertising", channel="phone", on=day).reason)
    no consent to advertising by telephone
    """
    asked = asked_for(purpose=purpose, channel=channel, on=on, policy=policy, zone=zone)
    mine = [one for one in consents if one.party_id == party.id]
    against = [one for one in objections if one.party_id == party.id]
    return asked.answer(party, mine, against, country=country, person_id=person_id)


def asked_for(*, purpose: str | None, channel: Channel, on: date, policy: PermissionPolicy | None, zone: str) -> Asked:
    """Check once what is asked for many parties."""
    policy = check_kind("policy", policy or _POLICY, PermissionPolicy)
    check_choice("channel", channel, Channel)
    return Asked(
        purpose=purpose_of(purpose, policy),
        channel=channel,
        on=check_date("on", on),
        policy=policy,
        zone=ZoneInfo(check_zone("zone", zone)),
    )


@attrs.frozen(kw_only=True)
class Asked:
    """
    What is asked of the gate.

    Attributes:
        purpose: For what.
        channel: By what.
        on: The day.
        policy: What each country needs.
        zone: Where days begin.
    """

    purpose: Purpose
    channel: Channel
    on: date
    policy: PermissionPolicy
    zone: ZoneInfo

    def answer(
        self,
        party: Party,
        consents: Sequence[Consent],
        objections: Sequence[Objection],
        *,
        country: str | None = None,
        person_id: str | None = None,
    ) -> Allowed | NotAllowed:
        """Answer for a party, whose consents and objections these are."""
        address = party.address()
        place = country or (None if address is None else address.country)
        held = [one for one in objections if self._holds(one)]
        known = [one for one in consents if self._is_known(one)]
        people = [person for person in party.people if person_id in (None, person.id)]
        if person_id is not None and not people:
            raise NotStoredError("contact_person", person_id)
        of_party = None if person_id is not None else self._answer(party, None, known, held, place)
        answers = {person.id: self._answer(party, person, known, held, place) for person in people}
        reached = {id: answer for id, answer in answers.items() if isinstance(answer, Allowed)}
        if of_party is not None and (not people or (isinstance(of_party, NotAllowed) and not reached)):
            return of_party
        if not reached:
            return next(iter(answers.values()))
        first = of_party if isinstance(of_party, Allowed) else next(iter(reached.values()))
        return attrs.evolve(first, person_ids=tuple(reached))

    def needs_no_consent(self, party: Party) -> bool:
        """Tell whether a party that neither consented nor objected to anything may be contacted, by law and by its people's wishes."""
        reached = not party.people or any(person.may_be_reached_by(self.channel) for person in party.people)
        return self.purpose != "advertising" and reached

    def _answer(
        self, party: Party, person: ContactPerson | None, consents: Sequence[Consent], objections: Sequence[Objection], country: str | None
    ) -> Allowed | NotAllowed:
        """Answer for the party as such, or for one of its contact persons, who has its consents unless there are some of his own."""
        own_id = None if person is None else person.id
        against = [one for one in objections if one.person_id in (None, own_id)]
        if against:
            return NotAllowed(Reason("objected", {"objected_on": self._day(min(one.objected_at for one in against))}))
        if person is not None and not person.may_be_reached_by(self.channel):
            return NotAllowed(Reason("channel_forbidden", {"channel": self.channel, "person_id": person.id}))
        own = [one for one in consents if one.person_id == own_id] or [one for one in consents if one.person_id is None]
        latest = max(own, key=lambda one: (one.granted_at, self._ended(one) is not None), default=None)
        ended = None if latest is None else self._ended(latest)
        if ended is not None:
            return NotAllowed(Reason("consent_withdrawn", {"withdrawn_on": ended}))
        if self.purpose != "advertising":
            return Allowed(Reason("not_advertising", {"purpose": self.purpose}))
        return self._advertise(party, [one for one in own if self._ended(one) is None], country)

    def _advertise(self, party: Party, consents: Sequence[Consent], country: str | None) -> Allowed | NotAllowed:
        given = [one for one in consents if one.basis == "consent"]
        if given:
            return self._relying_on(given, "consented")
        ground = self.policy.ground(country=country, channel=self.channel, kind=party.kind)
        if ground in ("no_objection", "presumed_consent"):
            return Allowed(Reason(ground))
        if ground == "existing_customer" and consents and "customer" in party.roles:
            return self._relying_on(consents, "existing_customer")
        return NotAllowed(Reason("no_consent", {"purpose": self.purpose, "channel": self.channel}))

    def _relying_on(self, consents: Sequence[Consent], code: str) -> Allowed:
        latest = max(consents, key=lambda one: (one.granted_at, one.id))
        facts: dict[str, ReasonFact] = {"granted_on": self._day(latest.granted_at), "text_version": latest.text_version}
        return Allowed(Reason(code, facts), consent_id=latest.id)

    def _holds(self, objection: Objection) -> bool:
        """Tell whether an objection is about what is asked, and was neither lifted nor recorded by mistake."""
        if objection.voided_because is not None or not objection.is_against(self.purpose, self.channel):
            return False
        lifted = objection.lifted_at is not None and self._day(objection.lifted_at) <= self.on
        return self._day(objection.objected_at) <= self.on and not lifted

    def _is_known(self, consent: Consent) -> bool:
        same = (consent.purpose, consent.channel) == (self.purpose, self.channel)
        return same and consent.voided_because is None and self._day(consent.granted_at) <= self.on

    def _ended(self, consent: Consent) -> date | None:
        """The day of the withdrawal, once it has come."""
        day = None if consent.withdrawn_at is None else self._day(consent.withdrawn_at)
        return day if day is not None and day <= self.on else None

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()
