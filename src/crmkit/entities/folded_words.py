"""Words in the one way in which all their spellings are the same: without case, accents and ways of writing umlauts."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans({"ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
_WORD = re.compile(r"[^\W_]+")
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))


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
