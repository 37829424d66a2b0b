"""The words by which a party is found: without case, accents and ways of writing umlauts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.entities.folded_words import folded_words
from crmkit.records import SearchTerm

if TYPE_CHECKING:
    from crmkit.entities import Party


def search_terms(party: Party) -> list[SearchTerm]:
    """List the words by which a party is found; a merged one is found as the other."""
    if party.merged_into is not None:
        return []
    words = {("name", word) for word in folded_words(party.name)} | {("people", word) for word in people_words(party)}
    return [SearchTerm(id=f"{party.id} {field} {word}", party_id=party.id, field=field, term=word) for field, word in sorted(words)]


def people_words(party: Party) -> list[str]:
    """List the words of the names of its contact persons, folded."""
    return [word for person in party.people for name in (person.first_name, person.last_name) for word in folded_words(name)]
