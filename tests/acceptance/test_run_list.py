"""A running process and its list: changed on disk while it is sent, and left for an alert in the middle."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadcast.app import App
from broadcast.stands.email import EmailStand
from broadcast.wake import wake
from tests.acceptance.running import eventually
from tests.newsroom import MESSAGE, Folder

LETTER = MESSAGE.format(more="").replace("kind: alert", "kind: information").replace("level: severe\n", "")


class Slow(EmailStand):
    """A relay that takes its time for each mail, and knows in which order they came."""

    nap_s = 0.0

    def take(self, recipients: list[str], data: bytes) -> None:
        time.sleep(self.nap_s)
        super().take(recipients, data)

    @property
    def got(self) -> list[tuple[str, str]]:
        """Subject and recipient of each mail, in order."""
        with self.lock:
            posts = list(self.posts.values())
        return [(str(p.more["subject"]), to) for p in posts for to in p.more["to"]]


@pytest.fixture
def relay() -> Iterator[Slow]:
    with Slow() as running:
        yield running


def a_folder(path: Path, relay: Slow, people: list[str]) -> Folder:
    folder = Folder(path, Folder.network("newsletter", relay, path)).people()
    written(folder, people)
    return folder


def written(folder: Folder, people: list[str]) -> None:
    """Write the list as a careful program does: whole, or not at all."""
    beside = folder.path / "recipients.new"
    beside.write_text("\n".join(people) + "\n")
    os.replace(beside, folder.path / "recipients.txt")


def approved(folder: Folder, slug: str, text: str) -> None:
    folder.approved(slug, text=text)
    app = App(folder.path)
    wake(app)
    app.close()


def delivery_of(folder: Folder, slug: str) -> dict[str, object]:
    (found,) = folder.json("status", slug, code=None)["deliveries"]
    return dict(found)


def test_a_list_changed_while_it_is_sent_reaches_who_is_on_it_now_and_nobody_twice(tmp_path: Path, runs, relay: Slow):
    people = [f"personne{n}@abonne.example" for n in range(400)]
    relay.nap_s = 0.02
    folder = a_folder(tmp_path / "n", relay, people)
    running = runs(folder, "--no-web")
    running.says("actif :")
    approved(folder, "lettre", LETTER)
    eventually(lambda: len(relay.got) > 60, 60, lambda: running.text)
    gone, new = people[300:], [f"nouvelle{n}@abonne.example" for n in range(20)]
    written(folder, people[:300] + new)
    assert len(relay.got) < 250, "the list was changed too late for this test"
    running.says("envoyé : lettre@1 / newsletter", 120)
    got = Counter(to for _, to in relay.got)
    assert set(got.values()) == {1}
    assert set(got) == {*people[:300], *new} and not set(got) & set(gone)
    told = delivery_of(folder, "lettre")
    assert told["state"] == "delivered" and str(told["reason"]).startswith("320 envoyés")


def test_an_alert_leaves_before_the_rest_of_a_newsletter(tmp_path: Path, runs, relay: Slow):
    people = [f"personne{n}@abonne.example" for n in range(2000)]
    relay.nap_s = 0.004
    folder = a_folder(tmp_path / "n", relay, people)
    running = runs(folder, "--no-web")
    running.says("actif :")
    approved(folder, "lettre", LETTER.replace("title: Crue de la Seine : évitez les quais", "title: La lettre du mois"))
    eventually(lambda: len(relay.got) > 100, 60, lambda: running.text)
    approved(folder, "alerte", MESSAGE.format(more=""))
    running.says("envoyé : alerte@1 / newsletter", 180)
    kinds = ["letter" if "lettre" in subject else "alert" for subject, _ in relay.got]
    first, last = kinds.index("alert"), len(kinds) - 1 - kinds[::-1].index("alert")
    assert kinds.count("alert") == len(people)
    assert set(kinds[first : last + 1]) == {"alert"}, "nothing between: the list of the letter waits"
    assert first < len(people), "the letter was not finished first"
    running.says("envoyé : lettre@1 / newsletter", 180)
    assert set(Counter(relay.got).values()) == {1} and len(relay.got) == 2 * len(people)
