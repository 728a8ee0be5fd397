"""The `broadcast` command: a lazy group, so that `--help` imports nothing but click."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import click

from broadcast import __version__
from broadcast.cli import french
from broadcast.cli.context import json_anywhere, refuse
from broadcast.errors import UsageError

french.install()

#: Command -> module and function, and the line that `--help` shows, in the order of a day's work.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo:demo", "Tout voir sur des réseaux d'essai, sans aucun compte."),
    "init": ("folder:init", "Créer le dossier d'une rédaction, prêt à l'emploi."),
    "new": ("folder:new", "Créer un message à partir d'un modèle."),
    "check": ("writing:check", "Vérifier un message pour tous ses canaux."),
    "preview": ("writing:preview", "Voir un message tel que chaque canal le montrera."),
    "submit": ("submitting:submit", "Figer une version et la soumettre à relecture."),
    "reviews": ("review:reviews", "Lister ce qui attend un vote."),
    "show": ("review:show", "Relire les déclinaisons enregistrées d'une version."),
    "diff": ("review:diff", "Voir ce qui a changé d'une version à l'autre."),
    "approve": ("voting:approve", "Approuver (une autre personne que l'auteur)."),
    "return": ("voting:return_", "Renvoyer à l'auteur pour correction."),
    "reject": ("voting:reject", "Rejeter."),
    "send": (
        "sending:send",
        "Envoyer tout ce qui est dû, vérifier ce qui est incertain.",
    ),
    "run": ("run:run", "Tout faire tourner : envois, échéances, sources, page d'état."),
    "status": ("status:status", "Voir ce qui est public, où, et ce qui est en retard."),
    "plan": ("planning:plan", "Voir ce qu'une approbation ou un retrait changerait."),
    "resolve": ("sending:resolve", "Régler à la main un envoi incertain ou remis."),
    "retry": ("again:retry", "Redemander à un canal ce qu'il a refusé."),
    "all-clear": ("all_clear:all_clear", "Préparer la fin d'alerte, pour tous ses canaux."),
    "withdraw": ("sending:withdraw", "Retirer un message partout, tout de suite."),
    "stop": ("sending:stop", "Arrêt général : rien de nouveau ne part."),
    "resume": ("sending:resume", "Lever l'arrêt général."),
    "feeds": ("feeds:feeds", "Sources nationales : lire, reprendre, relayer."),
    "channels": ("channels:channels", "Lister, tester, mettre en pause les canaux."),
    "people": ("people:people", "Gérer les personnes et leurs rôles."),
    "doctor": ("doctor:doctor", "Tout contrôler avant la prochaine alerte."),
    "audit": ("audit:audit", "Vérifier ou exporter le journal des actes."),
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and one-line helps, and imports a command when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of a day's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(f"broadcast.cli.{module}"), function)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commandes"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, and suggest the nearest name if there is none."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, COMMANDS, 1)
            hint = f" ; vouliez-vous dire « {near[0]} » ?" if near else " ; voyez broadcast --help"
            ctx.fail(f"commande inconnue : {name}{hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 80},
    epilog="Premiers pas : broadcast init ma-ville --example, puis docs/quickstart.md.",
)
@click.option(
    "--newsroom",
    type=click.Path(path_type=Path, readable=False),
    metavar="DOSSIER",
    help="Dossier de la rédaction (sinon BROADCAST_NEWSROOM, sinon le plus proche au-dessus).",
)
@json_anywhere
@click.version_option(__version__, prog_name="broadcast", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, newsroom: Path | None) -> None:
    """Broadcast : un message, tous les canaux de la mairie.

    Un message s'écrit une fois en Markdown. Chaque canal (site, réseaux, panneaux, journal) reçoit sa
    déclinaison, une seconde personne approuve exactement ce qui partira, et l'envoi continue jusqu'à ce
    que chaque lieu soit prouvé publié, corrigé ou retiré.
    """
    ctx.obj = newsroom


def main() -> None:
    """Run the command line."""
    # Text is UTF-8 whatever the locale of the machine says.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = cli.main(prog_name="broadcast", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        # Wrong use answers as everything else does where a program is listening.
        if "--json" in sys.argv[1:]:
            refuse(UsageError(error.format_message()), as_json=True)
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("abandonné", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not a fault of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
