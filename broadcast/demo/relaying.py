"""The relay in the demonstration: one item adopted by hand, one alert followed by a rule from its start to its end."""

from __future__ import annotations

from collections.abc import Callable

from broadcast import intake, relay
from broadcast.app import App
from broadcast.demo.source import Source
from broadcast.desk.people import add_person
from broadcast.desk.rules import submit_rule, vote_rule
from broadcast.desk.submit import submit
from broadcast.desk.vote import approve
from broadcast.model import VoteKind
from broadcast.relay.rule_files import read_rule
from broadcast.sources import ItemState
from broadcast.store import entries


def follow(app: App, source: Source, send: Callable[[], None], tell: Callable[[str], None]) -> None:
    """Let the sources speak, and show what becomes of it.

    Args:
        app: the newsroom of the demonstration.
        source: the made-up sources.
        send: makes one pass of the dispatcher.
        tell: is told what happens, a line at a time.
    """
    add_person(app.desk, "carol", ("approver",))
    _poll(app, tell)
    submit_rule(app.desk, read_rule(app, "canicule"), as_="alice")
    for voter in ("bob", "carol"):
        vote_rule(app.desk, "canicule", VoteKind.APPROVE, as_=voter)
    tell("règle canicule : soumise par alice, approuvée par bob et carol")
    for words, speak in (
        ("la météo passe à l'orange", source.warn),
        ("elle passe au rouge : l'alerte est mise à jour", source.worsen),
        ("elle annonce la fin : fin d'alerte partout", source.cancel),
    ):
        speak()
        tell(words)
        _poll(app, tell)
        send()
    source.announce()
    tell("le gouvernement annonce un numéro vert : alice le reprend, bob approuve")
    _poll(app, tell)
    _adopt(app, tell)
    send()


def _poll(app: App, tell: Callable[[str], None]) -> None:
    for polled in relay.poll(app):
        for deed in polled.relayed:
            tell(f"  source {polled.feed} : règle {deed.rule} : {deed.slug} ({deed.act})")


def _adopt(app: App, tell: Callable[[str], None]) -> None:
    with app.db.read() as tx:
        (item,) = entries.items(tx, states=[ItemState.PROPOSED])
    done = relay.adopt(app, item.uid, as_="alice", slug="numero-vert")
    reading = intake.read(app, done.path)
    made = submit(
        app.desk,
        reading.draft,
        as_="alice",
        path=str(reading.path),
        media=reading.media,
        made=reading.proof.renditions,
        findings=reading.proof.findings,
    )
    approve(app.desk, made.revision.slug, made.revision.number, as_="bob", seen=made.hashes)
    tell(f"  source {item.feed} : « {item.entry.title} » repris : {made.revision.name}")
