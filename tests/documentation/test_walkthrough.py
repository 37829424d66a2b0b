"""The page that walks through a real business says what its data say."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "bicycle-maker.md"


def test_the_page_about_a_bicycle_maker_says_what_its_data_say(
    shared_data: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "adventureworks").symlink_to(shared_data("adventureworks"))
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```pycon\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    report: list[str] = []

    test = doctest.DocTestParser().get_doctest("".join(blocks), {}, PAGE.name, str(PAGE), 0)
    result = doctest.DocTestRunner(verbose=False).run(test, out=report.append)

    assert not report, "".join(report)
    assert result.attempted > 20
