"""Options that click does not have: several values after one name, NAME=COLUMN, CLASS=DAYS, days as written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmkit.periods import Interval

T = TypeVar("T")
DAY = click.DateTime(formats=["%Y-%m-%d", "%d.%m.%Y"])
_MANY = {"--map": re.compile(r"[a-z_]+=."), "--call-every": re.compile(r"[ABC]=.")}
_FREQUENCY = re.compile(r"([1-9][0-9]{0,4})([dwm]?)")


def spread(arguments: Iterable[str]) -> Iterator[str]:
    """
    Repeat the name of an option before each of its values, and of what follows them and is no file: there it is refused.

    >>> list(spread(["sales.csv", "--map", "customer_id=Kunde", "revenue=Netto", "--json"]))
    ['sales.csv', '--map', 'customer_id=Kunde', '--map', 'revenue=Netto', '--json']
    """
    current, has_value = "", False
    for argument in arguments:
        if has_value and argument not in _MANY and (_MANY[current].match(argument) or _is_stray(argument)):
            yield current
        elif has_value or argument in _MANY:
            current, has_value = (argument if argument in _MANY else ""), False
            yield argument
            continue
        yield argument
        has_value = bool(current)


def _is_stray(argument: str) -> bool:
    return not argument.startswith("-") and not Path(argument).suffix and not Path(argument).exists()


class ManyValues(click.Command):
    """A command with options that take several values after one name."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Spread them before click sees them."""
        return super().parse_args(ctx, list(spread(args)))


def mapped(text: str) -> tuple[str, str]:
    """Split NAME=COLUMN."""
    name, equals, column = text.partition("=")
    if not (name and equals and column):
        message = f"{text!r} is neither of the form NAME=COLUMN, for example customer_id=Kunde, nor a file"
        raise click.BadParameter(message)
    return name, column


def once(option: str, pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    """Take what an option was given; two values for one name are refused."""
    values: dict[str, T] = {}
    for name, value in pairs:
        if name in values:
            message = f"{name} is given twice; give it once"
            raise click.BadParameter(message, param_hint=option)
        values[name] = value
    return values


def frequency(text: str) -> tuple[str, Interval]:
    """Make an interval of CLASS=DAYS, CLASS=6w or CLASS=3m."""
    from crmkit.periods import days, months, weeks  # noqa: PLC0415  only needed here

    name, _, span = text.partition("=")
    found = _FREQUENCY.fullmatch(span)
    if name not in {"A", "B", "C"} or found is None:
        message = f"{text!r} is not of the form CLASS=DAYS, for example A=30 or B=6w or C=3m"
        raise click.BadParameter(message)
    return name, {"w": weeks, "m": months}.get(found[2], days)(int(found[1]))
