"""
What every store must do, as tests.

Subclass `StoreContract`, give it a fixture `store`, and run pytest::

    from crmkit.testing.contracts import StoreContract

    class TestMyStore(StoreContract):
        @pytest.fixture
        def store(self):
            return MyStore()

The fixture makes an empty store for each test. A store that only one thread can use says so by `serves_threads = False`.
"""

from __future__ import annotations

from crmkit.testing.contract_facts import FactsContract
from crmkit.testing.contract_finding import FindingContract
from crmkit.testing.contract_units import UnitsContract
from crmkit.testing.contract_writing import WritingContract

__all__ = ["StoreContract"]


class StoreContract(WritingContract, UnitsContract, FindingContract, FactsContract):
    """Every rule of a store; the names of the tests are the rules."""
