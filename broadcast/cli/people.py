"""`people`: who belongs to the newsroom."""

from __future__ import annotations

import click

from broadcast.cli.context import command, json_anywhere, json_option, newsroom
from broadcast.cli.out import table, to_json
from broadcast.cli.words import roles_in_words

_as = click.option(
    "--as",
    "as_",
    default="",
    envvar="BROADCAST_AS",
    metavar="PERSONNE",
    help="Un administrateur ; sinon BROADCAST_AS, sinon celui de votre session.",
)


@click.group(short_help="Gérer les personnes et leurs rôles.", invoke_without_command=True)
@json_anywhere
@click.pass_context
def people(ctx: click.Context) -> None:
    """Gérer les personnes et leurs rôles."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@people.command(name="list", short_help="Lister les personnes.")
@json_option
@command
def list_(as_json: bool) -> int:
    """Lister les personnes et leurs rôles."""
    from broadcast.store import newsroom as newsrooms

    with newsroom() as app, app.db.read() as tx:
        everyone = newsrooms.people(tx)
    if as_json:
        to_json({"people": [{"name": p.name, "roles": p.roles, "os_user": p.os_user} for p in everyone]})
        return 0
    table(
        ["nom", "rôles", "utilisateur du système"],
        [[p.name, roles_in_words(p.roles), p.os_user] for p in everyone],
    )
    return 0


@people.command(short_help="Ajouter une personne ou changer ses rôles.")
@click.argument("name", metavar="NOM")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    metavar="RÔLE",
    help="editor, approver, publisher, duty_officer, auditor, administrator ; répétable.",
)
@click.option(
    "--os-user",
    default=None,
    metavar="U",
    help='Réserver ce nom à cet utilisateur du système ("" : à personne).',
)
@_as
@json_option
@command
def add(name: str, roles: tuple[str, ...], os_user: str | None, as_: str, as_json: bool) -> int:
    """Ajouter une personne, ou lui donner d'autres rôles."""
    from broadcast.desk.people import add_person
    from broadcast.lifecycle import Right

    with newsroom() as app:
        person = add_person(app.desk, name, roles, os_user=os_user, as_=as_)
    if as_json:
        to_json({"name": person.name, "roles": person.roles, "os_user": person.os_user})
    else:
        click.echo(f"{person.name} : {roles_in_words(person.roles)}")
        if person.has(Right.MANAGE) and not person.os_user:
            given = " ".join(f"--role {role}" for role in person.roles)
            click.secho(
                f"{person.name} n'est lié à aucune session : quiconque ouvre ce dossier peut agir sous ce nom ; "
                f"liez-le : `broadcast people add {person.name} {given} --os-user SESSION`",
                fg="yellow",
                err=True,
            )
    return 0


@people.command(short_help="Retirer une personne.")
@click.argument("name", metavar="NOM")
@_as
@json_option
@command
def remove(name: str, as_: str, as_json: bool) -> int:
    """Retirer une personne : elle ne peut plus rien faire, ses voix sur ce qui n'est pas parti ne valent plus."""
    from broadcast.desk.people import remove_person

    with newsroom() as app:
        remove_person(app.desk, name, as_=as_)
    if as_json:
        to_json({"name": name, "removed": True})
    else:
        click.echo(f"{name} : retiré")
    return 0
