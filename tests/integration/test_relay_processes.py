"""Processes that end at the worst moment or look at once: each event is published once."""

from __future__ import annotations

import pytest

from broadcast import relay
from broadcast.relay import documents
from broadcast.sources import ItemState
from broadcast.store import entries
from tests.caps import atom, cap
from tests.feed_server import FeedServer
from tests.integration.relay_room import ANY, Room, all_messages, deeds


def test_a_process_that_ends_before_the_rules_looked_is_followed_by_another(room, monkeypatch):
    room.rule()
    room.alerts(atom(cap("c1")))

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(documents, "follow", killed)
    app = room.app()
    with pytest.raises(KeyboardInterrupt):
        relay.poll(app, ["prefecture"])
    app.close()
    monkeypatch.undo()
    assert deeds(room) == []  # nothing new at the source
    app = room.app()
    (late,) = relay.housekeep(app)
    assert late.act == "published" and relay.housekeep(app) == []
    with app.db.read() as tx:
        assert entries.due_for_rules(tx) == []
    app.close()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_two_processes_that_look_at_once_publish_once(tmp_path, database, request):
    import threading

    from broadcast.relay.follow import follow

    url = request.getfixturevalue("postgres_url") if database == "postgresql" else ""
    with FeedServer() as server:
        room = Room(tmp_path / "n", server, database=url)
        toml = room.folder.path / "broadcast.toml"
        toml.write_text(toml.read_text().replace("max_new = 5", "max_new = 50"))
        room.poll()
        room.rule(ANY)
        room.alerts(atom(*(cap(f"c{n}", event=f"Risque {n % 3}") for n in range(6))))
        app = room.app()
        relay.poll(app, ["prefecture"])  # in force already: this is the first to look
        with app.db.write() as tx:
            entries.mark_due(tx, [i.uid for i in room.items(ItemState.RELAYED)])
        app.close()
        room.alerts(atom(*(cap(f"d{n}", event=f"Danger {n}") for n in range(5))))
        apps = [room.app() for _ in range(4)]
        work = [(relay.poll, apps[0]), (relay.poll, apps[1]), (follow, apps[2]), (follow, apps[3])]
        threads = [threading.Thread(target=do, args=(app,)) for do, app in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        follow(apps[0])
        for app in apps:
            app.close()
        assert len(all_messages(room)) == 3 + 5
        assert room.folder.json("audit", "verify", env=room.folder.env)["ok"]
