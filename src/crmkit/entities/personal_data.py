"""Which fields may tell of a person."""

from __future__ import annotations

from typing import cast

import attrs

from crmkit._checks import refused


def personal_fields(kind: type[attrs.AttrsInstance]) -> tuple[str, ...]:
    """
    Name the fields of an entity that may hold personal data.

    An answer to a person's request must show them, and an erasure must empty them. None of them shows in a repr, and so in no log.
    Ids stand for somebody only beside the record that they name, and are not among them.

    >>> from crmkit.entities import Phone
    >>> personal_fields(Phone)
    ('number', 'extension')

    Raises:
        InvalidValueError: For what is no class of crmkit.entities.
    """
    if not attrs.has(cast("type", kind)):
        raise refused("kind", kind, "a class of crmkit.entities")
    return tuple(field.name for field in attrs.fields(kind) if not field.repr)
