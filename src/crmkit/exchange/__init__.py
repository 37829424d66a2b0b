"""Tables from files: CSV, Parquet and Excel, read exactly or refused with every problem and its place; calendars in and out."""

import lazy_loader

from crmkit.exchange._needs import need

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)  # decision 0008; the names stand in __init__.pyi

_OF_CALENDARS = frozenset({"CalendarContents", "CalendarEntry", "read_calendar", "update_calendar", "write_calendar"})


def __getattr__(name: str) -> object:
    """Load a name when it is asked for, or say which extra it needs."""
    if name in _OF_CALENDARS:
        need("icalendar", extra="calendar")
    elif name in __all__:
        need("polars", extra="analytics")
    return _load(name)
