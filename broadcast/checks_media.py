"""Whether a place takes the pictures of a message: pure."""

from __future__ import annotations

from collections.abc import Sequence

from broadcast.channel import Limits
from broadcast.model import Draft, Finding, Media


def check_media(media: Sequence[Media], limits: Limits, channel: str, draft: Draft) -> list[Finding]:
    """Check pictures against what a place takes."""
    findings = []
    if limits.max_images == 0:
        return []
    if limits.max_images is not None and len(media) > limits.max_images:
        left = ", ".join(m.name for m in media[limits.max_images :])
        findings.append(
            _media(
                draft,
                channel,
                "images_left_out",
                f"{channel} ne prend que {limits.max_images} image(s) ; sans : {left}",
                blocking=False,
            )
        )
    for one in media[: limits.max_images]:
        if one.media_type not in limits.image_types:
            findings.append(
                _media(
                    draft,
                    channel,
                    "image_type",
                    f"{channel} n'accepte pas {one.media_type} ({one.name})",
                )
            )
        if limits.max_image_bytes is not None and one.size_bytes > limits.max_image_bytes:
            findings.append(
                Finding(
                    code="image_too_large",
                    blocking=True,
                    file=draft.file,
                    line=draft.lines.get("images"),
                    channel=channel,
                    count=one.size_bytes,
                    limit=limits.max_image_bytes,
                    unit="bytes",
                    over_by=one.size_bytes - limits.max_image_bytes,
                    message=f"{channel} : image {one.name} trop lourde ({one.size_bytes // 1024} ko sur {limits.max_image_bytes // 1024})",
                )
            )
        if limits.max_alt_length is not None and len(one.alt) > limits.max_alt_length:
            findings.append(
                Finding(
                    code="alt_too_long",
                    blocking=True,
                    file=draft.file,
                    line=draft.lines.get("images"),
                    channel=channel,
                    count=len(one.alt),
                    limit=limits.max_alt_length,
                    unit="characters",
                    over_by=len(one.alt) - limits.max_alt_length,
                    message=f"{channel} : texte de remplacement de {one.name} trop long",
                )
            )
    return findings


def _media(draft: Draft, channel: str, code: str, message: str, *, blocking: bool = True) -> Finding:
    return Finding(
        code=code,
        message=message,
        blocking=blocking,
        file=draft.file,
        line=draft.lines.get("images"),
        channel=channel,
    )
