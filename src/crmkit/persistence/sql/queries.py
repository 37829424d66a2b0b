"""
Queries as SELECT statements. Sorting and paging are index ranges; text is compared by code point.

A statement is compiled once for all queries of one shape; only their parameters differ.
"""

from __future__ import annotations

import json
import operator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Dialect,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from crmkit.persistence.field_values import comparable_value, sort_position
from crmkit.persistence.sql.statements import Statement, converter_of, parameter_for, statement_of
from crmkit.records import Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import BindParameter, CompoundSelect, FromClause
    from sqlalchemy.types import TypeEngine

    from crmkit.conditions import Condition
    from crmkit.persistence.sql.statements import Parameters
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
_FEW = 8  # so many are parameters of their own, by which SQLite keeps an order that begins with them
_LISTED = -1
_SHAPES_KEPT = 1_000


class _Test(NamedTuple):
    """The shape of a condition: for a list its length, or -1 for any other; for "missing" whether it must be."""

    column: str
    test: str
    size: int


class _Shape(NamedTuple):
    """What one statement serves."""

    tests: tuple[_Test, ...]
    beside: tuple[tuple[tuple[str, ...], tuple[_Test, ...]], ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    sorted: bool = False
    continued: bool = False
    limited: bool = False
    locked: bool = False


def select_found(queries: Sequence[Query[Any]], tables: Sequence[Table], tenant: str, dialect: Dialect) -> tuple[str, Parameters]:
    """
    Write the statement that finds what queries ask for, with its parameters.

    Its rows are version and data; of several queries also, first, the place of the query, in no certain order.
    """
    values: dict[str, Any] = {"tenant": tenant}
    shapes = [_shape(query, values, f"q{place}_", table, dialect) for place, (query, table) in enumerate(zip(queries, tables, strict=True))]
    statement = _compiled(tuple(shapes), tuple(tables), dialect)
    return statement.text, statement.parameters(values)


def select_one(id: str, table: Table, tenant: str, dialect: Dialect, *, lock: bool) -> tuple[str, Parameters]:
    """Write the statement that finds version and data of one record, with its parameters."""
    statement = _compiled((_Shape((_Test("id", "equal", 0),), locked=lock),), (table,), dialect)
    return statement.text, statement.parameters({"tenant": tenant, "q0_c0": id})


def is_one_of(column: ColumnElement[Any], values: Sequence[Any], dialect: Dialect) -> ColumnElement[bool]:
    """Test whether a column is one of any number of values."""
    if not values:
        return false()
    if len(values) <= _LONGEST_LIST:
        return column.in_(values)
    return _is_listed(column, bindparam(None, _listed(column, values, dialect), type_=_list_type(column, dialect)), dialect)


def _shape(query: Query[Any], values: dict[str, Any], prefix: str, table: Table, dialect: Dialect) -> _Shape:
    """Tell the shape of a query, and name its values."""
    tests = _tests(query, query.where, values, prefix, table=table, dialect=dialect)
    beside = tuple(
        (one.fields, _tests(query, one.where, values, f"{prefix}b{place}_", table=table, dialect=dialect))
        for place, one in enumerate(query.beside)
    )
    position = sort_position(query) or ()
    values.update((f"{prefix}a{place}", value) for place, value in enumerate(position))
    if query.limit is not None:
        values[f"{prefix}limit"] = query.limit
    return _Shape(tests, beside, query.sort_fields, bool(query.order_by), bool(position), query.limit is not None)


def _tests(
    query: Query[Any], where: Sequence[Condition], values: dict[str, Any], prefix: str, *, table: Table, dialect: Dialect
) -> tuple[_Test, ...]:
    tests = []
    for place, condition in enumerate(where):
        name, value, size = f"{prefix}c{place}", comparable_value(query, condition), 0
        if condition.test == "missing":
            size = int(value is True)
        elif isinstance(value, tuple):
            size = _give_list(values, name, value, table.c[condition.column], dialect)
        else:
            values[name] = value
        tests.append(_Test(condition.column, condition.test, size))
    return tuple(tests)


def _give_list(values: dict[str, Any], name: str, wanted: Sequence[Any], column: ColumnElement[Any], dialect: Dialect) -> int:
    """Name each of a few values, and more as one parameter, so that one shape serves all lengths."""
    if len(wanted) > _FEW:
        values[name] = _listed(column, wanted, dialect)
        return _LISTED
    values.update((f"{name}_{place}", value) for place, value in enumerate(wanted))
    return len(wanted)


@lru_cache(maxsize=_SHAPES_KEPT)
def _compiled(shapes: tuple[_Shape, ...], tables: tuple[Table, ...], dialect: Dialect) -> Statement:
    if len(shapes) == 1:
        statement: Select[Any] | CompoundSelect[Any] = _ordered(_select(shapes[0], tables[0], dialect), shapes[0], tables[0], dialect)
    else:
        parts = zip(shapes, tables, strict=True)
        statement = union_all(
            *(
                _select(shape, table, dialect, prefix=f"q{place}_", first=(literal_column(str(place)),))
                for place, (shape, table) in enumerate(parts)
            )
        )
    return statement_of(statement, dialect)


def _select(shape: _Shape, table: Table, dialect: Dialect, prefix: str = "q0_", first: Sequence[ColumnElement[Any]] = ()) -> Select[Any]:
    statement = select(*first, table.c.version, table.c.data).where(*_own_tests(shape.tests, table, dialect, prefix))
    for place, (fields, tests) in enumerate(shape.beside):
        other = table.alias()
        same = [other.c[field] == table.c[field] for field in fields]
        statement = statement.where(exists().where(*same, *_own_tests(tests, other, dialect, f"{prefix}b{place}_")))
    return statement


def _own_tests(tests: Sequence[_Test], table: FromClause, dialect: Dialect, prefix: str) -> Sequence[ColumnElement[bool]]:
    found = [_test(f"{prefix}c{place}", test, _tested(place, tests, table, dialect), dialect) for place, test in enumerate(tests)]
    return [table.c.tenant == parameter_for("tenant", table.c.tenant), *found]


def _tested(place: int, tests: Sequence[_Test], table: FromClause, dialect: Dialect) -> ColumnElement[Any]:
    """
    Test the first list of a query by its index, and the others by expression.

    Without statistics SQLite takes two kinds of documents for fewer rows than the documents of fifty parties.
    """
    column: ColumnElement[Any] = table.c[tests[place].column]
    is_further = place > 0 and tests[place].test == tests[0].test == "one_of" and isinstance(column.type, Text)
    return column.concat(literal_column("''")) if dialect.name == "sqlite" and is_further else column


def _ordered(statement: Select[Any], shape: _Shape, table: Table, dialect: Dialect) -> Select[Any]:
    order = [(table.c[name], descending) for name, descending in shape.order]
    tested = {test.column for test in shape.tests if test.test != "missing"}  # which nothing passes that is missing
    statement = statement.where(*(one.is_not(None) for one, _ in order if one.nullable and one.name not in tested)).order_by(
        *(column.desc() if descending else column.asc() for column, descending in _sorted_by(shape, order, dialect))
    )
    if shape.continued:
        statement = statement.where(_after(order, [parameter_for(f"q0_a{place}", column) for place, (column, _) in enumerate(order)]))
    if shape.limited:
        statement = statement.limit(bindparam("q0_limit", type_=BigInteger()))
    return statement.with_for_update(key_share=True) if shape.locked else statement  # others may still refer to it


def _sorted_by(
    shape: _Shape, order: Sequence[tuple[ColumnElement[Any], bool]], dialect: Dialect
) -> Sequence[tuple[ColumnElement[Any], bool]]:
    """
    Sort by expression where a query filters but does not sort.

    Without statistics SQLite would rather walk through the whole primary key than sort what the index of a filter finds.
    """
    if dialect.name == "sqlite" and shape.tests and not shape.sorted:
        return [(column.concat(literal_column("''")), descending) for column, descending in order]
    return order


def _test(name: str, test: _Test, column: ColumnElement[Any], dialect: Dialect) -> ColumnElement[bool]:
    if test.test == "missing":
        return column.is_(None) if test.size else column.is_not(None)
    if test.test != "one_of":
        return _COMPARISONS[test.test](column, parameter_for(name, column))
    if test.size == _LISTED:
        return _is_listed(column, bindparam(name, type_=_list_type(column, dialect)), dialect)
    wanted = [parameter_for(f"{name}_{place}", column) for place in range(test.size)]
    return column == wanted[0] if test.size == 1 else column.in_(wanted) if wanted else false()


def _after(order: Sequence[tuple[ColumnElement[Any], bool]], position: Sequence[BindParameter[Any]]) -> ColumnElement[bool]:
    """Compare with the last record of the page before, by all sort fields in their order."""
    directions = {descending for _, descending in order}
    if len(directions) == 1:
        fields, values = tuple_(*(column for column, _ in order)), tuple_(*position)
        return fields < values if directions == {True} else fields > values
    (column, descending), value = order[0], position[0]
    further = column < value if descending else column > value
    in_reach = column <= value if descending else column >= value  # what an index can begin at
    return and_(in_reach, or_(further, _after(order[1:], position[1:])))


def _is_listed(column: ColumnElement[Any], values: BindParameter[Any], dialect: Dialect) -> ColumnElement[bool]:
    if dialect.name == "postgresql":
        return column == func.any(values)
    return column.in_(select(func.json_each(values).table_valued("value").c.value))


def _listed(column: ColumnElement[Any], values: Sequence[Any], dialect: Dialect) -> Any:  # noqa: ANN401  # as the database takes it
    """Put many values into one parameter: an array, or JSON."""
    if dialect.name == "postgresql":
        return list(values)
    convert = converter_of(column.type, dialect)
    return json.dumps([convert(value) for value in values] if convert else list(values))


def _list_type(column: ColumnElement[Any], dialect: Dialect) -> TypeEngine[Any]:
    return ARRAY(column.type.dialect_impl(dialect)) if dialect.name == "postgresql" else Text()
