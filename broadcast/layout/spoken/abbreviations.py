"""Short forms, hashtags and signs, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import regex

from broadcast.layout.spoken.rule import Match, Rule, rule

#: Title, then what is said; the point is dropped, but at the end of a line.
BEFORE_A_NAME = {
    "av": "avenue",
    "pl": "place",
    "imp": "impasse",
    "chem": "chemin",
    "tél": "téléphone",
    "bât": "bâtiment",
    "env": "environ",
    "cf": "voir",
    "p. ex": "par exemple",
    "ex": "exemple",
    "c.-à-d": "c'est-à-dire",
    "art": "article",
}
#: May close a sentence; then the point stays.
MAY_CLOSE = {
    "rdv": "rendez-vous",
    "svp": "s'il vous plaît",
    "etc": "et cetera",
    "pers": "personnes",
    "hab": "habitants",
    "rens": "renseignements",
    "av. J.-C": "avant Jésus-Christ",
    "apr. J.-C": "après Jésus-Christ",
}
WITHOUT_POINT = {
    "bd": "boulevard",
    "bld": "boulevard",
    "blvd": "boulevard",
    "rte": "route",
}
#: Said without a capital, which their short form always has.
_TITLES = {
    "M.": "monsieur",
    "MM.": "messieurs",
    "Mme": "madame",
    "MME": "madame",
    "Mmes": "mesdames",
    "Mlle": "mademoiselle",
    "MLLE": "mademoiselle",
    "Mlles": "mesdemoiselles",
    "Dr": "docteur",
    "Pr": "professeur",
}
_SIGNS = {
    "&": " et ",
    "+": " plus ",
    "±": " plus ou moins ",
    "×": " fois ",
    "÷": " divisé par ",
    "=": " égale ",
    "≤": " au plus ",
    "≥": " au moins ",
    "→": " vers ",
    "@": " arobase ",
    "€": " euros ",
    "$": " dollars ",
    "£": " livres ",
    "%": " pour cent ",
    "‰": " pour mille ",
    "§": " paragraphe ",
    "²": " au carré ",
    "³": " au cube ",
    "|": ", ",
    "—": ", ",
    "–": ", ",
    "―": ", ",
    "·": "",
}


#: Papers whose number has several parts: "arrêté 2026-412" is no span.
_PAPERS = "lois?|décrets?|arrêtés?|délibérations?|ordonnances?|circulaires?|dossiers?|marchés?|réf\\.|références?"
#: The parts of such a number.
_REFERENCE = r"(?P<parts>\d+(?: ?[-–/] ?\d+){1,3})(?![\w/\-]|[.,]\d)"


def _reference(match: Match) -> str:
    """Return a number in parts as it is dictated: "2026 tiret 412"."""
    return regex.sub(r" ?([-–/]) ?", lambda m: " barre " if m[1] == "/" else " tiret ", match["parts"])


def _article(word: str) -> str:
    return cased("article" + "s" * word.lower().endswith("s"), word)


def names_and_marks() -> tuple[Rule, ...]:
    """Return the rules for hashtags, "n°", initials and roads: before any number is read."""
    return (
        rule(r"#(?=\d+(?!\w))", "numéro "),
        rule(r"#(\w+)", lambda m: f" {_split_words(m[1])} "),
        rule(rf"\b(n)° ?{_REFERENCE}", lambda m: f"{'N' if m[1] == 'N' else 'n'}uméro {_reference(m)}", regex.I),
        rule(rf"\b({_PAPERS}) {_REFERENCE}", lambda m: f"{m[1]} {_reference(m)}", regex.I),
        rule(
            rf"\b(articles?|art\.) ?([LRDA])\.? ?{_REFERENCE}",
            lambda m: f"{_article(m[1])} {m[2].upper()} {_reference(m)}",
            regex.I,
        ),
        rule(r"\b(n)°(s?) ?(?=\d|\p{L}|$| )", lambda m: f"{'N' if m[1] == 'N' else 'n'}uméro{m[2]} ", regex.I),
        rule(r"\b(n)os (?=\d)", lambda m: f"{'N' if m[1] == 'N' else 'n'}uméros ", regex.I),
        rule(r"(?<!\w)pp?\. ?(?=\d)", "page "),
        rule(
            r"(?<!\w)(?<=\b(?:rue|place|avenue|av\.|bd|quai|square|stade|école|collège|lycée) (?:du )?)(Gal|Mal|Cdt|Cne|Lt|Col|Pdt)\.? (?=\p{Lu})",
            _ranks,
        ),
        rule(r"\b(t)[eé]l(?:\. ?|\b ?)(?=:|[\d+(])", lambda m: f"{m[1]}éléphone ", regex.I),
        rule(r"\b(?:\p{Lu}\.){2,}(?!\w)", lambda m: m[0].replace(".", "")),
        rule(r"\bRN[ -]?(?=\d)", "route nationale "),
        rule(r"\bRD[ -]?(?=\d)", "route départementale "),
        rule(r"\b([JH])-(?=\d)", r"\1 moins "),
    )


_RANKS = {
    "Gal": "Général",
    "Mal": "Maréchal",
    "Cdt": "Commandant",
    "Cne": "Capitaine",
    "Lt": "Lieutenant",
    "Col": "Colonel",
    "Pdt": "Président",
}


def _ranks(match: Match) -> str:
    return f"{_RANKS[match[1]]} "


def _split_words(tag: str) -> str:
    """Return "Issy Les Moulineaux" for "IssyLesMoulineaux"."""
    bounds = r"(?<=[\p{Ll}\d])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=\d)|(?<=\d)(?=\p{L})"
    return regex.sub(bounds, " ", tag.replace("_", " "))


def abbreviations() -> tuple[Rule, ...]:
    """Return the rules for short forms and titles."""
    return (
        rule(
            rf"(?<!\w)(?P<short>(?i:{_any(MAY_CLOSE)}))(?:…|\.(?P<end>(?= *$| +\p{{Lu}}))?|(?!\w))",
            lambda m: _written_out(m, MAY_CLOSE),
        ),
        rule(
            rf"(?<!\w)(?P<short>(?i:{_any(BEFORE_A_NAME)}))\.(?:(?P<end>(?= *$))| *)",
            lambda m: _written_out(m, BEFORE_A_NAME) + ("" if m["end"] is not None else " "),
        ),
        rule(
            rf"(?<!\w)(?P<short>(?i:{_any(WITHOUT_POINT)}))(?:\.(?P<end>(?= *$))?|(?!\w))",
            lambda m: _written_out(m, WITHOUT_POINT),
        ),
        rule(r"(?<!\w)tél(?!\w)", "téléphone"),
        rule(r"(?<!\w)(min|max|MIN|MAX|Min(?=\.)|Max(?=\.))(?:\.(?! *$| +\p{Lu})|(?!\w))", _extreme),
        rule(r"(?<!\w)M\.? (et|ou) (?=M(?:me|lle)s?(?!\w)|MM?\.)", r"monsieur \1 "),
        rule(r"(?<!\w)(MM?\.)(?= ?\p{Lu}| l(?:es?|a|') ?) ?", lambda m: f"{_TITLES[m[1]]} "),
        rule(r"(?<!\w)(M(?:me|lle)s?|MME|MLLE)(?!\w)\.?(?! *$)", lambda m: _TITLES[m[1]]),
        rule(r"(?<!\w)(Dr|Pr)\.?(?= \p{L})", lambda m: _TITLES[m[1]]),
        rule(r"(?<!\w)S[tT]\.?(?=[ -]\p{Lu})", "Saint"),
        rule(r"(?<!\w)S(?:te|TE)\.?(?=[ -]\p{Lu})", "Sainte"),
    )


def _any(table: Iterable[str]) -> str:
    return "|".join(regex.escape(short) for short in sorted(table, key=len, reverse=True))


def _written_out(match: Match, table: Mapping[str, str]) -> str:
    """Return the long form with the capital of the short one, and the point that closes the sentence."""
    long = next(long for short, long in table.items() if short.lower() == match["short"].lower())
    return cased(long, match["short"]) + ("." if match["end"] is not None else "")


def _extreme(match: Match) -> str:
    return cased("maximum" if match[1].lower() == "max" else "minimum", match[1])


def cased(words: str, like: str) -> str:
    """Return the words with a capital if only the first letter of `like` is one ("Av", not "RDV")."""
    return words[0].upper() + words[1:] if like[:1].isupper() and not like.isupper() else words


def last_signs() -> tuple[Rule, ...]:
    """Return the rules for the signs that are left."""
    return (
        rule(r"(?<=\w) - (?=\S)", ", "),
        rule(r"\bet/ou\b", "et ou", regex.I),
        rule(r"(?<=\w[.)]?) ?/ ?(?=\p{L})", " ou "),
        rule(rf"[{regex.escape(''.join(_SIGNS))}]", lambda m: _SIGNS[m[0]]),
    )
