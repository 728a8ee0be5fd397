"""`feeds test` and `feeds add`: an address is read before anything is kept of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadcast.cli.context import as_option, command, json_option, newsroom
from broadcast.cli.feeds_item import print_doubts
from broadcast.cli.out import local, table, to_json
from broadcast.cli.words import LEVEL_WORDS, in_words

if TYPE_CHECKING:
    from broadcast.app import App
    from broadcast.feeds.document import ParsedFeed

#: A source is asked no more often than this by those who add it here, seconds.
SOONEST_S = 30.0


@click.command(short_help="Lire une adresse, et montrer ce qui serait relayé et pourquoi.")
@click.argument("url", metavar="ADRESSE")
@click.option("--allow-private", is_flag=True, help="L'adresse peut être sur cette machine ou ce réseau.")
@json_option
@command
def test(url: str, allow_private: bool, as_json: bool) -> int:
    """Lire une adresse sans rien garder : ce qu'elle contient, ce qui concerne la commune, et pourquoi."""
    with newsroom() as app:
        parsed, facts = _tried(app, url, allow_private=allow_private)
        rows = _tried_rows(app, url, parsed)
        zone = app.newsroom.timezone
    if as_json:
        to_json(facts | {"entries": rows})
        return 0
    click.secho(f"{facts['title'] or url} ({facts['format']}) : {len(rows)} élément(s)", bold=True)
    if facts["moved_to"]:
        click.secho(f"adresse changée pour de bon : {facts['moved_to']}", fg="yellow")
    for problem in facts["problems"]:
        click.secho(f"illisible : {problem}", fg="yellow")
    table(
        ["publié", "niveau", "titre", "relayé ?"],
        [
            [local(r["published"], zone), in_words([r["level"]], LEVEL_WORDS), r["title"], r["because"] or r["not_because"]]
            for r in rows
        ],
    )
    for entry in parsed.entries:
        print_doubts(entry, f"« {entry.title[:60]} » : ")
    return 0


def _tried(app: App, url: str, *, allow_private: bool) -> tuple[ParsedFeed, dict[str, Any]]:
    from broadcast.errors import FeedError
    from broadcast.feeds.fetch import FeedRequest
    from broadcast.feeds.workers import Work

    known = next((n for n, s in app.settings.feeds.items() if s.url == url), "")
    section = app.settings.feeds.get(known)
    key = app.settings.feed_keys.get(known)
    fetched = app.fetcher.fetch(
        FeedRequest(
            url=url,
            allow_private=allow_private or bool(section and section.allow_private),
            headers={section.api_key_header: key.reveal()} if section and key else {},
        )
    )
    if fetched.status == 204:
        return _silent(url, fetched.final_url)
    if fetched.outcome != "new":
        raise FeedError(f"{url} : {fetched.reason or 'rien reçu'}", subject=url)
    work = Work(body=fetched.body, url=fetched.final_url, content_type=fetched.content_type, received_at=app.clock.now())
    read = app.parsers.parse_here(work)
    if read.feed is None:
        raise FeedError(f"{url} : {read.reason}", subject=url)
    parsed: ParsedFeed = read.feed
    return parsed, {
        "url": url,
        "final_url": fetched.final_url,
        "moved_to": fetched.moved_to,
        "format": parsed.format,
        "title": parsed.title,
        "hubs": list(fetched.hub_urls or parsed.hub_urls),
        "problems": list(parsed.problems),
    }


def _silent(url: str, final_url: str) -> tuple[ParsedFeed, dict[str, Any]]:
    """Return what is known of a source that has nothing to tell now (204)."""
    from broadcast.feeds.document import ParsedFeed

    facts: dict[str, Any] = {"url": url, "final_url": final_url, "moved_to": "", "title": "", "hubs": [], "problems": []}
    return ParsedFeed(format="none"), facts | {"format": "rien à dire pour l'instant"}


def _tried_rows(app: App, url: str, parsed: ParsedFeed) -> list[dict[str, Any]]:
    from broadcast.alerts import doubts_of
    from broadcast.feeds.concern import concerned
    from broadcast.relay.chains import unpublishable
    from broadcast.relay.where import whereabouts
    from broadcast.rules import level_of

    section = next((s for s in app.settings.feeds.values() if s.url == url), None)
    where = whereabouts(app.settings, section)
    rows = []
    for entry in parsed.entries:
        concern = concerned(entry, where)
        refused = unpublishable(entry.alert, section.senders if section else ()) if entry.alert else ""
        takes = concern.level is not None and not refused
        rows.append(
            {
                "id": entry.id,
                "title": entry.title,
                "link": entry.link,
                "published": entry.published,
                "level": level_of(entry),
                "proposed": takes,
                "because": concern.because if takes else "",
                "not_because": "" if takes else refused or concern.because,
                "sure": takes and concern.is_sure,
                "doubts": doubts_of(entry),
            }
        )
    return rows


@click.command(short_help="Ajouter une source, après l'avoir lue.")
@click.argument("name", metavar="NOM")
@click.argument("url", metavar="ADRESSE")
@click.option("--poll-every", default="10m", metavar="DURÉE", help="Intervalle de lecture.")
@click.option("--label", default="", metavar="TEXTE", help="Nom de la source dans ce qui est relayé.")
@click.option("--national", is_flag=True, help="Ce qu'elle dit concerne tout le monde.")
@click.option("--allow-private", is_flag=True, help="L'adresse peut être sur cette machine ou ce réseau.")
@as_option
@json_option
@command
def add(name: str, url: str, poll_every: str, label: str, national: bool, allow_private: bool, as_: str, as_json: bool) -> int:
    """Lire une source, montrer ce qu'elle contient, puis l'écrire dans broadcast.toml ; ce qu'elle contient déjà est marqué vu."""
    from broadcast.durations import seconds_of
    from broadcast.errors import UsageError
    from broadcast.lifecycle import Right
    from broadcast.relay import poll
    from broadcast.settings import FILE

    if not re.fullmatch("[a-z0-9]+(?:-[a-z0-9]+)*", name):
        raise UsageError(f"source « {name[:80]} » : le nom n'a que des minuscules sans accent, chiffres et tirets")
    try:
        if seconds_of(poll_every) < SOONEST_S:
            raise ValueError(f"« {poll_every} » : {SOONEST_S:.0f} secondes au moins")
    except ValueError as error:
        raise UsageError(f"--poll-every : {error}") from None
    with newsroom() as app:
        with app.db.read() as tx:
            person = app.desk.person(tx, as_, Right.PAUSE)
        if name in app.settings.feeds:
            raise UsageError(f"source « {name} » : déjà dans {FILE}")
        parsed, facts = _tried(app, url, allow_private=allow_private)
        rows = _tried_rows(app, url, parsed)
        lines = [f"[feeds.{name}]", f"url = {json.dumps(url)}", f"poll_every = {json.dumps(poll_every)}"]
        lines += [f"label = {json.dumps(label, ensure_ascii=False)}"] if label else []
        lines += ['scope = "national"'] if national else []
        lines += ["allow_private = true"] if allow_private else []
        _append(app, "\n".join(lines) + "\n")
        with app.db.write() as tx:
            app.desk.log(tx, person.name, "add_feed", name, {"url": url})
    with newsroom() as app:
        poll(app, [name])
    if as_json:
        to_json({"feed": name} | facts | {"entries": len(rows), "marked_seen": len(rows)})
    else:
        click.echo(f"{name} : {facts['title'] or url} ({facts['format']}), {len(rows)} élément(s) déjà là, marqués vus")
    return 0


def _append(app: App, section: str) -> None:
    """Write a section at the end of the settings, whole or not at all; what is there stays as it is."""
    import os

    from broadcast import settings

    path: Path = app.dir / settings.FILE
    before = path.read_text(encoding="utf-8")
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(before.rstrip("\n") + "\n\n" + section, encoding="utf-8")
    os.chmod(part, path.stat().st_mode & 0o777)
    part.replace(path)
    try:
        settings.load(app.dir, app.env)
    except BaseException:
        path.write_text(before, encoding="utf-8")
        raise
