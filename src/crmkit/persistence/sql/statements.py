"""Statements compiled once and given to the driver as text, with their values in its form."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import and_, bindparam, insert, update

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import BindParameter, ClauseElement, ColumnElement, Connection, Dialect, Table
    from sqlalchemy.types import TypeEngine

Parameters = tuple[Any, ...] | dict[str, Any]

_BEFORE = "version_before"


@attrs.frozen
class Statement:
    """
    A compiled statement.

    Attributes:
        text: As the driver takes it.
        positions: The names of its parameters in order; None for a driver that takes them by name.
        defaults: The values that it brings itself.
        converters: What brings a parameter into the driver's form.
    """

    text: str
    positions: tuple[str, ...] | None
    defaults: dict[str, Any]
    converters: tuple[tuple[str, Callable[[Any], Any]], ...]
    _in_order: Callable[[dict[str, Any]], tuple[Any, ...]] | None = attrs.field(init=False, eq=False, repr=False)

    @_in_order.default
    def _of_positions(self) -> Callable[[dict[str, Any]], tuple[Any, ...]] | None:
        """`itemgetter` is quicker than a loop, and gives no tuple for one name or none."""
        names = self.positions
        if names is None or len(names) > 1:
            return itemgetter(*names) if names else None
        return lambda given: tuple([given[name] for name in names])

    def parameters(self, values: Mapping[str, Any]) -> Parameters:
        """Arrange values for the driver."""
        return self.arranged({**self.defaults, **values})

    def arranged(self, given: dict[str, Any]) -> Parameters:
        """Arrange values for the driver, in the very dict that they are given in."""
        for name, convert in self.converters:
            given[name] = convert(given[name])
        return given if self._in_order is None else self._in_order(given)


def insert_into(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Write new rows, used up by it: the driver gets them as they are, which takes a third of what a statement of Core takes for each."""
    statement = _insert(table, connection.dialect)
    parameters: Any = [statement.arranged(row) for row in rows]
    if parameters:
        connection.exec_driver_sql(statement.text, parameters)


def update_in(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> bool:
    """Write the next versions of rows, used up by it; tell whether each was there in the version before."""
    statement = _update(table, connection.dialect)
    parameters: Any = [statement.arranged(row | {_BEFORE: row["version"] - 1}) for row in rows]
    return not parameters or connection.exec_driver_sql(statement.text, parameters).rowcount == len(parameters)


def statement_of(written: ClauseElement, dialect: Dialect) -> Statement:
    """Compile a statement."""
    compiled: Any = written.compile(dialect=dialect)
    names = tuple(compiled.positiontup or ()) if compiled.positional else None
    converters = ((name, converter_of(parameter.type, dialect)) for name, parameter in compiled.binds.items() if name in compiled.params)
    defaults = {name: value for name, value in compiled.params.items() if value is not None}
    return Statement(str(compiled), names, defaults, tuple((name, convert) for name, convert in converters if convert))


def parameter_for(name: str, column: ColumnElement[Any]) -> BindParameter[Any]:
    """Name a parameter that takes what a column takes."""
    return bindparam(name, type_=column.type)


@lru_cache(maxsize=1_000)
def converter_of(type_: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """Find what brings a value of a type into the driver's form."""
    return type_.dialect_impl(dialect).bind_processor(dialect)


@lru_cache(maxsize=1_000)
def _insert(table: Table, dialect: Dialect) -> Statement:
    return statement_of(insert(table).values({column.name: parameter_for(column.name, column) for column in table.c}), dialect)


@lru_cache(maxsize=1_000)
def _update(table: Table, dialect: Dialect) -> Statement:
    key = [table.c[name] == parameter_for(name, table.c[name]) for name in ("tenant", "id")]
    before = table.c.version == parameter_for(_BEFORE, table.c.version)
    values = {column.name: parameter_for(column.name, column) for column in table.c if column.name not in ("tenant", "id")}
    return statement_of(update(table).where(and_(*key, before)).values(values), dialect)
