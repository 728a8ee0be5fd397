"""Templates in the newsroom's own folder: used, mended, and never able to reach the program."""

from __future__ import annotations

from tests.newsroom import Folder


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
