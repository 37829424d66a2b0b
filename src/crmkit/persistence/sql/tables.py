"""The tables, derived from the declarations of `crmkit.records`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import attrs
from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, MetaData, PrimaryKeyConstraint, Table, Text

from crmkit._checks import check_text, refused
from crmkit.persistence.sql.columns import Day, ExactNumber, column_type, number, text
from crmkit.records import KINDS, RecordKind

_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,19}")


@attrs.frozen
class Tables:
    """
    The tables of one prefix and schema.

    Attributes:
        prefix: What the name of each begins with.
        schema: The schema they are in; None is the database's default.
        metadata: All of them.
        records: The table of each kind of record, by its name.
        document_lines: The lines of invoices and credit notes, as facts.
    """

    prefix: str
    schema: str | None
    metadata: MetaData = attrs.field(repr=False)
    records: Mapping[str, Table] = attrs.field(repr=False)
    document_lines: Table = attrs.field(repr=False)

    @property
    def version_table(self) -> str:
        """Name of the table that knows which migrations were run."""
        return f"{self.prefix}migrations"


@cache
def tables_of(prefix: str, schema: str | None) -> Tables:
    """
    Derive the tables.

    Raises:
        InvalidValueError: For a prefix that is not lower-case letters, digits and underscores.
    """
    if not _PREFIX.fullmatch(check_text("prefix", prefix)):
        raise refused("prefix", prefix, "1 to 20 lower-case letters, digits and underscores, a letter first")
    if schema is not None:
        check_text("schema", schema)
    metadata = MetaData(schema=schema)
    records = {kind.name: _record_table(kind, prefix, metadata) for kind in KINDS.values()}
    return Tables(prefix, schema, metadata, records, _document_line_table(prefix, metadata))


def _record_table(kind: RecordKind[Any], prefix: str, metadata: MetaData) -> Table:
    name = f"{prefix}{kind.name}"
    references = [(field.name, field.refers_to) for field in kind.fields if field.refers_to is not None]
    if kind.id_refers_to is not None:
        references.insert(0, ("id", kind.id_refers_to))
    return Table(
        name,
        metadata,
        Column("tenant", text(), nullable=False),
        Column("id", text(), nullable=False),
        Column("version", number(), nullable=False),
        *(Column(field.name, column_type(field.type)) for field in kind.fields),
        Column("data", Text(), nullable=False),
        PrimaryKeyConstraint("tenant", "id", name=f"pk_{name}"),
        *(_reference(prefix, name, column, target, metadata) for column, target in references),
        CheckConstraint("version >= 1", name=f"ck_{name}_version"),
        *(Index(f"ix_{name}_{'_'.join(index)}", "tenant", *index, "id") for index in kind.indexes),
        sqlite_strict=True,
    )


def _document_line_table(prefix: str, metadata: MetaData) -> Table:
    name = f"{prefix}document_line"
    return Table(
        name,
        metadata,
        Column("tenant", text(), nullable=False),
        Column("document_id", text(), nullable=False),
        Column("position", number(), nullable=False),
        Column("document_kind", text(), nullable=False),
        Column("document_subtype", text(), nullable=False),
        Column("reverses_document_id", text()),
        Column("customer_id", text(), nullable=False),
        Column("issued_on", Day(), nullable=False),
        Column("item_id", text(), nullable=False),
        Column("item_group", text()),
        Column("salesperson_id", text()),
        Column("quantity", ExactNumber(6), nullable=False),
        Column("unit", text(), nullable=False),
        Column("unit_price", ExactNumber(6), nullable=False),
        Column("discount", ExactNumber(3), nullable=False),
        Column("revenue", ExactNumber(3), nullable=False),
        Column("cost", ExactNumber(3)),
        Column("currency", text(), nullable=False),
        PrimaryKeyConstraint("tenant", "document_id", "position", name=f"pk_{name}"),
        _reference(prefix, name, "document_id", "document", metadata),
        Index(f"ix_{name}_issued_on", "tenant", "issued_on", "document_id", "position"),
        sqlite_strict=True,
    )


def _reference(prefix: str, name: str, column: str, target: str, metadata: MetaData) -> ForeignKeyConstraint:
    table = f"{prefix}{target}" if metadata.schema is None else f"{metadata.schema}.{prefix}{target}"
    return ForeignKeyConstraint(["tenant", column], [f"{table}.tenant", f"{table}.id"], name=f"fk_{name}_{column}")
