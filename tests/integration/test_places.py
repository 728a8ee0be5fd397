"""What all places of a newsroom do alike: end, say what would happen, and run nothing of what they show."""

from __future__ import annotations

from lxml import etree, html

from tests.integration.places_folder import V2, send_all, take_back
from tests.newsroom import MESSAGE, Folder

HOSTILE = '# $ * _ @ < > [ ] { } \\ ` ~ -- = / // #let x = 1 #panic() $x^2$ </Content> ]]> &amp; "quoted" 1. un'


def test_what_has_ended_says_so_and_stays(folder: Folder):
    folder.approved()
    send_all(folder)
    take_back(folder)
    page = (folder.path / "public/a/crue-quais/index.html").read_text()
    assert "n’est plus valable" in page and "fermés" in page
    assert "Aucune alerte en cours" in (folder.path / "public/index.html").read_text()
    assert (folder.path / "print/crue-quais/RETIRE.txt").exists()
    assert list((folder.path / "folder").glob("*")) == []


def test_plan_says_what_would_happen_to_each_place(folder: Folder):
    folder.approved()
    send_all(folder)
    folder.run("submit", folder.message(text=V2), "--as", "alice")
    plan = folder.json("plan", "crue-quais")
    actions = {r["channel"]: (r["action"], r["form"]) for r in plan["if_approved"]}
    assert actions["website"] == ("update", "publish") and actions["dossier"] == ("update", "update")
    assert {r["action"] for r in plan["if_withdrawn"]} == {"take_down"}


def test_a_text_adapted_by_hand_is_used_and_flagged_when_the_message_changes(folder: Folder):
    override = 'override: {sign: {text: "QUAIS FERMES"}}\n'
    path = folder.message(more=override)
    folder.run("submit", path, "--as", "alice")
    shown = folder.json("show", "crue-quais")
    sign = next(r for r in shown["renditions"] if r["channel"] == "signs" and r["form"] == "publish")
    assert sign["parts"][0]["text"].split() == ["QUAIS", "FERMES"]
    path.write_text(path.read_text().replace("ce matin", "midi"))
    codes = {(f["code"], f["channel"]) for f in folder.json("check", path)["findings"]}
    assert ("override_stale", "sign") in codes


def test_hostile_text_reaches_no_machine(folder: Folder):
    text = MESSAGE.format(more="").replace("Les quais sont **fermés**", f"{HOSTILE} Les quais")
    folder.approved(text=text.replace("short: Quais fermés.", "short: #panic() $x <b> &"))
    send_all(folder)
    assert folder.json("status", "crue-quais")["to_confirm"][0]["what"] == "handed_over"
    etree.fromstring((folder.path / "print/crue-quais/story.icml").read_bytes())
    page = html.parse(folder.path / "public/a/crue-quais/index.html").getroot()
    assert "#panic()" in page.text_content() and not page.findall(".//b")
