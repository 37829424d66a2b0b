"""The garbage collector rests while a verb makes its records, and is left as it was found."""

from __future__ import annotations

import gc

import pytest

from crmkit.desks.collector import paused_collector


def test_it_rests_and_goes_on() -> None:
    with paused_collector():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_an_error() -> None:
    with pytest.raises(LookupError), paused_collector():
        raise LookupError
    assert gc.isenabled()


def test_a_host_that_has_switched_it_off_finds_it_off() -> None:
    gc.disable()
    with paused_collector():
        pass
    assert not gc.isenabled()
    gc.enable()
