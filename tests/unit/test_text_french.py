"""French typography, dates and hashtags."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcast.text import day, hashtag, hashtags, hour, measure, typo, typo_net, when

PIECES = st.lists(
    st.sampled_from(
        [
            *" '.:;!?«»hé8\n\u00a0\u202f&()%€°#`n/,=",
            "°C",
            "n°",
            "50%",
            "18h40",
            "...",
            "18:40",
            "https://a.fr/x?y=1;z",
            "a@b.fr",
            "&amp;",
        ]
    )
).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Attention!", "Attention~!"),
        ("Quoi ?!", "Quoi~?!"),
        ("Crue : évitez les quais ; merci", "Crue_: évitez les quais~; merci"),
        ("Note: oui", "Note_: oui"),
        ("«oui» et « non »", "«_oui_» et «_non_»"),
        ("l'eau d'Issy", "l’eau d’Issy"),
        ("attendez...", "attendez…"),
        ("attendez....", "attendez...."),
        ("18h40, 18 h 40 et 8 h", "18_h_40, 18_h_40 et 8_h"),
        ("de 18:40 à 19:00", "de 18:40 à 19:00"),
        ("A13h20 et 3h7", "A13h20 et 3h7"),
        ("https://a.fr/x?y=1;z! a.b@c.fr;", "https://a.fr/x?y=1;z~! a.b@c.fr~;"),
        ("www.a.fr/l'eau?", "www.a.fr/l'eau~?"),
        ("AT&amp;T &eacute; ;", "AT&amp;T &eacute;~;"),
        ("déjà_: fait_!", "déjà_: fait_!"),
        ("12 000 € et 5 %", "12~000_€ et 5~%"),
        ("50%, 2,5%, 12 000% et -5% (10%)!", "50~%, 2,5~%, 12~000~% et -5~% (10~%)~!"),
        ("20-30% ou 50%?", "20-30~% ou 50~%~?"),
        ("5€, 12,50€ et 1 000€.", "5_€, 12,50_€ et 1~000_€."),
        ("20°C, -5°C, 20 °C, 68°F", "20_°C, -5_°C, 20_°C, 68_°F"),
        ("n°5, N°12, n° 5, nº 7 (n°3)", "n°_5, N°_12, n°_5, nº_7 (n°_3)"),
        ("48°50 N, à 45° de là", "48°50 N, à 45° de là"),
        ("12€50, 100%25, 50%20, 50%%", "12€50, 100%25, 50%20, 50%%"),
        ("https://a.fr/a%20b?x=50%&t=5€ www.a.fr/n°5 a50%@b.fr", "https://a.fr/a%20b?x=50%&t=5€ www.a.fr/n°5 a50%@b.fr"),
        ("#Crue50% #50% #n°5 CO2% width:50%; x=50%", "#Crue50% #50% #n°5 CO2% width:50%~; x=50%"),
        ("`50% n°5 !` et ``a`5€``", "`50% n°5 !` et ``a`5€``"),
        ("01 41 23 80 00, 0 800 123 456, 3620, 18:40", "01 41 23 80 00, 0 800 123 456, 3620, 18:40"),
        ("+33 1 41 23 80 00; +33 (0)6 12 34 56 78", "+33 1 41 23 80 00~; +33 (0)6 12 34 56 78"),
        ("+50%, +12 000 €", "+50~%, +12~000_€"),
        ("01 41 23 80 00", "01 41 23 80 00"),
        ("un\n: deux", "un\n: deux"),
    ],
)
def test_typography(text: str, expected: str):
    def shown(words: str) -> str:
        return words.replace("\u202f", "~").replace("\u00a0", "_")

    assert shown(typo(text.replace("_", "\u00a0"))) == expected


def test_another_no_break_space_is_used_everywhere():
    assert "\u202f" not in typo("«Quoi ?» : 12 000 ; 18h40 !", "\u00a0")
    assert typo("a : b ; c", "\u2060") == "a\u2060: b\u2060; c"


@given(PIECES)
@settings(max_examples=400, deadline=None)
def test_doing_it_twice_changes_nothing(text: str):
    assert typo(typo(text)) == typo(text)
    assert typo_net(typo_net(text)) == typo_net(text)


@given(PIECES)
@settings(max_examples=400, deadline=None)
def test_the_typography_of_the_net_never_costs_more_on_x(text: str):
    net = typo_net(text)
    assert measure(net, "x") <= measure(text, "x")
    assert "\u202f" not in net.replace("https", "")
    assert "…" not in net


def test_the_net_keeps_three_dots_and_adds_no_space():
    assert typo_net("Crue ! L'eau... 18h40: vite!") == "Crue\u00a0! L’eau... 18h40: vite!"


def test_the_net_keeps_signs_of_numbers_together_only_where_a_space_was():
    assert typo_net("50% ou 50 %, 5€ ou 5 €, n°5 ou n° 5") == "50% ou 50\u00a0%, 5€ ou 5\u00a0€, n°5 ou n°\u00a05"


def test_dates_in_words():
    paris = ZoneInfo("Europe/Paris")
    at = datetime(2026, 11, 24, 18, 40, tzinfo=paris)
    assert when(at).replace("\u00a0", " ") == "mardi 24 novembre 2026 à 18 h 40"
    assert day(datetime(2027, 1, 1, tzinfo=paris)) == "vendredi 1er janvier 2027"
    assert hour(datetime(2027, 1, 1, 8, 0, tzinfo=paris)) == "8\u00a0h"
    assert hour(datetime(2027, 1, 1, 8, 5, tzinfo=paris)) == "8\u00a0h\u00a005"
    assert typo(when(at)) == when(at) == typo_net(when(at))


@pytest.mark.parametrize(
    ("word", "tag"),
    [
        ("Crue", "Crue"),
        ("#Crue", "Crue"),
        ("crue de la Seine", "CrueDeLaSeine"),
        ("Issy-les-Moulineaux", "IssyLesMoulineaux"),
        ("e\u0301te\u0301", "été"),
        ("2026", ""),
        ("Crue2026", "Crue2026"),
        ("!!", ""),
    ],
)
def test_a_hashtag_is_made_valid(word: str, tag: str):
    assert hashtag(word) == tag


def test_hashtags_are_said_once_in_their_order():
    assert hashtags(["Crue", "Issy", "crue", "2026"]) == "#Crue #Issy"
    assert hashtags([]) == ""
