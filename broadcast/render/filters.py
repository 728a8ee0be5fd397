"""The filters and words that templates have, in the language of the message that is rendered."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import pass_context
from markupsafe import Markup

from broadcast import markdown, text
from broadcast.blocks import Document
from broadcast.layout import story
from broadcast.model import Newsroom
from broadcast.render import labels, once
from broadcast.slots import slot
from broadcast.text import languages
from broadcast.typeset import typeset

if TYPE_CHECKING:
    from jinja2.runtime import Context


def language_of(context: Context, given: str | None = None) -> str:
    """Return the language in which a template speaks: the one given, the message's, else the newsroom's."""
    message = context.get("m")
    room = context.get("newsroom")
    return given or getattr(message, "language", "") or getattr(room, "language", "") or "fr"


@pass_context
def _typo(context: Context, words: str, language: str | None = None) -> str:
    return languages.set_type(words, language_of(context, language))


@pass_context
def _typo_net(context: Context, words: str, language: str | None = None) -> str:
    return languages.set_type_for_networks(words, language_of(context, language))


@pass_context
def _when(context: Context, at: datetime, language: str | None = None) -> str:
    return languages.when(at, language_of(context, language))


@pass_context
def _hour(context: Context, at: datetime, language: str | None = None) -> str:
    return languages.hour(at, language_of(context, language))


@pass_context
def _day(context: Context, at: datetime, language: str | None = None) -> str:
    return languages.day(at, language_of(context, language))


@pass_context
def _last_day(context: Context, at: datetime, language: str | None = None) -> str:
    return languages.last_day(at, language_of(context, language))


@pass_context
def _label(context: Context, french: str, language: str | None = None) -> str:
    return labels.label(french, language_of(context, language))


@pass_context
def _kind_label(context: Context, kind: str, language: str | None = None) -> str:
    return labels.label(labels.KIND_LABELS[str(kind)], language_of(context, language))


@pass_context
def _level_label(context: Context, level: str, language: str | None = None) -> str:
    return labels.label(labels.LEVEL_LABELS[str(level)], language_of(context, language))


@pass_context
def _spoken(context: Context, words: str, limit: int | None = None) -> str:
    from broadcast.layout import spoken  # its rules take their time to compile

    language = language_of(context)
    said = spoken.spoken(words) if languages.is_french(language) else spoken.spoken_elsewhere(words)
    return spoken.within(said, limit, language)


@pass_context
def _html(context: Context, document: Document) -> Markup:
    return _page(document, language_of(context))


@lru_cache(maxsize=8)
def _page(document: Document, language: str) -> Markup:
    return Markup(markdown.to_html(typeset(document, language), 2 - markdown.highest_heading(document)))  # noqa: S704  (escaped and passed through nh3)


@pass_context
def _icml(context: Context, document: Document) -> Markup:
    return _story(document, language_of(context))


@lru_cache(maxsize=8)
def _story(document: Document, language: str) -> Markup:
    return Markup(story.to_icml(typeset(document, language)))  # noqa: S704  (escaped by the writer)


@pass_context
def _typst(context: Context, document: Document) -> str:
    return story.to_typst(typeset(document, language_of(context)))


def _icml_story(m: Any, newsroom: Newsroom, link: str) -> Markup:
    """Return a whole ICML file of a message, in the styles that the layout artist knows."""
    before = [("Surtitre", labels.label(labels.KIND_LABELS[m.kind], m.language)), ("Titre", m.title)]
    before.append(("Chapo", m.lead if m.rest.blocks else ""))
    after = [("Encadré", m.instruction), ("Encadré", m.contact), ("Encadré", link)]
    for image in m.images:
        after += [("Légende", f"[{image.name}] {image.alt}"), ("Crédit", image.credit)]
    if newsroom.world == "exercise":
        before.insert(0, ("Surtitre", "EXERCICE"))
    lines = [story.paragraph(style, languages.set_type(words, m.language)) for style, words in before if words]
    lines.append(story.to_icml(typeset(m.rest if m.rest.blocks else m.body, m.language)))
    lines += [story.paragraph(style, languages.set_type(words, m.language)) for style, words in after if words]
    return Markup(story.icml_document("\n".join(lines)))  # noqa: S704  (escaped by the writer)


def _linked(words: str) -> Markup:
    return Markup(markdown.linked(words))  # noqa: S704  (escaped, but for the links that it makes itself)


def _called(words: str) -> Markup:
    return Markup(markdown.linked(words, is_contact=True))  # noqa: S704  (as above)


FILTERS: dict[str, Any] = {
    "plain": markdown.to_plain,
    "html": _html,
    "linked": _linked,
    "called": _called,
    "icml": _icml,
    "typst": _typst,
    "typst_text": story.escape_typst,
    "typst_string": story.typst_string,
    "typo": _typo,
    "typo_net": _typo_net,
    "when": _when,
    "hour": _hour,
    "rfc822": format_datetime,
    "day": _day,
    "last_day": _last_day,
    "hashtags": text.hashtags,
    "spoken": _spoken,
    "sentence": once.sentence,
}
GLOBALS: dict[str, Any] = {
    "slot": slot,
    "t": _label,
    "kind_label": _kind_label,
    "level_label": _level_label,
    "direction": languages.direction,
    "icml_story": _icml_story,
}
