"""`feeds rules`: standing rules, under which items are published without a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from broadcast.cli.context import as_option, command, json_option, newsroom
from broadcast.cli.out import local, table, to_json

if TYPE_CHECKING:
    from broadcast.desk.rules import RuleStanding

#: Farther back than anything that was received.
_LONGEST_S = 100 * 366 * 86400.0
_STATES = {"submitted": "attend des votes", "approved": "en vigueur", "returned": "renvoyée"}


@click.group(short_help="Règles de relais, approuvées par deux personnes.", invoke_without_command=True)
@json_option
@click.pass_context
def rules(ctx: click.Context, as_json: bool) -> None:
    """Règles de relais : ce qui est publié sans attendre, approuvé d'avance par deux personnes."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, as_json=as_json)


@rules.command(name="list", short_help="Lister les règles.")
@json_option
@command
def list_(as_json: bool) -> int:
    """Lister les règles en vigueur, celles qui attendent des votes, et les fichiers pas encore soumis."""
    from broadcast.desk.rules import rule_standings

    with newsroom() as app:
        with app.db.read() as tx:
            standings = rule_standings(tx)
        zone, now = app.newsroom.timezone, app.clock.now()
        loose = sorted(p.stem for p in (app.dir / "content" / "rules").glob("*.toml"))
    known = {s.rule.name for s in standings}
    if as_json:
        rows = [rule_json(s) | {"is_over": s.rule.until_at <= now} for s in standings]
        to_json({"rules": rows, "not_submitted": [n for n in loose if n not in known]})
        return 0
    if not standings and not loose:
        click.echo("aucune règle ; docs/relay.md montre comment en écrire une")
    rows_ = [
        [
            s.rule.name,
            _state(s, now),
            s.rule.author,
            ", ".join(s.approved_by),
            s.missing or "",
            local(s.rule.until_at, zone),
        ]
        for s in standings
    ]
    rows_ += [[name, "pas soumise", "", "", "", ""] for name in loose if name not in known]
    table(["règle", "état", "auteur", "approuvée par", "voix manquantes", "jusqu'au"], rows_)
    return 0


def _state(standing: RuleStanding, now: datetime) -> str:
    rule = standing.rule
    if rule.until_at <= now:
        return "échue"
    if rule.state == "approved" and standing.missing:
        return "plus en vigueur : une voix ne compte plus"
    return _STATES[rule.state]


def rule_json(standing: RuleStanding) -> dict[str, Any]:
    """Return a rule with its documented keys."""
    rule = standing.rule
    return {
        "rule": rule.name,
        "state": rule.state,
        "sha256": rule.sha256,
        "author": rule.author,
        "submitted_at": rule.submitted_at,
        "until": rule.until_at,
        "approved_by": list(standing.approved_by),
        "missing": standing.missing,
    }


@rules.command(short_help="Montrer une règle, telle qu'elle serait approuvée.")
@click.argument("name", metavar="RÈGLE")
@json_option
@command
def show(name: str, as_json: bool) -> int:
    """Montrer la règle soumise en dernier et ses messages préparés, avec l'empreinte à approuver."""
    from broadcast.relay.rule_files import TEMPLATE_BREAK
    from broadcast.store import rules as stored

    with newsroom() as app, app.db.read() as tx:
        rule = stored.latest(tx, name)
    begin, _, end = rule.template_text.partition(TEMPLATE_BREAK)
    if as_json:
        to_json({"rule": name, "state": rule.state, "sha256": rule.sha256, "text": rule.source_text, "templates": [begin, end]})
        return 0
    for title, text in ((f"{name} ({rule.state}) {rule.sha256}", rule.source_text), ("Message", begin), ("Fin d'alerte", end)):
        click.secho(f"--- {title}", bold=True)
        click.echo(text)
    return 0


@rules.command(short_help="Soumettre une règle à deux autres personnes.")
@click.argument("name", metavar="RÈGLE|FICHIER")
@as_option
@json_option
@command
def submit(name: str, as_: str, as_json: bool) -> int:
    """Figer une règle avec ses messages préparés, et la soumettre à l'approbation de deux autres personnes."""
    from broadcast.desk.rules import submit_rule
    from broadcast.relay.rule_files import read_rule

    with newsroom() as app:
        rule = read_rule(app, name)
        standing = submit_rule(app.desk, rule, as_=as_)
    return _told(standing, as_json)


@rules.command(short_help="Approuver une règle (deux personnes, jamais son auteur).")
@click.argument("name", metavar="RÈGLE")
@click.option("--hash", "seen", default=None, metavar="EMPREINTE", help="Celle que vous avez lue.")
@as_option
@json_option
@command
def approve(name: str, seen: str | None, as_: str, as_json: bool) -> int:
    """Approuver la règle soumise en dernier ; elle vaut à la seconde voix."""
    from broadcast.desk.rules import vote_rule
    from broadcast.model import VoteKind

    with newsroom() as app:
        standing = vote_rule(app.desk, name, VoteKind.APPROVE, as_=as_, seen=seen)
    return _told(standing, as_json)


@rules.command(name="return", short_help="Renvoyer une règle à son auteur.")
@click.argument("name", metavar="RÈGLE")
@click.option("--reason", required=True, metavar="RAISON", help="Pourquoi.")
@as_option
@json_option
@command
def return_(name: str, reason: str, as_: str, as_json: bool) -> int:
    """Renvoyer une règle à son auteur, avec une raison."""
    from broadcast.desk.rules import vote_rule
    from broadcast.model import VoteKind

    with newsroom() as app:
        standing = vote_rule(app.desk, name, VoteKind.RETURN, as_=as_, reason=reason)
    return _told(standing, as_json)


@rules.command(short_help="Mettre fin à une règle, tout de suite.")
@click.argument("name", metavar="RÈGLE")
@click.option("--reason", required=True, metavar="RAISON", help="Pourquoi.")
@as_option
@json_option
@command
def withdraw(name: str, reason: str, as_: str, as_json: bool) -> int:
    """Mettre fin à une règle : ce qu'elle a publié reste, ce qui n'est pas parti est retenu."""
    from broadcast.desk.rules import withdraw_rule

    with newsroom() as app:
        withdraw_rule(app.desk, name, as_=as_, reason=reason)
    to_json({"rule": name, "state": "withdrawn"}) if as_json else click.echo(f"{name} : plus en vigueur")
    return 0


def _told(standing: RuleStanding, as_json: bool) -> int:
    if as_json:
        to_json(rule_json(standing))
        return 0
    rule = standing.rule
    more = f", encore {standing.missing} voix" if rule.state == "submitted" else ""
    click.echo(f"{rule.name} : {_STATES.get(rule.state, rule.state)}{more} ({rule.sha256[:12]})")
    return 0


@rules.command(short_help="Rejouer ce qui a été reçu : qu'aurait publié chaque règle ?")
@click.argument("name", metavar="[RÈGLE|FICHIER]", required=False)
@click.option("--since", default="7d", metavar="DURÉE", help="Depuis combien de temps.")
@json_option
@command
def simulate(name: str | None, since: str, as_json: bool) -> int:
    """Rejouer ce qui a été reçu et dire ce que chaque règle aurait publié ; rien n'est écrit ni envoyé."""
    from broadcast.durations import seconds_of
    from broadcast.errors import UsageError
    from broadcast.relay.choose import rules_in_force
    from broadcast.relay.rule_files import read_rule
    from broadcast.relay.simulate import simulate as replay

    try:
        back = timedelta(seconds=min(seconds_of(since), _LONGEST_S))
    except ValueError as error:
        raise UsageError(f"--since : {error}") from None
    with newsroom() as app:
        with app.db.read() as tx:
            chosen = [read_rule(app, name)] if name else rules_in_force(app, tx)
            rows = replay(app, tx, chosen, since=app.clock.now() - back)
        zone = app.newsroom.timezone
    if as_json:
        to_json({"simulated": rows})
        return 0
    if not rows:
        click.echo("rien à rejouer")
    table(
        ["reçu", "règle", "aurait", "titre", "raison"],
        [[local(r["received_at"], zone), r["rule"], r["would"], r["title"], r["reason"]] for r in rows],
    )
    return 0
