"""What was said before of the same message: what a new version is compared with. Values, and a pure comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from broadcast import markdown
from broadcast.blocks import Document
from broadcast.model import Draft, Level
from broadcast.render.labels import label
from broadcast.render.once import key, sentence, sentences
from broadcast.text.languages import is_english

#: Grave first; what is unknown is neither more nor less.
_GRAVITY = [Level.EXTREME, Level.SEVERE, Level.MODERATE, Level.MINOR]
_LEVEL_WORDS = {
    Level.EXTREME: "danger extrême",
    Level.SEVERE: "danger grave",
    Level.MODERATE: "danger modéré",
    Level.MINOR: "danger faible",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What stands before a new version is made."""

    #: Number that the new version gets.
    number: int = 1
    #: The version that the public has, None if it has none.
    draft: Draft | None = None
    #: Channel -> texts that left there, normalised: the same words again would be refused, or taken for the same post.
    texts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: When what is written now is said: its embargo, else when it was submitted; None: nobody knows.
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a new version says beside its own text."""

    number: int = 1
    #: What changed, in sentences; empty for a first version.
    changes: tuple[str, ...] = ()
    #: What the author says of it, "" where only the sentences tell.
    told: str = ""
    #: True if it is of a graver level than what the public has.
    has_risen: bool = False
    texts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: When it is said; near days are true on that day only.
    said_at: datetime | None = None


def news_of(earlier: Earlier, draft: Draft, document: Document) -> News:
    """Compare a new version with what the public has."""
    return News(
        number=earlier.number,
        told=draft.change if not is_stale(earlier.draft, draft) else "",
        changes=tuple(changes(earlier.draft, draft, document)),
        has_risen=rises(earlier.draft, draft),
        texts=earlier.texts,
        said_at=draft.embargo_until_at or earlier.said_at,
    )


def rises(old: Draft | None, new: Draft) -> bool:
    """True if a new version is of a graver level."""
    return old is not None and _compared(old, new) < 0


def changes(old: Draft | None, new: Draft, document: Document) -> list[str]:
    """Return what residents must know of a new version, in sentences; the author's own words come first.

    Args:
        old: the version that the public has.
        new: the new one; its `change` is taken unless it is still that of the old version.
        document: its body.
    """
    level = _level_change(old, new)
    if new.change and not is_stale(old, new):
        return [sentence(new.change), *level]
    return [*level, *_changed(old, new, document)] if old is not None else []


def is_stale(old: Draft | None, new: Draft) -> bool:
    """True if `change` says what an earlier version changed."""
    return old is not None and old.change == new.change


def _compared(old: Draft, new: Draft) -> int:
    if Level.UNKNOWN in (old.level, new.level):
        return 0
    return _GRAVITY.index(new.level) - _GRAVITY.index(old.level)


def _level_change(old: Draft | None, new: Draft) -> list[str]:
    order = _compared(old, new) if old is not None else 0
    if not order or old is None:
        return []
    was, is_ = (label(_LEVEL_WORDS[draft.level], new.language) for draft in (old, new))
    if is_english(new.language):
        return [f"The level {'rises' if order < 0 else 'falls'} from “{was}” to “{is_}”."]
    return [f"Le niveau {'monte' if order < 0 else 'descend'} de « {was} » à « {is_} »."]


def _changed(old: Draft, new: Draft, document: Document) -> list[str]:
    before, after = sentences(_plain(old)), sentences(markdown.to_plain(document))
    was, is_ = {key(s) for s in before}, {key(s) for s in after}
    said = {key(new.title), key(new.instruction)}
    come = [_upright(s) for s in after if key(s) not in was | said]
    gone = [s for s in before if key(s) not in is_]
    if come or new.title != old.title:
        return come
    if gone:
        return [_no_longer(s.rstrip(" .;"), new.language) for s in gone]
    facts = (
        (label("La consigne change.", new.language), new.instruction != old.instruction),
        (f"{label('Nouveau contact :', new.language)} {new.contact}.", bool(new.contact) and new.contact != old.contact),
        (label("Les horaires changent.", new.language), (new.onset_at, new.until_at) != (old.onset_at, old.until_at)),
        (label("Les images changent.", new.language), new.images != old.images),
    )
    return [words for words, is_so in facts if is_so]


def _no_longer(words: str, language: str) -> str:
    return f"No longer true: “{words}”." if is_english(language) else f"N’est plus valable : « {words} »."


def _plain(draft: Draft) -> str:
    return markdown.to_plain(markdown.parse_with_losses(draft.body)[0])


def _upright(words: str) -> str:
    """Return a line of a list as a sentence."""
    words = words.rstrip(" ;,")
    return sentence(words[:1].upper() + words[1:])
