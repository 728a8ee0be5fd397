"""Writes what is generated: `docs/cli.md`, the channel matrix, and the text of `--help`. `--check` only compares."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from broadcast import registry
from broadcast.channel import Limits
from broadcast.cli.__main__ import COMMANDS, cli

DOCS = Path(__file__).parents[2] / "docs"
_NOTE = "<!-- Written by `make docs`; do not edit. -->\n"


def command_reference() -> str:
    """Return the reference of every command, from the commands themselves."""
    out = [_NOTE, "# Command line\n", "```text", _help(cli, "broadcast"), "```\n"]
    context = click.Context(cli, info_name="broadcast")
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        for path, each in _commands(name, command):
            out += [f"## `broadcast {path}`\n", "```text", _help(each, f"broadcast {path}"), "```\n"]
    return "\n".join(out)


def _commands(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            child = command.get_command(click.Context(command), name)
            if child is not None:
                yield from _commands(f"{path} {name}", child)


def _help(command: click.Command, name: str) -> str:
    return command.get_help(click.Context(command, info_name=name, max_content_width=80, terminal_width=80)).rstrip()


def channel_matrix() -> str:
    """Return the table of channel kinds, from what the adapters declare."""
    rows = [
        _NOTE,
        "# Channel kinds\n",
        "| kind | shape | text limit | edits | takes down | is asked after an unknown | probes | draws |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind in registry.kinds():
        adapter = registry.adapter_type(kind)
        able = registry.abilities(adapter)
        shape = "board" if registry.is_board(adapter) else "stream"
        limits = getattr(adapter, "default_limits", Limits())
        limit = "panel" if kind == "sign" else f"{limits.max_length} {limits.unit}" if limits.max_length else "none"
        asked = "shown again" if shape == "board" else "yes" if "find" in able else _window(adapter)
        cells = [
            f"[{kind}]({kind}.md)",
            shape,
            limit,
            _yes("update", able, shape),
            _yes("take_down", able, shape),
            asked,
            _yes("probe", able),
            _yes("draw", able),
        ]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows) + "\n"


def _yes(ability: str, able: frozenset[str], shape: str = "") -> str:
    if shape == "board":
        return "yes"
    return "yes" if ability in able else "no"


def _window(adapter: object) -> str:
    window = getattr(adapter, "idempotent", "never")
    if hasattr(adapter, "send_to"):
        return "no: a ledger per recipient"
    return "no: a person" if window == "never" else f"no: same key ({window})"


def main() -> None:
    """Write the files, or with `--check` fail if they are not what they would be."""
    wanted = {
        Path(__file__).parent / "help.txt": _help(cli, "broadcast") + "\n",
        DOCS / "cli.md": command_reference(),
        DOCS / "channels" / "README.md": channel_matrix(),
    }
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            click.echo(f"{path} is stale: run `make docs`", err=True)
        sys.exit(1 if stale else 0)
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")


if __name__ == "__main__":
    main()
