"""Tables from files: CSV, Parquet and Excel, read exactly or refused with every problem and its place."""

import crmkit.exchange._needs  # noqa: F401  says which extra is missing, before the others fail
from crmkit.exchange.column_names import closest_column
from crmkit.exchange.notation import ColumnType, DecimalMark, FileLimits, Notation
from crmkit.exchange.sales_tables import SALES_TYPES, read_sales
from crmkit.exchange.tables import read_table

__all__ = ["SALES_TYPES", "ColumnType", "DecimalMark", "FileLimits", "Notation", "closest_column", "read_sales", "read_table"]
