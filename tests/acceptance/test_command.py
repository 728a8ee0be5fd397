"""The program as a user runs it: two persons, hostile settings, faults that cost one channel only."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadcast.stands import stand_type
from tests.newsroom import COMMAND, MESSAGE, Folder

SITE = '[channels.website]\nkind = "website"\n[channels.signs]\nkind = "sign"\ncolumns = 16\nrows = 4\n'


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "n", SITE).people()


@pytest.fixture
def mastodon() -> Iterator[object]:
    type_ = stand_type("mastodon")
    assert type_ is not None
    with type_() as stand:
        yield stand


def error_of(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    return json.loads(done.stdout)["error"]


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
    folder.run("approve", "crue-quais", "--as", "bob", "--send")
    assert "Crue de la Seine" in (target / "public/index.html").read_text()
    assert (target / "print/crue-quais/crue-quais.zip").exists()
    folder.run("resolve", "crue-quais/journal", "--proof", "journal 212", "--as", "bob")
    assert folder.json("status", "crue-quais")["late"] == []
    assert folder.json("audit", "verify")["ok"] is True


def test_nobody_approves_their_own_text(folder: Folder):
    folder.run("submit", folder.message(), "--as", "carol")
    done = folder.run("approve", "crue-quais", "--as", "carol", "--json", code=1)
    assert error_of(done)["code"] == "not_allowed"
    assert folder.json("status", "crue-quais")["phase"] == "in_review"


def test_an_edit_voids_the_approval(folder: Folder):
    path = folder.message()
    folder.run("submit", path, "--as", "alice")
    folder.run("approve", "crue-quais", "--as", "bob")
    path.write_text(path.read_text().replace("ce matin", "midi"))
    assert folder.run("submit", path, "--as", "alice").stdout.strip() == "crue-quais@2"
    shown = folder.json("show", "crue-quais@2")
    assert shown["state"] == "submitted" and shown["votes"] == []
    folder.run("send")
    assert "midi" not in (folder.path / "public/a/crue-quais/index.html").read_text()


def test_saving_an_old_revision_shows_both_texts_and_loses_nothing(folder: Folder, tmp_path: Path):
    mine = folder.message()
    folder.run("submit", mine, "--as", "alice")
    other = tmp_path / "crue-quais.md"
    other.write_text(mine.read_text().replace("ce matin", "hier soir"))
    folder.run("submit", other, "--as", "carol")
    mine.write_text(mine.read_text().replace("ce matin", "midi"))
    error = error_of(folder.run("submit", mine, "--as", "alice", "--json", code=1))
    assert error["code"] == "stale_base" and "hier soir" in str(error["theirs"]) and "midi" in str(error["yours"])
    assert folder.json("status", "crue-quais")["latest"] == 2


def test_returned_and_rejected_carry_their_reason(folder: Folder):
    folder.run("submit", folder.message(), "--as", "alice")
    folder.run("return", "crue-quais", "--as", "bob", "--reason", "précisez le lieu")
    shown = folder.json("show", "crue-quais")
    assert shown["state"] == "returned" and shown["votes"][0]["reason"] == "précisez le lieu"
    folder.run("approve", "crue-quais", "--as", "bob", code=1)


def test_what_is_over_the_limit_blocks_and_says_by_how_much(tmp_path: Path, mastodon):
    folder = Folder(tmp_path / "n", Folder.network("reseau", mastodon, tmp_path / "n")).people()
    path = folder.message(text=MESSAGE.format(more="").replace("short: Quais fermés.", f"short: {'mot ' * 200}"))
    checked = folder.json("check", path, code=1)
    over = next(f for f in checked["findings"] if f["code"] == "over_limit")
    assert over["over_by"] == over["count"] - over["limit"] > 0 and over["channel"] == "reseau" and over["line"]
    folder.run("submit", path, "--as", "alice", code=1)


def test_every_problem_of_a_file_is_named_with_its_line(folder: Folder):
    path = folder.message(text="---\ntitel: x\nkind: alerte\nareas: [01004]\nexpires: 2026-01-01T10:00:00\n---\ntexte\n")
    findings = folder.json("check", path, code=1)["findings"]
    assert {(f["code"], f["line"]) for f in findings} >= {
        ("unknown_key", 2),
        ("unknown_word", 3),
        ("not_text", 4),
        ("bad_time", 5),
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: (f.path / "broadcast.toml").write_text("[newsroom\n"), "TOML"),
        (lambda f: (f.path / "broadcast.toml").unlink(), "broadcast.toml"),
        (lambda f: (f.path / "broadcast.toml").write_text('[newsroom]\nname = "V"\nbase_ulr = "x"\n'), "base_url"),
        (
            lambda f: (f.path / "broadcast.toml").write_text('[newsroom]\nname = "V"\n[channels.a]\nkind = "mastodont"\n'),
            "mastodon",
        ),
        (lambda f: (f.path / "newsroom.db").write_bytes(b"garbage" * 1000), "base de données"),
        (lambda f: (f.path / "newsroom.db").unlink(), "disparu"),
    ],
)
def test_a_broken_newsroom_is_one_clear_sentence(folder: Folder, change, words):
    folder.run("submit", folder.message(), "--as", "alice")
    for extra in ("newsroom.db-wal", "newsroom.db-shm"):
        (folder.path / extra).unlink(missing_ok=True)
    change(folder)
    done = folder.run("status", code=1)
    assert words in done.stderr and len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("damage", ["missing", "readable", "literal"])
def test_a_bad_secret_costs_its_channel_only(tmp_path: Path, mastodon, damage):
    network = Folder.network("reseau", mastodon, tmp_path / "n")
    folder = Folder(tmp_path / "n", network + SITE).people()
    folder.approved()
    secret = folder.path / "secrets" / "reseau-token"
    if damage == "missing":
        secret.unlink()
    elif damage == "readable":
        secret.chmod(0o644)
    else:
        text = (folder.path / "broadcast.toml").read_text()
        (folder.path / "broadcast.toml").write_text(text.replace('token_file = "secrets/reseau-token"', 'token = "geheim"'))
    done = folder.run("send", code=1)
    assert "geheim" not in done.stdout + done.stderr
    status = folder.json("status", "crue-quais")
    states = {d["channel"]: d["state"] for d in status["deliveries"]}
    assert states == {"reseau": "held", "website": "delivered", "signs": "delivered"}
    assert any(word in str(status["late"]) for word in ("chmod", "illisible", "secret"))


def test_a_template_with_an_error_costs_its_channel_only(folder: Folder):
    (folder.path / "templates/sign").mkdir(parents=True)
    (folder.path / "templates/sign/publish.txt").write_text("{{ m.titel }}")
    checked = folder.json("check", folder.message(), code=1)
    fault = next(f for f in checked["findings"] if f["blocking"])
    assert fault["channel"] == "signs" and "titel" in fault["message"] and checked["channels"] == ["website"]


def test_a_place_that_cannot_be_written_costs_its_channel_only(folder: Folder):
    folder.approved()
    (folder.path / "public").write_text("a file where the folder should be")
    done = folder.run("send", code=1)
    assert "public" in done.stdout
    states = {d["channel"]: d["state"] for d in folder.json("status", "crue-quais")["deliveries"]}
    assert states["signs"] == "delivered" and states["website"] == "waiting"
    (folder.path / "public").unlink()
    folder.run("send", "--wait", "5")
    assert folder.json("status", "crue-quais")["phase"] == "live"


@pytest.mark.skipif(not shutil.which("mount"), reason="mount is not installed")
def test_a_full_disk_is_a_clear_sentence_and_heals(folder: Folder, tmp_path: Path):
    public = folder.path / "public"
    public.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", public], capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        folder.approved()
        assert "disque plein" in folder.run("send", code=1).stdout
    finally:
        subprocess.run(["umount", public], check=True)
    folder.run("send", "--wait", "5")
    assert (public / "index.html").exists()


def test_a_network_that_hangs_delays_nobody_else(tmp_path: Path, mastodon):
    folder = Folder(tmp_path / "n", Folder.network("reseau", mastodon, tmp_path / "n") + SITE, timeout="1s").people()
    folder.approved()
    mastodon.hang(5, stores=True)
    folder.run("send", code=None)
    states = {d["channel"]: d["state"] for d in folder.json("status", "crue-quais")["deliveries"]}
    assert states["website"] == "delivered"
    folder.run("send", "--wait", "10")
    assert len(mastodon.live()) == 1


def test_an_altered_audit_row_is_named(folder: Folder):
    folder.approved()
    with sqlite3.connect(folder.path / "newsroom.db") as raw:
        raw.execute("UPDATE audit SET actor = 'eve' WHERE seq = 3")
    raw.close()
    verified = folder.json("audit", "verify", code=1)
    assert verified["ok"] is False and verified["bad_row"] == 3


def test_the_clock_can_be_set_for_tests_and_expiry_is_kept(folder: Folder):
    folder.run("submit", folder.message(), "--as", "alice")
    folder.run("approve", "crue-quais", "--as", "bob", "--send")
    folder.run("send", env={"BROADCAST_NOW": "2099-11-24T08:00:00+01:00"})
    status = folder.json("status", "crue-quais", env={"BROADCAST_NOW": "2099-11-24T08:00:00+01:00"})
    assert status["phase"] == "ended" and status["ended_because"] == "expired" and "BROADCAST_NOW" in str(status)
    assert "n’est plus valable" in (folder.path / "public/a/crue-quais/index.html").read_text()
    assert json.loads((folder.path / "signs/signs/playlist.json").read_text())["entries"] == []


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
    folder.run("approve", "crue-quais", "--as", "bob", "--send")
    assert "<status>Exercise</status>" in (folder.path / "public/cap/crue-quais-1.xml").read_text()


def test_wrong_use_is_exit_2(folder: Folder):
    assert folder.run("sned", code=2).stderr.count("send") >= 1


@pytest.mark.parametrize("module", ["start", "__main__"])
def test_help_imports_nothing_heavy(module: str):
    heavy = [
        "sqlmodel",
        "sqlalchemy",
        "pydantic",
        "fastapi",
        "starlette",
        "tweepy",
        "facebook",
        "requests",
        "httpx",
        "feedparser",
        "jinja2",
        "apscheduler",
        "typst",
    ]
    code = (
        f"import sys; sys.argv = ['broadcast', '--help']\nfrom broadcast.cli.{module} import main\n"
        f"try: main()\nexcept SystemExit: pass\nprint([m for m in {heavy!r} if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip().splitlines()[-1] == "[]"


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
    assert fates["ALERTE"] == (True, False) and fates["Concours"] == (False, True) and fates["Commerces"] == (False, False)
    parts = [post for post in posts["x-ville"] if post["text"].split("(")[-1].endswith("/4)") or "(1/4)" in post["text"]]
    assert [post["in_reply_to"] for post in parts] == [None, *(post["id"] for post in parts[:-1])] and len(parts) == 4
    correction, _ = [post for post in posts["x-ville"] if post["text"].startswith("Rectificatif")]
    assert correction["in_reply_to"] == posts["x-ville"][0]["id"]
    assert posts["facebook-ville"][0]["media"][0]["alt"].startswith("Le quai inondé")
    for name in ("demo.html", "public/index.html", "signs/signs/playlist.json", "print/crue-quais/proof.pdf"):
        assert (target / name).exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/x").touch()
    done = subprocess.run([COMMAND, "demo", str(tmp_path / "mine")], capture_output=True, text=True)
    assert done.returncode == 2 and (tmp_path / "mine/x").exists()


def test_an_ended_message_is_refused_unless_reopened(folder: Folder):
    path = folder.message()
    folder.run("submit", path, "--as", "alice")
    folder.run("approve", "crue-quais", "--as", "bob", "--send")
    folder.run("withdraw", "crue-quais", "--as", "bob", "--reason", "fini")
    assert "--reopen" in folder.run("submit", path, "--as", "alice", code=1).stderr
    assert folder.run("submit", path, "--as", "alice", "--reopen").stdout.strip() == "crue-quais@2"


def test_a_prepared_message_with_blanks_cannot_be_submitted(folder: Folder):
    folder.run("new", "crue", "--model", "flood")
    path = folder.path / "content/messages/crue.md"
    assert any(f["code"] == "blank_left" and f["line"] for f in folder.json("check", path, code=1)["findings"])
    path.write_text(path.read_text().replace("À COMPLÉTER", "le quai"))
    folder.run("check", path)


def test_every_prepared_message_passes_once_its_blanks_are_filled(folder: Folder):
    for name in folder.run("new", "x", "--model", "list").stdout.split():
        folder.run("new", f"essai-{name}", "--model", name)
        path = folder.path / f"content/messages/essai-{name}.md"
        path.write_text(path.read_text().replace("À COMPLÉTER", "le quai"))
    from broadcast import intake
    from broadcast.app import App

    app = App(folder.path)
    for path in sorted((folder.path / "content/messages").glob("essai-*.md")):
        assert not [f for f in intake.read(app, path).proof.findings if f.blocking], path
    app.close()


def test_a_hand_over_that_was_replaced_or_withdrawn_is_no_longer_awaited(tmp_path: Path):
    folder = Folder(tmp_path / "n", '[channels.journal]\nkind = "print"\n').people()
    path = folder.message()
    for _ in range(2):
        folder.run("submit", path, "--as", "alice")
        folder.run("approve", "crue-quais", "--as", "bob", "--send")
        path.write_text(path.read_text() + "\nEncore.\n")
    assert len(folder.json("status", "crue-quais")["late"]) == 1
    folder.run("withdraw", "crue-quais", "--as", "bob", "--reason", "fini")
    assert folder.json("status", "crue-quais")["late"] == []


def test_a_reader_that_goes_away_is_no_fault(folder: Folder):
    folder.approved()
    done = subprocess.run(
        f"{COMMAND} --newsroom {folder.path} show crue-quais | head -1", shell=True, capture_output=True, text=True
    )
    assert "erreur" not in done.stderr and "Traceback" not in done.stderr


def test_a_restored_copy_starts_stopped(folder: Folder):
    folder.approved()
    folder.run("send")
    for name in ("newsroom.db-wal", "newsroom.db-shm"):
        assert not (folder.path / name).exists() or (folder.path / name).stat().st_size == 0
    shutil.copy(folder.path / "newsroom.db", folder.path / "backup.db")
    folder.approved("autre")
    folder.run("send")
    shutil.copy(folder.path / "backup.db", folder.path / "newsroom.db")
    for name in ("newsroom.db-wal", "newsroom.db-shm"):
        (folder.path / name).unlink(missing_ok=True)
    assert folder.json("status")["stopped"] is True
    folder.approved("nouveau")
    folder.run("send", code=1)
    assert not (folder.path / "public/a/nouveau").exists()
    folder.run("resume", "--as", "bob")
    folder.run("send")
    assert (folder.path / "public/a/nouveau/index.html").exists()


@pytest.mark.parametrize(("answer", "state"), [("oui", "approved"), ("o", "approved"), ("", "submitted"), ("non", "submitted")])
def test_on_a_terminal_what_leaves_is_shown_and_asked_in_french(folder: Folder, answer, state):
    folder.run("submit", folder.message(), "--as", "alice")
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [COMMAND, "--newsroom", str(folder.path), "approve", "crue-quais", "--as", "bob"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, f"{answer}\n".encode())
    shown = b""
    with contextlib.suppress(OSError):  # the end of a terminal is an error
        while piece := os.read(ours, 65536):
            shown += piece
    os.close(ours)
    assert done.wait(timeout=60) == (0 if state == "approved" else 1)
    text = shown.decode()
    assert "Approuver l'ALERTE crue-quais@1 : 2 canaux" in text, text
    assert "[o/N]" in text and "QUAIS FERMÉS" in text
    assert folder.json("show", "crue-quais@1")["state"] == state


def test_the_second_person_reads_in_french_what_leaves_where_and_to_how_many(tmp_path: Path):
    type_ = stand_type("email")
    assert type_ is not None
    with type_() as stand:
        folder = Folder(tmp_path / "n", SITE + Folder.network("lettre", stand, tmp_path / "n")).people()
        (listed,) = type_.sample_files()
        (folder.path / listed).write_text("ada@example.org\nbea@example.org\nada@example.org\n")
        folder.run("submit", folder.message(), "--as", "alice")
        folder.run("return", "crue-quais", "--as", "bob", "--reason", "précisez")
        folder.run("show", "crue-quais", "--html", tmp_path / "page")
        page = (tmp_path / "page/index.html").read_text()
        shown = folder.run("show", "crue-quais").stdout
    assert "Alerte · Danger grave" in page and "severe" not in page
    assert re.search(r"page affichée \d+(?:,\d)? s<", page)
    for text in (page, shown):
        assert "3 canaux dès l" in text, text
        assert "lettre : 2 destinataires" in text, text
        assert "renvoyé par bob" in text and "précisez" in text
    assert "23/11/2099 08:00" in page


def test_nobody_manages_people_under_a_name_that_belongs_to_another(folder: Folder):
    folder.run("people", "add", "dora", "--role", "auditor", "--os-user", "personne-d-ici")
    error = error_of(folder.run("people", "add", "eve", "--role", "publisher", "--as", "dora", "--json", code=1))
    assert error["code"] == "not_allowed" and "personne-d-ici" in str(error["message"])
    assert "eve" not in str(folder.json("people"))


@pytest.mark.parametrize("name", ["", " alice", "a/b", "x\ny", "a" * 81])
def test_a_person_has_a_name_that_can_be_written_everywhere(folder: Folder, name):
    assert "nom de personne" in folder.run("people", "add", "--role", "editor", "--", name, code=2).stderr
