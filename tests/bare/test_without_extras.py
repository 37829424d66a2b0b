"""What crmkit does with nothing but its hard dependencies, and how it says what is missing for the rest."""

from __future__ import annotations

import importlib
import importlib.metadata
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import crmkit
from crmkit import Money, Period, days
from crmkit.classification import abc_classes
from crmkit.entities import Document, Line, Party, structure, unstructure
from crmkit.errors import MissingExtraError
from crmkit.metrics import roi
from crmkit.scheduling import PublicHolidays

NEEDED_TO_TEST = {"crmkit", "pytest"}


def is_installed(package: str) -> bool:
    try:
        importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def test_this_installation_is_bare() -> None:
    required = [Requirement(text) for text in importlib.metadata.requires("crmkit") or []]
    extras = {requirement.name for requirement in required if "extra" in str(requirement.marker)} - NEEDED_TO_TEST

    assert extras
    assert [package for package in sorted(extras) if is_installed(package)] == []


def test_crmkit_under_test_is_the_installed_wheel() -> None:
    assert "site-packages" in Path(crmkit.__file__).parts


@pytest.mark.parametrize(
    "room", ["classification", "entities", "errors", "facts", "history", "metrics", "persistence", "scheduling", "store"]
)
def test_a_room_opens_without_extras(room: str) -> None:
    assert importlib.import_module(f"crmkit.{room}").__all__


@pytest.mark.parametrize(
    ("room", "extra"),
    [("persistence.sql", "sql"), ("testing.strategies", "testing"), ("duplicates.comparing", "match")],
    ids=lambda part: part,
)
def test_a_room_behind_an_extra_says_what_to_install(room: str, extra: str) -> None:
    with pytest.raises(MissingExtraError) as refusal:
        importlib.import_module(f"crmkit.{room}")

    assert f"pip install 'crmkit[{extra}]'" in str(refusal.value)


@pytest.mark.parametrize(("name", "extra"), [("read_sales", "analytics"), ("read_calendar", "calendar")])
def test_a_file_says_what_to_install(name: str, extra: str) -> None:
    with pytest.raises(MissingExtraError, match=rf"pip install 'crmkit\[{extra}\]'"):
        getattr(importlib.import_module("crmkit.exchange"), name)


def test_public_holidays_say_what_to_install() -> None:
    with pytest.raises(MissingExtraError, match=r"pip install 'crmkit\[holidays\]'"):
        PublicHolidays("DE")


def test_a_database_says_what_to_install() -> None:
    with pytest.raises(MissingExtraError, match=r"pip install 'crmkit\[sql\]'"):
        crmkit.Crm.open("sqlite:///crm.db", scope=crmkit.Scope(tenant="acme", actor="anna"))


def test_the_command_line_says_what_to_install() -> None:
    answer = subprocess.run([Path(sys.executable).with_name("crmkit"), "demo"], capture_output=True, check=False, text=True)

    assert answer.returncode != 0
    assert "pip install 'crmkit[cli]'" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_figures_over_single_numbers_are_exact() -> None:
    assert roi(gain=Money.of(75_000, "EUR"), cost=Money.of(12_000, "EUR")) == Decimal("5.25")
    assert abc_classes({"big": 80, "small": 20, "loss": -5}) == {"big": "A", "small": "B", "loss": "C"}


def test_entities_make_their_round_trip_through_json() -> None:
    line = Line(item_id="A-1", quantity=Decimal(3), unit_price=Decimal("0.0137"))
    document = Document(id="D-1", kind="invoice", party_id="C-17", issued_on=date(2026, 1, 31), lines=[line], currency="EUR")

    assert structure(Document, unstructure(document)) == document
    assert document.issued_on in Period.month(2026, 1)


def test_a_desk_in_memory_tells_whom_to_call(crm: crmkit.Crm) -> None:
    crm.add(Party(id="C-1", name="Müller", created_on=date(2025, 12, 1), roles="customer"))
    crm.contact.plan("C-1", frequency=days(30))
    crm.record_interaction("C-1", kind="visit", at=datetime(2026, 1, 1, tzinfo=UTC))

    assert [row.party_id for row in crm.work_queue(as_of=date(2026, 1, 31))] == []
    assert [row.party_id for row in crm.work_queue(as_of=date(2026, 2, 1))] == ["C-1"]
