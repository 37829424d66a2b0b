"""What every revision makes tables with. Released revisions rely on it: what it makes never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.operations import Operations

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
DAY = sa.Text().with_variant(sa.Date(), "postgresql")
INSTANT = sa.Text().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")
NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


class Maker:
    """Makes tables of records, with the tenant in every key."""

    def __init__(self, operations: Operations, prefix: str, schema: str | None) -> None:
        """Make them under a prefix, in a schema."""
        self._operations = operations
        self._prefix = prefix
        self._schema = schema

    def record_table(
        self,
        kind: str,
        columns: Sequence[tuple[str, sa.types.TypeEngine[Any]]],
        references: Sequence[tuple[str, str]],
        indexes: Sequence[Sequence[str]],
    ) -> None:
        """Make the table of one kind of record: its columns, references and indexes."""
        name = f"{self._prefix}{kind}"
        self._operations.create_table(
            name,
            sa.Column("tenant", TEXT, nullable=False),
            sa.Column("id", TEXT, nullable=False),
            sa.Column("version", NUMBER, nullable=False),
            *(sa.Column(column, type_) for column, type_ in columns),
            sa.Column("data", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("tenant", "id", name=f"pk_{name}"),
            *(self.reference(name, column, target) for column, target in references),
            sa.CheckConstraint("version >= 1", name=f"ck_{name}_version"),
            schema=self._schema,
            sqlite_strict=True,
        )
        for index in indexes:
            self.index_on(name, index, ["tenant", *index, "id"])

    def new_column(self, kind: str, column: str, type_: sa.types.TypeEngine[Any], *path: str) -> None:
        """Add a column to the table of a kind, filled from the records that are there, with its index."""
        name = f"{self._prefix}{kind}"
        self._operations.add_column(name, sa.Column(column, type_), schema=self._schema)
        table = sa.table(name, sa.column(column), sa.column("data"), schema=self._schema)
        if self._operations.get_bind().dialect.name == "sqlite":
            found: sa.ColumnElement[Any] = sa.func.json_extract(table.c.data, "$." + ".".join(path))
        else:
            found = sa.cast(sa.cast(table.c.data, sa.JSON)[path].as_string(), type_)
        self._operations.execute(sa.update(table).values({column: found}))

    def index(self, kind: str, *fields: str) -> None:
        """Index the table of a kind by some fields, the tenant first and the id last."""
        self.index_on(f"{self._prefix}{kind}", fields, ["tenant", *fields, "id"])

    def reference(self, name: str, column: str, target: str) -> sa.ForeignKeyConstraint:
        """Refer to another kind within the tenant."""
        table = f"{self._prefix}{target}" if self._schema is None else f"{self._schema}.{self._prefix}{target}"
        return sa.ForeignKeyConstraint(["tenant", column], [f"{table}.tenant", f"{table}.id"], name=f"fk_{name}_{column}")

    def index_on(self, name: str, fields: Sequence[str], columns: Sequence[str]) -> None:
        """Index a table by columns, named after some of them."""
        self._operations.create_index(f"ix_{name}_{'_'.join(fields)}", name, list(columns), schema=self._schema)
