"""What `init` and `demo` make: an example that can be published, an exercise, a demonstration."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.newsroom import COMMAND, Folder


def test_from_nothing_to_a_published_alert(tmp_path: Path):
    target = tmp_path / "ville"
    subprocess.run([COMMAND, "init", str(target), "--example"], check=True, capture_output=True)
    folder = Folder.__new__(Folder)
    folder.path = target
    file = target / "content/messages/crue-quais.md"
    checked = folder.json("check", file)
    assert checked["blocking"] == 0 and set(checked["channels"]) == {"website", "signs", "journal"}
    assert folder.run("submit", file, "--as", "alice").stdout.strip() == "crue-quais@1"
    assert folder.run("submit", file, "--as", "alice").stdout.strip() == "crue-quais@1"
    page = folder.run("show", "crue-quais@1", "--html", tmp_path / "relecture").stdout
    assert "index.html" in page and (tmp_path / "relecture/signs-publish-crue-quais-1-preview.png").exists()
    folder.run("approve", "crue-quais", "--as", "bob", "--yes", "--send")
    assert "Crue de la Seine" in (target / "public/index.html").read_text()
    assert (target / "print/crue-quais/crue-quais.zip").exists()
    folder.run("resolve", "crue-quais/journal", "--proof", "journal 212", "--as", "bob")
    assert folder.json("status", "crue-quais")["late"] == []
    assert folder.json("audit", "verify")["ok"] is True


def test_an_exercise_says_so_everywhere(tmp_path: Path):
    subprocess.run([COMMAND, "init", str(tmp_path / "e"), "--example", "--exercise"], check=True, capture_output=True)
    folder = Folder.__new__(Folder)
    folder.path = tmp_path / "e"
    signs = '\n[channels.petit]\nkind = "sign"\ncolumns = 12\nrows = 3\nmax_pages = 9\n'
    settings = folder.path / "broadcast.toml"
    settings.write_text(settings.read_text() + signs)
    counts = []
    for path in sorted((folder.path / "content/messages").glob("*.md")):
        folder.run("submit", path, "--as", "alice")
        for rendition in folder.json("show", path.stem)["renditions"]:
            counts.append(len(rendition["parts"]))
            for part in rendition["parts"]:
                assert "EXERCICE" in part["text"] + part["html"], (rendition["channel"], rendition["form"], part)
    assert max(counts) > 1, "nothing had several posts or pages"
    folder.run("approve", "crue-quais", "--as", "bob", "--yes", "--send")
    assert "<status>Exercise</status>" in (folder.path / "public/cap/crue-quais-1.xml").read_text()


def test_the_demo_shows_everything_and_starts_afresh(tmp_path: Path):
    target = tmp_path / "demo"
    (tmp_path / "link").symlink_to(target)
    for name in ("demo", "link"):
        done = subprocess.run([COMMAND, "demo", str(tmp_path / name)], check=True, capture_output=True, text=True, timeout=120)
    table = dict(line.rsplit("\t", 1) for line in done.stdout.splitlines() if line.count("\t") == 3)
    words = {tuple(row.split("\t")[:2]): row.split("\t")[2] for row in table}
    assert (
        len(words) == 77
        and words["x-ville", "crue-quais"] == "rectifié"
        and words["x-ville", "point-situation"] == "publié, fil de 4"
    )
    assert words["website", "crue-quais"] == "mis à jour" and words["mastodon-ville", "concours-dessin"] == "retiré"
    assert "remis" in words["journal", "crue-quais"]
    assert "delivered" not in done.stdout and "take_down" not in done.stdout
    posts = {
        name: [json.loads(line) for line in (target / f"recorded/{name}.jsonl").read_text().splitlines()]
        for name in ("x-ville", "facebook-ville", "mastodon-ville")
    }
    assert words["x-ville", "numero-vert"] == "publié"  # adopted by hand
    (heat,) = {slug for _, slug in words if slug.startswith("meteo-france-vigilance")}  # followed by a rule to its end
    assert words["mastodon-ville", heat] == "retiré" and words["mastodon-ville", f"fin-{heat}"] == "publié"
    assert words["lettre", heat] == "rectifié" and words["lettre", f"fin-{heat}"] == "publié"
    assert "repris par une personne" in (target / "demo.html").read_text()
    fates = {post["text"].split()[0]: (post["edited"], post["deleted"]) for post in reversed(posts["mastodon-ville"])}
    assert fates["Mise"] == (True, False) and fates["Concours"] == (False, True) and fates["Commerces"] == (False, False)
    parts = [post for post in posts["x-ville"] if post["text"].split("(")[-1].endswith("/4)") or "(1/4)" in post["text"]]
    assert [post["in_reply_to"] for post in parts] == [None, *(post["id"] for post in parts[:-1])] and len(parts) == 4
    (correction,) = [post for post in posts["x-ville"] if post["text"].startswith("Mise à jour – ALERTE – ")]
    assert correction["in_reply_to"] == posts["x-ville"][0]["id"]
    assert posts["facebook-ville"][0]["media"][0]["alt"].startswith("Le quai inondé")
    for name in ("demo.html", "public/index.html", "signs/signs/playlist.json", "print/crue-quais/proof.pdf"):
        assert (target / name).exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/x").touch()
    done = subprocess.run([COMMAND, "demo", str(tmp_path / "mine")], capture_output=True, text=True)
    assert done.returncode == 2 and (tmp_path / "mine/x").exists()
