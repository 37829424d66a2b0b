"""The address search: all parties at once, in their names and in those of their contact persons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import check_choice, check_each, check_int, check_text
from crmkit.conditions import Condition
from crmkit.desks.terms import people_words
from crmkit.desks.workplace import find_each
from crmkit.entities import Party
from crmkit.entities.folded_words import folded_words
from crmkit.entities.words import Role
from crmkit.records import SearchTerm
from crmkit.store import Beside, Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmkit.desks.workplace import Workplace
    from crmkit.store import Transaction

HitField = Literal["name", "people"]

_LAST_CHARACTER = "\U0010ffff"
_PROBED = 20
_LARGEST_PAGE = 500


@attrs.frozen(kw_only=True)
class Hit:
    """
    A party that was found.

    Attributes:
        party: Which.
        role: One of its roles that was asked for, the first in the alphabet; all its roles are in the party.
        field: Where the text was found: all of it in its "name", or some of it in its "people".
    """

    party: Party
    role: Role
    field: HitField


def found_parties(workplace: Workplace, text: str, *, roles: Iterable[Role] | None, limit: int) -> tuple[Hit, ...]:
    """Find the parties in which every word of the text begins a word of name or people, those found by their name first."""
    words = folded_words(check_text("text", text))
    asked = None if roles is None else frozenset(check_each("roles", roles, lambda name, role: check_choice(name, role, Role)))
    check_int("limit", limit, at_least=1)
    owners = workplace.scope.owners_reached("find")
    hits: list[Hit] = []
    with workplace.reading() as transaction:
        for party in _candidates(transaction, words, limit):
            field = _matching_field(party, words)
            role = min(party.roles if asked is None else party.roles & asked, default=None)
            if field is not None and role is not None and (owners is None or party.owner_id in owners):
                hits.append(Hit(party=party, role=role, field=field))
            if len(hits) == limit:
                break
    return tuple(sorted(hits, key=lambda hit: (hit.field != "name", hit.party.name.casefold(), hit.party.id)))


def _candidates(transaction: Transaction, words: list[str], limit: int) -> Iterator[Party]:
    """
    Walk through the parties that may have all words: those of a rare word, where a short look finds one, else by the longest word.

    Of a common word it walks page by page of its index through those that have the others too; pages grow from one to the next.
    """
    longest, *others = sorted(set(words), key=len, reverse=True) or [""]
    for word in (longest, *others) if others else ():
        few = transaction.find(Query(SearchTerm, _begins_with(word), order_by="term", limit=_PROBED))
        if len(few) < _PROBED:
            yield from _parties_of(transaction, few, set())
            return
    beside = [Beside(("party_id",), _begins_with(word)) for word in others]
    seen: set[str] = set()
    after, size = None, min(limit, _LARGEST_PAGE)
    while longest and (
        page := transaction.find(Query(SearchTerm, _begins_with(longest), order_by="term", after=after, limit=size, beside=beside))
    ):
        yield from _parties_of(transaction, page, seen)
        if len(page) < size:
            return
        after, size = (page[-1].term, page[-1].id), min(2 * size, _LARGEST_PAGE)


def _parties_of(transaction: Transaction, page: Sequence[SearchTerm], seen: set[str]) -> Iterator[Party]:
    fresh = [id for id in dict.fromkeys(term.party_id for term in page) if id not in seen]
    seen.update(fresh)
    parties = {party.id: party for party in find_each(transaction, Party, "id", fresh)}
    yield from (parties[id] for id in fresh if id in parties)


def _begins_with(word: str) -> tuple[Condition, Condition]:
    return Condition("term", "at_least", word), Condition("term", "less_than", word + _LAST_CHARACTER)


def _matching_field(party: Party, words: list[str]) -> HitField | None:
    """Tell whether each word begins a word of the name, or of a contact person where the name alone does not have them all."""
    name = folded_words(party.name)
    if _has_all(name, words):
        return "name"
    return "people" if _has_all([*name, *people_words(party)], words) else None


def _has_all(known: Iterable[str], words: list[str]) -> bool:
    beginnings = tuple(known)
    return all(any(one.startswith(word) for one in beginnings) for word in words)
