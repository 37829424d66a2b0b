"""Who is kept twice? Parties that are alike, with reasons; what compares names needs the extra "match"."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)  # decision 0008; the names stand in __init__.pyi
