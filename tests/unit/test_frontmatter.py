"""The message file: what is read, what is refused, and how the way out is named."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.frontmatter import MessageFileError, parse, to_text
from broadcast.model import Draft, Image, Level, MessageKind, Source


def read(header: str, body: str = "Texte.") -> Draft:
    return parse(f"---\n{header}\n---\n{body}\n", slug="crue-quais", file="crue-quais.md")


def codes(header: str, body: str = "Texte.", **kwargs: str) -> dict[str, int | None]:
    with pytest.raises(MessageFileError) as caught:
        parse(f"---\n{header}\n---\n{body}\n", **({"slug": "crue-quais", "file": "f.md"} | kwargs))
    return {f.code: f.line for f in caught.value.findings}


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("title: Crue : évitez les quais", "Crue : évitez les quais"),
        ("title: Crue : évitez les quais      # au plus 140", "Crue : évitez les quais"),
        ("title: Suivez #Crue : ici", "Suivez #Crue : ici"),
        ("title: l'école {ferme} [demain] & après", "l'école {ferme} [demain] & après"),
        ('title: "Entre : guillemets"', "Entre : guillemets"),
        ("title: 2026", "2026"),
        ("title: oui, non: peut-être - ou @bob", "oui, non: peut-être - ou @bob"),
        ('title: "Plage" fermée # fermée', '"Plage" fermée'),
        ('title: "Plage" et "piscine"', '"Plage" et "piscine"'),
        ('title: "Entre" # guillemets', "Entre"),
        ("title: [EXERCICE] Crue", "[EXERCICE] Crue"),
        ("title: *Important* & !urgent", "*Important* & !urgent"),
        ("title: &amp", "&amp"),
        ("title: > 30 °C", "> 30 °C"),
        ("title: >-\n  deux\n  lignes", "deux lignes"),
        ("title: |\n  deux\n  lignes", "deux lignes"),
        ('title: "deux\\nlignes"', "deux lignes"),
        ('title: "une longue\n  ligne"', "une longue ligne"),
    ],
)
def test_a_title_is_read_to_the_end_of_its_line(line, title):
    assert read(line).title == title


def test_all_fields_are_read():
    draft = read(
        'title: T\nkind: alert\nlevel: severe\nareas: ["92040", "2A"]\nexpires: 2026-11-23T08:00:00+01:00\n'
        'hashtags: [Crue, "#Issy"]\nrepeat_every: 2h\nchannels: [website, x-ville]\n'
        'images: [{file: a.png, alt: "Le quai", credit: Ville}]\nsource: {name: Préfecture, url: "https://p.fr"}\n'
        'override: {sign: {text: "QUAIS FERMES"}}'
    )
    assert draft.kind is MessageKind.ALERT and draft.level is Level.SEVERE and draft.areas == ("92040", "2A")
    assert draft.expires_at == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert draft.hashtags == ("Crue", "Issy") and draft.repeat_every_s == 7200 and draft.channels == ("website", "x-ville")
    assert draft.images == (Image(file="a.png", alt="Le quai", credit="Ville"),)
    assert draft.source == Source(name="Préfecture", url="https://p.fr") and draft.overrides == {"sign": {"text": "QUAIS FERMES"}}


@pytest.mark.parametrize(
    ("header", "code", "line"),
    [
        ("title: T\ntitel: x", "unknown_key", 3),
        ("title: T\ntitle: U", "duplicate_key", 3),
        ("kind: alert", "title_missing", 1),
        ("title: T\nkind: alertte", "unknown_word", 3),
        ("title: T\nareas: [01004]", "not_text", 3),
        ('title: T\nareas: ["99999"]', "bad_area", 3),
        ("title: T\nexpires: 2026-11-23T08:00:00", "bad_time", 3),
        ("title: T\nexpires: demain", "bad_time", 3),
        ("title: T\nexpires: 2026-11-23", "bad_time", 3),
        ("title: T\nimages: [{file: a.png}]", "alt_missing", 3),
        ("title: T\nlink: exemple.fr", "bad_link", 3),
        ("title: T\nrepeat_every: souvent", "bad_duration", 3),
        ("title: T\nhashtags: [deux mots]", "bad_hashtag", 3),
        (f"title: {'x' * 141}", "title_too_long", 2),
        ("title: T\nkind: holding\nexpires: 2026-11-23T08:00:00Z", "next_update_missing", 3),
        ("title: T\noverride: {x: {txt: a}}", "unknown_key", 3),
        ("title: T\n\tkind: alert", "bad_yaml", 3),
        ("title: T\nincident: &a x\nends: *a", "bad_yaml", 4),
        ("title: T\nowner: a\x1bb", "bad_character", 3),
        ("title: T\nowner: a\ue000b", "bad_character", 3),
        ("title: T\nowner: a\u202eb", "bad_character", 3),
        ('title: T\nowner: "a\\u202eb"', "bad_character", 3),
        ('title: T\nowner: b\noverride: {sign: {text: "\\ue000"}}', "bad_character", 4),
        ('title: T\nareas: ["9204"]', "bad_area", 3),
        ('title: T\nareas: ["971050"]', "bad_area", 3),
        ("title: T\nembargo_until: 2026-12-01T08:00:00Z\nexpires: 2026-11-01T08:00:00Z", "bad_order", 4),
    ],
)
def test_a_problem_is_named_with_its_line(header, code, line):
    assert codes(header)[code] == line


@pytest.mark.parametrize("body", ["Un mot.\n\nPuis &#xE000;published_at&#xe001;.", "Un mot.\n\n&#8238;à l'envers"])
def test_an_entity_of_a_sign_nobody_sees_is_refused(body):
    assert codes("title: T", body) == {"bad_character": 6}


def test_other_faults_of_a_file():
    assert "bad_slug" in codes("title: T", slug="Crue Quais")
    assert "body_missing" in codes("title: T", body="")
    with pytest.raises(MessageFileError):
        parse("pas d'en-tête", slug="a", file="a.md")
    with pytest.raises(MessageFileError):
        parse("---\ntitle: T\nsans fin", slug="a", file="a.md")
    assert parse("\ufeff---\r\ntitle: T\r\n---\r\nTexte.\r\n", slug="a", file="a.md").title == "T"


_words = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cf", "Zl", "Zp")), min_size=1, max_size=60)
    .map(lambda text: unicodedata.normalize("NFC", text).strip())
    .filter(bool)
)


@given(title=_words, short=_words, instruction=_words, owner=_words, body=_words)
def test_a_written_file_reads_back_identical(title, short, instruction, owner, body):
    draft = Draft(slug="a", title=title, short=short, instruction=instruction, owner=owner, body=body, language="fr")
    again = parse(to_text(draft), slug="a", file="a.md")
    assert (again.title, again.short, again.instruction, again.owner, again.body) == (title, short, instruction, owner, body)


@pytest.mark.parametrize(
    ("header", "line", "words"),
    [
        ("title: T\nkind:\talert", 3, "tabulation"),
        ("title: T\nareas: [01004]", 3, '« 01004 » doit être un texte : mettez-le entre guillemets ("01004")'),
        ('title: "T\nkind: alert', 3, "pas fermé"),
        ("title: T\nincident: !!python/object/apply:os.system ['id']", 3, "entre guillemets"),
        ("title: T\nincident: " + "[" * 3000 + "]" * 3000, 2, "entre guillemets"),
        ("title: T\n? [a, b]\n: x", 3, "clé: valeur"),
        ("title: T\nlanguage: klingonien", 3, "code de langue"),
    ],
)
def test_what_cannot_be_read_says_what_to_do_in_french(header, line, words):
    with pytest.raises(MessageFileError) as caught:
        parse(f"---\n{header}\n---\nTexte.\n", slug="crue-quais", file="f.md")
    first = caught.value.findings[0]
    assert first.line == line and words in first.message
    assert not any(english in str(caught.value) for english in ("found", "expected", "could not", "recursion"))


@pytest.mark.parametrize("language", ["fr", "en", "pt-BR", "zh-Hant"])
def test_languages_are_written_as_the_web_does(language):
    assert read(f"title: T\nlanguage: {language}").language == language


def test_accents_that_stand_apart_from_their_letters_are_joined():
    draft = read("title: E\u0301te\u0301\nhashtags: [Fe\u0302te]", "Ac\u0327a !")
    assert (draft.title, draft.hashtags, draft.body) == ("Été", ("Fête",), "Aça !")
