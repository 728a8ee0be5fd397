"""How much a reader loses where a line or a page of a sign ends between two words. Pure.

On a street sign every line is read by itself: a break after "NE", "4" or "RUE" says something else for a second.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import regex

#: Costs of a break: at the end of a sentence, at a comma, before a word that begins a group, anywhere else,
#: and where it tears a unit apart.
SENTENCE, COMMA, GROUP, ANYWHERE, TORN = 0, 1, 2, 5, 20


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: Words that belong to the next one.
_FORWARD = _set(
    """
    le la les un une des du de d l au aux a en dans sur sous pour par avec sans vers chez entre des jusqu jusque jusqu'a jusqu'au
    et ou ni ne n tres plus moins trop si mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce cet cette ces
    m mm mme mmes mlle dr st ste saint sainte rue avenue av boulevard bd place pl quai pont route rte rn rd ligne lignes bus tram
    metro ecole gare parc salle n° no numero tel page niveau depuis avant apres
    the an of to in on at for by with from and or not no until till near mr mrs
    """
)
#: Words that begin a group of words: a good place to end the line before.
_BEGINS = _set(
    """
    a au aux dans sur sous pour par avec sans vers chez entre jusqu'a jusqu'au des depuis avant apres et ou mais car si ne n'
    de du d' en le la les qui que sauf hors pres ni
    in on at for by with from and or until near but if
    """
)
#: Words that belong to the one before.
_BACKWARD = _set("pas plus jamais rien personne bis ter h min km m % euros eur heures minutes jours")


@lru_cache(maxsize=2048)
def cost(before: str, after: str) -> int:
    """Return what it costs to end a line between two words.

    Args:
        before: the last word of the line, with its punctuation.
        after: the first word of the next one.
    """
    if _plain(before).rstrip(".") in _FORWARD and before.endswith("."):
        return TORN  # "TÉL." closes no sentence
    if regex.search(r"[.!?…][»\"')]*$", before) and not regex.fullmatch(r"\p{L}\.", before):
        return SENTENCE
    if regex.search(r"[,;:][»\"')]*$|^[-–]$", before):
        return COMMA
    first, second = _plain(before), _plain(after)
    if first in _FORWARD or second in _BACKWARD:
        return TORN
    is_number = regex.fullmatch(r"[+\-]?\d[\d.,/–-]*", first) is not None
    if is_number and second not in _BEGINS:
        return TORN
    if regex.match(r"\d", second) and not is_number and regex.fullmatch(r"\p{L}{1,3}", first):
        return TORN
    return GROUP if second in _BEGINS or regex.match(r"(?:d|l|n|qu|jusqu)'", second) else ANYWHERE


def _plain(word: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(c))
    return bare.replace("’", "'").strip('\u00a0"«»()!?:;,')
