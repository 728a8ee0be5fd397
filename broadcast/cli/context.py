"""How every command opens the newsroom, and how a refusal reaches the person."""

from __future__ import annotations

import functools
import json
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import click

from broadcast.errors import BroadcastError, UsageError, os_reason

if TYPE_CHECKING:
    from broadcast.app import App

P = ParamSpec("P")

#: `--as`, for every command that acts.
as_option = click.option(
    "--as",
    "as_",
    default="",
    envvar="BROADCAST_AS",
    metavar="PERSONNE",
    help="Qui agit ; sinon BROADCAST_AS, sinon la personne liée à votre session.",
)
#: `--json`, for every command that lists or reports.
json_option = click.option("--json", "as_json", is_flag=True, help="Sortie JSON.")

#: `--yes`, for every command that asks.
yes_option = click.option("--yes", is_flag=True, help="Ne pas demander de confirmation (obligatoire sans terminal).")
#: What stands before everything that is said in an exercise.
EXERCISE = "[EXERCICE]"

#: Where a context keeps that JSON was asked for before the name of the command.
_JSON = "broadcast.json"
#: Where it keeps that the world was said.
_SAID = "broadcast.world-said"


def _ask_json(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        ctx.meta[_JSON] = True


#: `--json` before the name of a command, for groups: `broadcast --json status`, `broadcast channels --json`.
json_anywhere = click.option(
    "--json", is_flag=True, expose_value=False, callback=_ask_json, help="Sortie JSON (aussi après la commande)."
)


@contextmanager
def newsroom() -> Iterator[App]:
    """Open the newsroom that the command was called for."""
    from broadcast.app import opened

    folder: Path | None = click.get_current_context().find_root().obj
    with opened(folder) as app:
        _say_world(app)
        for name, value in app.test_switches.items():
            click.echo(f"essai : {name}={value} (réseaux locaux seulement)", err=True)
        yield app


#: Commands whose output is read by programs, line by line: there the world is said beside it.
_MACHINE = frozenset({"submit", "export", "new", "adopt", "all-clear"})


def _say_world(app: App) -> None:
    """Say once, before anything else, that this is an exercise; in JSON it is the key `world`."""
    from broadcast.cli import out

    context = click.get_current_context()
    out.world = app.world
    if app.world != "exercise" or context.meta.get(_SAID):
        return
    context.meta[_SAID] = True
    as_json = context.meta.get(_JSON) or context.params.get("as_json")
    click.secho(f"{EXERCISE} rien de réel n'en sort", fg="magenta", bold=True, err=bool(as_json) or context.info_name in _MACHINE)


def acting(app: App, name: str) -> str:
    """Return the name under which is acted: the one given, else that of the person bound to this login.

    Raises:
        UsageError: neither says who.
    """
    with app.db.read() as tx:
        return app.desk.acting(tx, name)


def command(function: Callable[P, int | None]) -> Callable[P, None]:
    """Let a command end in an exit code, and its errors in one sentence (or `{"error": …}` with `--json`)."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        if click.get_current_context().meta.get(_JSON) and "as_json" in kwargs:
            kwargs["as_json"] = True
        as_json = bool(kwargs.get("as_json"))
        try:
            code = function(*args, **kwargs)
        except BroadcastError as error:
            refuse(error, as_json=as_json)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            raise click.Abort from None
        except OSError as error:
            place = f"{error.filename} : " if error.filename else ""
            refuse(BroadcastError(f"{place}{os_reason(error)}"), as_json=as_json)
        except Exception as error:  # noqa: BLE001  (no traceback reaches a user; it is kept in a file)
            _crashed(error, as_json=as_json)
        else:
            sys.stdout.flush()
            sys.exit(code or 0)

    return wrapped


def refuse(error: BroadcastError, *, as_json: bool) -> None:
    """Say why, and exit: 2 for wrong use, 1 for everything else."""
    if as_json:
        facts = {"code": error.code, "message": str(error)} | error.facts()
        click.echo(json.dumps({"error": facts}, ensure_ascii=False, default=str))
    else:
        click.secho(f"broadcast : {error}", err=True, fg="red")
        _details(error)
    sys.exit(2 if isinstance(error, UsageError) else 1)


def _details(error: BroadcastError) -> None:
    findings: Any = getattr(error, "findings", None)
    if findings:
        from broadcast.cli.out import print_findings

        print_findings(findings, err=True)
    theirs, yours = getattr(error, "theirs", None), getattr(error, "yours", None)
    if theirs is not None and yours is not None:
        click.echo(f"\n--- version enregistrée\n{theirs}\n--- votre fichier\n{yours}", err=True)
        merged = getattr(error, "merged", None)
        if merged is not None:
            click.echo(f"--- les deux réunis (--merge)\n{merged}", err=True)


def _crashed(error: Exception, *, as_json: bool) -> None:
    log = Path.cwd() / "broadcast-erreur.log"
    try:
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8", errors="backslashreplace")
        where = f" ; détails dans {log}"
    except OSError:
        where = ""
    refuse(
        BroadcastError(f"erreur inattendue : {type(error).__name__} : {error}{where}"),
        as_json=as_json,
    )


def ask(app: App, question: str, *, yes: bool, as_json: bool = False) -> None:
    """Ask a person before an act; everything but a yes leaves things as they are.

    In an exercise the world stands in the question and another word answers it, so that no hand that has learnt one
    answers the other.

    Args:
        app: the newsroom.
        question: in French, ending in a question mark.
        yes: True: the person said so already, by `--yes`.
        as_json: a program listens: there is nobody to ask.

    Raises:
        UsageError: nobody can be asked, and `--yes` was not given.
        click.Abort: they did not say yes.
    """
    if yes:
        return
    if as_json or not sys.stdin.isatty():
        raise UsageError(f"pas de terminal pour répondre : rien n'est fait ; ajoutez --yes si c'est voulu ({question})")
    exercise = app.world == "exercise"
    words = ("exercice",) if exercise else ("o", "oui", "y", "yes")
    asked = f"{EXERCISE} {question} [tapez exercice pour dire oui]" if exercise else f"{question} [o/N]"
    answer = click.prompt(asked, default="n", show_default=False, prompt_suffix=" ", err=not sys.stdout.isatty())
    if str(answer).strip().lower() not in words:
        raise click.Abort


def split_name(name: str) -> tuple[str, int | None]:
    """Return slug and revision number of `slug` or `slug@n`.

    Raises:
        UsageError: what stands after `@` is no number.
    """
    slug, at, number = name.partition("@")
    if not at:
        return slug, None
    if not number.isdigit() or int(number) < 1:
        raise UsageError(f"{name} : écrivez le nom du message, ou nom@numéro de version")
    return slug, int(number)
