"""Idempotency keys: the same call with the same key happens once and gives the same result."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from crmkit.entities.json_form import unstructure
from crmkit.entities.stored_form import entity_of
from crmkit.errors import KeyReusedError
from crmkit.records import KINDS, Stored, UsedKey, kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def fingerprint_of(verb: str, arguments: Mapping[str, object]) -> str:
    """Hash a verb with its arguments, so that another call under the same key is noticed."""
    text = json.dumps([verb, unstructure(dict(arguments))], sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def used_key(key: str, fingerprint: str, result: Stored | None) -> UsedKey:
    """Remember what came of a call."""
    if result is None:
        return UsedKey(id=key, fingerprint=fingerprint, result_kind="none", result="null")
    return UsedKey(id=key, fingerprint=fingerprint, result_kind=kind_of(type(result)).name, result=json.dumps(unstructure(result)))


def replayed(used: UsedKey, fingerprint: str) -> Stored | None:
    """
    Give the result of the first call again.

    Raises:
        KeyReusedError: When the key came with another verb or other arguments.
    """
    if used.fingerprint != fingerprint:
        raise KeyReusedError(used.id)
    if used.result_kind == "none":
        return None
    result: Stored = entity_of(KINDS[used.result_kind].entity, json.loads(used.result))
    return result
