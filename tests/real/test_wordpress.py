"""What only a WordPress knows: addresses, attachment pages, what its filters take away, and a database that is away."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest

from broadcast.shipped import shipped
from tests.real.city import BODY, PICTURE, City
from tests.real.servers.wordpress import WordPress


@pytest.fixture
def site(wordpress: WordPress, tmp_path: Path) -> City:
    """A newsroom that publishes on it."""
    return City(tmp_path / "n", wordpress)


def numbers(site: City) -> set[str]:
    return {slug for slug, _, _ in site.server.pictures()}


def withdraw(site: City, slug: str = "") -> str:
    return site.folder.run("withdraw", slug or site.slug, "--as", "bob", "--reason", "fini").stdout


def shown(site: City, name: str, alt: str = "Le quai") -> str:
    """Return the line that shows a picture of its own, another one each time."""
    content = shipped("content/examples/quai.png").read_bytes()
    (site.folder.path / "content/messages" / name).write_bytes(content)
    return f'images: [{{file: {name}, alt: "{alt}"}}]\n'


def test_an_article_and_a_picture_of_one_name_have_each_their_address(site: City):
    (article,) = site.published(shown(site, f"{site.slug}.png", f"Le quai {site.word}"))
    assert article.url == f"{site.server.url}/{site.slug}/"
    status, page = site.server.get(f"/{site.slug}/")
    assert status == 200 and "fermés" in page and site.status()["public"][0]["url"] == article.url


def test_a_withdrawn_article_leaves_no_file_no_page_and_no_line_in_the_media_list(site: City):
    before, files = numbers(site), set(site.server.files())
    site.published(shown(site, "quai.png", f"Le quai {site.word}"))
    (slug,) = numbers(site) - before
    new = set(site.server.files()) - files
    assert len(new) > 1, "WordPress makes sizes"
    address = f"{site.server.url}/wp-content/uploads/" + str(min(new, key=lambda p: len(p.name))).partition("/uploads/")[2]
    assert "<html" not in site.server.get(address)[1] and site.server.get(f"/{slug}/")[0] == 200
    withdraw(site)
    assert numbers(site) == before and set(site.server.files()) == files
    # PHP's own server gives a page of the site for what is no file.
    assert "<html" in site.server.get(address)[1] and site.server.get(f"/{slug}/")[0] == 404
    assert site.server.get(f"/{site.slug}/")[0] == 404


def test_a_picture_of_two_articles_goes_with_the_second(site: City):
    before, line = numbers(site), shown(site, "quai.png", f"Le quai {site.word}")
    site.published(line)
    other = f"{site.slug}-b"
    site.approved(slug=other, text=site.text(line).replace(site.word, f"{site.word}b", 1))
    site.folder.run("send")
    assert len(numbers(site) - before) == 1
    withdraw(site)
    assert len(numbers(site) - before) == 1
    (said,) = [d["reason"] for d in site.status()["deliveries"] if d["action"] == "take_down"]
    assert "un autre article la montre" in said and site.status()["phase"] == "ended"
    withdraw(site, other)
    assert numbers(site) == before


def test_a_picture_that_an_editor_shows_elsewhere_stays(site: City):
    before = numbers(site)
    site.published(shown(site, "quai.png", f"Le quai {site.word}"))
    (slug,) = numbers(site) - before
    (media,) = site.server.as_editor("GET", f"media?slug={slug}")
    body = {
        "title": "Album",
        "status": "publish",
        "content": f'<img src="{media["media_details"]["sizes"]["medium"]["source_url"]}">',
    }
    page = site.server.as_editor("POST", "pages", body)
    withdraw(site)
    assert numbers(site) - before == {slug}
    site.server.as_editor("DELETE", f"pages/{page['id']}?force=true")


@pytest.mark.parametrize("words", ["<route barrée> & <déviation>", "à 100 %cd et 5 < 6", "« &lt;b&gt; » et R&D"])
def test_alternative_text_and_title_keep_their_words(site: City, words: str):
    before, line = numbers(site), shown(site, "quai.png").replace("Le quai", f"{words} {site.word}")
    text = site.text(line).replace(" : évitez les quais", f" {words}")
    site.approved(text=text)
    site.folder.run("send")
    (alt,) = [a for s, a, _ in site.server.pictures() if s not in before]
    _, page = site.server.get(f"/{site.slug}/")
    assert unescape(alt) == f"{unescape(words) if '&lt;' not in words else words} {site.word}"
    heading = page.partition("<h1")[2].partition(">")[2].partition("</h1>")[0]
    assert unescape(heading).replace("\u202f", " ").replace("\u00a0", " ").replace("’", "'") == f"Crue {site.word} {words}"


def test_a_sender_killed_between_picture_and_article_leaves_no_picture(site: City):
    before, files = numbers(site), set(site.server.files())
    site.approved(shown(site, "quai.png", f"Le quai {site.word}"))
    site.killed(rb"^POST /wp-json/wp/v2/media HTTP", "send", passes=True)
    site.killed(site.server.creates, "send", "--wait", "30", passes=False)
    site.folder.run("send", "--wait", "30")
    assert len(numbers(site) - before) == 1 and len(site.said()) == 1
    withdraw(site)
    assert numbers(site) == before and set(site.server.files()) == files


def test_a_new_version_without_the_picture_removes_it(site: City):
    before = numbers(site)
    site.published(shown(site, "quai.png", f"Le quai {site.word}"))
    site.published(body=BODY + " Sans image.")
    assert numbers(site) == before and len(site.said()) == 1


def test_a_site_whose_database_is_away_gets_the_article_once_it_is_back(site: City):
    site.approved(PICTURE)
    site.server.stop_database()
    try:
        site.folder.run("send", code=1)
        assert site.states() in (["waiting"], ["unknown"])
    finally:
        site.server.begin_database()
    site.folder.run("send", "--wait", "60")
    assert len(site.said()) == 1 and site.states() == ["delivered"]


def test_an_author_sees_tables_and_lists_and_no_script(site: City):
    body = "| Rue | État |\n|---|---|\n| Quai | fermé |\n\n- un\n- deux\n"
    (article,) = site.published(body=body)
    assert ">fermé</td>" in article.text and "<li>deux" in article.text
