"""Which earlier alert is meant where a source names it in part, or only says that it updates or ends something. Pure.

The answer goes into the alert's references, so that what follows finds its chain; the doubt stays, so that no rule acts
on it and a person is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from broadcast.alerts import Alert, Entry, Reference

#: (sender, identifier) to the times under which such a message came.
Known = Mapping[tuple[str, str], Sequence[datetime]]


def meant_by(alert: Alert) -> tuple[tuple[str, str], ...]:
    """Return (sender, identifier) of the messages that an alert can mean, beside those that it names in full."""
    if alert.unclear_references:
        return alert.unclear_references
    is_bare = alert.msg_type in ("Update", "Cancel") and not alert.references
    # An index leaves references out, and says so by having no doubt of it.
    return ((alert.sender, alert.identifier),) if is_bare and any(d.field == "references" for d in alert.doubts) else ()


def recalled(entries: Iterable[Entry], known: Known) -> tuple[Entry, ...]:
    """Return entries whose alerts name in full what they mean, as far as it came before, here or earlier."""
    entries = tuple(entries)
    if not any(entry.alert is not None and meant_by(entry.alert) for entry in entries):
        return entries
    here: dict[tuple[str, str], list[datetime]] = {key: list(times) for key, times in known.items()}
    for alert in (entry.alert for entry in entries if entry.alert is not None):
        here.setdefault((alert.sender, alert.identifier), []).append(alert.sent)
    return tuple(_recalled(entry, here) for entry in entries)


def _recalled(entry: Entry, known: Known) -> Entry:
    alert = entry.alert
    if alert is None:
        return entry
    found = []
    for sender, identifier in meant_by(alert):
        before = [at for at in known.get((sender, identifier), ()) if at < alert.sent]
        if before and sender == alert.sender:
            found.append(Reference(sender, identifier, max(before).astimezone(UTC)))
    if not found:
        return entry
    return replace(entry, alert=replace(alert, references=tuple(dict.fromkeys((*alert.references, *found)))))


def times_of(identities: Iterable[str]) -> dict[tuple[str, str], list[datetime]]:
    """Return stored identities ("sender,identifier,seconds") as what `recalled` asks for."""
    found: dict[tuple[str, str], list[datetime]] = {}
    for identity in identities:
        sender, identifier, seconds = identity.rsplit(",", 2)
        found.setdefault((sender, identifier), []).append(datetime.fromtimestamp(int(seconds), UTC))
    return found
