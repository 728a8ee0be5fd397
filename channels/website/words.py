"""What the pages say around a message, in the languages that they speak; dates as a resident says them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from broadcast.text import hour, typo, when

_FRENCH = {
    "official": "Informations officielles de la mairie",
    "exercise": "rien de ce qui est écrit ici n’est réel.",
    "skip": "Aller au contenu",
    "now": "En ce moment",
    "today": "Informations de la mairie",
    "calm": "Aucune alerte en cours.",
    "latest": "Dernières informations",
    "all": "Toutes les informations publiées",
    "what_to_do": "Que faire ?",
    "call": "Appeler :",
    "updated": "Mis à jour",
    "published": "Publié",
    "over": "Terminé",
    "over_since": "Terminé depuis",
    "not_valid": "Cette information n’est plus valable.",
    "withdrawn": "Cette information n’est plus valable : la mairie l’a retirée. N’en tenez pas compte.",
    "retired": "Cette information a été retirée par la mairie. N'en tenez pas compte.",
    "because_expired": "Sa date de fin est passée.",
    "because_all_clear": "La fin d’alerte a été donnée.",
    "because_superseded": "Un autre message la remplace.",
    "former": "Lire l’ancien message",
    "details": "Détails",
    "first": "Première publication",
    "last": "Dernière mise à jour",
    "valid": "Information valable jusqu’au",
    "ended": "Fin",
    "version": "Version",
    "area": "Territoire",
    "machine": "Pour les logiciels",
    "changed": "Ce qui a changé",
    "history": "Versions précédentes",
    "first_version": "Première publication.",
    "photo": "Photo :",
    "share": "Prévenir quelqu’un",
    "mail": "Courriel",
    "sms": "SMS",
    "others": "Autres langues",
    "back": "Toutes les informations en cours",
    "emergency": "Urgences",
    "emergency_now": "En danger immédiat, appelez :",
    "emergency_all": "Tous les numéros d’urgence",
    "subscribe": "Être prévenu",
    "archive": "Archives et recherche",
    "legal": "Mentions légales",
    "accessibility": "Accessibilité",
    "source": "Cette page est la source officielle : une information qui n’y figure pas n’a pas été publiée par la mairie.",
    "foot": "Pied de page",
    "breadcrumb": "Vous êtes ici",
}
_ENGLISH = {
    "official": "Official information from the town hall",
    "exercise": "nothing written here is real.",
    "skip": "Skip to content",
    "now": "Right now",
    "today": "Information from the town hall",
    "calm": "No alert at the moment.",
    "latest": "Latest information",
    "all": "Everything published",
    "what_to_do": "What to do",
    "call": "Call:",
    "updated": "Updated",
    "published": "Published",
    "over": "Ended",
    "over_since": "Ended",
    "not_valid": "This information is no longer valid.",
    "withdrawn": "This information is no longer valid: the town hall has withdrawn it. Please ignore it.",
    "retired": "The town hall has withdrawn this information. Please ignore it.",
    "because_expired": "Its end date has passed.",
    "because_all_clear": "The all clear has been given.",
    "because_superseded": "Another message replaces it.",
    "former": "Read the former message",
    "details": "Details",
    "first": "First published",
    "last": "Last updated",
    "valid": "Valid until",
    "ended": "End",
    "version": "Version",
    "area": "Area",
    "machine": "For software",
    "changed": "What has changed",
    "history": "Earlier versions",
    "first_version": "First publication.",
    "photo": "Photo:",
    "share": "Tell someone",
    "mail": "E-mail",
    "sms": "Text message",
    "others": "Other languages",
    "back": "All current information",
    "emergency": "Emergencies",
    "emergency_now": "In immediate danger, call:",
    "emergency_all": "All emergency numbers",
    "subscribe": "Get alerts",
    "archive": "Archive and search",
    "legal": "Legal notice",
    "accessibility": "Accessibility",
    "source": "This page is the official source: what does not stand here was not published by the town hall.",
    "foot": "Footer",
    "breadcrumb": "You are here",
}
_FRENCH_KINDS = {
    "alert": "Alerte",
    "information": "Information",
    "practical": "Info pratique",
    "activity": "Animation",
    "all_clear": "Fin d’alerte",
    "holding": "Premier point",
}
_ENGLISH_KINDS = {
    "alert": "Alert",
    "information": "Information",
    "practical": "Practical information",
    "activity": "Event",
    "all_clear": "All clear",
    "holding": "First statement",
}
_FRENCH_LEVELS = {"extreme": "danger extrême", "severe": "danger grave", "moderate": "danger modéré", "minor": "danger faible"}
_ENGLISH_LEVELS = {"extreme": "extreme danger", "severe": "severe danger", "moderate": "moderate danger", "minor": "minor danger"}
_DAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
_LONG_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; a template reads them as `w.<name>`."""

    language: str
    said: Mapping[str, str]
    kinds: Mapping[str, str]
    levels: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """Return a word by its name, as a template asks for it."""
        return typo(self.said[name]) if self.language == "fr" else self.said[name]

    def short(self, at: datetime) -> str:
        """Return "ven. 27 nov. à 18 h 40": a day and an hour on a short line."""
        if self.language == "en":
            return f"{_ENGLISH_DAYS[at.weekday()][:3]} {at.day} {_ENGLISH_MONTHS[at.month - 1][:3]} at {at:%H:%M}"
        return f"{self._day(at)} {_MONTHS[at.month - 1]} à {hour(at)}"

    def day(self, at: datetime) -> str:
        """Return "ven. 27 nov. 2026"."""
        if self.language == "en":
            return f"{_ENGLISH_DAYS[at.weekday()][:3]} {at.day} {_ENGLISH_MONTHS[at.month - 1][:3]} {at.year}"
        return f"{self._day(at)} {_MONTHS[at.month - 1]} {at.year}"

    def full(self, at: datetime) -> str:
        """Return "vendredi 27 novembre 2026 à 18 h 40"."""
        if self.language == "en":
            return f"{_ENGLISH_DAYS[at.weekday()]} {at.day} {_ENGLISH_MONTHS[at.month - 1]} {at.year} at {at:%H:%M}"
        return when(at)

    def month(self, at: datetime) -> str:
        """Return "novembre 2026"."""
        names = _ENGLISH_MONTHS if self.language == "en" else _LONG_MONTHS
        return f"{names[at.month - 1]} {at.year}"

    def kind(self, kind: str) -> str:
        """Return what a message kind is called."""
        return self.kinds[kind]

    def level(self, level: str) -> str:
        """Return what a level is called, "" where there is nothing to say."""
        return self.levels.get(level, "")

    def _day(self, at: datetime) -> str:
        return f"{_DAYS[at.weekday()]} {'1er' if at.day == 1 else at.day}"


_KNOWN = MappingProxyType(
    {
        "fr": Words("fr", _FRENCH, _FRENCH_KINDS, _FRENCH_LEVELS),
        "en": Words("en", _ENGLISH, _ENGLISH_KINDS, _ENGLISH_LEVELS),
    }
)


def words_for(*languages: str) -> Words:
    """Return the words of the first of these languages that the pages speak, else French."""
    return next((_KNOWN[main] for tag in languages if (main := tag.lower().partition("-")[0]) in _KNOWN), _KNOWN["fr"])
