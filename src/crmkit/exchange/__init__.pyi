from .calendar_fields import CalendarEntry
from .calendar_reading import CalendarContents, read_calendar
from .calendar_updates import update_calendar
from .calendar_writing import write_calendar
from .column_names import closest_column
from .free_busy import read_free_busy, write_free_busy
from .notation import ColumnType, DecimalMark, FileLimits, Notation
from .sales_imports import SalesImport, import_sales
from .sales_tables import SALES_TYPES, read_sales
from .tables import read_table

__all__ = [
    "SALES_TYPES",
    "CalendarContents",
    "CalendarEntry",
    "ColumnType",
    "DecimalMark",
    "FileLimits",
    "Notation",
    "SalesImport",
    "closest_column",
    "import_sales",
    "read_calendar",
    "read_free_busy",
    "read_sales",
    "read_table",
    "update_calendar",
    "write_calendar",
    "write_free_busy",
]
