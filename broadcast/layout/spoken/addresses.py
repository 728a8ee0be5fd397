"""Characters that can be said, and addresses: those of the web go, those of e-mail are spelt. Pure."""

from __future__ import annotations

import unicodedata

import regex

from broadcast.layout.spoken.abbreviations import BEFORE_A_NAME, MAY_CLOSE, WITHOUT_POINT
from broadcast.layout.spoken.numbers import whole_words
from broadcast.layout.spoken.rule import Match, compiled, sub
from broadcast.text.urls import find_urls

_SAME = {
    "\u2010": "-",
    "\u2011": "-",
    "\u2212": "-",
    "\u2044": "/",
    "\u2215": "/",
    "’": "'",
    "ʼ": "'",
    "º": "°",
    "ᵉ": "e",
    "ʳ": "r",
    "№": "n°",
    "℃": "°C",
    "½": " 1/2 ",
    "¼": " 1/4 ",
    "¾": " 3/4 ",
    "...": "…",
}
_QUOTES = frozenset('«»“”„‟‹›‘‚‛"❝❞〝〞＂')
#: Noncharacters, which `characters` leaves out of every text: they hold the place of an address.
_EMAIL, _URL = "\ufdd0", "\ufdd1"


def characters(text: str) -> str:
    """Return the text in letters, ASCII digits, ordinary spaces, "\\n" and marks that can be said."""
    text = unicodedata.normalize("NFC", "\n".join(text.splitlines()))
    for char, same in _SAME.items():
        text = text.replace(char, same)
    text = "".join(map(_character, text))
    return sub(r" {2,}", " ", sub(r"(?<!\p{L})'|'(?!\p{L})", "", text))


def _character(char: str) -> str:
    if char.isascii():
        return char if char == "\n" or (char.isprintable() and char != '"') else " " if char == "\t" else ""
    category = unicodedata.category(char)
    if category[0] == "N" and char not in "²³":
        value = unicodedata.numeric(char, -1.0)
        sticks = category == "Nd"
        return (f"{int(value)}" if sticks else f" {int(value)} ") if value >= 0 and value.is_integer() else " "
    if category[0] == "Z" or char in _QUOTES or (category in ("So", "Sk") and char != "°"):
        return " "
    if category[0] == "C" or category == "Me" or "\ufe00" <= char <= "\ufe0f":
        return ""
    return char


def _with_emails_kept(text: str, emails: list[str]) -> str:
    """Return the text with a mark for each e-mail address, and its words added to `emails`."""

    def keep(match: Match) -> str:
        emails.append(_email_words(match["address"]))
        return f" {_EMAIL} "

    return compiled(
        r"(?:mailto:)?(?<![\w.+\-])(?P<address>[\w+\-][\w.+\-]{0,63}+@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}+)", regex.I
    ).sub(keep, text)


def _email_words(address: str) -> str:
    names = {"@": "arobase", ".": "point", "-": "tiret", "_": "tiret bas", "+": "plus"}
    said = sub(r"[@.\-_+]", lambda m: f" {names[m[0]]} ", address)
    return " ".join(sub(r"\d+", lambda m: f" {whole_words(m[0])} ", said).split())


def with_emails(text: str, emails: list[str]) -> str:
    """Put the addresses back, in order: `lines` and the rules keep the marks in theirs."""
    while _EMAIL in text:
        text = text.replace(_EMAIL, emails.pop(0), 1)
    return text


def without_urls(text: str, emails: list[str]) -> str:
    """Return the text without addresses of the web; e-mail addresses go to `emails`, as they hold bare domains."""
    text = compiled(
        r"(?:\b[a-z][a-z0-9+.\-]{0,15}://|\bwww\.)[^\s<>]*[^\s<>.,;:!?…)\]'](?:\([^\s()]*\))?|\b[a-z]{3,5}://", regex.I
    ).sub(_URL, text)
    text = _with_emails_kept(text, emails)
    kept, at = [], 0
    for start, end in find_urls(text):
        bare = text[start:end]
        kept.append(text[at:start] + (_URL if _is_address(bare) else bare))
        at = end
    text = "".join(kept) + text[at:]
    text = sub(rf"{_URL}(?:,? (?:(?:et|ou|/) )?{_URL})+", _URL, text)
    text = sub(rf"\b(sur|via|par)(?: le site(?: internet)?)? ?:? ?{_URL}", r"\1 internet", text)
    # "cf. https://…": what one is told to see must not vanish.
    text = sub(rf"(?<!\w)(cf\.?|[vV]oir|[cC]onsulte[rz]|[rR]etrouve[rz]) ?:? ?{_URL}", r"\1 sur internet", text)
    text = sub(rf"\bà l'adresse(?: suivante)? ?:? ?{_URL}", "sur internet", text)
    # What is given beside another way is said, or the other way would stand alone ("Infos : ou zéro un…").
    text = sub(rf"(?<=[:,→>])( ?){_URL}(?=,? (?:ou|et) )", r"\1sur internet", text)
    # An announcement of nothing ("Infos : …") goes without its colon.
    text = sub(rf"(?: (?:et|ou))? ?[:→>]? ?{_URL}(?= *(?:[.!?…)\n]|$))", "", text)
    return sub(rf" ?{_URL}", "", text)


def _is_address(bare: str) -> bool:
    """True unless it is two words between which a space is missing: "tél.au", "fermés.La", "pont.la"."""
    host, slash, _ = bare.partition("/")
    name, _, top = host.rpartition(".")
    if slash:
        return True
    if name.lower() in (*BEFORE_A_NAME, *MAY_CLOSE, *WITHOUT_POINT, "m", "mm", "max", "min", "tel", "dr", "st", "mme"):
        return False
    if top.lower() in ("au", "de", "et", "la", "ma", "me", "mes", "ne", "sa", "se", "en", "est", "par", "ce", "pas"):
        return False
    return top.islower() or top in ("FR", "COM", "ORG", "NET", "EU")
