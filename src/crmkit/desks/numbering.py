"""Numbers of documents: the host's where it gives one, ours where a format is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_text, refused
from crmkit.records import DocumentNumber, NumberCounter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from crmkit.desks.work import Work
    from crmkit.entities import Document, NumberSeries
    from crmkit.errors import InvalidValueError


def number_of(work: Work, series: NumberSeries, *, given: str | None, on: date) -> str | None:
    """
    Take the given number, else count on in the series; None where the settings have no format for it.

    The counter is locked until the end of the transaction: whoever issues at the same time waits, and an undone one leaves no gap.

    Raises:
        InvalidValueError: For a given number that another document of this series has.
    """
    if given is not None:
        return check_number(work, series, given)
    written_as = work.settings.numbers.get(series)
    if written_as is None:
        return None
    id = f"{series} {written_as.series(on=on)}"
    counter = work.transaction.get(NumberCounter, id, lock=True) or NumberCounter(id=id, count=written_as.start - 1)
    count = counter.count + 1
    while _is_taken(work, series, number := written_as.written(count, on=on)):
        count += 1
    work.transaction.save([attrs.evolve(counter, count=count)])
    return number


def document_numbers(document: Document) -> list[DocumentNumber]:
    """List the number that a document has; a void one has none any more."""
    if document.number is None or document.voided_because is not None:
        return []
    return [DocumentNumber(id=_id_of(document.number_series, document.number), document_id=document.id)]


def check_number(work: Work, series: NumberSeries, number: str) -> str:
    """
    Accept a number that no other document of a series has.

    Raises:
        InvalidValueError: When one has.
    """
    if _is_taken(work, series, check_text("number", number)):
        raise _taken(series, number)
    return number


def check_numbers(work: Work, added: Iterable[Document]) -> None:
    """
    Accept the host's numbers of documents that are added together.

    Raises:
        InvalidValueError: When two of a series have the same one, or a stored document of it has it.
    """
    wanted = {document.id: (document, one) for document in added for one in document_numbers(document)}
    owners = {one.id: one.document_id for one in work.find_each(DocumentNumber, "id", (one.id for _, one in wanted.values()))}
    for document, one in wanted.values():
        if owners.setdefault(one.id, document.id) != document.id:
            raise _taken(document.number_series, document.number)


def _is_taken(work: Work, series: NumberSeries, number: str) -> bool:
    return work.transaction.get(DocumentNumber, _id_of(series, number)) is not None


def _id_of(series: NumberSeries, number: str) -> str:
    return f"{series} {number}"


def _taken(series: NumberSeries, number: str | None) -> InvalidValueError:
    return refused("number", number, f"a number that no other {series} of this tenant has")
