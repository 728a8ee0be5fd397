"""The fixed words around a message, in the language of its text. Pure.

Templates write them in French (`{{ t("Que faire ?") }}`); an English text gets the English ones. A text in any other
language keeps the French ones, the town's own, and `check` advises it.
"""

from __future__ import annotations

from collections.abc import Mapping

from broadcast.text.languages import is_english, is_french

KIND_LABELS: Mapping[str, str] = {
    "alert": "Alerte",
    "information": "Information",
    "practical": "Info pratique",
    "activity": "Animation",
    "all_clear": "Fin d’alerte",
    "holding": "Premier point",
}
LEVEL_LABELS: Mapping[str, str] = {
    "extreme": "Danger extrême",
    "severe": "Danger grave",
    "moderate": "Danger modéré",
    "minor": "Danger faible",
    "unknown": "",
}
#: French → English.
ENGLISH: Mapping[str, str] = {
    "": "",
    "ALERTE": "ALERT",
    "ALERTE RENFORCÉE": "ALERT RAISED",
    "Alerte": "Alert",
    "Animation": "Event",
    "Ceci est un exercice.": "This is an exercise.",
    "Ce qui change :": "What has changed:",
    "Ce qui est valable maintenant": "What applies now",
    "Ce qui est valable maintenant :": "What applies now:",
    "Cette information n’est plus valable.": "This information no longer applies.",
    "Consigne": "Instructions",
    "Consigne :": "What to do:",
    "Contact :": "Contact:",
    "Danger extrême": "Extreme danger",
    "Danger faible": "Minor danger",
    "Danger grave": "Severe danger",
    "Danger modéré": "Moderate danger",
    "En savoir plus :": "More:",
    "Fin d’alerte": "All clear",
    "Info pratique": "Practical information",
    "Information": "Information",
    "Information valable jusqu’au": "This information applies until",
    "La version à jour de cette information": "The current version of this information",
    "La version à jour de cette information :": "The current version of this information:",
    "La consigne change.": "The instructions change.",
    "Les horaires changent.": "The times change.",
    "Les images changent.": "The pictures change.",
    "MISE À JOUR": "UPDATE",
    "Mise à jour": "Update",
    "Nouveau contact :": "New contact:",
    "Premier point": "First statement",
    "Que faire :": "What to do:",
    "Que faire ?": "What to do?",
    "RECTIFICATIF": "CORRECTION",
    "RETIRÉ :": "WITHDRAWN:",
    "Rappel n°": "Reminder no.",
    "Rectificatif": "Correction",
    "Source :": "Source:",
    "TERMINÉ": "ENDED",
    "Terminé": "Ended",
    "Terminé :": "Ended:",
    "ce message remplace le précédent.": "this message replaces the previous one.",
    "danger extrême": "extreme danger",
    "danger faible": "minor danger",
    "danger grave": "severe danger",
    "danger modéré": "moderate danger",
    "mise à jour n°": "update no.",
    "n°": "no.",
    "publié le": "published on",
    "publié à": "published at",
    "À retenir :": "To remember:",
}


def label(french: str, language: str) -> str:
    """Return a fixed word in the language of a text.

    Args:
        french: as a template writes it; one that has no English stays as it is.
        language: of the text, BCP 47.
    """
    return ENGLISH.get(french, french) if is_english(language) else french


def is_spoken_here(language: str) -> bool:
    """True for a language in which the fixed words exist."""
    return is_french(language) or is_english(language)
