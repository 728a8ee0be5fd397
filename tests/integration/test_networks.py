"""What each network does beyond the contract, on its stand: sessions, pictures, threads, look-ups."""

from __future__ import annotations

import io
import random
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from broadcast import intake
from broadcast.app import App
from broadcast.dispatch.send import send
from broadcast.model import sha256_of
from broadcast.stands import stand_type
from tests.integration.lab import LONG, THREAD
from tests.newsroom import MESSAGE, Folder


def picture(path: Path, width: int, height: int, kind: str = "JPEG") -> None:
    image = Image.frombytes("RGB", (width, height), random.Random(2).randbytes(width * height * 3))
    exif = Image.Exif()
    exif[0x010F] = "Fabricant"
    image.save(path, kind, quality=92, exif=exif)


def test_bluesky_keeps_its_session_between_posts_and_processes(lab):
    room = lab("bluesky")
    for n in range(3):
        room.folder.approved(f"info-{n}")
        room.send()
    assert len(room.live("bluesky")) == 3
    assert room.stands["bluesky"].sessions == 1
    kept = "".join(p.read_text() for p in (room.folder.path / ".broadcast").rglob("*.json"))
    assert "stand-password" not in kept


def test_bluesky_renews_a_session_that_expired_without_the_password(lab):
    room = lab("bluesky")
    room.folder.approved("info-1")
    room.send()
    room.stands["bluesky"].generation += 1
    room.folder.approved("info-2")
    room.send()
    assert len(room.live("bluesky")) == 2
    assert room.stands["bluesky"].sessions == 1
    assert any("refreshSession" in call.path for call in room.stands["bluesky"].calls)


def test_bluesky_gets_pictures_below_its_limit_with_words_and_without_the_camera(lab):
    room = lab("bluesky", "mastodon")
    picture(room.folder.path / "content/messages/quai.jpg", 2900, 2000)
    original = (room.folder.path / "content/messages/quai.jpg").read_bytes()
    assert len(original) > 5_000_000
    room.folder.approved(more='images: [{file: quai.jpg, alt: "Le quai inondé", focus: "20% 80%"}]\n')
    room.send()
    (post,) = room.live("bluesky")
    assert post.media[0]["alt"] == "Le quai inondé"
    uploads = [c for c in room.stands["bluesky"].calls if "uploadBlob" in c.path]
    sent = Image.open(io.BytesIO(uploads[0].body))
    assert len(uploads[0].body) <= 1_000_000 and not sent.getexif() and max(sent.size) <= 2000
    (toot,) = room.live("mastodon")
    assert toot.media[0]["alt"] == "Le quai inondé"
    app = room.app()
    assert app.read_media(sha256_of(original)) == original  # the original is kept
    app.close()


@pytest.mark.parametrize("kind", ["x", "bluesky", "mastodon"])
def test_a_long_message_is_a_thread_whose_parts_each_fit_and_answer_the_one_before(lab, kind):
    room = lab(kind)
    text = THREAD if kind != "mastodon" else THREAD.replace(LONG, (LONG.strip() + " ") * 2 + "\n")
    room.folder.approved(text=text)
    room.send()
    posts = room.live(kind)
    assert len(posts) >= 2
    assert "https://www.example.org" not in "".join(p.text for p in posts[1:])
    for n, post in enumerate(posts, 1):
        assert f"({n}/{len(posts)})" in post.text
        assert post.in_reply_to == (posts[n - 2].id if n > 1 else None)
    words = " ".join(p.text for p in posts)
    assert "école des Acacias" in words and "ne passent plus" in words


@pytest.mark.parametrize("kind", ["x", "bluesky", "mastodon"])
@pytest.mark.parametrize("point", ["claim", "attempt", "answer", "receipt"])
def test_killed_between_two_parts_the_thread_goes_on_at_the_missing_one(lab, kind, point):
    room = lab(kind)
    text = THREAD if kind != "mastodon" else THREAD.replace(LONG, (LONG.strip() + " ") * 2 + "\n")
    room.folder.approved(text=text)
    app = room.app()
    seen: list[str] = []

    class Killed(BaseException):
        pass

    def die(at: str) -> None:
        seen.append(at)
        if at == point and seen.count(point) == 2:
            raise Killed

    with pytest.raises(Killed):
        send(replace(app.dispatcher(), pause=die, claimant="elsewhere/0/1/1"))
    app.close()
    for minute in range(1, 8):
        room.now = f"2026-11-24T08:{minute:02d}:00+01:00"
        room.send()
    posts = room.live(kind)
    assert [f"({n}/{len(posts)})" in p.text for n, p in enumerate(posts, 1)] == [True] * len(posts)
    assert len({p.text for p in posts}) == len(posts) >= 2
    assert all(post.in_reply_to == posts[n - 1].id for n, post in enumerate(posts) if n)


def test_a_telegram_message_too_long_for_a_caption_leaves_without_its_picture_and_says_so(lab):
    room = lab("telegram")
    picture(room.folder.path / "content/messages/quai.jpg", 300, 200)
    text = MESSAGE.format(more='images: [{file: quai.jpg, alt: "Le quai"}]\n') + LONG * 4
    path = room.folder.message(text=text)
    app = room.app()
    findings = intake.read(app, path).proof.findings
    app.close()
    assert [f.channel for f in findings if f.code == "images_left_out"] == ["telegram"]
    room.folder.approved(text=text)
    room.send()
    (post,) = room.live("telegram")
    assert len(post.text) > 1024 and post.media == []


def test_wordpress_looks_before_it_writes_again_and_files_the_article(lab):
    room = lab("wordpress", more='category = "Alertes"\n')
    room.stands["wordpress"].store_then_500()
    room.folder.approved()
    room.send()
    for minute in range(1, 6):
        room.now = f"2026-11-24T08:{minute:02d}:00+01:00"
        room.send()
    (post,) = room.live("wordpress")
    assert post.more["slug"] == "crue-quais" and post.more["status"] == "publish"
    assert "Alertes" in room.stands["wordpress"].terms["categories"].values()
    assert "Crue" in room.stands["wordpress"].terms["tags"].values()
    assert room.folder.json("status", "crue-quais")["deliveries"][0]["state"] == "delivered"


def test_wordpress_gets_no_script(lab):
    room = lab("wordpress")
    room.folder.approved(text=MESSAGE.format(more="") + '<script>alert(1)</script> <a href="javascript:alert(1)">ici</a>\n')
    room.send()
    sent = [c.fields.get("content", "") for c in room.stands["wordpress"].calls if c.fields.get("content")]
    assert sent and all("<script" not in html and "javascript:" not in html for html in sent)


def test_a_network_that_is_away_is_tried_again_later(lab):
    room = lab("bluesky")
    room.stands["bluesky"].busy(retry_after_s=30)
    room.folder.approved()
    room.send()
    assert room.live("bluesky") == []
    room.now = "2026-11-24T08:01:00+01:00"
    room.send()
    assert len(room.live("bluesky")) == 1


@pytest.mark.parametrize("kind", ["print", "copykit", "folder", "wordpress", "facebook"])
def test_the_end_is_said_wherever_a_newsroom_wants_it_said(kind, tmp_path):
    with ExitStack() as stack:
        type_ = stand_type(kind)
        section = f'[channels.lieu]\nkind = "{kind}"\n'
        if type_ is not None:
            section = Folder.network("lieu", stack.enter_context(type_()), tmp_path / "n")
        folder = Folder(tmp_path / "n", section + 'on_end = "say"\n').people()
        folder.env["BROADCAST_NOW"] = "2026-11-24T08:00:00+01:00"
        folder.approved(text=MESSAGE.format(more="").replace("2099-11-23T08:00:00", "2026-11-24T10:00:00"))
        for at in ("08:00", "10:01", "10:02"):
            folder.env["BROADCAST_NOW"] = f"2026-11-24T{at}:00+01:00"
            app = App(folder.path, folder.env)
            send(app.dispatcher())
            app.close()
            if at == "08:00" and kind in ("print", "copykit"):
                folder.run("resolve", "crue-quais/lieu", "--proof", "fait", "--as", "bob", env=folder.env)
        said = [d for d in folder.json("status", "crue-quais", env=folder.env)["deliveries"] if d["form"] == "ending"]
        assert [d["state"] for d in said] == ["handed_over" if kind in ("print", "copykit") else "delivered"], said


def test_a_kit_says_when_to_take_a_post_down_in_the_time_of_its_place(tmp_path):
    section = '[channels.lieu]\nkind = "copykit"\ntimezone = "Indian/Reunion"\n'
    folder = Folder(tmp_path / "n", section).people()
    folder.approved(text=MESSAGE.format(more="").replace("2099-11-23T08:00:00", "2099-11-23T23:00:00"))
    folder.run("send")
    kit = (folder.path / "copykit/lieu/crue-quais/kit.txt").read_text()
    assert "24/11/2099 à 02 h 00 (heure locale, Indian/Reunion)" in kit


def test_plan_says_where_a_channel_cannot_do_what_its_settings_ask(lab):
    room = lab("x", more='on_correction = "edit"\n')
    room.folder.approved()
    room.send()
    room.folder.run("submit", room.folder.message(text=MESSAGE.format(more="contact: 1\n")), "--as", "alice", env=room.folder.env)
    (row,) = room.folder.json("plan", "crue-quais", env=room.folder.env)["if_approved"]
    assert (row["action"], row["form"]) == ("publish", "correction")
    assert "on_correction = edit" in row["note"] and "nouvelle publication" in row["note"]
