"""What advertising needs in which country, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import check_choice, check_kind, refused
from crmkit.entities._fields import FrozenMapping

if TYPE_CHECKING:
    from crmkit.entities import Channel, PartyKind

Ground = Literal["no_objection", "presumed_consent", "existing_customer", "consent"]

_COUNTRY_LETTERS = 2


@attrs.frozen(kw_only=True)
class AdvertisingRules:
    """
    On what ground a country lets anyone advertise; the defaults are the strictest.

    A ground is "no_objection" (until someone objects), "presumed_consent" (switched on and off in the policy), "existing_customer"
    (consent, or the explicit exception for existing customers) or "consent". Consent is always enough, an objection always wins.

    Attributes:
        calls_to_businesses: By telephone to organisations.
        calls_to_consumers: By telephone to persons.
        emails: By e-mail.
        letters: By post.
        others: By visit, text message or social network.
    """

    calls_to_businesses: Ground = "consent"
    calls_to_consumers: Ground = "consent"
    emails: Ground = "existing_customer"
    letters: Ground = "no_objection"
    others: Ground = "consent"

    def __attrs_post_init__(self) -> None:
        """Refuse what is no ground."""
        for name in ("calls_to_businesses", "calls_to_consumers", "emails", "letters", "others"):
            check_choice(name, getattr(self, name), Ground)

    def ground(self, channel: Channel, kind: PartyKind) -> Ground:
        """Look the ground for a channel up."""
        match channel:
            case "phone":
                return self.calls_to_businesses if kind == "organisation" else self.calls_to_consumers
            case "email":
                return self.emails
            case "letter":
                return self.letters
            case _:
                return self.others


def _countries(values: Mapping[str, AdvertisingRules]) -> Mapping[str, AdvertisingRules]:
    for country, rules in values.items():
        _check_country("countries", country)
        check_kind("countries", rules, AdvertisingRules)
    return FrozenMapping(values)


def _check_country(name: str, country: object) -> None:
    if not (isinstance(country, str) and len(country) == _COUNTRY_LETTERS and country.isascii() and country.isupper()):
        raise refused(name, country, "an ISO 3166-1 alpha-2 code, for example 'DE'")


_COUNTRIES = FrozenMapping({"DE": AdvertisingRules(calls_to_businesses="presumed_consent"), "AT": AdvertisingRules()})
_ELSEWHERE = AdvertisingRules()


@attrs.frozen(kw_only=True)
class PermissionPolicy:
    """
    Whom we may contact for what, where that depends on the country or on how careful a business wants to be.

    Attributes:
        countries: The rules of each country, by ISO 3166-1 alpha-2 code.
        elsewhere: The rules of all other countries, and of parties whose country is not known.
        home: The country of parties without an address; None leaves it unknown.
        presumed_consent: Whether presumed consent is relied on at all; without it such calls need consent.
        own_quote_is_advertising: Whether asking about a quote that we made is advertising; by default whoever got one asked for it.
    """

    countries: Mapping[str, AdvertisingRules] = attrs.field(default=_COUNTRIES, converter=_countries)
    elsewhere: AdvertisingRules = _ELSEWHERE
    home: str | None = None
    presumed_consent: bool = True
    own_quote_is_advertising: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse what is no policy."""
        check_kind("elsewhere", self.elsewhere, AdvertisingRules)
        check_kind("presumed_consent", self.presumed_consent, bool)
        check_kind("own_quote_is_advertising", self.own_quote_is_advertising, bool)
        if self.home is not None:
            _check_country("home", self.home)

    def ground(self, *, country: str | None, channel: Channel, kind: PartyKind) -> Ground:
        """Look up what advertising needs."""
        found = self.countries.get(country or self.home or "", self.elsewhere).ground(channel, kind)
        return "consent" if found == "presumed_consent" and not self.presumed_consent else found
