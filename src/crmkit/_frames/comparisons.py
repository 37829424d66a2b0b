"""Comparing a column with one exact number, in the column's own type."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import TYPE_CHECKING, Literal

import narwhals.stable.v2 as nw

if TYPE_CHECKING:
    from narwhals.stable.v2 import Expr
    from narwhals.stable.v2.dtypes import DType

    from crmkit._checks import Exact

Test = Literal["equal", "not_equal", "at_least", "more_than", "at_most", "less_than"]

_EXACT = Context(prec=80)


def compared(column: Expr, dtype: DType, test: Test, number: Exact) -> Expr:
    """
    Compare numbers exactly: engines do not agree on integers beside decimals, or on decimals of different scales.

    A bound between two numbers of the column's type is moved to the next of them that gives the same answer.
    """
    if dtype.is_float():
        return tested(column, test, nw.lit(float(number)))
    unit = Decimal(1).scaleb(-dtype.scale) if isinstance(dtype, nw.Decimal) else Decimal(1)
    steps = _EXACT.divide(Decimal(number), unit)
    upwards = test in {"at_least", "less_than"}
    whole = steps.to_integral_value(ROUND_CEILING if upwards else ROUND_FLOOR)
    if test in {"equal", "not_equal"} and whole != steps:
        return column.is_null() if test == "equal" else ~column.is_null()
    bound = _EXACT.multiply(whole, unit)
    return tested(column, test, nw.lit(bound) if isinstance(dtype, nw.Decimal) else nw.lit(int(bound)))


def tested(column: Expr, test: Test, bound: Expr) -> Expr:
    """Compare a column with a bound of its own type."""
    match test:
        case "equal":
            return column == bound
        case "not_equal":
            return column != bound
        case "at_least":
            return column >= bound
        case "more_than":
            return column > bound
        case "at_most":
            return column <= bound
        case _:
            return column < bound
