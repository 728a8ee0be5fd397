"""What a source wrote shows just as it was written: no markup, no link, no key of a header comes out of it."""

from __future__ import annotations

import random
import re
from html import unescape

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from broadcast import markdown
from broadcast.frontmatter.rules import MAX_TITLE
from broadcast.words import clean, fits_title, line, plain, quoted, shortened

PIECES = (
    *("#", "##", ">", "-", "+", "*", "1.", "12)", "`", "```", "~~~", "~", "===", "---", "_", "__", "**", "[a]", "(http://x)"),
    *("![", "](", "|", "|---|", "\n", "\n\n", "    ", "\t", "<b>", "</b>", "<script>alert(1)</script>", "&", "<", ">", "\\"),
    *("mot", "é", "{{ 7*7 }}", "{% for %}", ":", "::: d", "https://a.fr/b_c?d=1&e=2", "http://evil.fr/x", "<https://a.fr/>"),
    *("https://x.fr/(y)", "[^1]:", "[r]: http://e", "!", '"', "'", "1986. Une", ".", "{: .x}", "*[HTML]: x", "\u00a0", "…"),
)


def shown(text: str, **facts: object) -> tuple[str, str]:
    document, losses = markdown.parse_with_losses(plain(text, **facts))
    assert losses == ()
    return " ".join(markdown.to_plain(document).split()), markdown.to_html(document)


def test_any_text_shows_as_it_was_written():
    chance = random.Random(20261126)
    for _ in range(1500):
        text = "mot " + "".join(chance.choice(PIECES) + chance.choice(("", " ")) for _ in range(chance.randint(1, 12)))
        words, page = shown(text, is_linked=lambda address: False)
        assert words == " ".join(clean(text).split()), text
        assert "<a" not in page and "<b>" not in page and "<script" not in page and "<img" not in page, text
        assert shown(text)[0] == words, text


#: Signs of Markdown and HTML, beginnings of lines, words and white space, in any order.
SIGNS = st.text("\\`*_{}[]()<>#+-.!|~=:;&^$%@\"'/?,aé1 \t\n\u00a0", max_size=12)
TEXTS = st.lists(
    st.sampled_from(PIECES)
    | st.sampled_from(
        ["\n1. ", "\n- ", "\n# ", "\n> ", "\n+ ", "\n    ", "\n\t", "\\\n", "\\", "&lt;", "&amp;lt;", "&#61;", "&eacute"]
    )
    | st.sampled_from(
        ["&copy=1", "https://a.fr/?x=1&sect=2&amp;y;", "http://a.fr/<b>", "a@b.fr", "<a@b.fr>", "<br>", "![x](y)", "\n|-|-|\n"]
    )
    | SIGNS,
    max_size=8,
).map("".join)


def folded(text: str) -> list[str]:
    """Paragraphs; within them a row of white space is one space, as on any page."""
    return [" ".join(piece.split()) for piece in re.split(r"\n\s*\n", text.strip())]


@given(TEXTS)
@settings(max_examples=400, deadline=None)
@example("*")
@example("#")
@example("&")
@example("<")
@example("=")
@example("~")
@example("&lt;")
@example("&amp;lt;")
@example("Un\n\n&\n\n=\n\n\\\n\nDeux")
@example("fin\\")
@example("https://a.fr/?a=1&copy=2&amp;b=3&lt;")
def test_a_text_comes_back_as_it_was_escaped(text: str):
    for is_linked in (True, False):
        document, losses = markdown.parse_with_losses(plain(text, is_linked=lambda address, yes=is_linked: yes))
        assert losses == ()
        assert folded(markdown.to_plain(document)) == folded(clean(text))
        page = markdown.to_html(document)
        assert set(re.findall(r"</?(\w+)", page)) <= {"p", "a"}
        bare = unescape(re.sub(r"<[^>]+>", "", page.replace("</p>", "\n\n")))
        assert folded(bare) == folded(clean(text))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Voir https://www.exemple.fr/a_b_c?x=1&y=2.", "https://www.exemple.fr/a_b_c?x=1&y=2"),
        ("(voir <https://fr.example/Seine_(fleuve)>)", "https://fr.example/Seine_(fleuve)"),
        ("Tout : https://a.example/fin!", "https://a.example/fin"),
    ],
)
def test_an_address_leads_where_it_says_whatever_stands_around_it(text, address):
    _, page = shown(text)
    assert f'href="{address.replace("&", "&amp;")}"' in page and page.count("<a ") == 1


def test_an_address_that_may_be_no_link_stays_words():
    words, page = shown("Voir https://pirate.example/x et https://ville.example/y", is_linked=lambda a: "ville" in a)
    assert words == "Voir https://pirate.example/x et https://ville.example/y"
    assert page.count("<a ") == 1 and 'href="https://ville.example/y"' in page


@pytest.mark.parametrize(
    "text", ['x"\nchannels: [x]\nends: autre\n---\nboo', "a: b # c", "\ue000lien\ue001", "- a", "'", "\\", "a\u2028b"]
)
def test_a_quoted_text_is_one_value(text):
    assert yaml.safe_load(f"title: {quoted(text)}\n") == {"title": line(text)}
    assert "\n" not in quoted(text) and "\ue000" not in quoted(text)


def test_invisible_characters_that_say_nothing_are_left_out_and_joined_signs_kept():
    assert line("a\u200bb\ufeff\u00adc\u202ed") == "abcd"
    assert line("👩\u200d👧 🇫🇷") == "👩\u200d👧 🇫🇷"


def test_a_long_text_makes_a_title_that_says_that_it_goes_on():
    title = shortened("mot " * 3000)
    assert fits_title(title) and title.endswith("mot …")
    assert len(shortened("Z" * 10_000)) == MAX_TITLE
    assert shortened("court") == "court"
