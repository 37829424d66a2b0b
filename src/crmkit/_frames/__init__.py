"""How analyses read frames and hand them back; the rest of crmkit imports from here."""

from crmkit._frames.comparisons import compared, tested
from crmkit._frames.days import day_literal, day_number, day_ordinal, with_added, with_day
from crmkit._frames.detours import Lazy, plain_rows
from crmkit._frames.tables import CURRENCY, Asked, F, Table, check_number, opened
from crmkit._frames.whole_numbers import number_rows

__all__ = [
    "CURRENCY",
    "Asked",
    "F",
    "Lazy",
    "Table",
    "check_number",
    "compared",
    "day_literal",
    "day_number",
    "day_ordinal",
    "number_rows",
    "opened",
    "plain_rows",
    "tested",
    "with_added",
    "with_day",
]
