"""Finding parties that are kept twice: by marks that are stored beside each party, page by page, so that nobody compares each with each."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, groupby
from typing import TYPE_CHECKING, TypeAlias

import crmkit.duplicates as comparing  # which loads what compares names when it is asked for: an extra
from crmkit._checks import check_int, check_kind, check_ratio
from crmkit.conditions import Condition
from crmkit.desks.workplace import find_each
from crmkit.duplicates.matches import LARGEST_BLOCK, LargeBlock, Matches, largest_first, most_certain_first
from crmkit.duplicates.sounds import match_keys
from crmkit.entities import KeptApart, Party
from crmkit.ids import new_id
from crmkit.records import EmailAddress, MatchKey
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from crmkit.desks.work import Work
    from crmkit.desks.workplace import Workplace
    from crmkit.duplicates import Alike
    from crmkit.store import Transaction

Pair: TypeAlias = "tuple[str, str]"

_PAGE = 2_000


def found_duplicates(workplace: Workplace, *, at_least: Decimal | int | str, limit: int) -> Matches:
    """Compare the parties that share a mark, block by block."""
    score = check_ratio("at_least", at_least)
    check_int("limit", limit, at_least=1)
    owners = workplace.scope.owners_reached("duplicates.find")
    best: list[Alike] = []
    pairs: set[Pair] = set()
    too_large: list[LargeBlock] = []
    with workplace.reading() as transaction:
        for mark, party_ids in (part for block in _blocks(transaction) for part in _parts(transaction, *block)):
            if len(party_ids) > LARGEST_BLOCK:
                too_large.append(LargeBlock(mark=mark, count=len(party_ids)))
            else:
                pairs.update(combinations(sorted(party_ids), 2))
        apart = _kept_apart(transaction, ())
        ordered = sorted(pair for pair in pairs if frozenset(pair) not in apart)
        for start in range(0, len(ordered), _PAGE):
            page = ordered[start : start + _PAGE]
            known = {party.id: party for party in find_each(transaction, Party, "id", (id for pair in page for id in pair))}
            found = (comparing.alike(known[one], known[other]) for one, other in page if one in known and other in known)
            sure = (pair for pair in found if pair.score >= score)
            best = list(most_certain_first([*best, *(pair for pair in sure if _in_reach(pair, owners))])[:limit])
    return Matches(pairs=tuple(best), too_large=largest_first(too_large))


def parties_similar_to(workplace: Workplace, party: Party, *, at_least: Decimal | int | str, limit: int) -> Matches:
    """Compare one party, stored or not, with those that share a mark with it."""
    check_kind("party", party, Party)
    score = check_ratio("at_least", at_least)
    check_int("limit", limit, at_least=1)
    owners = workplace.scope.owners_reached("duplicates.similar_to")
    ids: set[str] = set()
    too_large: list[LargeBlock] = []
    with workplace.reading() as transaction:
        for mark, value in sorted(match_keys(party)):
            sharing = _sharing(transaction, mark, value) - {party.id}
            if mark == "place" and len(sharing) > LARGEST_BLOCK:
                sharing = _by_letter(transaction, sharing, value.partition(" ")[0]).get((mark, value), set())
            if len(sharing) > LARGEST_BLOCK:
                too_large.append(LargeBlock(mark=mark, count=len(sharing)))
            else:
                ids |= sharing
        apart = _kept_apart(transaction, [party.id])
        others = find_each(transaction, Party, "id", sorted(id for id in ids if frozenset((party.id, id)) not in apart))
    found = (comparing.alike(party, other) for other in others)
    sure = [pair for pair in found if pair.score >= score and _in_reach(pair, owners, own=party)]
    return Matches(pairs=most_certain_first(sure)[:limit], too_large=largest_first(too_large))


def kept_apart(work: Work, party_id: str, other_id: str, *, because: str | None) -> KeptApart:
    """Note that two parties are two; noting it again gives what was noted."""
    party, other = work.get(Party, party_id, lock=False), work.get(Party, other_id, lock=False)
    for known in work.find_each(KeptApart, "party_id", [party.id, other.id]):
        if known.voided_because is None and {known.party_id, known.other_id} == {party.id, other.id}:
            return known
    noted = KeptApart(id=new_id(), party_id=party.id, other_id=other.id, declared_on=work.moment.on, because=because)
    work.save(noted)
    work.log_all([(noted, one.id, None, f"is another one than {two.id}") for one, two in ((party, other), (other, party))])
    return work.stored(noted)


def _blocks(transaction: Transaction) -> Iterator[tuple[str, str, set[str]]]:
    """Walk through all marks in their order: each that several parties share, with its kind and with them."""
    keys = _in_order(transaction, Query(MatchKey, order_by="key", limit=_PAGE), "key")
    addresses = _in_order(transaction, Query(EmailAddress, order_by="address", limit=_PAGE), "address")
    for mark, marks in (("", keys), ("email", addresses)):
        for key, same in groupby(marks, key=lambda one: one[0]):
            party_ids = {party_id for _, party_id in same}
            if len(party_ids) > 1:
                kind, _, value = key.partition(" ")
                yield (mark, key, party_ids) if mark else (kind, value, party_ids)


def _parts(transaction: Transaction, mark: str, value: str, party_ids: set[str]) -> Iterator[tuple[str, set[str]]]:
    """Divide a place with many parties by the letters with which their names begin."""
    if mark != "place" or len(party_ids) <= LARGEST_BLOCK:
        yield mark, party_ids
        return
    for part in _by_letter(transaction, party_ids, value).values():
        yield mark, part


def _by_letter(transaction: Transaction, party_ids: set[str], postal_code: str) -> Mapping[tuple[str, str], set[str]]:
    parts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for party in find_each(transaction, Party, "id", sorted(party_ids)):
        for key in match_keys(party):
            if key[0] == "place" and key[1].startswith(f"{postal_code} "):
                parts[key].add(party.id)
    return parts


def _in_order(transaction: Transaction, query: Query[MatchKey] | Query[EmailAddress], field: str) -> Iterator[Pair]:
    after = None
    while page := transaction.find(Query(query.kind, order_by=field, after=after, limit=_PAGE)):
        yield from ((getattr(one, field), one.party_id) for one in page)
        after = getattr(page[-1], field), page[-1].id


def _sharing(transaction: Transaction, mark: str, value: str) -> set[str]:
    """Find whoever has a mark; of a place whoever has the postcode."""
    if mark == "email":
        return {one.party_id for one in transaction.find(Query(EmailAddress, [Condition("address", "equal", value)]))}
    key = f"{mark} {value.partition(' ')[0] if mark == 'place' else value}"
    return {one.party_id for one in transaction.find(Query(MatchKey, [Condition("key", "equal", key)]))}


def _kept_apart(transaction: Transaction, party_ids: Iterable[str]) -> frozenset[frozenset[str]]:
    """Whom somebody declared to be two: everybody, or those with some parties."""
    wanted = tuple(party_ids)
    queries = [Query(KeptApart, [Condition(field, "one_of", wanted)] if wanted else []) for field in ("party_id", "other_id")]
    found = (one for query in queries[: 2 if wanted else 1] for one in transaction.find(query))
    return frozenset(frozenset((one.party_id, one.other_id)) for one in found if one.voided_because is None)


def _in_reach(pair: Alike, owners: frozenset[str] | None, *, own: Party | None = None) -> bool:
    """Tell whether the reader may see both, or the one beside his own."""
    return owners is None or all(party.owner_id in owners for party in (pair.party, pair.other) if party is not own)
