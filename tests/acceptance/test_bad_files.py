"""Files that are no messages: `check` answers with findings that name the line of the file, or one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.newsroom import MESSAGE, Folder

SITE = '[channels.website]\nkind = "website"\n[channels.signs]\nkind = "sign"\ncolumns = 16\nrows = 4\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder(tmp_path_factory.mktemp("bad") / "n", SITE).people()


@pytest.mark.parametrize(
    ("more", "body", "line", "words"),
    [
        ("images: [{file: nulle-part.png, alt: Le quai}]\n", "", 9, "absent"),
        ("images: [{file: crue-quais.md, alt: Le quai}]\n", "", 9, "image lisible"),
        ("", "ligne\n" * 6000, 5010, "5000 lignes"),
        ("", "a\n\n" + ">" * 40 + " x\n", 14, "imbriqué"),
    ],
)
def test_what_stops_the_reading_is_a_finding_in_the_line_of_the_file(folder: Folder, more, body, line, words):
    path = folder.message(text=MESSAGE.format(more=more) + "\n" + body)
    report = folder.json("check", path, code=1)
    assert report["blocking"] == 1
    found = report["findings"][0]
    assert (found["file"], found["line"], found["blocking"]) == (str(path), line, True) and words in found["message"]
    assert f":{line} " in folder.run("check", path, code=1).stdout


@pytest.mark.parametrize(
    ("place", "words"),
    [("/dev/zero", "pas un fichier ordinaire"), ("/nulle/part.md", "absent"), ("/tmp", "dossier"), ("latin.md", "UTF-8")],
)
def test_what_is_no_text_file_is_one_sentence(folder: Folder, place, words):
    (folder.path / "latin.md").write_bytes("---\ntitle: été\n---\n".encode("latin-1"))
    done = folder.run("check", Path(place), code=1)
    assert words in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_what_a_sign_cannot_show_names_the_sign_and_the_way_out(folder: Folder):
    path = folder.message(text=MESSAGE.format(more="").replace("short: Quais", "short: 🌊 Quais"))
    found = [f for f in folder.json("check", path, code=1)["findings"] if f["blocking"]]
    assert [(f["code"], f["channel"], f["line"]) for f in found] == [("sign_character", "signs", 3)]
    assert "🌊" in found[0]["message"] and "override.sign.text" in found[0]["message"]


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
        ("{{ m.titel }}", "nom inconnu : 'titel'"),
        ("{{ titel }}", "nom inconnu : 'titel'"),
        ("{% for %}", "faute d'écriture"),
        ("{{ ''.__class__ }}", "interdit"),
    ],
)
def test_a_template_may_fail_in_any_way_and_costs_its_channel_only(folder: Folder, template, words):
    own = folder.path / "templates" / "sign"
    own.mkdir(parents=True, exist_ok=True)
    (own / "publish.txt").write_text(template)
    try:
        report = folder.json("check", folder.message(), code=1)
    finally:
        (own / "publish.txt").unlink()
    assert report["channels"] == ["website"]
    found = next(f for f in report["findings"] if f["blocking"])
    assert found["channel"] == "signs" and found["line"] == 1 and words in found["message"]
