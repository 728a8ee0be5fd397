"""Advice on what residents will read: an end that cannot be named, a text that says nothing more, a change said late. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from broadcast.model import Draft, Finding
from broadcast.naming import event_name
from broadcast.render.earlier import is_stale
from broadcast.render.once import fresh


def advise(draft: Draft, earlier: Draft | None) -> list[Finding]:
    """Return advice on a message.

    Args:
        draft: the message.
        earlier: the version that the public has, None if it has none.
    """
    return [
        Finding(
            code=code,
            message=message,
            blocking=False,
            file=draft.file,
            line=draft.lines.get(key) or draft.lines.get("title"),
        )
        for code, key, message in (*_words(draft), *_version(draft, earlier))
    ]


def _words(d: Draft) -> Iterable[tuple[str, str, str]]:
    if not event_name(d.title, d.event):
        yield "event_missing", "title", "le titre est une consigne : ajoutez event, pour que la fin dise ce qui est terminé"
    if d.short and not fresh(d.short, (d.title, d.instruction)):
        yield "short_repeats", "short", "short ne dit rien de plus que title et instruction : dites-y où, quand ou quoi"
    if d.until_at is not None and d.expires_at is not None and d.expires_at < d.until_at:
        yield "ends_before_event", "expires", "expires vient avant until : l'information disparaîtra avant la fin de l'événement"


def _version(d: Draft, earlier: Draft | None) -> Iterable[tuple[str, str, str]]:
    if earlier is None:
        if d.change:
            yield "change_too_early", "change", "change : rien n'est encore publié ; il ne sera dit qu'avec une nouvelle version"
        if d.is_correction:
            yield "change_too_early", "correction", "correction : rien n'est encore publié, il n'y a rien à rectifier"
    elif d.change and is_stale(earlier, d):
        yield "change_stale", "change", "change dit encore ce que changeait la version précédente : dites ce que change celle-ci"
