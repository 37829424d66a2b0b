"""What `crmkit report` does: read, compute, write."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from crmkit.errors import InvalidDataError, MissingColumnError, Problem
from crmkit.exchange import Notation, closest_column, read_sales

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    import polars as pl

    from crmkit.periods import Interval

_LONG_BYTES = 4 * 1024**2
_SWITCH_SECONDS = 0.0005  # the reader hands over to native code often; with the usual 5 ms it would mostly wait


def printed_report(
    files: Sequence[Path],
    *,
    names: Mapping[str, str],
    notation: Mapping[str, Any],
    credit_notes: Any,  # noqa: ANN401  checked by click
    as_of: date | None,
    lost_since: date | None,
    call_every: Mapping[Any, Interval],
    most: int,
    language: Any,  # noqa: ANN401  checked by click
    as_data: bool,
) -> str:
    """Read the files and write the overview, as text or as JSON."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    with _progress(files) as on_read, ThreadPoolExecutor(max_workers=1) as reader:
        reading = reader.submit(read_sales, files, names=names, notation=Notation(**notation), credit_notes=credit_notes, on_read=on_read)
        from crmkit.reporting import CALL_EVERY, as_text, sales_overview  # noqa: PLC0415  while the files are being read

        try:
            sales = reading.result()
        except MissingColumnError as error:
            raise click.UsageError(_what_to_map(error, names)) from None
        overview = sales_overview(
            sales,
            as_of=as_of or _last_day(sales, files),
            lost_since=lost_since,
            call_every={**CALL_EVERY, **call_every},
            most=most,
        )
    return json.dumps(overview.as_dict(), ensure_ascii=False, indent=2) if as_data else as_text(overview, language=language)


def _last_day(sales: pl.DataFrame, files: Sequence[Path]) -> date:
    last: date | None = sales["issued_on"].max()  # type: ignore[assignment]  # a column of days
    if last is None:
        raise InvalidDataError(
            tuple(Problem(str(file), None, None, None, "has no lines; for an empty report give --as-of") for file in files)
        )
    return last


def _what_to_map(error: MissingColumnError, names: Mapping[str, str]) -> str:
    """Name what is missing beside what exists, and what to type."""
    asked = ", ".join(f"{name} (as {names[name]!r})" if name in names else name for name in error.missing)
    tried = dict.fromkeys(error.missing)
    if "revenue" in tried and closest_column("revenue", error.available) is None and closest_column("unit_price", error.available):
        tried = {**{name: None for name in tried if name != "revenue"}, "quantity": None, "unit_price": None}
    tries = " ".join(f"{name}={_typed(closest_column(name, error.available))}" for name in tried)
    there = ", ".join(map(repr, error.available))
    return f"missing {'column' if len(error.missing) == 1 else 'columns'} {asked}; the file has {there}\nTry: --map {tries}"


def _typed(column: str | None) -> str:
    if column is None:
        return "…"
    return column if column.isalnum() else f'"{column}"'


def _is_terminal() -> bool:
    return sys.stderr.isatty()


@contextmanager
def _progress(files: Sequence[Path]) -> Iterator[Callable[[int], None] | None]:
    """Show how far reading is, on a terminal and for long files only."""
    size = sum(file.stat().st_size for file in files if file.is_file())
    if size < _LONG_BYTES or not _is_terminal():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415  slow to load, and only needed here
    from rich.progress import Progress  # noqa: PLC0415  as above

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=size)

        def on_read(count: int) -> None:
            progress.advance(task, count)
            if progress.finished:  # what follows takes longest and tells no share, so that the bar only moves
                progress.update(task, description="computing", total=None)

        yield on_read
