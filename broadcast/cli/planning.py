"""`plan`: what an approval or a withdrawal would change, and nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from broadcast.cli.context import command, json_option, newsroom, split_name
from broadcast.cli.out import ACTION_WORDS, FORM_WORDS, table, to_json

if TYPE_CHECKING:
    from broadcast.app import App
    from broadcast.plan import Place, Step
    from broadcast.store.base import Tx


@click.command(short_help="Voir ce qu'une approbation ou un retrait changerait.")
@click.argument("name", metavar="MESSAGE[@N]")
@click.option("--withdraw", "withdrawn", is_flag=True, help="Comme si le message était retiré.")
@json_option
@command
def plan(name: str, withdrawn: bool, as_json: bool) -> int:
    """Voir, canal par canal, ce qui arriverait si la dernière version était approuvée ou le message retiré."""
    slug, number = split_name(name)
    with newsroom() as app, app.db.read() as tx:
        approve_rows = plan_rows(app, tx, slug, number=number, withdrawn=False)
        withdraw_rows = plan_rows(app, tx, slug, number=number, withdrawn=True)
    if as_json:
        to_json(
            {
                "message": slug,
                "if_approved": approve_rows,
                "if_withdrawn": withdraw_rows,
            }
        )
        return 0
    for title, rows in (
        ("Si la version était approuvée", approve_rows),
        ("Si le message était retiré", withdraw_rows),
    ):
        if withdrawn and rows is approve_rows:
            continue
        click.secho(title, bold=True)
        if not rows:
            click.echo("rien n'est encore parti : rien à retirer" if rows is withdraw_rows else "aucun canal")
        table(
            ["canal", "action", "forme", "version", "sur", "remarque"],
            [
                [
                    r["channel"],
                    ACTION_WORDS.get(r["action"], "rien"),
                    FORM_WORDS.get(r["form"], ""),
                    r["revision"],
                    r["url"],
                    r["note"],
                ]
                for r in rows
            ],
        )
    return 0


def _instead(place: Place, step: Step) -> str:
    """Say where a channel does something else than its settings ask, as it has not got the ability."""
    able = {"edit": "update", "repost": "take_down", "take_down": "take_down"}
    asked = {"correction": ("on_correction", place.on_correction), "ending": ("on_end", place.on_end)}.get(step.form.value)
    if asked is None or step.action.value != "publish" or able.get(asked[1], "") in {"", *place.abilities}:
        return ""
    return f"{asked[0]} = {asked[1]} : ce canal ne sait pas le faire ; c'est dit par une nouvelle publication"


def _same(is_same: bool, step: Step) -> str:
    """Say where a channel has published the same words already, and what tells them apart."""
    is_said = is_same and step.form.value == "correction" and step.action.value == "publish"
    return f"mots déjà publiés ici : « Mise à jour n° {step.number - 1} » les distingue" if is_said else ""


def plan_rows(app: App, tx: Tx, slug: str, *, number: int | None, withdrawn: bool) -> list[dict[str, Any]]:
    """Return one row for each step that would be planned or dropped, and one for each channel left as it is."""
    from broadcast.model import EndedBecause
    from broadcast.planner import plans_of
    from broadcast.store import deliveries, messages, postings, revisions

    message = messages.get_message(tx, slug)
    which = message.approved if withdrawn else (number or message.latest)
    because = EndedBecause.WITHDRAWN if withdrawn else None
    urls = {(p.channel, p.slot): p.url for p in postings.of_message(tx, message.uid)}
    known = {d.uid: d for d in deliveries.of_message(tx, message.uid)}
    same = {f.channel for f in revisions.revision_findings(tx, message.uid, which) if f.code == "same_text"}
    rows: list[dict[str, Any]] = []
    for channel, plan_ in plans_of(tx, message, app.places, app.clock.now(), number=which, because=because).items():
        rounds = [s for s in plan_.steps if s.round and s.action.value == "publish"]
        for step in plan_.steps:
            if step in rounds[1:]:
                continue
            rows.append(
                {
                    "channel": channel,
                    "action": step.action.value,
                    "form": step.form.value,
                    "revision": step.number,
                    "part": step.part,
                    "url": urls.get((channel, step.slot), ""),
                    "note": f"{len(rounds)} rappel(s) avant la fin"
                    if step in rounds
                    else _instead(app.places[channel], step) or _same(channel in same, step),
                }
            )
        for drop in plan_.drops:
            gone = known[drop.uid]
            rows.append(
                {
                    "channel": channel,
                    "action": "none",
                    "form": gone.form.value,
                    "revision": gone.number,
                    "part": gone.part,
                    "url": "",
                    "note": f"ne partira pas{f' (rappel n° {gone.round})' if gone.round else ''} : {drop.reason}",
                }
            )
        if not plan_.steps and not plan_.drops:
            note = f"attend {plan_.waits_for}" if plan_.waits_for else plan_.leaves or "rien à changer"
            rows.append(
                {
                    "channel": channel,
                    "action": "none",
                    "form": "",
                    "revision": which,
                    "part": 0,
                    "url": urls.get((channel, "0"), ""),
                    "note": note,
                }
            )
    return rows
