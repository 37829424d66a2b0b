"""The desk for parties that are kept twice: finding them, and making one of two."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from crmkit._checks import check_text
from crmkit.desks.duplicate_parties import found_duplicates, kept_apart, parties_similar_to
from crmkit.desks.merging import merge_party
from crmkit.desks.unmerging import unmerge_party
from crmkit.desks.workplace import Workplace

if TYPE_CHECKING:
    from datetime import datetime

    from crmkit.duplicates import Matches
    from crmkit.entities import KeptApart, Party

_SURE = Decimal("0.8")


@attrs.frozen
class DuplicatesDesk:
    """
    `crm.duplicates`: who is kept twice. Nothing is merged by itself: people decide, and can take it back.

    Attributes:
        workplace: What all desks share.
    """

    workplace: Workplace = attrs.field(repr=False)

    def find(self, *, at_least: Decimal | int | str = _SURE, limit: int = 100) -> Matches:
        """
        List the parties that may be one, the most certain pair first, as `crmkit.duplicates.alike` says; pairs kept apart are left out.

        Only parties that share a mark are compared: an e-mail, a telephone number, the tax id, the postcode with the beginning of the
        name, or how the name sounds. It reads the marks of all parties, so call it now and then, not at every click.

        Args:
            at_least: How certain a pair must be, from 0 to 1.
            limit: The most pairs.

        Raises:
            MissingExtraError: Without the extra "match".
        """
        return found_duplicates(self.workplace, at_least=at_least, limit=limit)

    def similar_to(self, party: Party, *, at_least: Decimal | int | str = _SURE, limit: int = 10) -> Matches:
        """
        List the stored parties that may be the given one, which need not be stored yet: ask before adding it. Read by index.

        Args:
            party: The party.
            at_least: How certain it must be, from 0 to 1.
            limit: The most of them.

        Raises:
            MissingExtraError: Without the extra "match".
        """
        return parties_similar_to(self.workplace, party, at_least=at_least, limit=limit)

    def keep_apart(
        self, party_id: str, other_id: str, *, because: str | None = None, at: datetime | None = None, key: str | None = None
    ) -> KeptApart:
        """
        Note that two parties look alike and are two: they are not listed again, and not merged. `crm.void` takes it back.

        Raises:
            NotStoredError: When one of them is not stored.
            InvalidValueError: For one and the same party.
        """
        arguments = {"party_id": party_id, "other_id": other_id, "because": because}
        return self.workplace.do(
            "duplicates.keep_apart", lambda work: kept_apart(work, party_id, other_id, because=because), arguments=arguments, at=at, key=key
        )

    def merge(self, party_id: str, *, into: str, at: datetime | None = None, key: str | None = None) -> Party:
        """
        Merge a party into another one, which gains all that belongs to it; the old id goes on as another name of that party.

        What the other one says of itself stays; addresses, e-mails, telephone numbers, contact persons, categories and roles are joined.
        Of consents the stricter side holds. A person that is merged into an organisation becomes its contact person.

        Raises:
            NotStoredError: When one of them is not stored.
            InvalidValueError: When it was merged into another party, when it is the party itself, and where the two are kept apart.
        """
        arguments = {"party_id": party_id, "into": check_text("into", into)}
        return self.workplace.do(
            "duplicates.merge", lambda work: merge_party(work, party_id, into=into), arguments=arguments, at=at, key=key
        )

    def unmerge(self, party_id: str, *, at: datetime | None = None, key: str | None = None) -> Party:
        """
        Take a merge back: both parties get back what they had, as the journal tells it, and the merged one its id.

        What came since stays with the party into which it was merged, except what hangs on a record that goes back: payments and credit
        notes of its invoices, bookings on its card, notes about its records. What somebody changed since stays changed.

        Raises:
            NotStoredError: When there is no such party.
            StateMoveError: When it is not merged, when the party into which it was merged was merged further, and when what the
                journal told of it was erased.
        """
        return self.workplace.do(
            "duplicates.unmerge", lambda work: unmerge_party(work, party_id), arguments={"party_id": party_id}, at=at, key=key
        )
