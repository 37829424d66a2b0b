"""
What a store holds: one declaration for each kind of record, read by every store.

A declared field is what a query can test and sort by; the whole record is kept beside it. A new kind is one more
declaration here and one more migration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

import attrs

from crmkit._checks import check_text, refused
from crmkit.entities import ContactPlan, Document, HistoryEntry, Interaction, Party, Recall

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit.conditions import Scalar

__all__ = ["KINDS", "Field", "FieldType", "RecordKind", "Stored", "UsedKey", "kind_of"]

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
class UsedKey:
    """
    An idempotency key that was used, with what came of it.

    Attributes:
        id: The key.
        fingerprint: Hash of verb and arguments.
        result_kind: Name of the record that the verb returned.
        result: Its JSON form as text.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    fingerprint: str
    result_kind: str
    result: str = attrs.field(repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse an empty key."""
        check_text("key", self.id)


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

    def value_of(self, entity: Stored, name: str) -> Scalar | None:
        """Read a declared field."""
        value: Scalar | None = getattr(entity, name)
        return value

    def field(self, name: str) -> Field:
        """
        Look a declared field up.

        Raises:
            InvalidValueError: Naming the declared ones.
        """
        for field in (Field(name="id"), *self.fields):
            if field.name == name:
                return field
        raise refused("column", name, f"a declared field of {self.name}: " + ", ".join(("id", *(field.name for field in self.fields))))


_PARTY = Field(name="party_id", refers_to="party")

KINDS: Mapping[str, RecordKind[Any]] = {
    kind.name: kind
    for kind in (
        RecordKind(
            name="party", entity=Party, fields=(Field(name="owner_id"), Field(name="created_on", type="day")), indexes=(("owner_id",),)
        ),
        RecordKind(
            name="contact_plan",
            entity=ContactPlan,
            fields=(Field(name="next_contact_on", type="day"),),
            indexes=(("next_contact_on",),),
            id_refers_to="party",
        ),
        RecordKind(
            name="recall",
            entity=Recall,
            fields=(_PARTY, Field(name="due_on", type="day"), Field(name="state"), Field(name="employee_id")),
            indexes=(("state", "due_on"), ("party_id", "state", "due_on")),
        ),
        RecordKind(
            name="document",
            entity=Document,
            fields=(_PARTY, Field(name="kind"), Field(name="issued_on", type="day"), Field(name="predecessor_id")),
            indexes=(("party_id", "issued_on"), ("issued_on",), ("predecessor_id",)),
        ),
        RecordKind(
            name="interaction",
            entity=Interaction,
            fields=(_PARTY, Field(name="happened_at", type="instant")),
            indexes=(("party_id", "happened_at"),),
        ),
        RecordKind(
            name="history_entry",
            entity=HistoryEntry,
            fields=(_PARTY, Field(name="happened_at", type="instant")),
            indexes=(("party_id", "happened_at"),),
        ),
        RecordKind(name="used_key", entity=UsedKey),
    )
}

_BY_ENTITY: Mapping[type, RecordKind[Any]] = {kind.entity: kind for kind in KINDS.values()}


def kind_of(entity: type[E]) -> RecordKind[E]:
    """
    Find the declaration of a class.

    Raises:
        InvalidValueError: For a class that stores do not hold.
    """
    try:
        return _BY_ENTITY[entity]
    except KeyError:
        known = ", ".join(sorted(known.__name__ for known in _BY_ENTITY))
        raise refused("kind", getattr(entity, "__name__", entity), f"one of {known}") from None
