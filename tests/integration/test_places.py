"""What the site, the signs and the journal's package really hold, made from real messages."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree, html
from PIL import Image
from pypdf import PdfReader

from broadcast.app import App
from broadcast.desk.ending import withdraw
from broadcast.dispatch.send import send
from broadcast.feeds import cap
from broadcast.shipped import shipped
from channels.website import machines
from tests.newsroom import MESSAGE, Folder

PLACES = """
[channels.website]
kind = "website"
[channels.signs]
kind = "sign"
columns = 16
rows = 4
[channels.panneau-pixels]
kind = "sign"
width_px = 128
height_px = 32
charset = "ascii"
max_pages = 3
[channels.journal]
kind = "print"
[channels.dossier]
kind = "folder"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "n", PLACES).people()
    (made.path / "content/messages/quai.png").write_bytes(shipped("content/examples/quai.png").read_bytes())
    return made


def send_all(folder: Folder) -> None:
    app = App(folder.path)
    send(app.dispatcher())
    app.close()


def take_back(folder: Folder, slug: str = "crue-quais") -> None:
    app = App(folder.path)
    withdraw(app.desk, slug, as_="bob", reason="fini")
    send(app.dispatcher())
    app.close()


def tree(path: Path) -> dict[str, bytes]:
    return {str(p.relative_to(path)): p.read_bytes() for p in sorted(path.rglob("*")) if p.is_file()}


V2 = MESSAGE.format(more="").replace("ce matin", "midi").replace("évitez les quais", "évitez les quais et le pont")
IMAGE = 'images: [{file: quai.png, alt: "Le quai <inondé> & fermé", credit: "Ville"}]\n'


def test_the_page_shows_text_picture_and_history(folder: Folder):
    folder.approved(more=IMAGE)
    send_all(folder)
    folder.approved(text=V2)
    send_all(folder)
    page = html.parse(folder.path / "public/a/crue-quais/index.html").getroot()
    assert page.get("lang") == "fr" and len(page.findall(".//h1")) == 1
    text = page.text_content()
    assert "Version 2" in text and "midi" in text
    assert "".join(page.find(".//del").itertext()).strip() and "".join(page.find(".//ins").itertext()).strip()
    (data,) = page.findall(".//script")  # data for machines: nothing that runs
    assert data.get("type") == "application/ld+json"
    announced = json.loads(data.text)
    assert announced["@type"] == "SpecialAnnouncement" and announced["url"] == "https://www.example.org/a/crue-quais/"
    assert announced["datePosted"] <= announced["dateModified"] < announced["expires"]


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


def test_the_sitemap_names_every_page_and_full_files_stay_as_they_are(folder: Folder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("channels.website.pages.MAP", 3)
    for n in range(4):
        folder.approved(f"info-{n}")
        send_all(folder)
        if n == 2:
            full = (folder.path / "public/sitemap-1.xml").stat().st_mtime_ns
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    index = etree.parse(folder.path / "public/sitemap.xml").getroot()
    files = [loc.text.rpartition("/")[2] for loc in index.iter(f"{space}loc")]
    assert files == ["sitemap-1.xml", "sitemap-2.xml"]
    named = [loc.text for f in files for loc in etree.parse(folder.path / "public" / f).iter(f"{space}loc")]
    assert named == ["https://www.example.org/", *(f"https://www.example.org/a/info-{n}/" for n in range(4))]
    assert (folder.path / "public/sitemap-1.xml").stat().st_mtime_ns == full


def test_archive_pages_filled_at_once_are_all_written(folder: Folder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("channels.website.pages.PAGE", 2)
    folder.approved("info-0")
    send_all(folder)
    for n in range(1, 6):
        folder.approved(f"info-{n}")
    send_all(folder)
    for page in (1, 2, 3):
        shown = (folder.path / f"public/archive/{page}/index.html").read_text()
        assert all(f"a/info-{n}/" in shown for n in (2 * page - 2, 2 * page - 1))


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
    folder.run("approve", "crue-quais", "--as", "bob", "--send")
    assert (folder.path / "public/cap/crue-quais-2.xml").read_bytes() == cancel
    again = cap.parse((folder.path / "public/cap/crue-quais-3.xml").read_bytes())
    assert again.msg_type == "Alert" and again.references == ()


def test_what_has_ended_says_so_and_stays(folder: Folder):
    folder.approved()
    send_all(folder)
    take_back(folder)
    page = (folder.path / "public/a/crue-quais/index.html").read_text()
    assert "n’est plus valable" in page and "fermés" in page
    assert "Aucune alerte en cours" in (folder.path / "public/index.html").read_text()
    assert (folder.path / "print/crue-quais/RETIRE.txt").exists()
    assert list((folder.path / "folder").glob("*")) == []


def test_showing_again_changes_no_byte_and_a_lost_site_is_made_anew(folder: Folder):
    for n in range(23):
        folder.approved(f"message-{n}")
    send_all(folder)
    first = tree(folder.path / "public")
    assert {"archive/1/index.html", "archive/2/index.html"} <= first.keys()
    (folder.path / "public/index.html").unlink()
    folder.approved("encore")
    send_all(folder)
    again = tree(folder.path / "public")
    assert again["archive/1/index.html"] == first["archive/1/index.html"]
    assert again["a/message-3/index.html"] == first["a/message-3/index.html"]


def test_several_live_messages_stand_in_order_of_severity(folder: Folder):
    folder.approved("mineur", text=MESSAGE.format(more="").replace("severe", "minor"))
    folder.approved("extreme", text=MESSAGE.format(more="").replace("severe", "extreme"))
    folder.approved("moyen", text=MESSAGE.format(more="").replace("severe", "moderate"))
    send_all(folder)
    playlist = json.loads((folder.path / "signs/signs/playlist.json").read_text())
    slugs = list(dict.fromkeys(e["slug"] for e in playlist["entries"]))
    assert slugs == ["extreme", "moyen", "mineur"]
    assert all(e["end"].startswith("2099-11-23T08:00:00") and e["start"] for e in playlist["entries"])


def test_sign_files_match_the_panel_and_the_playlist(folder: Folder):
    folder.approved()
    send_all(folder)
    for channel, size in (("signs", (96, 40)), ("panneau-pixels", (128, 32))):
        place = folder.path / "signs" / channel
        playlist = json.loads((place / "playlist.json").read_text())
        named = {f for e in playlist["entries"] for f in e["files"]}
        assert named == {p.name for p in place.iterdir()} - {"playlist.json"}
        for name in named:
            if name.endswith(".png") and "preview" not in name:
                with Image.open(place / name) as picture:
                    assert picture.size == size
    assert "É" not in (folder.path / "signs/panneau-pixels/crue-quais-1.txt").read_text()


def test_the_package_for_the_layout_artist_is_whole(folder: Folder):
    folder.approved(more=IMAGE)
    send_all(folder)
    place = folder.path / "print/crue-quais"
    manifest = json.loads((place / "manifest.json").read_text())
    for entry in manifest["files"]:
        assert hashlib.sha256((place / entry["name"]).read_bytes()).hexdigest() == entry["sha256"]
    with zipfile.ZipFile(io.BytesIO((place / "crue-quais.zip").read_bytes())) as archive:
        assert archive.testzip() is None
        assert {"crue-quais/story.icml", "crue-quais/manifest.json", "crue-quais/quai.png"} <= set(archive.namelist())
    story = etree.fromstring((place / "story.icml").read_bytes())
    declared = {e.get("Self") for e in story.iter("ParagraphStyle", "CharacterStyle")}
    used = {e.get("AppliedParagraphStyle") for e in story.iter("ParagraphStyleRange")}
    used |= {e.get("AppliedCharacterStyle") for e in story.iter("CharacterStyleRange")}
    assert used <= declared
    page = PdfReader(place / "proof.pdf").pages[0]
    assert round(float(page.trimbox.width) / 72 * 25.4) == 210 and page.bleedbox.width > page.trimbox.width


HOSTILE = '# $ * _ @ < > [ ] { } \\ ` ~ -- = / // #let x = 1 #panic() $x^2$ </Content> ]]> &amp; "quoted" 1. un'


def test_the_proof_is_tagged_and_has_its_boxes(folder: Folder):
    folder.approved(more=IMAGE)
    send_all(folder)
    proof = PdfReader(folder.path / "print/crue-quais/proof.pdf")
    root, page = proof.trailer["/Root"], proof.pages[0]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "fr"
    found: list[tuple[str, str | None]] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif hasattr(node, "get"):
            found.append((str(node.get("/S")), node.get("/Alt")))
            walk(node.get("/K"))

    walk(root["/StructTreeRoot"])
    assert ("/H1", None) in found and ("/Figure", "Le quai <inondé> & fermé") in found
    trim, bleed, media = page.trimbox, page.bleedbox, page.mediabox
    assert round(trim.width / 72 * 25.4) == 210 and round(trim.height / 72 * 25.4) == 297
    assert media.left < bleed.left < trim.left and trim.right < bleed.right < media.right
    assert round((trim.left - bleed.left) / 72 * 25.4) == 3


def test_hostile_text_reaches_no_machine(folder: Folder):
    text = MESSAGE.format(more="").replace("Les quais sont **fermés**", f"{HOSTILE} Les quais")
    folder.approved(text=text.replace("short: Quais fermés.", "short: #panic() $x <b> &"))
    send_all(folder)
    assert folder.json("status", "crue-quais")["late"][0]["what"] == "handed_over"
    etree.fromstring((folder.path / "print/crue-quais/story.icml").read_bytes())
    page = html.parse(folder.path / "public/a/crue-quais/index.html").getroot()
    assert "#panic()" in page.text_content() and not page.findall(".//b")


def axe_script() -> str:
    path = Path(os.environ.get("AXE_CORE") or Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js")
    if not path.exists():
        pytest.skip("axe-core is not installed (npm install --no-save axe-core)")
    return path.read_text()


def test_axe_finds_nothing_on_the_site_in_a_real_browser(folder: Folder, chromium: str):
    script = axe_script()
    from playwright.sync_api import sync_playwright

    folder.approved(more=IMAGE)
    folder.approved(
        "commerces",
        text=MESSAGE.format(more="").replace("kind: alert", "kind: practical")
        + "\n| Nom | Heures |\n|---|---|\n| Boulangerie | 8 h |\n\n## Titre\n\n- un\n",
    )
    send_all(folder)
    folder.approved(text=V2)
    send_all(folder)
    take_back(folder, "commerces")
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    found: list[Any] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=flags)
        for scheme in ("light", "dark"):
            for width in (360, 1200):
                page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                for name in ("index.html", "a/crue-quais/index.html", "a/commerces/index.html", "archive/1/index.html"):
                    page.goto((folder.path / "public" / name).as_uri())
                    page.evaluate(script)
                    result = page.evaluate("() => axe.run()")
                    found += [(name, width, scheme, v["id"], v["nodes"][0]["html"]) for v in result["violations"]]
                    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
                page.close()
        browser.close()
    assert found == []


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


def test_a_newsroom_changes_a_template_in_its_own_folder(folder: Folder):
    (folder.path / "templates/folder").mkdir(parents=True)
    (folder.path / "templates/folder/publish.txt").write_text("La ville dit : {{ m.title }}")
    preview = folder.json("preview", folder.message(), "--channel", "dossier")
    assert preview["renditions"][0]["parts"][0]["text"] == "La ville dit : Crue de la Seine : évitez les quais"


def test_a_template_cannot_reach_the_program(folder: Folder):
    (folder.path / "templates/folder").mkdir(parents=True)
    for attack in (
        "{{ m.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{% for i in range(10**9) %}{% endfor %}",
        "{{ 'a' * 10**12 }}",
    ):
        (folder.path / "templates/folder/publish.txt").write_text(attack)
        findings = folder.json("check", folder.message(), code=1)["findings"]
        assert [f["channel"] for f in findings if f["blocking"]] == ["dossier"], attack


def test_plan_says_what_would_happen_to_each_place(folder: Folder):
    folder.approved()
    send_all(folder)
    folder.run("submit", folder.message(text=V2), "--as", "alice")
    plan = folder.json("plan", "crue-quais")
    actions = {r["channel"]: (r["action"], r["form"]) for r in plan["if_approved"]}
    assert actions["website"] == ("update", "publish") and actions["dossier"] == ("update", "update")
    assert {r["action"] for r in plan["if_withdrawn"]} == {"take_down"}


def test_a_faulty_frame_of_the_site_is_tried_again_once_it_is_mended(folder: Folder):
    own = folder.path / "templates/website"
    own.mkdir(parents=True)
    (own / "feed.atom").write_text("{{ rien }}")
    folder.approved()
    done = folder.run("send", code=1)
    assert "nom inconnu" in done.stdout and "feed.atom:1" in done.stdout
    (own / "feed.atom").unlink()
    folder.run("send", "--wait", "5")
    assert (folder.path / "public/feed.atom").exists()
    assert folder.json("status", "crue-quais")["phase"] == "live"
