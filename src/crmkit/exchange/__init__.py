"""Tables from files: CSV, Parquet and Excel, read exactly or refused with every problem and its place; calendars in and out."""

from importlib.util import find_spec

import lazy_loader

from crmkit.exchange._needs import need

_load, _, _names = lazy_loader.attach_stub(__name__, __file__)  # decision 0008; the names stand in __init__.pyi

_OF_CALENDARS = frozenset(
    {"CalendarContents", "CalendarEntry", "read_calendar", "read_free_busy", "update_calendar", "write_calendar", "write_free_busy"}
)

# What cannot be loaded is not listed, so that `help` and `import *` work with the extras that there are.
__all__ = [name for name in _names if find_spec("icalendar" if name in _OF_CALENDARS else "polars")]  # text


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> object:
    """Load a name when it is asked for, or say which extra it needs."""
    if name in _OF_CALENDARS:
        need("icalendar", extra="calendar")
    elif name in _names:
        need("polars", extra="analytics")
    return _load(name)
