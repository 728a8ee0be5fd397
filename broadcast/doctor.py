"""What `doctor` looks at: everything that must be in order before the next alert, each with its way out."""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from broadcast import registry, wake
from broadcast.channel import CanAdvise
from broadcast.errors import BroadcastError, os_reason, sayable
from broadcast.probing import probe_channel
from broadcast.store import newsroom

if TYPE_CHECKING:
    from broadcast.app import App

#: Less free space than this is a fault, and less than that is worth a word, bytes.
LEAST_FREE, LITTLE_FREE = 100 * 2**20, 2**30
#: Files of the newsroom that only its owner may read, beside the database.
_PRIVATE = ("secrets", ".broadcast/audit-heads")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    #: Worth a look; nothing is refused for it.
    ADVICE = "advice"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    #: Stable word: settings, database, audit, files, channel, clock, disk, run, fonts.
    check: str
    state: State
    message: str
    #: What a person does, "" where nothing is to be done.
    way_out: str = ""
    #: The channel or file, "" for the whole.
    subject: str = ""


def examine(app: App, *, probe: bool = False) -> Iterator[Check]:
    """Yield each check as it is done; one that cannot be done is a fault, and costs the others nothing.

    Args:
        app: the newsroom.
        probe: ask the networks now, instead of saying what the last probe said.
    """
    looks: list[tuple[str, Callable[[], Iterator[Check]]]] = [
        ("database", lambda: _database(app)),
        ("files", lambda: _files(app.dir, app.db.path)),
        ("channel", lambda: _channels(app, probe=probe)),
        ("clock", lambda: _clock(app)),
        ("disk", lambda: _disk(app)),
        ("run", lambda: _run(app)),
        ("fonts", _fonts),
    ]
    for name, look in looks:
        try:
            yield from look()
        except BroadcastError as error:
            yield Check(check=name, state=State.FAULT, message=str(error))
        except Exception as error:  # noqa: BLE001  (told as a fault of this check; the others are done all the same)
            yield Check(check=name, state=State.FAULT, message=sayable(f"ne peut pas être contrôlé : {error!r}"))


def without_newsroom(folder: Path, error: BroadcastError) -> Iterator[Check]:
    """Yield what can be said of a newsroom that cannot be opened."""
    name = "database" if error.code.startswith("store") else "settings"
    yield Check(check=name, state=State.FAULT, message=str(error))
    yield from _files(folder, None)


def _database(app: App) -> Iterator[Check]:
    if why := app.db.displaced():
        yield Check(
            check="database",
            state=State.FAULT,
            message=f"{app.db.path} : {why}",
            way_out="relancez la commande ; `broadcast run` la reprend de lui-même",
        )
    found = app.soundness.check().faults
    for fault in found:
        name = "audit" if fault.kind == "audit_altered" else "database"
        yield Check(check=name, state=State.FAULT, message=fault.message, way_out=fault.way_out)
    names = {"audit" if f.kind == "audit_altered" else "database" for f in found}
    if "database" not in names:
        yield Check(check="database", state=State.OK, message="base de données intacte, lue en entier")
        if "audit" not in names:
            yield Check(
                check="audit", state=State.OK, message="journal des actes intact, comparé aux empreintes gardées ailleurs"
            )
    with app.db.read() as tx:
        stopped = newsroom.switches(tx)
    if stopped.stopped:
        yield Check(
            check="database",
            state=State.FAULT,
            message=f"arrêt général : {stopped.stopped_reason}",
            way_out="rien de nouveau ne part ; `broadcast resume` quand c'est voulu",
        )


def _files(folder: Path, database: Path | None) -> Iterator[Check]:
    """Look at the rights of what must be private, and at what must be readable."""
    faults = [*_open_to_others(folder, database), *_unreadable(folder)]
    yield from faults
    if not faults:
        yield Check(check="files", state=State.OK, message="réglages et modèles lisibles, base et secrets privés")


def _open_to_others(folder: Path, database: Path | None) -> Iterator[Check]:
    private = [place for name in _PRIVATE for place in (folder / name, *sorted((folder / name).glob("**/*"))) if place.is_file()]
    if database is not None:
        private += [p for p in (database, *(database.with_name(database.name + e) for e in ("-wal", "-shm"))) if p.is_file()]
    for place in private:
        mode = stat.S_IMODE(place.stat().st_mode)
        # A group that may write the database was let in on purpose: two logins that share a newsroom.
        shared = database is not None and place.name.startswith(database.name) and mode & stat.S_IWGRP
        if mode & (stat.S_IRWXO if shared else _OTHERS):
            yield Check(
                check="files",
                state=State.FAULT,
                subject=str(place),
                message=f"{place} : lisible par d'autres utilisateurs (droits {mode:03o})",
                way_out=f"chmod 600 '{place}'",
            )


def _unreadable(folder: Path) -> Iterator[Check]:
    for place in (folder / "broadcast.toml", *sorted((folder / "templates").glob("**/*"))):
        if not place.exists() and not place.is_symlink():
            yield Check(check="files", state=State.FAULT, subject=str(place), message=f"{place} : absent")
        elif place.is_dir() or os.access(place, os.R_OK):
            continue
        else:
            yield Check(
                check="files",
                state=State.FAULT,
                subject=str(place),
                message=f"{place} : illisible pour cet utilisateur",
                way_out=f"chmod u+r '{place}', ou rendez-le à qui lance Broadcast",
            )


def _channels(app: App, *, probe: bool) -> Iterator[Check]:
    faults = registry.settings_faults(app.settings)
    with app.db.read() as tx:
        states = newsroom.channel_states(tx)
    for name, place in app.places.items():
        if name in faults:
            yield Check(check="channel", state=State.FAULT, subject=name, message=f"{name} : inutilisable : {faults[name]}")
            continue
        state = states.get(name)
        if state is not None and state.paused:
            yield Check(
                check="channel",
                state=State.FAULT,
                subject=name,
                message=f"{name} : en pause : {state.paused_reason}",
                way_out=f"la cause levée, `broadcast channels resume {name}`",
            )
        if probe:
            asked = probe_channel(app, name)
            yield _probed(app, name, asked.message, ok=asked.ok)
        elif "probe" in place.abilities and (state is None or state.probed_at is None):
            yield Check(
                check="channel",
                state=State.ADVICE,
                subject=name,
                message=f"{name} : accès jamais testé",
                way_out="`broadcast doctor --probe`",
            )
        else:
            said = state.probe_result if state is not None else ""
            # A refusal is kept by its sentence alone; what went well begins so.
            yield _probed(app, name, said or "rien à tester", ok=not said or said.startswith(("accès vérifié", "rien à tester")))


def _probed(app: App, name: str, said: str, *, ok: bool) -> Check:
    adapter = registry.open_channel(app.settings, name)
    missing = tuple(adapter.missing()) if isinstance(adapter, CanAdvise) else ()
    if not ok:
        way_out = f"corrigez l'accès dans broadcast.toml ou secrets/, puis `broadcast channels probe {name}`"
        return Check(check="channel", state=State.FAULT, subject=name, message=f"{name} : {said}", way_out=way_out)
    if missing:
        return Check(
            check="channel",
            state=State.ADVICE,
            subject=name,
            message=f"{name} : il manque {' ; '.join(missing)}",
            way_out=f"complétez [channels.{name}] dans broadcast.toml",
        )
    return Check(check="channel", state=State.OK, subject=name, message=f"{name} : {said}")


def _clock(app: App) -> Iterator[Check]:
    """Compare the machine's clock with what it left behind: no time server is asked."""
    now = app.clock.wall()
    seen = app.soundness.file.stat().st_mtime if app.soundness.file.exists() else 0.0
    wrong = now.year < 2026 or seen - now.timestamp() > 60 or abs(time.time() - now.timestamp()) > 60
    if wrong:
        yield Check(
            check="clock",
            state=State.FAULT,
            message=f"l'horloge de la machine dit {now:%d/%m/%Y %H:%M} UTC",
            way_out="mettez-la à l'heure : timedatectl set-ntp true",
        )
    elif not Path("/run/systemd/timesync/synchronized").exists() and Path("/run/systemd/system").exists():
        message = "rien ne dit que l'horloge soit réglée par le réseau"
        yield Check(check="clock", state=State.ADVICE, message=message, way_out="vérifiez : timedatectl")
    else:
        yield Check(check="clock", state=State.OK, message=f"horloge : {now:%d/%m/%Y %H:%M} UTC")


def _disk(app: App) -> Iterator[Check]:
    for place in dict.fromkeys([app.dir, app.db.path.parent if app.db.path else app.dir]):
        try:
            free = shutil.disk_usage(place).free
        except OSError as error:
            yield Check(check="disk", state=State.FAULT, subject=str(place), message=f"{place} : {os_reason(error)}")
            continue
        state = State.FAULT if free < LEAST_FREE else State.ADVICE if free < LITTLE_FREE else State.OK
        yield Check(
            check="disk",
            state=state,
            subject=str(place),
            message=f"{place} : {free // 2**20} Mo libres",
            way_out="" if state is State.OK else "libérez de la place : un disque plein arrête tout envoi",
        )


def _run(app: App) -> Iterator[Check]:
    lease = wake.holder(app)
    if lease is None:
        yield Check(
            check="run",
            state=State.ADVICE,
            message="aucun `broadcast run` n'est actif : rien ne part, n'expire ni n'est relayé tout seul",
            way_out="lancez `broadcast run` (en service), ou `broadcast send` après chaque approbation",
        )
        return
    lost = lease.facts.get("log_lost")
    restarted = lease.facts.get("threads_restarted")
    if lost or restarted:
        message = f"`broadcast run` : {lost or 0} ligne(s) de journal perdue(s), {restarted or 0} panne(s) interne(s)"
        yield Check(check="run", state=State.ADVICE, message=message, way_out="voyez son journal")
    yield Check(check="run", state=State.OK, message=f"`broadcast run` est actif depuis le {_day(lease.since_at)}")


def _day(at: datetime) -> str:
    return f"{at:%d/%m/%Y %H:%M} UTC"


def _fonts() -> Iterator[Check]:
    try:
        import typst
    except ImportError:
        yield Check(
            check="fonts",
            state=State.FAULT,
            message="typst n'est pas installé : aucune épreuve PDF",
            way_out="réinstallez Broadcast : pip install broadcast-cityhall",
        )
        return
    families = {str(name) for name in typst.Fonts().families()}
    emoji = sorted(name for name in families if "emoji" in name.lower())
    state = State.OK if emoji else State.ADVICE
    way_out = "" if emoji else "sous Debian : apt-get install fonts-noto-color-emoji, ou un dossier nommé par `fonts`"
    message = f"typst prêt, {len(families)} polices" + ("" if emoji else ", aucune pour les emojis")
    yield Check(check="fonts", state=state, message=message, way_out=way_out)
