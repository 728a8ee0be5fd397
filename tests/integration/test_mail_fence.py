"""A list under a claim that lapses: the relay hears nothing more, and what another has written meanwhile stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from broadcast import fence
from broadcast.stands import email as stands
from broadcast.stands.email import EmailStand
from tests.integration.letters import Letters

PEOPLE = [f"{n}@abonne.example" for n in range(8)]


class Night:
    """Falls, once, when the relay has heard a command so often: the process slept before it says the next."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, verb: str, count: int, then: Callable[[], None] = lambda: None) -> None:
        self._verb, self._left, self._then = verb, count, then
        self._by_s = 0.0
        self.heard_after: list[str] = []
        plain_awake, plain_answer = fence.awake_s, stands._Session._answer
        monkeypatch.setattr(fence, "awake_s", lambda: plain_awake() + self._by_s)

        def answer(session: Any, heard: str, rest: str) -> bool:
            if self._by_s and heard not in ("QUIT", "RSET"):
                self.heard_after.append(heard)
            self._fall(heard)
            return plain_answer(session, heard, rest)

        monkeypatch.setattr(stands._Session, "_answer", answer)

    def _fall(self, heard: str) -> None:
        if heard == self._verb and self._left:
            self._left -= 1
            if not self._left:
                self._by_s = 3600.0
                self._then()


@pytest.fixture
def letters(tmp_path: Path) -> Iterator[Letters]:
    with EmailStand() as relay:
        made = Letters(tmp_path / "n", relay, "\n".join(PEOPLE), more="connections = 1\n")
        yield made
        made.close()


def ledger(letters: Letters) -> dict[str, str]:
    with letters.app.db.read() as tx:
        return dict(tx.connection.exec_driver_sql("SELECT address, state FROM recipient").fetchall())


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_under_a_lapsed_claim_the_relay_hears_nothing_more(letters: Letters, monkeypatch: pytest.MonkeyPatch, verb: str):
    letters.approved()
    night = Night(monkeypatch, verb, 1 if verb == "EHLO" else 3)
    letters.pass_()
    sent = 0 if verb == "EHLO" else 2
    assert night.heard_after == [] and len(letters.relay.live()) == sent
    states = list(ledger(letters).values())
    assert states.count("sent") == sent
    assert states.count("unknown") <= 1, "only who was being spoken of is in doubt"
    letters.pass_()
    assert sorted(letters.got) == sorted(set(letters.got)), "nobody twice"
    assert len(letters.got) == len(PEOPLE) - states.count("unknown")


def test_what_a_process_that_slept_brings_late_changes_nothing_that_another_wrote(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
):
    letters.approved()

    def another_takes_over() -> None:
        with letters.app.db.write() as tx:
            tx.connection.exec_driver_sql("UPDATE delivery SET claimed_by = 'another' WHERE state = 'claimed'")
            tx.connection.exec_driver_sql("UPDATE recipient SET state = 'sent' WHERE state IN ('sending', 'planned')")

    night = Night(monkeypatch, "RCPT", 3, another_takes_over)
    letters.pass_()
    assert night.heard_after == [] and len(letters.relay.live()) == 2
    assert set(ledger(letters).values()) == {"sent"}
