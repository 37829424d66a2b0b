"""How a party is reached: contact persons, addresses, telephone numbers, profiles."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal, cast

import attrs

from crmkit._checks import check_choice, check_date, check_each, check_private, check_text, check_texts, refused
from crmkit.entities._fields import emails, kept, text_set

if TYPE_CHECKING:
    from collections.abc import Iterable

Channel = Literal["phone", "email", "letter", "visit", "sms", "social"]
FormOfAddress = Literal["formal", "informal"]

_COUNTRY_LETTERS = 2


def _preferred(value: Channel | Iterable[Channel]) -> frozenset[Channel]:
    return _channels("preferred", value)


def _forbidden(value: Channel | Iterable[Channel]) -> frozenset[Channel]:
    return _channels("forbidden", value)


def _channels(name: str, value: Channel | Iterable[Channel]) -> frozenset[Channel]:
    return cast("frozenset[Channel]", frozenset(check_each(name, value, lambda name, one: check_private(name, one, check_choice, Channel))))


def _topics(value: str | Iterable[str]) -> frozenset[str]:
    return text_set("topics", value)


def _interests(value: str | Iterable[str]) -> frozenset[str]:
    return text_set("interests", value)


@attrs.frozen(kw_only=True)
class Address:
    """
    A postal address.

    Attributes:
        kind: For example "billing", "delivery"; an open list.
        street: Street and number, several lines where needed.
        postal_code: As written in its country.
        city: Place.
        country: ISO 3166-1 alpha-2 code.
        default: True for the one that is used where no kind is asked for.
    """

    kind: str = "main"
    street: str = attrs.field(default="", repr=False)
    postal_code: str = attrs.field(default="", repr=False)
    city: str = attrs.field(default="", repr=False)
    country: str = "DE"
    default: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse a country that is no code."""
        check_text("kind", self.kind)
        for name in ("street", "postal_code", "city"):
            check_text(name, getattr(self, name), empty=True)
        if len(check_text("country", self.country)) != _COUNTRY_LETTERS or not (self.country.isascii() and self.country.isupper()):
            raise refused("country", self.country, "an ISO 3166-1 alpha-2 code, for example 'DE'")


@attrs.frozen(kw_only=True)
class Phone:
    """
    A telephone number as it was written down.

    Attributes:
        number: The number, best in international form.
        extension: The extension (Durchwahl).
        kind: For example "work", "mobile"; an open list.
    """

    number: str = attrs.field(repr=False)
    extension: str | None = attrs.field(default=None, repr=False)
    kind: str = "work"

    def __attrs_post_init__(self) -> None:
        """Refuse an empty number."""
        check_texts(self, "extension")
        check_text("number", self.number)
        check_text("kind", self.kind)


def kept_phones(values: Iterable[Phone]) -> tuple[Phone, ...]:
    """Keep telephone numbers in order."""
    return kept("phones", Phone, values)


@attrs.frozen(kw_only=True)
class Profile:
    """
    A profile in a social network.

    Attributes:
        network: For example "linkedin", "xing"; an open list.
        handle: Name or address there.
    """

    network: str
    handle: str = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse empty parts."""
        check_text("network", self.network)
        check_text("handle", self.handle)


def kept_profiles(values: Iterable[Profile]) -> tuple[Profile, ...]:
    """Keep profiles in order."""
    return kept("profiles", Profile, values)


@attrs.frozen(kw_only=True)
class ContactPerson:
    """
    A human at a party. Everything but the id is personal data: no repr shows it.

    Attributes:
        id: Its id, unique within the party.
        first_name: Given name.
        last_name: Family name.
        title: Academic title, for example "Dr.".
        position: What he or she does there.
        topics: What he or she is responsible for.
        form: "formal" (Sie) or "informal" (du).
        emails: E-mail addresses, the usual one first.
        phones: Telephone numbers, the usual one first.
        profiles: Profiles in social networks.
        birthday: Day of birth.
        partner: Name of the partner in life.
        relationship: How he or she stands to us, for example "friend of the owner"; an open list.
        interests: Hobbies and preferences.
        talk_notes: What to know before a talk.
        preferred: Channels he or she likes.
        forbidden: Channels that must not be used.
    """

    id: str
    last_name: str = attrs.field(repr=False)
    first_name: str = attrs.field(default="", repr=False)
    title: str = attrs.field(default="", repr=False)
    position: str = attrs.field(default="", repr=False)
    topics: frozenset[str] = attrs.field(default=frozenset[str](), converter=_topics, repr=False)
    form: FormOfAddress = attrs.field(default="formal", repr=False)
    emails: tuple[str, ...] = attrs.field(default=(), converter=emails, repr=False)
    phones: tuple[Phone, ...] = attrs.field(default=(), converter=kept_phones, repr=False)
    profiles: tuple[Profile, ...] = attrs.field(default=(), converter=kept_profiles, repr=False)
    birthday: date | None = attrs.field(default=None, repr=False)
    partner: str = attrs.field(default="", repr=False)
    relationship: str = attrs.field(default="", repr=False)
    interests: frozenset[str] = attrs.field(default=frozenset[str](), converter=_interests, repr=False)
    talk_notes: str = attrs.field(default="", repr=False)
    preferred: frozenset[Channel] = attrs.field(default=frozenset[Channel](), converter=_preferred, repr=False)
    forbidden: frozenset[Channel] = attrs.field(default=frozenset[Channel](), converter=_forbidden, repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a person without a name, and channels both liked and forbidden."""
        check_text("id", self.id)
        check_text("last_name", self.last_name)
        for name in ("first_name", "title", "position", "partner", "relationship", "talk_notes"):
            check_text(name, getattr(self, name), empty=True)
        check_private("form", self.form, check_choice, FormOfAddress)
        if self.birthday is not None:
            check_private("birthday", self.birthday, check_date)
        if self.preferred & self.forbidden:
            raise refused("preferred", sorted(self.preferred & self.forbidden), "channels that are not forbidden too")

    @property
    def full_name(self) -> str:
        """Title, given and family name."""
        return " ".join(part for part in (self.title, self.first_name, self.last_name) if part)

    def may_be_reached_by(self, channel: Channel) -> bool:
        """Tell whether he or she has not forbidden a channel."""
        return check_choice("channel", channel, Channel) not in self.forbidden
