"""Conditions as data: a column, a test and a value. Segments, score rules and stores read the same ones."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias, cast, get_args

import attrs

from crmkit._checks import check_choice, check_instant, check_kind, check_text, refused

__all__ = ["Condition", "ConditionTest", "ConditionValue", "Scalar"]

ConditionTest = Literal["equal", "not_equal", "at_least", "more_than", "at_most", "less_than", "one_of", "missing"]
Scalar: TypeAlias = str | int | Decimal | bool | date | datetime
ConditionValue: TypeAlias = Scalar | tuple[Scalar, ...]

_SCALARS = get_args(Scalar)


@attrs.frozen
class Condition:
    """
    One test of one column. A missing value passes no test but "missing".

    Attributes:
        column: The column, or the declared field of a stored record.
        test: How it is tested.
        value: What it is compared with; for "one_of" several; for "missing" True or False.

    >>> Condition("revenue", "at_least", 1000).holds_for(1000)
    True
    """

    column: str
    test: ConditionTest
    value: ConditionValue = True

    def __attrs_post_init__(self) -> None:
        """Refuse values that do not fit the test."""
        check_text("column", self.column)
        check_choice("test", self.test, ConditionTest)
        if self.test == "one_of":
            for item in check_kind("value", self.value, tuple):
                self._check_scalar(item)
        elif self.test == "missing":
            check_kind("value", self.value, bool)
        else:
            self._check_scalar(self.value)

    def _check_scalar(self, value: object) -> None:
        if isinstance(value, float) or not isinstance(value, _SCALARS):
            raise refused("value", value, "text, int, Decimal, bool, date or aware datetime; several of them only with 'one_of'")
        if isinstance(value, datetime):
            check_instant("value", value)

    def holds_for(self, found: Scalar | None) -> bool:
        """Tell whether a value passes."""
        if self.test == "missing":
            return (found is None) == self.value
        if found is None:
            return False
        if self.test == "one_of":
            return found in cast("tuple[Scalar, ...]", self.value)
        return self._compares(found)

    def _compares(self, found: Scalar) -> bool:
        value = cast("int", self.value)
        number = cast("int", found)
        match self.test:
            case "equal":
                return found == value
            case "not_equal":
                return found != value
            case "at_least":
                return number >= value
            case "more_than":
                return number > value
            case "at_most":
                return number <= value
            case _:
                return number < value
