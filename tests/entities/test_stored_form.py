"""Records in the form in which a store keeps them."""

from __future__ import annotations

import gc
import json
from datetime import date

import attrs
import pytest

from crmkit.entities import Commitment, Party
from crmkit.entities.json_form import unstructure
from crmkit.entities.stored_form import as_stored, entity_of, kept_text_of, text_of


def a_party(**fields: object) -> Party:
    return Party(id="C-17", name="Müller GmbH", created_on=date(2026, 1, 1), **fields)  # type: ignore[arg-type]  # any field


def test_the_text_is_the_json_form_without_the_version() -> None:
    party = a_party(version=3, custom={"b": 1, "a": "ü"})

    assert json.loads(text_of(party)) == {name: value for name, value in unstructure(party).items() if name != "version"}
    assert "ü" in text_of(party)


def test_a_kept_text_lives_as_long_as_its_record() -> None:
    from crmkit.entities import stored_form  # noqa: PLC0415  # to look into it

    gc.collect()  # what other tests left behind
    before = len(stored_form._TEXTS)  # noqa: SLF001  # as above
    party = a_party()
    assert kept_text_of(party) == kept_text_of(party) == text_of(attrs.evolve(party))
    assert text_of(party) is text_of(party)
    assert len(stored_form._TEXTS) == before + 1  # noqa: SLF001  # as above

    del party
    gc.collect()
    assert len(stored_form._TEXTS) == before  # noqa: SLF001  # as above


def test_a_record_as_stored_is_the_same_at_its_next_version() -> None:
    party = a_party(tags=["x"], version=2)

    assert (as_stored(party), as_stored(party).version, party.version) == (party, 3, 2)


def test_what_an_older_release_accepted_can_still_be_read() -> None:
    assert entity_of(Commitment, {"text": ""}).text == ""
    with pytest.raises(ValueError, match="text that is not empty"):
        Commitment(text="")
