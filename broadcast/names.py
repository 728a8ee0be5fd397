"""Names of people: which can be one, and which two would be taken for each other. Pure."""

from __future__ import annotations

import unicodedata

#: Longest name of a person, characters.
MAX_NAME = 80

#: Under which the program itself stands in the audit, and words that would be read as it.
RESERVED = frozenset(
    {"broadcast", "dispatcher", "scheduler", "relay", "system", "système", "systeme", "rule", "rules", "règle", "regle"}
    | {"règles", "regles", "installation", "robot", "automate", "automatique", "anonyme", "anonymous", "nobody"}
    | {"personne", "everyone", "tous"}
)

#: Letters of other scripts, and signs, that look like a Latin one; lower case.
#: Source: https://www.unicode.org/Public/security/latest/confusables.txt, read 2026-11-29; the whole-letter pairs of the
#: scripts that a French keyboard or a copied text brings.
_LOOKS_LIKE = str.maketrans(
    {
        # Cyrillic
        **dict(zip("авеѕіјкмнорстухһԁԛѡգґ", "abesijkmhopctyxhdqwqr", strict=True)),
        **{"ё": "ë", "ї": "ï", "ь": "b", "ӏ": "l", "п": "n", "г": "r", "ѵ": "v", "ү": "y", "ԝ": "w"},
        # Greek
        **dict(zip("αβγεικνορτυχωηζμ", "abyeikvoptuxwnzu", strict=True)),
        **{"ϲ": "c", "ϳ": "j", "ς": "c", "σ": "o"},
        # Armenian
        **{"օ": "o", "ո": "n", "ս": "u", "հ": "h", "ց": "g"},
        # Latin letters and digits that are one stroke or one ring
        **{
            "ı": "i",
            "ɩ": "i",
            "ɡ": "g",
            "ɑ": "a",
            "ʏ": "y",
            "ᴏ": "o",
            "ƅ": "b",
            "0": "o",
            "1": "l",
            "|": "l",
            "ǀ": "l",
            "!": "l",
        },
        # Marks between words
        **dict.fromkeys("’ʼʹ´`‘′", "'"),
        **dict.fromkeys("‐‑‒–—−", "-"),
    }
)
#: Capitals that look like a Latin one though their small letters do not.
_CAPITALS = str.maketrans(
    "АВЕЅІЈКМНОРСТУХ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "ABESIJKMHOPCTYX" + "ABEZHIKMNOPTYX",
)
#: Two letters that together look like another one.
_PAIRS = (("rn", "m"), ("vv", "w"))
#: Scripts that one language writes side by side.
_TOGETHER = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "HANGUL": "CJK", "BOPOMOFO": "CJK"}


def canonical(name: str) -> str:
    """Return a name as it is kept: one form for a letter with an accent, however the keyboard made it."""
    return unicodedata.normalize("NFC", name)


def is_reserved(name: str) -> bool:
    """True for a name under which the program itself acts."""
    words = {key for word in RESERVED for key in looks(word)}
    return not words.isdisjoint(looks(name))


def fault_of(name: str) -> str:
    """Say why a text cannot be the name of a person; "" if it can."""
    is_writable = name.isprintable() and name == name.strip() and 0 < len(name) <= MAX_NAME and name[0] != "-"
    if not is_writable or set(name) & set(",/:"):
        return f"{MAX_NAME} signes au plus, sans virgule, deux-points, barre oblique, tiret au début ni espace autour"
    if not any(c.isalnum() for c in name):
        return "il faut au moins une lettre ou un chiffre"
    if unicodedata.normalize("NFKC", name) != canonical(name):
        return "écrivez-le en lettres ordinaires (des signes n'en sont que l'imitation)"
    scripts = _scripts(name)
    if len(scripts) > 1:
        return f"des lettres de plusieurs alphabets ({', '.join(sorted(s.lower() for s in scripts))}) : un seul par nom"
    if is_reserved(name):
        return "ce nom est celui du programme dans le journal des actes : choisissez-en un autre"
    return ""


def looks(name: str) -> frozenset[str]:
    """Return the ways in which a name may be read; two names that share one would be taken for each other.

    Folded: compatibility forms, case, letters and pairs that look alike, spaces.
    """
    text = " ".join(unicodedata.normalize("NFKC", name).split()).translate(_CAPITALS)
    # A capital I is taken for a small l as often as for an i.
    return frozenset(_skeleton(form) for form in (text.casefold(), text.replace("I", "l").casefold()))


def _skeleton(text: str) -> str:
    # Twice: what looks like a Latin letter with an accent is taken apart and put together again.
    text = unicodedata.normalize("NFC", text.translate(_LOOKS_LIKE))
    for pair, single in _PAIRS:
        text = text.replace(pair, single)
    return text


def _scripts(name: str) -> set[str]:
    found = set()
    for sign in name:
        if sign.isalpha():
            script = unicodedata.name(sign, "INCONNU").split()[0]
            found.add(_TOGETHER.get(script, script))
    return found
