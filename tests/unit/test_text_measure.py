"""What a text costs in each unit: the traps of French, of addresses and of hostile input."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcast.errors import BroadcastError
from broadcast.text import UNITS, measure, not_gsm7, transliterate_gsm7
from broadcast.text.urls import find_urls


@pytest.mark.parametrize("char", ["…", "€", "\u202f", "→", "•", "中", "‰"])
def test_a_heavy_character_weighs_two_on_x(char: str):
    assert measure(char, "x") == 2


@pytest.mark.parametrize("char", ["’", "“", "”", "–", "—", "«", "»", "œ", "é", "ç", "\u00a0", "′", "e\u0301"])
def test_a_light_character_weighs_one_on_x(char: str):
    assert measure(char, "x") == 1


@pytest.mark.parametrize("emoji", ["👍🏽", "👨‍👩‍👧‍👦", "🇫🇷", "1️⃣", "❤️‍🔥", "☺️", "☎", "©️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏳️‍🌈"])
def test_an_emoji_sequence_weighs_two_on_x(emoji: str):
    assert measure(emoji, "x") == 2
    assert measure(f"Crue{emoji}!", "x") == 7


def test_a_plain_copyright_sign_and_digit_weigh_one_on_x():
    assert measure("© 1 ®", "x") == 5


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("Voir mairie.fr.", ["mairie.fr"]),
        ("voir «https://mairie.fr/crue», vite", ["https://mairie.fr/crue"]),
        ("https://例え.中国/路", ["https://例え.中国/"]),
        ("demain.Nous irons", []),
        ("jean@mairie.fr", []),
        ("jean.dupont@mairie.fr et @mairie.fr", []),
        ("prix de 3.50 et v1.2.3", []),
        ("https://t.co/abc?amp=1", ["https://t.co/abc?amp=1"]),
        ("https://t.co/abc/def", ["https://t.co/abc"]),
        ("https://t.co/" + "a" * 41, []),
        ("a.fr b.paris c.bzh", ["a.fr", "b.paris", "c.bzh"]),
        ("-a.fr /b.fr _c.fr #d.fr $e.fr", []),
        ("http://localhost/x http://a_b.fr http://x_y.mairie.fr", ["http://x_y.mairie.fr"]),
        ("https://" + "a" * 64 + ".fr", []),
        ("https://a.fr/" + "a" * 5000, []),
        ("(https://fr.wikipedia.org/wiki/Crue_(hydrologie))", ["https://fr.wikipedia.org/wiki/Crue_(hydrologie)"]),
    ],
)
def test_x_takes_these_for_addresses(text: str, urls: list[str]):
    assert [text[a:b] for a, b in find_urls(text)] == urls


def test_an_address_costs_23_on_x_and_mastodon_however_long():
    text = "Crue https://www.example.org/a/" + "x" * 300
    assert measure(text, "x") == measure(text, "mastodon") == 28
    assert measure(text, "x", url_length=30) == measure(text, "mastodon", url_length=30) == 35
    assert measure("mairie.fr", "x") == 23
    assert measure("mairie.fr", "mastodon") == 9


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("@ville@social.example.fr", 6),
        ("a@ville@social.example.fr", 25),
        ("@ville@nulle", 12),
        ("@arnt@grå.org!", 6),
        ("ahttp://a.fr/b", 14),
        ("👨‍👩‍👧‍👧 été", 5),
        ("ftp://a.example.fr/bbbbbbbbbbbbbbbbb", 36),
        ("https://a.fr, (https://b.fr)", 23 + 3 + 23 + 1),
        ("https://example.com/@arnt@grå.org", 23),
    ],
)
def test_mastodon_counts(text: str, length: int):
    assert measure(text, "mastodon") == length


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("a" * 152 + "€" + "a" * 153, 3),
        ("a" * 151 + "€" + "a" * 153, 2),
        ("ç" * 70, 1),
        ("ç" * 71, 2),
        ("ç" * 134, 2),
        ("ç" * 66 + "😀" + "ç" * 66, 3),
        ("a" * 159 + "’", 3),
    ],
)
def test_sms_segments_never_split_a_character(text: str, count: int):
    assert measure(text, "sms") == count


def test_gsm7_names_every_foreign_character_once():
    with pytest.raises(ValueError, match=r"ç.*U\+00E7.*œ.*U\+202F"):
        measure("ça œœ\u202f", "gsm7")
    assert measure("Évite{}", "gsm7") == 9
    assert not_gsm7("ça œça") == ["ç", "œ"]


def test_transliteration_leaves_french_readable_in_gsm7():
    plain = transliterate_gsm7("« L’œuvre… » coûte 3 €, çà et là – voilà")
    assert plain == '"L\'oeuvre..." coute 3 €, cà et là - voilà'
    assert not_gsm7(plain) == []
    assert not_gsm7(transliterate_gsm7("crue 😀")) == ["😀"]


def test_an_unknown_unit_is_named_with_the_known_ones():
    with pytest.raises(BroadcastError, match="mastodon"):
        measure("a", "pages")


@pytest.mark.parametrize("char", ["a.", ".", "中", "@a@", "http://", "a.fr/(", "xn--", "a-", "👨\u200d", "@a.fr."])
@pytest.mark.parametrize("unit", ["x", "mastodon", "graphemes", "sms"])
def test_a_wall_of_one_sign_is_measured_in_time(char: str, unit: str):
    begun = time.monotonic()
    assert measure(char * (50_000 // len(char)) + ".", unit) > 0
    assert time.monotonic() - begun < 5


@given(st.text(), st.sampled_from([u for u in UNITS if u != "gsm7"]))
@settings(max_examples=200, deadline=None)
def test_any_text_has_a_length(text: str, unit: str):
    assert measure(text, unit) >= 0


def test_importing_text_is_light():
    code = "import sys, broadcast.text; print({'markdown', 'jinja2', 'pydantic', 'babel', 'lxml'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"
