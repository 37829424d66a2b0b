"""Arguments of the wrong kind are refused by name, never by an error of Python's own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from crmkit import Settings
from crmkit.entities import DataPolicy, Party
from crmkit.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit import Crm

NO_LOCAL_DAY = datetime.max.replace(tzinfo=UTC)

VERBS: dict[str, Callable[[Crm, Any], object]] = {
    "subject": lambda crm, wrong: crm.emails.file(sender="a@b.example", recipients="c@d.example", subject=wrong),
    "reachable": lambda crm, wrong: crm.contact.keep_quiet("C-17", reachable=wrong),
    "states": lambda crm, wrong: crm.appointments.agenda(states=wrong),
    "record": lambda crm, wrong: crm.journal.changes_of(wrong),
    "handlers": lambda crm, wrong: crm.outbox.deliver(wrong),
}


@pytest.mark.parametrize("wrong", [None, 5, [None]], ids=repr)
@pytest.mark.parametrize("name", VERBS)
def test_a_verb_names_the_argument_that_is_wrong(crm: Crm, name: str, wrong: object) -> None:
    with pytest.raises(InvalidValueError, match=f"^{name}="):
        VERBS[name](crm, wrong)


OPTIONAL: dict[str, Callable[[Crm, Any], object]] = {
    "person_id": lambda crm, wrong: crm.portal("C-17", person_id=wrong),
    "employee_id": lambda crm, wrong: crm.work_queue(employee_id=wrong),
    "team": lambda crm, wrong: crm.work_queue(team=wrong),
    "head": lambda crm, wrong: crm.journal.verify(head=wrong),
    "period": lambda crm, wrong: crm.parties.loss_reasons(period=wrong),
}


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_verb_names_the_optional_argument_that_is_wrong(crm: Crm, name: str) -> None:
    with pytest.raises(InvalidValueError, match=f"^{name}="):
        OPTIONAL[name](crm, [])


@pytest.mark.parametrize("name", ["numbers", "departments", "hours"])
def test_settings_name_the_mapping_that_is_none(name: str) -> None:
    with pytest.raises(InvalidValueError, match=f"^{name}="):
        Settings(**{name: 5})  # type: ignore[arg-type]  # the point


@pytest.mark.parametrize("name", ["custom", "external_ids"])
def test_a_party_names_the_mapping_that_is_none(name: str) -> None:
    fields: dict[str, Any] = {name: None}
    with pytest.raises(InvalidValueError, match=f"^{name}="):
        Party(id="C-1", name="x", created_on=date(2025, 1, 1), **fields)
    with pytest.raises(InvalidValueError, match=r"^required="):
        DataPolicy(None)  # type: ignore[arg-type]  # the point


def test_a_moment_without_a_local_day_is_refused(crm: Crm) -> None:
    with pytest.raises(InvalidValueError, match=r"^on="):
        crm.contact.recall("C-17", on=NO_LOCAL_DAY)
