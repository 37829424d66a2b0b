"""Quotas: what is to be sold."""

from __future__ import annotations

import attrs

from crmkit._checks import check_kind, check_text, check_texts, refused
from crmkit.money import Money
from crmkit.periods import Period


@attrs.frozen(kw_only=True)
class Quota:
    """
    What somebody is to sell in some time. Several for the same days add up.

    Attributes:
        id: Its id.
        salesperson_id: Who is to sell it.
        period: When.
        amount: Net revenue.
        voided_because: Why it is void: it was wrong, so it is kept but counts no more. None is valid.
        version: Raised by each stored change; 0 is not stored yet.
    """

    id: str
    salesperson_id: str
    period: Period
    amount: Money
    voided_because: str | None = attrs.field(default=None, repr=False)
    version: int = attrs.field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what no store should hold."""
        check_texts(self, "voided_because")
        check_text("id", self.id)
        check_text("salesperson_id", self.salesperson_id)
        check_kind("period", self.period, Period)
        if check_kind("amount", self.amount, Money).minor < 0:
            raise refused("amount", self.amount, "an amount of zero or more")
