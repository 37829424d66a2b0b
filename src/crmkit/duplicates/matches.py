"""Two parties that may be one, and why."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import check_choice, check_ratio, refused
from crmkit.entities import Party

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LARGEST_BLOCK = 50
"""How many parties may share one mark to be compared with each other."""

MatchCode = Literal["email", "phone", "tax_id", "name", "postal_code", "street", "other_postal_code", "other_tax_id"]

_TEXTS: Mapping[MatchCode, tuple[str, str]] = {
    "email": ("same e-mail", "gleiche E-Mail"),
    "phone": ("same telephone number", "gleiche Telefonnummer"),
    "tax_id": ("same tax id", "gleiche Steuernummer"),
    "name": ("name {percent} % alike", "Name zu {percent} % gleich"),
    "postal_code": ("same postcode", "gleiche Postleitzahl"),
    "street": ("same street", "gleiche Straße"),
    "other_postal_code": ("different postcodes", "verschiedene Postleitzahlen"),
    "other_tax_id": ("different tax ids", "verschiedene Steuernummern"),
}


def _likeness(value: Decimal | int | str | None) -> Decimal | None:
    return None if value is None else check_ratio("likeness", value)


@attrs.frozen
class MatchReason:
    """
    One thing that two parties have in common, or in which they differ.

    Attributes:
        code: What, as data.
        likeness: Of names: how much of them is alike, 0.92 for 92 %.

    >>> print(MatchReason("name", "0.92"), MatchReason("postal_code").text("de"), sep=", ")
    name 92 % alike, gleiche Postleitzahl
    """

    code: MatchCode
    likeness: Decimal | None = attrs.field(default=None, converter=_likeness)

    def __attrs_post_init__(self) -> None:
        """Refuse an unknown code, and a name without its likeness."""
        check_choice("code", self.code, MatchCode)
        if (self.likeness is None) != (self.code != "name"):
            raise refused("likeness", self.likeness, "how much of the names is alike, and none for anything else")

    def text(self, language: Literal["de", "en"] = "en") -> str:
        """Say it in German or English."""
        check_choice("language", language, Literal["de", "en"])
        return _TEXTS[self.code][language == "de"].format(percent="" if self.likeness is None else f"{self.likeness:.0%}"[:-1])

    def __str__(self) -> str:
        """Say it in English."""
        return self.text()


@attrs.frozen(kw_only=True)
class Alike:
    """
    Two parties that may be one.

    Attributes:
        party: The one with the smaller id, or the one that was asked about.
        other: The other one.
        score: How certain it is, from 0 to 1.
        reasons: What speaks for it, and then what against it.
    """

    party: Party
    other: Party
    score: Decimal
    reasons: tuple[MatchReason, ...]

    def text(self, language: Literal["de", "en"] = "en") -> str:
        """Say the reasons in German or English."""
        return ", ".join(reason.text(language) for reason in self.reasons)

    def __str__(self) -> str:
        """Say the reasons in English."""
        return self.text()


@attrs.frozen(kw_only=True)
class LargeBlock:
    """
    Parties of which too many share one mark to compare each with each; other marks may still bring two of them together.

    Attributes:
        mark: What they share: "email", "phone", "tax_id", "place" (postcode and first letter of the name) or "name" (how it sounds).
        count: How many they are.
    """

    mark: str
    count: int


@attrs.frozen(kw_only=True)
class Matches:
    """
    Parties that may be one, the most certain pair first; it iterates over the pairs.

    Attributes:
        pairs: Two and two.
        too_large: Whom nobody compared, because too many share one mark; empty where all were.
    """

    pairs: tuple[Alike, ...] = ()
    too_large: tuple[LargeBlock, ...] = ()

    def __iter__(self) -> Iterator[Alike]:
        """Iterate over the pairs."""
        return iter(self.pairs)

    def __len__(self) -> int:
        """Count the pairs."""
        return len(self.pairs)


def most_certain_first(pairs: Iterable[Alike]) -> tuple[Alike, ...]:
    """Sort pairs by their scores, then by their ids."""
    return tuple(sorted(pairs, key=lambda pair: (-pair.score, pair.party.id, pair.other.id)))


def largest_first(blocks: Iterable[LargeBlock]) -> tuple[LargeBlock, ...]:
    """Sort blocks by their size."""
    return tuple(sorted(blocks, key=lambda block: (-block.count, block.mark)))
