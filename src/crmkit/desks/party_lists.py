"""What the parties desk lists and looks up, within what the reader may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_choice, check_date, check_int, check_kind, check_text
from crmkit.conditions import Condition
from crmkit.desks.aliases import resolved
from crmkit.desks.groups import members_of
from crmkit.desks.handing_over import standing_in, value_on
from crmkit.desks.workplace import check_cursor, find_each
from crmkit.entities import Departure, ExternalId, Party
from crmkit.entities.party_changes import SingleField
from crmkit.errors import NotPermittedError, NotStoredError, Problem
from crmkit.periods import Period
from crmkit.records import JournalEntry
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from crmkit.desks.workplace import Workplace
    from crmkit.entities import DataPolicy, Deputy
    from crmkit.store import Transaction


_PAGE = 1_000


@attrs.frozen(kw_only=True)
class PartyChanges:
    """
    What changed since a cursor.

    Attributes:
        parties: The new and changed parties as they are now, each once.
        merged: The parties that turned out to be others: the id of each with the one it has now.
        removed: The ids of parties that are gone.
        cursor: Where the next call goes on.
        more: True when there is more right now.
    """

    parties: tuple[Party, ...]
    merged: Mapping[str, str]
    removed: tuple[str, ...]
    cursor: str
    more: bool


@attrs.frozen(kw_only=True)
class IncompleteParty:
    """
    A party of which something is missing.

    Attributes:
        party: The party.
        problems: What is missing.
    """

    party: Party
    problems: tuple[Problem, ...]


@attrs.frozen(kw_only=True)
class IncompleteParties:
    """
    One page of the parties of which something is missing, in the order of their ids.

    Attributes:
        rows: The parties, each with what is missing.
        cursor: Where the next page begins; None where this is the last one.
    """

    rows: tuple[IncompleteParty, ...]
    cursor: str | None


def party_read(workplace: Workplace, transaction: Transaction, verb: str, party_id: str) -> Party:
    """
    Read one party, a merged one as the party that it was merged into.

    Raises:
        NotStoredError: When there is none.
        NotPermittedError: When it is out of the reader's reach.
    """
    party = transaction.get(Party, check_text("party_id", party_id))
    if party is None:
        raise NotStoredError("party", party_id)
    party = resolved(transaction, party)
    workplace.check_read(transaction, verb, party)
    return party


def one_party(workplace: Workplace, verb: str, party_id: str) -> Party:
    """Read one party in a transaction of its own."""
    with workplace.reading() as transaction:
        return party_read(workplace, transaction, verb, party_id)


def parties_found(workplace: Workplace, verb: str, query: Query[Party]) -> tuple[Party, ...]:
    """Find parties, and leave out what the reader may not see."""
    with workplace.reading() as transaction:
        return _reached(workplace, verb, transaction.find(query))


def incomplete_parties(workplace: Workplace, policy: DataPolicy, *, cursor: str, limit: int) -> IncompleteParties:
    """Read the active parties that take part in analyses, a thousand at a time, until so many of them miss something."""
    check_int("limit", limit, at_least=1)
    rows: list[IncompleteParty] = []
    with workplace.reading() as transaction:
        cursor = check_cursor(transaction, Party, "cursor", cursor)
        while len(rows) <= limit:
            page = transaction.find(Query(Party, after=(cursor,), limit=_PAGE))
            if not page:
                break
            cursor = page[-1].id
            rows += [
                IncompleteParty(party=party, problems=problems)
                for party in _reached(workplace, "parties.incomplete", page)
                if party.active and party.excluded is None and (problems := policy.problems_of(party))
            ]
    more = len(rows) > limit
    return IncompleteParties(rows=tuple(rows[:limit]), cursor=rows[limit - 1].party.id if more else None)


def group_of(workplace: Workplace, party_id: str) -> tuple[Party, ...]:
    """Read a party and all below it."""
    with workplace.reading() as transaction:
        party = party_read(workplace, transaction, "parties.group", party_id)
        return _reached(workplace, "parties.group", (party, *members_of(transaction, party.id)))


def party_by_external_id(workplace: Workplace, system: str, external_id: str) -> Party | None:
    """Look a party up by its id in another system."""
    workplace.scope.owners_reached("parties.by_external_id")
    with workplace.reading() as transaction:
        known = transaction.get(ExternalId, ExternalId(system=system, external_id=external_id, party_id="?").id)
        return None if known is None else party_read(workplace, transaction, "parties.by_external_id", known.party_id)


def deputies_of(workplace: Workplace, on: date | None) -> tuple[Deputy, ...]:
    """List who stands in on a day."""
    workplace.scope.owners_reached("parties.deputies")
    day = workplace.moment().today if on is None else check_date("on", on)
    with workplace.reading() as transaction:
        return standing_in(transaction, day)


def party_value_on(workplace: Workplace, party_id: str, field: SingleField, on: date) -> str | None:
    """Tell a value of a party as it was on a day."""
    check_choice("field", field, SingleField)
    check_date("on", on)
    with workplace.reading() as transaction:
        return value_on(transaction, party_read(workplace, transaction, "parties.value_on", party_id), field, on)


def loss_reasons(workplace: Workplace, period: Period | None) -> Mapping[str, int]:
    """Count the departures of a period by their reason, the most frequent first."""
    if period is not None:
        check_kind("period", period, Period)
    where = () if period is None else (Condition("left_on", "at_least", period.start), Condition("left_on", "less_than", period.end))
    owners = workplace.scope.owners_reached("parties.loss_reasons")
    with workplace.reading() as transaction:
        departures = [departure for departure in transaction.find(Query(Departure, where)) if departure.voided_because is None]
        if owners is not None:
            parties = find_each(transaction, Party, "id", (departure.party_id for departure in departures))
            reached = {party.id for party in parties if party.owner_id in owners}
            departures = [departure for departure in departures if departure.party_id in reached]
    counted = Counter(departure.because for departure in departures)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def party_changes(workplace: Workplace, cursor: str, *, limit: int) -> PartyChanges:
    """Read the journal from a cursor on; its entries are numbered without gaps, in the order in which they became visible."""
    if workplace.scope.owners_reached("parties.changed_since") is not None:
        raise NotPermittedError(workplace.scope.actor, "parties.changed_since", beyond_reach=True)
    check_int("limit", limit, at_least=1)
    with workplace.reading() as transaction:
        after = check_cursor(transaction, JournalEntry, "cursor", cursor)
        entries = transaction.find(Query(JournalEntry, after=(after,), limit=limit + 1))
        read = entries[:limit]
        ids = dict.fromkeys(ref.id for entry in read for ref, _ in entry.changes if ref.kind == "party")
        found = {party.id: party for party in find_each(transaction, Party, "id", ids)}
    return PartyChanges(
        parties=tuple(party for party in found.values() if party.merged_into is None),
        merged={party.id: party.merged_into for party in found.values() if party.merged_into is not None},
        removed=tuple(id for id in ids if id not in found),
        cursor=read[-1].id if read else cursor,
        more=len(entries) > limit,
    )


def _reached(workplace: Workplace, verb: str, parties: Iterable[Party]) -> tuple[Party, ...]:
    owners = workplace.scope.owners_reached(verb)
    return tuple(party for party in parties if owners is None or party.owner_id in owners)
