"""A count beside the database: by it one that is gone, emptied, or an older copy put back is noticed."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from broadcast.clock import Clock
from broadcast.errors import StoreError, os_reason
from broadcast.store import audit, newsroom, outcomes
from broadcast.store.base import Database

_log = logging.getLogger("broadcast.epoch")

_RESTORED = "base plus ancienne que la dernière utilisée (sauvegarde remise en place ?) : vérifiez, puis `broadcast resume`"
#: Clocks of networks and ours differ by less.
_MARGIN = timedelta(minutes=5)


def stop_restored(db: Database, clock: Clock, *, os_user: str, epoch: int, unseen: Sequence[str]) -> None:
    """An older copy of the database is in place: what left since is unknown to it, so nothing new leaves until people say so.

    After that the networks are read back before each new post (`dispatch.reading_back`). Where nobody can look, a
    person is asked about what was about to leave.

    Args:
        db: the database.
        clock: the time.
        os_user: who came upon it.
        epoch: the count of the database that was in use.
        unseen: channels on which a post cannot be looked for.
    """
    now = clock.now()
    with db.write() as tx:
        age = now - audit.last_at(tx, now) + _MARGIN
        newsroom.note_restored(tx, now, clock.wall() - age)
        outcomes.doubt_unsent(tx, unseen, "base restaurée : peut-être déjà parti depuis la sauvegarde")
        newsroom.set_stopped(tx, True, _RESTORED)
        newsroom.set_epoch(tx, epoch)
        detail = {"reason": _RESTORED}
        audit.append(tx, now, actor="broadcast", os_user=os_user, act="stop", subject=db.newsroom, detail=detail)


class Epoch:
    """The count of one newsroom, in its database and in `.broadcast/epoch`; the file is never ahead of the database."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db, self.file = db, folder / ".broadcast" / "epoch"

    @property
    def marked(self) -> int:
        """What the file says, 0 if it says nothing."""
        try:
            return int(self.file.read_text())
        except (OSError, ValueError):
            return 0

    def refuse_lost(self) -> None:
        """Refuse to begin anew where there was a database.

        Raises:
            StoreError: it is gone or empty; what to do.
        """
        lost = self._db.lost() if self.file.exists() else ""
        if lost:
            raise StoreError(
                f"base de données : {self._db.path} : {lost} ; remettez-la en place ou restaurez une sauvegarde "
                f"(pour repartir de rien malgré tout, effacez {self.file})"
            )

    def advance(self) -> None:
        """Count up before something is sent: a copy made before now is an older one."""
        with self._db.write() as tx:
            epoch = newsroom.switches(tx).epoch + 1
            newsroom.set_epoch(tx, epoch)
        try:
            self.mark(epoch)
        except OSError as error:
            # A folder that is full must not keep an alert back; an older copy would go unnoticed, and that is told.
            _log.warning("%s : %s ; une base plus ancienne remise en place ne serait pas reconnue", self.file, os_reason(error))

    def mark(self, epoch: int) -> None:
        """Write the file, whole or not at all."""
        self.file.parent.mkdir(mode=0o700, exist_ok=True)
        part = self.file.with_suffix(f".{os.getpid()}")
        part.write_text(f"{epoch}\n")
        part.replace(self.file)
