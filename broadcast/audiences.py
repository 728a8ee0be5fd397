"""Whom the lists of channels reach, in words; and what of a list was not understood, told wherever people look."""

from __future__ import annotations

from dataclasses import dataclass

from broadcast import registry
from broadcast.channel import Audience, CanCountPeople
from broadcast.errors import BroadcastError
from broadcast.ledger import numbers
from broadcast.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The list of one channel; without an audience it cannot be read."""

    channel: str
    audience: Audience | None = None
    fault: str = ""

    @property
    def words(self) -> str:
        """How many it reaches, and what was not understood."""
        if self.audience is None:
            return self.fault
        people = self.audience.people
        said = [f"{people} {'personne' if people < 2 else 'personnes'}", self.doubt]
        if self.audience.without:
            said.append(_lines(self.audience.without, "sans adresse utilisable"))
        return " ; ".join(filter(None, said))

    @property
    def doubt(self) -> str:
        """What somebody should look at, "" if nothing."""
        if self.audience is None:
            return self.fault
        lines = self.audience.not_understood
        if lines:
            which = numbers([str(n) for n in lines], len(lines))
            return f"{self.audience.name} : {_lines(len(lines), 'non comprise' + 's' * (len(lines) > 1))} ({which})"
        return "" if self.audience.people else f"{self.audience.name} : liste vide, personne à qui envoyer"


def listed(settings: Settings, channel: str) -> Listed | None:
    """Read the list of a channel; None if it has none, or cannot be used at all."""
    try:
        adapter = registry.open_channel(settings, channel)
    except BroadcastError:
        return None  # told as a fault of its settings
    if not isinstance(adapter, CanCountPeople):
        return None
    try:
        return Listed(channel=channel, audience=adapter.audience())
    except BroadcastError as error:
        return Listed(channel=channel, fault=str(error))


def _lines(count: int, what: str) -> str:
    return f"{count} {'ligne' if count < 2 else 'lignes'} {what}"
