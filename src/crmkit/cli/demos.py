"""What `crmkit demo` does: a sample company in a SQLite file, its overview, and the call list of its day."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from crmkit import Crm, Scope, Settings
from crmkit.entities import Party
from crmkit.errors import InvalidDataError, NotStoredError, Problem
from crmkit.reporting import as_text, sales_overview
from crmkit.reporting.text_tables import text_table
from crmkit.reporting.words import day_text
from crmkit.testing import SampleCompany, sample_company

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATABASE = "crm.db"
_SALES = "sales.csv"
_SCOPE = Scope(tenant="demo", actor="demo")
_MOST_CALLS = 10
_TEXTS = {
    "made": (
        "A sample company (invented): {parties} parties, {documents} documents, {interactions} interactions, in {path}",
        "Eine Beispielfirma (erfunden): {parties} Adressen, {documents} Belege, {interactions} Kontakte, in {path}",
    ),
    "kept": ("The sample company in {path} is used as it is.", "Die Beispielfirma in {path} wird verwendet, wie sie ist."),
    "calls": ("Call list of {day}: {count} parties; the most urgent", "Anrufliste für den {day}: {count} Adressen; die dringendsten"),
    "columns": ("Party|Name|Who|Why", "Adresse|Name|Wer|Warum"),
    "next": ("What to type next", "Wie es weitergeht"),
}


def shown_demo(folder: Path, *, customers: int, seed: int, language: Any) -> Iterator[str]:  # noqa: ANN401  checked by click
    """
    Make or reuse the sample company of a folder, and say piece by piece what it shows.

    Raises:
        InvalidDataError: When the folder cannot be written to, or its database holds something else.
    """
    company = sample_company(seed=seed, customers=customers)
    database = _prepared(folder, company)
    with Crm.open(f"sqlite:///{database.as_posix()}", scope=_SCOPE, settings=Settings(zone="Europe/Berlin")) as crm:
        yield _say("made" if _loaded(crm, company, database) else "kept", language, company=company, path=database)
        overview = sales_overview(crm.facts.sales(), as_of=company.as_of, lost_since=company.lost_since, customers=crm.facts.customers())
        yield "\n" + as_text(overview, language=language)
        yield "\n" + _call_list(crm, company, language)
    yield "\n" + _next_steps(folder, company, language)


def _prepared(folder: Path, company: SampleCompany) -> Path:
    """Make the folder with the sales as a German CSV file; a database that is there stays."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_sales(folder / _SALES, company)
    except OSError as error:
        raise InvalidDataError((Problem(str(folder), None, None, None, f"cannot be written to: {error.strerror}"),)) from None
    return folder / _DATABASE


def _write_sales(path: Path, company: SampleCompany) -> None:
    sales = company.facts.sales()
    named = {
        "customer_id": "Kunde",
        "issued_on": "Datum",
        "document_id": "Beleg",
        "item_id": "Artikel",
        "quantity": "Menge",
        "revenue": "Netto",
        "cost": "Einstand",
        "salesperson_id": "Verkäufer",
    }
    sales.select(*named).rename(named).write_csv(path, separator=";", decimal_comma=True, date_format="%d.%m.%Y", include_bom=True)


def _loaded(crm: Crm, company: SampleCompany, database: Path) -> bool:
    """Fill an empty database; one with this company is kept, one with anything else is refused."""
    if not crm.facts.customers().select("customer_id").collect().height:
        company.load_into(crm)
        return True
    try:
        is_same = crm.get(Party, company.parties[-1].id).name == company.parties[-1].name
    except NotStoredError:
        is_same = False
    if not is_same:
        raise InvalidDataError((Problem(str(database), None, None, None, "holds another company; give another --folder, or remove it"),))
    return False


def _call_list(crm: Crm, company: SampleCompany, language: Any) -> str:  # noqa: ANN401  checked by click
    queue = crm.work_queue(as_of=company.as_of, limit=len(company.parties))
    rows = [
        [row.party.id, row.party.name, row.employee_id or "", "; ".join(reason.text(language) for reason in row.reasons)]
        for row in queue.rows[:_MOST_CALLS]
        if row.party is not None
    ]
    title = _TEXTS["calls"][language == "de"].format(day=day_text(company.as_of, language), count=len(queue))
    return title + "\n" + text_table(_TEXTS["columns"][language == "de"].split("|"), rows, align=["left"] * 4)


def _say(key: str, language: Any, *, company: SampleCompany, path: Path) -> str:  # noqa: ANN401  checked by click
    counts = {name: len(getattr(company, name)) for name in ("parties", "documents", "interactions")}
    return _TEXTS[key][language == "de"].format(path=path, **counts)


def _next_steps(folder: Path, company: SampleCompany, language: Any) -> str:  # noqa: ANN401  checked by click
    """Give two commands that run as they stand, also where no `crmkit` or `python` is on the path."""
    mapped = "customer_id=Kunde issued_on=Datum document_id=Beleg revenue=Netto cost=Einstand quantity=Menge"
    python = quote(os.path.relpath(sys.executable) if Path(sys.executable).is_relative_to(Path.cwd()) else sys.executable)
    report = f"{python} -m crmkit.cli report {quote(str(folder / _SALES))} --map {mapped} --as-of {company.as_of} --language {language}"
    opened = f"Crm.open('sqlite:///{(folder / _DATABASE).as_posix()}', scope=Scope(tenant='demo', actor='you'))"
    script = f'{python} -c "from crmkit import Crm, Scope; crm = {opened}; print(crm.facts.customers().collect())"'
    return "\n".join([_TEXTS["next"][language == "de"], f"  {report}", f"  {script}"])
