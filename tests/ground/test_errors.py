"""Errors carry data, say what to do, and survive pickling."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest

from crmkit import errors
from crmkit.errors import CrmkitError, InvalidDataError, InvalidValueError, Problem

EXAMPLES: tuple[tuple[CrmkitError, str], ...] = (
    (errors.InvalidValueError("amount", -5, "zero or more"), "amount=-5 is not allowed; expected zero or more"),
    (errors.CurrencyMismatchError("EUR", "CHF"), "EUR and CHF do not mix"),
    (InvalidDataError((Problem("a.csv", 3, "date", "x", "is no date"),)), "a.csv, line 3, column date: 'x' is no date"),
    (
        errors.MissingColumnError(("revenue",), ("id", "turnover"), "sales"),
        "missing column 'revenue' in sales; the frame has 'id', 'turnover'",
    ),
    (
        errors.MissingColumnError(("profit",), ("id",), "frame"),
        "missing column 'profit' in the frame; the frame has 'id'. Name one of those",
    ),
    (errors.MissingColumnError(("a", "b"), (), "sales"), "missing columns 'a', 'b' in sales; the frame has none"),
    (errors.MixedFramesError("polars", "pandas"), "polars and pandas do not mix"),
    (errors.UnsupportedEngineError("time zones", "DuckDB", ("Polars", "pandas")), "It works on Polars, pandas"),
    (errors.UndefinedMetricError("roi", "the cost is zero"), "roi is undefined: the cost is zero"),
    (errors.StateMoveError("recall", "R-1", "done", "cancelled", ()), "cannot move from 'done' to 'cancelled'; allowed: none"),
    (
        errors.StateMoveError("document", "G-1", "open", "cancelled", (), "It is issued; crm.void() takes it back"),
        "cannot move from 'open' to 'cancelled'; allowed: none. It is issued; crm.void() takes it back",
    ),
    (errors.NotStoredError("party", "C-17"), "no party with id 'C-17' is stored"),
    (errors.SlotTakenError("anna", datetime(2026, 1, 1, tzinfo=UTC)), "employee 'anna' is busy at 2026-01-01T00:00:00+00:00"),
    (errors.StaleWriteError("party", "C-17", 1, 2), "'C-17' is at version 2, the change was based on 1; get() it again"),
    (errors.StaleWriteError("party", "C-17", 0, 2), "exists already (version 2); use change()"),
    (errors.KeyReusedError("k-1"), "key 'k-1' was used before"),
    (errors.NotPermittedError("anna", "add"), "actor 'anna' may not 'add'"),
    (errors.StoreError("23514", "ck_party"), "the database refused (23514) by ck_party"),
    (errors.StoreError("disk full"), "the database refused (disk full)"),
    (errors.StoreError("SQLITE_CANTOPEN"), "the database refused (SQLITE_CANTOPEN): the folder of the file must exist"),
    (errors.OutcomeUnknownError("08006"), "lost while committing (08006)"),
    (errors.TransientStoreError("40001"), "could not do it just now (40001); nothing was stored"),
    (errors.MissingExtraError("sql", "sqlalchemy"), "pip install 'crmkit[sql]'"),
)


@pytest.mark.parametrize(("error", "text"), EXAMPLES, ids=[text for _, text in EXAMPLES])
def test_the_message_shows_the_value_and_what_to_do(error: CrmkitError, text: str) -> None:
    assert text in str(error)


@pytest.mark.parametrize("error", [error for error, _ in EXAMPLES], ids=[text for _, text in EXAMPLES])
def test_an_error_survives_pickling(error: CrmkitError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes

    assert type(again) is type(error)
    assert str(again) == str(error)


def test_every_error_has_an_example_here() -> None:
    classes = {getattr(errors, name) for name in errors.__all__} - {CrmkitError, Problem}

    assert {type(error) for error, _ in EXAMPLES} == classes


@pytest.mark.parametrize("parent", [ValueError, TypeError, LookupError, ArithmeticError, ImportError])
def test_a_builtin_parent_is_there_where_a_caller_would_catch_it(parent: type[Exception]) -> None:
    assert any(isinstance(error, parent) for error, _ in EXAMPLES)


def test_a_long_value_is_cut() -> None:
    assert len(str(InvalidValueError("name", "x" * 1000, "less"))) < 140


def test_a_batch_names_all_its_problems_and_lists_twenty() -> None:
    problems = tuple(Problem("a.csv", line, None, None, "is empty") for line in range(1, 26))

    error = InvalidDataError(problems)

    assert error.problems == problems
    assert str(error).startswith("25 problems; nothing was taken over")
    assert "line 20: is empty" in str(error)
    assert "line 21" not in str(error)
    assert "and 5 more" in str(error)


def test_an_error_can_be_chained_and_noted() -> None:
    error = InvalidValueError("a", 1, "2")
    with pytest.raises(InvalidValueError) as caught:
        raise error from KeyError("x")
    caught.value.add_note("seen")
    assert isinstance(caught.value.__cause__, KeyError)
