"""`demo`: everything, on look-alike networks, without an account."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcast.cli.context import command, json_option
from broadcast.cli.out import ACTION_WORDS, STATE_WORDS, table, to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadcast.dispatch.base import Event
    from broadcast.outbox import Delivery


@click.command(short_help="Tout voir sur des réseaux d'essai.")
@click.argument("folder", metavar="DOSSIER", type=click.Path(path_type=Path, readable=False))
@json_option
@command
def demo(folder: Path, as_json: bool) -> int:
    """Publier quatre messages, un rectificatif et un retrait sur des réseaux d'essai, dans DOSSIER.

    Rien ne sort de cette machine. Recommencer efface seulement un dossier que la démonstration a fait.
    """
    from broadcast.demo.networks import NETWORKS
    from broadcast.demo.page import write
    from broadcast.demo.run import run
    from broadcast.status import overview

    app = run(folder, lambda line: None, lambda event: None) if as_json else run(folder, click.echo, _tell)
    try:
        page = write(app)
        with app.db.read() as tx:
            seen = overview(tx, app.places, app.clock.now())
    finally:
        app.close()
    rows = [
        {
            "channel": d.channel,
            "message": m.message,
            "revision": d.number,
            "action": d.action.value,
            "state": d.state.value,
            "url": d.url,
        }
        for m in seen.messages
        for d in m.deliveries
    ]
    bad = [r for r in rows if r["state"] not in ("delivered", "handed_over", "dropped")]
    if as_json:
        to_json({"folder": str(folder), "page": str(page), "deliveries": rows})
        return 1 if bad else 0
    click.echo()
    places: dict[tuple[str, str], list[Delivery]] = {}
    for message in reversed(seen.messages):
        for delivery in message.deliveries:
            places.setdefault((delivery.channel, message.message), []).append(delivery)
    table(
        ["canal", "message", "état", "adresse"],
        [[channel, slug, *_outcome(each)] for (channel, slug), each in sorted(places.items(), key=lambda item: item[0][0])],
    )
    click.echo(f"\nÀ ouvrir : {page}")
    click.echo(f"  site      {folder / 'public' / 'index.html'}")
    click.echo(f"  panneaux  {folder / 'signs'}")
    click.echo(f"  journal   {folder / 'print'}")
    click.echo(f"  à la main {folder / 'kits'}")
    click.echo(f"  réseaux   {', '.join(str(folder / 'recorded' / f'{n}.jsonl') for n in NETWORKS)}")
    return 1 if bad else 0


def _tell(event: Event) -> None:
    what = f"{event.slug}@{event.number} {ACTION_WORDS[event.action]} → {STATE_WORDS[event.state.value]}"
    click.echo(f"  {event.channel} : {what} {event.url}".rstrip())


def _outcome(deliveries: Sequence[Delivery]) -> tuple[str, str]:
    """Return in words what became of one message in one place, and where it stands."""
    last = deliveries[-1]
    parts = len({d.part for d in deliveries if d.number == last.number and d.action == "publish"})
    url = next((d.url for d in deliveries if d.url and d.number == last.number), "")
    if last.state == "handed_over":
        return f"remis à une personne : {ACTION_WORDS[last.action]}", url
    if last.state != "delivered":
        return STATE_WORDS[last.state.value], url
    if last.action == "take_down" or last.form == "ending":
        word = "retiré" if last.action == "take_down" else "fin dite"
    elif last.action == "update":
        word = "mis à jour"
    elif last.form == "correction":
        word = "rectifié"
    else:
        word = f"publié, fil de {parts}" if parts > 1 else "publié"
    return word, "" if last.action == "take_down" else url
