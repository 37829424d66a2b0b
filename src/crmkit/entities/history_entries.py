"""What happened to a party: one entry for each thing that anyone did."""

from __future__ import annotations

from datetime import datetime

import attrs

from crmkit._checks import check_text, check_texts
from crmkit.entities._fields import happened_at, recorded_at
from crmkit.entities.refs import Ref


@attrs.frozen(kw_only=True)
class HistoryEntry:
    """
    One thing that happened, written in the transaction in which it happened.

    Attributes:
        id: Its id.
        party_id: To whom; None where it concerns no party.
        happened_at: When it happened; kept in UTC.
        recorded_at: When it was written down; kept in UTC.
        actor: Who did it.
        verb: What was done, for example "record_interaction".
        about: The record that it was done to.
        summary: It in a few words.
        planned: True for what is still to come.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    party_id: str | None
    happened_at: datetime = attrs.field(converter=happened_at)
    recorded_at: datetime = attrs.field(converter=recorded_at)
    actor: str
    verb: str
    about: Ref
    summary: str | None = attrs.field(default=None, repr=False)
    planned: bool = False
    version: int = attrs.field(default=0, eq=False)

    @property
    def kind(self) -> str:
        """The kind of record that it is about: what a timeline is filtered by."""
        return self.about.kind

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "party_id", "summary")
        check_text("id", self.id)
        check_text("actor", self.actor)
        check_text("verb", self.verb)
