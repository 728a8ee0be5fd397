"""One part of a rendition: the texts that its templates write, as they will be sent."""

from __future__ import annotations

import re
from typing import Any

from broadcast.channel import Limits
from broadcast.model import Form, Part
from broadcast.render.clean import clean
from broadcast.render.work import Work, options
from broadcast.text import measure

#: What every text of an exercise begins with.
EXERCISE = "EXERCICE"


def fits(text: str, limits: Limits) -> bool:
    """True if a text is within the limits of a place, as the place counts."""
    if limits.max_bytes is not None and len(text.encode("utf-8", "surrogatepass")) > limits.max_bytes:
        return False
    return limits.max_length is None or measure(text, limits.unit, url_length=limits.url_length) <= limits.max_length


def template_of(work: Work, form: Form, ending: str) -> str:
    """Return the template of a form, that of `publish` where it has none of its own; "" if there is none."""
    files = work.renderer.files(work.target.kind)
    template_form = form.value if form.value in files else Form.PUBLISH.value
    return f"{work.target.kind}/{template_form}.{ending}" if ending in files.get(template_form, []) else ""


def part_of(work: Work, form: Form, values: dict[str, Any]) -> Part:
    """Return one part as its templates write it."""
    files = work.renderer.files(work.target.kind)
    template_form = form.value if form.value in files else Form.PUBLISH.value
    bodies = {
        ending: work.renderer.render(f"{work.target.kind}/{template_form}.{ending}", values)
        for ending in files.get(template_form, [])
    }
    text = tidy(bodies.pop("txt", ""))
    html = clean(bodies.pop("html", ""))
    if form in (Form.PUBLISH, Form.UPDATE) and work.override.get("text"):
        text = work.override["text"].strip()
    title = work.override.get("title") or work.draft.title
    if work.newsroom.world == "exercise":
        text, html, title, bodies = _as_exercise(text, html, title, bodies)
    return Part(
        slug=work.draft.slug,
        text=text,
        html=html,
        title=title,
        link=work.link,
        media=work.media if form is not Form.ENDING or work.target.is_board else (),
        documents=bodies,
        options=options(work),
        language=work.draft.language,
        starts_at=work.draft.onset_at,
        expires_at=work.draft.expires_at,
    )


def tidy(text: str) -> str:
    """Return a text without trailing spaces and more than one empty line."""
    text = "\n".join(line.rstrip(" \t") for line in text.replace("\r\n", "\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _as_exercise(text: str, html: str, title: str, bodies: dict[str, str]) -> tuple[str, str, str, dict[str, str]]:
    """Make sure that no rendition of an exercise can be taken for the real thing."""
    if text and EXERCISE not in text:
        text = f"{EXERCISE} – {text}"
    if html and EXERCISE not in html:
        html = f"<p><strong>{EXERCISE}</strong></p>{html}"
    return text, html, title if EXERCISE in title else f"{EXERCISE} – {title}", bodies


def mark_of(work: Work) -> str:
    """Return what every post of an exercise begins with."""
    return f"{EXERCISE} – " if work.newsroom.world == "exercise" else ""
