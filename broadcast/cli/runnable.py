"""Commands within sentences, made to run as they are printed, by whoever reads them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from broadcast.lifecycle import Right

if TYPE_CHECKING:
    from broadcast.app import App
    from broadcast.lifecycle import Person

_COMMAND = re.compile(r"`broadcast ([^`]+)`")
#: What a command asks of who acts, by its first words; commands that only look are not here.
_RIGHTS = {
    "all-clear": Right.SUBMIT,
    "approve": Right.VOTE,
    "channels pause": Right.PAUSE,
    "channels resume": Right.PAUSE,
    "feeds add": Right.PAUSE,
    "feeds adopt": Right.SUBMIT,
    "feeds claim": Right.SUBMIT,
    "feeds dismiss": Right.SUBMIT,
    "feeds pause": Right.PAUSE,
    "feeds resume": Right.PAUSE,
    "feeds rules submit": Right.SUBMIT,
    "people add": Right.MANAGE,
    "reject": Right.VOTE,
    "resolve": Right.RESOLVE,
    "resume": Right.STOP,
    "retry": Right.RESOLVE,
    "return": Right.VOTE,
    "stop": Right.STOP,
    "submit": Right.SUBMIT,
    "withdraw": Right.WITHDRAW,
}


def runnable(app: App) -> Callable[[str], str]:
    """Return what makes the commands of a sentence run as printed, for whoever asked.

    A person is named where the login alone does not say
    who acts, or has not the right: one who has it, and whom this login may be.
    """
    from broadcast.store import newsroom

    with app.db.read() as tx:
        people = [p for p in newsroom.people(tx) if p.os_user in ("", app.desk.os_user)]
    mine = [p for p in people if p.os_user]
    named = [p for p in people if p.name == os.environ.get("BROADCAST_AS", "")]
    default = next(iter(named), mine[0] if len(mine) == 1 else None)

    def signed(match: re.Match[str]) -> str:
        return f"`broadcast {match[1]}{_signature(match[1], people, default)}`"

    return lambda sentence: _COMMAND.sub(signed, sentence)


def _signature(command: str, people: list[Person], default: Person | None) -> str:
    right = next((r for words, r in _RIGHTS.items() if f"{command} ".startswith(f"{words} ")), None)
    if right is None or " --as" in command or (default is not None and default.has(right)):
        return ""
    able = [p.name for p in people if p.has(right)]
    return f" --as {able[0]}" if able else " --as PERSONNE"
