"""A copy of a file knows from which version it goes on, wherever it lies; nobody's sentence is lost by it."""

from __future__ import annotations

import pytest

from broadcast.desk.bases import OtherFolder, StaleBase
from tests.builders import a_draft
from tests.integration.dispatch_room import a_room

TEXT = "---\ntitle: Crue de la Seine : évitez les quais\n{base}---\nLes quais sont fermés.\n\nÉvitez les berges.\n"


def a_file(change: tuple[str, str] = ("", ""), *, base: str = "", **facts):
    text = TEXT.format(base=f"base: {base}\n" if base else "")
    return a_draft(source_text=text.replace(*change) if change[0] else text, base=base, **facts)


THEIRS, YOURS = ("fermés", "fermés ce soir"), ("berges", "berges et les ponts")


def test_a_copy_of_version_1_does_not_replace_version_2(rooms, url):
    room = a_room(rooms, url)
    room.submit(a_file(), path="/a/m/crue-quais.md")
    room.submit(a_file(THEIRS), path="/a/m/crue-quais.md")
    for more in ({"base": "crue-quais@1"}, {}):
        with pytest.raises(StaleBase) as refused:
            room.submit(a_file(YOURS, **more), path="/b/m/crue-quais.md", as_="carol")
        facts = refused.value.facts()
        assert "ce soir" in str(facts["theirs"]) and "les ponts" in str(facts["yours"])
        assert "ce soir" in str(facts["merged"]) and "les ponts" in str(facts["merged"])
        assert facts["base"] == (1 if more else None) and "base:" not in str(facts["yours"])


def test_what_collides_is_not_merged(rooms, url):
    room = a_room(rooms, url)
    room.submit(a_file(), path="/a/m/crue-quais.md")
    room.submit(a_file(THEIRS), path="/a/m/crue-quais.md")
    with pytest.raises(StaleBase) as refused:
        room.submit(a_file(("fermés", "ouverts"), base="crue-quais@1"), path="/b/m/crue-quais.md", as_="carol")
    assert refused.value.merged is None


def test_a_copy_of_the_latest_version_goes_on_from_anywhere(rooms, url):
    room = a_room(rooms, url)
    room.submit(a_file(), path="/a/m/crue-quais.md")
    done = room.submit(a_file(YOURS, base="crue-quais@1"), path="/b/m/crue-quais.md", as_="carol")
    assert done.revision.number == 2 and "base:" not in done.revision.draft.source_text


def test_the_line_says_more_than_the_path(rooms, url):
    """Two machines may call two copies alike."""
    room = a_room(rooms, url)
    room.submit(a_file(), path="/a/m/crue-quais.md")
    room.submit(a_file(THEIRS, base="crue-quais@1"), path="/a/m/crue-quais.md")
    with pytest.raises(StaleBase):
        room.submit(a_file(YOURS, base="crue-quais@1"), path="/a/m/crue-quais.md")


def test_the_line_is_no_change(rooms, url):
    room = a_room(rooms, url)
    room.submit(a_file(), path="/a/m/crue-quais.md")
    again = room.submit(a_file(base="crue-quais@1"), path="/b/m/crue-quais.md")
    assert not again.is_new and again.revision.number == 1


def test_an_old_text_come_back_and_one_made_anew_are_refused(rooms, url):
    room = a_room(rooms, url)
    room.submit(a_file(), path="/a/m/crue-quais.md")
    room.submit(a_file(THEIRS), path="/a/m/crue-quais.md")
    for draft in (a_file(), a_file(YOURS, base="crue-quais@0"), a_file(YOURS, base="autre@2")):
        with pytest.raises(StaleBase):
            room.submit(draft, path="/b/m/crue-quais.md")
    assert room.submit(a_file(YOURS, base="crue-quais@0"), path="/b/m/crue-quais.md", base=2).revision.number == 3


def test_another_title_in_another_folder_is_perhaps_another_message(rooms, url):
    room = a_room(rooms, url)
    room.submit(a_file(), path="/a/content/messages/crue-quais.md")
    other = a_file(YOURS, base="crue-quais@1", title="Crue de la Bièvre")
    with pytest.raises(OtherFolder) as refused:
        room.submit(other, path="/a/content/2027/crue-quais.md")
    assert "Crue de la Bièvre" in str(refused.value) and "--base 1" in str(refused.value)
    # The same folder of another checkout, or a word that this is meant, is no other message.
    assert room.submit(other, path="/b/content/messages/crue-quais.md").revision.number == 2
    assert room.submit(a_file(title="Encore"), path="/a/x/crue-quais.md", base=2).revision.number == 3
