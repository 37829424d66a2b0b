"""The portal: what one customer may see of himself, and what he may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

from crmkit._checks import check_choice, check_date, check_kind, refused
from crmkit.desks.aliases import person_at
from crmkit.desks.cases import CasesDesk
from crmkit.desks.document_moves import check_usable
from crmkit.desks.party_lists import party_read
from crmkit.desks.portal_reading import portal_view
from crmkit.desks.workplace import Workplace
from crmkit.entities import Document, OrderedItem, Party, PortalData, PortalRequest, Ref, Task
from crmkit.entities._fields import kept
from crmkit.entities.portal_data import changed_party
from crmkit.entities.portal_views import PORTAL_CHANNEL
from crmkit.errors import NotStoredError
from crmkit.ids import new_id
from crmkit.store import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from crmkit.desks.work import Work
    from crmkit.entities import Case, PortalView

PortalCaseKind = Literal["complaint", "question", "request"]


@attrs.frozen
class Portal:
    """
    `crm.portal(party_id)`: one customer, who sees himself only, and acts in his own name.

    What he asks for is no document and changes nothing until an employee accepts it with `crm.requests`. Each request leaves a
    history entry, and a task for the owner of the party, or for the department of the policy where it has none.

    Attributes:
        workplace: What all desks share, with the party as the actor.
        party_id: The party.
        person_id: The contact person who looks; None is the party as such.
    """

    workplace: Workplace = attrs.field(repr=False)
    party_id: str
    person_id: str | None = None

    def view(self, *, as_of: date | None = None, since: date | None = None) -> PortalView:
        """
        Show the own data, documents, open items, appointments, cases, contracts, loyalty balance, requests: what `Settings.portal` shows.

        Args:
            as_of: The day for which open items are told; the local day by default.
            since: Only documents from this day on; all by default. Open items are always all.
        """
        day = self.workplace.moment().today if as_of is None else check_date("as_of", as_of)
        with self.workplace.reading() as transaction:
            party = party_read(self.workplace, transaction, "portal", self.party_id)
            return portal_view(
                transaction,
                party,
                self.workplace.settings.portal,
                person_id=self.person_id,
                as_of=day,
                since=None if since is None else check_date("since", since),
            )

    def order(
        self,
        items: Iterable[OrderedItem] = (),
        *,
        quote_id: str | None = None,
        text: str = "",
        at: datetime | None = None,
        key: str | None = None,
    ) -> PortalRequest:
        """
        Ask for goods, or for what was quoted.

        Raises:
            NotStoredError: For a quote that is not the customer's own.
            InvalidValueError: Where the policy takes no orders, for an order of nothing, and for what is no quote, or none any more.
            StateMoveError: For a quote that is lost, cancelled or superseded.
        """
        wanted = kept("items", OrderedItem, items)

        def work(work: Work) -> PortalRequest:
            if not work.settings.portal.orders:
                raise refused("items", "<an order>", "no order through the portal: its policy takes none")
            if quote_id is not None:
                quote = self._own_document(work, quote_id)
                if quote.kind != "quote":
                    raise refused("quote_id", f"{quote.kind} {quote_id}", "a quote")
                check_usable(quote, "order", on=work.moment.on)
            request = self._request(work, kind="order", items=wanted, quote_id=quote_id, text=text)
            return self._placed(work, request, "order placed")

        arguments = {"party_id": self.party_id, "person_id": self.person_id, "given": (wanted, quote_id, text)}
        return self.workplace.do("portal.order", work, arguments=arguments, at=at, key=key)

    def propose(self, data: PortalData, *, text: str = "", at: datetime | None = None, key: str | None = None) -> PortalRequest:
        """
        Ask for a change of the own data: `portal.propose(attrs.evolve(portal.view().data, emails="new@example.com"))`.

        Raises:
            InvalidValueError: For data that are as they were, that the policy does not let change, or that the party cannot have.
        """
        check_kind("data", data, PortalData)

        def work(work: Work) -> PortalRequest:
            party = work.get(Party, self.party_id, lock=False)
            changes = PortalData.of(party, self.person_id).proposals(data)
            for change in changes:
                if change.part not in work.settings.portal.changeable:
                    raise refused("data", change.field, "one of " + (", ".join(sorted(work.settings.portal.changeable)) or "none"))
            changed_party(party, changes, person_id=self.person_id)
            request = self._request(work, kind="change", changes=changes, text=text)
            return self._placed(work, request, "change of data proposed: " + ", ".join(change.field for change in changes))

        arguments = {"party_id": self.party_id, "person_id": self.person_id, "data": data, "text": text}
        return self.workplace.do("portal.propose", work, arguments=arguments, at=at, key=key)

    def open_case(
        self,
        *,
        text: str,
        kind: PortalCaseKind = "request",
        document_id: str | None = None,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Case:
        """
        Open a case with the channel "portal", on the own party or on an own document.

        Raises:
            NotStoredError: For a document that is not the customer's own.
            InvalidValueError: Where the policy takes no cases, and for another kind.
        """
        check_choice("kind", kind, PortalCaseKind)
        if not self.workplace.settings.portal.cases:
            raise refused("kind", kind, "no case through the portal: its policy takes none")
        about = Ref("party", self.party_id)
        if document_id is not None:
            with self.workplace.reading() as transaction:
                party = party_read(self.workplace, transaction, "portal", self.party_id)
                document = transaction.get(Document, document_id)
            if document is None or document.party_id != party.id:
                raise NotStoredError("document", document_id)
            about = Ref("document", document_id)
        return CasesDesk(self.workplace).open(about, text=text, kind=kind, channel=PORTAL_CHANNEL, at=at, key=key)

    def _own_document(self, work: Work, id: str) -> Document:
        """Get a document of the customer; one of somebody else is not there."""
        document = work.get(Document, id, lock=False)
        if document.party_id != work.get(Party, self.party_id, lock=False).id:
            raise NotStoredError("document", id)
        return document

    def _request(self, work: Work, **asked: object) -> PortalRequest:
        party_id = work.get(Party, self.party_id, lock=False).id
        return PortalRequest(id=new_id(), party_id=party_id, person_id=self.person_id, placed_at=work.moment.at, **asked)  # type: ignore[arg-type]  # the caller names the fields

    def _placed(self, work: Work, request: PortalRequest, summary: str) -> PortalRequest:
        """Write a request, and a task for whoever decides."""
        owner_id = work.get(Party, request.party_id, lock=False).owner_id
        task = Task(
            id=new_id(),
            text=summary,
            due_on=work.moment.on,
            employee_id=owner_id,
            department_id=work.settings.portal.department_id if owner_id is None else None,
            about=Ref("portal_request", request.id),
            party_id=request.party_id,
        )
        stored = work.record(request, happened_at=request.placed_at, summary=summary)
        work.record(task, summary=summary)
        return stored


def portal_of(workplace: Workplace, party_id: str, *, person_id: str | None) -> Portal:
    """
    Open the portal of a party.

    Raises:
        NotStoredError: When there is no such party, or it has no such contact person.
        NotPermittedError: When the rights of whoever opens it do not reach the party.
    """
    with workplace.reading() as transaction:
        party = party_read(workplace, transaction, "portal", party_id)
    person_id = person_at(party, person_id, asked=party_id)
    if person_id is not None and person_id not in {person.id for person in party.people}:
        raise NotStoredError("contact_person", person_id)
    own = attrs.evolve(workplace, scope=Scope(tenant=workplace.scope.tenant, actor=party.id))
    return Portal(own, party.id, person_id)
