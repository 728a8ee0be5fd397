"""A message file as people write it: French words, natural times, hashtags, bullets from Word."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from broadcast.checks import check_draft, check_times
from broadcast.frontmatter import MessageFileError, parse
from broadcast.model import Draft

#: A Sunday, eleven o'clock in Paris.
NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)


def read(header: str, body: str = "Texte.", now: datetime | None = NOW) -> Draft:
    return parse(f"---\ntitle: T\n{header}\n---\n{body}\n", slug="a", file="a.md", now=now)


def problems(header: str, body: str = "Texte.", now: datetime | None = NOW) -> str:
    with pytest.raises(MessageFileError) as caught:
        read(header, body, now)
    return " | ".join(f.message for f in caught.value.findings)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-12-06 18:00", "2026-12-06T17:00"),
        ("2026-12-06 8h", "2026-12-06T07:00"),
        ("2026-12-06 18:00+01:00", "2026-12-06T17:00"),
        ("6/12/2026 18h", "2026-12-06T17:00"),
        ("6/12 18 h 30", "2026-12-06T17:30"),
        ("06.12.26 18H", "2026-12-06T17:00"),
        ("1/2 8h", "2027-02-01T07:00"),
        ("demain 18h", "2026-11-30T17:00"),
        ("Demain à 18 h", "2026-11-30T17:00"),
        ("demain matin 8h", "2026-11-30T07:00"),
        ("après-demain 7h", "2026-12-01T06:00"),
        ("ce soir 20h", "2026-11-29T19:00"),
        ("cette nuit 2h", "2026-11-30T01:00"),
        ("18h", "2026-11-29T17:00"),
        ("dimanche 18h", "2026-11-29T17:00"),
        ("dimanche 9h", "2026-12-06T08:00"),
        ("jeudi 14:30", "2026-12-03T13:30"),
        ("dimanche 6 décembre à midi", "2026-12-06T11:00"),
        ("dim. 6 déc. 2026, 18h", "2026-12-06T17:00"),
        ("jusqu'au 1er décembre 8h", "2026-12-01T07:00"),
        ("1/7/2027 18h", "2027-07-01T16:00"),
        ("tomorrow 6pm", "2026-11-30T17:00"),
        ("6 December 2026 at 18:00", "2026-12-06T17:00"),
    ],
)
def test_a_time_is_read_on_the_clocks_of_the_town(written, utc):
    assert read(f"expires: {written}").expires_at == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "way_out"),
    [
        ("2026-12-06", "« 06/12/2026 23h59 » pour la fin de ce jour"),
        ("demain", "« 30/11/2026 23h59 »"),
        ("samedi 6 décembre 18h", "le 6 décembre 2026 est un dimanche"),
        ("31/02/2026 8h", "2026-11-30 18:00"),
        ("souvent", "2026-11-30 18:00"),
        ("8h", "déjà passé"),
        ("ce soir 8h", "cette heure ne va pas avec ce jour"),
        ("demain minuit", "23h59 pour sa fin"),
        ("25/10/2026 2h30", "existe deux fois"),
        ("28/03/2027 2h30", "n'existe pas ce jour-là"),
        ("2026-12-06T18:00:00", "2026-12-06T18:00:00+01:00"),
        ("9999-12-31T23:59:00+01:00", "ôtez la ligne et nommez un responsable"),
        ("0001-01-01T00:00:00+14:00", "année 1"),
    ],
)
def test_a_time_that_cannot_be_meant_says_what_to_write(written, way_out):
    assert way_out in problems(f"expires: {written}")


def test_a_day_alone_is_proposed_from_its_beginning_where_something_begins():
    assert "« 06/12/2026 0h » pour le début de ce jour" in problems("embargo_until: 2026-12-06")


def test_tomorrow_needs_a_today():
    assert "n'est pas une date et heure" in problems("expires: demain 18h", now=None)


def test_a_time_as_people_write_it_is_echoed_in_words():
    draft = read("expires: demain 18h # fin prévue\nembargo_until: 2026-11-29T18:00:00+01:00")
    (said,) = check_times(draft, "Europe/Paris")
    assert said.message == "expires : « demain 18h » se lit lundi 30 novembre 2026 à 18\u00a0h (heure de Paris)"
    assert not said.blocking
    assert said.line == 3


@pytest.mark.parametrize(
    ("header", "key", "value"),
    [
        ("kind: alerte", "kind", "alert"),
        ("kind: Fin d’alerte", "kind", "all_clear"),
        ("kind: infos pratiques", "kind", "practical"),
        ("kind: Activité", "kind", "activity"),
        ("level: grave", "level", "severe"),
        ("level: EXTREME", "level", "extreme"),
        ("level: modérée", "level", "moderate"),
        ("urgency: immédiate", "urgency", "immediate"),
        ("certainty: peu probable", "certainty", "unlikely"),
        ("category: santé", "category", "health"),
        ("response: évacuer", "response", "evacuate"),
    ],
)
def test_words_are_understood_in_french(header, key, value):
    assert getattr(read(header), key) == value


@pytest.mark.parametrize(
    ("header", "near"), [("kind: pratque", "practical"), ("kind: alertte", "alert"), ("level: gravv", "severe")]
)
def test_a_misspelt_french_word_gets_its_proposal(header, near):
    assert f"vouliez-vous dire « {near} » ?" in problems(header)


@pytest.mark.parametrize(
    "header",
    [
        "hashtags: #Crue #Issy",
        "hashtags: #Crue, #Issy   # deux",
        "hashtags: [#Crue, #Issy]",
        "hashtags: [Crue, '#Issy']",
        "hashtags: Crue, Issy",
        "hashtags:\n  - #Crue\n  - Issy",
    ],
)
def test_hashtags_are_read_as_they_are_written(header):
    assert read(header).hashtags == ("Crue", "Issy")


def test_a_hash_sign_with_words_behind_it_is_never_a_comment():
    draft = read("incident: #12\nshort: Sortie #️⃣ fermée # note")
    assert draft.incident == "#12"
    assert draft.short == "Sortie #️⃣ fermée"


def test_a_bullet_from_word_is_named_as_such():
    assert "puce copiée de Word" in problems("kind: alerte", "À faire :\n\uf0b7 fermer")


def test_a_title_without_words_is_blocked():
    draft = parse("---\ntitle: 🌊🌊\nowner: alice\n---\nTexte.\n", slug="a", file="a.md")
    found = [f for f in check_draft(draft, channels={}, now=NOW) if f.code == "title_without_words"]
    assert [f.blocking for f in found] == [True]


def test_all_blanks_are_named_at_once():
    draft = read("short: À COMPLÉTER\nowner: alice", "À COMPLÉTER : quand ?\n\nÀ COMPLÉTER : où ?")
    assert [f.line for f in check_draft(draft, channels={}, now=NOW) if f.code == "blank_left"] == [3, 6, 8]
