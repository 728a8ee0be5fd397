"""A letter to subscribers through a real postfix: refusals of one recipient, dead senders, a server away; nobody gets it twice."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from broadcast.shipped import shipped
from tests.newsroom import COMMAND, Folder
from tests.real.city import BODY, PATIENCE_S, PICTURE, TEXT
from tests.real.servers.postfix import REFUSED, Postfix

PEOPLE = [f"p{n}@city.test" for n in range(8)]
#: The end of a mail, after which the server has it.
DOT = rb"\r\n\.\r\n$"


class Letter:
    """A newsroom with one list."""

    def __init__(self, path: Path, server: Postfix, people: list[str]) -> None:
        self.server, self.word = server, f"n{uuid4().hex[:8]}"
        self.slug = f"crue-{self.word}"
        section = (
            f'[channels.lettre]\nkind = "email"\nhost = "127.0.0.1"\nport = {server.proxy.port}\ntls = "none"\n'
            'sender = "Ville <infos@city.test>"\nrecipients_file = "people.txt"\n'
        )
        self.folder = Folder(path, section, timeout="10s").people()
        (path / "people.txt").write_text("".join(f"{one}\n" for one in people))
        (path / "content/messages/quai.png").write_bytes(shipped("content/examples/quai.png").read_bytes())

    def approved(self, more: str = "", body: str = BODY) -> None:
        self.folder.approved(self.slug, text=TEXT.format(word=self.word, more=more, body=body))

    def got(self) -> Counter[str]:
        """Return how many mails everybody got, once the server has delivered what it took."""
        ends = time.monotonic() + PATIENCE_S
        while not self.server.is_quiet() and time.monotonic() < ends:
            time.sleep(0.1)
        return self.server.counts(self.word)

    def killed(self, request: bytes, *, passes: bool) -> None:
        gate = self.server.proxy.stop_at(request, passes=passes)
        process = subprocess.Popen([COMMAND, "--newsroom", str(self.folder.path), "send"], stdout=subprocess.DEVNULL)
        try:
            assert gate.reached.wait(PATIENCE_S)
        finally:
            process.kill()
            process.wait()
            self.server.proxy.drop()

    def status(self) -> dict:
        return self.folder.json("status", self.slug)


@pytest.fixture(scope="session")
def postfix(place: Path) -> Iterator[Postfix]:
    """A postfix."""
    (place / "postfix").mkdir()
    server = Postfix(place / "postfix")
    yield server
    server.stop()


@pytest.fixture
def letter(postfix: Postfix, tmp_path: Path) -> Letter:
    """A newsroom that writes to everybody."""
    return Letter(tmp_path / "n", postfix, PEOPLE)


def test_everybody_gets_one_mail_with_picture_and_words(letter: Letter):
    letter.approved(PICTURE)
    letter.folder.run("send", "--wait", "30")
    assert letter.got() == Counter(PEOPLE)
    mail = letter.server.mails(letter.word)[0]
    assert {part.get_content_type() for part in mail.walk()} >= {"text/plain", "text/html"}
    assert mail["message-id"] and "fermés" in mail.get_body(("plain",)).get_content()


def test_a_correction_and_an_end_go_to_those_who_got_the_first(letter: Letter):
    letter.approved()
    letter.folder.run("send", "--wait", "30")
    letter.approved(body=BODY + " Le pont aussi.")
    letter.folder.run("send", "--wait", "30")
    assert letter.got() == Counter(PEOPLE * 2)
    first, second = sorted(letter.server.mails(letter.word), key=lambda m: str(m["in-reply-to"] or ""))[:: len(PEOPLE) * 2 - 1]
    assert first["in-reply-to"] is None and second["in-reply-to"]


@pytest.mark.parametrize("refused", REFUSED)
def test_a_refusal_of_one_recipient_is_that_recipients(postfix: Postfix, tmp_path: Path, refused: str):
    letter = Letter(tmp_path / "n", postfix, [*PEOPLE[:3], refused, *PEOPLE[3:]])
    letter.approved()
    letter.folder.run("send", code=None)
    assert letter.got() == Counter(PEOPLE)
    channels = letter.folder.json("channels", "list")
    assert not any(c["paused"] for c in (channels if isinstance(channels, list) else channels["channels"]))


@pytest.mark.parametrize("passes", [False, True], ids=["before", "after"])
def test_a_sender_killed_at_a_mail_sends_nobody_two(letter: Letter, passes: bool):
    letter.approved()
    letter.killed(DOT, passes=passes)
    letter.folder.run("send", "--wait", "30", code=None)
    got = letter.got()
    assert set(got.values()) == {1} and len(got) >= len(PEOPLE) - 1
    if not passes:
        # A person looked, and that one did not get it.
        letter.folder.run("resolve", f"{letter.slug}/lettre", "--not-published", "--as", "bob")
        letter.folder.run("send", "--wait", "30")
    assert letter.got() == Counter(PEOPLE)


def test_a_server_that_is_away_is_waited_for(letter: Letter):
    letter.approved()
    letter.server.end()
    try:
        letter.folder.run("send", code=1)
        assert letter.got() == Counter()
    finally:
        letter.server.begin()
    letter.folder.run("send", "--wait", "30")
    assert letter.got() == Counter(PEOPLE)


def test_two_senders_at_once_send_nobody_two(letter: Letter):
    letter.approved()
    command = [COMMAND, "--newsroom", str(letter.folder.path), "send", "--wait", "30"]
    senders = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [s.wait() for s in senders] == [0, 0]
    assert letter.got() == Counter(PEOPLE)


def test_a_name_with_accents_is_written_as_it_is(postfix: Postfix, tmp_path: Path):
    letter = Letter(tmp_path / "n", postfix, ["zoé@city.test", "p1@city.test"])
    letter.approved()
    letter.folder.run("send", "--wait", "30")
    assert sum(letter.got().values()) == 2
