"""A newsroom whose one channel is a list, its relay on a real socket, and its dispatcher in this process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from broadcast.app import App
from broadcast.desk.ending import withdraw
from broadcast.dispatch.send import send
from broadcast.outbox import Delivery
from broadcast.stands.email import EmailStand
from broadcast.status import message_status
from broadcast.store import messages, newsroom
from tests.newsroom import MESSAGE, Folder


class Letters:
    """What its tests say to it and ask of it."""

    def __init__(self, path: Path, relay: EmailStand, people: str, more: str = "") -> None:
        self.relay = relay
        self.folder = Folder(path, Folder.network("newsletter", relay, path) + more).people()
        self.list = path / "recipients.txt"
        self.list.write_text(people, encoding="utf-8")
        self.app = App(path)

    def close(self) -> None:
        self.app.close()

    def approved(self, slug: str = "crue-quais", more: str = "") -> None:
        self.folder.approved(slug, text=MESSAGE.format(more=more))

    def pass_(self) -> None:
        """One pass over all that is due, waits forgotten."""
        with self.app.db.write() as tx:
            tx.connection.exec_driver_sql(
                "UPDATE delivery SET not_before_at = planned_at, parked_until_at = planned_at WHERE state = 'waiting'"
            )
        send(self.app.dispatcher())

    def resume(self) -> None:
        with self.app.db.write() as tx:
            newsroom.set_paused(tx, "newsletter", False, "", "bob")

    def withdraw(self, slug: str = "crue-quais") -> None:
        withdraw(self.app.desk, slug, as_="bob", reason="erreur")

    def status(self, slug: str = "crue-quais") -> Any:
        with self.app.db.read() as tx:
            return message_status(tx, messages.get_message(tx, slug), self.app.places, self.app.clock.now())

    def deliveries(self, slug: str = "crue-quais") -> Sequence[Delivery]:
        deliveries: Sequence[Delivery] = self.status(slug).deliveries
        return deliveries

    @property
    def got(self) -> list[str]:
        """Who got a mail, once for each."""
        return sorted(to for post in self.relay.live() for to in post.more["to"])

    @property
    def twice(self) -> list[str]:
        counts = Counter((to, post.more["subject"]) for post in self.relay.live() for to in post.more["to"])
        return [to for (to, _), count in counts.items() if count > 1]

    def after(self, mails: int, deed: Callable[[], None]) -> None:
        """Do something once, while the relay takes a mail."""
        take = self.relay.take

        def taking(recipients: list[str], data: bytes) -> None:
            take(recipients, data)
            if len(self.relay.posts) == mails:
                deed()

        self.relay.take = taking  # type: ignore[method-assign]


def people(count: int, name: str = "p") -> str:
    return "".join(f"{name}{n}@abonne.example\n" for n in range(count))
