"""Quantities, prices and what is left of numbers. Pure."""

from __future__ import annotations

import regex

from broadcast.layout.spoken.numbers import (
    NEW,
    NUMBER,
    SMALL,
    decimal_words,
    halves,
    is_several,
    number_words,
    ordinal_words,
    whole_words,
)
from broadcast.layout.spoken.rule import Match, Rule, rule

#: Symbol: one, several, feminine.
_UNITS = {
    "km/h": ("kilomètre par heure", "kilomètres par heure", False),
    "m/s": ("mètre par seconde", "mètres par seconde", False),
    "µg/m³": ("microgramme par mètre cube", "microgrammes par mètre cube", False),
    "μg/m³": ("microgramme par mètre cube", "microgrammes par mètre cube", False),
    "µg/m3": ("microgramme par mètre cube", "microgrammes par mètre cube", False),
    "μg/m3": ("microgramme par mètre cube", "microgrammes par mètre cube", False),
    "mg/l": ("milligramme par litre", "milligrammes par litre", False),
    "mg/L": ("milligramme par litre", "milligrammes par litre", False),
    "m3/s": ("mètre cube par seconde", "mètres cubes par seconde", False),
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


def quantities() -> tuple[Rule, ...]:
    """Return the rules for amounts, units, prices, ordinals and fractions."""
    units = "|".join(regex.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
    return (
        rule(r"(?<![\d.,])\d{1,3}(?:,\d{3}){2,}(?![\d,])", lambda m: m[0].replace(",", "")),
        rule(r"(?<![\d.,])\d+(?:,\d+){2,}+", lambda m: m[0].replace(",", ", ")),
        rule(rf"(?<![\d.,])(?!{NUMBER}(?!\.\d))\d+(?:\.\d+){{2,}}+", lambda m: m[0].replace(".", " point ")),
        rule(r"(?<!\w)1er(s?)(?!\w)", r"premier\1"),
        rule(r"(?<!\w)1[eè]?re(s?)(?!\w)", r"première\1"),
        rule(r"(?<!\w)2nd(e?s?)(?!\w)", r"second\1"),
        rule(r"(?<![\w.,])(\d{1,3}(?: \d{3}){1,3}|\d{1,12})(?:i?[eè]me|e|è)(s?)(?!\w)", lambda m: ordinal_words(m[1]) + m[2]),
        rule(rf"{NEW}1/2 (?=heure|journée)", "une demi-"),
        rule(rf"{NEW}1/2 ?h(?!\w)", "une demi-heure"),
        # "gratuit -12 ans", "interdit aux - de 18 ans"
        rule(r"(?<=[\p{L},:(] ?)- ?(?:de )?(?=\d{1,2} ans(?!\w))", "moins de "),
        rule(rf"{NEW}([1-3])/([234])(?![\d/]|,\d)", _fraction),
        rule(rf"(?<![\p{{L}}\d.,/:\-–—])({NUMBER})[-–—](?={NUMBER}(?![\d\-–—/]))", lambda m: f"{decimal_words(m[1])} à "),
        rule(r"(?<![\p{L}\d)\]])-(?=\d)", " moins "),
        rule(r"(?<=\d) ?[-–—] ?(?=\d)", ", "),
        rule(rf"(?<![\d.,])({NUMBER}) ?(k|M|Md)€", lambda m: f"{m[1]} {_MANY[m[2]][is_several(m[1])]}"),
        rule(rf"(?<![\d.,])({NUMBER}) ?(?:€ ?(\d\d)(?!\d)|(?:€|euros?(?!\w)|EUR(?!\w)))(/(?=\p{{L}}))?", _euros, regex.I),
        rule(rf"{NEW}(\d{{1,3}})(?:,(\d{{1,2}}) ?m|m(\d\d)| m (\d\d))(?![\w²³'/]| ?[/²³])", _metres),
        rule(
            rf"(?<![\d.,])({NUMBER}) ?({units}|KM/H|Km/h|km/H|KM|Km|KG|Kg|MIN|° C)(?![\w²³'])(?:(/(?=\p{{L}}))|\.(?= \p{{Ll}}))?",
            _quantity,
        ),
    )


_MANY = {
    "k": ("mille euros", "mille euros"),
    "M": ("million d'euros", "millions d'euros"),
    "Md": ("milliard d'euros", "milliards d'euros"),
}


def _fraction(match: Match) -> str:
    one = {"2": "demi", "3": "tiers", "4": "quart"}[match[2]]
    many = "s" if match[1] != "1" and match[2] != "3" else ""
    return f"{SMALL[int(match[1])]} {one}{many}"


def _euros(match: Match) -> str:
    whole, decimals = halves(match[1])
    cents = match[2] or (decimals.ljust(2, "0") if len(decimals) < 3 else "")
    per = " par " if match[3] else ""
    if len(decimals) > 2 or (match[2] and decimals):
        return f"{decimal_words(match[1])} euro{'s' if is_several(match[1]) else ''}{per}"
    count = int(cents or 0)
    if count and not whole.strip("0"):
        return f"{number_words(count)} centime{'s' if count > 1 else ''}{per}"
    said = whole_words(whole)
    name = " d'euros" if regex.search(r"illi(?:on|ard)s?$", said) else " euros" if is_several(whole) else " euro"
    return said + name + (f" {number_words(count)}" if count else "") + per


def _metres(match: Match) -> str:
    """Return a height or a length as people say it: "un mètre soixante", "quatre-vingts centimètres"."""
    whole, part = int(match[1]), (match[2] or match[3] or match[4]).ljust(2, "0")
    if not whole:
        return f"{number_words(int(part))} centimètre{'s' if int(part) > 1 else ''}"
    metres = f"{number_words(whole)} mètre{'s' if whole > 1 else ''}"
    return metres if part == "00" else f"{metres} {whole_words(part)}"


def _quantity(match: Match) -> str:
    unit = match[2].replace("° C", "°C")
    one, several, feminine = _UNITS.get(unit) or _UNITS[unit.lower()]
    return f"{decimal_words(match[1], feminine=feminine)} {several if is_several(match[1]) else one}{' par ' if match[3] else ''}"


def bare_units() -> tuple[Rule, ...]:
    """Return the rules for units without a number."""
    return (
        rule(r"\b(millions?|milliards?) ?€", r"\1 d'euros"),
        rule(r"\b([dD])e (un (?:(?:kilo|centi|milli)?mètre|litre|degré|euro|million|milliard)s?(?!\w))", r"\1'\2"),
        rule(r"(?<!\w)km/h(?!\w)", "kilomètres par heure"),
        rule(r"(?<!\w)km(?![\w²³])", "kilomètres"),
        rule(r"(?<!\w)(km|m)²(?!\w)", lambda m: _UNITS[m[0]][1]),
    )


def bare_numbers() -> tuple[Rule, ...]:
    """Return the rules for the numbers that are left."""
    return (
        rule(r"(?<=[\p{L}\d])/(?=\d)", " sur "),
        rule(r"> ?(?=\d)", " plus de "),
        rule(r"< ?(?=\d)", " moins de "),
        rule(r"[~≈] ?(?=\d)", " environ "),
        rule(r"(?<=\p{L})-?(?=\d)|(?<=\d)-?(?=\p{L})", " "),
        rule(NUMBER, lambda m: decimal_words(m[0], feminine=bool(_FEMININE.match(m.string, m.end())))),
    )
