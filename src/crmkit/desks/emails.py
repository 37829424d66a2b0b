"""The e-mail desk: each e-mail to the party whose address it has, the doubtful ones into a queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_each, check_int, check_text
from crmkit.conditions import Condition
from crmkit.desks.interactions import save_interactions
from crmkit.desks.notes import an_attachment
from crmkit.desks.workplace import Workplace
from crmkit.entities import Interaction, Party, Ref, Unassigned
from crmkit.entities.emails import folded_address
from crmkit.ids import new_id
from crmkit.records import EmailAddress
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from crmkit.desks.work import Work
    from crmkit.entities import Direction

_OPEN = Condition("state", "equal", "open")


@attrs.frozen
class EmailsDesk:
    """
    `crm.emails`: filing by address. What a machine files does not count as a contact, unless the contact policy says so.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def file(
        self,
        *,
        sender: str,
        recipients: str | Iterable[str],
        subject: str,
        uri: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Interaction | Unassigned:
        """
        File an e-mail with the one party, or contact person, that has its address.

        Which side is ours is told by `Settings.own_addresses` and by parties that are employees; what we sent goes out, all
        else comes in. Where no party has the address, or several have, it goes into the queue of `unassigned`.

        Args:
            sender: From whom, with or without a name around the address.
            recipients: To whom, copies included.
            subject: Its subject.
            uri: Where the host keeps it: a URI or an id, never a path.
            at: When it was sent; the clock by default.
            key: Idempotency key; its Message-ID is a good one.
        """
        to = check_each("recipients", recipients, check_text)
        check_text("subject", subject, empty=True)

        def work(work: Work) -> Interaction | Unassigned:
            direction, found = _other_side(work, check_text("sender", sender), to)
            if len(found) == 1:
                ((party_id, people),) = found.items()
                interaction = _interaction(work, party_id, direction, subject, person_id=_only(people), happened_at=work.moment.at)
                _save(work, interaction, uri)
                return work.stored(interaction)
            unassigned = Unassigned(
                id=new_id(),
                sender=sender,
                recipients=to,
                subject=subject,
                happened_at=work.moment.at,
                direction=direction,
                uri=uri,
                candidate_ids=sorted(found),
            )
            return work.record(unassigned, summary=subject or None)

        arguments = {"sender": sender, "recipients": to, "subject": subject, "uri": uri}
        return self.workplace.do("emails.file", work, arguments=arguments, at=at, key=key)

    def unassigned(self, *, limit: int = 100) -> Sequence[Unassigned]:
        """List the e-mails that wait for someone to say whose they are, the oldest first."""
        self.workplace.scope.owners_reached("emails.unassigned")
        check_int("limit", limit, at_least=1)
        with self.workplace.reading() as transaction:
            return transaction.find(Query(Unassigned, [_OPEN], order_by="happened_at", limit=limit))

    def assign(self, unassigned_id: str, party_id: str, *, at: datetime | None = None, key: str | None = None) -> Interaction:
        """
        File an e-mail from the queue with a party, and with the contact person there that has its address.

        Raises:
            StateMoveError: When it is not in the queue any more.
            NotStoredError: When there is no such e-mail, or party.
        """

        def work(work: Work) -> Interaction:
            waiting = work.get(Unassigned, unassigned_id)
            party = work.get(Party, party_id, lock=False)
            _, found = _other_side(work, waiting.sender, waiting.recipients)
            person_id = _only(found.get(party.id, frozenset()))
            interaction = _interaction(
                work, party.id, waiting.direction, waiting.subject, person_id=person_id, happened_at=waiting.happened_at
            )
            work.save(waiting.assigned(interaction.id), party_id=party.id)
            _save(work, interaction, waiting.uri)
            return work.stored(interaction)

        arguments = {"unassigned_id": unassigned_id, "party_id": party_id}
        return self.workplace.do("emails.assign", work, arguments=arguments, at=at, key=key)

    def dismiss(self, unassigned_id: str, *, because: str, at: datetime | None = None, key: str | None = None) -> Unassigned:
        """
        Take an e-mail from the queue that belongs to nobody.

        Raises:
            StateMoveError: When it is not in the queue any more.
            NotStoredError: When there is no such e-mail.
        """

        def work(work: Work) -> Unassigned:
            return work.record(work.get(Unassigned, unassigned_id).dismissed(because), summary=because)

        arguments = {"unassigned_id": unassigned_id, "because": because}
        return self.workplace.do("emails.dismiss", work, arguments=arguments, at=at, key=key)


@attrs.frozen
class _Known:
    """
    Whose the addresses of one e-mail are.

    Attributes:
        parties: The parties of each address that is not ours, with the contact persons meant.
        own: The addresses that are ours.
    """

    parties: Mapping[str, Mapping[str, frozenset[str]]]
    own: frozenset[str]


def _known(work: Work, addresses: Sequence[str]) -> _Known:
    """Look all addresses up at once; those in the settings are ours, and those of employees."""
    found = work.find_each(EmailAddress, "address", addresses)
    employees = {party.id for party in work.find_each(Party, "id", (one.party_id for one in found)) if "employee" in party.roles}
    own = {one.address for one in found if one.party_id in employees} | {one for one in addresses if work.settings.is_own(one)}
    parties: dict[str, dict[str, frozenset[str]]] = {}
    for one in found:
        if one.address not in own:
            people = parties.setdefault(one.address, {})
            people[one.party_id] = people.get(one.party_id, frozenset()) | ({one.person_id} if one.person_id is not None else frozenset())
    return _Known(parties, frozenset(own))


def _other_side(work: Work, sender: str, recipients: Sequence[str]) -> tuple[Direction, Mapping[str, frozenset[str]]]:
    """Tell which way an e-mail went, and the parties on the side that is not ours, with the contact persons meant."""
    origin = folded_address(sender)
    targets = [address for one in recipients if (address := folded_address(one)) is not None]
    known = _known(work, [*targets, *([] if origin is None else [origin])])
    nobody_is_ours = known.own.isdisjoint(targets) and origin not in known.parties
    went_out = origin in known.own or (nobody_is_ours and any(address in known.parties for address in targets))
    found: dict[str, frozenset[str]] = {}
    for address in targets if went_out else [origin]:
        for party_id, people in known.parties.get(address or "", {}).items():
            found[party_id] = found.get(party_id, frozenset()) | people
    return "out" if went_out else "in", found


def _only(people: frozenset[str]) -> str | None:
    return next(iter(people)) if len(people) == 1 else None


def _interaction(
    work: Work, party_id: str, direction: Direction, subject: str, *, person_id: str | None, happened_at: datetime
) -> Interaction:
    return Interaction(
        id=new_id(),
        party_id=party_id,
        happened_at=happened_at,
        kind="email",
        direction=direction,
        automatic=True,
        employee_id=work.scope.actor,
        person_id=person_id,
        topics=(subject,) if subject.strip() else (),
    )


def _save(work: Work, interaction: Interaction, uri: str | None) -> None:
    save_interactions(work, [interaction])
    if uri is not None:
        title = " ".join(interaction.topics) or "e-mail"
        shown = "".join(character for character in title if character.isprintable()) or "e-mail"
        about = Ref("interaction", interaction.id)
        work.save(an_attachment(work, about, interaction.party_id, uri=uri, title=shown, kind="email"))
