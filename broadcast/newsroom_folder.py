"""A newsroom folder that works at once, and message files from prepared ones."""

from __future__ import annotations

import os
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from broadcast.durations import seconds_of
from broadcast.errors import ContentError, NotFound, UsageError, os_reason
from broadcast.frontmatter.base import with_base
from broadcast.settings import FILE
from broadcast.shipped import shipped

_ZONE = "Europe/Paris"
_RELATIVE = re.compile(r"@\+(\d+[smhdj])")

SETTINGS = """\
# Réglages de la rédaction. Chaque clé se donne aussi par l'environnement :
# BROADCAST_<SECTION>__<CLÉ>, par exemple BROADCAST_NEWSROOM__NAME.

[newsroom]
id = "ville"
name = "Ville d'Exemple"
language = "fr"
timezone = "Europe/Paris"
base_url = "https://www.example.org"      # adresse publique du site
areas = ["92040"]                         # codes INSEE
area_names = {"92040" = "Issy-les-Moulineaux"}
position = [48.8245, 2.2743]              # latitude, longitude : pour les alertes qui dessinent leur zone
coastal = false                           # true : les vigilances du littoral concernent la commune
database = "sqlite:///newsroom.db"
cap_sender = "communication@example.org"

[approval]
separate_logins = false                   # true : auteur et approbateur sont deux utilisateurs du système

[channels.website]                        # pages fixes, à servir par n'importe quel serveur web
kind = "website"
path = "public"
required_for = ["alert"]
# phone = "01 00 00 00 00"                # joindre la mairie, de même que mail et address
# mail = "mairie@ville.example"
# publisher = "…, maire"                  # mentions légales, obligatoires : directeur de la publication, hébergeur
# hosting = "…, adresse, téléphone"
# data_contact = "dpo@ville.example"
# subscribe_url = "https://…"             # où s'abonner aux courriels ; suite : docs/channels/website.md

[channels.signs]                          # panneaux : 4 lignes de 16 caractères
kind = "sign"
path = "signs"
columns = 16
rows = 4
max_pages = 2

[channels.journal]
kind = "print"
path = "print"

# Les réseaux se règlent en enlevant les #. Un secret se met dans un fichier (chmod 600), jamais ici.
# Comment obtenir les accès : docs/channels/<genre>.md

# [channels.mastodon-ville]
# kind = "mastodon"
# url = "https://mastodon.example"
# token_file = "secrets/mastodon"

# [channels.facebook-ville]
# kind = "facebook"
# page_id = "123456789"
# token_file = "secrets/facebook"
# api_version = "v25.0"

# [channels.x-ville]
# kind = "x"
# consumer_key_file = "secrets/x-consumer-key"
# consumer_secret_file = "secrets/x-consumer-secret"
# access_token_file = "secrets/x-access-token"
# access_token_secret_file = "secrets/x-access-token-secret"

# [channels.bluesky-ville]
# kind = "bluesky"
# handle = "ville.bsky.social"
# password_file = "secrets/bluesky"       # un mot de passe d'application

# [channels.telegram-ville]
# kind = "telegram"
# chat_id = "@villeexemple"
# token_file = "secrets/telegram"

# [channels.site-existant]                # un article sur un site WordPress
# kind = "wordpress"
# url = "https://www.ville.example"
# user = "broadcast"
# password_file = "secrets/wordpress"

# [channels.lettre]                       # un courriel à chaque abonné
# kind = "email"
# host = "smtp.ville.example"
# user = "broadcast"
# password_file = "secrets/smtp"
# sender = "Ville d'Exemple <infos@ville.example>"
# recipients_file = "abonnes.txt"

# [channels.groupe-commercants]           # ce que seule une personne peut publier
# kind = "copykit"
# label = "Groupe Facebook des commerçants"
# assignee = "Carole"
# deadline = "30m"

# Sources nationales (docs/relay.md) ; `broadcast feeds test ADRESSE` montre ce qu'une adresse contient.

# [feeds.gouvernement]
# url = "https://www.info.gouv.fr/rss/actualites.xml"
# poll_every = "10m"
# scope = "national"

# [feeds.meteo-france]                   # vigilance ; clé gratuite sur portail-api.meteofrance.fr
# url = "https://public-api.meteofrance.fr/public/DPVigilance/v1/cartevigilance/encours"
# label = "Météo-France"
# api_key_file = "secrets/meteo-france"

# [feeds.vigicrues]
# url = "https://www.vigicrues.gouv.fr/services/InfoVigiCru.geojson"
# sections = ["XX99"]                    # les tronçons que la commune suit
"""

_TEMPLATES_README = """\
Pour changer un modèle : copiez-le ici sous le même nom, par exemple mastodon/publish.txt.
Les modèles d'origine sont dans le dossier templates/ de Broadcast ; docs/templates.md dit ce qu'ils reçoivent.
"""


def create(
    folder: Path,
    *,
    example: bool,
    exercise: bool,
    now: datetime,
    settings: str = SETTINGS,
) -> None:
    """Make a newsroom folder.

    Args:
        folder: absent or empty.
        example: with the example messages.
        exercise: a world of its own, from which nothing real ever leaves.
        now: for the dates of the examples.
        settings: text of `broadcast.toml`.

    Raises:
        UsageError: the folder holds something already.
        ContentError: it cannot be made.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} n'est pas vide : choisissez un autre dossier (rien n'a été changé)")
    try:
        for name in ("content/messages", "templates"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name in ("secrets", ".broadcast"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        (folder / FILE).write_text(settings, encoding="utf-8")
        (folder / "templates" / "LISEZMOI.txt").write_text(_TEMPLATES_README, encoding="utf-8")
        (folder / ".gitignore").write_text("secrets/\n.broadcast/\n*.db*\n", encoding="utf-8")
        if exercise:
            (folder / ".broadcast" / "exercise").write_text("exercice\n", encoding="utf-8")
        if example:
            copy_examples(folder / "content" / "messages", now)
            copy_rules(folder / "content" / "rules", now)
    except OSError as error:
        raise ContentError(f"{folder} : {os_reason(error)}") from error


def copy_examples(folder: Path, now: datetime) -> None:
    """Copy the example messages and their pictures, with dates that lie ahead."""
    for path in sorted(shipped("content/examples").iterdir()):
        if path.suffix != ".md":
            shutil.copyfile(path, folder / path.name)
        elif "." not in path.stem:  # crue-quais.v2.md is the correction of the demo
            (folder / path.name).write_text(example(path.name, now), encoding="utf-8")


def copy_rules(folder: Path, now: datetime) -> None:
    """Copy the example rules, with ends that lie ahead; none is in force until people approve it."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(shipped("content/rules").glob("*.toml")):
        (folder / path.name).write_text(with_dates(path.read_text(encoding="utf-8"), now), encoding="utf-8")


def example(name: str, now: datetime) -> str:
    """Return an example message with dates that lie ahead."""
    return with_dates(shipped(f"content/examples/{name}").read_text(encoding="utf-8"), now)


def with_dates(text: str, now: datetime) -> str:
    """Return a text in which `@+12h` stands as the time twelve hours ahead, on the minute."""

    def ahead(match: re.Match[str]) -> str:
        at = now + timedelta(seconds=seconds_of(match[1]))
        return at.astimezone(ZoneInfo(_ZONE)).replace(second=0, microsecond=0).isoformat()

    return _RELATIVE.sub(ahead, text)


def models(folder: Path) -> list[str]:
    """Return the names of the prepared messages: the newsroom's own and the shipped ones."""
    places = (folder / "content" / "models", shipped("content/models"))
    return sorted({path.stem for place in places if place.is_dir() for path in place.glob("*.md")})


def new_message(folder: Path, slug: str, model: str, *, now: datetime) -> Path:
    """Make a message file from a prepared one, and return its path.

    Raises:
        NotFound: no such model.
        UsageError: the file is there already, or the name cannot be one.
    """
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug):
        raise UsageError(f"« {slug} » : minuscules sans accent, chiffres et tirets (crue-quais)")
    places = (folder / "content" / "models", shipped("content/models"))
    source = next((p / f"{model}.md" for p in places if (p / f"{model}.md").is_file()), None)
    if source is None:
        raise NotFound(
            f"modèle « {model} » inconnu ; il y a : {', '.join(models(folder))}",
            subject=model,
        )
    path = folder / "content" / "messages" / f"{slug}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "w", encoding="utf-8") as file:
            # What is made here goes on from nothing: another's message of the same name is not overwritten.
            file.write(with_base(with_dates(source.read_text(encoding="utf-8"), now), slug, 0))
    except FileExistsError:
        raise UsageError(f"{path} existe déjà : choisissez un autre nom") from None
    return path
