"""What a new version says on networks: that it is one, what changed, and nothing that was said before word for word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broadcast import intake
from broadcast.app import App
from broadcast.cli.planning import plan_rows
from broadcast.desk.submit import submit
from broadcast.desk.vote import approve
from broadcast.dispatch.send import send
from broadcast.intake import Reading
from broadcast.stands import stand_type
from tests.newsroom import Folder

NOW = "2026-11-29T10:00:00+01:00"
HEAD = """\
---
title: Crue de la Seine : évitez les quais
kind: alert
level: {level}
event: Inondation
short: Quais fermés.
expires: 2026-12-02T08:00:00+01:00
instruction: Ne descendez pas sur les berges.
contact: 01 41 23 80 00
hashtags: [Crue]
source: {{name: Préfecture}}
{more}---
{body}
"""


class Room:
    """A newsroom with one network on a stand."""

    def __init__(self, path: Path, stand: Any, now: str = NOW) -> None:
        self.stand = stand
        self.folder = Folder(path, '[channels.site]\nkind = "website"\n' + Folder.network("reseau", stand, path))
        self.folder.env = {"BROADCAST_NOW": now}
        self.folder.people()
        self.app = App(self.folder.path, self.folder.env)

    def at(self, now: str) -> None:
        self.app.close()
        self.folder.env = {"BROADCAST_NOW": now}
        self.app = App(self.folder.path, self.folder.env)

    def read(self, body: str, *, more: str = "", level: str = "severe", slug: str = "crue") -> Reading:
        return intake.read(self.app, self.folder.message(slug, HEAD.format(level=level, more=more, body=body)))

    def submit(self, reading: Reading) -> Any:
        proof, path = reading.proof, str(reading.path)
        made, found = proof.renditions, proof.findings
        return submit(self.app.desk, reading.draft, as_="alice", path=path, media=reading.media, made=made, findings=found)

    def publish(self, body: str, **facts: Any) -> str:
        """Publish a version, and return what the network shows last."""
        done = self.submit(self.read(body, **facts))
        approve(self.app.desk, done.revision.slug, done.revision.number, as_="bob", seen=done.hashes)
        send(self.app.dispatcher(lambda _: None))
        return self.stand.live()[-1].text


@pytest.fixture(params=["x", "bluesky"])
def room(request: Any, tmp_path: Path):
    with stand_type(request.param)() as stand:
        made = Room(tmp_path, stand)
        yield made
        made.app.close()


def test_a_change_in_the_body_alone_is_said(room: Room):
    first = room.publish("La Seine monte.\n\nLe gymnase est ouvert.")
    second = room.publish("La Seine monte.\n\nLe gymnase et l'école sont ouverts.")
    assert first.startswith("ALERTE – Crue") and second.startswith("Mise à jour – ALERTE – Crue")
    assert "Ce qui change : Le gymnase et l’école sont ouverts." in second
    assert "Source : Préfecture" in second and "#Crue" in second and "Ne descendez pas" in second.split("\n\n")[1]


def test_what_the_author_says_of_the_change_comes_before_the_sentences(room: Room):
    room.publish("La Seine monte.")
    second = room.publish("La Seine monte encore.", more="change: Second accueil à l'école.\n")
    assert "Ce qui change : Second accueil à l’école." in second


def test_only_an_error_of_ours_is_a_rectificatif(room: Room):
    room.publish("La Seine monte.")
    assert room.publish("La Seine descend.", more="correction: true\n").startswith("Rectificatif – ALERTE – Crue")


def test_a_rise_in_level_says_so_first(room: Room):
    room.publish("La Seine monte.")
    assert room.publish("La Seine monte.", level="extreme").startswith("Mise à jour – ALERTE RENFORCÉE – ")


def test_the_same_words_never_leave_twice_and_it_is_told_beforehand(room: Room):
    room.publish("La Seine monte.", more="change: Le pont ferme.\n")
    room.publish("La Seine monte.\n\nUn.", more="change: Le pont ferme à 8 h.\n")
    third = room.publish("La Seine monte.\n\nUn.", more="change: Le pont ferme à 9 h.\n")
    reading = room.read("La Seine monte.\n\nUn.", more="change: Le pont ferme à 8 h.\n")
    (told,) = [f for f in reading.proof.findings if f.code == "same_text"]
    assert told.channel == "reseau" and "Mise à jour n° 3" in told.message
    room.submit(reading)
    with room.app.db.read() as tx:
        rows = plan_rows(room.app, tx, "crue", number=None, withdrawn=False)
    assert [r["note"] for r in rows if r["channel"] == "reseau"] == ["mots déjà publiés ici : « Mise à jour n° 3 » les distingue"]
    fourth = room.publish("La Seine monte.\n\nUn.", more="change: Le pont ferme à 8 h.\n")
    assert fourth.startswith("Mise à jour n° 3 – ALERTE") and len({p.text for p in room.stand.live()}) == 4 and third != fourth


def test_a_change_that_stayed_from_the_version_before_is_told_and_not_said_again(room: Room):
    room.publish("La Seine monte.", more="change: Le pont ferme.\n")
    reading = room.read("La Seine descend.", more="change: Le pont ferme.\n")
    assert [f.line for f in reading.proof.findings if f.code == "change_stale"] == [12]
    assert "Ce qui change : La Seine descend." in room.publish("La Seine descend.", more="change: Le pont ferme.\n")


def test_a_file_submitted_again_is_the_same_version_even_on_another_day(room: Room):
    more = "until: 2026-11-30T08:00:00+01:00\n"
    assert "Jusqu’à demain à 8\u00a0h." in room.publish("La Seine monte.", more=more)
    room.publish("La Seine monte encore.", more=more)
    room.at("2026-11-30T07:00:00+01:00")
    again = room.submit(room.read("La Seine monte encore.", more=more))
    assert not again.is_new and again.revision.number == 2


def test_what_leaves_another_day_than_it_was_written_names_the_date(room: Room):
    more = "until: 2026-11-30T08:00:00+01:00\n"
    done = room.submit(room.read("La Seine monte.", more=more))
    room.at("2026-11-30T00:05:00+01:00")
    approve(room.app.desk, "crue", 1, as_="bob", seen=done.hashes)
    send(room.app.dispatcher(lambda _: None))
    (post,) = room.stand.live()
    assert "Jusqu’au lundi 30 novembre à 8\u00a0h." in post.text and "demain" not in post.text


def test_an_embargo_counts_the_days_from_its_end(room: Room):
    more = "embargo_until: 2026-11-30T07:00:00+01:00\nuntil: 2026-11-30T18:00:00+01:00\n"
    reading = room.read("La Seine monte.", more=more)
    text = next(r for r in reading.proof.renditions if r.channel == "reseau").parts[0].text
    assert "Jusqu’à ce soir à 18\u00a0h." in text


def test_the_end_of_the_information_is_not_said_as_the_end_of_the_event(room: Room):
    reading = room.read("La Seine monte.")
    text = next(r for r in reading.proof.renditions if r.channel == "reseau").parts[0].text
    assert "Jusqu" not in text
