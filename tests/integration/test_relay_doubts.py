"""A flawed alert is kept and put before a person with its doubts; no rule passes it unless it says so by name."""

from __future__ import annotations

import json

import pytest

from broadcast.sources import ItemState
from tests.caps import atom, cap, triple
from tests.integration.relay_room import ANY, adopt, deeds, published, update


def with_flaw(old: str, new: str, identifier: str = "c1") -> str:
    document = cap(identifier)
    assert old in document
    return document.replace(old, new, 1)


FLAWS = {
    "area": ("</area>", "<polygon>48.7,2.1 49.0,2.1 49.0,2.4 48.7,2.4</polygon></area>"),
    "level": ("<urgency>Expected</urgency>", "<urgency></urgency>"),
    "time": ("<expires>2026-11-28T06:00:00+01:00", "<expires>Sat, 28 Nov 2026 06:00:00 +0100"),
    "lineage": ("<msgType>Alert", "<msgType>Alerte"),
    "event": ("<event>Inondation</event>", ""),
    "public": ("<scope>Public</scope>", ""),
}


@pytest.mark.parametrize("aspect", FLAWS)
def test_a_rule_leaves_a_doubtful_alert_to_a_person(room, aspect):
    room.rule(ANY)
    room.alerts(atom(with_flaw(*FLAWS[aspect])))
    assert deeds(room) == []
    (item,) = [i for i in room.items(ItemState.PROPOSED) if i.feed == "prefecture"]
    assert {d.bears_on for d in item.entry.alert.doubts} == {aspect}
    folder = room.folder.path / "content/rules"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "crue.toml").write_text(ANY)
    simulated = room.folder.json("feeds", "rules", "simulate", "crue", "--since", "30d")
    assert [row["reason"][:8] for row in simulated["simulated"] if row["entry"] == item.uid] == ["doute su"]


@pytest.mark.parametrize("aspect", [a for a in FLAWS if a != "public"])
def test_a_rule_that_names_the_doubt_passes_it(room, aspect):
    room.rule(ANY + f'accept_doubts = ["{aspect}"]\n')
    room.alerts(atom(with_flaw(*FLAWS[aspect])))
    assert [act for act, _ in deeds(room)] == ["published"]


def test_no_rule_may_take_on_trust_that_an_alert_is_real():
    from broadcast.errors import ContentError
    from broadcast.rules import rule_from_toml

    with pytest.raises(ContentError, match=r"accept_doubts .* public"):
        rule_from_toml("x", ANY + 'accept_doubts = ["public"]\n')


def test_a_flaw_that_decides_nothing_is_told_and_relayed(room):
    slug = published(room, with_flaw("<instruction>", "<instruction>Montez à l'étage.</instruction><instruction>"), rule=ANY)
    assert "Montez à l’étage" in room.page_of(slug)


def test_a_cancel_with_shortened_references_is_told_and_ends_nothing_by_itself(room):
    slug = published(room)
    for n, references in enumerate(("c1", "prefet@hauts-de-seine.example,c1")):
        late = cap(f"z{n}", f"2026-11-26T08:0{n}:00+01:00", msg_type="Cancel", references=references)
        room.alerts(atom(cap("c1"), late))
        assert deeds(room) == [] and room.status(slug).ended_because is None
    assert any("a pris fin à la source" in t.message and "doute sur l'alerte d'origine" in t.message for t in room.tasks())


def test_a_cancel_without_references_under_the_same_identifier_is_told(room):
    slug = published(room)
    both = atom(cap("c1"), cap("c1", "2026-11-26T08:00:00+01:00", msg_type="Cancel"))
    head, _, tail = both.rpartition(b"urn:c1<")
    room.alerts(head + b"urn:c1-fin<" + tail)
    assert deeds(room) == [] and room.status(slug).ended_because is None
    assert any(t.kind == "source_ended" for t in room.tasks())


def test_a_cancel_whose_area_is_flawed_still_ends_what_it_names(room):
    slug = published(room)
    end = cap("z1", "2026-11-26T08:00:00+01:00", msg_type="Cancel", references=triple("c1"))
    room.alerts(atom(cap("c1"), end.replace("</area>", "<polygon>1,2 3</polygon></area>")))
    assert [act for act, _ in deeds(room)] == ["ended"] and room.status(slug).ended_because is not None


def test_the_desk_says_each_doubt_in_words(room):
    room.poll()
    room.alerts(atom(with_flaw(*FLAWS["time"]), cap("c2", expires="2026-11-26T06:00:00+01:00")))
    room.poll()
    items = {i.entry.id: i for i in room.items(ItemState.PROPOSED)}
    listed = json.loads(room.folder.run("feeds", "entries", "--json").stdout)["entries"]
    assert {row["entry_id"]: [d["field"] for d in row["doubts"]] for row in listed} == {
        "urn:c1": ["expires"],
        "urn:c2": ["expires"],
    }
    assert {"field", "wrong", "assumed", "bears_on"} == listed[0]["doubts"][0].keys()
    assert "1 doute" in room.folder.run("feeds", "entries").stdout.replace("\n", " ")
    shown = room.folder.run("feeds", "entries", items["urn:c2"].uid).stdout
    assert "à vérifier (pour les heures) : expires : l'alerte a été envoyée après sa propre fin" in shown
    adopted = adopt(room, items["urn:c1"].uid)
    assert "# À vérifier à la source : expires" in adopted.path.read_text()


def test_what_a_word_in_a_name_suggests_is_for_a_person(room):
    room.rule(ANY)
    area = "<area><areaDesc>Département 92</areaDesc><geocode><valueName>FR-INSEE-DEPARTEMENT</valueName><value>92</value></geocode></area>"
    vague = cap("c1").replace(area, "<area><areaDesc>Plaine des Hauts-de-Seine</areaDesc></area>")
    whole = cap("c2").replace(area, "<area><areaDesc>Hauts-de-Seine</areaDesc></area>")
    assert vague != cap("c1")
    room.alerts(atom(vague))
    assert deeds(room) == []
    (item,) = [i for i in room.items(ItemState.PROPOSED) if i.feed == "prefecture"]
    assert "à vérifier" in item.concern
    room.alerts(atom(whole))
    assert [act for act, _ in deeds(room)] == ["published"]


def test_the_words_of_an_update_that_is_doubted_are_not_published(room):
    slug = published(room)
    worse = update("u1", "08:00", "c1", severity="Extreme").replace("<severity>Extreme", "<severity>extrême")
    room.alerts(atom(cap("c1"), worse))
    assert deeds(room) == [] and any("doute sur le niveau" in t.message for t in room.tasks())
    assert room.status(slug).ended_because is None
