"""The commands with their options; each one calls the library and prints what comes back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from crmkit.cli.options import DAY, ManyValues, frequency, mapped, once
from crmkit.errors import CrmkitError, InvalidDataError, InvalidValueError, MissingColumnError

if TYPE_CHECKING:
    from datetime import datetime

_FILES = click.Path(path_type=Path)
_WRONG_INPUT = 2


class _Refused(click.ClickException):
    """Wrong input: the message goes to stderr, without a traceback."""

    exit_code = _WRONG_INPUT

    def __init__(self, message: str, language: str = "en") -> None:
        super().__init__(message)
        self.language = language

    def show(self, file: IO[Any] | None = None) -> None:
        """Write it."""
        click.echo(f"{'Fehler' if self.language == 'de' else 'Error'}: {self.message}", file=file, err=file is None)


class _Commands(click.Group):
    """Turn the errors of the library into messages."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  as click declares it
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        try:
            return super().invoke(ctx)
        except InvalidValueError as error:
            from crmkit.cli.refusals import refused_option  # noqa: PLC0415  only needed here

            raise _Refused(refused_option(error)) from None
        except CrmkitError as error:
            raise _Refused(str(error)) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="crmkit")
def commands() -> None:
    """Figures about customers: who brings profit, who loses money, who is lost, whom to call."""


@commands.command(cls=ManyValues)
@click.argument("sales", nargs=-1, required=True, type=_FILES)
@click.option(
    "--map",
    "names",
    multiple=True,
    type=mapped,
    metavar="NAME=COLUMN …",
    help="Standard name = your column, for example customer_id=Kunde.",
)
@click.option("--as-of", type=DAY, help="Today. The last day of the data unless given.")
@click.option("--lost-since", type=DAY, help="Who has not bought since is lost. Twelve months before --as-of unless given.")
@click.option(
    "--call-every",
    multiple=True,
    type=frequency,
    metavar="CLASS=DAYS …",
    help="Call frequency by class; 6w are weeks, 3m months.  [default: A=30 B=60 C=90]",
)
@click.option(
    "--credit-notes",
    type=click.Choice(["negative", "positive"]),
    default="negative",
    show_default=True,
    help="How your system writes the amounts of credit notes.",
)
@click.option("--delimiter", help="What stands between cells. Found unless given.")
@click.option("--decimal", type=click.Choice(["comma", "point"]), help="1.234,56 or 1,234.56. Found unless given.")
@click.option("--encoding", help="For example cp1252. Found unless given.")
@click.option("--date-format", help="For example %d.%m.%Y. Found unless given.")
@click.option("--sheet", help="Sheet of a workbook. The first unless given.")
@click.option("--skip-lines", type=click.IntRange(min=0), help="Lines before the names of the columns.")
@click.option("--top", "most", type=click.IntRange(min=0), default=10, show_default=True, help="Most rows of each list.")
@click.option("--language", type=click.Choice(["en", "de"]), default="en", show_default=True)
@click.option("--json", "as_data", is_flag=True, help="The same as data, and what is wrong with the files too.")
@click.option("--problems", type=_FILES, metavar="FILE", help="Write all that is wrong with the files to this CSV file.")
def report(
    *,
    sales: tuple[Path, ...],
    names: tuple[tuple[str, str], ...],
    as_of: datetime | None,
    lost_since: datetime | None,
    call_every: tuple[tuple[str, Any], ...],
    credit_notes: str,
    most: int,
    language: str,
    as_data: bool,
    problems: Path | None,
    **notation: Any,  # noqa: ANN401  the options of Notation as they are
) -> None:
    """
    Say what the SALES lines in CSV, Parquet or Excel files say about customers.

    \b
    crmkit report invoices.csv --map customer_id=Kunde issued_on=Datum revenue=Netto cost=Einstand
    """  # noqa: D301  click's mark for lines that are kept
    from crmkit.cli.reports import printed_report  # noqa: PLC0415  what it loads takes longer than --help should

    try:
        text, hint = printed_report(
            sales,
            names=once("--map", names),
            notation=notation,
            credit_notes=credit_notes,
            as_of=None if as_of is None else as_of.date(),
            lost_since=None if lost_since is None else lost_since.date(),
            call_every=once("--call-every", call_every),
            most=most,
            language=language,
            as_data=as_data,
        )
    except (InvalidDataError, MissingColumnError) as error:
        from crmkit.cli.refusals import refused_files  # noqa: PLC0415  only needed here

        data, message = refused_files(error, names=dict(names), file=problems, as_data=as_data, language=language)
        if data:
            click.echo(data)
        raise _Refused(message, language) from None
    click.echo(text)
    if hint is not None:
        click.echo(hint, err=True)


@commands.command()
@click.option("--folder", type=_FILES, default=Path("crmkit-demo"), show_default=True, help="Where the files of the sample company go.")
@click.option("--customers", type=click.IntRange(min=20), default=100, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed is another company.")
@click.option("--language", type=click.Choice(["en", "de"]), default="en", show_default=True)
def demo(*, folder: Path, customers: int, seed: int, language: str) -> None:
    """Make a sample company, store it, and print its overview and the call list of the day."""
    from crmkit.cli.demos import shown_demo  # noqa: PLC0415  as above

    try:
        for text in shown_demo(folder, customers=customers, seed=seed, language=language):
            click.echo(text)
    except InvalidDataError as error:
        from crmkit.cli.refusals import refused_files  # noqa: PLC0415  only needed here

        raise _Refused(refused_files(error, language=language)[1], language) from None
