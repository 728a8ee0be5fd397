"""What templates see of a message, made once for all the pages that show it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from broadcast.channel import Showing
from broadcast.model import EndedBecause, Newsroom, Part
from broadcast.naming import event_name
from broadcast.text.languages import direction
from channels.website.words import Words, words_for

#: Message kinds that stand on top while they are live.
URGENT = ("alert", "holding", "all_clear")
#: Message kinds that say what to do first, and whose words are folded away once they are over: nobody must follow them.
ORDERS = ("alert", "holding")

#: What the title of an exercise begins with.
_EXERCISE = "EXERCICE"
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
        w = words_for(part.language, self._language)
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
            "because": _because(showing, w),
            "reason": showing.public_reason,
            "retired": retired(showing, w),
            **_fed(part, showing, w, is_as_feed=part.language == self._language),
            "shared_title": _shared_title(showing, w),
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
        # Some pages are in French only: where the town is not, a French message says so too.
        is_as_page = language == "fr" == words_for(self._language).language
        written = "" if is_as_page else Markup(' lang="{}" dir="{}"').format(language, direction(language))
        return {
            "language": language,
            "dir": direction(language),
            "as_written": written,
            "is_foreign": main != self._language.lower().partition("-")[0],
            "locale": _LOCALES.get(main, language.replace("-", "_")),
            "w": words_for(language, self._language),
        }


def retired(showing: Showing, w: Words) -> str:
    """Return what stands in place of the words of a message that was wrong, and why where residents are told."""
    return _marked(showing, " ".join(filter(None, (w.said["retired"], showing.public_reason))))


def _marked(showing: Showing, words: str) -> str:
    # What is said anew of an exercise must say that it is one, as its frozen words do.
    is_exercise = showing.rendition.parts[0].title.startswith(_EXERCISE)
    return f"{_EXERCISE} – {words}" if is_exercise and _EXERCISE not in words else words


def _because(showing: Showing, w: Words) -> str:
    if showing.ended_because is None or showing.ended_because is EndedBecause.WITHDRAWN:
        return ""
    return w[f"because_{showing.ended_because.value}"]


def _shared_title(showing: Showing, w: Words) -> str:
    """Return the title for whoever sees nothing but the title: of an alert that is over its event, never the order."""
    part = showing.rendition.parts[0]
    title = part.title
    if not showing.is_live:
        kind = part.options.get("kind", "")
        if kind in ORDERS:
            title = event_name(title, part.options.get("event", "")) or w.kind(kind)
        title = f"[{w['over']}] {_marked(showing, title)}"
    return title


def _fed(part: Part, showing: Showing, w: Words, *, is_as_feed: bool) -> dict[str, str]:
    """Return what a feed says of a message: nothing of one that was wrong, and of one that is over first that it is."""
    summary = part.options.get("summary") or part.text
    if showing.ended_because is EndedBecause.WITHDRAWN:
        summary = retired(showing, w)
        page = Markup("<p><strong>{}</strong></p>").format(summary)
    elif not showing.is_live:
        page = Markup("<p><strong>{}</strong></p>").format(w["not_valid"]) + Markup(part.html)  # noqa: S704  (cleaned when it was made)
    else:
        page = Markup(part.html)  # noqa: S704  (as above)
    wrapped = Markup('<div lang="{}" dir="{}">{}</div>').format(part.language, direction(part.language), page)
    return {"feed_summary": summary, "feed_html": str(page if is_as_feed else wrapped)}


def _told(showing: Showing) -> str:
    """Return what stands under the title where a link is shared: of an alert what to do, of what is over that it is."""
    part = showing.rendition.parts[0]
    w = words_for(part.language)
    if showing.ended_because is EndedBecause.WITHDRAWN:
        return retired(showing, w)
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
