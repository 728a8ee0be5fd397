"""What careless senders write instead of what CAP wants: read as far as it can be, each flaw with its doubt. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from broadcast.alerts import Doubt, Info, Reference
from broadcast.feeds import cap_shapes
from broadcast.feeds.dates import aware

#: What rests on an element. What is not named bears on nothing that decides.
BEARS_ON = {
    **dict.fromkeys(("identifier", "sender", "msgType", "references"), "lineage"),
    **dict.fromkeys(("status", "scope", "restriction", "addresses"), "public"),
    **dict.fromkeys(("sent", "effective", "onset", "expires"), "time"),
    **dict.fromkeys(("urgency", "severity", "certainty"), "level"),
    **dict.fromkeys(("areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling", "area"), "area"),
    **dict.fromkeys(("event", "eventCode"), "event"),
}
#: For what has no time at all; nothing was sent then.
UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)
#: Years that an alert may speak of: 9999 ("never") and 1 are no times.
FIRST_YEAR, LAST_YEAR = 1900, 2200
#: More doubts than this of one alert say nothing new.
MAX_DOUBTS = 40
_UNFIT = re.compile(r"[\s,<&]+")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:[-+]\d\d:\d\d|Z)")
_NAIVE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?")
#: How a word that CAP does not know is understood all the same, by its beginning.
_ALIKE = {
    "status": (("test", "Test"), ("exerc", "Exercise"), ("drill", "Exercise"), ("train", "Exercise"), ("draft", "Draft"), ("syst", "System")),
    "msgType": (("cancel", "Cancel"), ("annul", "Cancel"), ("updat", "Update"), ("alert", "Alert"), ("ack", "Ack"), ("error", "Error")),
    "scope": (("priv", "Private"), ("restric", "Restricted"), ("confid", "Restricted"), ("intern", "Restricted"), ("public", "Public")),
    "responseType": (("allclear", "AllClear"), ("evac", "Evacuate"), ("shelter", "Shelter")),
    "certainty": (("verylikely", "Likely"),),
}  # fmt: skip


class Mending:
    """Reads the values of one message and keeps what had to be assumed."""

    def __init__(self) -> None:
        self._found: dict[Doubt, None] = {}

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What was assumed so far, each once."""
        return tuple(self._found)[:MAX_DOUBTS]

    def doubt(self, field: str, wrong: str, assumed: str, bears_on: str | None = None) -> None:
        """Note one; what it bears on follows from the element where it is not given."""
        self._found[Doubt(field, wrong, assumed, BEARS_ON.get(field, "") if bears_on is None else bears_on)] = None

    def word(self, name: str, value: str, words: Sequence[str], default: str) -> str:
        """Return one of CAP's words."""
        found = _word_of(name, value, words)
        if not found or found != value:
            wrong = f"« {value[:40]} » n'est pas un mot de CAP" if value else "absent"
            self.doubt(name, wrong, f"lu comme {found or default}")
        return found or default

    def words(self, name: str, values: Iterable[str], words: Sequence[str]) -> tuple[str, ...]:
        """Return those that CAP knows."""
        kept = []
        for value in values:
            found = _word_of(name, value, words)
            if found != value:
                wrong = f"« {value[:40]} » n'est pas un mot de CAP"
                self.doubt(name, wrong, f"lu comme {found}" if found else "laissé de côté")
            kept += [found] if found else []
        return tuple(kept)

    def time(self, name: str, text: str) -> datetime | None:
        """Return a time to the second; None where it does not say one."""
        if not text:
            return None
        at = cap_time(text)
        if at is not None:
            return at
        at = aware(text)
        if at is None:
            self.doubt(name, f"« {text[:40]} » n'est pas une date et heure sûre", "aucune heure retenue")
        else:
            self.doubt(name, f"« {text[:40]} » n'est pas écrit comme CAP le veut", f"lu comme {at:%d/%m/%Y %H:%M} UTC")
        return at

    def sent(self, text: str, infos: Iterable[Info], received_at: datetime | None) -> datetime:
        """Return when a message was sent: as it says, else as near to it as anything in it says."""
        at = self.time("sent", text)
        if at is not None:
            return at
        naive = _NAIVE.fullmatch(text)
        known = [time for info in infos for time in (info.effective, info.onset) if time is not None]
        if naive is not None and FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
            at, assumed = aware(f"{text}Z"), "lu comme UTC"
        if at is None:
            at, assumed = next(iter(known), None) or received_at, "le début annoncé, ou la réception"
        if at is None:
            at, assumed = UNKNOWN_TIME, "aucune : 1970"
        self.doubt("sent", "sans heure d'envoi sûre", assumed, "lineage")
        return at

    def identity(self, name: str, value: str, default: str) -> str:
        """Return an identifier or a sender that may stand in a reference."""
        if not value:
            self.doubt(name, "absent", f"« {default[:60]} »")
            return default
        if _UNFIT.search(value):
            self.doubt(name, f"« {value[:60]} » contient une espace, une virgule, < ou &", "remplacées par « _ »")
        return _UNFIT.sub("_", value)

    def references(self, text: str, sender: str) -> tuple[tuple[Reference, ...], tuple[tuple[str, str], ...]]:
        """Return the earlier messages that are named in full, and (sender, identifier) of those that are not."""
        sure: list[Reference] = []
        unclear: list[tuple[str, str]] = []
        for words in re.sub(r"\s*,\s*", ",", text.strip()).split():
            named, identifier, at, is_whole = _reference(words, sender)
            if at is not None:
                sure.append(Reference(named, identifier, at))
            elif identifier:
                unclear.append((named, identifier))
            if not is_whole:
                assumed = "message cherché parmi ceux de cette source" if identifier else "laissé de côté"
                self.doubt("references", f"« {words[:80]} » n'est pas « expéditeur,identifiant,date »", assumed)
        return tuple(sure), tuple(dict.fromkeys(unclear))

    def polygon(self, text: str) -> tuple[str, str]:
        """Return a polygon, and what is left of it where it is flawed."""
        return self._shape("polygon", cap_shapes.polygon(text))

    def circle(self, text: str) -> tuple[str, str]:
        """Return a circle, and what is left of it where it is flawed."""
        return self._shape("circle", cap_shapes.circle(text))

    def _shape(self, name: str, shape: cap_shapes.Shape) -> tuple[str, str]:
        if not shape.sure:
            self.doubt(name, shape.wrong, shape.assumed)
        return shape.sure, shape.unsure

    def contradictions(self, info: Info, sent: datetime) -> None:
        """Note times that cannot all be true."""
        if info.expires is None:
            return
        as_written = "l'alerte est gardée avec les heures telles qu'écrites"
        if info.effective is not None and info.expires <= info.effective:
            self.doubt("expires", "la fin vient avant l'entrée en vigueur", as_written)
        if info.onset is not None and info.expires <= info.onset:
            self.doubt("expires", "la fin vient avant le début", as_written)
        if info.expires <= sent:
            self.doubt("expires", "l'alerte a été envoyée après sa propre fin", as_written)


def cap_time(text: str) -> datetime | None:
    """Return a time as CAP writes it, in its own offset; None where it is none, or none that can be believed."""
    if not _TIME.fullmatch(text):
        return None
    try:
        at = datetime.fromisoformat(text).replace(microsecond=0)
    except ValueError:
        return None
    offset = at.utcoffset() or timedelta()
    return at if FIRST_YEAR <= at.year <= LAST_YEAR and abs(offset) <= timedelta(hours=14) else None


def _word_of(name: str, value: str, words: Sequence[str]) -> str:
    """Return the word of CAP that is meant, "" if none shows."""
    if value in words:
        return value
    bare = re.sub(r"[\s_-]", "", value.casefold())
    same = next((word for word in words if word.casefold() == bare), "")
    alike = next((word for begin, word in _ALIKE.get(name, ()) if bare.startswith(begin)), "")
    return same or (alike if alike in words else "")


def _reference(words: str, sender: str) -> tuple[str, str, datetime | None, bool]:
    """Return sender, identifier and time of a reference, and whether it was written in full."""
    parts = words.split(",")
    if len(parts) == 3 and all(parts):
        at = cap_time(parts[2]) or aware(parts[2])
        return parts[0], parts[1], at, cap_time(parts[2]) is not None
    if len(parts) == 2 and all(parts):
        at = cap_time(parts[1])
        return (sender, parts[0], at, False) if at is not None else (parts[0], parts[1], None, False)
    return (sender, parts[0], None, False) if len(parts) == 1 else (parts[0], parts[1] if parts[0] else "", None, False)
