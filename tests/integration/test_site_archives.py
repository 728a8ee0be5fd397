"""The archives of the site: what stands there says what is true now, and is found without a script."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html

from tests.integration.places_folder import V2, send_all, take_back
from tests.newsroom import MESSAGE, Folder

SITE = '[channels.website]\nkind = "website"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A newsroom whose archive pages hold two messages each; six are on the site."""
    monkeypatch.setattr("channels.website.pages.PAGE", 2)
    made = Folder(tmp_path / "n", SITE).people()
    for n in range(6):
        made.approved(f"info-{n}")
        send_all(made)
    return made


def row(folder: Folder, slug: str, page: str) -> str:
    tree = html.fromstring((folder.path / f"public/archive/{page}/index.html").read_text())
    (link,) = tree.xpath(f"//ul[@class='archive-list']/li[a[contains(@href, 'a/{slug}/')]]")
    return link.text_content()


def test_a_corrected_title_is_corrected_on_its_old_archive_page(folder: Folder):
    folder.approved("info-1", text=V2)
    send_all(folder)
    assert "quais et le pont" in row(folder, "info-1", "1")


def test_a_withdrawn_message_says_so_on_its_old_archive_page(folder: Folder):
    assert "terminé" not in row(folder, "info-0", "1")
    take_back(folder, "info-0")
    assert "terminé" in row(folder, "info-0", "1") and "danger grave" not in row(folder, "info-0", "1")
    assert "terminé" not in row(folder, "info-1", "1")


def test_a_message_that_lives_again_is_live_on_its_old_archive_page(folder: Folder):
    take_back(folder, "info-2")
    assert "terminé" in row(folder, "info-2", "2")
    folder.run("submit", folder.message("info-2", text=V2), "--as", "alice", "--reopen")
    folder.run("approve", "info-2", "--as", "bob", "--yes", "--send")
    # In a process of its own pages hold twenty: there it stands on the first.
    assert "terminé" not in row(folder, "info-2", "1")


def test_pages_that_nothing_concerns_are_not_written_again(folder: Folder):
    pages = {n: folder.path / f"public/archive/{n}/index.html" for n in (1, 2, 3)}
    before = {n: path.stat().st_mtime_ns for n, path in pages.items()}
    take_back(folder, "info-0")
    after = {n: path.stat().st_mtime_ns for n, path in pages.items()}
    assert after[1] != before[1] and (after[2], after[3]) == (before[2], before[3])


def test_a_page_names_the_later_one_as_soon_as_there_is_one(folder: Folder):
    last = folder.path / "public/archive/3/index.html"
    assert "../4/index.html" not in last.read_text()
    folder.approved("info-6")
    send_all(folder)
    assert "../4/index.html" in last.read_text() and (folder.path / "public/archive/4/index.html").exists()


def test_a_message_is_found_by_its_month_and_its_kind_without_a_script(folder: Folder):
    folder.approved("marche", text=MESSAGE.format(more="").replace("kind: alert", "kind: practical"))
    send_all(folder)
    tree = html.fromstring((folder.path / "public/archive/index.html").read_text())
    links = [a.get("href") for a in tree.xpath("//main//ul[@class='choices']//a")]
    assert links == ["alertes/index.html", "infos-pratiques/index.html", "1/index.html"]
    assert "Info pratique" in row(folder, "marche", "infos-pratiques")
    (form,) = tree.xpath("//form")
    assert form.get("hidden") is not None, "without a script there is no form that does nothing"


def test_a_message_that_becomes_of_another_kind_moves(folder: Folder):
    folder.approved("info-3", text=V2.replace("kind: alert", "kind: information"))
    send_all(folder)
    assert "Information" in row(folder, "info-3", "informations")
    with pytest.raises(ValueError, match="not enough"):
        row(folder, "info-3", "alertes")


def test_what_ended_is_quiet_on_the_page_of_its_kind(folder: Folder):
    take_back(folder, "info-4")
    assert "terminé" in row(folder, "info-4", "alertes") and "danger" not in row(folder, "info-4", "alertes")


@pytest.mark.parametrize("damage", ["", "{", '{"months": {"2026-11": "x"}, "kinds": {}}', "[]"])
def test_a_lost_or_damaged_index_makes_the_site_anew(folder: Folder, damage: str):
    index = folder.path / "public/archive/index.json"
    index.write_text(damage)
    (folder.path / "public/archive/1/index.html").unlink()
    folder.approved("info-6")
    send_all(folder)
    assert "Alerte" in row(folder, "info-0", "1") and '"alert"' in index.read_text()
