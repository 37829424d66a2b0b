"""Where a party came from: known categories, references to what exists, and never overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit._checks import refused
from crmkit.entities import Appointment, Campaign, Party, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmkit.desks.work import Work
    from crmkit.records import Stored

_REFERENCES: Mapping[str, type[Stored]] = {"referred_by": Party, "met_at_id": Appointment, "campaign_id": Campaign}


def check_origins(work: Work, parties: Iterable[Party], *, added: Iterable[Stored] = ()) -> None:
    """
    Accept the sources of new parties.

    Args:
        work: The verb at work.
        parties: The parties.
        added: What is added together with them, and so may be referred to.

    Raises:
        InvalidValueError: For a category that the settings do not list.
        NotStoredError: For a referrer, an appointment or a campaign that does not exist.
    """
    filled = [one for party in parties if party.source is not None for one in _filled(Source(), party.source)]
    _check_filled(work, filled, {(type(entity), entity.id) for entity in added})


def check_origin_change(work: Work, before: Party, after: Party) -> None:
    """
    Accept a change of a party that leaves its source as it was, or fills what was empty.

    Raises:
        InvalidValueError: For a source that would be overwritten or taken away, and for a category that the settings do not list.
        NotStoredError: For a filled-in reference to nothing.
    """
    known, given = before.source or Source(), after.source or Source()
    for field in attrs.fields_dict(Source):
        was = getattr(known, field)
        if was is not None and getattr(given, field) != was:
            expected = "what was recorded first: a source is never overwritten, only what is empty is filled"
            raise refused(f"source.{field}", "<another>", expected)
    _check_filled(work, list(_filled(known, given)), set())


def _filled(before: Source, after: Source) -> Iterator[tuple[str, str]]:
    for field in attrs.fields_dict(Source):
        value = getattr(after, field)
        if value is not None and getattr(before, field) is None:
            yield field, value


def _check_filled(work: Work, filled: Iterable[tuple[str, str]], here: set[tuple[type, str]]) -> None:
    named: dict[str, list[str]] = {}
    for field, value in filled:
        named.setdefault(field, []).append(value)
    listed = work.settings.source_categories
    for category in named.get("category", ()):
        if listed and category not in listed:
            raise refused("source.category", category, "one of the categories of the settings: " + ", ".join(sorted(listed)))
    for field, kind in _REFERENCES.items():
        wanted = [id for id in named.get(field, ()) if (kind, id) not in here]
        found = {entity.id for entity in work.find_each(kind, "id", wanted)}
        for id in wanted:
            if id not in found:
                work.get(kind, id, lock=False)  # a merged party is found by its id too; what is not stored is refused
