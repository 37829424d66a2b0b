"""Persons and organisations, in whatever roles they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal, cast

import attrs

from crmkit._checks import (
    check_choice,
    check_date,
    check_each,
    check_int,
    check_kind,
    check_mapping,
    check_ratio,
    check_text,
    check_texts,
    refused,
)
from crmkit.entities._fields import CustomValue, FrozenMapping, custom_fields, emails, kept, text_set
from crmkit.entities.contact_details import Address, Channel, ContactPerson, Phone, Profile, kept_phones, kept_profiles
from crmkit.entities.words import AbcClass, PartyKind, Role

Block = Literal["delivery", "dunning"]

_COUNTRY_OR_LANGUAGE = 2


def _roles(value: Role | Iterable[Role]) -> frozenset[Role]:
    return cast("frozenset[Role]", frozenset(check_each("roles", value, lambda name, role: check_choice(name, role, Role))))


def _external_ids(value: Mapping[str, str]) -> FrozenMapping[str, str]:
    given = check_mapping("external_ids", value)
    return FrozenMapping({check_text("external_ids", system): check_text("external_ids", name) for system, name in given.items()})


def _people(values: Iterable[ContactPerson]) -> tuple[ContactPerson, ...]:
    return kept("people", ContactPerson, values)


def _addresses(values: Iterable[Address]) -> tuple[Address, ...]:
    return kept("addresses", Address, values)


def _discount_ratio(value: Decimal | int | str) -> Decimal:
    return check_ratio("discount_ratio", value)


def _cash_discount_ratio(value: Decimal | int | str) -> Decimal:
    return check_ratio("cash_discount_ratio", value)


def _blocks(value: Block | Iterable[Block]) -> frozenset[Block]:
    return cast("frozenset[Block]", frozenset(check_each("blocks", value, lambda name, block: check_choice(name, block, Block))))


def _categories(value: str | Iterable[str]) -> frozenset[str]:
    return text_set("categories", value)


def _tags(value: str | Iterable[str]) -> frozenset[str]:
    return text_set("tags", value)


@attrs.frozen(kw_only=True)
class Source:
    """
    Where a party came from. Kept from the first day on and never overwritten.

    Attributes:
        category: For example "fair", "website", "advertisement".
        detail: Refines the category, so it needs one.
        referred_by: The party that brought it.
        met_at_id: The appointment at which it was met.
        campaign_id: The campaign that brought it.
    """

    category: str | None = None
    detail: str | None = attrs.field(default=None, repr=False)
    referred_by: str | None = None
    met_at_id: str | None = None
    campaign_id: str | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a detail without a category."""
        check_texts(self, "category", "detail", "referred_by", "met_at_id", "campaign_id")
        if self.detail is not None and self.category is None:
            raise refused("detail", "<text>", "a detail only beside a category; give category= too")


@attrs.frozen(kw_only=True)
class Conditions:
    """
    What was agreed with a party.

    Attributes:
        payment_days: Days to pay, None where nothing was agreed.
        price_list: Name of the price list.
        discount_ratio: Usual discount, 0.03 for 3 %. Documents keep it as agreed; their prices are those of their lines, so whoever prices
            a line gives it there: `Line(…, discount_ratio=conditions.discount_ratio)`.
        tax_id: Tax identification.
        cash_discount_ratio: What may be taken off for paying early, 0.02 for 2 %.
        cash_discount_days: Within how many days.
    """

    payment_days: int | None = None
    price_list: str | None = None
    discount_ratio: Decimal = attrs.field(default=Decimal(0), converter=_discount_ratio)
    tax_id: str | None = attrs.field(default=None, repr=False)
    cash_discount_ratio: Decimal = attrs.field(default=Decimal(0), converter=_cash_discount_ratio)
    cash_discount_days: int = 0

    def __attrs_post_init__(self) -> None:
        """Refuse negative terms."""
        check_texts(self, "price_list", "tax_id")
        if self.payment_days is not None:
            check_int("payment_days", self.payment_days, at_least=0)
        check_int("cash_discount_days", self.cash_discount_days, at_least=0)


@attrs.frozen(kw_only=True)
class Party:
    """
    Anyone the business deals with: a person or an organisation, in one or several roles.

    Attributes:
        id: The host's own id, for life: a lead that becomes a customer keeps it.
        name: Name of the organisation, or of the person.
        created_on: The day on which it was created.
        kind: "organisation" or "person".
        roles: One or several of lead, customer, supplier, partner, referrer, employee.
        active: False once it is switched off; its history stays.
        people: The contact persons.
        addresses: Postal addresses, at most one of them the default.
        emails: E-mail addresses, the usual one first.
        phones: Telephone numbers, the usual one first.
        profiles: Profiles in social networks.
        source: Where it came from.
        owner_id: The employee who looks after it.
        industry: Its industry.
        region: Its sales region.
        language: ISO 639-1 code.
        categories: Groups it was assigned to; a change is an event in its history.
        tags: Free marks.
        manual_class: A, B or C as set by hand; leads have no other.
        class_because: Why it was set so.
        computed_class: A, B or C as an analysis found it.
        verified_on: The day on which its data were last checked.
        parent_id: The party that it belongs to.
        merged_into: The party that it turned out to be; whoever asks for this one gets that one.
        excluded: Why analyses leave it out, for example "walk-in", "one-time" or "internal"; None takes part.
        conditions: What was agreed.
        dunning_level: How often it was reminded of what is overdue; 0 is never.
        blocks: "delivery" delivers nothing to it, "dunning" sends it no reminders.
        external_ids: Its ids in other systems, by system.
        custom: The host's own fields.
        version: Raised by each stored change; 0 is not stored yet.

    >>> lead = Party(id="C-17", name="Müller GmbH", created_on=date(2026, 1, 1))
    >>> sorted(lead.with_role("customer").with_role("supplier").roles)
    ['customer', 'supplier']
    """

    id: str
    name: str = attrs.field(repr=False)
    created_on: date
    kind: PartyKind = "organisation"
    roles: frozenset[Role] = attrs.field(default=frozenset[Role]({"lead"}), converter=_roles)
    active: bool = True
    people: tuple[ContactPerson, ...] = attrs.field(default=(), converter=_people, repr=False)
    addresses: tuple[Address, ...] = attrs.field(default=(), converter=_addresses, repr=False)
    emails: tuple[str, ...] = attrs.field(default=(), converter=emails, repr=False)
    phones: tuple[Phone, ...] = attrs.field(default=(), converter=kept_phones, repr=False)
    profiles: tuple[Profile, ...] = attrs.field(default=(), converter=kept_profiles, repr=False)
    source: Source | None = attrs.field(default=None, repr=False)
    owner_id: str | None = None
    industry: str | None = None
    region: str | None = None
    language: str = "de"
    categories: frozenset[str] = attrs.field(default=frozenset[str](), converter=_categories, repr=False)
    tags: frozenset[str] = attrs.field(default=frozenset[str](), converter=_tags, repr=False)
    manual_class: AbcClass | None = None
    class_because: str | None = attrs.field(default=None, repr=False)
    computed_class: AbcClass | None = None
    verified_on: date | None = None
    parent_id: str | None = None
    merged_into: str | None = None
    excluded: str | None = None
    conditions: Conditions | None = attrs.field(default=None, repr=False)
    dunning_level: int = 0
    blocks: frozenset[Block] = attrs.field(default=frozenset[Block](), converter=_blocks)
    external_ids: Mapping[str, str] = attrs.field(factory=dict, converter=_external_ids, repr=False)
    custom: Mapping[str, CustomValue] = attrs.field(factory=dict, converter=custom_fields, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "owner_id", "industry", "region", "parent_id", "merged_into", "excluded")
        check_text("id", self.id)
        check_text("name", self.name)
        check_date("created_on", self.created_on)
        check_choice("kind", self.kind, PartyKind)
        check_kind("active", self.active, bool)
        for name, kind in (("source", Source), ("conditions", Conditions)):
            if getattr(self, name) is not None:
                check_kind(name, getattr(self, name), kind)
        if not self.roles:
            raise refused("roles", self.roles, "at least one role")
        for name in ("manual_class", "computed_class"):
            if getattr(self, name) is not None:
                check_choice(name, getattr(self, name), AbcClass)
        check_int("dunning_level", self.dunning_level, at_least=0)
        if self.verified_on is not None:
            check_date("verified_on", self.verified_on)
        if len(check_text("language", self.language)) != _COUNTRY_OR_LANGUAGE or not self.language.islower():
            raise refused("language", self.language, "an ISO 639-1 code, for example 'de'")
        check_texts(self, "class_because")
        if self.class_because is not None and self.manual_class is None:
            raise refused("class_because", "a reason", "one only beside a manual_class")
        self._check_relations()

    def _check_relations(self) -> None:
        if self.id in (self.parent_id, self.merged_into):
            raise refused("parent_id" if self.id == self.parent_id else "merged_into", self.id, "another party than itself")
        if self.source is not None and self.source.referred_by == self.id:
            raise refused("referred_by", self.id, "another party than itself")
        if sum(address.default for address in self.addresses) > 1:
            raise refused("addresses", f"<{len(self.addresses)} addresses>", "at most one address with default=True")
        if len({person.id for person in self.people}) < len(self.people):
            raise refused("people", f"<{len(self.people)} contact persons>", "a different id for each contact person")

    @property
    def effective_class(self) -> AbcClass | None:
        """The class that counts: set by hand, else as computed."""
        return self.manual_class or self.computed_class

    @property
    def checked_on(self) -> date | None:
        """The day since which nobody has looked at its data; None once it is switched off."""
        return (self.verified_on or self.created_on) if self.active else None

    @property
    def seat(self) -> str | None:
        """Its own id while it is an active employee; None for all others."""
        return self.id if self.active and "employee" in self.roles else None

    def address(self, kind: str | None = None) -> Address | None:
        """Choose an address: the one of the kind, else the default, else the first; None where there is none."""
        of_kind = (address for address in self.addresses if address.kind == kind)
        default = (address for address in self.addresses if address.default)
        return next(iter((*of_kind, *default, *self.addresses)), None)

    def people_for(self, topic: str | None = None) -> tuple[ContactPerson, ...]:
        """List the contact persons for a topic, or else all of them: who asks chooses, nobody guesses."""
        responsible = tuple(person for person in self.people if topic in person.topics)
        return responsible or self.people

    def with_role(self, role: Role) -> Party:
        """Give it one more role; a customer or buyer is no lead any more."""
        roles = self.roles - {"lead"} if role == "customer" else self.roles
        return attrs.evolve(self, roles=roles | {role})

    def without_role(self, role: Role) -> Party:
        """Take a role away; the last one stays."""
        return attrs.evolve(self, roles=self.roles - {role})

    def deactivated(self) -> Party:
        """Switch it off; nothing of its history is lost."""
        return attrs.evolve(self, active=False)

    def reactivated(self) -> Party:
        """Switch it on again."""
        return attrs.evolve(self, active=True)

    def categorised(self, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Party:
        """Change the groups it is assigned to."""
        groups = self.categories.union(check_each("add", add, check_text)).difference(check_each("remove", remove, check_text))
        return attrs.evolve(self, categories=groups)


__all__ = [
    "AbcClass",
    "Address",
    "Block",
    "Channel",
    "Conditions",
    "ContactPerson",
    "CustomValue",
    "Party",
    "PartyKind",
    "Phone",
    "Profile",
    "Role",
    "Source",
]
