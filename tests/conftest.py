"""What every test can use; the data of a domain is built where it is used."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

if importlib.util.find_spec("hypothesis"):  # the bare install has none
    from hypothesis import settings

    settings.register_profile("ci", derandomize=True, database=None, deadline=None, print_blob=True)
    settings.register_profile("campaign", settings.get_profile("ci"), max_examples=1_000)
    settings.register_profile("dev", deadline=None)
    settings.register_profile("thorough", deadline=None, max_examples=2_000, print_blob=True)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))


@pytest.fixture
def shared_data() -> Callable[[str], Path]:
    """Find real data by its path below `shared/data`, beside the repository; without it a test skips, but fails where CI is set."""

    def find(name: str) -> Path:
        path = SHARED_DATA / name
        if not path.exists():
            reason = f"no shared/data/{name} beside the repository"
            (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
        return path

    return find
