"""All kinds of records, by name and by class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from crmkit._checks import refused
from crmkit.records.activities import ACTIVITIES
from crmkit.records.campaigns import CAMPAIGNS
from crmkit.records.cases import CASES
from crmkit.records.declarations import RecordKind, Stored
from crmkit.records.documents import DOCUMENTS
from crmkit.records.logs import LOGS
from crmkit.records.loyalty import LOYALTY
from crmkit.records.opportunities import OPPORTUNITIES
from crmkit.records.parties import PARTIES
from crmkit.records.permissions import PERMISSIONS
from crmkit.records.portal import PORTAL

if TYPE_CHECKING:
    from collections.abc import Mapping

E = TypeVar("E", bound=Stored)

KINDS: Mapping[str, RecordKind[Any]] = {
    kind.name: kind
    for kind in (*PARTIES, *DOCUMENTS, *ACTIVITIES, *OPPORTUNITIES, *CAMPAIGNS, *CASES, *LOYALTY, *PERMISSIONS, *PORTAL, *LOGS)
}

_BY_ENTITY: Mapping[type, RecordKind[Any]] = {kind.entity: kind for kind in KINDS.values()}


def kind_of(entity: type[E]) -> RecordKind[E]:
    """
    Find the declaration of a class.

    Raises:
        InvalidValueError: For a class that stores do not hold.
    """
    try:
        return _BY_ENTITY[entity]
    except KeyError:
        known = ", ".join(sorted(known.__name__ for known in _BY_ENTITY))
        raise refused("kind", getattr(entity, "__name__", entity), f"one of {known}") from None
