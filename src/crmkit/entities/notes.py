"""What is written down about a record: notes, references to files, noteworthy events."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from urllib.parse import unquote

import attrs

from crmkit._checks import check_kind, check_text, check_texts, refused
from crmkit.entities._fields import happened_at, written_at
from crmkit.entities.refs import Ref

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_REFUSED_SCHEMES = frozenset({"file", "javascript", "vbscript", "data"})
_TURNS_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def check_shown(name: str, value: object) -> str:
    """Accept a line of text that looks like what it is: without control characters, and without those that turn the reading direction."""
    text = check_text(name, value)
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise refused(name, _hidden(text), "one line without control characters")
    if not _TURNS_DIRECTION.isdisjoint(text):
        raise refused(name, _hidden(text), "text without characters that turn the reading direction, which make a name look like another")
    return text


def check_uri(name: str, value: object) -> str:
    """Accept a URI or an id of the host's document management; a path in a file system is refused, whoever's it is."""
    text = check_shown(name, value)
    plain = unquote(unquote(text))
    if plain != text:
        check_shown(name, plain)
    scheme = _SCHEME.match(plain)
    looks_like_a_path = (
        plain.startswith(("/", "~", "."))
        or "\\" in plain
        or (scheme is not None and (len(scheme[1]) == 1 or scheme[1].lower() in _REFUSED_SCHEMES))
    )
    if looks_like_a_path or plain != plain.strip():
        raise refused(name, _hidden(text), "a URI such as https://… or an id of your document management, not a path or a script")
    if ".." in re.split(r"[/?#:]", plain):
        raise refused(name, _hidden(text), "a URI or an id without '..'")
    return text


def _hidden(text: str) -> str:
    return f"<text of {len(text)} characters>"


@attrs.frozen(kw_only=True)
class Note:
    """
    Text about a record: a note, a visit report, a comment.

    Attributes:
        id: Its id.
        about: The record.
        text: What was written.
        kind: "note", "comment", "visit_report", "presentation", "drawing" …; an open list.
        written_at: When; kept in UTC.
        employee_id: Who wrote it.
        party_id: The party of the record.
        voided_because: Why it is void: it was wrong, so it is kept but counts no more. None is valid.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    about: Ref
    text: str = attrs.field(repr=False)
    kind: str = "note"
    written_at: datetime = attrs.field(converter=written_at)
    employee_id: str | None = None
    party_id: str | None = None
    voided_because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "employee_id", "party_id", "voided_because")
        check_text("id", self.id)
        check_kind("about", self.about, Ref)
        check_text("text", self.text)
        check_text("kind", self.kind)

    @property
    def about_key(self) -> str:
        """Kind and id of the record it is about, in one text; what queries test."""
        return self.about.key


@attrs.frozen(kw_only=True)
class Attachment:
    """
    A file about a record, by reference: where the host keeps it, never the file itself.

    Attributes:
        id: Its id.
        about: The record.
        uri: A URI, or an id of the host's document management.
        title: Its name as shown.
        kind: "offer", "drawing", "presentation", "letter", "email" …; an open list.
        written_at: When it was attached; kept in UTC.
        employee_id: Who attached it.
        party_id: The party of the record.
        voided_because: Why it is void: it was wrong, so it is kept but counts no more. None is valid.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    about: Ref
    uri: str = attrs.field(repr=False)
    title: str = attrs.field(repr=False)
    kind: str
    written_at: datetime = attrs.field(converter=written_at)
    employee_id: str | None = None
    party_id: str | None = None
    voided_because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse paths, and names that look like others."""
        check_texts(self, "employee_id", "party_id", "voided_because")
        check_text("id", self.id)
        check_kind("about", self.about, Ref)
        check_uri("uri", self.uri)
        check_shown("title", self.title)
        check_text("kind", self.kind)

    @property
    def about_key(self) -> str:
        """Kind and id of the record it is about, in one text; what queries test."""
        return self.about.key


@attrs.frozen(kw_only=True)
class Event:
    """
    Something noteworthy that happened to a party: a complaint, another category, a move.

    Attributes:
        id: Its id.
        party_id: To whom.
        kind: "complaint", "category" …; an open list.
        text: What happened.
        happened_at: When; kept in UTC.
        employee_id: Who wrote it down.
        voided_because: Why it is void: it was wrong, so it is kept but counts no more. None is valid.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str
    kind: str
    text: str = attrs.field(repr=False)
    happened_at: datetime = attrs.field(converter=happened_at)
    employee_id: str | None = None
    voided_because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "employee_id", "voided_because")
        check_text("id", self.id)
        check_text("party_id", self.party_id)
        check_text("kind", self.kind)
        check_text("text", self.text)
