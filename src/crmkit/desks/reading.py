"""Reading one record by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from crmkit.desks.aliases import resolved
from crmkit.entities import Party
from crmkit.errors import NotStoredError
from crmkit.records import Stored, kind_of

if TYPE_CHECKING:
    from crmkit.desks.workplace import Workplace

E = TypeVar("E", bound=Stored)


def one_record(workplace: Workplace, kind: type[E], id: str) -> E:
    """
    Find one record by its id; under the id of a merged party the one that it was merged into.

    Raises:
        NotStoredError: When this tenant has none.
    """
    with workplace.reading() as transaction:
        found = transaction.get(kind, id)
        if isinstance(found, Party):
            found = cast("E", resolved(transaction, found))
        if found is None:
            raise NotStoredError(kind_of(kind).name, id)
        workplace.check_read(transaction, "get", found)
    return found
