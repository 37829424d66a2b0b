"""The gate for many parties at once: who of them may be contacted, and who is left out with what reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from crmkit.entities import Channel, Consent, Objection, Party
from crmkit.entities._fields import FrozenMapping
from crmkit.scheduling.permissions import Allowed, Asked, NotAllowed, asked_for
from crmkit.scheduling.queue_rows import LeftOut, counts_by_reason, why_left_out

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from crmkit.scheduling.permission_policy import PermissionPolicy
    from crmkit.scheduling.reasons import Reason


def _allowed(values: Mapping[str, Allowed]) -> Mapping[str, Allowed]:
    return FrozenMapping(values)


@attrs.frozen(kw_only=True)
class Audience:
    """
    Who may be contacted, out of those who were asked for.

    Attributes:
        allowed: The ground of each party that may be contacted, by its id, in the order in which they were given.
        left_out: The others, each with the reason.
    """

    allowed: Mapping[str, Allowed] = attrs.field(factory=dict, converter=_allowed)
    left_out: tuple[LeftOut, ...] = ()

    @property
    def party_ids(self) -> tuple[str, ...]:
        """The ids of those who may be contacted."""
        return tuple(self.allowed)

    @property
    def consent_ids(self) -> tuple[str, ...]:
        """The consents that are relied on: those to pass to `crm.consents.record_use`."""
        return tuple(answer.consent_id for answer in self.allowed.values() if answer.consent_id is not None)

    @property
    def left_out_counts(self) -> Mapping[str, int]:
        """How many are left out, by the code of the reason."""
        return counts_by_reason(self.left_out)


def audience(
    parties: Iterable[Party],
    *,
    purpose: str | None = "advertising",
    channel: Channel,
    on: date,
    consents: Iterable[Consent] = (),
    objections: Iterable[Objection] = (),
    policy: PermissionPolicy | None = None,
    zone: str = "UTC",
) -> Audience:
    """
    Let parties through the gate, as `may_contact` does with one; who is switched off or excluded is left out too.

    Args:
        parties: Whom to contact.
        purpose: For what; unknown is advertising.
        channel: By what.
        on: The local day.
        consents: Consents of all of them.
        objections: Objections of all of them.
        policy: What each country needs.
        zone: IANA time zone in which days begin.

    >>> from datetime import UTC, date, datetime
    >>> parties = [Party(id=id, name=id, created_on=date(2026, 1, 1), kind="person") for id in ("C-1", "C-2")]
    >>> yes = Consent(id="1", party_id="C-2", channel="email", granted_at=datetime(2026, 1, 1, tzinfo=UTC), source="form", text_version="3")
    >>> found = audience(parties, channel="email", consents=[yes], on=date(2026, 2, 1))
    >>> found.party_ids, found.left_out_counts
    (('C-2',), {'no_consent': 1})
    """
    asked = asked_for(purpose=purpose, channel=channel, on=on, policy=policy, zone=zone)
    return Gate.of(asked, consents, objections).audience(parties)


@attrs.frozen
class Gate:
    """
    What is asked, with what many parties have said.

    Attributes:
        asked: What is asked.
        consents: Consents by party.
        objections: Objections by party.
    """

    asked: Asked
    consents: Mapping[str, list[Consent]]
    objections: Mapping[str, list[Objection]]

    @classmethod
    def of(cls, asked: Asked, consents: Iterable[Consent], objections: Iterable[Objection]) -> Gate:
        """Sort consents and objections by party."""
        given: dict[str, list[Consent]] = defaultdict(list)
        against: dict[str, list[Objection]] = defaultdict(list)
        for consent in consents:
            given[consent.party_id].append(consent)
        for objection in objections:
            against[objection.party_id].append(objection)
        return cls(asked, given, against)

    def answer(self, party: Party) -> Allowed | NotAllowed:
        """Answer for one of them; who is switched off or excluded may not be contacted at our initiative, whatever he agreed to."""
        because = why_left_out(party)
        if because is not None:
            return NotAllowed(because)
        return self.asked.answer(party, self.consents.get(party.id, ()), self.objections.get(party.id, ()))

    def audience(self, parties: Iterable[Party]) -> Audience:
        """Let many of them through."""
        allowed: dict[str, Allowed] = {}
        left_out = []
        for party in parties:
            answer = self.answer(party)
            if isinstance(answer, Allowed):
                allowed[party.id] = answer
            else:
                left_out.append(LeftOut(party.id, answer.reason))
        return Audience(allowed=allowed, left_out=tuple(left_out))

    def refusal(self, party: Party) -> Reason | None:
        """Tell why a party may not be contacted; None where it may. Most have said nothing, which is quick to answer."""
        if party.id not in self.consents and party.id not in self.objections and self.asked.needs_no_consent(party):
            return why_left_out(party)
        answer = self.answer(party)
        return answer.reason if isinstance(answer, NotAllowed) else None
