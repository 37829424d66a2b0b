"""References from one record to another."""

from __future__ import annotations

import attrs

from crmkit._checks import check_text


@attrs.frozen
class Ref:
    """
    A reference to any record.

    Attributes:
        kind: What it is, for example "party" or "document".
        id: Its id.
    """

    kind: str
    id: str

    def __attrs_post_init__(self) -> None:
        """Refuse empty parts."""
        check_text("kind", self.kind)
        check_text("id", self.id)

    @property
    def key(self) -> str:
        """Kind and id in one text, by which queries find what refers to a record."""
        return f"{self.kind} {self.id}"
