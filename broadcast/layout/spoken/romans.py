"""Roman numerals: those of centuries and districts, of kings and chapters. Any other capitals are what they are. Pure."""

from __future__ import annotations

from broadcast.layout.spoken.numbers import number_words, ordinal_words
from broadcast.layout.spoken.rule import Match, Rule, rule

_WORTH = {"I": 1, "V": 5, "X": 10}
#: A numeral as it is written, up to 39: "Ce", "Les" and "CM" are words.
_NUMERAL = r"(?=[IVX])(?P<n>X{0,3}(?:IX|IV|V?I{0,3}))"
#: A lone letter behind a name is an initial, behind a kind of thing only I and V are figures.
_SEVERAL, _FEW = rf"(?=[IVX]{{2}}){_NUMERAL}", rf"(?=[IVX]{{2}}|[IV]\b){_NUMERAL}"
_NAMES = "Louis|Henri|Charles|François|Philippe|Napoléon|Jean|Paul|Pie|Benoît|Léon|Clément|Urbain|Guillaume|Albert|Léopold|Félix"
_KINDS = "chapitre|tome|titre|livre|acte|phase|niveau|plan|annexe|partie|article|volet|catégorie|classe|groupe|type|lycée|quai|guerre mondiale"


def romans() -> tuple[Rule, ...]:
    """Return the rules for numerals: "XXIe siècle", "Louis XIV", "chapitre II"."""
    return (
        rule(r"(?<![\w.])I(?P<end>er|re|ère)(s?)(?!\w)", lambda m: ("premier" if m["end"] == "er" else "première") + m[2]),
        rule(rf"(?<![\w.]){_NUMERAL}(?:e|è|[eè]me|[eè]mes|es)(?!\w)", lambda m: ordinal_words(str(_value(m["n"])))),
        rule(rf"\b(?P<before>{_NAMES}) {_SEVERAL}(?![\w.\-]*\w)", _behind),
        rule(rf"\b(?P<before>(?i:(?:{_KINDS})s?)) {_FEW}(?![\w'’]|\.\w)", _behind),
    )


def _value(numeral: str) -> int:
    worth = [_WORTH[letter] for letter in numeral]
    return sum(-one if any(more > one for more in worth[n + 1 : n + 2]) else one for n, one in enumerate(worth))


def _behind(match: Match) -> str:
    return f"{match['before']} {number_words(_value(match['n']))}"
