"""The pages of a sign, with the time of the event where they hold it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from broadcast.layout import multi, sign
from broadcast.model import Finding, Form, Part
from broadcast.render.fitting import asking, left_out
from broadcast.render.part import EXERCISE, mark_of, part_of
from broadcast.render.says import ALL, Chosen
from broadcast.render.work import Work
from broadcast.text import compact_hours


def on_sign(work: Work, form: Form, values: dict[str, Any]) -> tuple[tuple[Part, ...], list[Finding]]:
    """Return the pages of a sign: with the beginning and the end of the event where the pages hold them."""
    without = asking(values, ALL - {"end"}, ())
    shorter, whole = part_of(work, form, without), part_of(work, form, values)
    if whole.text != shorter.text:
        parts, findings = _sign_parts(work, whole, whole.text)
        if not any(f.blocking for f in findings):
            return parts, findings
        parts, findings = _sign_parts(work, shorter, shorter.text)
        return parts, [*findings, *left_out(work, Chosen(units=frozenset(), text="", left=("end",)))]
    return _sign_parts(work, shorter, shorter.text)


def _sign_parts(work: Work, part: Part, text: str) -> tuple[tuple[Part, ...], list[Finding]]:
    panel = work.limits.panel
    assert panel is not None
    banner = EXERCISE if mark_of(work) and sign.size_of(panel)[1] > 1 else ""
    if work.draft.language.startswith("fr"):
        text = compact_hours(text)
    laid = sign.pages(text.removeprefix(mark_of(work)) if banner else text, panel, phrases=work.phrases, banner=banner)
    # What the panel cannot show blocks by itself: the markup need not be written as well.
    writable = laid.pages and not any(f.code == "sign_character" for f in laid.findings)
    whole = multi.to_multi([p.lines for p in laid.pages], [p.page_time_s for p in laid.pages]) if writable else ""
    parts = tuple(
        replace(
            part,
            text="\n".join(page.lines),
            media=sign.page_files(page, n, part.slug, panel),
            documents={"multi": whole} if n == 1 else {},
            options=dict(part.options) | {"page": n, "pages": len(laid.pages), "page_time_s": page.page_time_s},
        )
        for n, page in enumerate(laid.pages, 1)
    )
    where = work.draft.lines.get("override") if work.draft.overrides.keys() & {work.target.name, work.target.kind} else None
    line = where or work.draft.lines.get("short") or work.draft.lines.get("title")
    findings = [replace(f, channel=work.target.name, file=work.draft.file, line=line) for f in laid.findings]
    return parts or (replace(part, text="", media=()),), findings
