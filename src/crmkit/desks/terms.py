"""The words by which a party is found: without case, accents and ways of writing umlauts."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from crmkit.records import SearchTerm

if TYPE_CHECKING:
    from crmkit.entities import Party

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def search_terms(party: Party) -> list[SearchTerm]:
    """List the words by which a party is found, each in both ways of writing umlauts."""
    people = (name for person in party.people for name in (person.first_name, person.last_name))
    words = {("name", word) for word in folded_words(party.name)} | {("people", word) for name in people for word in folded_words(name)}
    return [SearchTerm(id=f"{party.id} {field} {word}", party_id=party.id, field=field, term=word) for field, word in sorted(words)]


def folded_words(text: str) -> set[str]:
    """Split text into words without case and accents: "Müller" is "mueller" and "muller", "Strauß" is "strauss"."""
    return {form for word in words_of(text) for form in forms_of(word)}


def words_of(text: str) -> list[str]:
    """Case-folded words, umlauts still as they are; ß is ss."""
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(character if character.isalnum() or unicodedata.combining(character) else " " for character in composed).split()


def forms_of(word: str) -> set[str]:
    """Write a word without accents, and with "ae" for "ä" and so on."""
    return {_without_accents(word), _without_accents(word.translate(_UMLAUTS))}


def _without_accents(word: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFD", word) if not unicodedata.combining(character))
