"""What machines read on the site: feeds, CAP documents and what a voice says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import feedparser
from lxml import etree, html

from broadcast.feeds import cap
from channels.website import machines
from tests.integration.places_folder import IMAGE, V2, send_all, take_back
from tests.newsroom import MESSAGE, Folder


def test_feeds_are_valid_and_keep_their_ids(folder: Folder):
    folder.approved(more=IMAGE)
    send_all(folder)
    before = {n: feedparser.parse((folder.path / "public" / n).read_bytes()) for n in ("feed.atom", "feed.rss", "cap.atom")}
    folder.approved(text=V2)
    send_all(folder)
    for name, old in before.items():
        new = feedparser.parse((folder.path / "public" / name).read_bytes())
        assert not new.bozo and len(new.entries) == 1, name
        if name != "cap.atom":
            assert new.entries[0].id == old.entries[0].id == "https://www.example.org/a/crue-quais/"
    feed = json.loads((folder.path / "public/feed.json").read_text())
    assert feed["version"] == "https://jsonfeed.org/version/1.1" and feed["items"][0]["id"].endswith("/a/crue-quais/")


def test_a_feed_that_is_read_elsewhere_has_whole_addresses():
    text = '<p><img alt="x" src="plan.png"> <a href="/cap/a.xml">CAP</a> <a href="https://e.org/?a=1&amp;b=2">e</a> <a href="#h">h</a></p>'
    page = "https://www.example.org/a/crue/"
    assert machines.absolute(text, page) == text.replace('"plan.png', f'"{page}plan.png').replace(
        '"/cap', '"https://www.example.org/cap'
    ).replace('"#h', f'"{page}#h')


def test_cap_documents_follow_the_life_of_the_alert(folder: Folder, conformance: Path):
    folder.approved()
    send_all(folder)
    folder.approved(text=V2)
    send_all(folder)
    take_back(folder)
    schema = etree.XMLSchema(etree.parse(conformance / "cap/CAP-v1.2.xsd"))
    alerts = []
    for n in (1, 2, 3):
        data = (folder.path / f"public/cap/crue-quais-{n}.xml").read_bytes()
        schema.assertValid(etree.fromstring(data))
        alerts.append(cap.parse(data))
    assert [a.msg_type for a in alerts] == ["Alert", "Update", "Cancel"]
    assert [r.identifier for r in alerts[2].references] == [alerts[0].identifier, alerts[1].identifier]


def test_a_cap_document_never_changes_when_a_message_lives_again(folder: Folder):
    folder.approved()
    send_all(folder)
    take_back(folder)
    cancel = (folder.path / "public/cap/crue-quais-2.xml").read_bytes()
    folder.run("submit", folder.message(text=V2), "--as", "alice", "--reopen")
    folder.run("approve", "crue-quais", "--as", "bob", "--yes", "--send")
    assert (folder.path / "public/cap/crue-quais-2.xml").read_bytes() == cancel
    again = cap.parse((folder.path / "public/cap/crue-quais-3.xml").read_bytes())
    assert again.msg_type == "Alert" and again.references == ()


def test_what_a_voice_reads_is_live_newest_first_and_has_no_digit(folder: Folder):
    for slug in [f"info-{n}" for n in range(7)]:
        folder.approved(slug, text=MESSAGE.format(more="").replace("ce matin", f"RDV 18h3{slug[-1]}"))
        send_all(folder)
    public = folder.path / "public"
    briefing = json.loads((public / "flash-briefing.json").read_text())
    assert [i["redirectionUrl"].split("/")[-2] for i in briefing] == [f"info-{n}" for n in (6, 5, 4, 3, 2)]
    assert len({i["uid"] for i in briefing}) == 5
    assert all(re.fullmatch(r"\d{4}(-\d\d){2}T\d\d(:\d\d){2}\.0Z", i["updateDate"]) for i in briefing)
    assert "rendez-vous à dix-huit heures trente-six" in briefing[0]["mainText"]
    spoken = (public / "a/info-6/spoken.txt").read_text()
    assert spoken.strip() == briefing[0]["mainText"] and not re.search(r"\d|http", spoken)
    take_back(folder, "info-6")
    briefing = json.loads((public / "flash-briefing.json").read_text())
    assert [i["redirectionUrl"].split("/")[-2] for i in briefing] == [f"info-{n}" for n in (5, 4, 3, 2, 1)]
    # What was wrong is not said again, neither by a voice nor to a search engine.
    retired = "Cette information a été retirée par la mairie. N'en tenez pas compte."
    assert (public / "a/info-6/spoken.txt").read_text().strip() == retired
    (data,) = html.fromstring((public / "a/info-6/index.html").read_text()).findall(".//script")
    assert json.loads(data.text)["text"] == retired
    for n in range(6):
        take_back(folder, f"info-{n}")
    (calm,) = json.loads((public / "flash-briefing.json").read_text())
    assert calm["mainText"] == "Aucune alerte ni information en cours."


def test_a_long_message_is_spoken_to_a_whole_sentence_within_the_limit(folder: Folder):
    folder.approved(text=MESSAGE.format(more="") + "Restez chez vous et écoutez la radio. " * 200)
    send_all(folder)
    (item,) = json.loads((folder.path / "public/flash-briefing.json").read_text())
    assert 4300 < len(item["mainText"]) <= 4500
    assert item["mainText"].endswith("écoutez la radio.\nLa suite est à lire sur le site de la mairie.")
