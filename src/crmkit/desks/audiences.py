"""Parties by the many: their ids as given, or out of a frame; members of a campaign, each party once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from crmkit._checks import check_each, check_text
from crmkit.entities import Party

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmkit.desks.work import Work
    from crmkit.entities import CampaignMember


def party_ids_of(members: object) -> tuple[str, ...]:
    """
    Read ids of parties, each once: any iterable of them, or a frame of any engine with `customer_id`.

    Raises:
        MissingColumnError: For a frame without customer_id.
        InvalidValueError: For what is no id.
    """
    ids = _column_of(members) if hasattr(type(members), "columns") else members
    return tuple(dict.fromkeys(check_each("members", ids, check_text)))


def stored_ids(work: Work, party_ids: Sequence[str]) -> tuple[str, ...]:
    """
    Find parties by their ids; instead of a merged one comes the one that it was merged into.

    Raises:
        NotStoredError: When one is not stored.
    """
    found = {party.id for party in work.find_each(Party, "id", party_ids)}
    return tuple(dict.fromkeys(id if id in found else work.get(Party, id, lock=False).id for id in party_ids))


def each_once(members: Iterable[CampaignMember]) -> tuple[CampaignMember, ...]:
    """Join the memberships of parties that were merged: each party once, with all its responses."""
    joined: dict[str, CampaignMember] = {}
    for member in members:
        known = joined.get(member.party_id)
        joined[member.party_id] = member if known is None else attrs.evolve(known, responses=(*known.responses, *member.responses))
    return tuple(joined.values())


def _column_of(frame: Any) -> list[Any]:  # noqa: ANN401  # any engine's
    from crmkit._frames import Asked, opened  # noqa: PLC0415  # loads narwhals, which `import crmkit` must not

    (table,) = opened(Asked(frame, "customers", needs=("customer_id",)))
    found: list[Any] = table.frame.select("customer_id").collect().get_column("customer_id").to_list()
    return found
