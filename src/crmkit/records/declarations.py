"""How a kind of record is declared: what queries can test and sort by; the whole record is kept beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, Literal, Protocol, TypeVar

import attrs

from crmkit._checks import refused

FieldType = Literal["text", "day", "instant", "number"]


class Stored(Protocol):
    """Anything with an id and a version that `KINDS` declares."""

    @property
    def id(self) -> str:
        """Its id, unique in its kind and tenant."""

    @property
    def version(self) -> int:
        """Raised by each stored change; 0 is not stored yet."""


E = TypeVar("E", bound=Stored)


@attrs.frozen(kw_only=True)
class Field:
    """
    A field of a record that queries can use.

    Attributes:
        name: The attribute of the entity.
        type: What a database keeps it as.
        refers_to: Name of the kind whose id it holds, checked by the store.
    """

    name: str
    type: FieldType = "text"
    refers_to: str | None = None


@attrs.frozen(kw_only=True)
class RecordKind(Generic[E]):
    """
    One kind of record.

    Attributes:
        name: Its name in tables, references and errors.
        entity: Its class.
        fields: What queries can use, beside `id`.
        indexes: The lists that users open daily, as the fields they are filtered and sorted by.
        id_refers_to: Name of the kind that shares its id.
    """

    name: str
    entity: type[E]
    fields: tuple[Field, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    id_refers_to: str | None = None
    _by_name: Mapping[str, Field] = attrs.field(init=False, eq=False, repr=False)

    @_by_name.default
    def _fields_by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in (Field(name="id"), *self.fields)}

    def field(self, name: str) -> Field:
        """
        Look a declared field up.

        Raises:
            InvalidValueError: Naming the declared ones.
        """
        if (field := self._by_name.get(name)) is not None:
            return field
        raise refused("column", name, f"a declared field of {self.name}: " + ", ".join(self._by_name))


PARTY = Field(name="party_id", refers_to="party")
"""The party that a record belongs to."""
