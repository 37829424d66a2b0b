"""Two parties compared: how certain it is that they are one, and why."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from crmkit.duplicates._required import fuzz
from crmkit.duplicates.matches import Alike, MatchReason
from crmkit.duplicates.sounds import email_keys, name_words, phone_keys, postal_codes, tax_key
from crmkit.entities.folded_words import folded_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmkit.duplicates.matches import MatchCode
    from crmkit.entities import Party

_HUNDREDTH = Decimal("0.01")
_UNLIKE = Decimal("0.75")
_SURE: Mapping[MatchCode, Decimal] = {
    "tax_id": Decimal("0.95"),
    "email": Decimal("0.85"),
    "phone": Decimal("0.7"),
    "name": Decimal("0.8"),
    "postal_code": Decimal("0.65"),
    "street": Decimal("0.5"),
}
"""How sure each sign alone makes it; a name that is wholly alike, for less of it less."""
_ELSEWHERE = Decimal("0.7")
_OTHER_TAX_ID = Decimal("0.3")


def alike(party: Party, other: Party) -> Alike:
    """
    Compare two parties.

    Each sign leaves some doubt: an e-mail, a telephone number or a tax id in common, a name that is alike by more than 75 %, and with
    such a name the postcode and the street. The score is what all doubts multiplied leave of 1; a name counts for less where
    the postcodes differ, and all signs where neither name nor postcode fit, or the tax ids differ.

    >>> from datetime import date
    >>> from crmkit.entities import Address, Party
    >>> one, other = (
    ...     Party(id=name, name=name, created_on=date(2026, 1, 1), addresses=[Address(postal_code="10115")])
    ...     for name in ("Müller Fahrräder GmbH", "Mueller Fahrader")
    ... )
    >>> print(alike(one, other).score, alike(one, other))
    0.90 name 97 % alike, same postcode

    Raises:
        MissingExtraError: Without the extra "match".
    """
    reasons = tuple(_reasons(party, other))
    codes = {reason.code for reason in reasons}
    doubt = Decimal(1)
    for reason in reasons:
        sure = _SURE.get(reason.code, Decimal(0))
        if reason.likeness is not None:
            sure *= (reason.likeness - _UNLIKE) / (1 - _UNLIKE) * (_ELSEWHERE if "other_postal_code" in codes else 1)
        doubt *= 1 - sure
    score = (1 - doubt) * (_OTHER_TAX_ID if "other_tax_id" in codes else 1)
    if "other_postal_code" in codes and "name" not in codes:
        score *= _ELSEWHERE
    return Alike(party=party, other=other, score=score.quantize(_HUNDREDTH, ROUND_HALF_UP), reasons=reasons)


def _reasons(one: Party, other: Party) -> Iterator[MatchReason]:
    tax_ids = tax_key(one), tax_key(other)
    if tax_ids[0] is not None and tax_ids[0] == tax_ids[1]:
        yield MatchReason("tax_id")
    if not email_keys(one).isdisjoint(email_keys(other)):
        yield MatchReason("email")
    if not phone_keys(one).isdisjoint(phone_keys(other)):
        yield MatchReason("phone")
    likeness = _likeness_of_names(one, other)
    codes = postal_codes(one), postal_codes(other)
    if likeness > _UNLIKE:
        yield MatchReason("name", likeness)
        if not codes[0].isdisjoint(codes[1]):
            yield MatchReason("postal_code")
            if not _streets(one).isdisjoint(_streets(other)):
                yield MatchReason("street")
    if all(codes) and codes[0].isdisjoint(codes[1]):
        yield MatchReason("other_postal_code")
    if None not in tax_ids and tax_ids[0] != tax_ids[1]:
        yield MatchReason("other_tax_id")


def _likeness_of_names(one: Party, other: Party) -> Decimal:
    """In whole hundredths, words in any order, and written together or apart."""
    words = name_words(one), name_words(other)
    ratio = max(fuzz.ratio(" ".join(sorted(words[0])), " ".join(sorted(words[1]))), fuzz.ratio("".join(words[0]), "".join(words[1])))
    return Decimal(round(ratio)) / 100


def _streets(party: Party) -> frozenset[str]:
    """Without signs, and with the German word for street in short."""
    written = ("".join(folded_words(address.street)) for address in party.addresses if address.street)
    return frozenset(street.replace("strasse", "str") for street in written)
