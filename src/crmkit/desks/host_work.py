"""
What the host does and crmkit does not: reorder, invoice, mail, dial.

Each is a small protocol, so that the adapter of a host is checked by its type checker; any object with such a method fits. *key* is the
same for the same work: whoever gets it twice does it once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import attrs

from crmkit.records import OutboxEvent

if TYPE_CHECKING:
    from decimal import Decimal

    from crmkit.entities import Document


class EventHandler(Protocol):
    """Does what an event asks for; an exception leaves the event pending."""

    def __call__(self, event: OutboxEvent, /) -> object:
        """Do it. The id of the event is the key."""


class Mailer(Protocol):
    """Sends e-mails."""

    def send(self, to: str, *, subject: str, text: str, key: str) -> None:
        """Send one e-mail to an address."""


class Dialler(Protocol):
    """Dials telephone numbers."""

    def dial(self, number: str, *, extension: str | None, key: str) -> None:
        """Begin a call."""


class Invoicing(Protocol):
    """Posts invoices: in the accounts, to the printer, to the customer."""

    def post(self, document: Document, *, key: str) -> None:
        """Post an invoice or a credit note."""


class Reordering(Protocol):
    """Orders goods that run out."""

    def reorder(self, item_id: str, *, quantity: Decimal, unit: str, key: str) -> None:
        """Order an item."""


@attrs.frozen(kw_only=True)
class FailedEvent:
    """
    An event that a handler could not deal with. It stays pending.

    Attributes:
        event: The event.
        error: What the handler raised.
    """

    event: OutboxEvent
    error: Exception = attrs.field(eq=False, repr=lambda error: type(error).__name__)


@attrs.frozen(kw_only=True)
class Delivery:
    """
    What came of one round of delivering.

    Attributes:
        done: The events that were dealt with.
        failed: Those whose handler raised.
        more: True when there are events that this round did not come to.
    """

    done: tuple[OutboxEvent, ...]
    failed: tuple[FailedEvent, ...]
    more: bool
