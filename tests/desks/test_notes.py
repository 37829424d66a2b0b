"""Notes, comments, visit reports, files by reference, letters, noteworthy events."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from crmkit.entities import Attachment, Document, Event, Note, Party, Ref
from crmkit.errors import InvalidValueError, NotStoredError

if TYPE_CHECKING:
    from crmkit import Crm
    from tests.desks.conftest import Clock, HistoryOf


@pytest.mark.parametrize("kind", ["note", "comment", "visit_report", "presentation", "drawing"])
def test_a_note_of_any_kind_is_on_the_timeline_of_the_party(crm: Crm, kind: str) -> None:
    written = crm.notes.write(crm.get(Document, "R-1"), text="they want it in blue", kind=kind)

    assert (written.kind, written.party_id, written.employee_id, written.about) == (kind, "C-17", "anna", Ref("document", "R-1"))
    (entry,) = crm.timeline("C-17", kinds=["note"])
    assert (entry.summary, entry.about.id) == (f"{kind}: they want it in blue", written.id)


def test_notes_are_listed_by_record_the_oldest_first(crm: Crm) -> None:
    second = crm.notes.write(Ref("party", "C-17"), text="b")
    first = crm.notes.write(Ref("party", "C-17"), text="a", at=datetime(2025, 12, 1, tzinfo=UTC))
    crm.notes.write(Ref("document", "R-1"), text="c")

    assert crm.notes.notes_about(crm.get(Party, "C-17")) == (first, second)


def test_a_comment_hangs_on_an_interaction_or_on_a_note_too(crm: Crm) -> None:
    call = crm.record_interaction("C-17", kind="phone")
    comment = crm.notes.write(call, text="he was angry", kind="comment")
    reply = crm.notes.write(comment, text="why?", kind="comment")

    assert (comment.party_id, reply.party_id) == ("C-17", "C-17")
    assert crm.notes.notes_about(comment) == (reply,)


@pytest.mark.parametrize("about", [Ref("used_key", "k"), Ref("search_term", "C-17"), Ref("attendance", "x"), Ref("nothing", "x"), None, 17])
def test_what_is_no_record_has_no_notes(crm: Crm, about: Any) -> None:
    with pytest.raises(InvalidValueError):
        crm.notes.write(about, text="x")
    with pytest.raises(InvalidValueError):
        crm.notes.notes_about(about)


def test_a_note_about_what_is_not_stored_is_refused(crm: Crm) -> None:
    with pytest.raises(NotStoredError, match="no document with id 'R-9'"):
        crm.notes.write(Ref("document", "R-9"), text="x")


@pytest.mark.parametrize(
    "uri",
    [
        "https://dms.example/offers/17?version=2",
        "dms:4711",
        "urn:uuid:6f1c",
        "4711",
        "offers/2026/17.pdf",
        "https://dms.example/a..b",
        "Angebot Müller.pdf",
        "mid:20260101.1@mail.example",
        "50%",
    ],
)
def test_a_file_is_attached_by_its_uri_or_id(crm: Crm, uri: str) -> None:
    attached = crm.notes.attach(Ref("document", "R-1"), uri=uri, title="Angebot 17.pdf", kind="offer")

    assert (attached.uri, attached.party_id) == (uri, "C-17")
    assert crm.notes.attachments_of(Ref("document", "R-1")) == (attached,)
    (entry,) = crm.timeline("C-17", kinds=["attachment"])
    assert entry.summary == "offer: Angebot 17.pdf"


@pytest.mark.parametrize(
    "uri",
    [
        "/etc/passwd",
        "~/x.pdf",
        "./x.pdf",
        "../x.pdf",
        "offers/../../x.pdf",
        "offers/..",
        "https://dms.example/../x",
        "https://dms.example/%2e%2e/x",
        "https://dms.example/%252e%252e/x",
        "%2Fetc/passwd",
        "C:\\x.pdf",
        "C:/x.pdf",
        "c%3A/x.pdf",
        "\\\\server\\share\\x.pdf",
        "offers\\x.pdf",
        "file:///etc/passwd",
        "FILE:x",
        "javascript:alert(1)",
        "data:text/html,x",
        "x\0.pdf",
        "x%00.pdf",
        "x\n.pdf",
        "x%0d%0a.pdf",
        "x\u202efdp.exe",
        "x%E2%80%AEfdp.exe",
        " x.pdf",
        "",
        " ",
        17,
    ],
)
def test_a_path_or_a_trick_is_refused_and_not_repeated_in_the_error(crm: Crm, uri: Any) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        crm.notes.attach(Ref("party", "C-17"), uri=uri, title="x", kind="offer")
    assert not str(uri).strip() or uri == 17 or str(uri) not in str(refusal.value).partition(";")[0]
    assert crm.notes.attachments_of(Ref("party", "C-17")) == ()


@pytest.mark.parametrize("title", ["invoice\u202efdp.exe", "a\u2066b", "a\nb", "a\0b", ""])
def test_a_title_that_looks_like_another_is_refused(crm: Crm, title: str) -> None:
    with pytest.raises(InvalidValueError, match="title="):
        crm.notes.attach(Ref("party", "C-17"), uri="dms:1", title=title, kind="offer")


@pytest.mark.parametrize(("direction", "words"), [("in", "letter from them, complaint"), ("out", "letter to them, complaint")])
def test_a_letter_in_or_out_is_an_interaction_with_its_file(crm: Crm, direction: Any, words: str) -> None:
    letter = crm.record_interaction("C-17", kind="letter", direction=direction, topics=["complaint"])
    scan = crm.notes.attach(letter, uri="dms:4711", title="Brief.pdf", kind="letter")

    assert crm.notes.attachments_of(letter) == (scan,)
    (entry,) = crm.timeline("C-17", kinds=["interaction"])
    assert entry.summary == words


def test_a_noteworthy_event_is_on_the_timeline_and_in_the_list_of_events(crm: Crm, clock: Clock) -> None:
    moved = crm.notes.record_event("C-17", kind="move", text="to Graz")
    earlier = crm.notes.record_event("C-17", kind="complaint", text="too late", at=datetime(2025, 12, 1, tzinfo=UTC))

    assert (moved.happened_at, moved.employee_id) == (clock.now, "anna")
    assert crm.notes.events_of("C-17") == (earlier, moved)
    assert [entry.summary for entry in crm.timeline("C-17", kinds=["event"])] == ["move: to Graz", "complaint: too late"]


def test_an_event_of_nobody_is_refused(crm: Crm) -> None:
    with pytest.raises(NotStoredError, match="no party with id 'C-99'"):
        crm.notes.record_event("C-99", kind="move", text="x")


def test_what_was_written_elsewhere_is_taken_over_with_its_time(crm: Crm, history_of: HistoryOf) -> None:
    at = datetime(2025, 3, 1, 9, tzinfo=UTC)
    crm.add(
        Note(id="N-1", about=Ref("document", "R-1"), text="x", written_at=at),
        Attachment(id="T-1", about=Ref("party", "C-17"), uri="dms:1", title="x", kind="offer", written_at=at),
        Event(id="E-1", party_id="C-17", kind="move", text="x", happened_at=at),
    )

    assert (crm.get(Note, "N-1").party_id, crm.get(Attachment, "T-1").party_id) == ("C-17", "C-17")
    assert {entry.about.id for entry in history_of() if entry.happened_at == at} == {"N-1", "T-1", "E-1"}


def test_what_was_written_is_not_in_a_repr() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    about = Ref("party", "C-17")
    texts = [
        Note(id="1", about=about, text="geheim", written_at=at),
        Attachment(id="1", about=about, uri="geheim", title="geheim", kind="offer", written_at=at),
        Event(id="1", party_id="C-17", kind="move", text="geheim", happened_at=at),
    ]

    assert "geheim" not in repr(texts)


@pytest.mark.parametrize(("day", "count"), [(date(2026, 1, 1), 1)])
def test_the_same_key_writes_once(crm: Crm, day: date, count: int) -> None:
    del day
    for _ in range(2):
        crm.notes.write(Ref("party", "C-17"), text="x", key="k-1")

    assert len(crm.notes.notes_about(Ref("party", "C-17"))) == count
