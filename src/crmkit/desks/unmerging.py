"""Taking a merge back: both parties are as they were, with what belonged to them, and what came since stays where it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from crmkit._checks import check_text
from crmkit.conditions import Condition
from crmkit.desks.changes import WITH_PEOPLE
from crmkit.desks.document_moves import with_roles_by
from crmkit.desks.merging import STAYING
from crmkit.entities import ContactPlan, Document, HistoryEntry, Interaction, OpeningBalance, Party, PortalRequest, Ref
from crmkit.entities.stored_form import entity_of, text_of
from crmkit.errors import NotStoredError, StateMoveError
from crmkit.records import KINDS, JournalChange, kind_of
from crmkit.scheduling.contact_counts import recounted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmkit.desks.work import Work
    from crmkit.records import Stored

Plain: TypeAlias = "dict[str, Any]"
Key: TypeAlias = "tuple[str, str]"


def unmerge_party(work: Work, party_id: str) -> Party:
    """
    Take the merge of a party back.

    Raises:
        NotStoredError: When there is no such party.
        StateMoveError: When it was merged into none, when the one that it was merged into was merged further, and when what the journal
            tells of the merge was erased.
    """
    gone = work.transaction.get(Party, check_text("party_id", party_id), lock=True)
    if gone is None:
        raise NotStoredError("party", party_id)
    if gone.merged_into is None:
        raise StateMoveError("party", gone.id, "not merged", "unmerged", ())
    target = work.transaction.get(Party, gone.merged_into, lock=True)
    if target is None or target.merged_into is not None:
        raise StateMoveError("party", gone.id, f"{gone.merged_into} was merged further: unmerge that first", "unmerged", ())
    changed = _changed_by_merging(work, gone, target)
    plans = [plan for party in (gone, target) for plan in work.find(ContactPlan, Condition("id", "equal", party.id))]
    restored = _restored(
        work, changed, {Ref("party", party.id).key for party in (gone, target)} | {Ref("contact_plan", plan.id).key for plan in plans}
    )
    back = {(kind_of(type(record)).name, record.id): record for record in restored}
    back |= _hanging_on(work, back, gone, target)
    freed: Party = attrs.evolve(_taken_back(gone, *changed["party", gone.id]), version=gone.version)
    left = _without_what_it_gained(work, target, changed["party", target.id], back)
    work.find(Party, Condition("id", "one_of", (gone.id, target.id)))  # so that the journal knows them as they were
    work.save(freed, left)
    work.save(*back.values(), *_history_of(work, back, gone, target))
    for plan, party in zip(plans, (freed, left), strict=True):
        own = Condition("party_id", "equal", party.id)
        before = _taken_back(plan, *changed[Ref("contact_plan", plan.id).kind, plan.id])
        counted = recounted(
            before, work.find(Interaction, own), work.find(OpeningBalance, own), zone=work.moment.zone, policy=work.settings.policy
        )
        work.save(work.planned(counted, party))
    work.log(freed, party_id=freed.id, summary=f"taken out of {target.id} again")
    work.log(left, party_id=left.id, summary=f"{gone.id} taken out of it again")
    return work.stored(freed)


def _changed_by_merging(work: Work, gone: Party, target: Party) -> Mapping[Key, tuple[Plain, Plain]]:
    """Read in the journal what the merge changed, and what followed late: each record as it was before, and after."""
    own = work.find(JournalChange, Condition("subject", "equal", Ref("party", gone.id).key))
    merges = [
        one.id.partition(".")[0]
        for one in own
        if one.before and one.after and not _told(one.before).get("merged_into") and _told(one.after).get("merged_into")
    ]
    if not merges:
        raise StateMoveError("party", gone.id, "merged, and what the journal told of it was erased", "unmerged", ())
    entry = max(merges)
    found = list(work.find(JournalChange, Condition("id", "at_least", f"{entry}."), Condition("id", "less_than", f"{entry}/")))
    later = work.find(JournalChange, Condition("party_id", "equal", target.id), Condition("id", "at_least", f"{entry}/"))
    found += [
        one
        for one in later
        if one.before and one.after and _told(one.before).get("party_id") == gone.id != _told(one.after).get("party_id")
    ]
    changed: dict[Key, tuple[Plain, Plain]] = {}
    for one in sorted(found, key=lambda change: (change.id.partition(".")[0], int(change.id.partition(".")[2]))):
        if one.before and one.after:
            kind, _, id = one.subject.partition(" ")
            before = changed[kind, id][0] if (kind, id) in changed else _told(one.before)
            changed[kind, id] = before, _told(one.after)
    return changed


def _told(text: str) -> Plain:
    told: Plain = json.loads(text)
    return told


def _restored(work: Work, changed: Mapping[Key, tuple[Plain, Plain]], but: set[str]) -> Iterator[Stored]:
    """Point back what was moved, whatever else of it was changed since."""
    ids: dict[str, list[str]] = {}
    for kind, id in changed:
        if Ref(kind, id).key not in but:
            ids.setdefault(kind, []).append(id)
    for kind, wanted in ids.items():
        for record in work.find(KINDS[kind].entity, Condition("id", "one_of", tuple(wanted))):
            yield _taken_back(record, *changed[kind, record.id])


def _taken_back(record: Any, before: Plain, after: Plain) -> Any:  # noqa: ANN401  # of the same kind
    """Undo a change in all fields that are still as it left them; of lists and mappings take out what it put in."""
    now = _told(text_of(record))
    for name in before.keys() | after.keys():
        was, made = before.get(name), after.get(name)
        if was != made:
            now[name] = was if now.get(name) == made else _without(now.get(name), was, made, by_id=name == "people")
    plain = {name: value for name, value in now.items() if name in before or value is not None}
    return attrs.evolve(entity_of(type(record), plain), version=record.version)


def _without(now: Any, was: Any, made: Any, *, by_id: bool) -> Any:  # noqa: ANN401  # plain data
    if isinstance(now, list):
        known, put_in = ([_name_of(one, by_id) for one in some or ()] for some in (was, made))
        kept = [one for one in now if _name_of(one, by_id) in known or _name_of(one, by_id) not in put_in]
        return [*kept, *(one for one in was or () if _name_of(one, by_id) not in put_in and one not in kept)]
    if isinstance(now, dict) and isinstance(made, dict):
        return {name: value for name, value in now.items() if name in (was or {}) or made.get(name) != value}
    return now


def _name_of(one: Any, by_id: bool) -> Any:  # noqa: ANN401, FBT001  # plain data
    return one["id"] if by_id else one


def _hanging_on(work: Work, back: Mapping[Key, Stored], gone: Party, target: Party) -> Mapping[Key, Stored]:
    """Find what came since and cannot be with another party than what it hangs on: payments, bookings, credit notes, notes."""
    found: dict[Key, Stored] = {}
    newest: Iterable[Key] = list(back)
    while newest:
        ids: dict[str, list[str]] = {}
        for kind, id in newest:
            ids.setdefault(kind, []).append(id)
        records = {
            (kind_of(type(record)).name, record.id): record
            for record in _named_by(work, ids, {**back, **found})
            if getattr(record, "party_id", None) == target.id
        }
        fresh = {key: attrs.evolve(record, party_id=gone.id) for key, record in records.items() if key not in back and key not in found}  # type: ignore[misc]  # every stored record is an attrs class
        found |= fresh
        newest = list(fresh)
    return found


def _named_by(work: Work, ids: Mapping[str, list[str]], back: Mapping[Key, Stored]) -> Iterator[Stored]:
    keys = [Ref(kind, id).key for kind, some in ids.items() for id in some]
    for kind in KINDS.values():
        if kind.entity in STAYING or not any(field.refers_to == "party" for field in kind.fields):
            continue
        for field in kind.fields:
            if field.refers_to is not None and field.refers_to in ids and field.refers_to != "party":
                yield from work.find_each(kind.entity, field.name, ids[field.refers_to])
            elif field.name == "about_key":
                yield from work.find_each(kind.entity, field.name, keys)
    documents = {id for kind, id in back if kind == "document"}
    for document in work.find_each(Document, "predecessor_id", ids.get("document", ())):
        if documents.issuperset(document.predecessor_ids):
            yield document
    requests = (back["portal_request", id] for id in ids.get("portal_request", ()))
    made = [one.document_id for one in requests if isinstance(one, PortalRequest) and one.document_id is not None]
    yield from work.find_each(Document, "id", made)


def _history_of(work: Work, back: Mapping[Key, Stored], gone: Party, target: Party) -> Iterator[HistoryEntry]:
    """What happened since to what goes back."""
    kinds = tuple(sorted({kind for kind, _ in back} - {"history_entry"}))
    if kinds:
        for entry in work.find(HistoryEntry, Condition("party_id", "equal", target.id), Condition("kind", "one_of", kinds)):
            if (entry.about.kind, entry.about.id) in back and ("history_entry", entry.id) not in back:
                yield attrs.evolve(entry, party_id=gone.id)


def _without_what_it_gained(work: Work, target: Party, change: tuple[Plain, Plain], back: Mapping[Key, Stored]) -> Party:
    """Take out what came from the other one, but whom somebody talked to since, and the roles that its own documents give it."""
    left: Party = _taken_back(target, *change)
    remaining = {person.id for person in left.people}
    named = {record.person_id for kind in WITH_PEOPLE for record in _of(work, kind, target, back)}
    stay = [person for person in target.people if person.id not in remaining and person.id in named]
    return with_roles_by(
        attrs.evolve(left, people=(*left.people, *stay)), (document.kind for document in _of(work, Document, target, back))
    )


def _of(work: Work, kind: type[Any], target: Party, back: Mapping[Key, Stored]) -> Sequence[Any]:
    name = kind_of(kind).name
    return [record for record in work.find(kind, Condition("party_id", "equal", target.id)) if (name, record.id) not in back]
