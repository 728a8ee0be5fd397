"""One page with all renditions side by side, for people who preview or review; no script, files beside it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape
from pathlib import Path

from broadcast import files
from broadcast.channel import Drawing
from broadcast.model import Draft, Finding, Form, Newsroom, Part, Rendition
from broadcast.render import SideText
from broadcast.render.labels import KIND_LABELS, LEVEL_LABELS
from broadcast.text import measure

_FORMS = {
    Form.PUBLISH: "Publication",
    Form.UPDATE: "Mise à jour sur place",
    Form.CORRECTION: "Rectificatif en réponse",
    Form.ENDING: "Quand c’est fini",
    Form.REPEAT: "Rappels, numérotés",
}
#: What the page may do: show itself and the files beside it; whoever reviews tells no other server that they do.
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "img-src 'self' file: data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"
)
_STYLE = """
:root{color-scheme:light dark;--p:#f4f3ef;--c:#fff;--i:#1b1d21;--s:#5a5f66;--l:#d9d6cd;--bad:#a8120c;--warn:#7a5600;--a:#0b4f8a}
@media(prefers-color-scheme:dark){:root{--p:#15171b;--c:#1e2126;--i:#eceae4;--s:#b0ada5;--l:#3b3f46;--bad:#ff9a8f;--warn:#e8c35a;--a:#8fc4f5}}
*{box-sizing:border-box}body{margin:0;padding:1rem;background:var(--p);color:var(--i);font:1rem/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif}
h1{font-size:1.6rem;margin:.25rem 0}h2{font-size:1.15rem;margin:0}h3{font-size:.95rem;margin:.75rem 0 .25rem;color:var(--s)}
.ex{background:#5b1e86;color:#fff;padding:.6rem 1rem;font-weight:700}dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem}dt{color:var(--s)}dd{margin:0}
.grid{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(24rem,100%),1fr));align-items:start}
.card{background:var(--c);border:1px solid var(--l);border-radius:.5rem;padding:1rem;overflow-wrap:anywhere}
.kind{color:var(--s);font-size:.9rem}.text{white-space:pre-wrap;margin:.25rem 0;font:inherit}
.count{font-size:.9rem;color:var(--s)}.over{color:var(--bad);font-weight:700}code{font-size:.8rem;color:var(--s)}
img{max-width:100%;height:auto;border-radius:.25rem;display:block;margin:.35rem 0}figure{margin:.5rem 0}figcaption{font-size:.85rem;color:var(--s)}
.bad{color:var(--bad)}.warn{color:var(--warn)}details{margin-top:.5rem}summary{cursor:pointer;color:var(--a)}
table{border-collapse:collapse}th,td{border-bottom:1px solid var(--l);padding:.2rem .5rem;text-align:left}
"""


def write_html(
    folder: Path,
    *,
    draft: Draft,
    renditions: Sequence[Rendition],
    drawings: Mapping[tuple[str, Form], Sequence[Drawing]],
    findings: Sequence[Finding],
    title: str,
    facts: Sequence[tuple[str, str]],
    newsroom: Newsroom,
    texts: Sequence[SideText] = (),
    first: Mapping[str, Collection[Form]] | None = None,
) -> Path:
    """Write `index.html` and the pictures it shows, and return its path.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    channels = list(dict.fromkeys(r.channel for r in renditions))
    cards = "\n".join(
        _card(
            folder,
            [r for r in renditions if r.channel == name],
            drawings,
            [f for f in findings if f.channel == name],
            (first or {}).get(name, ()),
        )
        for name in channels
    )
    cards += "".join(_side_text(side) for side in texts)
    general = [f for f in findings if not f.channel]
    rows = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts)
    exercise = '<p class="ex">EXERCICE – rien de réel</p>' if newsroom.world == "exercise" else ""
    page = (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8">{_POLICY}<meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><title>{escape(title)}</title><style>{_STYLE}</style></head>'
        f'<body>{exercise}<main><p class="kind">{escape(_nature(draft, newsroom))}</p>'
        f"<h1>{escape(title)}</h1><dl>{rows}</dl>{_findings(general)}"
        f'<div class="grid">{cards}</div></main></body></html>'
    )
    path = folder / "index.html"
    files.write(path, page.encode())
    return path


def _nature(draft: Draft, newsroom: Newsroom) -> str:
    """Return what kind of message it is, how grave, where, under which name."""
    areas = ", ".join(newsroom.area_names.get(code, code) for code in draft.areas)
    words = (KIND_LABELS[draft.kind.value], LEVEL_LABELS[draft.level.value], areas, draft.slug)
    return " · ".join(word for word in words if word)


def side_text_words(side: SideText) -> tuple[str, str, str]:
    """Return title, cost and advice ("" if there is none) for a text message or a spoken text."""
    if side.name == "spoken":
        seconds = round(side.facts["seconds"])
        return "Texte à dire (enceintes, standard)", f"{seconds} s de lecture", ""
    count = side.facts["segments"]
    cost = f"{count} segment{'s' if count > 1 else ''}, {len(side.text)} caractères ({side.facts['encoding'].upper()})"
    if not side.facts["not_gsm7"]:
        return "SMS", cost, ""
    named = ", ".join(f"« {c} »" if c.isprintable() and not c.isspace() else f"U+{ord(c):04X}" for c in side.facts["not_gsm7"])
    advice = f"hors de l’alphabet des SMS : {named}"
    if "without" in side.facts:
        advice += f"\nen {side.facts['without_segments']} segment(s) si vous écrivez :\n{side.facts['without']}"
    return "SMS", cost, advice


def _side_text(side: SideText) -> str:
    title, cost, advice = side_text_words(side)
    note = f'<p class="text warn">{escape(advice)}</p>' if advice else ""
    return (
        f'<section class="card"><h2>{escape(title)}</h2><p class="count">{escape(cost)}</p>'
        f'<p class="text">{escape(side.text)}</p>{note}</section>'
    )


def _card(
    folder: Path,
    made: Sequence[Rendition],
    drawings: Mapping[tuple[str, Form], Sequence[Drawing]],
    findings: Sequence[Finding],
    leaving: Collection[Form],
) -> str:
    ordered = sorted(made, key=lambda r: (r.form not in leaving, list(Form).index(r.form)))
    first = ordered[0]
    rest = "".join(
        f"<details><summary>{_FORMS[r.form]}</summary>{_rendition(folder, r, drawings)}</details>" for r in ordered[1:]
    )
    return (
        f'<section class="card"><h2>{escape(first.channel)}</h2><p class="kind">{escape(first.channel_kind)}</p>'
        f"{_findings(findings)}<h3>{_FORMS[first.form]}</h3>{_rendition(folder, first, drawings)}{rest}</section>"
    )


def _rendition(
    folder: Path,
    rendition: Rendition,
    drawings: Mapping[tuple[str, Form], Sequence[Drawing]],
) -> str:
    drawn = drawings.get((rendition.channel, rendition.form), ())
    pictures = "".join(_picture(folder, rendition, d.name, d.content, d.alt, "") for d in drawn)
    shown = rendition.parts[:2] if rendition.form is Form.REPEAT else rendition.parts
    parts = "".join(_part(folder, rendition, part, n, bool(drawn)) for n, part in enumerate(shown, 1))
    if len(shown) < len(rendition.parts):
        parts += f'<p class="count">… et ainsi jusqu’au rappel n° {len(rendition.parts)}, ou à la fin du message</p>'
    return f"{pictures}{parts}<p><code>sha256 {rendition.sha256[:16]}…</code></p>"


def _part(folder: Path, rendition: Rendition, part: Part, n: int, is_drawn: bool) -> str:
    head = f"<h3>{n} / {len(rendition.parts)}</h3>" if len(rendition.parts) > 1 else ""
    body = f'<div class="html">{part.html}</div>' if part.html else f'<p class="text">{escape(part.text)}</p>'
    media = (
        ""
        if is_drawn and rendition.channel_kind == "sign"
        else "".join(
            _picture(
                folder,
                rendition,
                m.name,
                m.read(),
                m.alt,
                f"Texte de remplacement : {m.alt}",
            )
            for m in part.media
        )
    )
    times = part.options.get("page_time_s")
    shown_for = f"{times:g}".replace(".", ",") if times else ""
    seconds = f'<p class="count">page affichée {shown_for} s</p>' if times else ""
    return head + _count(rendition, part) + body + seconds + media


def _count(rendition: Rendition, part: Part) -> str:
    limit = rendition.limits.get("max_length")
    if not limit:
        return ""
    count = measure(
        part.text,
        str(rendition.limits.get("unit")),
        url_length=rendition.limits.get("url_length"),
    )
    style = "count over" if count > limit else "count"
    return f'<p class="{style}">{count} / {limit}</p>'


def _picture(folder: Path, rendition: Rendition, name: str, data: bytes, alt: str, caption: str) -> str:
    file = f"{rendition.channel}-{rendition.form.value}-{name}"
    files.write(folder / file, data)
    words = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(file)}" alt="{escape(alt)}">{words}</figure>'


def _findings(findings: Sequence[Finding]) -> str:
    items = "".join(
        f'<li class="{"bad" if f.blocking else "warn"}"><strong>{"Bloquant" if f.blocking else "Conseil"} :</strong> '
        f"{escape(f.message)}</li>"
        for f in sorted(findings, key=lambda f: not f.blocking)
    )
    return f"<ul>{items}</ul>" if items else ""
