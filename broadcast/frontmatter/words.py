"""The words of a message file in French beside the English ones, however they are accented. Pure."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence

#: What a French editor writes for each word of a key; the first one is shown in errors.
FRENCH: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "kind": {
        "alert": ("alerte", "alerte à la population"),
        "information": ("information", "info", "infos", "informations", "actualité"),
        "practical": ("pratique", "info pratique", "infos pratiques", "information pratique", "vie pratique"),
        "activity": ("activité", "activités", "animation", "animations", "concours", "événement"),
        "all_clear": ("fin d'alerte", "levée d'alerte", "fin alerte", "levée de l'alerte"),
        "holding": ("attente", "message d'attente", "point de situation"),
    },
    "level": {
        "extreme": ("extrême",),
        "severe": ("grave", "sévère", "fort"),
        "moderate": ("modéré", "modérée", "moyen"),
        "minor": ("mineur", "mineure", "faible"),
        "unknown": ("inconnu", "inconnue"),
    },
    "urgency": {
        "immediate": ("immédiate", "immédiat"),
        "expected": ("attendue", "attendu", "prévue", "prévu", "dans l'heure"),
        "future": ("future", "à venir"),
        "past": ("passée", "passé"),
        "unknown": ("inconnue", "inconnu"),
    },
    "certainty": {
        "observed": ("observée", "observé", "constatée", "constaté", "avérée", "avéré"),
        "likely": ("probable",),
        "possible": ("possible",),
        "unlikely": ("improbable", "peu probable"),
        "unknown": ("inconnue", "inconnu"),
    },
    "category": {
        "geo": ("géologie", "géologique", "séisme"),
        "met": ("météo", "météorologie", "météorologique"),
        "safety": ("sécurité", "sécurité civile"),
        "security": ("sûreté", "ordre public", "attentat"),
        "rescue": ("secours", "sauvetage"),
        "fire": ("incendie", "feu", "feux"),
        "health": ("santé", "sanitaire"),
        "env": ("environnement", "pollution"),
        "transport": ("transport", "transports", "circulation"),
        "infra": ("infrastructure", "infrastructures", "réseaux"),
        "cbrne": ("nrbc", "nrbce", "industriel"),
        "other": ("autre",),
    },
    "response": {
        "shelter": ("abri", "s'abriter", "mise à l'abri", "se mettre à l'abri", "confinement"),
        "evacuate": ("évacuer", "évacuation"),
        "prepare": ("préparer", "se préparer"),
        "execute": ("exécuter", "appliquer"),
        "avoid": ("éviter",),
        "monitor": ("surveiller", "s'informer"),
        "assess": ("évaluer",),
        "allclear": ("fin d'alerte",),
        "none": ("aucune", "rien"),
    },
}


def folded(text: str) -> str:
    """Return a text without accents, case, and the sign that joins its words: "Infos_Pratiques" → "infos pratiques"."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\s_\-]+", " ", bare.replace("’", "'")).strip()


def meant(key: str, written: str, words: Sequence[str]) -> str | None:
    """Return the word of a key that was written, in English or French; None if it is none."""
    return _known(key, words).get(folded(written))


def choices(key: str, words: Sequence[str]) -> str:
    """Return the words of a key for an error: "alert (alerte), information, practical (pratique)"."""
    french = FRENCH.get(key, {})
    shown = ((word, french.get(word, (word,))[0]) for word in words)
    return ", ".join(word if word == name else f"{word} ({name})" for word, name in shown)


def nearest(key: str, written: str, words: Sequence[str]) -> str | None:
    """Return the word that somebody may have meant."""
    known = _known(key, words)
    near = difflib.get_close_matches(folded(written), known, 1)
    return known[near[0]] if near else None


def _known(key: str, words: Sequence[str]) -> dict[str, str]:
    known = {folded(name): word for word, names in FRENCH.get(key, {}).items() if word in words for name in names}
    return known | {folded(word): word for word in words}
