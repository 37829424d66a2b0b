from .comparing import alike
from .matches import Alike, LargeBlock, MatchCode, Matches, MatchReason
from .matching import matches_among
from .sounds import match_keys, sound_of

__all__ = [
    "Alike",
    "LargeBlock",
    "MatchCode",
    "MatchReason",
    "Matches",
    "alike",
    "match_keys",
    "matches_among",
    "sound_of",
]
