"""Chance, from the seed of the sample company only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random


def happens(random: Random, probability: float) -> bool:
    """Tell whether something of this probability happens."""
    return random.random() < probability
