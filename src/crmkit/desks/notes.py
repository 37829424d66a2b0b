"""The note desk: what is written about a record, where its files are, and what happened to a party."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from crmkit.conditions import Condition
from crmkit.desks.aliases import home_of
from crmkit.desks.reach import within_reach
from crmkit.desks.subjects import about_at_home, ref_of, subject_of
from crmkit.desks.workplace import Workplace
from crmkit.entities import Attachment, Event, Note, Party
from crmkit.ids import new_id
from crmkit.store import Query

if TYPE_CHECKING:
    from datetime import datetime

    from crmkit.desks.subjects import About
    from crmkit.desks.work import Work
    from crmkit.entities import Ref


@attrs.frozen
class NotesDesk:
    """
    `crm.notes`: notes, comments, visit reports, files by reference, noteworthy events.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def write(self, about: About, *, text: str, kind: str = "note", at: datetime | None = None, key: str | None = None) -> Note:
        """
        Write something about a record: a "note", "comment", "visit_report", "presentation" …; an open list.

        Raises:
            NotStoredError: When there is no such record.
        """

        def work(work: Work) -> Note:
            ref, party_id = subject_of(work, about)
            note = Note(
                id=new_id(), about=ref, text=text, kind=kind, written_at=work.moment.at, employee_id=work.scope.actor, party_id=party_id
            )
            return work.record(note, summary=f"{kind}: {text}")

        arguments = {"about": ref_of(about), "text": text, "kind": kind}
        return self.workplace.do("notes.write", work, arguments=arguments, at=at, key=key)

    def attach(self, about: About, *, uri: str, title: str, kind: str, at: datetime | None = None, key: str | None = None) -> Attachment:
        """
        Note where the host keeps a file about a record. The file itself stays where it is.

        Args:
            about: The record.
            uri: A URI, or an id of the host's document management.
            title: Its name as shown.
            kind: "offer", "drawing", "presentation", "letter" …; an open list.
            at: When this is done; the clock by default.
            key: Idempotency key.

        Raises:
            NotStoredError: When there is no such record.
            InvalidValueError: For a path in a file system, and for names that look like others.
        """

        def work(work: Work) -> Attachment:
            ref, party_id = subject_of(work, about)
            return work.record(an_attachment(work, ref, party_id, uri=uri, title=title, kind=kind), summary=f"{kind}: {title}")

        arguments = {"about": ref_of(about), "uri": uri, "title": title, "kind": kind}
        return self.workplace.do("notes.attach", work, arguments=arguments, at=at, key=key)

    def record_event(self, party_id: str, *, kind: str, text: str, at: datetime | None = None, key: str | None = None) -> Event:
        """
        Record something noteworthy that happened to a party: a "complaint", a "move" …; an open list.

        Raises:
            NotStoredError: When there is no such party.
        """

        def work(work: Work) -> Event:
            return save_event(work, work.get(Party, party_id, lock=False).id, kind=kind, text=text)

        arguments = {"party_id": party_id, "kind": kind, "text": text}
        return self.workplace.do("notes.record_event", work, arguments=arguments, at=at, key=key)

    def notes_about(self, about: About) -> tuple[Note, ...]:
        """List what was written about a record, the oldest first; void notes are left out."""
        with self.workplace.reading() as transaction:
            found = [one for one in transaction.find(Query(Note, [about_at_home(transaction, about)])) if one.voided_because is None]
            reached = within_reach(self.workplace, transaction, "notes.notes_about", found)
        return tuple(sorted(reached, key=lambda note: (note.written_at, note.id)))

    def attachments_of(self, about: About) -> tuple[Attachment, ...]:
        """List the files about a record, the oldest first; void ones are left out."""
        with self.workplace.reading() as transaction:
            found = [one for one in transaction.find(Query(Attachment, [about_at_home(transaction, about)])) if one.voided_because is None]
            reached = within_reach(self.workplace, transaction, "notes.attachments_of", found)
        return tuple(sorted(reached, key=lambda attachment: (attachment.written_at, attachment.id)))

    def events_of(self, party_id: str) -> tuple[Event, ...]:
        """List the noteworthy events of a party, the oldest first; void ones are left out."""
        with self.workplace.reading() as transaction:
            found = transaction.find(Query(Event, [Condition("party_id", "equal", home_of(transaction, party_id))], order_by="happened_at"))
            valid = [one for one in found if one.voided_because is None]
            return within_reach(self.workplace, transaction, "notes.events_of", valid)


def save_event(work: Work, party_id: str, *, kind: str, text: str) -> Event:
    """Write a noteworthy event, and its history entry, within a verb."""
    event = Event(id=new_id(), party_id=party_id, kind=kind, text=text, happened_at=work.moment.at, employee_id=work.scope.actor)
    return work.record(event, summary=f"{kind}: {text}")


def an_attachment(work: Work, about: Ref, party_id: str | None, *, uri: str, title: str, kind: str) -> Attachment:
    """Make the reference to a file within a verb."""
    return Attachment(
        id=new_id(),
        about=about,
        uri=uri,
        title=title,
        kind=kind,
        written_at=work.moment.at,
        employee_id=work.scope.actor,
        party_id=party_id,
    )
