"""One page with everything side by side: what the site, the signs, the journal and the networks show."""

from __future__ import annotations

import json
from collections import Counter
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from broadcast import registry
from broadcast.app import App
from broadcast.channel import CanDraw
from broadcast.demo.networks import GROUPS, NETWORKS
from broadcast.model import Form
from broadcast.relay.drafts import shown_title
from broadcast.sources import ItemState
from broadcast.store import entries, messages, renditions

_STYLE = """
:root{color-scheme:light dark;--p:#f4f3ef;--c:#fff;--i:#1b1d21;--s:#5a5f66;--l:#d9d6cd;--a:#0b4f8a;--g:#14663a;--bad:#a8120c}
@media(prefers-color-scheme:dark){:root{--p:#15171b;--c:#1e2126;--i:#eceae4;--s:#b0ada5;--l:#3b3f46;--a:#8fc4f5;--g:#86d8a8;--bad:#ff9a8f}}
*{box-sizing:border-box}body{margin:0 auto;max-width:90rem;padding:1rem;background:var(--p);color:var(--i);font:1rem/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif}
h1{margin:.5rem 0}h2{font-size:1.2rem;margin:0 0 .5rem}a{color:var(--a)}
.grid{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr));align-items:start}
section{background:var(--c);border:1px solid var(--l);border-radius:.5rem;padding:1rem;overflow-wrap:anywhere}
section.wide{grid-column:1/-1}iframe{width:100%;height:34rem;border:1px solid var(--l);border-radius:.25rem;background:#fff}
.post{border-top:1px solid var(--l);padding:.5rem 0;white-space:pre-wrap}.post.deleted{opacity:.75}.post.deleted .words{text-decoration:line-through}
.state{font-size:.9rem;color:var(--s);white-space:normal}.state b{color:var(--g)}.state b.down{color:var(--bad)}
.words{max-height:15rem;overflow:auto}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;min-width:34rem}th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-top:1px solid var(--l)}
img{max-width:100%;height:auto;display:block;margin:.5rem 0;border-radius:.25rem}
"""
_NAMES = {
    "x": "X",
    "facebook": "Facebook",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "telegram": "Telegram",
    "wordpress": "WordPress",
    "email": "Lettre électronique",
}


_FATES = {
    ItemState.RELAYED: "relayé par la règle",
    ItemState.ADOPTED: "repris par une personne",
    ItemState.PROPOSED: "attend une personne",
    ItemState.IRRELEVANT: "sans objet",
    ItemState.DUPLICATE: "doublon",
    ItemState.FLOODED: "en trop",
    ItemState.DISMISSED: "écarté",
}


def write(app: App) -> Path:
    """Write `demo.html` into the folder of a demonstration, and return its path."""
    folder = app.dir
    _draw_proof(app, "crue-quais")
    sections = [
        _site(),
        *[_network(folder, name, kind) for name, kind in NETWORKS.items()],
        _signs(folder),
        _print(folder),
        _kits(folder),
        _relay(app),
    ]
    page = (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, '
        f'initial-scale=1"><title>Broadcast – démonstration</title><style>{_STYLE}</style></head><body><main>'
        f"<h1>Une crue, {len(NETWORKS) + 4} lieux, une seule source</h1><p>Quatre messages écrits en Markdown, approuvés par une "
        "seconde personne : une alerte, une information pratique, un concours et un long point de situation, qui devient un fil "
        "là où la place manque. Puis un rectificatif de l’alerte et le retrait du concours. Enfin deux sources nationales d’essai : "
        "une canicule suivie du début à la fin par une règle, une nouvelle reprise à la main. Rien n’est sorti de cette machine.</p>"
        f'<div class="grid">{"".join(sections)}</div></main></body></html>'
    )
    path = folder / "demo.html"
    path.write_text(page, encoding="utf-8")
    return path


def _site() -> str:
    return (
        '<section class="wide"><h2>Site</h2><p><a href="public/index.html">Page d’accueil</a> · '
        '<a href="public/a/crue-quais/index.html">l’alerte et son historique</a> · '
        '<a href="public/a/concours-dessin/index.html">le concours, retiré</a> · <a href="public/feed.atom">Atom</a> · '
        '<a href="public/cap/crue-quais-2.xml">CAP</a></p>'
        '<iframe src="public/index.html" title="Page d’accueil du site"></iframe></section>'
    )


def _network(folder: Path, name: str, kind: str) -> str:
    lines = (folder / "recorded" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    copies = Counter(json.loads(line)["text"] for line in lines)
    shown = {post["text"] if kind == "email" else post["id"]: post for post in map(json.loads, lines)}
    posts = "".join(_post(post, copies[post["text"]] if kind == "email" else 1) for post in shown.values())
    return f'<section><h2>{_NAMES[kind]}</h2><p class="state">recorded/{escape(name)}.jsonl</p>{posts}</section>'


def _post(post: dict[str, Any], copies: int) -> str:
    state = '<b class="down">supprimé</b>' if post["deleted"] else "<b>en ligne</b>"
    facts = [state]
    if copies > 1:
        facts.append(f"à {copies} destinataires, un courriel chacun")
    if post["edited"]:
        facts.append("modifié")
    if post["in_reply_to"]:
        facts.append(f"répond à {escape(post['in_reply_to'].rpartition('/')[2])}")
    facts += [f"image : {escape(m['alt'] or 'sans texte de remplacement, le réseau n’en prend pas')}" for m in post["media"]]
    deleted = " deleted" if post["deleted"] else ""
    return (
        f'<div class="post{deleted}"><div class="words" tabindex="0">{escape(post["text"])}</div>'
        f'<p class="state">n° {escape(post["id"].rpartition("/")[2])} · {" · ".join(facts)}</p></div>'
    )


def _signs(folder: Path) -> str:
    pictures = "".join(
        f'<img src="{path.relative_to(folder).as_posix()}" alt="{escape(path.with_name(path.name.replace("-preview.png", ".txt")).read_text())}">'
        for path in sorted((folder / "signs").rglob("*-preview.png"))
    )
    return f'<section><h2>Panneaux</h2>{pictures}<p><a href="signs/signs/playlist.json">playlist.json</a></p></section>'


def _draw_proof(app: App, slug: str) -> None:
    """Draw the proof of the journal as pictures beside its package."""
    with app.db.read() as tx:
        message = messages.get_message(tx, slug)
        made = renditions.renditions(tx, message.uid, message.approved, app.read_media, channel="journal", form=Form.PUBLISH)
    adapter = registry.open_channel(app.settings, "journal")
    if isinstance(adapter, CanDraw):
        for drawing in adapter.draw(made[0].parts[0]):
            (app.dir / "print" / drawing.name).write_bytes(drawing.content)


def _print(folder: Path) -> str:
    pages = "".join(
        f'<img src="print/{p.name}" alt="Épreuve du journal">' for p in sorted((folder / "print").glob("*-epreuve-*.png"))
    )
    return (
        f'<section><h2>Journal municipal</h2><p><a href="print/crue-quais/proof.pdf">épreuve PDF</a> · '
        f'<a href="print/crue-quais/crue-quais.zip">dossier pour la maquette</a></p>{pages}</section>'
    )


def _relay(app: App) -> str:
    zone = ZoneInfo(app.newsroom.timezone)
    with app.db.read() as tx:
        found = [item for item in entries.items(tx, size=50) if item.state is not ItemState.SEEN]
    rows = "".join(
        f"<tr><td>{item.received_at.astimezone(zone):%H:%M:%S}</td><td>{escape(app.settings.feeds[item.feed].label)}</td>"
        f"<td>{escape(shown_title(item.entry))}</td><td>{_FATES[item.state]}{escape(f' ({item.reason})' if item.reason else '')} : "
        f'<a href="public/a/{escape(item.slug)}/index.html">{escape(item.slug)}</a></td></tr>'
        for item in reversed(found)
    )
    return (
        '<section class="wide"><h2>Relais des sources nationales</h2><p>La règle <code>content/rules/canicule.toml</code>, approuvée '
        "par deux personnes, publie l’alerte, suit sa mise à jour et donne la fin d’alerte ; une nouvelle du gouvernement est reprise "
        'à la main.</p><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">Reçu</th><th scope="col">Source</th>'
        f'<th scope="col">Titre</th><th scope="col">Devenu</th></tr></thead><tbody>{rows}</tbody></table></div></section>'
    )


def _kits(folder: Path) -> str:
    kits = "".join(
        f'<li><a href="{path.relative_to(folder).as_posix()}">{escape(path.parent.name)}</a></li>'
        for path in sorted((folder / "kits" / GROUPS).glob("*/kit.html"))
    )
    return (
        f"<section><h2>À publier à la main</h2><p>Groupe Facebook des commerçants : {escape(GROUPS)}</p><ul>{kits}</ul></section>"
    )
