"""Which interactions count as a contact: what someone recorded towards a party, and reached it (rule 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

if TYPE_CHECKING:
    from narwhals.stable.v2 import Expr

    from crmkit._frames import Table

__all__ = ["contacts"]


def contacts(interactions: Table[Any]) -> list[Expr]:
    """Outgoing, reached, not filed automatically; what the frame does not tell is taken to be so."""
    kept = [~nw.col("kind").is_null()] if "kind" in interactions.dtypes else []
    if "direction" in interactions.dtypes:
        kept.append(nw.col("direction").fill_null("out") == "out")
    interactions.require(*(name for name in ("reached", "automatic") if name in interactions.dtypes))
    if "reached" in interactions.dtypes:
        kept.append(nw.col("reached").fill_null(value=True))
    if "automatic" in interactions.dtypes:
        kept.append(~nw.col("automatic").fill_null(value=False))
    return kept
