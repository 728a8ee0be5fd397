"""Whose fault a refusal is: decided by what becomes of the others."""

from __future__ import annotations

from broadcast.dispatch.suspects import ENOUGH, FIRST, LATER, Suspects
from broadcast.errors import ChannelMisconfigured, ChannelRefused

UNCLEAR = ChannelMisconfigured("554 5.7.1 Relay access denied").or_everybodys()
PLAIN = ChannelRefused("550 5.1.1 no such user")


def refused(count: int, error=UNCLEAR, suspects: Suspects | None = None) -> Suspects:
    made = suspects or Suspects()
    for n in range(count):
        made.refuse(f"p{n}", error)
    return made


def test_once_somebody_is_accepted_those_before_were_each_their_own():
    suspects = refused(FIRST - 1)
    assert not suspects.concern_everybody
    assert [address for address, _ in suspects.accept()] == [f"p{n}" for n in range(FIRST - 1)]
    assert suspects.put_back() == []


def test_the_first_several_concern_everybody_and_are_put_back():
    assert not Suspects().wants_others and refused(FIRST).wants_others and not refused(FIRST).concern_everybody
    suspects = refused(ENOUGH)
    assert suspects.concern_everybody and f"{ENOUGH} destinataires" in str(suspects.reason())
    assert suspects.put_back() == [f"p{n}" for n in range(ENOUGH)]


def test_a_longer_row_is_needed_once_others_were_accepted():
    suspects = Suspects()
    suspects.accept()
    refused(LATER - 1, suspects=suspects)
    assert not suspects.concern_everybody
    suspects.refuse("q", UNCLEAR)
    assert suspects.concern_everybody


def test_dead_addresses_pause_only_where_nobody_at_all_is_accepted():
    assert not refused(LATER - 1, PLAIN).concern_everybody
    assert refused(LATER, PLAIN).concern_everybody
    suspects = Suspects()
    suspects.accept()
    assert not refused(LATER * 3, PLAIN, suspects).concern_everybody


def test_at_the_end_nobody_is_struck_off_without_a_comparison():
    assert refused(1).at_the_end(reached=False, tried_before=frozenset()) is None
    assert refused(1).at_the_end(reached=True, tried_before=frozenset()) is None
    assert refused(1).at_the_end(reached=True, tried_before=frozenset({"p0"})) == [("p0", UNCLEAR)]
    suspects = Suspects()
    suspects.accept()
    assert refused(1, suspects=suspects).at_the_end(reached=True, tried_before=frozenset()) == [("p0", UNCLEAR)]
