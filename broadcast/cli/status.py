"""`status`: what is public where, what is under way, what is late."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from broadcast.cli.context import command, json_option, newsroom, split_name
from broadcast.cli.feeds_desk import task_json
from broadcast.cli.out import ACTION_WORDS, STATE_WORDS, counted, local, not_before, phase_word, table, to_json
from broadcast.cli.runnable import runnable

if TYPE_CHECKING:
    from broadcast.app import App
    from broadcast.audiences import Listed
    from broadcast.status import MessageStatus, Overview


@click.command(short_help="Voir ce qui est public, où, et ce qui est en retard.")
@click.argument("slug", metavar="[MESSAGE]", required=False)
@click.option("--all", "older", is_flag=True, help="D'un message, aussi les envois des versions précédentes.")
@click.option("--ended", is_flag=True, help="Les messages terminés, par page, les derniers d'abord.")
@click.option("--before", default="", metavar="MESSAGE", help="Avec --ended : ceux qui se sont terminés avant lui.")
@json_option
@command
def status(slug: str | None, older: bool, ended: bool, before: str, as_json: bool) -> int:
    """Voir ce qui est public, où et depuis quand, ce qui est en cours, ce qui est en retard.

    Les messages terminés depuis plus de deux jours, et au-delà des vingt derniers, se lisent avec --ended.
    """
    from broadcast.status import message_status, overview
    from broadcast.store import messages

    with newsroom() as app:
        with app.db.read() as tx:
            if slug is None:
                last = messages.get_message(tx, before) if before else None
                seen = overview(tx, app.places, app.clock.now(), ended=ended or bool(before), before=last)
                to_json(_overview_json(app, seen)) if as_json else _print_overview(app, seen)
                return 0
            message = messages.get_message(tx, split_name(slug)[0])
            one = message_status(tx, message, app.places, app.clock.now())
        to_json(message_json(one) | _tests(app)) if as_json else _print_message(app, one, older=older)
    return 0


def message_json(one: MessageStatus, *, with_deliveries: bool = True) -> dict[str, Any]:
    """Return a message's state with the keys of design §8."""
    facts: dict[str, Any] = {
        "message": one.message,
        "revision": one.revision,
        "latest": one.latest,
        "title": one.title,
        "kind": one.kind,
        "phase": one.phase,
        "ended_because": one.ended_because,
        "expires": one.expires,
    }
    if with_deliveries:
        facts["deliveries"] = [
            {
                "id": d.uid,
                "channel": d.channel,
                "channel_kind": d.channel_kind,
                "action": d.action,
                "form": d.form,
                "revision": d.number,
                "part": d.part,
                "round": d.round,
                "state": d.state,
                "attempts": d.attempts,
                "url": d.url,
                "external_id": d.external_id,
                "sha256": d.sha256,
                "at": d.settled_at or d.attempted_at or d.waits_until or d.planned_at,
                "reason": d.reason,
                "not_before": d.waits_until,
                "needs_person": d.needs_person,
            }
            for d in one.deliveries
        ]
    return facts | {
        "published": one.published,
        "wanted": one.wanted,
        "public": list(one.public),
        "late": list(one.late),
        "alarms": list(one.alarms),
        "to_confirm": list(one.to_confirm),
        "left": list(one.left),
    }


def _tests(app: App) -> dict[str, Any]:
    return {"test_switches": app.test_switches} if app.test_switches else {}


def _overview_json(app: App, seen: Overview) -> dict[str, Any]:
    from broadcast.registry import settings_faults

    faults, lists = settings_faults(app.settings), _lists(app)
    return {
        "messages": [message_json(m, with_deliveries=False) for m in seen.messages],
        "more": seen.more,
        "before": seen.before,
        "stopped": seen.stopped,
        "stopped_reason": seen.stopped_reason,
        "world": seen.world,
        "channels": [
            {
                "channel": c.name,
                "channel_kind": app.places[c.name].kind,
                "settings_error": faults.get(c.name, ""),
                "paused": c.paused,
                "paused_reason": c.paused_reason,
                "probed_at": c.probed_at,
                "probe_result": c.probe_result,
                "audience": (lists[c.name].audience if c.name in lists else None),
            }
            for c in seen.channels
        ],
        "tasks": [task_json(t) for t in seen.tasks],
        "feeds_stale": _stale(app),
        "unsound": _unsound(app, seen),
        "running": _running(app),
    } | _tests(app)


def _running(app: App) -> dict[str, Any] | None:
    """Return what the process that runs says of itself, None where none runs."""
    from broadcast.wake import holder

    lease = holder(app)
    return None if lease is None else {"since": lease.since_at, "beat": lease.beat_at, **lease.facts}


def _unsound(app: App, seen: Overview) -> list[dict[str, str]]:
    """Return what the last check of database and audit found that is no task: the database could not take it."""
    told = {t.kind for t in seen.tasks}
    kept = app.soundness.last()
    return [
        {"kind": f.kind, "message": f"{f.message} ; {f.way_out}"} for f in (kept.faults if kept else ()) if f.kind not in told
    ]


def _print_running(app: App) -> None:
    """Say what keeps the running process from telling what it does; no word where all is well."""
    running = _running(app) or {}
    if running.get("log_lost"):
        now = f" : {running['log_fault']}" if running.get("log_fault") else " ; il s'écrit de nouveau"
        click.secho(f"JOURNAL de « broadcast run » : {running['log_lost']} ligne(s) perdue(s){now}", fg="red", err=True)
    if running.get("threads_restarted"):
        click.secho(
            f"« broadcast run » : {running['threads_restarted']} panne(s) interne(s), relancé à chaque fois", fg="red", err=True
        )


def _lists(app: App) -> dict[str, Listed]:
    """Return the lists of the channels that have one."""
    from broadcast.audiences import listed

    found = {name: listed(app.settings, name) for name in app.places}
    return {name: each for name, each in found.items() if each is not None}


def _stale(app: App) -> list[dict[str, str]]:
    """Return the sources that are silent, and why; nothing is asked of them."""
    if not app.settings.feeds:
        return []
    from broadcast.cli.feeds import feed_rows

    return [{"feed": r["feed"], "reason": r["stale"]} for r in feed_rows(app, counted=False) if r["stale"]]


def _print_overview(app: App, seen: Overview) -> None:
    run = runnable(app)
    zone = app.newsroom.timezone
    if seen.stopped:
        click.secho(f"ARRÊT GÉNÉRAL : {seen.stopped_reason}", fg="red", bold=True)
    from broadcast.registry import settings_faults

    for name, fault in settings_faults(app.settings).items():
        click.secho(f"canal {name} inutilisable : {fault}", fg="red")
    for channel in seen.channels:
        if channel.paused:
            click.secho(f"canal {channel.name} en pause : {channel.paused_reason}", fg="red")
    _print_running(app)
    for each in _lists(app).values():
        if each.doubt:
            click.secho(f"liste du canal {each.channel} : {each.doubt}", fg="red")
    for silent in _stale(app):
        click.secho(f"SOURCE MUETTE {silent['feed']} : {run(silent['reason'])}", fg="white", bg="red", bold=True, err=True)
    for unsound in _unsound(app, seen):
        click.secho(f"À FAIRE {run(unsound['message'])}", fg="red", err=True)
    for task in seen.tasks:
        click.secho(f"À FAIRE {task.uid[:8]} {run(task.message)}", fg="red", err=True)
    if not seen.messages:
        click.echo("aucun message en cours" if seen.more else "aucun message soumis")
        _print_more(seen, run)
        return
    table(
        ["message", "version", "titre", "phase", "en ligne", "fin", "à régler"],
        [
            [
                m.message,
                m.revision,
                m.title,
                _phase(m),
                online_words(m),
                local(m.expires, zone),
                len(m.late) or "",
            ]
            for m in seen.messages
        ],
        below=["titre"],
    )
    for message in seen.messages:
        _print_late(message, zone, run)
    _print_more(seen, run)


def _print_more(seen: Overview, run: Callable[[str], str]) -> None:
    if seen.more:
        page = f" --before {seen.before}" if seen.before else ""
        click.echo(run(f"autres messages terminés : `broadcast status --ended{page}`"))


def _phase(one: MessageStatus) -> str:
    word = phase_word(one.phase.value)
    return f"{word} ({STATE_WORDS[one.ended_because.value]})" if one.ended_because else word


def online_words(one: MessageStatus) -> str:
    """Return "5 sur 7", or where an older version still stands "11 en version 1, 0 en version 2"."""
    if not one.wanted:
        return ""
    older = sorted({p.revision for p in one.public if p.revision < one.revision})
    counts = {n: len({p.channel for p in one.public if p.revision == n}) for n in older}
    if not counts:
        return f"{one.published} sur {one.wanted}"
    return ", ".join(f"{count} en version {n}" for n, count in (counts | {one.revision: one.published}).items())


def _print_message(app: App, one: MessageStatus, *, older: bool) -> None:
    run = runnable(app)
    from broadcast.lifecycle import UNSETTLED

    zone = app.newsroom.timezone
    late = {item.delivery for item in one.late}
    shown = [d for d in one.deliveries if older or d.number == one.revision or d.state in UNSETTLED or d.uid in late]
    click.echo(f"{one.message} · version {one.revision} · {_phase(one)} · {one.title}")
    if one.wanted:
        click.echo(online_words(one) + (" publiés" if " sur " in online_words(one) else ""))
    table(
        ["canal", "action", "version", "état", "essais", "quand", "adresse", "raison"],
        [
            [
                d.channel,
                ACTION_WORDS[d.action.value],
                d.number,
                STATE_WORDS[d.state.value],
                d.attempts,
                local(d.settled_at or d.attempted_at or d.waits_until or d.planned_at, zone),
                d.url,
                f"{run(d.reason)}{not_before(d.waits_until, zone)}",
            ]
            for d in shown
        ],
        below=["adresse", "raison"],
    )
    if len(shown) < len(one.deliveries):
        hidden = counted(len(one.deliveries) - len(shown), "envoi d'une version précédente", "envois de versions précédentes")
        click.echo(f"{hidden} : broadcast status {one.message} --all")
    for stays in one.left:
        click.echo(f"{stays.channel} : {run(stays.message)}")
    _print_late(one, zone, run)


def _print_late(one: MessageStatus, zone: str, run: Callable[[str], str]) -> None:
    for item in one.alarms:
        click.secho(f"ALARME {one.message} / {item.channel} : {run(item.message)}", fg="white", bg="red", bold=True, err=True)
    for item in (*one.to_confirm, *one.late):
        # What people have in hand is no fault until its deadline has passed.
        colour = "yellow" if item.what in ("handed_over", "waiting", "sent_back") else "red"
        where = f"{one.message} / {item.channel}" if item.channel else one.message
        click.secho(f"{where} : {run(item.message)}{not_before(item.until, zone)}", fg=colour, err=True)
