"""Fresh ids."""

from __future__ import annotations

from uuid import UUID

from crmkit import new_id


def test_fresh_ids_differ_and_sort_by_the_time_they_were_made() -> None:
    ids = [new_id() for _ in range(1000)]

    assert len(set(ids)) == 1000
    assert UUID(ids[0]).version == 7
    assert ids[0][:8] <= ids[-1][:8]
