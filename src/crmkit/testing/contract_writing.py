"""The contract of stores: what is saved, changed and removed."""
# ruff: noqa: S101, D102  tests: they live on assert, their names are their sentences, expected numbers say most as themselves

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import permutations
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import attrs
import pytest

from crmkit.entities import Address, Commitment, ContactPerson, ContactPlan, Document, Interaction, Line, Party, Phone, Recall, Ref, Source
from crmkit.errors import InvalidValueError, NotStoredError, StaleWriteError, StoreError
from crmkit.periods import months
from crmkit.records import EmailAddress, UsedKey
from crmkit.testing.contract_data import (
    DAY,
    MOMENT,
    TENANT,
    a_document,
    a_party,
    a_plan,
    a_recall,
    an_entry,
    an_interaction,
    found,
    keep,
    stored,
)

if TYPE_CHECKING:
    from crmkit.records import Stored
    from crmkit.store import Store


def _full_party() -> Party:
    return a_party(
        roles=("customer", "supplier"),
        people=[ContactPerson(id="1", last_name="Groß", birthday=date(1980, 2, 29), preferred="phone", topics=["Einkauf", "IT"])],
        addresses=[Address(street="Weg 1\n2. Stock", postal_code="01067", city="Köln", default=True)],
        emails="info@example.com",
        phones=[Phone(number="+49 221 1", extension="12")],
        source=Source(category="fair", detail="hall 7", referred_by="P-9"),
        tags={"b", "a"},
        custom={"size": 12, "ratio": Decimal("0.10"), "since": date(1999, 12, 31), "key account": True, "note": "…"},
        external_ids={"erp": "0042"},
    )


class WritingContract:
    """Rules of writing."""

    @staticmethod
    def _comes_back(store: Store, entity: Stored) -> None:
        keep(store, *([] if isinstance(entity, Party) else [a_party()]), entity)
        back = stored(store, type(entity), entity.id)
        assert back == entity
        assert back is not None
        assert back.version == 1

    def test_a_party_comes_back_as_it_was_saved(self, store: Store) -> None:
        self._comes_back(store, _full_party())

    def test_a_contact_plan_comes_back_as_it_was_saved(self, store: Store) -> None:
        self._comes_back(store, a_plan(frequency=months(3), planned_on=DAY, contact_count=4, next_contact_on=date.max))

    def test_a_recall_comes_back_as_it_was_saved(self, store: Store) -> None:
        self._comes_back(store, a_recall(due_time=time(14, 30), employee_id="anna", reason="Angebot", state="done", due_on=date.min))

    def test_a_document_comes_back_as_it_was_saved(self, store: Store) -> None:
        line = Line(item_id="I", quantity="-0.0000000000000000000000000001", unit_price=10**18, price_unit=1000, discount_ratio="0.125")
        self._comes_back(store, a_document(kind="quote", lines=[line, line], number="2026/1", salesperson_id="ben", predecessor_id="D-0"))

    def test_an_interaction_comes_back_as_it_was_saved(self, store: Store) -> None:
        promise = Commitment(text="Preisliste", due_on=DAY)
        self._comes_back(store, an_interaction(topics=["a", "b"], commitments=[promise], reached=False, result="🙂"))

    def test_a_history_entry_comes_back_as_it_was_saved(self, store: Store) -> None:
        self._comes_back(store, an_entry(about=Ref("recall", "R-7")))

    def test_a_used_key_comes_back_as_it_was_saved(self, store: Store) -> None:
        self._comes_back(store, UsedKey(id="key 1", fingerprint="f" * 64, result_kind="party", result='{"name":"Müller"}'))

    def test_a_moment_stays_the_same_moment_even_in_the_hour_that_comes_twice(self, store: Store) -> None:
        twice = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin"))
        keep(store, a_party(), an_interaction(happened_at=twice))
        back = stored(store, Interaction, "A-1")
        assert back is not None
        assert back.happened_at.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    def test_whole_numbers_keep_all_their_64_bits(self, store: Store) -> None:
        self._comes_back(store, an_interaction(minutes=2**63 - 1))

    def test_text_of_any_language_is_kept_character_by_character(self, store: Store) -> None:
        name = "ÄÖÜßẞ Ça\u0301 Å\u212b 東京 🙂 \t\r\n'\"\\%_ \u202e\ufeff\U0010ffff"
        keep(store, a_party(name, name=name, owner_id=name))
        back = stored(store, Party, name)
        assert back is not None
        assert (back.id, back.name, back.owner_id) == (name, name, name)

    def test_the_first_version_is_1_and_each_change_raises_it_by_one(self, store: Store) -> None:
        keep(store, a_party())
        for version in (1, 2, 3):
            party = stored(store, Party, "P-1")
            assert party is not None
            assert party.version == version
            keep(store, attrs.evolve(party, region=f"after {version}"))
        changed = stored(store, Party, "P-1")
        assert changed is not None
        assert changed.region == "after 3"

    def test_a_new_record_with_an_id_that_exists_is_refused(self, store: Store) -> None:
        keep(store, a_party())
        keep(store, a_party(version=1))
        with pytest.raises(StaleWriteError) as refusal:
            keep(store, a_party())
        assert (refusal.value.kind, refusal.value.id, refusal.value.expected_version, refusal.value.found_version) == ("party", "P-1", 0, 2)

    def test_a_change_of_another_version_is_refused(self, store: Store) -> None:
        keep(store, a_party())
        keep(store, a_party(version=1, region="north"))
        for version in (1, 3, 2**62):
            with pytest.raises(StaleWriteError) as refusal:
                keep(store, a_party(version=version, region="south"))
            assert (refusal.value.expected_version, refusal.value.found_version) == (version, 2)
        party = stored(store, Party, "P-1")
        assert party is not None
        assert party.region == "north"

    def test_a_change_of_what_is_not_stored_is_refused(self, store: Store) -> None:
        with pytest.raises(StaleWriteError) as refusal:
            keep(store, a_party(version=3))
        assert (refusal.value.expected_version, refusal.value.found_version) == (3, 0)
        assert stored(store, Party, "P-1") is None

    def test_of_several_records_all_are_saved_or_none(self, store: Store) -> None:
        keep(store, a_party())
        with store.transaction(TENANT, write=True) as transaction:
            with pytest.raises(StaleWriteError):
                transaction.save([a_party("P-2"), a_recall(party_id="P-2"), a_party(version=7), a_party("P-3")])
            with pytest.raises(NotStoredError):
                transaction.save([a_party("P-2"), a_party(version=1, region="north"), a_recall(party_id="nobody")])
        assert found(store, Party) == ["P-1"]
        assert found(store, Recall) == []
        party = stored(store, Party, "P-1")
        assert party is not None
        assert (party.version, party.region) == (1, None)

    def test_a_refused_save_leaves_the_rest_of_the_transaction_as_it_was(self, store: Store) -> None:
        with store.transaction(TENANT, write=True) as transaction:
            transaction.save([a_party()])
            with pytest.raises(StaleWriteError):
                transaction.save([a_party()])
            transaction.save([a_party("P-2")])
        assert found(store, Party) == ["P-1", "P-2"]

    def test_a_stale_version_is_reported_before_a_missing_reference(self, store: Store) -> None:
        with pytest.raises(StaleWriteError):
            keep(store, a_recall(party_id="nobody"), a_document(party_id="nobody", version=1))

    def test_a_record_given_twice_is_refused(self, store: Store) -> None:
        with pytest.raises(InvalidValueError):
            keep(store, a_party(), a_party())
        assert found(store, Party) == []

    def test_saving_nothing_does_nothing(self, store: Store) -> None:
        keep(store)
        assert found(store, Party) == []

    def test_a_class_that_is_not_declared_is_refused(self, store: Store) -> None:
        with pytest.raises(InvalidValueError), store.transaction(TENANT, write=True) as transaction:
            transaction.save([Phone(number="1")])  # type: ignore[list-item]  # what is refused

    def test_records_saved_together_may_refer_to_each_other_in_any_order(self, store: Store) -> None:
        for number, order in enumerate(permutations(range(4))):
            party = f"P-{number}"
            records: list[Stored] = [
                a_party(party),
                a_plan(party),
                a_recall(f"R-{number}", party_id=party),
                a_document(f"D-{number}", party_id=party),
            ]
            keep(store, *(records[place] for place in order))
        assert len(found(store, Document)) == number + 1

    def test_a_reference_to_nothing_is_refused_by_name(self, store: Store) -> None:
        for record in (
            a_recall(party_id="no'body"),
            a_document(party_id="no'body"),
            an_interaction(party_id="no'body"),
            an_entry(party_id="no'body"),
        ):
            with pytest.raises(NotStoredError) as refusal:
                keep(store, record)
            assert (refusal.value.kind, refusal.value.id) == ("party", "no'body")

    def test_a_record_that_shares_the_id_of_another_needs_it(self, store: Store) -> None:
        with pytest.raises(NotStoredError) as refusal:
            keep(store, a_plan("nobody"))
        assert (refusal.value.kind, refusal.value.id) == ("party", "nobody")

    def test_a_change_may_not_refer_to_nothing_either(self, store: Store) -> None:
        keep(store, a_party(), a_recall())
        with pytest.raises(NotStoredError):
            keep(store, a_recall(version=1, party_id="nobody"))

    def test_a_reference_may_be_empty(self, store: Store) -> None:
        self._comes_back(store, an_entry(party_id=None))

    def test_what_is_removed_is_gone_and_its_id_is_free_again(self, store: Store) -> None:
        keep(store, a_party())
        keep(store, a_party(version=1))
        with store.transaction(TENANT, write=True) as transaction:
            transaction.remove(Party, "P-1")
            assert transaction.get(Party, "P-1") is None
        assert found(store, Party) == []
        self._comes_back(store, a_party())

    def test_removing_what_is_not_stored_is_refused(self, store: Store) -> None:
        with pytest.raises(NotStoredError), store.transaction(TENANT, write=True) as transaction:
            transaction.remove(Party, "P-1")

    def test_what_others_refer_to_is_not_removed(self, store: Store) -> None:
        keep(store, a_party())
        for record in (a_plan(), a_recall(), a_document(), an_interaction(), an_entry()):
            keep(store, record)
            with pytest.raises(StoreError) as refusal, store.transaction(TENANT, write=True) as transaction:
                transaction.remove(Party, "P-1")
            assert refusal.value.code == "referred_to"
            with store.transaction(TENANT, write=True) as transaction:
                transaction.remove(type(record), record.id)
        with store.transaction(TENANT, write=True) as transaction:
            transaction.remove(Party, "P-1")
        assert stored(store, Party, "P-1") is None

    def test_a_value_that_not_every_database_can_hold_is_refused(self, store: Store) -> None:
        keep(store, a_party())
        for address in ("a\0b", "a\ud800b"):
            unchecked = EmailAddress(id="E-1", party_id="P-1", person_id=None, address=address)
            with pytest.raises(InvalidValueError):
                keep(store, unchecked)
        assert found(store, EmailAddress) == []

    def test_moments_of_the_first_and_last_year_are_kept(self, store: Store) -> None:
        keep(
            store, a_party(), an_interaction("A-1", happened_at=datetime.min.replace(tzinfo=UTC)), an_interaction("A-2", happened_at=MOMENT)
        )
        keep(store, an_interaction("A-3", happened_at=datetime.max.replace(tzinfo=UTC)))
        assert found(store, Interaction, order_by=["happened_at"]) == ["A-1", "A-2", "A-3"]

    def test_a_plan_is_found_by_the_id_of_its_party(self, store: Store) -> None:
        keep(store, a_party(), a_plan())
        assert found(store, ContactPlan) == ["P-1"]
