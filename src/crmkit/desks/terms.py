"""The words by which a party is found: without case, accents and ways of writing umlauts."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from crmkit.records import SearchTerm

if TYPE_CHECKING:
    from crmkit.entities import Party

_LETTERS = str.maketrans({"ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
_WORD = re.compile(r"[^\W_]+")
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))


def search_terms(party: Party) -> list[SearchTerm]:
    """List the words by which a party is found; a merged one is found as the other."""
    if party.merged_into is not None:
        return []
    words = {("name", word) for word in folded_words(party.name)} | {("people", word) for word in people_words(party)}
    return [SearchTerm(id=f"{party.id} {field} {word}", party_id=party.id, field=field, term=word) for field, word in sorted(words)]


def people_words(party: Party) -> list[str]:
    """List the words of the names of its contact persons, folded."""
    return [word for person in party.people for name in (person.first_name, person.last_name) for word in folded_words(name)]


def folded_words(text: str) -> list[str]:
    """
    Split text into words, each in the one way in which all its spellings are the same.

    >>> folded_words("Müller"), folded_words("MUELLER"), folded_words("muller"), folded_words("Strauß & Söhne")
    (['muller'], ['muller'], ['muller'], ['strauss', 'sohne'])
    """
    if text.isascii():
        return [_without_umlauts(word) for word in _WORD.findall(text.lower())]
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold()).translate(_LETTERS)
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return [_without_umlauts(word) for word in _WORD.findall(letters)]


def _without_umlauts(word: str) -> str:
    for written, plain in _UMLAUTS:
        word = word.replace(written, plain)
    return word
