"""What templates see of a message, made once for all the pages that show it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from broadcast.channel import Showing
from broadcast.model import EndedBecause, Newsroom, Part
from channels.website.machines import RETIRED
from channels.website.words import direction, words_for

#: Message kinds that stand on top while they are live.
URGENT = ("alert", "holding", "all_clear")
#: Message kinds that say what to do first, and whose words are folded away once they are over: nobody must follow them.
ORDERS = ("alert", "holding")
#: Why a message has ended, as its page says it.
_BECAUSE = {
    "expired": "Sa date de fin est passée.",
    "all_clear": "La fin d’alerte a été donnée.",
    "withdrawn": "La mairie l’a retirée.",
    "superseded": "Un autre message la remplace.",
}

#: Languages as Open Graph names them.
_LOCALES = {"fr": "fr_FR", "en": "en_GB"}


class Items:
    """The messages of one view of the board, described for templates."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._base, self._language = newsroom.base_url, newsroom.language
        self.zone = ZoneInfo(newsroom.timezone)
        self._known: dict[tuple[str, int], dict[str, Any]] = {}

    def of(self, showing: Showing) -> dict[str, Any]:
        """Return what templates see of one version of a message."""
        key = (showing.slug, showing.revision)
        if key not in self._known:
            self._known[key] = self._described(showing)
        return self._known[key]

    def local(self, at: datetime) -> datetime:
        """Return a time in the newsroom's zone."""
        return at.astimezone(self.zone)

    def _described(self, showing: Showing) -> dict[str, Any]:
        part = showing.rendition.parts[0]
        ended, kind = showing.ended_at, part.options.get("kind")
        is_withdrawn = showing.ended_because is EndedBecause.WITHDRAWN
        return self._in_language(part.language) | {
            "position": showing.position,
            "slug": showing.slug,
            "title": part.title,
            "html": part.html,
            "text": part.text,
            "options": part.options,
            "summary": part.options.get("summary") or part.text,
            "lead": part.options.get("lead") or part.options.get("summary") or part.text,
            "told": _told(showing),
            "images": _images(part),
            "url": f"{self._base}/a/{showing.slug}/",
            "iso": self.local(ended or showing.published_at).isoformat(timespec="seconds"),
            "day_iso": self.local(showing.first_published_at).isoformat(timespec="seconds"),
            "first_at": self.local(showing.first_published_at),
            "at": self.local(showing.published_at),
            "updated": showing.published_at != showing.first_published_at,
            "expires_at": self.local(part.expires_at) if part.expires_at else None,
            "ended_at": self.local(ended) if ended else None,
            "because": _BECAUSE.get(showing.ended_because.value, "") if showing.ended_because else "",
            "reason": "",
            "change": part.options.get("change", ""),
            "live": showing.is_live,
            "is_withdrawn": is_withdrawn,
            "is_urgent": showing.is_live and kind in URGENT,
            "is_first": kind in ORDERS,
            "is_folded": not showing.is_live and (is_withdrawn or kind in ORDERS),
            "stamp": max(filter(None, (showing.published_at, ended))),
        }

    def _in_language(self, language: str) -> dict[str, Any]:
        main = language.lower().partition("-")[0]
        # On a page in another language each piece of the message says in which one it is.
        written = Markup(' lang="{}" dir="{}"').format(language, direction(language)) if language != self._language else ""
        return {
            "language": language,
            "dir": direction(language),
            "as_written": written,
            "is_foreign": main != self._language.lower().partition("-")[0],
            "locale": _LOCALES.get(main, language.replace("-", "_")),
            "w": words_for(language, self._language),
        }


def _told(showing: Showing) -> str:
    """Return what stands under the title where a link is shared: of an alert what to do, of what is over that it is."""
    part = showing.rendition.parts[0]
    w = words_for(part.language)
    if showing.ended_because is EndedBecause.WITHDRAWN:
        return RETIRED
    if not showing.is_live:
        return w["not_valid"]
    order = part.options.get("instruction") if part.options.get("kind") in ORDERS else ""
    return " ".join(filter(None, (order, part.options.get("lead") or part.options.get("summary") or "")))


def _images(part: Part) -> list[dict[str, Any]]:
    # What stands within the text is not shown once more beside it.
    return [
        {"name": m.name, "alt": m.alt, "credit": m.credit, "width": m.width_px, "height": m.height_px}
        for m in part.media
        if f'src="{m.name}"' not in part.html
    ]
