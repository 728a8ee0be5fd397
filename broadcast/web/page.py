"""The status page as HTML: plain, without a script, readable without colours."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from broadcast.web.facts import Facts

STYLE = (
    "body{font:1.05rem/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff;max-width:60rem;margin:1.5rem auto;padding:0 1rem}"
    "h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2rem}"
    "table{border-collapse:collapse;width:100%}caption{text-align:left;color:#444;padding:.3rem 0}"
    "th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #bbb}"
    ".bad{color:#8f0000;font-weight:bold}a{color:#003a8c}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}caption{color:#bbb}.bad{color:#ffb3b3}a{color:#9cc4ff}}"
)
#: What the page may do: nothing but show its own style.
POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

_LATE = {
    "needs_person": "à vérifier par une personne",
    "refused": "refusé par le canal",
    "held": "retenu",
    "waiting": "échec passager, nouvel essai prévu",
    "unknown": "incertain, vérification prévue",
    "handed_over": "remis à une personne, à confirmer",
    "overdue": "remis à une personne, délai dépassé",
    "still_public": "encore en ligne alors que c'est terminé",
    "promise_broken": "suite promise en retard",
    "required_channel_failed": "canal obligatoire en échec",
}
_STATES = {"active": "actif", "standby": "en veille : un autre programme est actif"}


def status_page(facts: Facts, *, name: str, zone: str, state: str, faults: Sequence[str] = ()) -> str:
    """Return the page; `faults` are sentences on what is wrong with the program itself."""
    at = _time(facts.at, zone)
    parts = [f"<p>{_state(facts, state, faults)}</p>", f"<p>Situation au {at}.</p>"]
    if facts.is_database_well:
        parts += [_live(facts, zone), _late(facts, zone), _channels(facts), _feeds(facts, zone)]
    return _document(f"État de la diffusion : {name}", "\n".join(parts))


def plain_page(title: str, text: str) -> str:
    """Return a page of one sentence."""
    return _document(title, f"<p>{escape(text)}</p>")


def _document(title: str, body: str) -> str:
    return (
        f'<!doctype html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="robots" content="noindex">\n<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n'
        f"<body>\n<main>\n<h1>{escape(title)}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _state(facts: Facts, state: str, faults: Sequence[str]) -> str:
    words = [f"Programme : {_STATES.get(state, state)}."]
    bad = list(faults)
    if not facts.is_database_well:
        bad.append("Base de données indisponible.")
    elif not facts.is_well:
        bad.append(f"File d'attente en retard de {int((facts.oldest_due_s or 0) // 60)} minutes.")
    if facts.is_stopped:
        bad.append("Arrêt général : rien de nouveau ne part.")
    if facts.world == "exercise":
        words.append("Base d'exercice.")
    return escape(" ".join(words)) + "".join(f' <strong class="bad">{escape(b)}</strong>' for b in bad)


def _live(facts: Facts, zone: str) -> str:
    rows = [
        [
            _titled(m.title, m.urls),
            escape(", ".join(m.channels)),
            escape(_time(m.expires_at, zone)) if m.expires_at else "sans",
        ]
        for m in facts.live
    ]
    return _table("Messages en ligne", "Ce qui est public maintenant", ["Message", "Canaux", "Fin prévue"], rows, "Aucun.")


def _titled(title: str, urls: Sequence[str]) -> str:
    # A network said the address: only one that a browser should open is a link (a mail's is "mid:").
    url = next((u for u in urls if u.startswith(("https://", "http://"))), "")
    return f'<a href="{escape(url)}">{escape(title)}</a>' if url else escape(title)


def _late(facts: Facts, zone: str) -> str:
    rows = [
        [
            escape(i.message or "message non public"),
            escape(i.channel),
            f'<span class="bad">{escape(_LATE.get(i.what, i.what))}</span>',
            escape(_time(i.since_at, zone)),
            escape(_time(i.until_at, zone, seconds=True)) if i.until_at else "",
        ]
        for i in facts.late
    ]
    heads = ["Message", "Canal", "Quoi", "Depuis", "Nouvel essai"]
    return _table("À régler", "En retard ou en attente d'une personne", heads, rows, "Rien.")


def _channels(facts: Facts) -> str:
    rows = [
        [escape(c.name), escape(c.kind), '<span class="bad">en pause</span>' if c.is_paused else "actif"] for c in facts.channels
    ]
    return _table("Canaux", "Canaux configurés", ["Canal", "Genre", "État"], rows, "Aucun.")


def _feeds(facts: Facts, zone: str) -> str:
    rows = [
        [
            escape(f.name),
            escape(_time(f.heard_at, zone)) if f.heard_at else "jamais",
            "en pause" if f.is_paused else '<span class="bad">muette</span>' if f.is_stale else "suivie",
        ]
        for f in facts.feeds
    ]
    return _table("Sources", "Annonces nationales suivies", ["Source", "Dernière lecture", "État"], rows, "Aucune.")


def _table(title: str, caption: str, heads: Iterable[str], rows: Sequence[Sequence[str]], none: str) -> str:
    if not rows:
        return f"<h2>{escape(title)}</h2>\n<p>{escape(none)}</p>"
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    lines = "\n".join(f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td>{c}</td>" for c in row[1:]) + "</tr>" for row in rows)
    return (
        f"<h2>{escape(title)}</h2>\n<table>\n<caption>{escape(caption)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{lines}\n</tbody>\n</table>"
    )


def _time(at: datetime, zone: str, *, seconds: bool = False) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%d/%m/%Y à %H:%M" + (":%S" if seconds else ""))
