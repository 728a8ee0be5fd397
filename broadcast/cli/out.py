"""Tables on a terminal, plain lines in a pipe, JSON where asked for."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from broadcast.cli import tables

if TYPE_CHECKING:
    from broadcast.model import Finding

#: Colours of states; the word is always there too.
STYLES: Mapping[str, str] = {
    "delivered": "green",
    "live": "green",
    "handed_over": "cyan",
    "planned": "white",
    "claimed": "white",
    "waiting": "yellow",
    "held": "yellow",
    "unknown": "magenta",
    "refused": "red",
    "dropped": "bright_black",
    "partly_live": "yellow",
    "sending": "yellow",
    "embargoed": "cyan",
    "in_review": "cyan",
    "ending": "yellow",
    "ended": "bright_black",
    "draft": "white",
}

#: French words for the states that people see.
STATE_WORDS: Mapping[str, str] = {
    "planned": "prévu",
    "claimed": "en cours",
    "delivered": "fait",
    "waiting": "en attente",
    "refused": "refusé",
    "unknown": "incertain",
    "held": "retenu",
    "handed_over": "remis",
    "dropped": "abandonné",
    "draft": "brouillon",
    "in_review": "en relecture",
    "embargoed": "sous embargo",
    "sending": "en cours d'envoi",
    "live": "en ligne",
    "partly_live": "en partie en ligne",
    "ending": "fin en cours",
    "ended": "terminé",
    "expired": "expiré",
    "all_clear": "fin d'alerte",
    "withdrawn": "retiré",
    "superseded": "remplacé",
}

#: French words for phases, where they are not those of a state.
_PHASES: Mapping[str, str] = {"refused": "refusé, à régler"}


def phase_word(phase: str) -> str:
    """Return the French word for the phase of a message."""
    return _PHASES.get(phase) or STATE_WORDS[phase]


#: French words for votes.
VOTE_WORDS: Mapping[str, str] = {"approve": "approuvé", "return": "renvoyé", "reject": "rejeté"}
#: French words for actions and forms.
ACTION_WORDS: Mapping[str, str] = {
    "publish": "publier",
    "update": "mettre à jour",
    "take_down": "retirer",
}
FORM_WORDS: Mapping[str, str] = {
    "publish": "publication",
    "update": "mise à jour",
    "correction": "rectificatif",
    "ending": "fin",
    "repeat": "rappel",
}


#: "live" or "exercise": set once a command has opened its newsroom.
world = "live"


def to_json(value: object) -> None:
    """Print a value as JSON, one document; in an exercise it says so."""
    if world == "exercise" and isinstance(value, dict):
        value = {"world": world} | value
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=plain))


def plain(value: object) -> Any:
    """Return what `json` cannot write in a form that it can."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return sorted(value) if not isinstance(value, tuple) else list(value)
    return str(value)


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str = "",
    err: bool = False,
    below: Sequence[str] = (),
) -> None:
    """Print rows, states in their colours; `below` names the columns that stand under their row on a terminal."""
    tables.table(columns, rows, title=title, err=err, below=below, style=_style)


def _style(cell: str) -> str:
    by_word = {STATE_WORDS[k]: v for k, v in STYLES.items()}
    return by_word.get(cell, "")


def print_findings(findings: Iterable[Finding], *, err: bool = False) -> None:
    """Print findings, blocking ones first; what is the same of several channels is one line."""
    same: dict[tuple[bool, str, str, str], list[str]] = {}
    for f in sorted(findings, key=lambda f: (not f.blocking, f.file, f.line or 0)):
        where = f"{f.file}:{f.line}" if f.line else f.file
        said = f.message.removeprefix(f"{f.channel} : ") if f.channel else f.message
        same.setdefault((f.blocking, where, said, f.code), []).extend([f.channel] if f.channel else [])
    for (blocking, at, reason, code), channels in same.items():
        place = f" [{', '.join(channels)}]" if channels else ""
        word, colour = ("BLOQUANT", "red") if blocking else ("conseil", "yellow")
        click.secho(f"{word:8}", fg=colour, nl=False, err=err)
        click.echo(f" {at}{place} {reason} ({code})", err=err)


def counted(count: int, one: str, many: str) -> str:
    """Return "1 canal" or "3 canaux"."""
    return f"{count} {one if count < 2 else many}"


def not_before(at: datetime | None, zone: str) -> str:
    """Return until when something waits, as the end of a sentence; "" if it waits for no time."""
    return f" (pas avant le {local(at, zone)})" if at is not None else ""


def local(at: datetime | None, zone: str) -> str:
    """Return a time as people of the newsroom read it."""
    return "" if at is None else at.astimezone(ZoneInfo(zone)).strftime("%d/%m/%Y %H:%M:%S")


def moment(at: datetime, zone: str, now: datetime) -> str:
    """Return a time as people say it: "9 h 36" today, "le 28/11/2026 à 9 h 36" else."""
    place = ZoneInfo(zone)
    there = at.astimezone(place)
    clock = f"{there.hour}\u00a0h\u00a0{there.minute:02}"
    return clock if there.date() == now.astimezone(place).date() else f"le {there:%d/%m/%Y} à {clock}"


def diff_lines(old: str, new: str, old_name: str, new_name: str) -> list[str]:
    """Return the unified difference of two texts."""
    import difflib

    return list(difflib.unified_diff(old.splitlines(), new.splitlines(), old_name, new_name, lineterm=""))


def print_diff(lines: Iterable[str]) -> None:
    """Print a difference in its colours."""
    for line in lines:
        click.secho(line, fg={"+": "green", "-": "red", "@": "cyan"}.get(line[:1]))
