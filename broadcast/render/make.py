"""One revision for one channel: every form, every part, hashed as it will be sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from broadcast import markdown
from broadcast.blocks import Document
from broadcast.channel import Limits, normalised
from broadcast.checks import MAX_ROUNDS
from broadcast.layout import multi, sign, thread
from broadcast.model import Draft, Finding, Form, Media, Newsroom, Part, Rendition
from broadcast.pictures import fitted
from broadcast.render.clean import clean
from broadcast.render.earlier import News
from broadcast.render.says import ALL, NAMES, UNITS, Chosen, asked, fill
from broadcast.render.work import Target, Work, options, values_of, with_near_days
from broadcast.stamps import DATED, near_until_midnight
from broadcast.text import compact_hours, measure

if TYPE_CHECKING:
    from broadcast.render.environment import Renderer

#: What is new of a message of which nothing is known.
FIRST = News()
#: What every text of an exercise begins with.
EXERCISE = "EXERCICE"


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
        document=document,
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


def fits(text: str, limits: Limits) -> bool:
    """True if a text is within the limits of a place, as the place counts."""
    if limits.max_bytes is not None and len(text.encode("utf-8", "surrogatepass")) > limits.max_bytes:
        return False
    return limits.max_length is None or measure(text, limits.unit, url_length=limits.url_length) <= limits.max_length


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
    if (
        form in (Form.UPDATE, Form.ENDING)
        or not _is_bare(work, parts[0])
        or not any(normalised(p.text) in earlier for p in parts)
    ):
        return parts, findings
    if not is_literal:
        parts, findings = _said(work, form, values | {"twin": work.news.number - 1})
        parts = tuple(_told_apart(work, part, earlier) for part in parts)
    return parts, [*findings, *([_twin(work)] if form is Form.CORRECTION or is_literal else [])]


def _said(work: Work, form: Form, values: dict[str, Any]) -> tuple[tuple[Part, ...], list[Finding]]:
    if form is Form.REPEAT:
        rounds = [_part(work, form, values | {"round": n}) for n in range(1, MAX_ROUNDS + 1)]
        return tuple(replace(part, media=()) for part in rounds), []
    if work.limits.panel is not None:
        return _on_sign(work, form, values)
    is_literal = bool(work.override.get("text")) and form in (Form.PUBLISH, Form.UPDATE)
    if form is Form.ENDING or is_literal:
        return _beside_pictures(work, _part(work, form, values))
    return _composed(work, form, values)


def _is_bare(work: Work, part: Part) -> bool:
    """True for a post of a network: words alone, which say "ce soir" and are told apart by their words."""
    return not (work.target.is_board or part.html or part.documents.keys() - {DATED})


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


def _composed(work: Work, form: Form, values: dict[str, Any]) -> tuple[tuple[Part, ...], list[Finding]]:
    """Return the text that fills its place; a thread where it is too long and says nothing short."""
    chosen = _chosen(work, form, values)
    if not (chosen.fits and _is_enough(work, form, values, chosen)):
        return _thread(work, form, values, _part(work, form, values)), []
    parts, findings = _beside_pictures(work, _as_chosen(work, form, values, chosen))
    return parts, [*findings, *_left_out(work, chosen)]


def _is_enough(work: Work, form: Form, values: dict[str, Any], chosen: Chosen) -> bool:
    """True if what a post says may stand for the message: its text, or what is short about it, or what changed."""
    has_short = bool(work.draft.short or work.override.get("text"))
    if form is Form.CORRECTION and work.draft.change and values["m"].changes and not chosen.changes:
        return not _can_be_thread(work)  # what the author says of a change is never left out
    if "words" not in chosen.left:
        return True
    if form is Form.CORRECTION:
        return not work.override.get("text") and (has_short or bool(chosen.changes))
    return has_short and "instruction" in chosen.units and fits(_text(work, form, values, frozenset({"words"}), ()), work.limits)


def _chosen(work: Work, form: Form, values: dict[str, Any]) -> Chosen:
    write, is_fitting = partial(_text, work, form, values), partial(fits, limits=work.limits)
    count = len(values["m"].changes)
    everything, all_changes = frozenset(UNITS), tuple(range(count))
    text = write(everything, all_changes)
    if is_fitting(text):
        return Chosen(units=everything, text=text, changes=all_changes)
    return fill(write, is_fitting, count)


def _asking(values: dict[str, Any], units: frozenset[str], changes: tuple[int, ...]) -> dict[str, Any]:
    m = SimpleNamespace(**vars(values["m"]) | {"change": " ".join(values["m"].changes[n] for n in changes)})
    return values | {"m": m, "says": asked(units)}


def _text(work: Work, form: Form, values: dict[str, Any], units: frozenset[str], changes: tuple[int, ...]) -> str:
    name = _template(work, form, "txt")
    return _tidy(work.renderer.render(name, _asking(values, units, changes))) if name else ""


def _as_chosen(work: Work, form: Form, values: dict[str, Any], chosen: Chosen) -> Part:
    """Return the part; where it names near days, with the words for any other day beside it."""
    asking = _asking(values, chosen.units, chosen.changes)
    part = _part(work, form, asking)
    at = work.local(work.news.said_at)
    if at is None or not _is_bare(work, part):
        return part
    near = _part(work, form, asking | {"m": with_near_days(work, asking["m"])})
    if near.text == part.text or not fits(near.text, work.limits):
        return part
    return near_until_midnight(near, dated=part.text, at=at)


def _left_out(work: Work, chosen: Chosen) -> list[Finding]:
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


def _template(work: Work, form: Form, ending: str) -> str:
    files = work.renderer.files(work.target.kind)
    template_form = form.value if form.value in files else Form.PUBLISH.value
    return f"{work.target.kind}/{template_form}.{ending}" if ending in files.get(template_form, []) else ""


def _part(work: Work, form: Form, values: dict[str, Any]) -> Part:
    files = work.renderer.files(work.target.kind)
    template_form = form.value if form.value in files else Form.PUBLISH.value
    bodies = {
        ending: work.renderer.render(f"{work.target.kind}/{template_form}.{ending}", values)
        for ending in files.get(template_form, [])
    }
    text = _tidy(bodies.pop("txt", ""))
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
    return _posts(work, whole, _part(work, form, values | {"m": m, "thread": True}).text) or (whole,)


def _longer_correction(work: Work, values: dict[str, Any], whole: Part) -> tuple[Part, ...]:
    """Return the correction of a text that fits, but for the words "Mise à jour": without its title, else in two posts."""
    brief = _part(work, Form.CORRECTION, _asking(values, frozenset({"words"}), ()) | {"brief": True})
    if not work.draft.change and fits(brief.text, work.limits):
        return (brief,)
    return (_posts(work, whole, whole.text) if _can_be_thread(work) else ()) or (whole,)


def _posts(work: Work, whole: Part, text: str) -> tuple[Part, ...]:
    fitting, most = partial(fits, limits=work.limits), work.limits.max_parts
    texts = thread.split(text, link=work.link, fits=fitting, max_parts=most, mark=_mark(work))
    return tuple(
        replace(whole, text=text, media=whole.media if n == 0 else (), link=whole.link if n == 0 else "")
        for n, text in enumerate(texts)
    )


def _beside_pictures(work: Work, part: Part) -> tuple[tuple[Part, ...], list[Finding]]:
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


def _on_sign(work: Work, form: Form, values: dict[str, Any]) -> tuple[tuple[Part, ...], list[Finding]]:
    """Return the pages of a sign: with the beginning and the end of the event where the pages hold them."""
    without = _asking(values, ALL - {"end"}, ())
    shorter, whole = _part(work, form, without), _part(work, form, values)
    if whole.text != shorter.text:
        parts, findings = _sign_parts(work, whole, whole.text)
        if not any(f.blocking for f in findings):
            return parts, findings
        parts, findings = _sign_parts(work, shorter, shorter.text)
        return parts, [*findings, *_left_out(work, Chosen(units=frozenset(), text="", left=("end",)))]
    return _sign_parts(work, shorter, shorter.text)


def _sign_parts(work: Work, part: Part, text: str) -> tuple[tuple[Part, ...], list[Finding]]:
    panel = work.limits.panel
    assert panel is not None
    banner = EXERCISE if _mark(work) and sign.size_of(panel)[1] > 1 else ""
    if work.draft.language.startswith("fr"):
        text = compact_hours(text)
    laid = sign.pages(text.removeprefix(_mark(work)) if banner else text, panel, phrases=work.phrases, banner=banner)
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


def _mark(work: Work) -> str:
    """Return what every post of an exercise begins with."""
    return f"{EXERCISE} – " if work.newsroom.world == "exercise" else ""


def _tidy(text: str) -> str:
    text = "\n".join(line.rstrip(" \t") for line in text.replace("\r\n", "\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _as_exercise(text: str, html: str, title: str, bodies: dict[str, str]) -> tuple[str, str, str, dict[str, str]]:
    """Make sure that no rendition of an exercise can be taken for the real thing."""
    if text and EXERCISE not in text:
        text = f"{EXERCISE} – {text}"
    if html and EXERCISE not in html:
        html = f"<p><strong>{EXERCISE}</strong></p>{html}"
    return text, html, title if EXERCISE in title else f"{EXERCISE} – {title}", bodies
