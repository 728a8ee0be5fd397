"""Reminders: numbered, in time, never in a heap, taken down with the version that they say."""

from __future__ import annotations

from broadcast import intake
from tests.newsroom import MESSAGE


def test_reminders_go_out_numbered_in_time_and_stop_at_the_end(lab):
    room = lab("x")
    text = MESSAGE.format(more="repeat_every: 1h\n").replace("2099-11-23T08:00:00", "2026-11-24T11:30:00")
    path = room.folder.message(text=text)
    app = room.app()
    reading = intake.read(app, path)
    app.close()
    room.folder.run("submit", path, "--as", "alice", env={"BROADCAST_NOW": room.now})
    assert "3 rappel(s) avant la fin" in room.folder.run("plan", "crue-quais", env={"BROADCAST_NOW": room.now}).stdout
    room.folder.run("approve", "crue-quais", "--as", "bob", "--yes", env={"BROADCAST_NOW": room.now})
    assert any(r.form.value == "repeat" for r in reading.proof.renditions)
    counts = []
    for hour in ("08:01", "08:59", "09:01", "09:30", "10:01", "11:01", "11:31", "12:30", "13:30"):
        room.now = f"2026-11-24T{hour}:00+01:00"
        room.send()
        counts.append(len(room.live("x")))
    rounds = [p.text for p in room.stands["x"].posts.values() if "Rappel n°" in p.text]
    assert [t.split("Rappel n° ")[1][0] for t in rounds] == ["1", "2", "3"]
    assert len({p.text for p in room.stands["x"].posts.values()}) == len(room.stands["x"].posts)
    assert counts[:6] == [1, 1, 2, 2, 3, 4]
    assert counts[-1] == 0  # over: everything was taken down


def test_a_planned_reminder_shows_when_it_leaves(lab):
    room = lab("mastodon")
    room.folder.message(text=MESSAGE.format(more="repeat_every: 1h\n"))
    env = {"BROADCAST_NOW": room.now}
    room.folder.run("submit", room.folder.path / "content/messages/crue-quais.md", "--as", "alice", env=env)
    room.folder.run("approve", "crue-quais", "--as", "bob", "--yes", env=env)
    room.send()
    planned = [d for d in room.folder.json("status", "crue-quais", env=env)["deliveries"] if d["form"] == "repeat"]
    assert planned
    assert all(d["at"] == d["not_before"] for d in planned)


def test_reminders_that_were_missed_are_not_said_in_a_heap(lab):
    room = lab("mastodon")
    text = MESSAGE.format(more="repeat_every: 1h\n")
    room.folder.message(text=text)
    app = room.app()
    app.close()
    env = {"BROADCAST_NOW": room.now}
    room.folder.run("submit", room.folder.path / "content/messages/crue-quais.md", "--as", "alice", env=env)
    room.folder.run("approve", "crue-quais", "--as", "bob", "--yes", env=env)
    room.send()
    room.now = "2026-11-24T13:10:00+01:00"
    room.send()
    rounds = [p.text for p in room.live("mastodon") if "Rappel n°" in p.text]
    assert [t.split("Rappel n° ")[1][0] for t in rounds] == ["5"]


def test_a_new_version_takes_the_reminders_of_the_old_one_down(lab):
    room = lab("mastodon")
    env = {"BROADCAST_NOW": room.now}
    for n, at in enumerate(("08:00", "09:10", "09:20", "10:30")):
        room.now = f"2026-11-24T{at}:00+01:00"
        env = {"BROADCAST_NOW": room.now}
        if n in (0, 2):
            text = MESSAGE.format(more="repeat_every: 1h\n").replace("ce matin", f"ce matin ({n})")
            path = room.folder.message(text=text.replace("évitez les quais", f"évitez les quais ({n})"))
            room.folder.run("submit", path, "--as", "alice", env=env)
            room.folder.run("approve", "crue-quais", "--as", "bob", "--yes", env=env)
        room.send()
    texts = [p.text for p in room.live("mastodon")]
    assert len(texts) == 2 and all("(2)" in t for t in texts), texts
