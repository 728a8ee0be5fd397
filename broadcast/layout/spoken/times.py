"""Telephone numbers, dates and hours. Pure."""

from __future__ import annotations

import regex

from broadcast.layout.spoken.abbreviations import cased
from broadcast.layout.spoken.numbers import NEW, number_words, whole_words
from broadcast.layout.spoken.rule import Match, Rule, rule

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


#: Short numbers of French public and help services: nobody counts so many of anything, and no year is as late.
#: Source: ARCEP, numéros courts; https://www.service-public.gouv.fr, "numéros d'urgence", read 2026-11-29.
_SHORT = (
    *("3018", "3020", "3114", "3117", "3131", "3219", "3232", "3237", "3400", "3434", "3608", "3620", "3631", "3635", "3646"),
    *("3699", "3900", "3914", "3915", "3919", "3920", "3922", "3928", "3933", "3939", "3949", "3960", "3966", "3975", "3977"),
    *("3985", "3989", "3990", "3992", "3995", "3996", "3999"),
)


def telephones() -> tuple[Rule, ...]:
    """Return the rules for telephone numbers, said in pairs."""
    return (
        rule(
            r"(?:\+|(?<!\d)00)33[ .]?(?:\(0\)[ .]?)?([1-9](?:[ .\-]?\d\d){4})(?!\d)",
            lambda m: "plus trente-trois, " + _pairs(m[1]),
        ),
        rule(r"(?<![\d+])0\d(?:[ .\-]?\d\d){4}(?!\d)", lambda m: _pairs(m[0])),
        rule(
            r"(?<!\d)0[ .]?([1-9]\d\d)[ .]?(\d{3})[ .]?(\d{3})(?!\d)",
            lambda m: f"zéro {whole_words(m[1])}, {whole_words(m[2])}, {whole_words(m[3])}",
        ),
        rule(
            r"(?<!\d)0[ .]?([89]\d\d)[ .]?(\d\d)[ .]?(\d\d)[ .]?(\d\d)(?!\d)",
            lambda m: "zéro " + ", ".join(whole_words(m[n]) for n in (1, 2, 3, 4)),
        ),
        rule(
            r"(?<![\d.,/+\-])(3\d) ?(\d\d)(?! ?[\d%€°]|[.,/]\d| \p{Ll}+s\b)",
            lambda m: _pairs(m[1] + m[2]).replace(",", "") if m[1] + m[2] in _SHORT else m[0],
        ),
        rule(r"\b(le|au) (11[68]) ?(\d{3})(?!\d)", lambda m: f"{m[1]} {whole_words(m[2])}, {whole_words(m[3])}", regex.I),
        rule(
            r"\b(le|au|appelez|composez|numéro|téléphone ?:?) (3\d)(?: ?)(\d\d)(?! ?[\d%€°]|[.,]\d| (?:km|m|mètres|euros)\b)",
            lambda m: f"{m[1]} {whole_words(m[2])} {whole_words(m[3])}",
            regex.I,
        ),
    )


def _pairs(number: str) -> str:
    digits = regex.sub(r"\D", "", number)
    first, rest = (digits[:1], digits[1:]) if len(digits) % 2 else ("", digits)
    pairs = [first] * bool(first) + [rest[n : n + 2] for n in range(0, len(rest), 2)]
    return ", ".join(map(whole_words, pairs))


def spans_of_days() -> tuple[Rule, ...]:
    """Return the rule for "lun.-ven.", before anything is read."""
    days = "|".join(_SHORT_DAYS)
    return (
        rule(
            rf"\b(?:du )?({days})\.? ?(?:[-–—/]|au) ?({days})(?:\.|(?!\w))",
            lambda m: f"{cased('du', m[0])} {_SHORT_DAYS[m[1].lower()]} au {_SHORT_DAYS[m[2].lower()]}",
            regex.I,
        ),
    )


def dates() -> tuple[Rule, ...]:
    """Return the rules for dates, days and months."""
    months = "|".join(_MONTHS)
    days = "|".join(_SHORT_DAYS)
    return (
        rule(
            rf"(?<=\d|\d ?er) ?({'|'.join(_SHORT_MONTHS)})\.( *$)?",
            lambda m: f" {_SHORT_MONTHS[m[1].lower()]}{'.' if m[2] is not None else ''}",
            regex.I,
        ),
        rule(rf"(?<!\bla )\b({days})\. ?(?=\d)", lambda m: f"{cased(_SHORT_DAYS[m[1].lower()], m[1])} ", regex.I),
        # Two whole dates with a stroke between them are a span; two days before one month are two days.
        rule(
            r"(?<![\d./\-])(?:\bdu )?(?<![\d./\-])(\d{1,2}([./])\d{1,2}\2\d{4}) ?[-–—] ?(?=\d{1,2}\2\d{1,2}\2\d{4}(?!\d))",
            r"du \1 au ",
        ),
        rule(rf"(?<![\d.,/])(\d{{1,2}})(?:er)?/(\d{{1,2}}) (?={months}|{'|'.join(_SHORT_MONTHS)})", _two_days, regex.I),
        rule(rf"(?<![\d.,/])0?1 (?={months})", "premier "),
        rule(
            r"(?<![\w/])1er ?/ ?(\d{1,2})(?: ?/ ?(\d{4}|\d\d))?(?![\w/])",
            lambda m: _date(m, "1", m[1], m[2] or ""),
        ),
        rule(r"(?<![\d\-])(\d{4})-(\d\d)-(\d\d)(?:T(?=\d\d:)|(?![\d\-]))", lambda m: _date(m, m[3], m[2], m[1])),
        rule(r"(?<![\d./\-])(\d{1,2})([./\-])(\d{1,2})\2(\d{4})(?![\d])", lambda m: _date(m, m[1], m[3], m[4])),
        rule(r"(?<![\d./\-])(\d{1,2})/(\d{1,2})/(\d\d)(?![\d/])", lambda m: _date(m, m[1], m[2], m[3])),
        rule(
            r"\b((?:le|au|du|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )(\d{1,2})/(\d{1,2})(?![\d/]|,\d| d(?:es?|u)\b)",
            lambda m: m[1] + _date(m, m[2], m[3], skip=len(m[1])),
            regex.I,
        ),
        rule(r"(?<![\d./,\-])(\d{1,2})/(0[1-9]|1[0-2])(?![\d/]|,\d)", lambda m: _date(m, m[1], m[2])),
    )


def _two_days(match: Match) -> str:
    if not (1 <= int(match[1]) <= 31 and 1 <= int(match[2]) <= 31):
        return match[0]
    return f"{'premier' if int(match[1]) == 1 else number_words(int(match[1]))} et {number_words(int(match[2]))} "


def _date(match: Match, day: str, month: str, year: str = "", *, skip: int = 0) -> str:
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


def hours() -> tuple[Rule, ...]:
    """Return the rules for hours and spans of hours."""
    minutes = r"(?: ?(?P<m{0}>[0-5]\d)(?!\d| \d{{3}}(?!\d)))?"
    first = rf"(?:(?P<h1>\d{{1,2}}) ?h{minutes.format(1)} ?[-–—/→] ?|(?P<alone>\d{{1,2}})[-–—](?=\d))"
    return (
        rule(r"(?<![\d:.,])([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?(?![\d:])", _with_h),
        rule(r"(?<=[-–—] ?\d{1,2} ?h(?: ?\d\d)?) ?/ ?(?=\d{1,2} ?h)", ", ", regex.I),
        rule(r"(?<![\d:.,/])24 ?h(?:eures)? ?/ ?24(?: ?h)?(?!\w)", "vingt-quatre heures sur vingt-quatre", regex.I),
        rule(
            rf"(?P<before>\b(?:de|entre|vers|dès|à|environ) )?{NEW}{first}(?P<h2>\d{{1,2}}) ?h{minutes.format(2)}(?!\w)",
            _hour_range,
            regex.I,
        ),
        rule(r"\brdv\.? (?=\d{1,2} ?h(?!\p{L}))", lambda m: f"{cased('rendez-vous', m[0].strip(' .'))} à ", regex.I),
        rule(
            rf"{NEW}(\d{{1,2}}) ?(?:h|heures?)(?: ?([0-5]\d)(?!\d| \d{{3}}(?!\d))( ?(?:min|mn|minutes)\b)?)?(?!\w)",
            lambda m: _hour(m[1], m[2], said_minutes=bool(m[3])),
            regex.I,
        ),
    )


def _with_h(match: Match) -> str:
    seconds = f" {match[3]} s" if match[3] and int(match[3]) else ""
    return f"{match[1]}h{match[2]}{seconds}"


def _hour_range(match: Match) -> str:
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
