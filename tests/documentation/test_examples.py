"""
Every Python example in README.md, CONTRIBUTING.md and `docs/` runs.

The blocks of one page run in order, in one namespace and an empty folder. A block with `>>>` is a doctest; any other must run without an
error. What a reader need not see stands in a comment, `<!-- python … -->`: it only asserts, so that what is seen runs as it is copied.
"""

from __future__ import annotations

import ast
import doctest
import re
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
NEEDS = {
    "holidays": r"PublicHolidays\(",
    "calendar": r"\b(?:read|write|update)_calendar\b|\.calendars\.",
    "testing": r"crmkit\.testing|\bhypothesis\b|\bpytest\b",
    "excel": r"\.xlsx",
    **{engine: rf"import {engine}\b" for engine in ("pandas", "pyarrow", "duckdb")},
}
BLOCK = re.compile(r"^(?P<open>```python|<!-- python)\n(?P<code>.*?)^(?:```|-->)$", re.DOTALL | re.MULTILINE)


@attrs.frozen
class Example:
    code: str
    line: int

    @property
    def is_doctest(self) -> bool:
        return re.search("^>>> ", self.code, re.MULTILINE) is not None


def examples(text: str) -> Iterator[Example]:
    for block in BLOCK.finditer(text):
        yield Example(code=block["code"], line=text.count("\n", 0, block.start("code")))


def run(example: Example, namespace: dict[str, object], *, page: str) -> None:
    if example.is_doctest:
        test = doctest.DocTestParser().get_doctest(example.code, namespace, page, page, example.line)
        report: list[str] = []
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False).run(test, out=report.append, clear_globs=False)
        assert not report, "".join(report)
        namespace.update(test.globs)
    else:
        exec(compile("\n" * example.line + example.code, page, "exec", dont_inherit=True), namespace)


PAGES = {
    page.relative_to(ROOT).as_posix(): found
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if (found := list(examples(page.read_text("utf-8"))))
}


@pytest.mark.parametrize("page", PAGES)
def test_nothing_that_an_example_needs_is_hidden(page: str) -> None:
    hidden = [block["code"] for block in BLOCK.finditer((ROOT / page).read_text("utf-8")) if block["open"] != "```python"]

    assert all(isinstance(statement, ast.Assert) for code in hidden for statement in ast.parse(code).body)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_needs_more_than_the_readme_installs_says_so_at_its_top(page: str) -> None:
    (installed,) = re.findall(r"pip install '\.\[(.+?)\]'", (ROOT / "README.md").read_text("utf-8"))
    text = (ROOT / page).read_text("utf-8")
    code = "".join(example.code for example in PAGES[page])
    needed = {name for name, used in NEEDS.items() if re.search(used, code)} - set(installed.split(","))

    named = set(re.findall(r"\w+", "".join(re.findall("`pip install (.+?)`", text.partition("```")[0]))))
    assert needed <= named


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "__main__"}

    for example in PAGES[page]:
        run(example, namespace, page=page)


def test_an_example_that_fails_is_noticed() -> None:
    text = "```python\n>>> 1 + 1\n3\n```\n\n<!-- python\nx = 1\n-->\n"
    wrong, hidden = examples(text)
    namespace: dict[str, object] = {}

    with pytest.raises(AssertionError, match=r"Expected:\s+3\s+Got:\s+2"):
        run(wrong, {}, page="page.md")
    run(hidden, namespace, page="page.md")
    assert namespace["x"] == 1


def test_an_error_in_an_example_points_to_its_line() -> None:
    (example,) = examples("# Title\n\n```python\n1 / 0\n```\n")

    with pytest.raises(ZeroDivisionError) as failure:
        run(example, {}, page="page.md")
    assert failure.traceback[-1].lineno == 3
