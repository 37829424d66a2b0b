"""The marks by which parties are brought together that may be one, so that nobody compares each with each."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from crmkit.entities.emails import folded_address
from crmkit.entities.folded_words import folded_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit.entities import Party, Phone

_LEGAL_FORMS_IN_WORDS = """ag gmbh mbh ug kg kgaa ohg gbr se ev ek eg co cie sarl sa sas sprl bv nv ltd limited llc llp plc
inc incorporated corp corporation company gesellschaft gesmbh und and the"""
LEGAL_FORMS = frozenset(_LEGAL_FORMS_IN_WORDS.split())
_SHORTEST_PHONE, _COMPARED_DIGITS = 6, 8
_SOUNDS = {**dict.fromkeys("aeiouyj", "0"), "b": "1", "p": "1", **dict.fromkeys("dt", "2"), **dict.fromkeys("fvw", "3")}
_SOUNDS |= {**dict.fromkeys("gkqcx", "4"), "l": "5", **dict.fromkeys("mn", "6"), "r": "7", **dict.fromkeys("sz", "8")}


def match_keys(party: Party) -> frozenset[tuple[str, str]]:
    """
    Name the marks of a party, each with its kind; two parties that share none are never compared.

    They are: each e-mail and telephone number, also of contact persons; the tax id; each postcode with the first letters of the two
    longest words of the name; and how the longest one sounds, with how the others begin. Legal forms, case, accents and ways of writing
    umlauts do not matter. A merged party has none.

    >>> from datetime import date
    >>> from crmkit.entities import Address, Party
    >>> sorted(match_keys(Party(id="C-1", name="Müller Bike GmbH", created_on=date(2026, 1, 1), addresses=[Address(postal_code="10115")])))
    [('name', '657 1'), ('place', '10115 b'), ('place', '10115 m')]
    """
    if party.merged_into is not None:
        return frozenset()
    return frozenset({*_contact_keys(party), *_name_keys(party)})


def sound_of(word: str) -> str:
    """
    Write down how a folded word sounds, after the Cologne phonetics in short: one digit for each group of letters, vowels left out.

    >>> sound_of("maier") == sound_of("meyer"), sound_of("schmidt") == sound_of("schmitt"), sound_of("bike") == sound_of("bank")
    (True, True, False)
    """
    plain = word.replace("ph", "f").replace("dt", "t").replace("ck", "k").replace("sch", "s").replace("th", "t").replace("h", "")
    digits = [digit for digit, _ in groupby(_SOUNDS.get(letter, letter) for letter in plain)]
    return "".join(digit for place, digit in enumerate(digits) if digit != "0" or not place)


def name_words(party: Party) -> list[str]:
    """List the words of its name without legal forms; all of them where nothing else is left."""
    words = folded_words(party.name)
    return [word for word in words if word not in LEGAL_FORMS] or words


def postal_codes(party: Party) -> frozenset[str]:
    """List its postcodes, without spaces."""
    return frozenset("".join(folded_words(address.postal_code)) for address in party.addresses if address.postal_code)


def phone_keys(party: Party) -> frozenset[str]:
    """List its telephone numbers and those of contact persons by their last digits, for the country may be written or not."""
    phones: list[Phone] = [*party.phones, *(phone for person in party.people for phone in person.phones)]
    digits = (re.sub(r"\D", "", phone.number) for phone in phones)
    return frozenset(number[-_COMPARED_DIGITS:] for number in digits if len(number) >= _SHORTEST_PHONE)


def email_keys(party: Party) -> frozenset[str]:
    """List its e-mail addresses and those of contact persons."""
    given = [*party.emails, *(address for person in party.people for address in person.emails)]
    return frozenset(address for one in given if (address := folded_address(one)) is not None)


def tax_key(party: Party) -> str | None:
    """Write its tax id without spaces and signs; None where it has none."""
    given = party.conditions.tax_id if party.conditions is not None else None
    return "".join(folded_words(given)) or None if given else None


def _contact_keys(party: Party) -> Iterator[tuple[str, str]]:
    yield from (("email", address) for address in email_keys(party))
    yield from (("phone", number) for number in phone_keys(party))
    if (tax_id := tax_key(party)) is not None:
        yield "tax_id", tax_id


def _name_keys(party: Party) -> Iterator[tuple[str, str]]:
    words = sorted(name_words(party), key=lambda word: (-len(word), word))
    if words:
        longest, *others = words
        yield from (("place", f"{code} {word[0]}") for code in postal_codes(party) for word in words[:2])
        yield "name", f"{sound_of(longest)} {''.join(sorted(sound_of(word[0]) for word in others))}"
