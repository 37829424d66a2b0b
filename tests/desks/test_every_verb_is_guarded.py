"""Every public verb and list, of `Crm` and of each desk, is denied to whoever has no right to it (row 136)."""

from __future__ import annotations

import pytest

from crmkit.errors import NotPermittedError
from crmkit.persistence import MemoryStore
from crmkit.store import Rights
from tests.desks.full_house import Clock, FullHouse, a_desk, add_parties, furnished
from tests.desks.public_verbs import verb_of
from tests.desks.verb_calls import READING, WITHOUT_TRACES, WRITING

CALLS = {**WRITING, **READING, **WITHOUT_TRACES}
STORE, CLOCK = MemoryStore(), Clock()


@pytest.fixture(scope="module")
def house() -> FullHouse:
    crm = a_desk(STORE, CLOCK)
    add_parties(crm)
    return furnished(crm)


@pytest.mark.parametrize("verb", sorted(CALLS))
def test_nothing_is_done_or_read_without_the_right_to_it(house: FullHouse, verb: str) -> None:
    arguments, options = CALLS[verb](house)
    nobody = a_desk(STORE, CLOCK, actor="ben", rights=Rights(verbs={}))

    with pytest.raises(NotPermittedError, match="actor 'ben' may not"):
        verb_of(nobody, verb)(*arguments, **options)
