"""The words that a field may hold, where rules and other entities use them too; light, since a report reads nothing else of a party."""

from typing import Literal

AbcClass = Literal["A", "B", "C"]
Direction = Literal["in", "out"]
PartyKind = Literal["organisation", "person"]
Role = Literal["lead", "customer", "supplier", "partner", "referrer", "employee"]
