"""From a French text to what a loudspeaker says: no digit, no address, no abbreviation. Pure.

The text runs through named steps in one order: characters, addresses, lines, numbers, abbreviations,
signs. A later step never meets a digit that an earlier one understood.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache

import regex

from broadcast.text.urls import find_urls

#: Words a voice says in one second.
WORDS_A_SECOND = 2.5
#: Beyond, a number is read digit by digit.
MAX_NUMBER = 999_999_999_999

_Match = regex.Match[str]
_Rule = tuple[regex.Pattern[str], str | Callable[[_Match], str]]

_SMALL = (
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    *("onze", "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"),
)
_TENS = ("", "dix", "vingt", "trente", "quarante", "cinquante", "soixante", "", "quatre-vingt")
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)
_SHORT_MONTHS = {
    "janv": "janvier",
    "févr": "février",
    "fév": "février",
    "avr": "avril",
    "juil": "juillet",
    "sept": "septembre",
    "oct": "octobre",
    "nov": "novembre",
    "déc": "décembre",
}
_SHORT_DAYS = {
    "lun": "lundi",
    "mar": "mardi",
    "mer": "mercredi",
    "jeu": "jeudi",
    "ven": "vendredi",
    "sam": "samedi",
    "dim": "dimanche",
}
#: Symbol: one, several, feminine.
_UNITS = {
    "km/h": ("kilomètre par heure", "kilomètres par heure", False),
    "m/s": ("mètre par seconde", "mètres par seconde", False),
    "µg/m³": ("microgramme par mètre cube", "microgrammes par mètre cube", False),
    "μg/m³": ("microgramme par mètre cube", "microgrammes par mètre cube", False),
    "m³/s": ("mètre cube par seconde", "mètres cubes par seconde", False),
    "km²": ("kilomètre carré", "kilomètres carrés", False),
    "m²": ("mètre carré", "mètres carrés", False),
    "m³": ("mètre cube", "mètres cubes", False),
    "km2": ("kilomètre carré", "kilomètres carrés", False),
    "m2": ("mètre carré", "mètres carrés", False),
    "m3": ("mètre cube", "mètres cubes", False),
    "km": ("kilomètre", "kilomètres", False),
    "m": ("mètre", "mètres", False),
    "cm": ("centimètre", "centimètres", False),
    "mm": ("millimètre", "millimètres", False),
    "kg": ("kilogramme", "kilogrammes", False),
    "g": ("gramme", "grammes", False),
    "mg": ("milligramme", "milligrammes", False),
    "t": ("tonne", "tonnes", True),
    "l": ("litre", "litres", False),
    "L": ("litre", "litres", False),
    "cl": ("centilitre", "centilitres", False),
    "ml": ("millilitre", "millilitres", False),
    "ha": ("hectare", "hectares", False),
    "kW": ("kilowatt", "kilowatts", False),
    "kWh": ("kilowattheure", "kilowattheures", False),
    "MW": ("mégawatt", "mégawatts", False),
    "dB": ("décibel", "décibels", False),
    "hPa": ("hectopascal", "hectopascals", False),
    "Mo": ("mégaoctet", "mégaoctets", False),
    "Go": ("gigaoctet", "gigaoctets", False),
    "j": ("jour", "jours", False),
    "h": ("heure", "heures", True),
    "heure": ("heure", "heures", True),
    "heures": ("heure", "heures", True),
    "min": ("minute", "minutes", True),
    "mn": ("minute", "minutes", True),
    "s": ("seconde", "secondes", True),
    "sec": ("seconde", "secondes", True),
    "%": ("pour cent", "pour cent", False),
    "‰": ("pour mille", "pour mille", False),
    "°C": ("degré", "degrés", False),
    "°F": ("degré Fahrenheit", "degrés Fahrenheit", False),
    "°": ("degré", "degrés", False),
    "$": ("dollar", "dollars", False),
    "£": ("livre", "livres", True),
    "cts": ("centime", "centimes", False),
}
#: Nouns that make a number feminine; streets are left out, as in "1 rue Foch" the number is a name.
_FEMININE = regex.compile(
    r" (?:personne|victime|famille|voiture|école|classe|semaine|année|journée|nuit|fois|minute|seconde|tonne|maison|commune|ville)s?(?!\w)"
)

#: Title, then what is said; the point is dropped, but at the end of a line.
_BEFORE_A_NAME = {
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
}
#: May close a sentence; then the point stays.
_MAY_CLOSE = {
    "rdv": "rendez-vous",
    "svp": "s'il vous plaît",
    "etc": "et cetera",
    "pers": "personnes",
    "hab": "habitants",
    "rens": "renseignements",
    "av. J.-C": "avant Jésus-Christ",
    "apr. J.-C": "après Jésus-Christ",
}
_WITHOUT_POINT = {
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
#: Noncharacters, which `_characters` leaves out of every text: they hold the place of an address.
_EMAIL, _URL = "\ufdd0", "\ufdd1"

#: No more than four groups of thousands, which keeps the search linear on hostile text.
_NUM = r"(?:\d{1,3}(?: \d{3}){1,4}(?!\d)|[1-9]\d{0,2}(?:\.\d{3}){1,4}(?!\d)|\d+)(?:[.,]\d+)?"
#: No number, and no part of one, ends here.
_NEW = r"(?<![\p{L}\d.,/:])"


def spoken(text: str) -> str:
    """Return what a voice says for a plain French text; it takes any text and never fails.

    Numbers, dates, hours, units and abbreviations become words, addresses of the web go ("sur
    www.ville.fr" becomes "sur internet"), a line of a list ends with a full stop. One line remains one
    line, but for a sentence that runs on.
    """
    emails: list[str] = []
    text = _without_urls(_characters(text), emails)
    said = [_tidy(_with_emails(_said(line), emails)) for line in _lines(text)]
    return "\n".join(line for line in said if regex.search(r"[\p{L}\p{N}]", line))


def number_words(n: int, *, feminine: bool = False) -> str:
    """Return "vingt et un", or "vingt et une" before a feminine noun; digit by digit beyond `MAX_NUMBER`."""
    if n < 0:
        return f"moins {number_words(-n, feminine=feminine)}"
    if n > MAX_NUMBER:
        return _digits(str(n))
    words = _cardinal(n)
    return f"{words}e" if feminine and regex.search(r"(?<!\p{L})un$", words) else words


def duration_s(text: str) -> float:
    """Return how many seconds a voice needs for a text that `spoken` returned, to a tenth."""
    return round(sum(any(map(str.isalnum, word)) for word in text.split()) / WORDS_A_SECOND, 1)


def _cardinal(n: int) -> str:
    said = []
    for size, name in ((10**9, "milliard"), (10**6, "million")):
        count, n = divmod(n, size)
        if count:
            said.append(f"{_below_thousand(count)} {name}{'s' if count > 1 else ''}")
    thousands, rest = divmod(n, 1000)
    if thousands == 1:
        said.append("mille")
    elif thousands:
        # "mille" is a number itself: cents and quatre-vingts lose their s before it, not before "millions".
        said.append(f"{regex.sub(r'(?<=cent|vingt)s$', '', _below_thousand(thousands))} mille")
    if rest or not said:
        said.append(_below_thousand(rest))
    return " ".join(said)


def _below_thousand(n: int) -> str:
    hundreds, rest = divmod(n, 100)
    if not hundreds:
        return _below_hundred(rest)
    head = "cent" if hundreds == 1 else f"{_SMALL[hundreds]} cent"
    if rest:
        return f"{head} {_below_hundred(rest)}"
    return head if hundreds == 1 else f"{head}s"


def _below_hundred(n: int) -> str:
    if n < len(_SMALL):
        return _SMALL[n]
    tens, unit = divmod(n, 10)
    if tens in (7, 9):
        tens, unit = tens - 1, unit + 10
    if not unit:
        return "quatre-vingts" if tens == 8 else _TENS[tens]
    link = " et " if unit in (1, 11) and tens != 8 else "-"
    return f"{_TENS[tens]}{link}{_SMALL[unit]}"


def _digits(digits: str) -> str:
    return " ".join(_SMALL[int(d)] for d in digits)


def _whole(digits: str, *, feminine: bool = False) -> str:
    """Return a run of digits in words, zeros in front said one by one."""
    significant = digits.lstrip("0")
    if len(significant) > len(str(MAX_NUMBER)):
        return _digits(digits)
    if not significant:
        return _digits(digits)
    zeros = "zéro " * (len(digits) - len(significant))
    return zeros + number_words(int(significant), feminine=feminine)


def _parts(number: str) -> tuple[str, str]:
    """Return the digits before and after the decimal mark of what `_NUM` matched."""
    number = number.replace(" ", "")
    if regex.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?", number):
        number = number.replace(".", "")
    whole, _, decimals = number.replace(".", ",").partition(",")
    return whole, decimals


def _number(number: str, *, feminine: bool = False) -> str:
    whole, decimals = _parts(number)
    if not decimals:
        return _whole(whole, feminine=feminine)
    after = _digits(decimals) if len(decimals) > 3 else _whole(decimals)
    return f"{_whole(whole)} virgule {after}"


def _several(number: str) -> bool:
    """True from two on: French says "1,5 degré"."""
    return _parts(number)[0].lstrip("0") not in ("", "1")


def _ordinal(digits: str) -> str:
    n = int(digits.replace(" ", ""))
    if n == 1:
        return "premier"
    words = number_words(n)
    words = regex.sub(r"(?<=cent|vingt|million|milliard)s$|e$", "", words)
    return regex.sub(r"cinq$", "cinqu", regex.sub(r"neuf$", "neuv", words)) + "ième"


# Characters and addresses


def _characters(text: str) -> str:
    """Return the text in letters, ASCII digits, ordinary spaces, "\\n" and marks that can be said."""
    text = unicodedata.normalize("NFC", "\n".join(text.splitlines()))
    for char, same in _SAME.items():
        text = text.replace(char, same)
    text = "".join(map(_character, text))
    return regex.sub(r" {2,}", " ", regex.sub(r"(?<!\p{L})'|'(?!\p{L})", "", text))


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

    def keep(match: _Match) -> str:
        emails.append(_email_words(match["address"]))
        return f" {_EMAIL} "

    return _compiled(
        r"(?:mailto:)?(?<![\w.+\-])(?P<address>[\w+\-][\w.+\-]{0,63}+@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}+)", regex.I
    ).sub(keep, text)


def _email_words(address: str) -> str:
    names = {"@": "arobase", ".": "point", "-": "tiret", "_": "tiret bas", "+": "plus"}
    said = regex.sub(r"[@.\-_+]", lambda m: f" {names[m[0]]} ", address)
    return " ".join(regex.sub(r"\d+", lambda m: f" {_whole(m[0])} ", said).split())


def _with_emails(text: str, emails: list[str]) -> str:
    """Put the addresses back, in order: `_lines` and the rules keep the marks in theirs."""
    while _EMAIL in text:
        text = text.replace(_EMAIL, emails.pop(0), 1)
    return text


def _without_urls(text: str, emails: list[str]) -> str:
    """Return the text without addresses of the web; e-mail addresses go to `emails`, as they hold bare domains."""
    text = _compiled(
        r"(?:\b[a-z][a-z0-9+.\-]{0,15}://|\bwww\.)[^\s<>]*[^\s<>.,;:!?…)\]'](?:\([^\s()]*\))?|\b[a-z]{3,5}://", regex.I
    ).sub(_URL, text)
    text = _with_emails_kept(text, emails)
    kept, at = [], 0
    for start, end in find_urls(text):
        bare = text[start:end]
        kept.append(text[at:start] + (_URL if _is_address(bare) else bare))
        at = end
    text = "".join(kept) + text[at:]
    text = regex.sub(rf"{_URL}(?:,? (?:(?:et|ou|/) )?{_URL})+", _URL, text)
    text = regex.sub(rf"\b(sur|via|par)(?: le site(?: internet)?)? ?:? ?{_URL}", r"\1 internet", text)
    text = regex.sub(rf"\bà l'adresse(?: suivante)? ?:? ?{_URL}", "sur internet", text)
    # An announcement of nothing ("Infos : …") goes without its colon.
    text = regex.sub(rf"(?: (?:et|ou))? ?[:→>]? ?{_URL}(?= *(?:[.!?…)\n]|$))", "", text)
    return regex.sub(rf" ?{_URL}", "", text)


def _is_address(bare: str) -> bool:
    """True unless it is two words between which a space is missing: "tél.au", "fermés.La", "pont.la"."""
    host, slash, _ = bare.partition("/")
    name, _, top = host.rpartition(".")
    if slash:
        return True
    if name.lower() in (*_BEFORE_A_NAME, *_MAY_CLOSE, *_WITHOUT_POINT, "m", "mm", "max", "min", "tel", "dr", "st", "mme"):
        return False
    if top.lower() in ("au", "de", "et", "la", "ma", "me", "mes", "ne", "sa", "se", "en", "est", "par", "ce", "pas"):
        return False
    return top.islower() or top in ("FR", "COM", "ORG", "NET", "EU")


# Lines


def _lines(text: str) -> Iterable[str]:
    """Return the lines to say: sentences that run on joined, items of lists and paragraphs closed."""
    made: list[tuple[str, bool]] = []
    after_blank = False
    for raw in text.split("\n"):
        line = regex.sub(r"^(?: |>(?! ?\d))*+(?:#{1,6} )?", "", raw).strip()
        body = regex.sub(r"^(?:[-–—•‣▪●◦*·+] +|(?=\d{1,2}[.)] ))", "", line)
        item = body != line or bool(regex.match(r"\d{1,2}[.)] ", line))
        if not line:
            after_blank = True
            continue
        if made and (item or after_blank):
            made[-1] = (_closed(*made[-1]), made[-1][1])
        if made and not item and not after_blank and body[0].islower() and made[-1][0][-1:] not in (*".!?…:",):
            made[-1] = (f"{made[-1][0]} {body}", made[-1][1])
        else:
            made.append((regex.sub(r"^(\d{1,2})\) ", r"\1. ", body), item))
        after_blank = False
    if made and made[-1][1]:
        made[-1] = (_closed(*made[-1]), True)
    return [line for line, _ in made]


def _closed(line: str, item: bool) -> str:
    if item:
        line = line.rstrip(" ;,")
    return line if not line or line.rstrip(" )]")[-1:] in (*".!?…:;,",) else f"{line}."


def _said(line: str) -> str:
    for pattern, into in _rules():
        line = pattern.sub(into, line)
    return line


def _tidy(line: str) -> str:
    # No address may come about by what was left out before.
    line = regex.sub(r"http(s?)", lambda m: " H T T P" + " S" * len(m[1]) + " ", line, flags=regex.I)
    line = regex.sub(r"[\[\]{}<>*_\\^`~#/°|\"]", " ", line)
    line = regex.sub(r"\.(?=[\p{L}\p{N}_])", ". ", line)
    line = regex.sub(r"\( *[,;:.]* *\)", " ", line)
    line = regex.sub(r" +", " ", line)
    line = regex.sub(r" (?=[,.…)])|(?<=\() ", "", line)
    line = regex.sub(r"(?:[,;:] ?)++([.…!?)])?", lambda m: m[1] or regex.sub(r",(?= ?[,;:])", "", m[0]), line)
    line = regex.sub(r"([,;:!?…])(?: ?\1)+", r"\1", regex.sub(r"\.{2,}|\. \.", ".", line))
    return regex.sub(r"^[ ,;:.]+|(?: -)+$", "", line.strip()).strip()


# Rules, in their order


@cache
def _rules() -> tuple[_Rule, ...]:
    return (
        *_names_and_marks(),
        *_telephones(),
        *_dates(),
        *_hours(),
        *_quantities(),
        *_bare_numbers(),
        *_abbreviations(),
        *_last_signs(),
    )


def _rule(pattern: str, into: str | Callable[[_Match], str], flags: int = 0) -> _Rule:
    return _compiled(pattern, flags), into


@cache
def _compiled(pattern: str, flags: int = 0) -> regex.Pattern[str]:
    return regex.compile(pattern, flags)


def _names_and_marks() -> tuple[_Rule, ...]:
    return (
        _rule(r"#(?=\d+(?!\w))", "numéro "),
        _rule(r"#(\w+)", lambda m: f" {_split_words(m[1])} "),
        _rule(r"\b(n)°(s?) ?(?=\d|\p{L}|$| )", lambda m: f"{'N' if m[1] == 'N' else 'n'}uméro{m[2]} ", regex.I),
        _rule(r"\b(t)[eé]l(?:\. ?|\b ?)(?=:|[\d+(])", lambda m: f"{m[1]}éléphone ", regex.I),
        _rule(r"\b(?:\p{Lu}\.){2,}(?!\w)", lambda m: m[0].replace(".", "")),
        _rule(r"\bRN[ -]?(?=\d)", "route nationale "),
        _rule(r"\bRD[ -]?(?=\d)", "route départementale "),
        _rule(r"\b([JH])-(?=\d)", r"\1 moins "),
    )


def _split_words(tag: str) -> str:
    """Return "Issy Les Moulineaux" for "IssyLesMoulineaux"."""
    bounds = r"(?<=[\p{Ll}\d])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=\d)|(?<=\d)(?=\p{L})"
    return regex.sub(bounds, " ", tag.replace("_", " "))


def _telephones() -> tuple[_Rule, ...]:
    return (
        _rule(
            r"(?:\+|(?<!\d)00)33[ .]?(?:\(0\)[ .]?)?([1-9](?:[ .\-]?\d\d){4})(?!\d)",
            lambda m: "plus trente-trois, " + _pairs(m[1]),
        ),
        _rule(r"(?<![\d+])0\d(?:[ .\-]?\d\d){4}(?!\d)", lambda m: _pairs(m[0])),
        _rule(
            r"(?<!\d)0[ .]?(8\d\d)[ .]?(\d{3})[ .]?(\d{3})(?!\d)",
            lambda m: f"zéro {_whole(m[1])}, {_whole(m[2])}, {_whole(m[3])}",
        ),
        _rule(r"\b(le|au) (11[68]) ?(\d{3})(?!\d)", lambda m: f"{m[1]} {_whole(m[2])}, {_whole(m[3])}", regex.I),
        _rule(
            r"\b(le|au|appelez|composez|numéro|téléphone ?:?) (3\d)(?: ?)(\d\d)(?! ?[\d%€°]|[.,]\d| (?:km|m|mètres|euros)\b)",
            lambda m: f"{m[1]} {_whole(m[2])} {_whole(m[3])}",
            regex.I,
        ),
    )


def _pairs(number: str) -> str:
    digits = regex.sub(r"\D", "", number)
    first, rest = (digits[:1], digits[1:]) if len(digits) % 2 else ("", digits)
    pairs = [first] * bool(first) + [rest[n : n + 2] for n in range(0, len(rest), 2)]
    return ", ".join(map(_whole, pairs))


def _dates() -> tuple[_Rule, ...]:
    months = "|".join(_MONTHS)
    days = "|".join(_SHORT_DAYS)
    return (
        _rule(
            rf"(?<=\d|\d ?er) ?({'|'.join(_SHORT_MONTHS)})\.( *$)?",
            lambda m: f" {_SHORT_MONTHS[m[1].lower()]}{'.' if m[2] is not None else ''}",
            regex.I,
        ),
        _rule(rf"(?<!\bla )\b({days})\. ?(?=\d)", lambda m: f"{_cased(_SHORT_DAYS[m[1].lower()], m[1])} ", regex.I),
        _rule(rf"(?<![\d.,/])0?1 (?={months})", "premier "),
        _rule(r"(?<![\d\-])(\d{4})-(\d\d)-(\d\d)(?:T(?=\d\d:)|(?![\d\-]))", lambda m: _date(m, m[3], m[2], m[1])),
        _rule(r"(?<![\d./\-])(\d{1,2})([./\-])(\d{1,2})\2(\d{4})(?![\d])", lambda m: _date(m, m[1], m[3], m[4])),
        _rule(r"(?<![\d./\-])(\d{1,2})/(\d{1,2})/(\d\d)(?![\d/])", lambda m: _date(m, m[1], m[2], m[3])),
        _rule(
            r"\b((?:le|au|du|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )(\d{1,2})/(\d{1,2})(?![\d/]|,\d| d(?:es?|u)\b)",
            lambda m: m[1] + _date(m, m[2], m[3], skip=len(m[1])),
            regex.I,
        ),
        _rule(r"(?<![\d./,\-])(\d{1,2})/(0[1-9]|1[0-2])(?![\d/]|,\d)", lambda m: _date(m, m[1], m[2])),
    )


def _date(match: _Match, day: str, month: str, year: str = "", *, skip: int = 0) -> str:
    """Return the date in words, or the match from `skip` on if there is no such day or month."""
    if not 1 <= int(day) <= 31 or not 1 <= int(month) <= 12:
        return match[0][skip:]
    words = "premier" if int(day) == 1 else number_words(int(day))
    said = f"{words} {_MONTHS[int(month) - 1]}"
    if len(year) == 2:
        year = f"{19 if int(year) >= 70 else 20}{year}"
    if year:
        said += f" {number_words(int(year))}"
    return f"{said} à " if match[0].endswith("T") else said


def _hours() -> tuple[_Rule, ...]:
    minutes = r"(?: ?(?P<m{0}>[0-5]\d)(?!\d| \d{{3}}(?!\d)))?"
    first = rf"(?:(?P<h1>\d{{1,2}}) ?h{minutes.format(1)} ?[-–—/→] ?|(?P<alone>\d{{1,2}})[-–—](?=\d))"
    return (
        _rule(r"(?<![\d:.,])([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?(?![\d:])", _with_h),
        _rule(r"(?<=[-–—] ?\d{1,2} ?h(?: ?\d\d)?) ?/ ?(?=\d{1,2} ?h)", ", ", regex.I),
        _rule(r"(?<![\d:.,/])24 ?h(?:eures)? ?/ ?24(?: ?h)?(?!\w)", "vingt-quatre heures sur vingt-quatre", regex.I),
        _rule(
            rf"(?P<before>\b(?:de|entre|vers|dès|à|environ) )?{_NEW}{first}(?P<h2>\d{{1,2}}) ?h{minutes.format(2)}(?!\w)",
            _hour_range,
            regex.I,
        ),
        _rule(r"\brdv\.? (?=\d{1,2} ?h(?!\p{L}))", lambda m: f"{_cased('rendez-vous', m[0].strip(' .'))} à ", regex.I),
        _rule(
            rf"{_NEW}(\d{{1,2}}) ?(?:h|heures?)(?: ?([0-5]\d)(?!\d| \d{{3}}(?!\d))( ?(?:min|mn|minutes)\b)?)?(?!\w)",
            lambda m: _hour(m[1], m[2], said_minutes=bool(m[3])),
            regex.I,
        ),
    )


def _with_h(match: _Match) -> str:
    seconds = f" {match[3]} s" if match[3] and int(match[3]) else ""
    return f"{match[1]}h{match[2]}{seconds}"


def _hour_range(match: _Match) -> str:
    start = _hour(match["h1"] or match["alone"], match["m1"])
    end = _hour(match["h2"], match["m2"])
    before = match["before"] or "de "
    return f"{before}{start} {'et' if before.lower() == 'entre ' else 'à'} {end}"


def _hour(hours: str, minutes: str | None, *, said_minutes: bool = False) -> str:
    n, m = int(hours), int(minutes or 0)
    said = f"{number_words(n, feminine=True)} heure{'s' if n > 1 else ''}"
    if m:
        said += f" {number_words(m, feminine=True)}"
        if said_minutes:
            said += " minutes" if m > 1 else " minute"
    return said


def _quantities() -> tuple[_Rule, ...]:
    units = "|".join(regex.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
    return (
        _rule(r"(?<![\d.,])\d{1,3}(?:,\d{3}){2,}(?![\d,])", lambda m: m[0].replace(",", "")),
        _rule(r"(?<![\d.,])\d+(?:,\d+){2,}+", lambda m: m[0].replace(",", ", ")),
        _rule(rf"(?<![\d.,])(?!{_NUM}(?!\.\d))\d+(?:\.\d+){{2,}}+", lambda m: m[0].replace(".", " point ")),
        _rule(r"(?<!\w)1er(s?)(?!\w)", r"premier\1"),
        _rule(r"(?<!\w)1[eè]?re(s?)(?!\w)", r"première\1"),
        _rule(r"(?<!\w)2nd(e?s?)(?!\w)", r"second\1"),
        _rule(r"(?<![\w.,])(\d{1,3}(?: \d{3}){1,3}|\d{1,12})(?:i?[eè]me|e|è)(s?)(?!\w)", lambda m: _ordinal(m[1]) + m[2]),
        _rule(rf"{_NEW}1/2 (?=heure|journée)", "une demi-"),
        _rule(rf"{_NEW}([1-3])/([234])(?![\d/]|,\d)", _fraction),
        _rule(rf"(?<![\p{{L}}\d.,/:\-–—])({_NUM})[-–—](?={_NUM}(?![\d\-–—/]))", lambda m: f"{_number(m[1])} à "),
        _rule(r"(?<![\p{L}\d)\]])-(?=\d)", " moins "),
        _rule(r"(?<=\d) ?[-–—] ?(?=\d)", ", "),
        _rule(rf"(?<![\d.,])({_NUM}) ?(k|M|Md)€", lambda m: f"{m[1]} {_MANY[m[2]][_several(m[1])]}"),
        _rule(r"\b(millions?|milliards?) ?€", r"\1 d'euros"),
        _rule(rf"(?<![\d.,])({_NUM}) ?(?:€ ?(\d\d)(?!\d)|(?:€|euros?(?!\w)|EUR(?!\w)))(/(?=\p{{L}}))?", _euros, regex.I),
        _rule(
            rf"(?<![\d.,])({_NUM}) ?({units}|KM/H|Km/h|km/H|KM|Km|KG|Kg|MIN|° C)(?![\w²³'])(?:(/(?=\p{{L}}))|\.(?= \p{{Ll}}))?",
            _quantity,
        ),
        _rule(r"(?<!\w)km/h(?!\w)", "kilomètres par heure"),
        _rule(r"(?<!\w)km(?![\w²³])", "kilomètres"),
        _rule(r"(?<!\w)(km|m)²(?!\w)", lambda m: _UNITS[m[0]][1]),
    )


_MANY = {
    "k": ("mille euros", "mille euros"),
    "M": ("million d'euros", "millions d'euros"),
    "Md": ("milliard d'euros", "milliards d'euros"),
}


def _fraction(match: _Match) -> str:
    one = {"2": "demi", "3": "tiers", "4": "quart"}[match[2]]
    many = "s" if match[1] != "1" and match[2] != "3" else ""
    return f"{_SMALL[int(match[1])]} {one}{many}"


def _euros(match: _Match) -> str:
    whole, decimals = _parts(match[1])
    cents = match[2] or (decimals.ljust(2, "0") if len(decimals) < 3 else "")
    per = " par " if match[3] else ""
    if len(decimals) > 2 or (match[2] and decimals):
        return f"{_number(match[1])} euro{'s' if _several(match[1]) else ''}{per}"
    count = int(cents or 0)
    if count and not whole.strip("0"):
        return f"{number_words(count)} centime{'s' if count > 1 else ''}{per}"
    said = _whole(whole)
    name = " d'euros" if regex.search(r"illi(?:on|ard)s?$", said) else " euros" if _several(whole) else " euro"
    return said + name + (f" {number_words(count)}" if count else "") + per


def _quantity(match: _Match) -> str:
    unit = match[2].replace("° C", "°C")
    one, several, feminine = _UNITS.get(unit) or _UNITS[unit.lower()]
    return f"{_number(match[1], feminine=feminine)} {several if _several(match[1]) else one}{' par ' if match[3] else ''}"


def _bare_numbers() -> tuple[_Rule, ...]:
    return (
        _rule(r"(?<=[\p{L}\d])/(?=\d)", " sur "),
        _rule(r"> ?(?=\d)", " plus de "),
        _rule(r"< ?(?=\d)", " moins de "),
        _rule(r"[~≈] ?(?=\d)", " environ "),
        _rule(r"(?<=\p{L})-?(?=\d)|(?<=\d)-?(?=\p{L})", " "),
        _rule(_NUM, lambda m: _number(m[0], feminine=bool(_FEMININE.match(m.string, m.end())))),
    )


def _abbreviations() -> tuple[_Rule, ...]:
    return (
        _rule(
            rf"(?<!\w)(?P<short>(?i:{_any(_MAY_CLOSE)}))(?:…|\.(?P<end>(?= *$| +\p{{Lu}}))?|(?!\w))",
            lambda m: _written_out(m, _MAY_CLOSE),
        ),
        _rule(
            rf"(?<!\w)(?P<short>(?i:{_any(_BEFORE_A_NAME)}))\.(?:(?P<end>(?= *$))| *)",
            lambda m: _written_out(m, _BEFORE_A_NAME) + ("" if m["end"] is not None else " "),
        ),
        _rule(
            rf"(?<!\w)(?P<short>(?i:{_any(_WITHOUT_POINT)}))(?:\.(?P<end>(?= *$))?|(?!\w))",
            lambda m: _written_out(m, _WITHOUT_POINT),
        ),
        _rule(r"(?<!\w)tél(?!\w)", "téléphone"),
        _rule(r"(?<!\w)(min|max|MIN|MAX|Min(?=\.)|Max(?=\.))(?:\.(?! *$| +\p{Lu})|(?!\w))", _extreme),
        _rule(r"(?<!\w)(MM?\.)(?= ?\p{Lu}| l(?:es?|a|') ?) ?", lambda m: f"{_TITLES[m[1]]} "),
        _rule(r"(?<!\w)(M(?:me|lle)s?|MME|MLLE)(?!\w)\.?(?! *$)", lambda m: _TITLES[m[1]]),
        _rule(r"(?<!\w)(Dr|Pr)\.?(?= \p{L})", lambda m: _TITLES[m[1]]),
        _rule(r"(?<!\w)S[tT]\.?(?=[ -]\p{Lu})", "Saint"),
        _rule(r"(?<!\w)S(?:te|TE)\.?(?=[ -]\p{Lu})", "Sainte"),
    )


def _any(table: Iterable[str]) -> str:
    return "|".join(regex.escape(short) for short in sorted(table, key=len, reverse=True))


def _written_out(match: _Match, table: Mapping[str, str]) -> str:
    """Return the long form with the capital of the short one, and the point that closes the sentence."""
    long = next(long for short, long in table.items() if short.lower() == match["short"].lower())
    return _cased(long, match["short"]) + ("." if match["end"] is not None else "")


def _extreme(match: _Match) -> str:
    return _cased("maximum" if match[1].lower() == "max" else "minimum", match[1])


def _cased(words: str, like: str) -> str:
    """Return the words with a capital if only the first letter of `like` is one ("Av", not "RDV")."""
    return words[0].upper() + words[1:] if like[:1].isupper() and not like.isupper() else words


def _last_signs() -> tuple[_Rule, ...]:
    return (
        _rule(r"(?<=\w) - (?=\S)", ", "),
        _rule(r"\bet/ou\b", "et ou", regex.I),
        _rule(r"(?<=\w[.)]?) ?/ ?(?=\p{L})", " ou "),
        _rule(rf"[{regex.escape(''.join(_SIGNS))}]", lambda m: _SIGNS[m[0]]),
    )
