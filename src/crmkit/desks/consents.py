"""The consents desk: what parties agreed to be contacted for, what they objected to, and whom that lets us contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from crmkit._checks import check_choice, check_each, check_text, refused
from crmkit.conditions import Condition
from crmkit.desks.aliases import person_at, resolved
from crmkit.desks.audiences import party_ids_of
from crmkit.desks.permission_reading import audience_of, said_by
from crmkit.desks.workplace import Workplace
from crmkit.entities import Channel, Consent, Objection, Party, Purpose
from crmkit.errors import NotStoredError, StateMoveError
from crmkit.ids import new_id
from crmkit.scheduling.permissions import asked_for
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from crmkit.desks.work import Work
    from crmkit.entities import ConsentBasis
    from crmkit.scheduling import Allowed, Audience, NotAllowed
    from crmkit.store import Transaction


@attrs.frozen
class ConsentsDesk:
    """
    `crm.consents`: consents and objections, and the gate that every list passes.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def grant(
        self,
        party_id: str,
        *,
        purpose: Purpose,
        channel: Channel,
        source: str,
        text_version: str,
        person_id: str | None = None,
        basis: ConsentBasis = "consent",
        at: datetime | None = None,
        key: str | None = None,
    ) -> Consent:
        """
        Record that a party may be contacted for one purpose by one channel. An objection stays until it is lifted.

        Args:
            party_id: Who granted it.
            purpose: For what.
            channel: By what.
            source: How it was obtained.
            text_version: Which text was agreed to.
            person_id: The contact person who granted it; None is the party as such.
            basis: "existing_customer" records the exception for advertising e-mail, see `Consent`.
            at: When it was granted; now by default.
            key: Idempotency key.

        Raises:
            NotStoredError: When there is no such party, or contact person.
        """
        given = {"purpose": purpose, "channel": channel, "source": source, "text_version": text_version, "basis": basis}

        def work(work: Work) -> Consent:
            party, person = _party(work, party_id, person_id)
            consent = Consent(
                id=new_id(),
                party_id=party.id,
                purpose=purpose,
                channel=channel,
                granted_at=work.moment.at,
                source=source,
                text_version=text_version,
                basis=basis,
                person_id=person,
                employee_id=work.scope.actor,
            )
            return work.record(consent, summary=f"{basis}: {purpose} by {channel}")

        arguments = {"party_id": party_id, "person_id": person_id, **given}
        return self.workplace.do("consents.grant", work, arguments=arguments, at=at, key=key)

    def withdraw(
        self,
        party_id: str,
        *,
        purpose: Purpose,
        channel: Channel,
        person_id: str | None = None,
        because: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Consent:
        """
        End all consents to a purpose and a channel: those of one contact person, or those of the party and all its contact persons.

        Returns:
            The consent that was granted last.

        Raises:
            NotStoredError: When there is no such party.
            InvalidValueError: When there is nothing to withdraw: record an objection.
        """
        arguments = {"party_id": party_id, "purpose": purpose, "channel": channel, "person_id": person_id, "because": because}

        def work(work: Work) -> Consent:
            party, person = _party(work, party_id, person_id)
            about = (Condition("purpose", "equal", purpose), Condition("channel", "equal", channel))
            found = work.find(Consent, Condition("party_id", "equal", party.id), *about)
            ended = [
                attrs.evolve(one, withdrawn_at=work.moment.at, withdrawn_because=because)
                for one in sorted(found, key=lambda one: (one.granted_at, one.id))
                if one.in_force and person in (None, one.person_id) and one.granted_at <= work.moment.at
            ]
            if not ended:
                raise refused("purpose", purpose, "a purpose with a consent in force by this channel; else use crm.consents.object()")
            work.save(*ended)
            work.log_all([(one, one.party_id, None, f"{purpose} by {channel}") for one in ended])
            return work.stored(ended[-1])

        check_choice("purpose", purpose, Purpose)
        check_choice("channel", channel, Channel)
        return self.workplace.do("consents.withdraw", work, arguments=arguments, at=at, key=key)

    def object(
        self,
        party_id: str,
        *,
        channel: Channel | None = None,
        purpose: Purpose | None = None,
        person_id: str | None = None,
        source: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Objection:
        """
        Record that a party does not want to be contacted: by one channel or any, for one purpose or any.

        Raises:
            NotStoredError: When there is no such party, or contact person.
        """
        arguments = {"party_id": party_id, "channel": channel, "purpose": purpose, "person_id": person_id, "source": source}

        def work(work: Work) -> Objection:
            party, person = _party(work, party_id, person_id)
            objection = Objection(
                id=new_id(),
                party_id=party.id,
                objected_at=work.moment.at,
                channel=channel,
                purpose=purpose,
                person_id=person,
                source=source,
                employee_id=work.scope.actor,
            )
            return work.record(objection, summary=f"{purpose or 'anything'} by {channel or 'any channel'}")

        return self.workplace.do("consents.object", work, arguments=arguments, at=at, key=key)

    def lift_objection(self, objection_id: str, *, because: str, at: datetime | None = None, key: str | None = None) -> Objection:
        """
        Record that whoever objected took it back.

        Raises:
            NotStoredError: When there is none.
            StateMoveError: When it is lifted already, or void.
        """
        check_text("because", because)

        def work(work: Work) -> Objection:
            objection = work.get(Objection, objection_id)
            state = "voided" if objection.voided_because is not None else "lifted" if objection.lifted_at is not None else None
            if state is not None:
                raise StateMoveError("objection", objection.id, state, "lifted", ())
            return work.record(attrs.evolve(objection, lifted_at=work.moment.at, lifted_because=because), summary=because)

        arguments = {"objection_id": objection_id, "because": because}
        return self.workplace.do("consents.lift_objection", work, arguments=arguments, at=at, key=key)

    def record_use(self, consent_ids: str | Iterable[str], *, at: datetime | None = None, key: str | None = None) -> None:
        """
        Record that consents were relied on, as proof: an entry in the history of each party, and the day from which proof is kept on.

        Raises:
            NotStoredError: When one is not stored; then nothing is recorded.
        """
        wanted = tuple(dict.fromkeys(check_each("consent_ids", consent_ids, check_text)))

        def work(work: Work) -> None:
            found = {one.id: one for one in work.find_each(Consent, "id", wanted)}
            missing = [id for id in wanted if id not in found]
            if missing:
                raise NotStoredError("consent", missing[0])
            at = work.moment.at
            used = [attrs.evolve(one, last_used_at=max(at, one.last_used_at or at)) for one in found.values()]
            work.save(*used)
            work.log_all([(one, one.party_id, None, f"{one.purpose} by {one.channel}") for one in used])

        self.workplace.do("consents.record_use", work, arguments={"consent_ids": wanted}, at=at, key=key)

    def consents_of(self, party_id: str) -> tuple[Consent, ...]:
        """
        List the consents of a party, the earliest first, with those that were withdrawn; void ones are left out.

        Raises:
            NotStoredError: When there is no such party.
        """
        with self.workplace.reading() as transaction:
            party = self._read(transaction, "consents.consents_of", party_id)
            found = transaction.find(Query(Consent, [Condition("party_id", "equal", party.id)]))
        return tuple(sorted((one for one in found if one.voided_because is None), key=lambda one: (one.granted_at, one.id)))

    def objections_of(self, party_id: str) -> tuple[Objection, ...]:
        """
        List the objections of a party, the earliest first, with those that were lifted; void ones are left out.

        Raises:
            NotStoredError: When there is no such party.
        """
        with self.workplace.reading() as transaction:
            party = self._read(transaction, "consents.objections_of", party_id)
            found = transaction.find(Query(Objection, [Condition("party_id", "equal", party.id)]))
        return tuple(sorted((one for one in found if one.voided_because is None), key=lambda one: (one.objected_at, one.id)))

    def may_contact(
        self, party_id: str, *, purpose: str | None, channel: Channel, person_id: str | None = None, on: date | None = None
    ) -> Allowed | NotAllowed:
        """
        Tell whether a party, or one of its contact persons, may be contacted, as `crmkit.scheduling.may_contact` does.

        Raises:
            NotStoredError: When there is no such party, or contact person.
        """
        settings = self.workplace.settings
        day = self.workplace.day(on)
        asked = asked_for(purpose=purpose, channel=channel, on=day, policy=settings.permissions, zone=settings.zone)
        with self.workplace.reading() as transaction:
            party = self._read(transaction, "consents.may_contact", party_id)
            said = said_by(transaction, asked, [party.id])
        return asked.answer(party, said.consents, said.objections, person_id=person_at(party, person_id, asked=party_id))

    def audience(
        self,
        members: Iterable[str] | Any,  # noqa: ANN401  # a frame of any engine
        *,
        channel: Channel,
        purpose: str | None = "advertising",
        on: date | None = None,
    ) -> Audience:
        """
        Let parties through the gate, for a mailing or a list of your own.

        Args:
            members: Ids of parties, or a frame with `customer_id`.
            channel: By what.
            purpose: For what; unknown is advertising.
            on: The day; the local day by default.

        Raises:
            NotStoredError: When one of the parties is not stored.
        """
        return audience_of(self.workplace, "consents.audience", party_ids_of(members), purpose=purpose, channel=channel, on=on)

    def _read(self, transaction: Transaction, verb: str, party_id: str) -> Party:
        self.workplace.scope.owners_reached(verb)
        found = transaction.get(Party, check_text("party_id", party_id))
        if found is None:
            raise NotStoredError("party", party_id)
        party = resolved(transaction, found)
        self.workplace.check_read(transaction, verb, party)
        return party


def _party(work: Work, party_id: str, person_id: str | None) -> tuple[Party, str | None]:
    party = work.get(Party, party_id)
    person = person_at(party, person_id, asked=party_id)
    if person is not None and person not in {one.id for one in party.people}:
        raise NotStoredError("contact_person", person)
    return party, person
