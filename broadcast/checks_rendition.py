"""What does not fit of a rendition, by how much, and the way out: pure. Nothing is ever cut."""

from __future__ import annotations

from collections.abc import Iterable

from broadcast.channel import Limits
from broadcast.model import Draft, Finding, Form, Rendition
from broadcast.text import measure

#: How a form that does not fit is named.
_FORMS = {
    Form.UPDATE: "pour une mise à jour",
    Form.CORRECTION: "pour un rectificatif",
    Form.ENDING: "pour annoncer la fin",
    Form.REPEAT: "pour un rappel",
}


def check_rendition(rendition: Rendition, limits: Limits, draft: Draft) -> list[Finding]:
    """Check one rendition against the limits of its place; nothing is ever cut."""
    findings = []
    for number, part in enumerate(rendition.parts, 1):
        if not part.text and not part.html and not part.documents:
            findings.append(
                _place(
                    draft,
                    rendition,
                    "empty",
                    f"{rendition.channel} : rien à publier",
                    number,
                )
            )
        if limits.max_length is not None:
            findings += _length(rendition, limits, draft, number, part.text)
    return findings


def _length(rendition: Rendition, limits: Limits, draft: Draft, number: int, text: str) -> Iterable[Finding]:
    assert limits.max_length is not None
    count = measure(text, limits.unit, url_length=limits.url_length)
    size = len(text.encode("utf-8", "surrogatepass"))
    if limits.max_bytes is not None and size > limits.max_bytes:
        yield Finding(
            code="over_limit",
            blocking=True,
            file=draft.file,
            line=draft.lines.get("short") or draft.lines.get("title"),
            channel=rendition.channel,
            part=number,
            count=size,
            limit=limits.max_bytes,
            unit="bytes",
            over_by=size - limits.max_bytes,
            message=f"{rendition.channel} : {size} octets sur {limits.max_bytes} ; raccourcissez le texte",
        )
    if count > limits.max_length:
        over = count - limits.max_length
        form = "" if rendition.form == "publish" else f" ({_FORMS[rendition.form]})"
        yield Finding(
            code="over_limit",
            blocking=True,
            file=draft.file,
            line=draft.lines.get("short") or draft.lines.get("title"),
            channel=rendition.channel,
            part=number,
            count=count,
            limit=limits.max_length,
            unit=limits.unit,
            over_by=over,
            message=f"{rendition.channel}{form} : {count} sur {limits.max_length}, {over} de trop ; "
            + _way_out(rendition, limits, draft),
        )


def _way_out(rendition: Rendition, limits: Limits, draft: Draft) -> str:
    for place in (rendition.channel, rendition.channel_kind):
        if draft.overrides.get(place, {}).get("text"):
            return f"raccourcissez override.{place}.text"
    if limits.max_parts > 1 and not draft.short:
        return f"même en {limits.max_parts} messages numérotés : raccourcissez le texte, ou écrivez short"
    return f"raccourcissez short ou title, ou écrivez override.{rendition.channel_kind}.text"


def _place(draft: Draft, rendition: Rendition, code: str, message: str, part: int | None = None) -> Finding:
    return Finding(
        code=code,
        message=message,
        blocking=True,
        file=draft.file,
        line=draft.lines.get("title"),
        channel=rendition.channel,
        part=part,
    )
