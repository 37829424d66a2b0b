"""
The first tables.

Frozen: it stands for itself, whatever the declarations in `crmkit.records` say today.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.operations import Operations

    Columns = Sequence[tuple[str, sa.types.TypeEngine[Any]]]

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_DAY = sa.Text().with_variant(sa.Date(), "postgresql")
_INSTANT = sa.Text().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")
_NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
_AMOUNT = sa.Text().with_variant(sa.Numeric(28, 3), "postgresql")
_FINE = sa.Text().with_variant(sa.Numeric(28, 6), "postgresql")


def upgrade(operations: Operations, *, prefix: str, schema: str | None) -> None:
    """Make the tables."""
    make = _Maker(operations, prefix, schema)
    party = ("party_id", "party")
    make.record_table(
        "party",
        [
            *(("owner_id", _TEXT), ("created_on", _DAY), ("parent_id", _TEXT), ("checked_on", _DAY)),
            *(("merged_into", _TEXT), ("excluded", _TEXT), ("seat", _TEXT)),
        ],
        [],
        [["owner_id"], ["parent_id"], ["checked_on"], ["merged_into"], ["excluded"], ["seat"]],
    )
    make.record_table(
        "party_change",
        [("party_id", _TEXT), ("field", _TEXT), ("changed_on", _DAY)],
        [party],
        [["party_id", "field", "changed_on"]],
    )
    make.record_table("departure", [("party_id", _TEXT), ("left_on", _DAY)], [party], [["party_id", "left_on"], ["left_on"]])
    make.record_table(
        "kept_apart", [("party_id", _TEXT), ("other_id", _TEXT)], [party, ("other_id", "party")], [["party_id"], ["other_id"]]
    )
    make.record_table("match_key", [("party_id", _TEXT), ("key", _TEXT)], [party], [["party_id"], ["key"]])
    make.record_table("segment", [], [], [])
    make.record_table(
        "segment_member",
        [("party_id", _TEXT), ("segment_id", _TEXT), ("left_on", _DAY)],
        [party, ("segment_id", "segment")],
        [["party_id"], ["segment_id", "left_on"]],
    )
    make.record_table("handover", [("state", _TEXT), ("starts_on", _DAY)], [], [["state", "starts_on"]])
    make.record_table("deputy", [("ends_before", _DAY)], [], [["ends_before"]])
    make.record_table("external_id", [("party_id", _TEXT)], [party], [["party_id"]])
    born = [("party_id", _TEXT), ("owner_id", _TEXT), ("day", _TEXT)]
    make.record_table("birthday", born, [party], [["party_id"], ["day"], ["owner_id", "day"]])
    make.record_table("contact_plan", [("next_contact_on", _DAY)], [("id", "party")], [["next_contact_on"]])
    make.record_table(
        "recall",
        [("party_id", _TEXT), ("due_on", _DAY), ("state", _TEXT), ("employee_id", _TEXT)],
        [party],
        [["state", "due_on"], ["party_id", "state", "due_on"]],
    )
    make.record_table(
        "document",
        [("party_id", _TEXT), ("kind", _TEXT), ("issued_on", _DAY), ("predecessor_id", _TEXT), ("state", _TEXT)],
        [party],
        [["party_id", "issued_on"], ["issued_on"], ["predecessor_id"], ["kind", "state", "issued_on"]],
    )
    make.record_table(
        "payment",
        [("document_id", _TEXT), ("party_id", _TEXT), ("paid_on", _DAY)],
        [("document_id", "document"), party],
        [["document_id"], ["party_id", "paid_on"]],
    )
    make.record_table(
        "document_link",
        [("document_id", _TEXT), ("predecessor_id", _TEXT)],
        [("document_id", "document")],
        [["document_id"], ["predecessor_id"]],
    )
    make.record_table("document_number", [("document_id", _TEXT)], [("document_id", "document")], [["document_id"]])
    make.record_table("number_counter", [], [], [])
    make.record_table(
        "interaction",
        [("party_id", _TEXT), ("happened_at", _INSTANT), ("commitment_due_on", _DAY)],
        [party],
        [["party_id", "happened_at"], ["party_id", "commitment_due_on"], ["commitment_due_on"]],
    )
    _make_activity_tables(make)
    make.record_table(
        "history_entry", [("party_id", _TEXT), ("happened_at", _INSTANT), ("kind", _TEXT)], [party], [["party_id", "happened_at"]]
    )
    make.record_table(
        "case",
        [("party_id", _TEXT), ("about_key", _TEXT), ("opened_at", _INSTANT), ("pending_since", _INSTANT), ("employee_id", _TEXT)],
        [party],
        [["party_id", "opened_at"], ["party_id", "pending_since"], ["about_key"], ["pending_since"], ["employee_id", "pending_since"]],
    )
    make.record_table("case_event", [("case_id", _TEXT), ("happened_at", _INSTANT)], [("case_id", "case")], [["case_id", "happened_at"]])
    make.record_table("rating", [("party_id", _TEXT), ("rated_on", _DAY)], [party], [["party_id", "rated_on"], ["rated_on"]])
    make.record_table("loyalty_card", [("party_id", _TEXT)], [party], [["party_id"]])
    make.record_table(
        "loyalty_entry",
        [("card_id", _TEXT), ("party_id", _TEXT), ("booked_on", _DAY), ("invoice_id", _TEXT)],
        [("card_id", "loyalty_card"), party],
        [["party_id", "booked_on"], ["invoice_id"]],
    )
    make.record_table(
        "consent",
        [("party_id", _TEXT), ("purpose", _TEXT), ("channel", _TEXT)],
        [party],
        [["party_id", "purpose", "channel"]],
    )
    make.record_table("objection", [("party_id", _TEXT)], [party], [["party_id"]])
    make.record_table(
        "portal_request",
        [("party_id", _TEXT), ("state", _TEXT), ("placed_at", _INSTANT)],
        [party],
        [["state", "placed_at"], ["party_id", "placed_at"]],
    )
    make.record_table("journal_entry", [], [], [])
    make.record_table("journal_change", [("party_id", _TEXT), ("subject", _TEXT)], [], [["party_id"], ["subject"]])
    make.record_table("journal_head", [], [], [])
    make.record_table("outbox_event", [("state", _TEXT), ("verb", _TEXT), ("attempts", _NUMBER)], [], [["state", "attempts"]])
    make.record_table("search_term", [("party_id", _TEXT), ("field", _TEXT), ("term", _TEXT)], [party], [["term"], ["party_id", "term"]])
    make.record_table("used_key", [], [], [])
    _opportunity_tables(make)
    _campaign_tables(make)
    make.document_line_table()


def _opportunity_tables(make: _Maker) -> None:
    party = ("party_id", "party")
    make.record_table("pipeline", [], [], [])
    make.record_table(
        "opportunity",
        [
            ("party_id", _TEXT),
            ("state", _TEXT),
            ("pipeline_id", _TEXT),
            ("salesperson_id", _TEXT),
            ("opened_on", _DAY),
            ("expected_on", _DAY),
            ("closed_on", _DAY),
        ],
        [party],
        [["party_id", "state"], ["state", "expected_on"]],
    )
    make.record_table(
        "stage_move",
        [("party_id", _TEXT), ("opportunity_id", _TEXT), ("happened_at", _INSTANT)],
        [party, ("opportunity_id", "opportunity")],
        [["opportunity_id", "happened_at"], ["happened_at"]],
    )
    make.record_table(
        "contract",
        [("party_id", _TEXT), ("state", _TEXT), ("due_on", _DAY), ("employee_id", _TEXT)],
        [party],
        [["party_id", "state"], ["state", "due_on"]],
    )
    make.record_table("quota", [], [], [])


def _campaign_tables(make: _Maker) -> None:
    party, campaign = ("party_id", "party"), ("campaign_id", "campaign")
    make.record_table("campaign", [("kind", _TEXT), ("state", _TEXT), ("starts_on", _DAY)], [], [["state", "starts_on"]])
    make.record_table(
        "campaign_member",
        [("party_id", _TEXT), ("campaign_id", _TEXT)],
        [party, campaign],
        [["campaign_id"], ["party_id", "campaign_id"]],
    )
    make.record_table("spend", [("campaign_id", _TEXT), ("spent_on", _DAY)], [campaign], [["campaign_id", "spent_on"], ["spent_on"]])
    make.record_table("marketing_plan", [], [], [])
    make.record_table(
        "touch",
        [("party_id", _TEXT), ("campaign_id", _TEXT), ("happened_at", _INSTANT)],
        [party, campaign],
        [["party_id", "happened_at"], ["campaign_id", "happened_at"], ["happened_at"]],
    )


def _make_activity_tables(make: _Maker) -> None:
    party = ("party_id", "party")
    about: list[tuple[str, sa.types.TypeEngine[Any]]] = [("party_id", _TEXT), ("about_key", _TEXT)]
    make.record_table("opening_balance", [("party_id", _TEXT)], [party], [["party_id"]])
    make.record_table(
        "appointment",
        [("party_id", _TEXT), ("start_at", _INSTANT), ("state", _TEXT), ("series_id", _TEXT)],
        [party],
        [["party_id", "state", "start_at"], ["start_at"], ["state", "start_at"], ["series_id", "start_at"]],
    )
    make.record_table("diary", [], [], [])
    make.record_table(
        "attendance",
        [("appointment_id", _TEXT), ("employee_id", _TEXT), ("start_at", _INSTANT), ("end_at", _INSTANT), ("state", _TEXT)],
        [("appointment_id", "appointment")],
        [["appointment_id"], ["employee_id", "end_at"]],
    )
    make.record_table(
        "task",
        [*about, ("state", _TEXT), ("due_on", _DAY), ("employee_id", _TEXT), ("department_id", _TEXT)],
        [party],
        [["state", "due_on"], ["party_id", "state", "due_on"], ["about_key"], ["employee_id", "state", "due_on"]],
    )
    make.record_table(
        "follow_up",
        [*about, ("state", _TEXT), ("due_on", _DAY), ("employee_id", _TEXT)],
        [party],
        [["state", "due_on"], ["party_id", "state", "due_on"], ["about_key"]],
    )
    make.record_table("note", about, [party], [["party_id"], ["about_key"]])
    make.record_table("attachment", about, [party], [["party_id"], ["about_key"]])
    make.record_table("event", [("party_id", _TEXT), ("kind", _TEXT), ("happened_at", _INSTANT)], [party], [["party_id", "happened_at"]])
    make.record_table("unassigned", [("state", _TEXT), ("happened_at", _INSTANT)], [], [["state", "happened_at"]])
    ordered: Columns = [("rank", _NUMBER), ("day", _DAY), ("at", _TEXT), ("worth", _NUMBER), ("key", _TEXT)]
    in_order = [name for name, _ in ordered]
    work_items = [("party_id", _TEXT), ("record_key", _TEXT), ("whose", _TEXT), *ordered]
    make.record_table("work_item", work_items, [party], [["party_id"], ["record_key"], in_order, ["whose", *in_order]])
    make.record_table("email_address", [("party_id", _TEXT), ("address", _TEXT)], [party], [["party_id"], ["address"]])


class _Maker:
    def __init__(self, operations: Operations, prefix: str, schema: str | None) -> None:
        self._operations = operations
        self._prefix = prefix
        self._schema = schema

    def record_table(
        self,
        kind: str,
        columns: Sequence[tuple[str, sa.types.TypeEngine[Any]]],
        references: Sequence[tuple[str, str]],
        indexes: Sequence[Sequence[str]],
    ) -> None:
        name = f"{self._prefix}{kind}"
        self._operations.create_table(
            name,
            sa.Column("tenant", _TEXT, nullable=False),
            sa.Column("id", _TEXT, nullable=False),
            sa.Column("version", _NUMBER, nullable=False),
            *(sa.Column(column, type_) for column, type_ in columns),
            sa.Column("data", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("tenant", "id", name=f"pk_{name}"),
            *(self._reference(name, column, target) for column, target in references),
            sa.CheckConstraint("version >= 1", name=f"ck_{name}_version"),
            schema=self._schema,
            sqlite_strict=True,
        )
        for index in indexes:
            self._index(name, index, ["tenant", *index, "id"])

    def document_line_table(self) -> None:
        name = f"{self._prefix}document_line"
        self._operations.create_table(
            name,
            sa.Column("tenant", _TEXT, nullable=False),
            sa.Column("document_id", _TEXT, nullable=False),
            sa.Column("position", _NUMBER, nullable=False),
            sa.Column("document_kind", _TEXT, nullable=False),
            sa.Column("document_subtype", _TEXT, nullable=False),
            sa.Column("reverses_document_id", _TEXT),
            sa.Column("customer_id", _TEXT, nullable=False),
            sa.Column("issued_on", _DAY, nullable=False),
            sa.Column("item_id", _TEXT, nullable=False),
            sa.Column("item_group", _TEXT),
            sa.Column("salesperson_id", _TEXT),
            sa.Column("quantity", _FINE, nullable=False),
            sa.Column("unit", _TEXT, nullable=False),
            sa.Column("unit_price", _FINE, nullable=False),
            sa.Column("discount", _AMOUNT, nullable=False),
            sa.Column("revenue", _AMOUNT, nullable=False),
            sa.Column("cost", _AMOUNT),
            sa.Column("currency", _TEXT, nullable=False),
            sa.PrimaryKeyConstraint("tenant", "document_id", "position", name=f"pk_{name}"),
            self._reference(name, "document_id", "document"),
            schema=self._schema,
            sqlite_strict=True,
        )
        self._index(name, ["issued_on"], ["tenant", "issued_on", "document_id", "position"])

    def _reference(self, name: str, column: str, target: str) -> sa.ForeignKeyConstraint:
        table = f"{self._prefix}{target}" if self._schema is None else f"{self._schema}.{self._prefix}{target}"
        return sa.ForeignKeyConstraint(["tenant", column], [f"{table}.tenant", f"{table}.id"], name=f"fk_{name}_{column}")

    def _index(self, name: str, fields: Sequence[str], columns: Sequence[str]) -> None:
        self._operations.create_index(f"ix_{name}_{'_'.join(fields)}", name, list(columns), schema=self._schema)
