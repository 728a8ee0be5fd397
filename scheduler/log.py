"""What the running process says: a line an event, in the words and the time of the newsroom.

Names, states and reasons only: never the text of a message, never a secret.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

from broadcast.clock import Clock
from broadcast.dispatch.base import Event
from broadcast.model import DeliveryState
from scheduler.sink import Sink

if TYPE_CHECKING:
    from broadcast.relay import Polled

#: Longest line after the time, characters.
MAX_LINE = 400
#: Deliveries whose last line is remembered, so that the same thing is not said again and again.
REMEMBERED = 10_000

_DONE = {"publish": "envoyé", "update": "mis à jour", "take_down": "retiré"}
_WORDS = {
    DeliveryState.HANDED_OVER: "remis à une personne",
    DeliveryState.WAITING: "échec passager, nouvel essai prévu",
    DeliveryState.REFUSED: "REFUSÉ",
    DeliveryState.UNKNOWN: "incertain, à vérifier",
    DeliveryState.HELD: "retenu",
    DeliveryState.DROPPED: "abandonné",
    DeliveryState.PLANNED: "reporté",
}

_OUTCOMES = {"failed": "échec", "gone": "disparue", "quarantined": "illisible, mis de côté"}
_ACTS = {
    "published": "publié",
    "updated": "mis à jour",
    "ended": "fin annoncée",
    "same": "déjà dit, rien de nouveau",
    "capped": "PLAFOND ATTEINT, à traiter à la main",
    "failed": "ÉCHEC",
}


def _brought(polled: Polled) -> str:
    taken = polled.taken
    if taken is None:
        return ""
    counts = (
        (taken.new, "élément(s) de plus"),
        (taken.proposed, "à voir"),
        (taken.changed, "changé(s)"),
        (taken.asked, "tâche(s)"),
    )
    return ", ".join(f"{count} {word}" for count, word in counts if count)


class Log(logging.Handler):
    """Writes the lines; also takes what the parts of Broadcast log (`logging.getLogger("broadcast…")`)."""

    def __init__(self, clock: Clock, zone: str, stream: TextIO | None = None) -> None:
        super().__init__(logging.INFO)
        self._clock, self.zone = clock, zone
        self.sink = Sink(stream or sys.stdout)
        self._said: OrderedDict[str, str] = OrderedDict()
        self._saying = threading.Lock()

    def say(self, line: str) -> None:
        """Write one line, with the local time; a line that cannot be written is counted, and raises nothing."""
        at = self._clock.now().astimezone(ZoneInfo(self.zone)).strftime("%d/%m/%Y %H:%M:%S")
        text = " ".join(line.split())
        self.sink.put(f"{at} {text[: MAX_LINE - 1] + '…' if len(text) > MAX_LINE else text}\n")

    def once(self, subject: str, line: str) -> None:
        """Write a line unless it is the last one said of this subject."""
        with self._saying:
            if self._said.get(subject) == line:
                return
            self._said[subject] = line
            self._said.move_to_end(subject)
            while len(self._said) > REMEMBERED:
                self._said.popitem(last=False)
        if line:
            self.say(line)

    def event(self, event: Event) -> None:
        """Say what became of a delivery."""
        what = f"{event.slug}@{event.number} / {event.channel}"
        word = _DONE[event.action] if event.state is DeliveryState.DELIVERED else _WORDS.get(event.state, event.state.value)
        if event.needs_person:
            word = "À VÉRIFIER PAR UNE PERSONNE"
        facts = " : ".join(fact for fact in (event.url, event.reason) if fact)
        self.once(event.uid, f"{word} : {what}{' : ' + facts if facts else ''}")

    def polled(self, polled: Polled) -> None:
        """Say what a source brought, and the first of its failures in a row; nothing where nothing changed."""
        if polled.outcome == "unchanged" or (polled.outcome == "new" and not _brought(polled)):
            self._source_well(polled.feed)
            return
        if polled.outcome == "new":
            self._source_well(polled.feed)
            self.say(f"source {polled.feed} : {_brought(polled)}")
        else:
            self.once(
                f"source {polled.feed}", f"source {polled.feed} : {_OUTCOMES.get(polled.outcome, 'échec')} : {polled.reason}"
            )
        for relayed in polled.relayed:
            what = f" : {relayed.slug}@{relayed.number}" if relayed.slug else ""
            self.say(f"règle {relayed.rule} : {_ACTS.get(relayed.act, relayed.act)}{what} {relayed.reason}")

    def _source_well(self, feed: str) -> None:
        if self._said.get(f"source {feed}"):
            self.once(f"source {feed}", f"source {feed} : répond de nouveau")
            self.once(f"source {feed}", "")

    def expired(self, slug: str) -> None:
        """Say that the end of a message has come."""
        self.say(f"expiré : {slug}")

    def emit(self, record: logging.LogRecord) -> None:
        """Write what a part of the program logged."""
        try:
            line = record.getMessage()
        except Exception:  # noqa: BLE001  (words that do not fit their facts: the facts are lost, not the program)
            line = str(record.msg)
        if record.levelno >= logging.WARNING:  # what is wrong with a row is met at each look
            self.once(line, line)
        else:
            self.say(line)

    def attach(self) -> None:
        """Take what the parts log from now on."""
        logging.getLogger("broadcast").setLevel(logging.INFO)
        for name in ("broadcast", "apscheduler"):
            logging.getLogger(name).addHandler(self)
        logging.getLogger("apscheduler").setLevel(logging.ERROR)

    def detach(self) -> None:
        """Take nothing more."""
        for name in ("broadcast", "apscheduler"):
            logging.getLogger(name).removeHandler(self)
        self.sink.flush()
