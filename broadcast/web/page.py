"""The status page as HTML: plain, without a script, readable without colours."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from broadcast.model import EndedBecause
from broadcast.web.facts import MAX_QUEUE_AGE_S, Facts

STYLE = (
    "*{box-sizing:border-box}body{font:1.05rem/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff;max-width:72rem;margin:1rem auto;"
    "padding:0 1rem;overflow-wrap:break-word}h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.25rem;margin-top:2rem}"
    "table{border-collapse:collapse;width:100%}caption{text-align:start;color:#444;padding:.3rem 0}"
    "th,td{text-align:start;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #bbb}"
    "code{font:.95em ui-monospace,monospace;background:#eee;color:#111;padding:.1em .3em;display:inline-block;overflow-wrap:anywhere}"
    ".bad{color:#8f0000;font-weight:bold}.good{color:#14663a;font-weight:bold}a{color:#003a8c}"
    "@media(max-width:58rem){table,tbody,tr,th,td{display:block}caption{display:block}"
    "thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
    "tr{border:1px solid #999;border-radius:.4rem;padding:.4rem .8rem;margin-bottom:.6rem}th,td{border:0;padding:.15rem 0}"
    "td[data-label]::before{content:attr(data-label) ' ';color:#444}td:empty{display:none}}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}caption,td[data-label]::before{color:#bbb}.bad{color:#ffb3b3}"
    ".good{color:#86d8a8}a{color:#9cc4ff}code{background:#333;color:#eee}}"
)
#: What the page may do: nothing but show its own style.
POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

_LATE = {
    "needs_person": "à vérifier par une personne",
    "refused": "refusé, à régler",
    "held": "retenu",
    "waiting": "échec passager, nouvel essai prévu",
    "unknown": "incertain, vérification prévue",
    "handed_over": "remis à une personne, à confirmer",
    "overdue": "remis à une personne, délai dépassé",
    "still_public": "encore en ligne alors que c'est terminé",
    "all_clear_unconfirmed": "fin d'alerte non confirmée ici",
    "never_published": "approuvé, jamais publié avant sa fin",
    "sent_back": "renvoyé ou rejeté à la relecture",
    "damaged": "illisible dans la base",
    "promise_broken": "suite promise en retard",
    "planned": "en retard : n'est pas encore parti",
    "claimed": "en retard : envoi commencé, pas terminé",
    "required_channel_failed": "canal obligatoire en échec",
}
#: What no word is known for yet is told all the same, without its code.
_OTHER = "à régler"
_ENDED = {
    EndedBecause.EXPIRED: "fin passée",
    EndedBecause.ALL_CLEAR: "fin d'alerte donnée",
    EndedBecause.WITHDRAWN: "retiré",
    EndedBecause.SUPERSEDED: "remplacé",
}
_STATES = {"active": "actif", "standby": "en veille : un autre programme est actif"}


def status_page(facts: Facts, *, name: str, zone: str, state: str, faults: Sequence[str] = ()) -> str:
    """Return the page; `faults` are sentences on what is wrong with the program itself."""
    at = _time(facts.at, zone)
    parts = [f"<p>{_state(facts, state, faults)}</p>", f"<p>Situation au {at}.</p>"]
    if facts.is_database_well:
        parts += [_late(facts, zone), _live(facts, zone), _channels(facts), _feeds(facts, zone)]
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
    words = [f"Programme : {_STATES.get(state, _OTHER)}."]
    bad = [*faults, *facts.unsound]
    if not facts.is_database_well:
        bad.append("Base de données indisponible.")
    elif (facts.oldest_due_s or 0.0) > MAX_QUEUE_AGE_S:
        bad.append(f"File d'attente en retard de {int((facts.oldest_due_s or 0) // 60)} minutes.")
    if facts.is_stopped:
        bad.append("Arrêt général : rien de nouveau ne part.")
    if facts.world == "exercise":
        words.append("Base d'exercice.")
    return escape(" ".join(words)) + "".join(f' <strong class="bad">{escape(b)}</strong>' for b in bad)


def _live(facts: Facts, zone: str) -> str:
    heads = ["Message", "Canaux", "Fin prévue"]
    rows = [
        [
            _titled(m.title, m.urls),
            escape(", ".join(m.channels)),
            escape(_time(m.expires_at, zone)) if m.expires_at else "sans",
        ]
        for m in facts.live
        if m.ended_because is None
    ]
    return _table("Messages en ligne", "Ce qui est public maintenant", heads, rows, "Aucun.") + _over(facts)


def _over(facts: Facts) -> str:
    """Return what has ended and can still be seen: on the site as ended, elsewhere because it was left, or cannot be taken back."""
    rows = [
        [_titled(m.title, m.urls), _ENDED[m.ended_because], escape(", ".join(m.channels))]
        for m in facts.live
        if m.ended_because is not None
    ]
    if not rows:
        return ""
    heads = ["Message", "Pourquoi", "Encore visible sur"]
    return "\n" + _table("Terminés, encore visibles", "Ce qui est terminé et qui se voit encore", heads, rows, "Aucun.")


def _titled(title: str, urls: Sequence[str]) -> str:
    # A network said the address: only one that a browser should open is a link (a mail's is "mid:").
    url = next((u for u in urls if u.startswith(("https://", "http://"))), "")
    return f'<a href="{escape(url)}">{escape(title)}</a>' if url else escape(title)


def _late(facts: Facts, zone: str) -> str:
    rows = [
        [
            escape(i.title or "message non public"),
            escape(i.channel),
            f'<span class="bad">{escape(_LATE.get(i.what, _OTHER))}</span>',
            escape(_time(i.since_at, zone)),
            escape(_time(i.until_at, zone, seconds=True)) if i.until_at else "",
            "<br>".join(f"<code>{escape(command)}</code>" for command in i.commands),
        ]
        for i in facts.late
    ]
    heads = ["Message", "Canal", "Quoi", "Depuis", "Nouvel essai", "À taper"]
    return _table("À régler", "En retard ou en attente d'une personne", heads, rows, "Rien.")


def _channels(facts: Facts) -> str:
    paused = '<span class="bad">en pause</span> <code>broadcast channels resume {}</code>'
    rows = [[escape(c.name), paused.format(escape(c.name)) if c.is_paused else "actif"] for c in facts.channels]
    return _table("Canaux", "Canaux configurés", ["Canal", "État"], rows, "Aucun.")


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
    names = list(heads)
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in names)
    lines = "\n".join(_row(row, names) for row in rows)
    # The roles stay what they are where the style makes cards of the rows: a browser would forget the table.
    return (
        f'<h2>{escape(title)}</h2>\n<table role="table">\n<caption>{escape(caption)}</caption>\n'
        f'<thead><tr role="row">{head}</tr></thead>\n<tbody role="rowgroup">\n{lines}\n</tbody>\n</table>'
    )


def _row(row: Sequence[str], heads: Sequence[str]) -> str:
    cells = "".join(
        f'<td role="cell" data-label="{escape(head)} :">{cell}</td>' if cell else "<td></td>"
        for head, cell in zip(heads[1:], row[1:], strict=True)
    )
    return f'<tr role="row"><th scope="row" role="rowheader">{row[0]}</th>{cells}</tr>'


def _time(at: datetime, zone: str, *, seconds: bool = False) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%d/%m/%Y à %H:%M" + (":%S" if seconds else ""))
