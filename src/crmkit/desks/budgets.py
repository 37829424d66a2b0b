"""Budget versus actual: what the actions of a marketing plan may cost, and what they did cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from crmkit.entities import PlannedAction
from crmkit.money import Money, totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit.entities import MarketingPlan, Spend


@attrs.frozen(kw_only=True)
class BudgetRow:
    """
    One action of a marketing plan beside what it cost.

    Attributes:
        action: The action; None for what its campaigns cost outside the times of all actions.
        spent: What was spent, by currency; empty where nothing was.
    """

    action: PlannedAction | None
    spent: Mapping[str, Money]

    @property
    def left(self) -> Money | None:
        """Budget less what was spent, negative where that was more; None without a budget, or with spends in another currency."""
        budget = None if self.action is None else self.action.budget
        if budget is None or any(currency != budget.currency for currency in self.spent):
            return None
        return budget - self.spent.get(budget.currency, Money(minor=0, currency=budget.currency))


def budget_rows(plan: MarketingPlan, spends: Iterable[Spend]) -> tuple[BudgetRow, ...]:
    """
    Lay what was spent on the actions of a plan: each spend once, on the first action of its campaign in whose time it falls.

    Args:
        plan: The plan.
        spends: Those of its campaigns; others are passed over, and void ones too.
    """
    by_action: list[list[Spend]] = [[] for _ in plan.actions]
    outside: list[Spend] = []
    for spend in spends:
        if spend.campaign_id in plan.campaign_ids and spend.voided_because is None:
            place = next((place for place, action in enumerate(plan.actions) if _is_of(spend, action)), None)
            (outside if place is None else by_action[place]).append(spend)
    rows = [BudgetRow(action=action, spent=_sums(own)) for action, own in zip(plan.actions, by_action, strict=True)]
    return (*rows, BudgetRow(action=None, spent=_sums(outside))) if outside else tuple(rows)


def _is_of(spend: Spend, action: PlannedAction) -> bool:
    return spend.campaign_id == action.campaign_id and spend.spent_on in action.period


def _sums(spends: Iterable[Spend]) -> Mapping[str, Money]:
    return totals(spend.amount for spend in spends)
