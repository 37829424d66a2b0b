"""How analyses read frames and hand them back; the rest of crmkit imports from here."""

from crmkit._frames.days import day_literal, day_number, day_ordinal, with_added, with_day
from crmkit._frames.tables import CURRENCY, Asked, F, Lazy, Table, check_number, kind_of, opened

__all__ = [
    "CURRENCY",
    "Asked",
    "F",
    "Lazy",
    "Table",
    "check_number",
    "day_literal",
    "day_number",
    "day_ordinal",
    "kind_of",
    "opened",
    "with_added",
    "with_day",
]
