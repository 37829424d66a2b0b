"""What tables keep a second time, to search by and to read sales from, compared with the records that it was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from crmkit.persistence.field_values import field_values
from crmkit.persistence.sql.sales_table import lines_of
from crmkit.persistence.sql.statements import converter_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Column, Connection, Table

    from crmkit.persistence.sql.tables import Tables
    from crmkit.records import RecordKind, Stored


def altered_copies(
    connection: Connection, tables: Tables, tenant: str, kind: RecordKind[Any], records: Sequence[Stored]
) -> Iterator[tuple[str, str]]:
    """Name each record whose columns, or whose lines in the table of sales, are not what it says; give it all records of a kind."""
    wanted = ({"id": record.id, **field_values(kind, record)} for record in records)
    names = ["id", *(field.name for field in kind.fields)]
    for (id,), column in _differences(connection, tables.records[kind.name], tenant, wanted, names, key=1):
        yield id, f"column {column}"
    if kind.name == "document":
        lines = tables.document_lines
        keys = ["document_id", "position"]
        others = [column.name for column in lines.c if column.name not in ("tenant", *keys)]
        for (id, position), column in _differences(connection, lines, tenant, lines_of(records, tenant), [*keys, *others], key=2):
            yield id, f"line {position}, column {column} of the table of sales"


def _differences(
    connection: Connection, table: Table, tenant: str, wanted: Iterable[Mapping[str, Any]], names: Sequence[str], *, key: int
) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Compare rows with what should be in them, by the first columns; a row too many or too few differs in the first of them."""
    columns = [table.c[name] for name in names]
    rows = connection.execute(select(*columns).where(table.c.tenant == tenant))
    kept = {row[:key]: row for row in map(tuple, rows)}
    written = [_as_kept(column, connection) for column in columns]
    for values in wanted:
        row = tuple(convert(values[name]) for name, convert in zip(names, written, strict=True))
        found = kept.pop(row[:key], None)
        if found is None:
            yield row[:key], names[0]
        elif found != row:
            yield row[:key], next(name for name, was, is_ in zip(names, found, row, strict=True) if was != is_)
    for left in kept:
        yield left, names[0]


def _as_kept(column: Column[Any], connection: Connection) -> Any:  # noqa: ANN401  # a function from value to value
    """Choose what brings a value into the form in which it is read back: SQLite keeps days, moments and decimals as text."""
    convert = converter_of(column.type, connection.dialect) if connection.dialect.name == "sqlite" else None
    return convert or (lambda value: value)
