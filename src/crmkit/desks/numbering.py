"""Numbers of documents: the host's where it gives one, ours where a format is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_text, refused
from crmkit.conditions import Condition
from crmkit.entities import Document
from crmkit.records import NumberCounter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from crmkit.desks.work import Work
    from crmkit.entities import DocumentKind


def number_of(work: Work, kind: DocumentKind, *, given: str | None, on: date) -> str | None:
    """
    Take the given number, else count on in the series of the kind; None where the settings have no format for it.

    The counter is locked until the end of the transaction: whoever issues at the same time waits, and an undone one leaves no gap.

    Raises:
        InvalidValueError: For a given number that another document of this kind has.
    """
    if given is not None:
        if _is_taken(work, kind, check_text("number", given)):
            raise refused("number", given, f"a number that no other {kind} of this tenant has")
        return given
    written_as = work.settings.numbers.get(kind)
    if written_as is None:
        return None
    id = f"{kind} {written_as.series(on=on)}"
    counter = work.transaction.get(NumberCounter, id, lock=True) or NumberCounter(id=id, count=written_as.start - 1)
    count = counter.count + 1
    while _is_taken(work, kind, number := written_as.written(count, on=on)):
        count += 1
    work.transaction.save([attrs.evolve(counter, count=count)])
    return number


def check_numbers(work: Work, documents: Iterable[Document]) -> None:
    """
    Accept documents that come with their numbers, in one query.

    Raises:
        InvalidValueError: For a number that another document of this kind has, stored or among these.
    """
    numbered = [document for document in documents if document.number is not None]
    stored = work.find_each(Document, "number", (str(document.number) for document in numbered))
    owners = {(document.kind, document.number): document.id for document in stored}
    for document in numbered:
        if owners.setdefault((document.kind, document.number), document.id) != document.id:
            raise refused("number", document.number, f"a number that no other {document.kind} of this tenant has")


def _is_taken(work: Work, kind: DocumentKind, number: str) -> bool:
    return bool(work.find(Document, Condition("number", "equal", number), Condition("kind", "equal", kind), limit=1))
