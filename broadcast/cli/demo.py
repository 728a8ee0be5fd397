"""`demo`: everything, on look-alike networks, without an account."""

from __future__ import annotations

from pathlib import Path

import click

from broadcast.cli.context import command, json_option
from broadcast.cli.out import STATE_WORDS, table, to_json


@click.command(short_help="Tout voir sur des réseaux d'essai.")
@click.argument("folder", metavar="DOSSIER", type=click.Path(path_type=Path))
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

    app = run(folder, (lambda line: None) if as_json else click.echo)
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
    table(
        ["canal", "message", "état", "adresse"],
        [[r["channel"], f"{r['message']}@{r['revision']} {r['action']}", STATE_WORDS[str(r["state"])], r["url"]] for r in rows],
    )
    click.echo(f"\nÀ ouvrir : {page}")
    click.echo(f"  site      {folder / 'public' / 'index.html'}")
    click.echo(f"  panneaux  {folder / 'signs'}")
    click.echo(f"  journal   {folder / 'print'}")
    click.echo(f"  à la main {folder / 'kits'}")
    click.echo(f"  réseaux   {', '.join(str(folder / 'recorded' / f'{n}.jsonl') for n in NETWORKS)}")
    return 1 if bad else 0
