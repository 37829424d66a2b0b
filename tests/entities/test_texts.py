"""Text that some database could not hold is refused by every entity, so that all stores refuse the same."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmkit.entities import Party
from crmkit.errors import InvalidValueError
from tests.entities.test_json_form import FULL

if TYPE_CHECKING:
    from collections.abc import Iterator


def parts(value: Any) -> Iterator[Any]:
    """Every attrs value within a value, itself included."""
    if attrs.has(type(value)):
        yield value
        for field in attrs.fields(type(value)):
            yield from parts(getattr(value, field.name))
    elif isinstance(value, tuple | frozenset):
        for item in value:
            yield from parts(item)


SAMPLES = {type(part): part for entity in FULL for part in parts(entity) if type(part).__module__.startswith("crmkit.entities")}
TEXT_FIELDS = [
    (sample, field.name) for kind, sample in SAMPLES.items() for field in attrs.fields(kind) if field.type in ("str", "str | None")
]

SEVERAL_TEXTS = [
    (sample, field.name)
    for kind, sample in SAMPLES.items()
    for field in attrs.fields(kind)
    if field.type in ("tuple[str, ...]", "frozenset[str]")
]


@pytest.mark.parametrize(("sample", "field"), TEXT_FIELDS, ids=lambda value: value if isinstance(value, str) else type(value).__name__)
@pytest.mark.parametrize("text", ["\ud800", "\0", 5], ids=["surrogate", "nul", "number"])
def test_a_text_field_refuses_what_is_not_text_for_every_database(sample: Any, field: str, text: Any) -> None:
    with pytest.raises(InvalidValueError):
        attrs.evolve(sample, **{field: text})


@pytest.mark.parametrize(("sample", "field"), SEVERAL_TEXTS, ids=lambda value: value if isinstance(value, str) else type(value).__name__)
@pytest.mark.parametrize("texts", [None, 5, [5]], ids=repr)
def test_a_field_of_several_texts_is_named_where_it_is_refused(sample: Any, field: str, texts: Any) -> None:
    with pytest.raises(InvalidValueError, match=f"^{field}="):
        attrs.evolve(sample, **{field: texts})


@pytest.mark.parametrize("value", ["\ud800", "\0", float("nan"), [1], Decimal("NaN"), datetime(2026, 1, 1, tzinfo=UTC)], ids=repr)
def test_a_custom_field_refuses_what_does_not_come_back_as_it_went(value: Any) -> None:
    party = next(entity for entity in FULL if isinstance(entity, Party))

    with pytest.raises(InvalidValueError):
        attrs.evolve(party, custom={"x": value})
