"""The master data of a customer as he sees them himself, and the changes that he proposes."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import attrs

from crmkit._checks import check_each, check_text, refused
from crmkit.entities._fields import emails, kept
from crmkit.entities.contact_details import Address, Channel, Phone, Profile, kept_phones, kept_profiles
from crmkit.entities.json_form import structure, unstructure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit.entities.parties import Party

_PERSON = "person."


def _addresses(values: Iterable[Address]) -> tuple[Address, ...]:
    return kept("addresses", Address, values)


def _channels(values: Channel | Iterable[Channel]) -> frozenset[Channel]:
    return cast("frozenset[Channel]", frozenset(check_each("channels", values, check_text)))


@attrs.frozen(kw_only=True)
class PortalPerson:
    """
    A contact person as he or she sees the own data: without what was noted about him or her.

    Attributes:
        id: Its id.
        last_name: Family name.
        first_name: Given name.
        title: Academic title.
        position: What he or she does there.
        emails: E-mail addresses, the usual one first.
        phones: Telephone numbers, the usual one first.
        profiles: Profiles in social networks.
        birthday: Day of birth.
        preferred: Channels he or she likes.
        forbidden: Channels that must not be used.
    """

    id: str
    last_name: str = attrs.field(repr=False)
    first_name: str = attrs.field(default="", repr=False)
    title: str = attrs.field(default="", repr=False)
    position: str = attrs.field(default="", repr=False)
    emails: tuple[str, ...] = attrs.field(default=(), converter=emails, repr=False)
    phones: tuple[Phone, ...] = attrs.field(default=(), converter=kept_phones, repr=False)
    profiles: tuple[Profile, ...] = attrs.field(default=(), converter=kept_profiles, repr=False)
    birthday: date | None = attrs.field(default=None, repr=False)
    preferred: frozenset[Channel] = attrs.field(default=frozenset[Channel](), converter=_channels, repr=False)
    forbidden: frozenset[Channel] = attrs.field(default=frozenset[Channel](), converter=_channels, repr=False)


@attrs.frozen(kw_only=True)
class PortalData:
    """
    The master data of a party as it sees them itself. What it changes in them is what it proposes.

    Attributes:
        name: Its name.
        addresses: Its postal addresses.
        emails: Its e-mail addresses.
        phones: Its telephone numbers.
        profiles: Its profiles in social networks.
        language: ISO 639-1 code.
        person: The contact person who looks; None where the portal is the party's own.
    """

    name: str = attrs.field(repr=False)
    addresses: tuple[Address, ...] = attrs.field(default=(), converter=_addresses, repr=False)
    emails: tuple[str, ...] = attrs.field(default=(), converter=emails, repr=False)
    phones: tuple[Phone, ...] = attrs.field(default=(), converter=kept_phones, repr=False)
    profiles: tuple[Profile, ...] = attrs.field(default=(), converter=kept_profiles, repr=False)
    language: str = "de"
    person: PortalPerson | None = None

    @classmethod
    def of(cls, party: Party, person_id: str | None = None) -> PortalData:
        """Take from a party, and from one of its contact persons, what those may see."""
        own = [person for person in party.people if person.id == person_id]
        seen = {name: getattr(party, name) for name in attrs.fields_dict(cls) if name != "person"}
        people = [PortalPerson(**{name: getattr(person, name) for name in attrs.fields_dict(PortalPerson)}) for person in own]
        return cls(**seen, person=people[0] if people else None)

    def proposals(self, wanted: PortalData) -> tuple[ProposedChange, ...]:
        """
        List by what other data differ from these.

        Raises:
            InvalidValueError: For another contact person than the one who looks.
        """
        here, there = (None if data.person is None else data.person.id for data in (self, wanted))
        if here != there:
            raise refused("person", there, f"the contact person who looks, {here!r}")
        before, after = _flat(self), _flat(wanted)
        return tuple(
            ProposedChange(field=name, before=_text(before.get(name)), after=_text(after.get(name)))
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        )


@attrs.frozen(kw_only=True)
class ProposedChange:
    """
    One field that a customer wants to be changed.

    Attributes:
        field: A field of `PortalData`, or one of the contact person such as "person.phones".
        before: Its JSON form when the change was proposed.
        after: Its JSON form as it is to be; "null" is its default.
    """

    field: str
    before: str = attrs.field(repr=False)
    after: str = attrs.field(repr=False)

    @property
    def part(self) -> str:
        """What the policy of the portal names: the field, or "person" for anything of the contact person."""
        return self.field.partition(".")[0]


def changed_party(party: Party, changes: Iterable[ProposedChange], *, person_id: str | None) -> Party:
    """
    Change a party as was proposed.

    Raises:
        InvalidValueError: For a value that the party cannot have, and for a field that is not any more what it was.
        InvalidDataError: For text that is not the JSON form of the field.
    """
    plain = _flat(PortalData.of(party, person_id))
    for change in changes:
        if _text(plain.get(change.field)) != change.before:
            raise refused("changes", change.field, "a field that is still what it was when the change was proposed; refuse the request")
        plain[change.field] = json.loads(change.after)
    given = {name: value for name, value in plain.items() if value is not None}
    person = {name.removeprefix(_PERSON): value for name, value in given.items() if name.startswith(_PERSON)}
    data = structure(PortalData, {name: value for name, value in given.items() if not name.startswith(_PERSON)})
    own = structure(PortalPerson, person) if person else None
    people = [one if own is None or one.id != own.id else attrs.evolve(one, **_fields(own)) for one in party.people]
    fields = {name: value for name, value in _fields(data).items() if name != "person"}
    return attrs.evolve(party, **fields, people=people)


def _fields(value: Any) -> dict[str, Any]:  # noqa: ANN401  # an attrs value
    return {name: getattr(value, name) for name in attrs.fields_dict(type(value))}


def _flat(data: PortalData) -> dict[str, Any]:
    """The JSON form field by field, those of the contact person beside those of the party."""
    plain: dict[str, Any] = dict(unstructure(data))
    person = plain.pop("person", None) or {}
    return plain | {f"{_PERSON}{name}": value for name, value in person.items()}


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)
