"""The check of the whole: database and audit, once a night and on demand; what it found is kept until a check finds all well."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from broadcast.clock import Clock
from broadcast.errors import StoreAway, StoreError
from broadcast.heads import Heads
from broadcast.store import integrity, tasks
from broadcast.store.base import Database, Tx
from broadcast.store.damage import damage

#: Kinds of the tasks that a fault raises.
DATABASE, AUDIT = "database_damaged", "audit_altered"
KINDS = (DATABASE, AUDIT)
#: The hours of the newsroom in which the check is done, and after how long it is done whatever the hour.
NIGHT = range(2, 5)
_NIGHTLY, _AT_THE_LATEST = timedelta(hours=12), timedelta(hours=36)

_WAYS_OUT = {
    DATABASE: "arrêtez `broadcast run`, mettez ce fichier de côté et restaurez une sauvegarde ; "
    "`broadcast doctor` contrôle de nouveau et lève cette alerte",
    AUDIT: "gardez une copie de la base, cherchez qui l'a modifiée (`broadcast audit verify --all`) ; "
    "`broadcast doctor` contrôle de nouveau et lève cette alerte",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is not as it was written."""

    #: database_damaged or audit_altered.
    kind: str
    message: str

    @property
    def way_out(self) -> str:
        """What a person does, in French."""
        return _WAYS_OUT[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundness:
    """What one check found."""

    at: datetime
    faults: tuple[Fault, ...] = ()


class Keeper:
    """Checks one newsroom, and keeps the outcome in `.broadcast/soundness` and as tasks: one of the two can always be written."""

    def __init__(self, db: Database, heads: Heads, clock: Clock, folder: Path) -> None:
        self._db, self._heads, self._clock = db, heads, clock
        self.file = folder / ".broadcast" / "soundness"

    def check(self) -> Soundness:
        """Check everything and keep what was found.

        Raises:
            StoreError: the database cannot be looked at now.
        """
        found = [Fault(kind=DATABASE, message=line) for line in integrity.faults(self._db)]
        found += self._audit(damaged=bool(found))
        seen = Soundness(at=self._clock.now(), faults=tuple(found))
        self._keep(seen)
        return seen

    def _audit(self, *, damaged: bool) -> list[Fault]:
        try:
            walked = self._heads.verify(whole=True)
        except StoreAway:
            raise
        except StoreError as error:
            # What the pages are cannot be read of the audit either; said once.
            return [] if damaged else [Fault(kind=DATABASE, message=str(error))]
        except Exception as error:  # noqa: BLE001  (raised again unless a row is to blame)
            return [Fault(kind=AUDIT, message=f"journal illisible : {damage(error, 'journal des actes')}")]
        if walked.bad_seq is None:
            return []
        return [Fault(kind=AUDIT, message=f"journal altéré, première mauvaise ligne : {walked.bad_seq} ({walked.reason})")]

    def last(self) -> Soundness | None:
        """Return what the last check found; None: there was none, or what it wrote cannot be read."""
        try:
            facts = json.loads(self.file.read_text())
            faults = tuple(Fault(kind=f["kind"], message=f["message"]) for f in facts["faults"] if f["kind"] in KINDS)
            return Soundness(at=datetime.fromisoformat(facts["at"]), faults=faults)
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def is_due(self, hour: int) -> bool:
        """True if it is time for the check of this night; `hour` is the newsroom's."""
        seen = self.last()
        age = None if seen is None else self._clock.now() - seen.at
        return age is None or age >= _AT_THE_LATEST or (hour in NIGHT and age >= _NIGHTLY)

    def _keep(self, seen: Soundness) -> None:
        with suppress(OSError):
            self.file.parent.mkdir(mode=0o700, exist_ok=True)
            part = self.file.with_suffix(f".{os.getpid()}")
            part.write_text(json.dumps({"at": seen.at.isoformat(), "faults": [asdict(f) for f in seen.faults]}))
            part.chmod(0o600)
            part.replace(self.file)
        # A damaged database may refuse; the file says it then.
        with suppress(StoreError), self._db.write() as tx:
            for kind in KINDS:
                self._ask(tx, kind, [f for f in seen.faults if f.kind == kind])

    def _ask(self, tx: Tx, kind: str, faults: list[Fault]) -> None:
        if not faults:
            tasks.settle_tasks(tx, self._clock.now(), "doctor", kind=kind, subject=tx.newsroom)
            return
        more = f" (et {len(faults) - 1} autre(s))" if len(faults) > 1 else ""
        word = "base de données abîmée : " if kind == DATABASE else ""
        message = f"{word}{faults[0].message}{more} ; {faults[0].way_out}"
        tasks.raise_task(tx, kind, tx.newsroom, message, self._clock.now())


def open_faults(tx: Tx, keeper: Keeper) -> tuple[Fault, ...]:
    """Return the faults that stand: those of the last check here, else of a check that another machine did."""
    seen = keeper.last()
    if seen is not None and seen.faults:
        return seen.faults
    return tuple(Fault(kind=t.kind, message=t.message) for t in tasks.open_tasks(tx) if t.kind in KINDS)
