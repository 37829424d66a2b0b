"""How analyses read frames and hand them back; the rest of crmkit imports from here."""

from crmkit._frames.days import added, date_from_number, day_literal, day_number
from crmkit._frames.tables import CURRENCY, Asked, F, Lazy, Table, check_number, kind_of, opened

__all__ = [
    "CURRENCY",
    "Asked",
    "F",
    "Lazy",
    "Table",
    "added",
    "check_number",
    "date_from_number",
    "day_literal",
    "day_number",
    "kind_of",
    "opened",
]
