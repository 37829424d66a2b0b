"""
Every error that crmkit raises.

All of them derive from `CrmkitError`. A built-in parent is added only where a caller would naturally catch it
(`ValueError` for wrong values, `LookupError` for what is not stored, and so on). Each error carries its data as
attributes, says what is wrong, what is accepted and what to do, and survives pickling.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)  # decision 0008; the names stand in __init__.pyi
