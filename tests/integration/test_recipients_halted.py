"""A suspicion that an answer under way lifts: the list goes on, and the loop that feeds it ends."""

from __future__ import annotations

import threading

import pytest

from broadcast.model import DeliveryState
from broadcast.stands.email import EmailStand
from tests.integration.letters import Letters, people


@pytest.fixture
def relay():
    with EmailStand() as running:
        yield running


@pytest.mark.parametrize("bad", [8, 9, 12, 20])
def test_an_acceptance_that_comes_after_the_suspicion_lets_the_list_go_on(bad: int, relay: EmailStand, tmp_path):
    """The last of the list is accepted, slowly: the refusals of the first ones come in before."""
    letters = Letters(tmp_path / "n", relay, people(40), more="connections = 4\n")
    relay.refuses = {f"p{n}@abonne.example": (554, "5.7.1 Relay access denied") for n in range(bad)}
    take, slow = relay.take, threading.Event()

    def taking(recipients: list[str], data: bytes) -> None:
        if not slow.is_set():
            slow.set()
            threading.Event().wait(0.5)
        take(recipients, data)

    relay.take = taking  # type: ignore[method-assign]
    letters.approved()
    letters.pass_()
    for _ in range(3):
        if letters.deliveries()[0].state is DeliveryState.WAITING:
            letters.pass_()
    (delivery,) = letters.deliveries()
    letters.close()
    assert delivery.state is DeliveryState.DELIVERED, delivery.reason
    assert len(letters.got) == 40 - bad and letters.twice == []
