"""The contract of stores: transactions, and the walls between tenants."""
# ruff: noqa: S101, D102  tests: they live on assert, their names are their sentences, expected numbers say most as themselves

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from crmkit.conditions import Condition
from crmkit.entities import Party, Recall
from crmkit.errors import CrmkitError, InvalidValueError, NotStoredError, StaleWriteError
from crmkit.store import Query
from crmkit.testing.contract_data import OTHER_TENANT, TENANT, a_party, a_recall, found, keep, stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit.store import Store


class _StopError(Exception):
    pass


class UnitsContract:
    """Rules of transactions and tenants."""

    def test_leaving_by_an_exception_undoes_everything(self, store: Store) -> None:
        keep(store, a_party(), a_party("P-2", region="north"))
        with pytest.raises(_StopError):
            _change_much_and_stop(store)
        assert found(store, Party) == ["P-1", "P-2"]
        party = stored(store, Party, "P-2")
        assert party is not None
        assert (party.region, party.version) == ("north", 1)

    def test_a_transaction_reads_what_it_has_written(self, store: Store) -> None:
        keep(store, a_party("P-1", owner_id="anna"), a_party("P-2", owner_id="anna"))
        with store.transaction(TENANT, write=True) as transaction:
            transaction.save([a_party("P-3", owner_id="anna"), a_party("P-1", owner_id="ben", version=1)])
            transaction.remove(Party, "P-2")
            party = transaction.get(Party, "P-1", lock=True)
            assert party is not None
            assert (party.owner_id, party.version) == ("ben", 2)
            assert [party.id for party in transaction.find(Query(Party, (Condition("owner_id", "equal", "anna"),)))] == ["P-3"]
            assert [party.id for party in transaction.find(Query(Party, order_by=("-owner_id",)))] == ["P-1", "P-3"]
            transaction.save([a_recall(party_id="P-3")])
            transaction.save([a_party("P-1", owner_id="carl", version=2)])
        assert found(store, Party, Condition("owner_id", "equal", "carl")) == ["P-1"]

    def test_an_id_removed_in_a_transaction_can_be_added_again_in_it(self, store: Store) -> None:
        keep(store, a_party(region="north"))
        with store.transaction(TENANT, write=True) as transaction:
            transaction.remove(Party, "P-1")
            with pytest.raises(NotStoredError):
                transaction.save([a_recall()])
            transaction.save([a_party(region="south")])
        party = stored(store, Party, "P-1")
        assert party is not None
        assert (party.region, party.version) == ("south", 1)

    def test_what_is_not_stored_is_none(self, store: Store) -> None:
        assert stored(store, Party, "P-1") is None
        with store.transaction(TENANT, write=True) as transaction:
            assert transaction.get(Party, "P-1", lock=True) is None

    def test_a_second_transaction_in_one_thread_is_refused_and_the_first_goes_on(self, store: Store) -> None:
        for write in (True, False):
            with store.transaction(TENANT, write=True) as transaction:
                with pytest.raises(InvalidValueError, match="one transaction at a time"), store.transaction(TENANT, write=write):
                    pass  # pragma: no cover  # it is not entered
                transaction.save([a_party(f"P-{write}")])
        assert found(store, Party) == ["P-False", "P-True"]

    def test_a_transaction_that_reads_does_not_write(self, store: Store) -> None:
        keep(store, a_party())
        with store.transaction(TENANT, write=False) as transaction:
            with pytest.raises(InvalidValueError, match="write=True"):
                transaction.save([a_party("P-2")])
            with pytest.raises(InvalidValueError, match="write=True"):
                transaction.remove(Party, "P-1")
            with pytest.raises(InvalidValueError, match="write=True"):
                transaction.get(Party, "P-1", lock=True)
        assert found(store, Party) == ["P-1"]

    def test_a_transaction_is_of_no_use_after_its_end(self, store: Store) -> None:
        with store.transaction(TENANT, write=True) as transaction:
            pass
        with pytest.raises(InvalidValueError, match="has ended"):
            transaction.get(Party, "P-1")
        with pytest.raises(InvalidValueError, match="has ended"):
            transaction.find(Query(Party))
        with pytest.raises(InvalidValueError, match="has ended"):
            transaction.save([a_party()])
        with pytest.raises(InvalidValueError, match="has ended"):
            transaction.remove(Party, "P-1")

    def test_a_tenant_is_required(self, store: Store) -> None:
        for tenant in ("", " ", "a\0"):
            with pytest.raises(InvalidValueError), store.transaction(tenant, write=False):
                pass  # pragma: no cover  # it is not entered

    def test_threads_that_raise_the_same_counter_lose_nothing(self, store: Store) -> None:
        if not getattr(store, "serves_threads", True):
            pytest.skip("this store works on one connection of the host's")
        keep(store, a_party(language="aa", custom={"count": 0}))
        failures: list[BaseException] = []

        def work() -> None:
            try:
                for _ in range(10):
                    _raise_counter(store)
            except BaseException as error:  # noqa: BLE001  # whatever it is, the test tells
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        party = stored(store, Party, "P-1")
        assert failures == []
        assert party is not None
        assert (party.custom["count"], party.version) == (40, 41)

    def test_the_same_id_in_two_tenants_is_two_records(self, store: Store) -> None:
        keep(store, a_party(region="north"))
        keep(store, a_party(region="south"), tenant=OTHER_TENANT)
        keep(store, a_party(region="west", version=1), tenant=OTHER_TENANT)
        ours, theirs = stored(store, Party, "P-1"), stored(store, Party, "P-1", tenant=OTHER_TENANT)
        assert ours is not None
        assert theirs is not None
        assert [(party.region, party.version) for party in (ours, theirs)] == [("north", 1), ("west", 2)]

    def test_a_tenant_finds_nothing_of_another(self, store: Store) -> None:
        keep(store, a_party(owner_id="anna"), a_recall())
        assert stored(store, Party, "P-1", tenant=OTHER_TENANT) is None
        assert found(store, Party, tenant=OTHER_TENANT) == []
        assert found(store, Party, Condition("owner_id", "not_equal", "ben"), order_by=["owner_id"], tenant=OTHER_TENANT) == []
        assert found(store, Recall, Condition("id", "one_of", ("R-1",)), tenant=OTHER_TENANT) == []
        with store.transaction(OTHER_TENANT, write=True) as transaction:
            assert transaction.get(Party, "P-1", lock=True) is None

    def test_a_tenant_cannot_refer_to_a_record_of_another(self, store: Store) -> None:
        keep(store, a_party())
        with pytest.raises(NotStoredError):
            keep(store, a_recall(), tenant=OTHER_TENANT)
        keep(store, a_party("P-2"), a_recall(party_id="P-2"), tenant=OTHER_TENANT)
        with pytest.raises(NotStoredError):
            keep(store, a_recall(party_id="P-1", version=1), tenant=OTHER_TENANT)

    def test_a_tenant_cannot_change_or_remove_a_record_of_another(self, store: Store) -> None:
        keep(store, a_party(region="north"))
        with pytest.raises(StaleWriteError) as refusal:
            keep(store, a_party(region="south", version=1), tenant=OTHER_TENANT)
        assert refusal.value.found_version == 0
        with pytest.raises(NotStoredError), store.transaction(OTHER_TENANT, write=True) as transaction:
            transaction.remove(Party, "P-1")
        party = stored(store, Party, "P-1")
        assert party is not None
        assert party.region == "north"

    def test_removing_in_one_tenant_does_not_mind_the_references_of_another(self, store: Store) -> None:
        keep(store, a_party(), a_recall(), tenant=OTHER_TENANT)
        keep(store, a_party())
        with store.transaction(TENANT, write=True) as transaction:
            transaction.remove(Party, "P-1")
        assert found(store, Party, tenant=OTHER_TENANT) == ["P-1"]

    def test_no_error_tells_what_a_record_holds(self, store: Store) -> None:
        keep(store, a_party(name="Geheimrat", emails="geheim@example.com"))
        attempts: tuple[Callable[[], None], ...] = (
            lambda: keep(store, a_party(name="Geheimrat", emails="geheim@example.com")),
            lambda: keep(store, a_party(name="Geheimrat", version=9)),
            lambda: keep(store, a_party("P-2", name="Geheimrat"), a_recall(party_id="nobody", reason="Geheimrat")),
        )
        for attempt in attempts:
            with pytest.raises(CrmkitError) as refusal:
                attempt()
            told = f"{refusal.value} {refusal.value!r} {refusal.value.args} {refusal.value.__cause__!r} {refusal.value.__context__!r}"
            assert "geheim" not in told.lower()


def _change_much_and_stop(store: Store) -> None:
    with store.transaction(TENANT, write=True) as transaction:
        transaction.save([a_party("P-3")])
        transaction.save([a_party("P-2", region="south", version=1)])
        transaction.remove(Party, "P-1")
        raise _StopError


def _raise_counter(store: Store) -> None:
    with store.transaction(TENANT, write=True) as transaction:
        party = transaction.get(Party, "P-1", lock=True)
        assert party is not None
        count = party.custom["count"]
        assert isinstance(count, int)
        transaction.save([a_party(language="aa", custom={"count": count + 1}, version=party.version)])
