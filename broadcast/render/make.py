"""One revision for one channel: every form, every part, hashed as it will be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from broadcast.blocks import Document
from broadcast.body_pictures import without_pictures
from broadcast.channel import Limits, normalised
from broadcast.checks import MAX_ROUNDS
from broadcast.model import Draft, Finding, Form, Media, Newsroom, Part, Rendition
from broadcast.pictures import fitted
from broadcast.render.earlier import News
from broadcast.render.fitting import beside_pictures, composed, is_bare
from broadcast.render.on_sign import on_sign
from broadcast.render.part import part_of
from broadcast.render.work import Target, Work, values_of

if TYPE_CHECKING:
    from broadcast.render.environment import Renderer

#: What is new of a message of which nothing is known.
FIRST = News()


def renditions(
    renderer: Renderer,
    draft: Draft,
    document: Document,
    *,
    newsroom: Newsroom,
    target: Target,
    media: tuple[Media, ...],
    link: str,
    limits: Limits,
    phrases: Mapping[str, str],
    limits_facts: Mapping[str, Any],
    news: News = FIRST,
) -> tuple[tuple[Rendition, ...], tuple[Finding, ...]]:
    """Return all forms of a revision for one channel, and what the layout has to say.

    Raises:
        TemplateFault: a template of this channel has a fault.
    """
    work = Work(
        renderer=renderer,
        draft=draft,
        document=without_pictures(document),
        pictured=document,
        newsroom=newsroom,
        target=target,
        media=fitted(media, limits),
        link=link,
        limits=limits,
        phrases=phrases,
        news=news,
    )
    made, findings = [], []
    for form in _forms(work):
        parts, said = _parts(work, form)
        if form is Form.ENDING and not any(p.text or p.html or any(d.strip() for d in p.documents.values()) for p in parts):
            continue  # the template says that this message needs no last word
        made.append(
            Rendition(
                channel=target.name,
                channel_kind=target.kind,
                form=form,
                parts=parts,
                world=newsroom.world,
                limits=limits_facts,
            )
        )
        findings += said if form is Form.PUBLISH else [f for f in said if f.blocking or _is_told(f, form)]
    return tuple(made), tuple(dict.fromkeys(findings))


def _is_told(finding: Finding, form: Form) -> bool:
    """True for advice on a correction alone: that it says what was said before, or not what changed."""
    return form is Form.CORRECTION and finding.code == "same_text"


def _forms(work: Work) -> list[Form]:
    forms = [Form.PUBLISH]
    known = work.renderer.files(work.target.kind)
    if not work.target.is_board:
        forms += [Form.UPDATE] if "update" in work.target.abilities else []
        forms.append(Form.CORRECTION)
        forms += [Form.REPEAT] if Form.REPEAT in known and work.draft.repeat_every_s else []
    if Form.ENDING in known:
        forms.append(Form.ENDING)
    return forms


def _parts(work: Work, form: Form) -> tuple[tuple[Part, ...], list[Finding]]:
    values = values_of(work, form)
    parts, findings = _said(work, form, values)
    earlier = work.news.texts.get(work.target.name, frozenset())
    is_literal = bool(work.override.get("text")) and form in (Form.PUBLISH, Form.UPDATE)
    if form in (Form.UPDATE, Form.ENDING) or not is_bare(work, parts[0]) or not any(normalised(p.text) in earlier for p in parts):
        return parts, findings
    if not is_literal:
        parts, findings = _said(work, form, values | {"twin": work.news.number - 1})
        parts = tuple(_told_apart(work, part, earlier) for part in parts)
    return parts, [*findings, *([_twin(work)] if form is Form.CORRECTION or is_literal else [])]


def _said(work: Work, form: Form, values: dict[str, Any]) -> tuple[tuple[Part, ...], list[Finding]]:
    if form is Form.REPEAT:
        rounds = [part_of(work, form, values | {"round": n}) for n in range(1, MAX_ROUNDS + 1)]
        return tuple(replace(part, media=()) for part in rounds), []
    if work.limits.panel is not None:
        return on_sign(work, form, values)
    is_literal = bool(work.override.get("text")) and form in (Form.PUBLISH, Form.UPDATE)
    if form is Form.ENDING or is_literal:
        return beside_pictures(work, part_of(work, form, values))
    return composed(work, form, values)


def _told_apart(work: Work, part: Part, earlier: frozenset[str]) -> Part:
    """Return a later post of a thread with its number, where an earlier version left the same words."""
    if normalised(part.text) not in earlier:
        return part
    return replace(part, text=f"{part.text}\n(mise à jour n° {work.news.number - 1})")


def _twin(work: Work) -> Finding:
    n = work.news.number - 1
    return Finding(
        code="same_text",
        blocking=False,
        file=work.draft.file,
        line=work.draft.lines.get("change") or work.draft.lines.get("title"),
        channel=work.target.name,
        message=f"{work.target.name} : ces mots y ont déjà été publiés, un réseau les refuserait : « Mise à jour n° {n} » les distingue ; "
        "dites plutôt ce qui change, avec change: …",
    )
