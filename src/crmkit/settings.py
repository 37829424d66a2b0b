"""Everything that a business decides about how its desk works, in one frozen value."""

from __future__ import annotations

import attrs

from crmkit._checks import check_currency, check_kind, check_zone
from crmkit.scheduling import ContactPolicy

__all__ = ["Settings"]


@attrs.frozen(kw_only=True)
class Settings:
    """
    How the desk works.

    Attributes:
        zone: IANA time zone in which days begin and end.
        currency: ISO 4217 code of amounts that name none.
        policy: How often whom to contact; None leaves it to each party's own plan.
    """

    zone: str = "UTC"
    currency: str = "EUR"
    policy: ContactPolicy | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse unknown zones and currencies."""
        check_zone("zone", self.zone)
        check_currency("currency", self.currency)
        if self.policy is not None:
            check_kind("policy", self.policy, ContactPolicy)
