"""The address search: all parties at once, in their names and in those of their contact persons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import check_choice, check_each, check_int, check_text
from crmkit.conditions import Condition
from crmkit.desks.terms import folded_words, search_terms
from crmkit.desks.workplace import find_each
from crmkit.entities import Party
from crmkit.entities.parties import Role
from crmkit.records import SearchTerm
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmkit.desks.workplace import Workplace
    from crmkit.store import Transaction

HitField = Literal["name", "people"]

_LAST_CHARACTER = "\U0010ffff"
_PAGE = 200


@attrs.frozen(kw_only=True)
class Hit:
    """
    A party that was found.

    Attributes:
        party: Which.
        role: One of its roles that was asked for, the first in the alphabet; all its roles are in the party.
        field: Where the text was found: in its "name", or in its "people".
    """

    party: Party
    role: Role
    field: HitField


def found_parties(workplace: Workplace, text: str, *, roles: Iterable[Role] | None, limit: int) -> tuple[Hit, ...]:
    """Find the parties in which every word of the text begins a word of one field, those found by their name first."""
    words = folded_words(check_text("text", text))
    asked = None if roles is None else frozenset(check_each("roles", roles, lambda name, role: check_choice(name, role, Role)))
    check_int("limit", limit, at_least=1)
    owners = workplace.scope.owners_reached("find")
    hits: dict[str, Hit] = {}
    with workplace.reading() as transaction:
        for party in _candidates(transaction, max(words, key=len, default="")):
            field = _matching_field(party, words)
            role = min(party.roles if asked is None else party.roles & asked, default=None)
            if field is not None and role is not None and (owners is None or party.owner_id in owners):
                hits[party.id] = Hit(party=party, role=role, field=field)
            if len(hits) == limit:
                break
    return tuple(sorted(hits.values(), key=lambda hit: (hit.field != "name", hit.party.name.casefold(), hit.party.id)))


def _candidates(transaction: Transaction, word: str) -> Iterator[Party]:
    """Walk through the parties with a word that begins so, page by page of the index."""
    if not word:
        return
    where = [Condition("term", "at_least", word), Condition("term", "less_than", word + _LAST_CHARACTER)]
    seen: set[str] = set()
    after = None
    while page := transaction.find(Query(SearchTerm, where, order_by="term", after=after, limit=_PAGE)):
        fresh = dict.fromkeys(term.party_id for term in page if term.party_id not in seen)
        seen.update(fresh)
        yield from find_each(transaction, Party, "id", fresh)
        after = (page[-1].term, page[-1].id)


def _matching_field(party: Party, words: list[str]) -> HitField | None:
    """Find the field in which each word begins a word, the name first."""
    terms = search_terms(party)
    fields: tuple[HitField, ...] = ("name", "people")
    for field in fields:
        own = [term.term for term in terms if term.field == field]
        if all(any(known.startswith(word) for known in own) for word in words):
            return field
    return None
