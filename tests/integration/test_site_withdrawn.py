"""What residents and machines are told of a message that was withdrawn: that it was, and why where it was meant for them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from lxml import etree, html

from broadcast.app import App
from broadcast.desk.ending import withdraw
from broadcast.errors import WorkflowError
from broadcast.model import EndedBecause
from broadcast.planner import plan_message
from broadcast.store import messages
from tests.integration.places_folder import V2, send_all
from tests.newsroom import COMMAND, MESSAGE, Folder

SITE = '[channels.website]\nkind = "website"\n'
WHY = "L’eau du quartier <Nord> est bien potable : l’analyse était erronée."
ENGLISH = MESSAGE.format(more="language: en\n")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A newsroom with one alert on its site."""
    made = Folder(tmp_path / "n", SITE).people()
    made.approved()
    send_all(made)
    return made


def page(folder: Folder, slug: str = "crue-quais") -> str:
    tree = html.fromstring((folder.path / f"public/a/{slug}/index.html").read_text())
    return " ".join(tree.text_content().replace("\u202f", " ").replace("\xa0", " ").split())


def feeds(folder: Folder) -> dict[str, str]:
    return {name: (folder.path / "public" / name).read_text() for name in ("feed.atom", "feed.rss", "feed.json")}


def test_residents_read_why_a_message_was_withdrawn_where_it_was_meant_for_them(folder: Folder):
    said = folder.run("withdraw", "crue-quais", "--as", "bob", "--reason", "erreur de Pierre", "--tell", WHY).stdout
    assert WHY in said
    assert WHY in page(folder) and "Pierre" not in page(folder)
    assert all("Pierre" not in text for text in feeds(folder).values())
    item = json.loads(feeds(folder)["feed.json"])["items"][0]
    assert WHY in item["summary"] and "&lt;Nord&gt;" in item["content_html"]


def test_a_reason_for_the_record_stays_there(folder: Folder):
    folder.run("withdraw", "crue-quais", "--as", "bob", "--reason", "erreur de Pierre")
    assert "Pierre" not in page(folder) and "la mairie l’a retirée" in page(folder)


def test_feeds_say_no_word_of_what_was_wrong(folder: Folder):
    folder.run("withdraw", "crue-quais", "--as", "bob", "--reason", "erreur")
    for name, text in feeds(folder).items():
        assert "berges" not in text and "évitez" not in text, name
        assert "[Terminé]" in text and "retirée par la mairie" in text, name
    etree.fromstring(feeds(folder)["feed.atom"].encode())


def test_the_reason_is_gone_once_the_message_lives_again(folder: Folder):
    folder.run("withdraw", "crue-quais", "--as", "bob", "--reason", "erreur", "--tell", WHY)
    folder.run("submit", folder.message("crue-quais", text=V2), "--as", "alice", "--reopen")
    folder.run("approve", "crue-quais", "--as", "bob", "--yes", "--send")
    assert WHY not in page(folder) and all("erronée" not in text for text in feeds(folder).values())


def test_what_ended_by_its_date_and_is_withdrawn_after_says_so_and_why(folder: Folder):
    app = App(folder.path)
    with app.db.write() as tx:
        one = messages.get_message(tx, "crue-quais")
        messages.end_message(tx, one.uid, app.clock.now(), EndedBecause.EXPIRED)
        plan_message(tx, messages.get_message(tx, "crue-quais"), app.places, app.clock.now())
    app.close()
    send_all(folder)
    assert "Sa date de fin est passée" in page(folder)
    folder.run("withdraw", "crue-quais", "--as", "bob", "--reason", "erreur", "--tell", WHY)
    assert WHY in page(folder) and "Sa date de fin" not in page(folder)
    assert folder.json("send")["sent"] == []


@pytest.mark.parametrize("words", ["   ", "x" * 301, "bon\x1b[31m", "abc\u202edef"])
def test_words_for_residents_that_cannot_be_shown_are_refused(folder: Folder, words: str):
    app = App(folder.path)
    with pytest.raises(WorkflowError, match="pour les habitants"):
        withdraw(app.desk, "crue-quais", as_="bob", reason="erreur", public_reason=words)
    app.close()


def test_an_exercise_that_is_withdrawn_says_that_it_is_one(tmp_path: Path):
    subprocess.run([COMMAND, "init", str(tmp_path / "n"), "--exercise"], check=True, capture_output=True)
    made = Folder(tmp_path / "n", SITE).people()
    made.approved(more="event: crue\n")
    send_all(made)
    made.run("withdraw", "crue-quais", "--as", "bob", "--reason", "fini", "--tell", "Exercice clos.")
    item = json.loads(feeds(made)["feed.json"])["items"][0]
    assert "EXERCICE" in item["title"] and "EXERCICE" in item["summary"]


def test_the_end_of_an_english_message_is_told_in_english(folder: Folder):
    folder.approved("flood", text=ENGLISH)
    send_all(folder)
    folder.run("withdraw", "flood", "--as", "bob", "--reason", "erreur", "--tell", "The test was wrong!")
    assert "The test was wrong!" in page(folder, "flood")
    items = {i["url"].rstrip("/").rsplit("/", 1)[-1]: i for i in json.loads(feeds(folder)["feed.json"])["items"]}
    assert items["flood"]["title"].startswith("[Ended]") and "retirée" not in items["flood"]["summary"]
