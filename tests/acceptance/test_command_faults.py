"""The command and what is broken: one clear sentence, and a fault that costs one channel only."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.newsroom import SITE, Folder


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
