"""Journal, outbox, search terms; what timelines and groups are found by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.persistence.sql.migrations.maker import DAY, TEXT, Maker

if TYPE_CHECKING:
    from alembic.operations import Operations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade(operations: Operations, *, prefix: str, schema: str | None) -> None:
    """Add them."""
    make = Maker(operations, prefix, schema)
    make.new_column("party", "parent_id", TEXT, "parent_id")
    make.new_column("party", "verified_on", DAY, "verified_on")
    make.index("party", "parent_id")
    make.index("party", "verified_on")
    make.new_column("history_entry", "kind", TEXT, "about", "kind")
    make.record_table("journal_entry", [], [], [])
    make.record_table("journal_change", [("party_id", TEXT), ("subject", TEXT)], [], [["party_id"], ["subject"]])
    make.record_table("journal_head", [], [], [])
    make.record_table("outbox_event", [("state", TEXT)], [], [["state"]])
    make.record_table("search_term", [("party_id", TEXT), ("term", TEXT)], [("party_id", "party")], [["term"], ["party_id"]])
