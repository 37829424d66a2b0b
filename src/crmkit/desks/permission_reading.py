"""What parties agreed to and objected to, as far as a question of the gate needs it: two queries, however many parties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs

from crmkit.conditions import Condition
from crmkit.desks.aliases import resolved
from crmkit.desks.workplace import Workplace, find_each
from crmkit.entities import Channel, Consent, Objection, Party
from crmkit.errors import NotStoredError
from crmkit.scheduling.audiences import Audience, Gate
from crmkit.scheduling.permissions import Asked, asked_for
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from crmkit.store import Transaction


@attrs.frozen
class Said:
    """
    What parties said to one purpose and channel.

    Attributes:
        consents: What they agreed to; also what they withdrew.
        objections: What they objected to.
    """

    consents: Sequence[Consent] = ()
    objections: Sequence[Objection] = ()


def said_by(transaction: Transaction, asked: Asked, party_ids: Iterable[str]) -> Said:
    """Read what some parties said to a purpose and a channel."""
    return Said(*transaction.find_several(said_queries(asked, party_ids)))


def said_queries(asked: Asked, party_ids: Iterable[str]) -> Sequence[Query[Any]]:
    """Ask for the consents of some parties to a purpose and a channel, and for their objections."""
    of_parties = Condition("party_id", "one_of", tuple(dict.fromkeys(party_ids)))
    about = (Condition("purpose", "equal", asked.purpose), Condition("channel", "equal", asked.channel))
    return Query(Consent, (of_parties, *about)), Query(Objection, [of_parties])


def audience_of(
    workplace: Workplace, verb: str, party_ids: Sequence[str], *, purpose: str | None, channel: Channel, on: date | None
) -> Audience:
    """
    Let stored parties through the gate; those that the reader's rights do not reach are not there for him.

    Raises:
        NotStoredError: When one of them is not stored.
        NotPermittedError: When the rights do not list the verb.
    """
    owners = workplace.scope.owners_reached(verb)
    settings = workplace.settings
    asked = asked_for(purpose=purpose, channel=channel, on=workplace.day(on), policy=settings.permissions, zone=settings.zone)
    with workplace.reading() as transaction:
        found = {party.id: party for party in find_each(transaction, Party, "id", party_ids)}
        missing = [id for id in party_ids if id not in found]
        if missing:
            raise NotStoredError("party", missing[0])
        merged = (resolved(transaction, found[id]) for id in party_ids)
        parties = {party.id: party for party in merged if owners is None or party.owner_id in owners}
        said = said_by(transaction, asked, parties)
    return Gate.of(asked, said.consents, said.objections).audience(parties.values())
