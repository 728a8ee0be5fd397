"""Updates, cancels, references that have not come, and what is in force at a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from broadcast.alerts import Alert, Entry, Named, Reference
from broadcast.feeds import lineage
from broadcast.feeds.lineage import Known, KnownEntry, effective_state, entry_verdict, fold_key, identity, state_of, verdict
from tests.builders import NOON
from tests.unit.cap_alert import an_alert

HOUR = timedelta(hours=1)


def message(name: str, hours: float, kind: str = "Alert", of: tuple[Alert, ...] = (), **facts: object) -> Alert:
    return an_alert(
        identifier=name,
        sent=NOON + hours * HOUR,
        msg_type=kind,
        references=tuple(Reference(a.sender, a.identifier, a.sent) for a in of),
        **facts,
    )


FIRST = message("a.1", 0)
SECOND = message("a.2", 1, "Update", (FIRST,))
THIRD = message("a.3", 2, "Update", (SECOND, FIRST))
END = message("a.4", 3, "Cancel", (THIRD,))


def known(*alerts: Alert) -> dict[lineage.Identity, Known]:
    return {identity(a): Known(digest=lineage.alert_digest(a)) for a in alerts}


def test_what_nobody_knew_is_new_and_what_came_before_is_the_same():
    assert verdict(FIRST, {}).kind == "new"
    assert verdict(FIRST, known(FIRST)).kind == "same"


def test_the_same_identity_with_other_content_is_a_conflict():
    other = replace(FIRST, infos=(replace(FIRST.infos[0], headline="Autre"),))
    assert verdict(other, known(FIRST)).kind == "conflict"


def test_an_update_and_a_cancel_name_their_predecessors():
    found = verdict(THIRD, known(FIRST, SECOND))
    assert (found.kind, found.predecessors, found.missing) == ("update_of", (identity(SECOND), identity(FIRST)), ())
    assert verdict(END, known(THIRD)).kind == "cancel_of"
    partly = verdict(THIRD, known(SECOND))
    assert (partly.kind, partly.missing) == ("update_of", (identity(FIRST),))


def test_references_that_have_not_come_dangle_until_they_come():
    for waiting in (SECOND, END):
        assert verdict(waiting, {}).kind == "dangling"
    assert lineage.resolves([SECOND, END], FIRST) == (SECOND,)
    assert verdict(SECOND, known(FIRST)).kind == "update_of"


def test_nobody_updates_or_cancels_for_another_sender():
    stranger = replace(END, sender="autre@example.org", identifier="x")
    assert verdict(stranger, known(THIRD)).kind == "conflict"
    assert effective_state([FIRST, replace(stranger, references=END.references)], NOON + 4 * HOUR).kind == "in_force"


@pytest.mark.parametrize("kind", ["Ack", "Error"])
def test_answers_between_services_are_nothing_for_the_public(kind):
    assert verdict(message("r", 1, kind, (FIRST,)), known(FIRST)).kind == "answer"


def test_a_state_issued_again_is_the_same_or_an_update():
    again = replace(FIRST, sent=FIRST.sent + HOUR)
    here = {identity(FIRST): Known(digest="orange")}
    assert verdict(again, here, digest="orange").kind == "same"
    found = verdict(again, here, digest="red")
    assert (found.kind, found.predecessors) == ("update_of", (identity(FIRST),))
    assert verdict(replace(FIRST, sent=FIRST.sent - HOUR), here, digest="red").kind == "same"
    assert effective_state([FIRST, again], NOON + 2 * HOUR).current == (again,)


def test_an_index_cancels_by_identifier():
    bare = replace(END, identifier="a.3", references=())
    assert verdict(bare, known(THIRD)).kind == "cancel_of"
    assert verdict(replace(END, references=()), known(THIRD)).kind == "dangling"


def test_the_state_of_a_lineage_is_a_question_of_now():
    chain = [FIRST, SECOND, THIRD, END]
    times = {0: FIRST, 1: SECOND, 2: THIRD}
    assert effective_state(chain, NOON - HOUR).kind == "to_come"
    for hours, alert in times.items():
        state = effective_state(chain, NOON + hours * HOUR)
        assert (state.kind, state.current, state.infos) == ("in_force", (alert,), alert.infos)
    assert effective_state(chain, NOON + 3 * HOUR).kind == "cancelled"
    assert effective_state(list(reversed(chain)), NOON + 3 * HOUR).kind == "cancelled"
    assert [state_of(a, chain, NOON + 2 * HOUR).kind for a in chain[:3]] == ["superseded", "superseded", "in_force"]


def test_expiry_comes_at_its_second_without_any_message():
    assert effective_state([FIRST], NOON + 5 * HOUR - timedelta(seconds=1)).kind == "in_force"
    assert effective_state([FIRST], NOON + 5 * HOUR).kind == "expired"
    assert effective_state([FIRST, SECOND], NOON + 5 * HOUR).kind == "expired"


def test_each_info_is_in_force_for_itself():
    info = FIRST.infos[0]
    later = replace(info, effective=NOON + 2 * HOUR, expires=NOON + 9 * HOUR)
    green = replace(info, parameters=(Named("awareness_level", "1; green; Minor"),))
    alert = replace(FIRST, infos=(info, later, green))
    assert lineage.infos_in_force(alert, NOON + HOUR) == (info,)
    assert lineage.infos_in_force(alert, NOON + 3 * HOUR) == (info, later)
    assert effective_state([alert], NOON + 6 * HOUR).infos == (later,)
    assert effective_state([replace(FIRST, infos=(later,))], NOON + HOUR).kind == "to_come"
    assert effective_state([replace(FIRST, infos=(green,))], NOON + HOUR).kind == "expired"


def test_a_loop_of_references_ends_nothing():
    one = message("l.1", 0)
    two = message("l.2", 0, "Update", (one,))
    looped = replace(two, identifier="l.1", references=(Reference(two.sender, "l.2", two.sent),))
    assert effective_state([looped, two], NOON + HOUR).kind == "in_force"


def test_a_message_from_the_future_is_noticed():
    assert lineage.is_from_the_future(SECOND, NOON)
    assert not lineage.is_from_the_future(SECOND, NOON + HOUR - timedelta(minutes=5))


def entry(**facts: object) -> Entry:
    values = {"id": "1", "title": "Couvre-feu", "link": "https://www.e.org/a/?utm_source=rss", "published": NOON}
    return Entry(**(values | facts))


def test_entries_are_new_same_changed_or_duplicate():
    first = entry()
    here = {"1": KnownEntry(digest=first.digest)}
    assert entry_verdict(first, {}) == "new"
    assert entry_verdict(first, here) == "same"
    assert entry_verdict(entry(title="Couvre-feu levé"), here) == "changed"
    again = entry(id="2", link="http://e.org/a#x", title="COUVRE FEU !", published=NOON + 2 * HOUR)
    assert entry_verdict(again, here, {fold_key(first)}) == "duplicate"
    tomorrow = entry(id="3", published=NOON + 24 * HOUR)
    assert entry_verdict(tomorrow, here, {fold_key(first)}) == "new"
    assert entry_verdict(entry(id="4", title="Levée"), here, {fold_key(first)}) == "new"


def test_items_without_link_and_time_are_never_folded():
    bare = Entry(id="a", title="Info")
    assert fold_key(bare) == ""
    assert entry_verdict(bare, {}, {""}) == "new"
