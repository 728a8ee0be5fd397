"""What a source says reaches a subscriber's mail as text, even where a rule publishes it without anybody looking."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import compat32
from pathlib import Path

import pytest

from broadcast.stands.email import EmailStand
from tests.caps import atom, cap
from tests.contract.test_mail_headers import KNOWN, literal
from tests.feed_server import FeedServer
from tests.integration.relay_room import RULE, Room
from tests.newsroom import Folder


@pytest.mark.parametrize(
    "title",
    [
        "Crue =?utf-8?q?=0D=0ABcc:_voleur@ailleurs.example=0D=0A=0D=0Acorps?=",
        "=?utf-8?b?Q3J1ZQ0KQmNjOiB2b2xldXJAYWlsbGV1cnMuZXhhbXBsZQ==?= Seine",
        "Crue&#13;&#10;Bcc: voleur@ailleurs.example",
    ],
)
def test_the_title_of_a_source_begins_no_header(title: str, tmp_path: Path):
    with FeedServer() as server, EmailStand() as relay:
        room = Room(tmp_path / "n", server)
        settings = room.folder.path / "broadcast.toml"
        settings.write_text(settings.read_text() + Folder.network("newsletter", relay, room.folder.path))
        room.poll()
        room.rule(RULE.replace('"kit"]', '"kit", "newsletter"]'))
        room.alerts(atom(cap("c1", headline=title)))
        room.poll("prefecture")
        room.send()
        (post,) = relay.live()
        head = message_from_bytes(post.more["raw"], policy=compat32).items()
        assert {name.lower() for name, _ in head} <= KNOWN
        assert post.more["to"] == ["ada@example.org"]
        shown = literal(dict(head)["Subject"]).replace("\xa0", " ").replace(" :", ":")
        assert title.replace("&#13;&#10;", " ") in shown
