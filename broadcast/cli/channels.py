"""`channels`: list, probe, pause, resume."""

from __future__ import annotations

from typing import Any

import click

from broadcast.cli.context import as_option, command, json_anywhere, json_option, newsroom
from broadcast.cli.out import table, to_json
from broadcast.cli.words import ABILITY_WORDS, in_words


@click.group(
    short_help="Lister, tester, mettre en pause les canaux.",
    invoke_without_command=True,
)
@json_anywhere
@click.pass_context
def channels(ctx: click.Context) -> None:
    """Lister, tester, mettre en pause les canaux."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@channels.command(name="list", short_help="Lister les canaux.")
@json_option
@command
def list_(as_json: bool) -> int:
    """Lister les canaux, leurs capacités et leur état."""
    from broadcast.registry import settings_faults
    from broadcast.store import newsroom as newsrooms

    with newsroom() as app:
        with app.db.read() as tx:
            states = newsrooms.channel_states(tx)
        faults = settings_faults(app.settings)
        rows: list[dict[str, Any]] = []
        for name, place in app.places.items():
            state = states.get(name)
            rows.append(
                {
                    "channel": name,
                    "channel_kind": place.kind,
                    "board": place.is_board,
                    "abilities": sorted(place.abilities),
                    "settings_error": faults.get(name, ""),
                    "paused": bool(state and state.paused),
                    "paused_reason": state.paused_reason if state else "",
                    "probed_at": state.probed_at if state else None,
                    "probe_result": state.probe_result if state else "",
                }
            )
    if as_json:
        to_json({"channels": rows})
        return 0
    table(
        ["canal", "genre", "capacités", "état", "dernier test"],
        [
            [
                r["channel"],
                r["channel_kind"],
                in_words(r["abilities"], ABILITY_WORDS),
                _state(r),
                r["probe_result"],
            ]
            for r in rows
        ],
        below=["capacités", "dernier test"],
    )
    return 0


def _state(row: dict[str, Any]) -> str:
    if row["settings_error"]:
        return f"inutilisable : {row['settings_error']}"
    return f"en pause : {row['paused_reason']}" if row["paused"] else "actif"


@channels.command(short_help="Tester accès et limites.")
@click.argument("name", metavar="[CANAL]", required=False)
@json_option
@command
def probe(name: str | None, as_json: bool) -> int:
    """Tester les accès et apprendre les limites que la plateforme annonce ; sans nom, tous les canaux."""
    from broadcast.errors import NotFound
    from broadcast.probing import probe_channel

    with newsroom() as app:
        if name is not None and name not in app.places:
            raise NotFound(
                f"{name} : aucun canal de ce nom ; réglages : {', '.join(app.places)}",
                subject=name,
            )
        results = [probe_channel(app, each) for each in ([name] if name else app.places)]
    if as_json:
        to_json({"channels": results})
    else:
        table(
            ["canal", "résultat", "limites"],
            [[r.channel, r.message, r.limits_text] for r in results],
        )
    return 0 if all(r.ok for r in results) else 1


@channels.command(short_help="Mettre un canal en pause.")
@click.argument("name", metavar="CANAL")
@click.option("--reason", default="", metavar="RAISON", help="Pourquoi.")
@as_option
@json_option
@command
def pause(name: str, reason: str, as_: str, as_json: bool) -> int:
    """Mettre un canal en pause : ses envois sont retenus, pas perdus."""
    return _set(name, True, as_, reason, as_json)


@channels.command(short_help="Reprendre un canal.")
@click.argument("name", metavar="CANAL")
@as_option
@json_option
@command
def resume(name: str, as_: str, as_json: bool) -> int:
    """Reprendre un canal ; ses envois retenus partent au prochain passage."""
    return _set(name, False, as_, "", as_json)


def _set(name: str, paused: bool, as_: str, reason: str, as_json: bool) -> int:
    from broadcast.cli.sending import woken
    from broadcast.desk.people import set_paused

    with newsroom() as app:
        set_paused(app.desk, name, paused, as_=as_, reason=reason)
        runs = woken(app)
    if as_json:
        to_json({"channel": name, "paused": paused})
    else:
        leaves = "ce qui était retenu part" if runs else "`broadcast send` envoie ce qui était retenu"
        click.echo(f"{name} : {'en pause' if paused else f'actif ; {leaves}'}")
    return 0
