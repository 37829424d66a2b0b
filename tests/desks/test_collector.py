"""The garbage collector rests while many records are added, and is left as it was found."""

from __future__ import annotations

import gc

import pytest

from crmkit.desks.collector import paused_collector


@pytest.mark.parametrize(("records", "goes_on"), [(999, True), (1_000, False), (1_001, False)])
def test_it_rests_for_a_thousand_records_and_goes_on(records: int, goes_on: bool) -> None:
    with paused_collector(records=records):
        assert gc.isenabled() == goes_on
    assert gc.isenabled()


def test_it_goes_on_after_an_error() -> None:
    with pytest.raises(LookupError), paused_collector(records=1_000):
        raise LookupError
    assert gc.isenabled()


def test_a_host_that_has_switched_it_off_finds_it_off() -> None:
    gc.disable()
    with paused_collector(records=1_000):
        pass
    assert not gc.isenabled()
    gc.enable()
