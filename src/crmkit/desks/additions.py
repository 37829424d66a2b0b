"""Taking records over: what `Crm.add` writes beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit._checks import refused
from crmkit.desks.activities import ACTIVITIES, save_activities
from crmkit.desks.case_additions import save_cases, save_ratings
from crmkit.desks.corrections import save_opening_balances
from crmkit.desks.document_moves import in_short, with_roles_by
from crmkit.desks.document_verbs import check_predecessors
from crmkit.desks.interactions import save_interactions
from crmkit.desks.loyalty_booking import save_cards
from crmkit.desks.numbering import check_numbers
from crmkit.desks.origin import check_origins
from crmkit.desks.party_work import replanned
from crmkit.desks.sales_additions import SALES_KINDS, save_sales_additions
from crmkit.entities import Case, ContactPlan, Document, Interaction, LoyaltyCard, OpeningBalance, Party, Rating, Recall

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crmkit.desks.work import Work
    from crmkit.entities import DocumentKind
    from crmkit.records import Stored

_ADDABLE = (Party, Document, Recall, Interaction, OpeningBalance, Case, Rating, LoyaltyCard, *ACTIVITIES, *SALES_KINDS)


def save_additions(work: Work, entities: Sequence[Stored]) -> None:
    """
    Write new records: a party with its contact plan, an interaction with its count; whoever gets a document becomes a customer.

    Raises:
        InvalidValueError: For a kind that is made by a verb of its own, a version other than 0, a number that another document has,
            a document in another currency than its predecessor, a credit note of anything but an invoice of its party, and credit notes
            that come to more than their invoice.
        StaleWriteError: For an id that exists.
        NotStoredError: For a reference to nothing.
    """
    for entity in entities:
        _check(entity)
    entities = work.at_home(entities)
    check_origins(work, [entity for entity in entities if isinstance(entity, Party)], added=entities)
    documents = [entity for entity in entities if isinstance(entity, Document)]
    check_numbers(work, documents)
    check_predecessors(work, documents)
    recalls = [entity for entity in entities if isinstance(entity, Recall)]
    added = {entity.id: entity for entity in entities if isinstance(entity, Party)}
    kinds: dict[str, set[DocumentKind]] = {}
    for document in documents:
        kinds.setdefault(document.party_id, set()).add(document.kind)
    stored = work.find_each(Party, "id", kinds.keys() - added.keys())
    promoted = [changed for party in stored if (changed := with_roles_by(party, kinds[party.id])) != party]
    parties = [with_roles_by(party, kinds.get(party.id, ())) for party in entities if isinstance(party, Party)]
    plans = [work.planned(ContactPlan(party_id=party.id), party) for party in parties]
    plans += replanned(work, promoted)
    work.save(*parties, *promoted, *plans, *documents, *recalls)
    work.log_all(
        [
            *((party, party.id, None, None) for party in (*parties, *promoted)),
            *((document, document.party_id, _happened_at(work, document), in_short(document)) for document in documents),
            *((recall, recall.party_id, None, None) for recall in recalls),
        ]
    )
    save_sales_additions(work, entities)
    save_interactions(work, [entity for entity in entities if isinstance(entity, Interaction)])
    save_opening_balances(work, [entity for entity in entities if isinstance(entity, OpeningBalance)])
    save_cases(work, [entity for entity in entities if isinstance(entity, Case)])
    save_ratings(work, [entity for entity in entities if isinstance(entity, Rating)])
    save_cards(work, [entity for entity in entities if isinstance(entity, LoyaltyCard)])
    save_activities(work, [entity for entity in entities if isinstance(entity, ACTIVITIES)])


def _happened_at(work: Work, document: Document) -> datetime:
    """On its own day; one of a day to come is taken over now, for what is to come is no past."""
    return min(work.moment.start_of(document.issued_on), work.moment.now)


def _check(entity: Stored) -> None:
    if not isinstance(entity, _ADDABLE):
        expected = (
            "one of "
            + ", ".join(kind.__name__ for kind in _ADDABLE)
            + "; anything else is made by a verb of its own, a contact plan by crm.contact.plan()"
        )
        raise refused("entity", type(entity).__name__, expected)
    if entity.version:
        raise refused("version", entity.version, "0 for a new record; change() is for stored ones")
