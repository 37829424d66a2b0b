"""Queries as SELECT statements. Sorting and paging are index ranges; text is compared by code point."""

from __future__ import annotations

import json
import operator
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    ColumnElement,
    Date,
    Dialect,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    tuple_,
)

from crmkit.persistence.field_values import comparable_condition, sort_position
from crmkit.records import Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.types import TypeEngine

    from crmkit.conditions import Condition, Scalar
    from crmkit.store import Query

E = TypeVar("E", bound=Stored)

_COMPARISONS: Mapping[str, Callable[[ColumnElement[Any], Any], ColumnElement[bool]]] = {
    "equal": operator.eq,
    "not_equal": operator.ne,
    "at_least": operator.ge,
    "more_than": operator.gt,
    "at_most": operator.le,
    "less_than": operator.lt,
}
_LONGEST_LIST = 500  # longer ones go as one parameter, far below any database's limit of parameters


def select_found(query: Query[E], table: Table, tenant: str, dialect: Dialect) -> Select[int, str]:
    """Write the statement that finds version and data of what a query asks for."""
    order = [(table.c[name], descending) for name, descending in query.sort_fields]
    statement = (
        select(table.c.version, table.c.data)
        .where(table.c.tenant == tenant)
        .where(*(_test(query, condition, table, dialect) for condition in query.where))
        .where(*(column.is_not(None) for column, _ in order if column.nullable))
        .order_by(*(column.desc() if descending else column.asc() for column, descending in _sorted_by(query, order, dialect)))
    )
    position = sort_position(query)
    if position is not None:
        statement = statement.where(_after(order, position))
    return statement if query.limit is None else statement.limit(query.limit)


def _sorted_by(
    query: Query[E], order: Sequence[tuple[ColumnElement[Any], bool]], dialect: Dialect
) -> Sequence[tuple[ColumnElement[Any], bool]]:
    """
    Sort by expression where a query filters but does not sort.

    Without statistics SQLite would rather walk through the whole primary key than sort what the index of a filter finds.
    """
    if dialect.name == "sqlite" and query.where and not query.order_by:
        return [(column.concat(""), descending) for column, descending in order]
    return order


def is_one_of(column: ColumnElement[Any], values: Sequence[Any], dialect: Dialect) -> ColumnElement[bool]:
    """Test whether a column is one of any number of values."""
    if not values:
        return false()
    if len(values) <= _LONGEST_LIST:
        return column.in_(values)
    if dialect.name == "postgresql":
        return column == func.any(bindparam(None, list(values), type_=ARRAY(_element_type(values[0]))))
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    listed = json.dumps([process(value) if process else value for value in values])
    return column.in_(select(func.json_each(listed).table_valued("value").c.value))


def _element_type(value: object) -> TypeEngine[Any]:
    types: dict[str, TypeEngine[Any]] = {"int": BigInteger(), "date": Date(), "datetime": TIMESTAMP(timezone=True)}
    return types.get(type(value).__name__, Text())


def _test(query: Query[E], condition: Condition, table: Table, dialect: Dialect) -> ColumnElement[bool]:
    column = table.c[condition.column]
    value: Any = comparable_condition(query, condition).value
    if condition.test == "missing":
        return column.is_(None) if value else column.is_not(None)
    if condition.test == "one_of":
        return is_one_of(column, value, dialect)
    return _COMPARISONS[condition.test](column, value)


def _after(order: Sequence[tuple[ColumnElement[Any], bool]], position: Sequence[Scalar]) -> ColumnElement[bool]:
    """Compare with the last record of the page before, by all sort fields in their order."""
    directions = {descending for _, descending in order}
    if len(directions) == 1:
        fields, values = tuple_(*(column for column, _ in order)), tuple(position)
        return fields < values if directions == {True} else fields > values
    (column, descending), value = order[0], position[0]
    further = column < value if descending else column > value
    in_reach = column <= value if descending else column >= value  # what an index can begin at
    return and_(in_reach, or_(further, _after(order[1:], position[1:])))
