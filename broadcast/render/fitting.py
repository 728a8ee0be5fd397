"""A text that fills its place: every unit that there is room for, a thread where it is too long and says nothing short."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

from broadcast import markdown
from broadcast.layout import thread
from broadcast.model import Finding, Form, Part
from broadcast.render.once import fresh
from broadcast.render.part import fits, mark_of, part_of, template_of, tidy
from broadcast.render.says import NAMES, OF_CORRECTION, UNITS, Chosen, asked, fill
from broadcast.render.work import Work, when_beside
from broadcast.stamps import DATED, near_until_midnight
from broadcast.text import measure


def composed(work: Work, form: Form, values: dict[str, Any]) -> tuple[tuple[Part, ...], list[Finding]]:
    """Return the text that fills its place; a thread where it is too long and says nothing short."""
    if form in (Form.PUBLISH, Form.UPDATE) and _is_short_too_long(work, form, values):
        return (part_of(work, form, asking(values, frozenset({"words"}), ())),), []
    chosen = _chosen(work, form, values)
    if not (chosen.fits and _is_enough(work, form, values, chosen)):
        return _thread(work, form, values, part_of(work, form, values)), []
    parts, findings = beside_pictures(work, _as_chosen(work, form, values, chosen))
    return parts, [*findings, *left_out(work, chosen)]


def _is_short_too_long(work: Work, form: Form, values: dict[str, Any]) -> bool:
    """True if `short` does not even fit beside title and address: its author hears by how much, also where the body is said."""
    said = (work.draft.title, work.draft.instruction)
    if not work.draft.short or work.override.get("text") or not fresh(work.draft.short, said):
        return False
    return not fits(text_of(work, form, values, frozenset({"words"}), ()), work.limits)


def _is_enough(work: Work, form: Form, values: dict[str, Any], chosen: Chosen) -> bool:
    """True if what a post says may stand for the message: its text, or what is short about it, or what changed."""
    has_short = bool(work.draft.short or work.override.get("text"))
    if form is Form.CORRECTION and work.draft.change and values["m"].changes and not chosen.changes:
        return not _can_be_thread(work)  # what the author says of a change is never left out
    if "words" not in chosen.left:
        return True
    if (
        work.draft.short
        and not work.override.get("text")
        and not fresh(work.draft.short, (work.draft.title, work.draft.instruction))
    ):
        return True  # the title says all that its author wrote for a short place
    if form is Form.CORRECTION:
        return not work.override.get("text") and (has_short or bool(chosen.changes))
    return (
        has_short and "instruction" in chosen.units and fits(text_of(work, form, values, frozenset({"words"}), ()), work.limits)
    )


def _chosen(work: Work, form: Form, values: dict[str, Any]) -> Chosen:
    write, is_fitting = partial(text_of, work, form, values), partial(fits, limits=work.limits)
    count = len(values["m"].changes)
    everything, all_changes = frozenset(UNITS), tuple(range(count))
    text = write(everything, all_changes)
    if is_fitting(text):
        return Chosen(units=everything, text=text, changes=all_changes)
    chosen = fill(write, is_fitting, count, OF_CORRECTION if form is Form.CORRECTION else UNITS)
    if form is Form.CORRECTION and work.draft.change and len(chosen.changes) < count:
        # What its author says of a change is worth more than the hashtags that stand before it.
        first = fill(write, is_fitting, count, UNITS)
        return first if len(first.changes) > len(chosen.changes) else chosen
    return chosen


def asking(values: dict[str, Any], units: frozenset[str], changes: tuple[int, ...]) -> dict[str, Any]:
    """Return what a template is given to say these units, and these sentences of what changed."""
    m = SimpleNamespace(**vars(values["m"]) | {"change": " ".join(values["m"].changes[n] for n in changes)})
    return values | {"m": m, "says": asked(units)}


def text_of(work: Work, form: Form, values: dict[str, Any], units: frozenset[str], changes: tuple[int, ...]) -> str:
    """Return the plain text that says them; "" where a kind has none."""
    name = template_of(work, form, "txt")
    return tidy(work.renderer.render(name, asking(values, units, changes))) if name else ""


def _as_chosen(work: Work, form: Form, values: dict[str, Any], chosen: Chosen) -> Part:
    """Return the part; where it names near days, with the words for any other day beside it."""
    given = asking(values, chosen.units, chosen.changes)
    part = part_of(work, form, given)
    at = work.local(work.news.said_at)
    if at is None or not is_bare(work, part):
        return part
    near = part_of(work, form, given | {"when_beside": when_beside(work, near=True)})
    if near.text == part.text or not fits(near.text, work.limits):
        return part
    return near_until_midnight(near, dated=part.text, at=at)


def left_out(work: Work, chosen: Chosen) -> list[Finding]:
    """Return what a place has no room for, as advice."""
    if not chosen.left:
        return []
    named = ", ".join(NAMES[name] for name in chosen.left)
    return [
        Finding(
            code="not_said",
            blocking=False,
            file=work.draft.file,
            line=work.draft.lines.get(chosen.left[0]) or work.draft.lines.get("title"),
            channel=work.target.name,
            message=f"{work.target.name} : la place manque pour dire {named} ; raccourcissez, ou écrivez override.{work.target.kind}.text",
        )
    ]


def _can_be_thread(work: Work) -> bool:
    return work.limits.max_parts > 1 and work.target.threads != "never"


def _thread(work: Work, form: Form, values: dict[str, Any], whole: Part) -> tuple[Part, ...]:
    """Return the posts of a thread; the one that is too long where there can be none, for the check to block.

    What an editor wrote for short places (`short`, an override) is one post or nothing.
    """
    if work.override.get("text") or work.draft.short:
        return _longer_correction(work, values, whole) if form is Form.CORRECTION else (whole,)
    if not _can_be_thread(work):
        return (whole,)
    m = SimpleNamespace(**vars(values["m"]) | {"words": markdown.to_plain(work.document)})
    return _posts(work, whole, part_of(work, form, values | {"m": m, "thread": True}).text) or (whole,)


def _longer_correction(work: Work, values: dict[str, Any], whole: Part) -> tuple[Part, ...]:
    """Return the correction of a text that fits, but for the words "Mise à jour": without its title, else in two posts."""
    brief = part_of(work, Form.CORRECTION, asking(values, frozenset({"words"}), ()) | {"brief": True})
    if not work.draft.change and fits(brief.text, work.limits):
        return (brief,)
    return (_posts(work, whole, whole.text) if _can_be_thread(work) else ()) or (whole,)


def _posts(work: Work, whole: Part, text: str) -> tuple[Part, ...]:
    fitting, most = partial(fits, limits=work.limits), work.limits.max_parts
    texts = thread.split(text, link=work.link, fits=fitting, max_parts=most, mark=mark_of(work))
    return tuple(
        replace(whole, text=text, media=whole.media if n == 0 else (), link=whole.link if n == 0 else "")
        for n, text in enumerate(texts)
    )


def beside_pictures(work: Work, part: Part) -> tuple[tuple[Part, ...], list[Finding]]:
    """Return a part without its pictures where its text leaves no room for them, and say so."""
    limit = work.limits.max_length_with_images
    if limit is None or not part.media or measure(part.text, work.limits.unit) <= limit:
        return (part,), []
    said = Finding(
        code="images_left_out",
        blocking=False,
        file=work.draft.file,
        line=work.draft.lines.get("images"),
        channel=work.target.name,
        count=measure(part.text, work.limits.unit),
        limit=limit,
        unit=work.limits.unit,
        message=f"{work.target.name} : avec une image le texte y est limité à {limit} ; ce message part sans image",
    )
    return (replace(part, media=()),), [said]


def is_bare(work: Work, part: Part) -> bool:
    """True for a post of a network: words alone, which say "ce soir" and are told apart by their words."""
    return not (work.target.is_board or part.html or part.documents.keys() - {DATED})
