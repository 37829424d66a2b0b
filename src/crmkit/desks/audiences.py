"""Parties by the many: their ids as given, or out of a frame."""

from __future__ import annotations

from typing import Any

from crmkit._checks import check_each, check_text


def party_ids_of(members: object) -> tuple[str, ...]:
    """
    Read ids of parties, each once: any iterable of them, or a frame of any engine with `customer_id`.

    Raises:
        MissingColumnError: For a frame without customer_id.
        InvalidValueError: For what is no id.
    """
    ids = _column_of(members) if hasattr(type(members), "columns") else members
    return tuple(dict.fromkeys(check_each("members", ids, check_text)))


def _column_of(frame: Any) -> list[Any]:  # noqa: ANN401  # any engine's
    from crmkit._frames import Asked, opened  # noqa: PLC0415  # loads narwhals, which `import crmkit` must not

    (table,) = opened(Asked(frame, "customers", needs=("customer_id",)))
    found: list[Any] = table.frame.select("customer_id").collect().get_column("customer_id").to_list()
    return found
