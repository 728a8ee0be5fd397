"""What the newsroom knows of a message beyond its text: channels that cannot be used, lists, owners, signs shown badly."""

from __future__ import annotations

from collections.abc import Sequence

from broadcast import proofread, registry
from broadcast.app import App
from broadcast.audiences import listed
from broadcast.channel import CanDoubt
from broadcast.errors import SettingsError
from broadcast.model import Draft, Finding, Form

#: Finding: a channel of the message cannot be used as it is set; the others can.
CHANNEL_SETTINGS = "channel_settings"
#: Finding: lines of a list of recipients are not understood, or it reaches nobody.
LIST_IN_DOUBT = "list_in_doubt"


def advice(
    app: App, draft: Draft, proof: proofread.Proof, targets: Sequence[proofread.Target], people: Sequence[str]
) -> list[Finding]:
    """Return what the settings, lists and people of the newsroom have to say about a message.

    Args:
        app: the newsroom.
        draft: the message.
        proof: its renditions.
        targets: all channels.
        people: who could close it, empty where nobody need.
    """
    chosen = proofread.targets_for(draft, targets)
    return [
        *_unusable(app, draft, chosen),
        *_lists(app, draft, chosen),
        *_unknown_owner(draft, people),
        *_doubted(app, proof, draft),
    ]


def _doubted(app: App, proof: proofread.Proof, draft: Draft) -> list[Finding]:
    """Say what channels show badly though they take it."""
    found = []
    for rendition in proof.renditions:
        if rendition.form is not Form.PUBLISH or "doubts" not in app.places[rendition.channel].abilities:
            continue
        try:
            adapter = registry.open_channel(app.settings, rendition.channel)
        except SettingsError:
            continue  # told elsewhere: nothing leaves there
        said = [words for part in rendition.parts for words in adapter.doubts(part)] if isinstance(adapter, CanDoubt) else []
        found += [
            Finding(
                code="shown_badly",
                blocking=False,
                file=draft.file,
                line=draft.lines.get("body"),
                channel=rendition.channel,
                message=f"{rendition.channel} : {words}",
            )
            for words in said
        ]
    return found


def _unknown_owner(draft: Draft, known: Sequence[str]) -> list[Finding]:
    """Say that nobody would close a message without an end: its owner is nobody of the newsroom."""
    if not known or draft.owner in known:
        return []
    return [
        Finding(
            code="owner_unknown",
            blocking=False,
            file=draft.file,
            line=draft.lines.get("owner"),
            message=f"owner : « {draft.owner} » n'est personne de la rédaction ({', '.join(known)}) : qui clora ce message ?",
        )
    ]


def _unusable(app: App, draft: Draft, chosen: Sequence[proofread.Target]) -> list[Finding]:
    """Say which channels of a message cannot be used as they are set: it would go out on the others only."""
    faults = registry.settings_faults(app.settings)
    return [
        Finding(
            code=CHANNEL_SETTINGS,
            blocking=False,
            file=draft.file,
            line=draft.lines.get("channels"),
            channel=target.name,
            message=f"{target.name} : rien n'y partira tant que ses réglages ne sont pas réparés : {faults[target.name]}",
        )
        for target in chosen
        if target.name in faults
    ]


def _lists(app: App, draft: Draft, chosen: Sequence[proofread.Target]) -> list[Finding]:
    """Say which lists hold lines that nobody can read: whoever stands there gets nothing."""
    found = [listed(app.settings, target.name) for target in chosen]
    return [
        Finding(
            code=LIST_IN_DOUBT,
            blocking=False,
            file=draft.file,
            line=draft.lines.get("channels"),
            channel=each.channel,
            message=f"{each.channel} : {each.doubt}",
        )
        for each in found
        if each is not None and each.doubt
    ]
