"""What a person sees before they vote: what is replaced, what leaves first, what holds there already."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from broadcast.cli.out import VOTE_WORDS, counted, local, moment
from broadcast.cli.runnable import runnable
from broadcast.model import Form, Vote

if TYPE_CHECKING:
    from broadcast.app import App
    from broadcast.desk.prospect import Beside, Prospect


def is_asked(*, yes: bool, as_json: bool) -> bool:
    """True if a person sits at a terminal and is to be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty() and not as_json and not yes


def print_prospect(app: App, seen: Prospect, *, with_texts: bool = True) -> None:
    """Print what an approval would do: in a sentence or two, and the texts that would leave, in full.

    Args:
        app: the newsroom.
        seen: what would come of it.
        with_texts: False: only the sentences.
    """
    from broadcast.cli.renditions import print_renditions
    from broadcast.store import messages, renditions

    for line in heading(app, seen):
        click.secho(line, bold=True)
    warn(app, seen)
    if not with_texts:
        return
    with app.db.read() as tx:
        message = messages.get_message(tx, seen.revision.slug)
        made = renditions.renditions(tx, message.uid, seen.revision.number, app.read_media)
    print_changes(app, seen)
    now = [r for r in made if r.form in seen.leaving.get(r.channel, ())]
    click.secho("Ce qui part maintenant :" if now else "Rien de nouveau ne part.", bold=True)
    print_renditions(now)
    rest = [r for r in made if r not in now]
    if rest:
        click.echo(
            f"Aussi approuvé, pour plus tard ou au besoin ({counted(len(rest), 'texte', 'textes')} : fin, rectificatif, "
            f"rappels…) : broadcast show {seen.revision.name}\n"
        )


def heading(app: App, seen: Prospect) -> list[str]:
    """Return the sentences at the top: objections first, then what is replaced."""
    zone, now = app.newsroom.timezone, app.clock.now()
    lines = [words[:1].upper() + words[1:] for words in (vote_words(vote, zone) for vote in seen.objections)]
    for old in seen.replaced:
        where = counted(len(old.channels), "canal", "canaux")
        lines.append(f"Remplace la version {old.number}, en ligne depuis {moment(old.since_at, zone, now)} ({where})")
    if seen.unsent:
        lines.append(f"Remplace la version {seen.unsent}, approuvée et pas encore en ligne")
    return lines


def warn(app: App, seen: Prospect) -> None:
    """Tell, beside the output, which alerts hold there and which channels cannot be used."""
    for other in seen.beside:
        click.secho(beside_words(app, other), fg="red" if other.conflict else "yellow", err=True)
    for line in unusable_words(app, {k for k, forms in seen.leaving.items() if forms}):
        click.secho(line, fg="red", err=True)


def beside_words(app: App, other: Beside) -> str:
    """Return the line of an alert that holds for the same place."""
    until = f" jusqu'au {local(other.expires_at, app.newsroom.timezone)}" if other.expires_at else ""
    says = f" : « {other.instruction} »" if other.instruction else ""
    against = f" – CONTRADICTION : {other.conflict}" if other.conflict else ""
    return f"Alerte en cours pour la même zone{until} : {other.slug}@{other.number} {other.title}{says}{against}"


def unusable_words(app: App, channels: set[str]) -> list[str]:
    """Return a line for each of the channels that cannot be used as it is set, or rests."""
    from broadcast import registry
    from broadcast.store import newsroom as newsrooms

    faults = registry.settings_faults(app.settings)
    with app.db.read() as tx:
        states = newsrooms.channel_states(tx)
        switches = newsrooms.switches(tx)
    lines = [f"attention : {n} est inutilisable : {faults[n]}" for n in sorted(channels & faults.keys())]
    lines += [
        f"attention : {n} est en pause ({states[n].paused_reason}) : rien n'y partira avant `broadcast channels resume {n}`"
        for n in sorted(channels - faults.keys())
        if n in states and states[n].paused
    ]
    if switches.stopped:
        lines.append(f"attention : arrêt général ({switches.stopped_reason}) : rien de nouveau ne part avant `broadcast resume`")
    run = runnable(app)
    return [run(line) for line in lines]


def print_changes(app: App, seen: Prospect) -> None:
    """Print what differs from the text that the public reads."""
    from broadcast.cli.out import diff_lines, print_diff
    from broadcast.store import messages, revisions

    if not seen.replaced:
        return
    with app.db.read() as tx:
        message = messages.get_message(tx, seen.revision.slug)
        old = revisions.get_revision(tx, message, seen.replaced[-1].number)
    click.secho(f"Ce qui change par rapport à la version {old.number}, en ligne :", bold=True)
    print_diff(diff_lines(old.draft.source_text, seen.revision.draft.source_text, f"{old.name} (en ligne)", seen.revision.name))
    click.echo()


def leaving_words(app: App, seen: Prospect) -> str:
    """Say what would leave, where, when and to how many, if the revision were approved now."""
    going = sorted(seen.leaving.keys() | set(seen.removing))
    if not going:
        return "rien de nouveau"
    embargo = seen.revision.draft.embargo_until_at
    when = f"à partir du {local(embargo, app.newsroom.timezone)}" if embargo else "dès l'approbation"
    named = [name + _form(seen, name) + _audience(app, name) for name in going]
    old = f", remplace la version {seen.replaced[-1].number} en ligne" if seen.replaced else ""
    return f"{counted(len(going), 'canal', 'canaux')} {when} ({', '.join(named)}){old}"


def _form(seen: Prospect, channel: str) -> str:
    words = {Form.UPDATE: "mise à jour", Form.CORRECTION: "rectificatif", Form.ENDING: "fin"}
    named = [words[f] for f in seen.leaving.get(channel, ()) if f in words]
    return f" : {named[0]}" if named else ""


def _audience(app: App, channel: str) -> str:
    """Say how many a channel writes to, where it knows them."""
    from broadcast import registry
    from broadcast.channel import CanSendEach
    from broadcast.errors import BroadcastError

    try:
        adapter = registry.open_channel(app.settings, channel)
        if isinstance(adapter, CanSendEach):
            return " : " + counted(len({r.lower() for r in adapter.recipients()}), "destinataire", "destinataires")
    except BroadcastError as error:
        return f" : inutilisable, {error}"
    return ""


def vote_words(vote: Vote, zone: str) -> str:
    """Return who said what, when and why."""
    words = f"{VOTE_WORDS[vote.kind.value]} par {vote.person}, {local(vote.at, zone)}"
    return f"{words} : {vote.reason}" if vote.reason else words
