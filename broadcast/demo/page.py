"""One page with every message and all its places side by side."""

from __future__ import annotations

from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from broadcast import registry
from broadcast.app import App
from broadcast.channel import CanDraw
from broadcast.demo.networks import NETWORKS
from broadcast.demo.places import Shown, cards
from broadcast.model import EndedBecause, Form
from broadcast.outbox import Message
from broadcast.relay.drafts import shown_title
from broadcast.render.labels import KIND_LABELS
from broadcast.sources import ItemState
from broadcast.store import entries, messages, postings, renditions, revisions
from broadcast.store.base import Tx

_STYLE = """
:root{color-scheme:light dark;--p:#f4f3ef;--c:#fff;--i:#1b1d21;--s:#545a61;--l:#d9d6cd;--a:#0b4f8a;--g:#14663a}
@media(prefers-color-scheme:dark){:root{--p:#15171b;--c:#1e2126;--i:#eceae4;--s:#b9b6ae;--l:#3b3f46;--a:#8fc4f5;--g:#86d8a8}}
*{box-sizing:border-box}body{margin:0;padding:1rem;background:var(--p);color:var(--i);font:1rem/1.45 system-ui,"Segoe UI","DejaVu Sans",sans-serif}
main>*{max-width:72rem}h1{margin:.25rem 0;font-size:1.6rem}h2{font-size:1.2rem;margin:0}h3{font-size:1rem;margin:0}a{color:var(--a)}
section.message{max-width:none;border-top:1px solid var(--l);padding:.8rem 0 0;margin-top:.8rem}
.story{margin:.1rem 0 .4rem;color:var(--s)}.story b{color:var(--i)}
.row{list-style:none;margin:0;padding:0 0 .6rem;display:flex;gap:.6rem;overflow-x:auto}
.place{flex:0 0 13.5rem;min-width:0;background:var(--c);border:1px solid var(--l);border-radius:.5rem;padding:.5rem .6rem;overflow-wrap:anywhere;font-size:.85rem}
.place p{margin:.25rem 0}.state{color:var(--g);font-weight:700}.ended .state{color:var(--s)}
.words{height:12.5rem;overflow:auto;white-space:pre-wrap}.words del,.words div+div{display:block}.words div+div,.words div+.alt+div{border-top:1px solid var(--l);margin-top:.5rem;padding-top:.5rem}
.alt{color:var(--s);white-space:normal}.place img{max-width:100%;max-height:12rem;height:auto;width:auto;display:block;margin:.25rem 0;border-radius:.2rem}
.phone{height:12.5rem;overflow:hidden;border:1px solid var(--l);border-radius:.3rem}
.phone iframe{width:360px;height:620px;border:0;transform:scale(.535);transform-origin:0 0}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;min-width:34rem;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-top:1px solid var(--l)}
"""
_FATES = {
    ItemState.RELAYED: "relayé par la règle",
    ItemState.ADOPTED: "repris par une personne",
    ItemState.PROPOSED: "attend une personne",
    ItemState.IRRELEVANT: "sans objet",
    ItemState.DUPLICATE: "doublon",
    ItemState.FLOODED: "en trop",
    ItemState.DISMISSED: "écarté",
}


_ENDED = {
    EndedBecause.EXPIRED: "fin passée",
    EndedBecause.ALL_CLEAR: "terminé par une fin d’alerte",
    EndedBecause.WITHDRAWN: "retiré",
    EndedBecause.SUPERSEDED: "remplacé",
}


def write(app: App) -> Path:
    """Write `demo.html` into the folder of a demonstration, and return its path."""
    with app.db.read() as tx:
        known = sorted(messages.all_messages(tx), key=lambda m: m.created_at)
        shown = [_shown(app, tx, m) for m in known if m.approved]
    for one in shown:
        _draw_proof(app, one.slug)
    places = len(NETWORKS) + 4
    page = (
        '<!doctype html>\n<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, '
        f'initial-scale=1"><title>Broadcast – démonstration</title><style>{_STYLE}</style></head><body><main>'
        f"<h1>{len(shown)} messages, {places} lieux, une seule source</h1><p>Chaque message est écrit une fois, en Markdown, et "
        "approuvé par une seconde personne. Chaque ligne montre <strong>ce que ses lecteurs voient maintenant</strong>, lieu par "
        "lieu ; faites-la défiler vers la droite. Rien n’est sorti de cette machine.</p>"
        f"{''.join(_message(app.dir, one) for one in shown)}{_relay(app)}"
        '<p><a href="public/index.html">Le site</a> · <a href="public/feed.atom">flux Atom</a> · <a href="public/cap.atom">alertes '
        'CAP</a> · <a href="signs/signs/playlist.json">liste des panneaux</a></p></main></body></html>\n'
    )
    path = app.dir / "demo.html"
    path.write_text(page, encoding="utf-8")
    return path


def _shown(app: App, tx: Tx, message: Message) -> Shown:
    draft = revisions.get_revision(tx, message, message.approved).draft
    ids: dict[str, set[str]] = {}
    for posting in postings.of_message(tx, message.uid):
        ids.setdefault(posting.channel, set()).add(posting.external_id)
    words = [KIND_LABELS[draft.kind.value]]
    if draft.source is not None:
        words.append(f"relayé de {draft.source.name}")
    if message.approved > 1:
        words.append("mis à jour" if not draft.is_correction else "rectifié")
    ended = _ENDED[message.ended_because] if message.ended_because else ""
    return Shown(
        slug=message.slug,
        title=draft.title,
        story=" · ".join([*words, *([ended] if ended else [])]),
        ended=ended,
        ids={channel: frozenset(found) for channel, found in ids.items()},
    )


def _message(folder: Path, one: Shown) -> str:
    places = list(cards(folder, one))
    return (
        f'<section class="message{" ended" if one.ended else ""}" aria-labelledby="{escape(one.slug)}">'
        f'<h2 id="{escape(one.slug)}">{escape(one.title)}</h2><p class="story"><b>{escape(one.story)}</b> · {len(places)} lieux</p>'
        f'<ul class="row" tabindex="0" aria-label="Lieux de ce message">{"".join(places)}</ul></section>'
    )


def _draw_proof(app: App, slug: str) -> None:
    """Draw the proof of the journal as pictures beside its package."""
    with app.db.read() as tx:
        message = messages.get_message(tx, slug)
        made = renditions.renditions(tx, message.uid, message.approved, app.read_media, channel="journal", form=Form.PUBLISH)
    adapter = registry.open_channel(app.settings, "journal")
    if made and isinstance(adapter, CanDraw):
        for drawing in adapter.draw(made[0].parts[0]):
            (app.dir / "print" / drawing.name).write_bytes(drawing.content)


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
        '<section class="message"><h2>Relais des sources nationales</h2><p>La règle <code>content/rules/canicule.toml</code>, approuvée '
        "par deux personnes, publie l’alerte, suit sa mise à jour et donne la fin d’alerte ; une nouvelle du gouvernement est reprise "
        'à la main.</p><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">Reçu</th><th scope="col">Source</th>'
        f'<th scope="col">Titre</th><th scope="col">Devenu</th></tr></thead><tbody>{rows}</tbody></table></div></section>'
    )
