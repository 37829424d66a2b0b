"""How analyses read frames and hand them back; the rest of crmkit imports from here."""

from crmkit._frames.amounts import check_alike, check_day, check_number, check_same
from crmkit._frames.comparisons import compared, tested
from crmkit._frames.days import day_literal, day_number, day_ordinal, microseconds_between, with_added, with_day
from crmkit._frames.detours import Lazy, plain_rows
from crmkit._frames.known_rows import known_rows
from crmkit._frames.nothing import cast_nothing, holds_nothing
from crmkit._frames.sums import (
    amount_of,
    check_currencies_meet,
    in_each_currency,
    one_where,
    quotient,
    ratio,
    scale_of,
    share_of,
    stacked,
    summed,
    units,
)
from crmkit._frames.tables import CURRENCY, Asked, F, Table, opened

__all__ = [
    "CURRENCY",
    "Asked",
    "F",
    "Lazy",
    "Table",
    "amount_of",
    "cast_nothing",
    "check_alike",
    "check_currencies_meet",
    "check_day",
    "check_number",
    "check_same",
    "compared",
    "day_literal",
    "day_number",
    "day_ordinal",
    "holds_nothing",
    "in_each_currency",
    "known_rows",
    "microseconds_between",
    "one_where",
    "opened",
    "plain_rows",
    "quotient",
    "ratio",
    "scale_of",
    "share_of",
    "stacked",
    "summed",
    "tested",
    "units",
    "with_added",
    "with_day",
]
