"""The table of sales, kept beside the documents so that reading it needs no document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, delete, select, type_coerce

from crmkit.entities import Document
from crmkit.persistence.sales_lines import sales_lines
from crmkit.persistence.sql.queries import is_one_of
from crmkit.persistence.sql.statements import insert_into

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from sqlalchemy import Column, ColumnElement, Connection, Row, Table

    from crmkit.periods import Period
    from crmkit.records import Stored

_ROWS_AT_ONCE = 100_000


def lines_of(documents: Sequence[Stored], tenant: str) -> list[dict[str, Any]]:
    """Make the rows of documents that are to be saved."""
    return [
        {"tenant": tenant, "position": position, **line}
        for document in documents
        if isinstance(document, Document)
        for position, line in enumerate(sales_lines(document))
    ]


def replace_lines(connection: Connection, table: Table, tenant: str, changed: Sequence[str], lines: Sequence[dict[str, Any]]) -> None:
    """Write lines, in the place of those that changed documents had before."""
    if changed:
        connection.execute(delete(table).where(table.c.tenant == tenant, is_one_of(table.c.document_id, changed, connection.dialect)))
    insert_into(connection, table, lines)


def read_sales(connection: Connection, table: Table, tenant: str, period: Period | None) -> pl.LazyFrame:
    """
    Read the table of sales of a tenant, of a period or all of it.

    Raises:
        MissingExtraError: Without Polars.
    """
    from crmkit.facts import sales_from  # noqa: PLC0415  # it loads Narwhals

    empty = sales_from(())
    import polars as pl  # noqa: PLC0415  # it is there, or the line before has said what is missing

    statement = select(*(_as_kept(table.c[name], connection) for name in empty.columns)).where(table.c.tenant == tenant)
    if period is not None:
        statement = statement.where(table.c.issued_on >= period.start, table.c.issued_on < period.end)
    statement = statement.order_by(table.c.document_id, table.c.position).execution_options(yield_per=_ROWS_AT_ONCE)
    parts = [_frame(rows, empty) for rows in connection.execute(statement).partitions()]
    return pl.concat([empty, *parts]).lazy()


def _as_kept(column: Column[Any], connection: Connection) -> ColumnElement[Any]:
    """Take what SQLite keeps as text as it is; a whole column is read faster than cell by cell."""
    return type_coerce(column, Text()).label(column.name) if connection.dialect.name == "sqlite" else column


def _frame(rows: Sequence[Row[Any]], empty: pl.DataFrame) -> pl.DataFrame:
    columns = zip(*rows, strict=True)
    return type(empty)([_series(name, dtype, values) for (name, dtype), values in zip(empty.schema.items(), columns, strict=True)])


def _series(name: str, dtype: pl.DataType, values: tuple[Any, ...]) -> pl.Series:
    import polars as pl  # noqa: PLC0415  # as above

    kept_as_text = dtype != pl.String and any(isinstance(value, str) for value in values)
    if not kept_as_text:
        return pl.Series(name, values, dtype=dtype)
    texts = pl.Series(name, values, dtype=pl.String)
    return texts.str.to_date("%Y-%m-%d") if dtype == pl.Date else texts.cast(dtype)
