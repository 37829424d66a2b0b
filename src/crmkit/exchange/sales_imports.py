"""Take the sales lines of files that are right, and keep those that are not beside them, to be put right and to be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs
import polars as pl

from crmkit._checks import check_text, refused
from crmkit.errors import InvalidDataError, Problem
from crmkit.exchange.notation import FileLimits, Notation
from crmkit.exchange.sales_tables import as_facts, not_said_yet, read_lines, standard_column, together
from crmkit.exchange.tables import by_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from crmkit.exchange.columns import Understood
    from crmkit.exchange.raw_tables import RawTable

_KNOWN = {
    "customer_id": pl.String(),
    "document_id": pl.String(),
    "issued_on": pl.Date(),
    "revenue": pl.Decimal(28, 3),
    "currency": pl.String(),
}


@attrs.frozen(eq=False)
class SalesImport:
    """
    What was taken from some files, and what was not.

    Attributes:
        sales: The lines that were taken, as `crmkit.facts.sales` has them.
        rejected: Lines that were not: `source`, `line` (count), `reason` (String), and `customer_id`, `document_id`, `issued_on`, `revenue`
            and `currency` (where a file has one) as far as they could be read, with the sign of the file.
        problems: Everything that is wrong with them, by file and line.
    """

    sales: pl.DataFrame = attrs.field(repr=False)
    rejected: pl.DataFrame = attrs.field(repr=False)
    problems: tuple[Problem, ...] = attrs.field(repr=False)


def import_sales(
    paths: Path | str | Iterable[Path | str],
    *,
    names: Mapping[str, str] | None = None,
    notation: Notation = Notation(),  # noqa: B008  a frozen value
    limits: FileLimits = FileLimits(),  # noqa: B008  a frozen value
    credit_notes: Literal["negative", "positive"] = "negative",
) -> SalesImport:
    r"""
    Read sales lines as `read_sales` does, but take the lines that are right and reject the others one by one.

    `crmkit.history.control_totals(imported.sales, rejected=imported.rejected)` tells how many were read, taken and rejected, and over how
    much.

    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "sales.csv").write_text("customer_id;issued_on;revenue\nC-1;2025-12-31;100\nC-2;2025-13-31;20\n")
    ...     imported = import_sales(f"{folder}/sales.csv")
    >>> imported.sales.height, imported.rejected.select("line", "customer_id", "revenue").rows()
    (1, [(3, 'C-2', Decimal('20.000'))])

    Args:
        paths: One file, or several whose rows follow each other.
        names: Standard name = the file's own name.
        notation: How the files write their values; what is not given is found, for each file by itself.
        limits: How large each may be.
        credit_notes: How the files write the amounts of credit notes.

    Raises:
        InvalidDataError: For what is wrong with a file as a whole, such as a column that can be read in two ways.
        MissingColumnError: Naming the first file without a column that is needed.
    """
    mapped = {standard_column(name): check_text(f"names[{name!r}]", own) for name, own in (names or {}).items()}
    needed_too = ("document_kind",) if credit_notes == "positive" else ()
    taken, rejected, problems = list[pl.DataFrame](), list[pl.DataFrame](), list[Problem]()
    for path in [paths] if isinstance(paths, str) or not hasattr(paths, "__iter__") else paths:
        rows, raw, there, found = read_lines(path, mapped, needed_too, notation=notation, limits=limits, on_read=None)
        left, wrong = rows, list(found)
        lines = raw.lines_of(range(raw.frame.height)) if found else []
        while True:
            _check_lines(wrong, lines, frozenset(there[name] for name in rows.unread))
            left = _without(left, {problem.line for problem in wrong}, lines)
            table, more = as_facts(left, raw, there, credit_notes=credit_notes)
            if not more:
                break
            lines = lines or raw.lines_of(range(raw.frame.height))
            wrong += not_said_yet(more, wrong)
        taken.append(table)
        rejected.append(_rejected(rows, raw, wrong, lines))
        problems += by_line(wrong)
    if not taken:
        raise refused("paths", (), "at least one file")
    return SalesImport(together(taken), pl.concat(rejected, how="diagonal"), tuple(problems))


def _check_lines(problems: Iterable[Problem], lines: Iterable[int | None], unread: frozenset[str]) -> None:
    """Refuse the file for what is wrong with more of it than a line."""
    there = frozenset(lines) - {None}
    of_all = tuple(problem for problem in problems if problem.line not in there or problem.column in unread)
    if of_all:
        raise InvalidDataError(of_all)


def _without(rows: Understood, wrong: set[int | None], lines: list[int | None]) -> Understood:
    if not wrong:
        return rows
    places = range(rows.frame.height) if rows.kept is None else rows.kept
    right = pl.Series([lines[place] not in wrong for place in places], dtype=pl.Boolean)
    kept = pl.Series(places, dtype=pl.UInt32).filter(right)
    return attrs.evolve(rows, frame=rows.frame.filter(right), kept=kept)


def _rejected(rows: Understood, raw: RawTable, problems: Iterable[Problem], lines: list[int | None]) -> pl.DataFrame:
    reasons: dict[int | None, str] = {}
    for problem in problems:
        reasons.setdefault(problem.line, f"{problem.column or 'line'} {problem.message}")
    places = range(rows.frame.height) if rows.kept is None else rows.kept
    found = [lines[place] if lines else None for place in places]
    known = {name: dtype for name, dtype in _KNOWN.items() if name != "currency" or name in rows.frame.columns}
    read = [(pl.col(name) if name in rows.frame.columns else pl.lit(None)).cast(dtype).alias(name) for name, dtype in known.items()]
    told = rows.frame.with_columns(pl.Series("line", found, dtype=pl.Int64)).filter(pl.col("line").is_in(list(reasons)))
    reason = pl.col("line").replace_strict(reasons, default=None, return_dtype=pl.String).alias("reason")
    return told.select(pl.lit(raw.source).alias("source"), "line", reason, *read)
