"""E-mails that could not be filed by their addresses."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import check_choice, check_text, check_texts, refused
from crmkit.entities._fields import happened_at, texts
from crmkit.entities.notes import check_uri
from crmkit.entities.words import Direction
from crmkit.errors import StateMoveError

if TYPE_CHECKING:
    from collections.abc import Iterable

UnassignedState = Literal["open", "assigned", "dismissed"]


def folded_address(text: str) -> str | None:
    """
    Bring an e-mail address into the form in which it is compared; None for what is no address.

    Case does not matter, a name around it neither, and a domain with umlauts equals its ASCII form.

    >>> folded_address("Anna Huber <Anna.Huber@Müller.example>")
    'anna.huber@xn--mller-kva.example'
    >>> folded_address("postmaster") is None
    True
    """
    address = text.rpartition("<")[2].partition(">")[0].strip().casefold()
    local, _, domain = address.rpartition("@")
    if not local or not domain or address.split() != [address]:
        return None
    return f"{local}@{_folded_domain(domain)}"


def folded_own(text: str) -> str:
    """
    Bring an address of ours, or a domain, into the form in which addresses are compared.

    Raises:
        InvalidValueError: For what is neither.

    >>> folded_own("Info@Acme.example"), folded_own("@acme.example")
    ('info@acme.example', 'acme.example')
    """
    domain = text.strip().casefold().removeprefix("@")
    folded = folded_address(domain) if "@" in domain else _folded_domain(domain)
    if folded is None or any(character.isspace() for character in folded):
        raise refused("own_addresses", text, "an e-mail address, or a domain such as 'acme.example'")
    return folded


def _folded_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def _recipients(value: str | Iterable[str]) -> tuple[str, ...]:
    return texts("recipients", value)


def _candidate_ids(value: str | Iterable[str]) -> tuple[str, ...]:
    return texts("candidate_ids", value)


@attrs.frozen(kw_only=True)
class Unassigned:
    """
    An e-mail whose party is unknown or not the only one possible: someone decides.

    Attributes:
        id: Its id.
        sender: From whom.
        recipients: To whom.
        subject: Its subject.
        happened_at: When it was sent; kept in UTC.
        direction: "in" or "out".
        uri: Where the host keeps it.
        candidate_ids: The parties that its addresses fit; none when they are unknown.
        state: "open", then "assigned" or "dismissed".
        interaction_id: As what it was filed in the end.
        because: Why it was dismissed.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    sender: str = attrs.field(repr=False)
    recipients: tuple[str, ...] = attrs.field(converter=_recipients, repr=False)
    subject: str = attrs.field(repr=False)
    happened_at: datetime = attrs.field(converter=happened_at)
    direction: Direction = "in"
    uri: str | None = attrs.field(default=None, repr=False)
    candidate_ids: tuple[str, ...] = attrs.field(default=(), converter=_candidate_ids)
    state: UnassignedState = "open"
    interaction_id: str | None = None
    because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "interaction_id", "because")
        check_text("id", self.id)
        check_text("sender", self.sender)
        check_text("subject", self.subject, empty=True)
        check_choice("direction", self.direction, Direction)
        check_choice("state", self.state, UnassignedState)
        if self.uri is not None:
            check_uri("uri", self.uri)
        if (self.state == "assigned") != (self.interaction_id is not None):
            raise refused("interaction_id", self.interaction_id, "the interaction of an assigned e-mail, and of no other")

    def assigned(self, interaction_id: str) -> Unassigned:
        """
        Take it from the queue: it is filed.

        Raises:
            StateMoveError: When it is not in the queue any more.
        """
        self._check_open("assigned")
        return attrs.evolve(self, state="assigned", interaction_id=interaction_id)

    def dismissed(self, because: str) -> Unassigned:
        """
        Take it from the queue: it belongs to nobody.

        Raises:
            StateMoveError: When it is not in the queue any more.
        """
        self._check_open("dismissed")
        return attrs.evolve(self, state="dismissed", because=check_text("because", because))

    def _check_open(self, to: UnassignedState) -> None:
        if self.state != "open":
            raise StateMoveError("unassigned", self.id, self.state, to, ())
