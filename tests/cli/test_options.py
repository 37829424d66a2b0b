from __future__ import annotations

import click
import pytest

from crmkit import days, months, weeks
from crmkit.cli.options import frequency, mapped, once, spread


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["a.csv", "--map", "x=1"], ["a.csv", "--map", "x=1"]),
        (["--map", "x=1", "y=2", "a.csv"], ["--map", "x=1", "--map", "y=2", "a.csv"]),
        (["--map", "x=1", "--map", "y=2", "z=3"], ["--map", "x=1", "--map", "y=2", "--map", "z=3"]),
        (["--map", "x=1", "--json", "y=2"], ["--map", "x=1", "--json", "y=2"]),
        (["--call-every", "A=30", "B=60", "--map", "x=1"], ["--call-every", "A=30", "--call-every", "B=60", "--map", "x=1"]),
        (["--map", "x=1", "./y=2.csv"], ["--map", "x=1", "./y=2.csv"]),
        (["y=2.csv"], ["y=2.csv"]),
        (["--map", "x=1", "C=3"], ["--map", "x=1", "--map", "C=3"]),
        (["--map", "x=1", "Kunde"], ["--map", "x=1", "--map", "Kunde"]),
        (["--map", "x=1", "missing.csv"], ["--map", "x=1", "missing.csv"]),
        (["--map", "x=1", "."], ["--map", "x=1", "."]),
        ([], []),
    ],
)
def test_an_option_takes_several_values_until_something_else_comes(typed: list[str], expected: list[str]) -> None:
    assert list(spread(typed)) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("A=30", ("A", days(30))), ("B=6w", ("B", weeks(6))), ("C=3m", ("C", months(3))), ("A=1d", ("A", days(1)))]
)
def test_a_frequency_is_days_weeks_or_months(text: str, expected: tuple[str, object]) -> None:
    assert frequency(text) == expected


@pytest.mark.parametrize("text", ["A", "A=", "A=0", "A=-1", "D=30", "A=30y", "A=1.5", "=30"])
def test_any_other_frequency_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(click.BadParameter, match="for example A=30"):
        frequency(text)


def test_a_name_that_is_given_twice_is_refused() -> None:
    assert once("--map", [("revenue", "A"), ("cost", "B")]) == {"revenue": "A", "cost": "B"}
    with pytest.raises(click.BadParameter, match="revenue is given twice"):
        once("--map", [("revenue", "A"), ("revenue", "A")])


def test_a_column_may_have_an_equals_sign_in_its_name() -> None:
    assert mapped("revenue=a=b") == ("revenue", "a=b")


@pytest.mark.parametrize("text", ["revenue", "=x", "revenue="])
def test_a_mapping_without_two_sides_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(click.BadParameter, match="for example customer_id=Kunde"):
        mapped(text)
