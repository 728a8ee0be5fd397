"""Whether a place takes the pictures of a message: pure."""

from __future__ import annotations

from collections.abc import Sequence

from broadcast.channel import Limits
from broadcast.model import Draft, Finding, Media

#: What a printer wants of a picture, dots an inch.
MIN_DPI = 300


def check_media(media: Sequence[Media], ready: Sequence[Media], limits: Limits, channel: str, draft: Draft) -> list[Finding]:
    """Check pictures against what a place takes.

    Args:
        media: the pictures of the message.
        ready: the same as this place would get them.
        limits: of the place.
        channel: its name.
        draft: the message.
    """
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
    for one in ready:
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
        findings += _resolution(one, limits, channel, draft)
    return findings


def _resolution(one: Media, limits: Limits, channel: str, draft: Draft) -> list[Finding]:
    if limits.print_width_mm is None or not one.width_px:
        return []
    dpi = round(one.width_px / (limits.print_width_mm / 25.4))
    if dpi >= MIN_DPI:
        return []
    wide = one.width_px / MIN_DPI * 25.4
    return [
        Finding(
            code="image_resolution",
            blocking=False,
            file=draft.file,
            line=draft.lines.get("images"),
            channel=channel,
            count=dpi,
            limit=MIN_DPI,
            unit="dpi",
            message=f"{channel} : {one.name} n'a que {dpi} ppp sur {limits.print_width_mm:.0f} mm ({MIN_DPI} voulus) : "
            f"ne pas l'imprimer plus large que {wide:.0f} mm",
        )
    ]


def _media(draft: Draft, channel: str, code: str, message: str, *, blocking: bool = True) -> Finding:
    return Finding(
        code=code,
        message=message,
        blocking=blocking,
        file=draft.file,
        line=draft.lines.get("images"),
        channel=channel,
    )
