"""What must hold over opportunities, sources, requests and cash discounts: each rule is one function that names what breaks it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from crmkit.desks.sales_stages import place_of
from crmkit.entities import Appointment, Campaign, Document, Opportunity, Party, Payment, PortalRequest, StageMove

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmkit.desks.invariants import Everything


def _opportunities_stand_where_their_last_move_led(everything: Everything) -> Iterator[tuple[str, str]]:
    past = _moves(everything)
    for opportunity in everything.of(Opportunity):
        last = past[opportunity.id][-1] if opportunity.id in past else None
        if last is None or last.to_stage != place_of(opportunity):
            yield f"opportunity {opportunity.id}", "stands somewhere else than its stage moves led"
        elif opportunity.closed_on not in (None, last.happened_on):
            yield f"opportunity {opportunity.id}", "was closed on another day than its last stage move"


def _stage_moves_follow_each_other(everything: Everything) -> Iterator[tuple[str, str]]:
    for id, moves in _moves(everything).items():
        came_from = [move.from_stage for move in moves]
        if came_from != [None, *(move.to_stage for move in moves[:-1])]:
            yield f"opportunity {id}", "has stage moves that do not follow each other"


def _sources_refer_to_what_exists(everything: Everything) -> Iterator[tuple[str, str]]:
    parties, met, campaigns = (everything.by_id(kind) for kind in (Party, Appointment, Campaign))
    for party in everything.of(Party):
        if party.source is not None:
            named = (party.source.referred_by, party.source.met_at_id, party.source.campaign_id)
            for id, known in zip(named, (parties, met, campaigns), strict=True):
                if id is not None and id not in known:
                    yield f"party {party.id}", f"comes from {id}, which is not there"


def _accepted_orders_lead_to_a_document(everything: Everything) -> Iterator[tuple[str, str]]:
    documents = everything.by_id(Document)
    for request in everything.of(PortalRequest):
        if (request.kind, request.state) == ("order", "accepted"):
            document = documents.get(request.document_id or "")
            if document is None or document.party_id != request.party_id:
                yield f"portal_request {request.id}", "was accepted, and its document is not there"


def _cash_discounts_are_booked_once(everything: Everything) -> Iterator[tuple[str, str]]:
    documents = everything.by_id(Document)
    for payment in everything.of(Payment):
        note = documents.get(payment.discount_document_id or "")
        if payment.discount_document_id is not None and (note is None or note.gross() != payment.cash_discount):
            yield f"payment {payment.id}", "has a cash discount that is booked otherwise, or not at all"


def _moves(everything: Everything) -> Mapping[str, list[StageMove]]:
    """The moves of each opportunity, the earliest first."""
    moves = sorted(everything.of(StageMove), key=lambda move: (move.opportunity_id, move.happened_at, move.id))
    return {id: list(own) for id, own in groupby(moves, key=lambda move: move.opportunity_id)}


SALES_RULES = (
    _opportunities_stand_where_their_last_move_led,
    _stage_moves_follow_each_other,
    _sources_refer_to_what_exists,
    _accepted_orders_lead_to_a_document,
    _cash_discounts_are_booked_once,
)
