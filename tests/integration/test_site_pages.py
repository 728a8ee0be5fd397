"""What a resident finds on the site: what to do first, whom to call, levels by word and shape, everything without a script."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from broadcast.shipped import shipped
from tests.integration.places_folder import IMAGE, V2, send_all, take_back
from tests.integration.test_places_site import axe_script
from tests.newsroom import MESSAGE, Folder

TOWN = """[channels.website]
kind = "website"
phone = "01 41 23 80 00"
mail = "mairie@ville.example"
subscribe_url = "https://www.example.org/lettre"
follow = ["https://mastodon.example/@ville"]
publisher = "La maire"
hosting = "Hébergeur, 1 rue du Port, 59000 Lille, 03 20 00 00 00"
data_contact = "dpo@ville.example"
emergency_numbers = ["01 40 05 48 48 : centre antipoison"]
"""
TABLE = "\n| Commerce | Horaires | Livraison |\n|---|---|---|\n| Boulangerie | 8 h – 20 h | 01 41 23 80 11 |\n| Primeur | 9 h | non |\n"
STANDING = ("urgences", "abonnement", "mentions-legales", "accessibilite", "archive", "archive/1", "archive/alertes")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with alerts of every level, two versions, a table, what has ended, and two other languages."""
    folder = Folder(tmp_path_factory.mktemp("site") / "n", TOWN).people()
    (folder.path / "content/messages/quai.png").write_bytes(shipped("content/examples/quai.png").read_bytes())
    folder.approved(more=IMAGE + 'contact: "Mairie 01 41 23 80 00, info@ville.example"\n')
    for level in ("extreme", "moderate", "minor"):
        folder.approved(level, text=MESSAGE.format(more="").replace("severe", level))
    folder.approved("commerces", text=MESSAGE.format(more="").replace("kind: alert", "kind: practical") + TABLE)
    english = MESSAGE.format(more="language: en\n").replace("Ne descendez pas sur les berges.", "Stay away from the river.")
    folder.approved("english", text=english)
    folder.approved("arabe", text=MESSAGE.format(more="language: ar\n").replace("kind: alert", "kind: practical"))
    folder.approved("fini")
    send_all(folder)
    folder.approved(text=V2, more=IMAGE)
    send_all(folder)
    take_back(folder, "fini")
    return folder.path / "public"


def page(site: Path, name: str) -> Any:
    return html.fromstring((site / name / "index.html").read_text())


def said(element: Any) -> str:
    return " ".join(element.text_content().replace("\u202f", " ").replace("\xa0", " ").split())


def test_an_alert_says_what_to_do_before_anything_but_title_and_date(site: Path):
    words = said(page(site, "a/extreme").find(".//main"))
    order = [words.index(w) for w in ("Alerte danger extrême", "Crue de la Seine", "Publié", "Que faire ?", "Les quais sont")]
    assert order == sorted(order)
    (alert,) = page(site, "a/crue-quais").xpath("//article")
    pieces = [e.tag for e in alert.iter() if e.tag in ("h1", "img", "details") or e.get("class") == "do"]
    assert pieces[:2] == ["h1", "section"] and pieces.index("section") < pieces.index("details")


def test_the_picture_of_an_alert_stands_below_what_to_do(tmp_path: Path):
    folder = Folder(tmp_path / "n", TOWN).people()
    (folder.path / "content/messages/quai.png").write_bytes(shipped("content/examples/quai.png").read_bytes())
    folder.approved(more=IMAGE)
    send_all(folder)
    whole = (folder.path / "public/a/crue-quais/index.html").read_text()
    assert whole.index('class="do"') < whole.index("<figure>")


def test_dates_stand_on_one_short_line_and_in_full_in_the_details(site: Path):
    tree = page(site, "a/crue-quais")
    (line,) = tree.xpath("//p[@class='dates']")
    assert len(said(line)) < 40 and line.find("time").get("datetime")[10] == "T"
    assert tree.xpath("//article//time[not(ancestor::details)]") == line.findall("time")
    assert "Première publication" in said(tree.xpath("//details[@class='facts']")[0])
    assert len(page(site, ".").xpath("(//article)[1]//time")) == 1


@pytest.mark.parametrize("level", ["extreme", "severe", "moderate", "minor"])
def test_each_level_has_its_word_and_its_shape(site: Path, level: str):
    slug = "crue-quais" if level == "severe" else level
    (badge,) = page(site, f"a/{slug}").xpath("//article/p[contains(@class, 'badge')]")
    words = {"extreme": "danger extrême", "severe": "danger grave", "moderate": "danger modéré", "minor": "danger faible"}
    assert words[level] in said(badge) and level in badge.get("class")
    shapes = {
        n: (site / f"a/{n}/index.html").read_text().split("<svg")[1].split("</svg>")[0]
        for n in ("extreme", "moderate", "minor", "crue-quais")
    }
    assert len(set(shapes.values())) == 4


def test_what_is_over_is_quiet_everywhere(site: Path):
    for name in ("a/fini", ".", "archive/1", "archive/alertes"):
        (badge,) = page(site, name).xpath(
            "//*[self::article or self::li][.//a[contains(@href, 'a/fini/')]]//p[contains(@class, 'badge')]"
            if name != "a/fini"
            else "//article/p[contains(@class, 'badge')]"
        )
        assert "terminé" in said(badge).lower() and "danger" not in said(badge), name
        assert "alert" not in badge.get("class"), name
    tree = page(site, "a/fini")
    assert tree.xpath("//details[@class='former']//section[@class='do']"), "its orders are folded away"
    assert not tree.xpath("//section[@class='do'][not(ancestor::details)]")
    assert not tree.xpath("//nav[@class='share']")


def test_numbers_and_addresses_are_links_that_a_phone_opens(site: Path):
    links = {a.get("href") for a in page(site, "a/commerces").iter("a")}
    assert "tel:+33141238011" in links
    assert {"tel:112", "tel:15", "tel:17", "tel:18", "sms:114"} <= links
    numbers = {a.get("href") for a in page(site, "urgences").iter("a")}
    assert {"tel:3919", "tel:119", "tel:115", "tel:3114", "tel:+33140054848", "tel:+33141238000"} <= numbers
    assert "mailto:mairie@ville.example" in {a.get("href") for a in page(site, "mentions-legales").iter("a")}


def test_a_cell_names_its_column_for_a_narrow_screen(site: Path):
    cells = page(site, "a/commerces").xpath("//td")
    assert [c.get("data-label") for c in cells[:3]] == ["Commerce", "Horaires", "Livraison"]
    assert {c.get("role") for c in cells} == {"cell"}


def test_a_shared_link_shows_what_to_do_and_no_page_loads_anything_from_elsewhere(site: Path):
    tree = page(site, "a/extreme")
    meta = {m.get("property") or m.get("name"): m.get("content") for m in tree.iter("meta")}
    assert meta["og:title"].startswith("Crue de la Seine") and meta["og:url"] == "https://www.example.org/a/extreme/"
    assert meta["og:description"].startswith("Ne descendez pas") and meta["twitter:card"] == "summary"
    for path in site.rglob("index.html"):
        whole = html.fromstring(path.read_text())
        loaded = [e.get("src") for e in whole.iter("img", "script", "iframe") if e.get("src")]
        loaded += [e.get("href") for e in whole.iter("link") if e.get("rel") in ("stylesheet", "icon")]
        assert not [address for address in loaded if "//" in address], path
        assert (path.parent / whole.xpath("//link[@rel='icon']")[0].get("href")).exists()
        assert "default-src 'none'" in path.read_text()


def test_links_of_the_site_lead_somewhere(site: Path):
    for path in site.rglob("index.html"):
        for a in html.fromstring(path.read_text()).iter("a"):
            address = a.get("href")
            if ":" not in address and not address.startswith("#"):
                assert (path.parent / address).exists(), (path, address)


def test_a_message_in_another_language_says_so_and_is_offered_on_the_front_page(site: Path):
    english, arabic = page(site, "a/english"), page(site, "a/arabe")
    assert english.get("lang") == "en" and "What to do" in said(english) and "Que faire" not in said(english.find(".//main"))
    body = arabic.xpath("//div[@class='body']")[0]
    assert (body.get("lang"), body.get("dir")) == ("ar", "rtl") and arabic.get("lang") == "fr"
    others = page(site, ".").xpath("//nav[@class='others']//li")
    assert {li.get("lang") for li in others} == {"en", "ar"} and {li.get("dir") for li in others} == {"ltr", "rtl"}


def test_axe_finds_nothing_on_any_kind_of_page(site: Path, chromium: str):
    from playwright.sync_api import sync_playwright

    script = axe_script()
    names = [
        ".",
        "a/extreme",
        "a/moderate",
        "a/minor",
        "a/crue-quais",
        "a/commerces",
        "a/english",
        "a/arabe",
        "a/fini",
        *STANDING,
    ]
    found: list[Any] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for scheme, width in (("light", 360), ("dark", 360), ("light", 1280), ("dark", 768), ("light", 320)):
            view = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            for name in names:
                view.goto((site / name / "index.html").as_uri())
                view.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
                view.evaluate(script)
                result = view.evaluate("() => axe.run()")
                found += [(name, width, scheme, v["id"], v["nodes"][0]["html"]) for v in result["violations"]]
                # 320 is also what 200 % of a 640 pixel window leaves.
                assert view.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
            view.close()
        browser.close()
    assert found == []


def test_a_keyboard_meets_the_way_to_the_content_first_and_headings_leave_no_level_out(site: Path):
    for name in (".", "a/extreme", "a/commerces", "a/fini", *STANDING):
        tree = page(site, name)
        assert tree.find(".//body").find("a").get("href") == "#contenu"
        assert [len(list(tree.iter(tag))) for tag in ("main", "h1", "header", "footer")] == [1, 1, 1, 1], name
        levels = [int(e.tag[1]) for e in tree.iter("h1", "h2", "h3", "h4")]
        assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False)), (name, levels)


def test_the_search_finds_a_word_with_its_script_and_nothing_else_is_asked(site: Path, chromium: str):
    import functools
    import http.server
    import threading

    from playwright.sync_api import sync_playwright

    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(site))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as play:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        view = browser.new_page()
        view.goto(f"http://127.0.0.1:{server.server_port}/archive/")
        view.fill("#mots", "quais FERMES")
        view.press("#mots", "Enter")
        view.wait_for_selector(".results li")
        assert view.locator(".results li").count() == 8
        view.locator(".results a[href*='extreme']").click()
        view.wait_for_selector("h1")
        assert "Crue de la Seine" in view.locator("h1").inner_text() and "/a/extreme/" in view.url
        browser.close()
        server.shutdown()


def test_the_briefing_tells_live_alerts_first_whatever_came_after_them(tmp_path: Path):
    folder = Folder(tmp_path / "n", TOWN).people()
    folder.approved("grave")
    folder.approved("extreme", text=MESSAGE.format(more="").replace("severe", "extreme"))
    send_all(folder)
    for n in range(6):
        folder.approved(
            f"stade-{n}", text=MESSAGE.format(more="").replace("kind: alert", "kind: practical").replace("severe", "minor")
        )
        send_all(folder)
    briefing = json.loads((folder.path / "public/flash-briefing.json").read_text())
    assert [i["redirectionUrl"].split("/")[-2] for i in briefing] == ["extreme", "grave", "stade-5", "stade-4", "stade-3"]
