"""One message for all its channels: rendered and checked. What `check`, `preview` and `submit` look at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime

from broadcast import checks, markdown
from broadcast.blocks import Document, Table
from broadcast.body_pictures import check_body
from broadcast.channel import Limits
from broadcast.checks_media import check_media
from broadcast.checks_rendition import check_rendition
from broadcast.checks_sign import check_sign
from broadcast.errors import ContentError
from broadcast.model import Draft, Finding, Media, Newsroom, Rendition
from broadcast.pictures import fitted
from broadcast.render import Earlier, News, Renderer, Target, advise, news_of, renditions
from broadcast.render.labels import is_spoken_here

__all__ = ["Proof", "Target", "proofread", "targets_for"]


#: A message of which nothing was said yet.
NOTHING = Earlier()


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A message rendered for every channel, and what the checks say."""

    document: Document
    renditions: tuple[Rendition, ...]
    findings: tuple[Finding, ...]
    #: Address that posts point at, "" if none.
    link: str = ""
    #: What is new beside the text, of a further version.
    news: News = field(default_factory=News)


def targets_for(draft: Draft, targets: Sequence[Target]) -> list[Target]:
    """Return the channels of a message: those it names, else those that take its kind."""
    if draft.channels is not None:
        return [t for t in targets if t.name in draft.channels]
    return [t for t in targets if draft.kind.value in t.messages]


def proofread(
    draft: Draft,
    *,
    newsroom: Newsroom,
    targets: Sequence[Target],
    media: tuple[Media, ...],
    previous: Draft | None,
    now: datetime,
    renderer: Renderer,
    limits_of: Mapping[str, Limits],
    phrases: Mapping[str, str],
    canonical: str = "",
    earlier: Earlier = NOTHING,
) -> Proof:
    """Render a message for all its channels and check everything; a fault of one channel costs that channel only.

    Raises:
        ContentError: the body cannot be read at all.
    """
    document, losses = _read_body(draft)
    findings = checks.check_draft(draft, channels={t.name: t.kind for t in targets}, now=now)
    first = draft.lines.get("body", 1)
    findings += [
        Finding(
            code=loss.code,
            message=loss.message,
            blocking=loss.blocking,
            file=draft.file,
            line=first + loss.line - 1,
        )
        for loss in losses
    ]
    findings += check_body(draft, document)
    findings += checks.check_times(draft, newsroom.timezone)
    findings += checks.check_overrides(draft, previous)
    findings += advise(draft, earlier.draft)
    findings += _labels(draft)
    chosen = targets_for(draft, targets)
    if not chosen and not any(f.blocking for f in findings):
        findings.append(
            Finding(
                code="no_channel",
                blocking=True,
                file=draft.file,
                line=draft.lines.get("kind"),
                message=f"aucun canal ne prend les messages de genre « {draft.kind.value} »",
            )
        )
    link = _link(draft, newsroom, chosen, canonical)
    news = news_of(earlier, draft, document)
    made: list[Rendition] = []
    for target in chosen:
        ready, said = _for_target(
            draft,
            document,
            newsroom,
            target,
            media,
            link,
            limits_of[target.name],
            renderer,
            phrases,
            news,
        )
        made += ready
        findings += said
    return Proof(document=document, renditions=tuple(made), findings=tuple(findings), link=link, news=news)


def _labels(draft: Draft) -> list[Finding]:
    """Say that the fixed words of a text in a third language are those of the town hall."""
    if is_spoken_here(draft.language):
        return []
    words = (
        f"language : « {draft.language} » : les mots fixes (« Contact », « Mise à jour »…) restent en français et les dates en chiffres ; "
        "faites relire le texte par une personne qui parle cette langue"
    )
    return [Finding(code="language_labels", blocking=False, file=draft.file, line=draft.lines.get("language"), message=words)]


def _read_body(draft: Draft) -> tuple[Document, Sequence[markdown.Loss]]:
    try:
        return markdown.parse_with_losses(draft.body)
    except ContentError as error:
        # The reader of the body counts from its first line; people count from that of the file.
        line = draft.lines.get("body", 1) + (error.line or 1) - 1
        raise ContentError(error.reason, subject=draft.slug, file=draft.file, line=line) from error


def _link(draft: Draft, newsroom: Newsroom, chosen: Sequence[Target], canonical: str) -> str:
    if newsroom.base_url and any(t.name == canonical for t in chosen):
        return f"{newsroom.base_url}/a/{draft.slug}/"
    return draft.link


def _for_target(
    draft: Draft,
    document: Document,
    newsroom: Newsroom,
    target: Target,
    media: tuple[Media, ...],
    link: str,
    limits: Limits,
    renderer: Renderer,
    phrases: Mapping[str, str],
    news: News,
) -> tuple[tuple[Rendition, ...], list[Finding]]:
    try:
        made, said = renditions(
            renderer,
            draft,
            document,
            newsroom=newsroom,
            target=target,
            media=media,
            link=link,
            limits=limits,
            phrases=phrases,
            limits_facts=_facts(limits),
            news=news,
        )
    except ContentError as error:
        line = error.line if error.file == draft.file else None
        fault = Finding(
            code=error.code,
            message=f"{target.name} : {error}",
            blocking=True,
            file=error.file or draft.file,
            line=error.line or line,
            channel=target.name,
        )
        return (), [fault]
    findings = list(said)
    for rendition in made:
        findings += check_rendition(rendition, limits, draft)
    findings += check_media(media, fitted(media, limits), limits, target.name, draft)
    findings += _structure(document, limits, target, draft)
    if limits.panel is not None:
        findings += check_sign(made, draft, newsroom.area_names)
    if limits.source == "default" and "probe" in target.abilities:
        findings.append(
            Finding(
                code="limits_not_probed",
                blocking=False,
                file=draft.file,
                channel=target.name,
                message=f"{target.name} : limites supposées ; `broadcast channels probe` apprend les vraies",
            )
        )
    return made, findings


def _facts(limits: Limits) -> dict[str, object]:
    facts = {f.name: getattr(limits, f.name) for f in fields(limits) if f.name != "panel"}
    return {k: v for k, v in facts.items() if v not in (None, "")} | ({"panel": asdict(limits.panel)} if limits.panel else {})


def _structure(document: Document, limits: Limits, target: Target, draft: Draft) -> list[Finding]:
    if limits.keeps_structure or limits.panel is not None or limits.max_length is not None:
        return []  # short networks say title and lead; signs lay out their own text
    if any(isinstance(block, Table) for block in document.blocks) and not target.is_board:
        line = draft.lines.get("body", 1) + len(re.split(r"^\|", draft.body, maxsplit=1, flags=re.MULTILINE)[0].split("\n")) - 1
        return [
            Finding(
                code="structure_lost",
                blocking=False,
                file=draft.file,
                line=line,
                channel=target.name,
                message=f"{target.name} : le tableau y devient du texte, une ligne par rangée",
            )
        ]
    return []
