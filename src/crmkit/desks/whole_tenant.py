"""All records of one tenant as plain data, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from crmkit._checks import check_mapping, refused
from crmkit.entities.json_form import Json, structure, unstructure
from crmkit.errors import InvalidDataError, NotPermittedError, Problem
from crmkit.records import KINDS
from crmkit.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmkit.desks.workplace import Workplace
    from crmkit.records import Stored
    from crmkit.store import Transaction

FORMAT = 1

Exported = dict[str, Json]


def exported(workplace: Workplace) -> Exported:
    """Read every record of the tenant: its kinds by name, each a list in the order of ids."""
    _check_all(workplace, "export")
    with workplace.reading() as transaction:
        records: dict[str, Json] = {
            name: [_plain(record) for record in transaction.find(Query(kind.entity))] for name, kind in KINDS.items()
        }
    return {"crmkit": FORMAT, "records": records}


def import_all(workplace: Workplace, data: Mapping[str, Json]) -> None:
    """
    Write everything into a tenant that has nothing yet, all or none.

    Raises:
        InvalidValueError: For data of another format, and for a tenant that has records.
        InvalidDataError: Naming every record that does not fit.
    """
    _check_all(workplace, "import_")
    check_mapping("data", data)
    if data.get("crmkit") != FORMAT or not isinstance(data.get("records"), dict):
        raise refused("data", sorted(data), f"what export() made, in format {FORMAT}")
    records = list(_structured(cast("Mapping[str, Json]", data["records"])))
    with workplace.store.transaction(workplace.scope.tenant, write=True) as transaction:
        if name := _first_kind_with_records(transaction):
            raise refused("tenant", workplace.scope.tenant, f"a tenant without records; this one has a {name}")
        transaction.save(records)


def _check_all(workplace: Workplace, verb: str) -> None:
    if workplace.scope.owners_reached(verb) is not None:
        raise NotPermittedError(workplace.scope.actor, verb, beyond_reach=True)


def _plain(record: Stored) -> Json:
    data = unstructure(record)
    data.pop("version", None)
    return data


def _structured(kinds: Mapping[str, Json]) -> Iterator[Stored]:
    records: list[Stored] = []
    problems: list[Problem] = []
    for name, rows in kinds.items():
        if name not in KINDS or not isinstance(rows, list):
            problems.append(Problem(name, None, None, None, "is no kind of record; a newer crmkit may know it"))
            continue
        for line, row in enumerate(rows, start=1):
            try:
                records.append(structure(KINDS[name].entity, cast("Mapping[str, Json]", row)))
            except InvalidDataError as error:
                problems += [Problem(name, line, problem.column, None, problem.message) for problem in error.problems]
    if problems:
        raise InvalidDataError(tuple(problems))
    return iter(records)


def _first_kind_with_records(transaction: Transaction) -> str | None:
    return next((name for name, kind in KINDS.items() if _any(transaction.find(Query(kind.entity, limit=1)))), None)


def _any(found: Sequence[object]) -> bool:
    return len(found) > 0
