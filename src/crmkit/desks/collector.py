"""A pause of the cyclic garbage collector, which would look through all records of a large `Crm.add` again and again."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


_MANY = 1_000


@contextmanager
def paused_collector(*, records: int) -> Iterator[None]:
    """Pause it for a thousand records or more, unless it was off already: of 40,000 records it took a third of the time, of few nothing."""
    if records < _MANY or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
