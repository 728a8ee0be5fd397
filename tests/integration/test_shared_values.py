"""Values that many threads share: credentials that are never said, renditions that boards keep."""

from __future__ import annotations

import threading

from broadcast import errors
from broadcast.dispatch.frozen import FrozenRenditions
from broadcast.errors import ChannelRefused, never_say, sayable
from broadcast.store import renditions


def in_threads(*work) -> list[BaseException]:
    failed: list[BaseException] = []

    def guarded(one) -> None:
        try:
            one()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_a_reason_is_said_while_other_threads_learn_credentials(monkeypatch):
    monkeypatch.setattr(errors, "_NEVER_SAID", ())
    words = " ".join(f"secret-{n:06}" for n in range(50))

    def learn(first: int) -> None:
        for number in range(first, first + 2000):
            never_say(f"secret-{number:06}")

    def say() -> None:
        for _ in range(300):
            ChannelRefused(words)

    assert in_threads(lambda: learn(0), lambda: learn(2000), say, say) == []
    assert "secret" not in sayable(words)


def test_a_credential_that_is_part_of_another_leaves_nothing_of_it(monkeypatch):
    monkeypatch.setattr(errors, "_NEVER_SAID", ())
    never_say("password")
    never_say("password-of-the-town")
    assert sayable("wrong: password-of-the-town") == "wrong: …"


def test_many_boards_read_one_store_of_renditions(monkeypatch):
    monkeypatch.setattr(renditions, "of_revisions", lambda tx, wanted, read, *, channel: {key: {"form": key} for key in wanted})
    kept = FrozenRenditions(limit=5)

    class Db:
        def read(self):
            import contextlib

            return contextlib.nullcontext()

    def read(channel: str) -> None:
        for number in range(3000):
            key = (f"m{number % 9}", 1)
            assert kept.of(Db(), bytes, channel, [key]) == {key: {"form": key}}  # type: ignore[arg-type,return-value]

    assert in_threads(*[lambda n=n: read(f"board-{n % 3}") for n in range(6)]) == []
