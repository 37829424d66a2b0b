"""What `crmkit report` does: read, compute, write."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from crmkit.cli.missing_columns import no_cost_hint
from crmkit.errors import InvalidDataError, Problem
from crmkit.exchange import Notation, read_sales

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
) -> tuple[str, str | None]:
    """Read the files and write the overview, as text or as JSON; tell what would make it better."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    with _progress(files) as on_read, ThreadPoolExecutor(max_workers=1) as reader:
        reading = reader.submit(read_sales, files, names=names, notation=Notation(**notation), credit_notes=credit_notes, on_read=on_read)
        from crmkit.reporting import CALL_EVERY, as_text, sales_overview  # noqa: PLC0415  while the files are being read

        sales = reading.result()
        overview = sales_overview(
            sales,
            as_of=as_of or _last_day(sales, files),
            lost_since=lost_since,
            call_every={**CALL_EVERY, **call_every},
            most=most,
        )
    text = json.dumps(overview.as_dict(), ensure_ascii=False, indent=2) if as_data else as_text(overview, language=language)
    return text, no_cost_hint(sales.columns, language)


def _last_day(sales: pl.DataFrame, files: Sequence[Path]) -> date:
    last: date | None = sales["issued_on"].max()  # type: ignore[assignment]  # a column of days
    if last is None:
        raise InvalidDataError(
            tuple(Problem(str(file), None, None, None, "has no lines; for an empty report give --as-of") for file in files)
        )
    return last


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
