"""Words: counting them as each place counts, French typography, dates in words. Pure."""

from broadcast.text.french import compact_hours, set_hours, typo, typo_net
from broadcast.text.gsm import not_gsm7, transliterate_gsm7
from broadcast.text.measure import UNITS, measure
from broadcast.text.near import last_day, lasts, tells_when
from broadcast.text.words import day, hashtag, hashtags, hour, when, words_of

__all__ = [
    "UNITS",
    "compact_hours",
    "day",
    "hashtag",
    "hashtags",
    "hour",
    "last_day",
    "lasts",
    "measure",
    "not_gsm7",
    "set_hours",
    "tells_when",
    "transliterate_gsm7",
    "typo",
    "typo_net",
    "when",
    "words_of",
]
