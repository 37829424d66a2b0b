"""
What Hypothesis calls when it is imported, so that `st.from_type(Money)` finds the strategies of crmkit.

A module of its own that looks the strategies up when they are drawn from: `strategies` imports Hypothesis, which calls this before
`strategies` has been read to its end.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

__all__ = ["register"]


def register() -> None:
    """Tell Hypothesis which strategy makes what; its entry point calls this."""
    from hypothesis import strategies as st  # noqa: PLC0415  it is being imported

    from crmkit import Interval, Money, Period, entities  # noqa: PLC0415  nobody else needs them

    for kind, name in {
        Money: "moneys",
        Period: "periods",
        Interval: "intervals",
        entities.Address: "addresses",
        entities.Phone: "phones",
        entities.ContactPerson: "contact_persons",
        entities.Party: "parties",
        entities.Line: "lines",
        entities.Document: "documents",
        entities.Interaction: "interactions",
        entities.ContactPlan: "contact_plans",
        entities.Recall: "recalls",
        entities.Recurrence: "recurrences",
    }.items():
        st.register_type_strategy(kind, _later(name))


def _later(name: str) -> Callable[[type], SearchStrategy[Any]]:
    def strategy(_kind: type) -> SearchStrategy[Any]:
        made: SearchStrategy[Any] = getattr(import_module("crmkit.testing.strategies"), name)()
        return made

    return strategy
