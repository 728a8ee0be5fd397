"""Showing renditions: as text on the terminal, as JSON, and as a page with everything side by side."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadcast import preview
from broadcast.cli.out import FORM_WORDS
from broadcast.model import Draft, Finding, Form, Rendition, part_facts

if TYPE_CHECKING:
    from broadcast.app import App
    from broadcast.render import SideText


def print_renditions(made: Sequence[Rendition], *, hashes: bool = False) -> None:
    """Print each rendition's text, the published form first; what is the same on several channels once.

    Args:
        made: the renditions.
        hashes: True adds the hash of each.
    """
    order = list(Form)
    ordered = sorted(made, key=lambda r: (order.index(r.form), r.channel))
    same: dict[tuple[Form, tuple[str, ...]], list[Rendition]] = {}
    for rendition in ordered:
        same.setdefault((rendition.form, tuple(p.text for p in rendition.parts)), []).append(rendition)
    for alike in same.values():
        named = ", ".join(r.channel if r.channel == r.channel_kind else f"{r.channel} ({r.channel_kind})" for r in alike)
        click.secho(f"── {named} · {FORM_WORDS[alike[0].form]}", bold=True)
        for rendition in alike if hashes else ():
            click.secho(f"   {rendition.channel} {rendition.sha256}", dim=True)
        _print_parts(alike)
        click.echo()


def _print_parts(alike: Sequence[Rendition]) -> None:
    first = alike[0]
    for number, part in enumerate(first.parts, 1):
        count = " · ".join(dict.fromkeys(c for c in (measured(r, part.text) for r in alike) if c))
        if count or len(first.parts) > 1:
            click.secho(f"   [{number}/{len(first.parts)}] {count}", dim=True)
        click.echo("\n".join(f"   {line}" for line in part.text.splitlines()))
        for media in part.media:
            if media.alt and not media.name.endswith("-preview.png"):
                click.secho(f"   image {media.name} : {media.alt}", dim=True)


def print_side_texts(texts: Sequence[SideText]) -> None:
    """Print the text message and the spoken text, and what they cost."""
    for side in texts:
        title, cost, advice = preview.side_text_words(side)
        click.secho(f"── {title} · {cost}", bold=True)
        click.echo("\n".join(f"   {line}" for line in side.text.splitlines()))
        if advice:
            click.secho("\n".join(f"   {line}" for line in advice.splitlines()), fg="yellow")
        click.echo()


def measured(rendition: Rendition, text: str) -> str:
    """Return "212 / 280" where the place has a limit, else ""."""
    limit = rendition.limits.get("max_length")
    if not limit:
        return ""
    from broadcast.text import measure

    count = measure(
        text,
        rendition.limits.get("unit", "characters"),
        url_length=rendition.limits.get("url_length"),
    )
    return f"{count} / {limit}"


def renditions_as_json(made: Sequence[Rendition]) -> list[dict[str, Any]]:
    """Return the renditions with the keys that docs/cli.md lists."""
    return [
        {
            "channel": r.channel,
            "channel_kind": r.channel_kind,
            "form": r.form.value,
            "sha256": r.sha256,
            "limits": dict(r.limits),
            "destination": dict(r.destination),
            "parts": [part_facts(p) | {"measure": measured(r, p.text)} for p in r.parts],
        }
        for r in made
    ]


def write_page(
    app: App,
    folder: Path,
    draft: Draft,
    made: Sequence[Rendition],
    findings: Sequence[Finding],
    *,
    title: str,
    facts: Sequence[tuple[str, str]] = (),
    texts: Sequence[SideText] = (),
    first: Mapping[str, Collection[Form]] | None = None,
) -> Path:
    """Write one page with all renditions side by side, signs and proofs drawn.

    Args:
        app: the newsroom.
        folder: where; made if need be.
        draft: the message.
        made: the renditions.
        findings: what the checks said.
        title: heading of the page.
        facts: what leaves now, who wrote it, and so on, as (name, value).
        texts: the text message and the spoken text, if they are to be shown.
        first: forms that would leave now, by channel: shown unfolded; the others are folded.
    """
    from broadcast import registry
    from broadcast.channel import CanDraw
    from broadcast.errors import BroadcastError

    drawings = {}
    for name in {r.channel for r in made}:
        try:
            adapter = registry.open_channel(app.settings, name)
        except BroadcastError:
            continue  # a channel whose secret is missing can still be read as text
        if isinstance(adapter, CanDraw):
            for rendition in made:
                if rendition.channel == name:
                    drawings[name, rendition.form] = [d for part in rendition.parts for d in adapter.draw(part)]
    return preview.write_html(
        folder,
        draft=draft,
        renditions=made,
        drawings=drawings,
        findings=findings,
        title=title,
        facts=facts,
        texts=texts,
        newsroom=app.newsroom,
        first=first or {},
    )
