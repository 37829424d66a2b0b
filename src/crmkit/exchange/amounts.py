"""
Amounts out of text: exact decimals, whether the file writes 1.234,56 or 1,234.56.

Everything works on whole columns. A column of up to three decimals becomes Decimal(28, 3); one with more, such as unit
prices, keeps all of them. Amounts go up to 10^18.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit.exchange.notation import DecimalMark

USUAL_DECIMALS = 3
MOST_DECIMALS = 18
LARGEST = Decimal(10) ** 18
_PLAIN = rf"^-?[0-9]{{1,18}}(?:\.[0-9]{{1,{USUAL_DECIMALS}}})?$"
_SPACES = " \u00a0\u202f\u2009"
_MINUS = "−-"  # in this order: between two others a hyphen would mean a range
_EXACT_DIGITS = 15


def _grammar(groups: str, mark: str) -> str:
    """All ways to write an amount: groups of three digits or none, a sign before or after, an exponent."""
    whole = rf"(?:[1-9][0-9]{{0,2}}(?:[{groups}'’{_SPACES}][0-9]{{3}})+|[0-9]+)"
    return rf"^[+{_MINUS}]?\s?(?:{whole}(?:{mark}[0-9]*)?|{mark}[0-9]+)(?:[eE][+-]?[0-9]{{1,2}})?\s?[{_MINUS}]?$"


_GRAMMARS: dict[DecimalMark, str] = {"point": _grammar(",", r"\."), "comma": _grammar(r"\.", ",")}
_MARKS: dict[DecimalMark, str] = {"point": ".", "comma": ","}


@attrs.frozen
class Evidence:
    """
    What the values of some columns say about their decimal mark.

    Attributes:
        point: Values that only make sense with a decimal point, such as 2.5.
        comma: Values that only make sense with a decimal comma, such as 2,5.
        unclear: One that makes sense with both and means two things, such as 1.234; None where there is none.
        with_comma: One of those with a decimal comma.
    """

    point: int = 0
    comma: int = 0
    unclear: str | None = None
    with_comma: str | None = None

    def __add__(self, other: Evidence) -> Evidence:
        """Join what two columns say."""
        return Evidence(
            self.point + other.point, self.comma + other.comma, self.unclear or other.unclear, self.with_comma or other.with_comma
        )

    @property
    def mark(self) -> DecimalMark | None:
        """The decimal mark; None where it cannot be told."""
        if self.point == self.comma:
            return None if self.point or self.unclear else "point"
        return "point" if self.point > self.comma else "comma"


def evidence(distinct: pl.Series) -> Evidence:
    """
    Look for the decimal mark in the different values of a column.

    >>> evidence(pl.Series(["1.234", "1.234,50"])).mark, evidence(pl.Series(["1.234"])).mark
    ('comma', None)
    """
    text = pl.lit(distinct).drop_nulls().str.strip_chars()
    point, comma = (text.str.contains("[.,]") & text.str.contains(_GRAMMARS[mark]) for mark in ("point", "comma"))
    found = pl.select(
        (point & ~comma).sum().alias("point"),
        (comma & ~point).sum().alias("comma"),
        text.filter(point & comma).min().alias("unclear"),
        text.filter(comma & ~point).min().alias("with_comma"),
    )
    return Evidence(**found.row(0, named=True))


def amounts(texts: pl.Series, *, mark: DecimalMark) -> pl.Series:
    """
    Read a column of amounts; null is what was null or does not parse.

    >>> amounts(pl.Series(["1.234,56", "12-", "x"]), mark="comma").to_list()
    [Decimal('1234.560'), Decimal('-12.000'), None]
    """
    return pl.select(amounts_in(pl.lit(texts), texts.unique(), mark=mark)).to_series()


def amounts_in(texts: pl.Expr, distinct: pl.Series, *, mark: DecimalMark) -> pl.Expr:
    """Read amounts by their different values: most columns have few, and most of these are plain."""
    distinct = distinct.drop_nulls()
    if mark == "point" and distinct.str.contains(_PLAIN).all():
        return texts.cast(pl.Decimal(28, USUAL_DECIMALS))
    plain = _plain(distinct, mark)
    decimals = (plain.str.len_bytes() - plain.str.find(".", literal=True).cast(pl.Int64) - 1).fill_null(0)
    plain = plain.set(decimals > MOST_DECIMALS, None)
    scale = max([USUAL_DECIMALS, *(found for found in decimals.unique().to_list() if found <= MOST_DECIMALS)])
    read = plain.cast(pl.Decimal(28 if scale == USUAL_DECIMALS else 38, scale), strict=False)
    return texts.replace_strict(distinct, pl.select(within_limit(pl.lit(read))).to_series(), default=None, return_dtype=read.dtype)


def within_limit(values: pl.Expr) -> pl.Expr:
    """Make null of what is larger than 10^18, whatever kind of file it comes from."""
    return pl.when(values.abs() <= LARGEST).then(values)


def _plain(texts: pl.Series, mark: DecimalMark) -> pl.Series:
    """Write them the way that computers do; null is what is no amount."""
    stripped = texts.str.strip_chars()
    fits = stripped.str.contains(_GRAMMARS[mark])
    negative = stripped.str.contains(f"^[{_MINUS}]|[{_MINUS}]$")
    body = (
        stripped.str.replace_all(rf"[^0-9{_MARKS[mark]}eE+-]", "")
        .str.replace_all(r"^[+-]|-$", "")
        .str.replace(_MARKS[mark], ".", literal=True)
    )
    powers = (body.str.contains("[eE]") & fits).arg_true()
    if powers.len():
        body = body.scatter(powers, [format(Decimal(text), "f") for text in body.gather(powers)])
    sign = pl.when(negative).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.select(pl.when(fits).then(sign + body)).to_series().str.strip_suffix(".")


def from_floats(values: pl.Series) -> pl.Series:
    """
    Turn binary floats into text of the shortest decimal of at most 15 digits; NaN is nothing known.

    >>> from_floats(pl.Series([0.1 + 0.2, 17850.0])).to_list()
    ['0.3', '17850']
    """
    return values.cast(pl.Float64).fill_nan(None).round_sig_figs(_EXACT_DIGITS).cast(pl.String).str.strip_suffix(".0")


def why_no_amount(text: str) -> str:
    """Say what is wrong with a value that `amounts` does not take."""
    if sum(char.isdigit() for char in text) >= len(str(LARGEST)):
        return "is no amount that can be kept: it has more than 18 decimals or is larger than 10^18"
    return "is not an amount, such as 1234.56"


def common_type(types: Iterable[pl.DataType]) -> pl.DataType:
    """The type that keeps all decimals of several columns of amounts."""
    scale = max(dtype.scale for dtype in types if isinstance(dtype, pl.Decimal))
    return pl.Decimal(28 if scale == USUAL_DECIMALS else 38, scale)
