"""What a verb is about: any record, and the party it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

import attrs

from crmkit._checks import refused
from crmkit.conditions import Condition
from crmkit.desks.aliases import home_of
from crmkit.entities import Party, Ref
from crmkit.errors import NotStoredError
from crmkit.records import KINDS, Stored, kind_of
from crmkit.records.logs import LOGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmkit.desks.work import Work
    from crmkit.store import Transaction

E = TypeVar("E", bound=Stored)
About: TypeAlias = Stored | Ref

_WITHOUT_SUBJECT = frozenset(kind.name for kind in LOGS) | {"diary", "attendance", "email_address", "birthday", "work_item"}


def ref_of(about: About) -> Ref:
    """
    Name a record by its kind and id.

    Raises:
        InvalidValueError: For what is no record.
    """
    ref = about if isinstance(about, Ref) else Ref(kind_of(type(about)).name, about.id)
    if ref.kind not in KINDS or ref.kind in _WITHOUT_SUBJECT:
        known = ", ".join(sorted(KINDS.keys() - _WITHOUT_SUBJECT))
        raise refused("about", ref.kind, f"a record, or Ref(kind, id) with one of the kinds {known}")
    return ref


def about_at_home(transaction: Transaction, about: About) -> Condition:
    """Ask for what is about a record; of a merged party for what is about the one that it was merged into."""
    ref = ref_of(about)
    return Condition("about_key", "equal", Ref(ref.kind, home_of(transaction, ref.id) if ref.kind == "party" else ref.id).key)


def subject_of(work: Work, about: About) -> tuple[Ref, str | None]:
    """
    Find what a verb is about, and the party it belongs to; None where it belongs to none.

    Raises:
        NotStoredError: When there is no such record.
        InvalidValueError: For what is no record.
    """
    ref = ref_of(about)
    record = work.get(KINDS[ref.kind].entity, ref.id, lock=False)
    if isinstance(record, Party):
        return Ref(ref.kind, record.id), record.id
    party_id: str | None = getattr(record, "party_id", None)
    return ref, party_id


def at_their_parties(work: Work, records: Sequence[E]) -> list[E]:
    """
    Give records that are taken over the party of what each is about.

    Raises:
        NotStoredError: When one is about a record that is not stored.
        InvalidValueError: When one names another party than that of its record.
    """
    refs = {ref.key: ref_of(ref) for record in records if (ref := getattr(record, "about", None)) is not None}
    parties: dict[str, str | None] = {}
    for kind in {ref.kind for ref in refs.values()}:
        for found in work.find_each(KINDS[kind].entity, "id", (ref.id for ref in refs.values() if ref.kind == kind)):
            parties[Ref(kind, found.id).key] = found.id if isinstance(found, Party) else getattr(found, "party_id", None)
    return [_at_its_party(record, parties) for record in records]


def _at_its_party(record: E, parties: Mapping[str, str | None]) -> E:
    about, named = getattr(record, "about", None), getattr(record, "party_id", None)
    if about is None:
        return record
    if about.key not in parties:
        raise NotStoredError(about.kind, about.id)
    party_id = parties[about.key]
    if named not in (None, party_id):
        raise refused("party_id", named, f"the party of what it is about, {party_id!r}, or none")
    return record if named == party_id else attrs.evolve(cast("Any", record), party_id=party_id)
