"""`doctor`: is everything in order for the next alert?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcast.cli.context import command, json_option, newsroom
from broadcast.cli.out import counted, to_json
from broadcast.cli.runnable import runnable
from broadcast.errors import BroadcastError, SettingsError

if TYPE_CHECKING:
    from broadcast.doctor import Check

_WORDS = {"ok": ("bon    ", "green"), "advice": ("conseil", "yellow"), "fault": ("DÉFAUT ", "red")}


@click.command(short_help="Tout contrôler avant la prochaine alerte.")
@click.option("--probe", is_flag=True, help="Interroger aussi les réseaux ; sinon, ce que le dernier test a dit.")
@json_option
@command
def doctor(probe: bool, as_json: bool) -> int:
    """Tout contrôler : base, journal, fichiers et droits, canaux, horloge, disque, `broadcast run`, polices.

    Chaque ligne dit ce qu'il faut faire. Code 1 s'il y a un défaut. --json : {ok, checks: [{check, state,
    subject, message, way_out}]}, où state est ok, advice ou fault.
    """
    checks = _checks(probe=probe, as_json=as_json)
    ok = all(c.state != "fault" for c in checks)
    if as_json:
        to_json({"ok": ok, "checks": checks})
    else:
        bad, more = (sum(c.state == state for c in checks) for state in ("fault", "advice"))
        said = counted(bad, "défaut à régler", "défauts à régler") if bad else "aucun défaut"
        click.secho(f"{said}, {counted(more, 'conseil', 'conseils')}", fg="green" if ok else "red", bold=True)
    return 0 if ok else 1


def _checks(*, probe: bool, as_json: bool) -> list[Check]:
    from broadcast import doctor as look

    done: list[Check] = []
    try:
        with newsroom() as app:
            run = runnable(app)
            for check in look.examine(app, probe=probe):
                done.append(check)
                _print(check, run, as_json=as_json)
    except BroadcastError as error:
        folder = _folder()
        if folder is None:
            raise
        for check in look.without_newsroom(folder, error):
            done.append(check)
            _print(check, str, as_json=as_json)
    return done


def _folder() -> Path | None:
    """Return the folder of the newsroom that could not be opened; None: there is none."""
    import os

    from broadcast import settings

    named = click.get_current_context().find_root().obj or os.environ.get("BROADCAST_NEWSROOM")
    try:
        folder = Path(named) if named else settings.find_newsroom(Path.cwd())
    except SettingsError:
        return None
    return folder if folder.is_dir() else None


def _print(check: Check, run: Callable[[str], str], *, as_json: bool) -> None:
    if as_json:
        return
    word, colour = _WORDS[check.state.value]
    click.secho(word, fg=colour, nl=False)
    click.echo(f" {run(check.message)}{f' → {run(check.way_out)}' if check.way_out else ''}")
