"""Which data of a party must be there (verbindliche Richtlinien), role by role, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from crmkit._checks import check_choice, check_each, check_mapping, check_text, refused
from crmkit.entities._fields import FrozenMapping
from crmkit.entities.contact_details import Address, ContactPerson, Phone, Profile
from crmkit.entities.parties import Conditions, Party, Source
from crmkit.entities.words import Role
from crmkit.errors import Problem

_PARTS: Mapping[str, type[Any]] = {
    "people": ContactPerson,
    "addresses": Address,
    "phones": Phone,
    "profiles": Profile,
    "source": Source,
    "conditions": Conditions,
}
_MAPPINGS = ("custom", "external_ids")


def _required(values: Mapping[Role, str | Iterable[str]]) -> Mapping[Role, tuple[str, ...]]:
    return FrozenMapping({role: check_each("required", fields, check_text) for role, fields in check_mapping("required", values).items()})


@attrs.frozen
class DataPolicy:
    """
    What must be known of a party in each of its roles.

    Attributes:
        required: The fields by role: a field of `Party`, a part of one such as "conditions.tax_id" or "addresses.postal_code" (each
            address must have it, and there must be one), or an entry such as "custom.size".

    >>> from datetime import date
    >>> policy = DataPolicy({"customer": ("emails", "conditions.tax_id")})
    >>> party = Party(id="C-17", name="Müller", created_on=date(2026, 1, 1), roles="customer", emails="a@b.example")
    >>> print(*policy.problems_of(party))
    party C-17, column conditions.tax_id: is missing; required of a customer
    """

    required: Mapping[Role, tuple[str, ...]] = attrs.field(converter=_required)

    def __attrs_post_init__(self) -> None:
        """Refuse roles and fields that do not exist."""
        for role, fields in self.required.items():
            check_choice("required", role, Role)
            for field in fields:
                _check_field(field)

    def problems_of(self, party: Party) -> tuple[Problem, ...]:
        """List what is missing, one problem for each field."""
        asked: dict[str, Role] = {}
        for role in sorted(party.roles):
            for field in self.required.get(role, ()):
                asked.setdefault(field, role)
        return tuple(
            Problem(f"party {party.id}", None, field, None, f"is missing; required of a {role}")
            for field, role in asked.items()
            if not _is_there(party, field)
        )


def _check_field(path: str) -> None:
    name, _, part = path.partition(".")
    known = attrs.fields_dict(Party)
    if name not in known or (part and name not in _MAPPINGS and (name not in _PARTS or part not in attrs.fields_dict(_PARTS[name]))):
        parts = "a part of " + ", ".join(sorted(_PARTS)) + ", or an entry of " + " or ".join(_MAPPINGS)
        raise refused("required", path, f"a field of Party, {parts}")


def _is_there(party: Party, path: str) -> bool:
    name, _, part = path.partition(".")
    value = getattr(party, name)
    if not part:
        return _says_something(value)
    if name in _MAPPINGS:
        return _says_something(value.get(part))
    if isinstance(value, tuple):
        return bool(value) and all(_says_something(getattr(item, part)) for item in value)
    return value is not None and _says_something(getattr(value, part))


def _says_something(value: object) -> bool:
    """Tell whether a value is there: no and zero are answers, nothing and empty are none."""
    return value is not None and value not in ("", (), frozenset()) and not (isinstance(value, Mapping) and not value)
