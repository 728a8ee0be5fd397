"""One item of the relay desk: as JSON, and in words with its doubts."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import click

from broadcast.cli.out import local

if TYPE_CHECKING:
    from broadcast.alerts import Entry
    from broadcast.sources import Item

#: What each state is called at the desk.
STATE_WORDS = {
    "seen": "déjà là",
    "irrelevant": "sans objet",
    "duplicate": "doublon",
    "proposed": "à voir",
    "flooded": "en trop",
    "adopted": "repris",
    "dismissed": "écarté",
    "relayed": "relayé",
}


def doubts_in_short(entry: Entry) -> str:
    """Return what of an item is only assumed, by what it bears on; "" where nothing is."""
    from broadcast.alerts import doubts_of
    from broadcast.rules import DOUBTED

    found = doubts_of(entry)
    if not found:
        return ""
    about = dict.fromkeys(DOUBTED[d.bears_on] for d in found if d.bears_on)
    return f"{len(found)} doute{'s' if len(found) > 1 else ''}" + (f" : {', '.join(about)}" if about else "")


def item_json(item: Item) -> dict[str, Any]:
    """Return an item with its documented keys."""
    from broadcast.alerts import doubts_of
    from broadcast.rules import level_of

    entry = item.entry
    return {
        "id": item.uid,
        "feed": item.feed,
        "entry_id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "summary": entry.summary,
        "published": entry.published,
        "updated": entry.updated,
        "language": entry.language,
        "rights": entry.rights,
        "level": level_of(entry),
        "alert": entry.alert,
        "doubts": doubts_of(entry),
        "state": item.state,
        "reason": item.reason,
        "concern": item.concern,
        "received_at": item.received_at,
        "changed_at": item.changed_at,
        "gone_at": item.gone_at,
        "first": item.first_entry,
        "claimed_by": item.claimed_by,
        "claimed_at": item.claimed_at,
        "message": item.slug,
        "rule": item.rule,
        "duplicate_of": item.duplicate_of,
        "lineage": item.lineage,
    }


def print_item(item: Item, zone: str) -> None:
    """Print an item with its doubts, its words, and what the source changed in them."""
    click.secho(item.entry.title, bold=True)
    click.echo(f"{item.feed} · reçu le {local(item.received_at, zone)} · {STATE_WORDS[item.state.value]} {item.reason}".rstrip())
    for words in (item.concern, item.entry.link, f"repris : {item.slug}" if item.slug else "", item.entry.rights):
        if words:
            click.echo(words)
    print_doubts(item.entry)
    click.echo(f"\n{said(item.entry)}")
    if item.first_entry is not None:
        click.secho(f"\nModifié à la source, le {local(item.changed_at, zone)}", fg="yellow", bold=True)
        before, after = said(item.first_entry).splitlines(), said(item.entry).splitlines()
        for words in list(difflib.unified_diff(before, after, "d'abord", "maintenant", lineterm=""))[2:]:
            click.secho(words, fg={"+": "green", "-": "red"}.get(words[:1]))
    if item.gone_at is not None:
        click.secho(f"\nLa source ne le montre plus depuis le {local(item.gone_at, zone)}", fg="yellow")


def print_doubts(entry: Entry, before: str = "") -> None:
    """Print what of an item is only assumed, a line each."""
    from broadcast.alerts import doubts_of
    from broadcast.rules import DOUBTED

    for doubt in doubts_of(entry):
        about = f" (pour {DOUBTED[doubt.bears_on]})" if doubt.bears_on else ""
        click.secho(f"{before}à vérifier{about} : {doubt}", fg="yellow")


def said(entry: Entry) -> str:
    """Return all that an item says, as text."""
    lines = [entry.title, entry.summary]
    for info in entry.alert.infos if entry.alert else ():
        lines += [info.headline, info.description, info.instruction, *(a.area_desc for a in info.areas)]
    return "\n".join(dict.fromkeys(line for line in lines if line))
