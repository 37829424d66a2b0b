"""The common messages of the command line in German; what is not listed here stays English."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmkit.errors.base import shown

if TYPE_CHECKING:
    from crmkit.errors import Problem

_MOST_LISTED = 20
_MESSAGES = (
    ("is missing", "fehlt"),
    ("stands for a value that is missing", "steht für einen Wert, der fehlt"),
    ("is not an amount, such as 1234.56", "ist kein Betrag wie 1234,56"),
    (
        "is no amount that can be kept: it has more than 18 decimals or is larger than 10^18",
        "kann nicht als Betrag gespeichert werden: mehr als 18 Nachkommastellen oder größer als 10^18",
    ),
    ("is not a date from {} to {}, such as 2025-12-31 or 31.12.2025", "ist kein Datum von {} bis {} wie 31.12.2025 oder 2025-12-31"),
    ("is not a currency of ISO 4217, such as EUR; did you mean {}?", "ist keine Währung nach ISO 4217 wie EUR; ist {} gemeint?"),
    ("is not a currency of ISO 4217, such as EUR", "ist keine Währung nach ISO 4217 wie EUR"),
    ("is neither 'invoice' nor 'credit_note'", "ist weder 'Rechnung' noch 'Gutschrift'"),
    (
        "is a moment with a time zone; its day depends on yours, so write local days; to take days as they are written, {}",
        "ist ein Zeitpunkt mit Zeitzone, sein Tag hängt von der Ihren ab; Tage ohne Zone schreiben, oder {}",
    ),
    ("can be read two ways, as thousands or as decimals; {}", "ist zweideutig, Tausender oder Nachkommastellen; {}"),
    ("can be read two ways, with the day or the month first; {}", "ist zweideutig, Tag oder Monat zuerst; {}"),
    ("has a decimal comma, and as many others a decimal point; {}", "hat ein Dezimalkomma, ebenso viele andere einen Dezimalpunkt; {}"),
    ("a credit note has no positive {}; {} turns them", "eine Gutschrift hat kein positives {}; {} dreht die Vorzeichen um"),
    ("has {} cells, but the header has {}", "hat {} Zellen, die Kopfzeile aber {}"),
    ("is the name of {} columns; rename one of them", "heißen {} Spalten; eine davon umbenennen"),
    ("is empty; expected a line with the names of the columns", "ist leer; erwartet wird eine Zeile mit den Namen der Spalten"),
    ("has no lines; for an empty report {}", "hat keine Zeilen; für einen leeren Bericht {}"),
    ("cannot be read: No such file or directory", "kann nicht gelesen werden: Die Datei gibt es nicht"),
    ("cannot be read: {}", "kann nicht gelesen werden: {}"),
    ("is not {} text; {}", "ist kein Text in {}; {}"),
    ("is damaged: {}", "ist beschädigt: {}"),
    (
        "is of a kind that is not read ({}); save it as .csv, .parquet or .xlsx",
        "ist von einer Art, die nicht gelesen wird ({}); speichern als .csv, .parquet oder .xlsx",
    ),
    ("is no workbook that can be read; save it again as .xlsx", "ist keine lesbare Arbeitsmappe; noch einmal als .xlsx speichern"),
    ("is protected by a password; save it without", "ist mit einem Kennwort geschützt; ohne speichern"),
    ("has no sheet {}; it has {}", "hat kein Blatt {}; vorhanden: {}"),
    ("cannot be written to: {}", "kann nicht beschrieben werden: {}"),
    (
        "holds another company; give another --folder, or remove it",
        "enthält eine andere Firma; einen anderen --folder angeben oder die Datei entfernen",
    ),
)
_GIVE = re.compile(r"\bgive (--\S+(?: (?:'[^']*'|comma|point)(?: or (?:--\S+ )?(?:'[^']*'|comma|point))*)?)")


def in_german(message: str) -> str:
    """
    Translate what is wrong with a file; what is not known stays as it is.

    >>> in_german("has 3 cells, but the header has 2"), in_german("is not utf-16 text; give --encoding")
    ('hat 3 Zellen, die Kopfzeile aber 2', 'ist kein Text in utf-16; --encoding angeben')
    """
    for english, german in _MESSAGES:
        found = re.fullmatch(re.escape(english).replace(r"\{\}", "(.+)"), message)
        if found is not None:
            return _GIVE.sub(lambda given: f"{given[1].replace(' or ', ' oder ')} angeben", german.format(*found.groups()))
    return message


def problems_in_german(problems: tuple[Problem, ...], *, rest: str) -> str:
    """List the first twenty problems, as `crmkit.errors` does in English; *rest* says where the others are."""
    heading = f"{len(problems)} Problem{'' if len(problems) == 1 else 'e'}; nichts wurde übernommen"
    lines = [heading, *(f"  {_shown(problem)}" for problem in problems[:_MOST_LISTED])]
    if len(problems) > _MOST_LISTED:
        lines.append(f"  … und {len(problems) - _MOST_LISTED} weitere{rest}")
    return "\n".join(lines)


def _shown(problem: Problem) -> str:
    line = "" if problem.line is None else f", Zeile {problem.line}"
    column = "" if problem.column is None else f", Spalte {problem.column}"
    value = "" if problem.value is None else f"{shown(problem.value)} "
    return f"{problem.source}{line}{column}: {value}{problem.message}"
