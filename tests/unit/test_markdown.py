"""Markdown once: what people write is understood, what is hostile is harmless."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lxml import html as lxml_html

from broadcast.blocks import ListBlock, Paragraph, Table, Text
from broadcast.errors import ContentError
from broadcast.markdown import highest_heading, lead, parse, parse_with_losses, to_html, to_plain, words


def dangers(page: str) -> list[str]:
    tree = lxml_html.fragment_fromstring(page, create_parent="div")
    found = []
    for element in tree.iter():
        if element.tag in (
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "form",
            "input",
            "svg",
            "math",
        ):
            found.append(str(element.tag))
        for name, value in element.attrib.items():
            if name.startswith("on") or name == "style" or value.strip().lower().startswith(("javascript:", "data:")):
                found.append(f"{name}={value}")
    return found


def test_a_list_glued_to_a_paragraph_is_a_list():
    blocks = parse("À faire :\n- fermer\n- monter\n1) un\n2) deux").blocks
    assert isinstance(blocks[1], ListBlock)
    assert not blocks[1].ordered
    assert len(blocks[1].items) == 2
    assert isinstance(blocks[2], ListBlock)
    assert blocks[2].ordered


def test_a_bare_address_becomes_a_link_without_the_full_stop():
    assert '<a href="https://example.org/a" rel="noopener">https://example.org/a</a>.' in to_html(
        parse("Voir https://example.org/a.")
    )


def test_tables_keep_their_cells():
    table = parse("| Nom | h |\n|---|--:|\n| Café & Cie | 8 h |").blocks[0]
    assert isinstance(table, Table)
    assert table.align == ("", "right")
    assert table.rows[0][0] == (Text("Café & Cie"),)
    assert "Café & Cie – h : 8 h" in to_plain(parse("| Nom | h |\n|---|--:|\n| Café & Cie | 8 h |"))


def test_html_is_not_passed_through_and_is_reported_with_its_line():
    document, losses = parse_with_losses("Bonjour\n\n<b onclick=x()>gras</b>\n<script>alert(1)</script>fin `<i>`")
    assert dangers(to_html(document)) == []
    assert "gras" in to_plain(document)
    assert "alert" not in to_plain(document)
    assert "<i>" in to_plain(document)
    assert [loss.line for loss in losses] == [3, 4]


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScript:alert(1)",
        "data:text/html,x",
        "java\tscript:alert(1)",
        "vbscript:x",
    ],
)
def test_a_dangerous_link_keeps_its_words_only(link):
    page = to_html(parse(f"[cliquez]({link}) ![x]({link})"))
    assert dangers(page) == []
    assert "cliquez" in page


@pytest.mark.parametrize(
    "char",
    [
        "[",
        "*",
        ">",
        "(",
        "`",
        "_",
        "!",
        "- ",
        "#",
        "|",
        "<",
        "&",
        "1) ",
        "    ",
        "![",
        "[a](",
        "``a`",
        "> - ",
        "# a\n",
        "a\n===\n",
        "<script>",
        "<!--",
        "*a **b ",
        "1. a\n",
    ],
)
def test_a_wall_of_one_sign_neither_hangs_nor_crashes(char):
    try:
        to_plain(parse(char * 20_000))
    except ContentError:
        pass


def test_the_lead_is_the_first_paragraph():
    assert lead(parse("# Titre\n\nLes **quais** sont fermés.\n\nSuite")) == "Les quais sont fermés."
    assert isinstance(parse("a\nb").blocks[0], Paragraph)


@pytest.mark.conformance
def test_commonmark_samples_give_harmless_html(conformance: Path):
    for case in json.loads((conformance / "html/commonmark-0.31.2.json").read_text()):
        document = parse(case["markdown"])
        to_plain(document)
        page = to_html(document)
        if page.strip():
            assert dangers(page) == [], case["markdown"]


@pytest.mark.conformance
def test_hostile_html_is_harmless(conformance: Path):
    for path in sorted((conformance / "html/bleach").glob("*.test")):
        page = to_html(parse(path.read_text()))
        if page.strip():
            assert dangers(page) == [], path


def html(source: str) -> str:
    return to_html(parse(source))


@pytest.mark.parametrize("indent", ["  ", "   ", "    ", "\t"])
def test_a_list_below_an_item_is_nested_however_it_is_indented(indent: str):
    assert html(f"- a\n{indent}- b\n- c") == "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"


def test_numbered_lists_keep_their_start_and_their_own_lists():
    assert html("7) sept\n   - x\n8) huit") == '<ol start="7"><li>sept<ul><li>x</li></ul></li><li>huit</li></ol>'


def test_a_year_at_the_beginning_of_a_line_is_no_list():
    assert html("Le centre ouvre en\n2026. Puis") == "<p>Le centre ouvre en 2026. Puis</p>"


def test_a_list_in_a_quotation_is_understood():
    assert html("> À faire :\n> - a\n> - b") == "<blockquote><p>À faire :</p><ul><li>a</li><li>b</li></ul></blockquote>"


def test_words_of_html_stay_apart_and_what_is_no_tag_stays():
    assert to_plain(parse("AT&T <b>gras</b> <p>Un</p><p>Deux</p> <moins de 5> 2 < 3")) == "AT&T gras Un Deux <moins de 5> 2 < 3"
    assert html("a<br>b") == html("a  \nb") == html("a\\\nb") == "<p>a<br>b</p>"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("&amp;lt;", "&lt;"),
        ("On écrit &amp;lt; ou `&lt;`", "On écrit &lt; ou &lt;"),
        ("&amp;amp;amp;", "&amp;amp;"),
        ("&copy=1 AT&T &notit; &foo; &copy;", "&copy=1 AT&T &notit; &foo; ©"),
        ("https://a.fr/?a=1&copy=2", "https://a.fr/?a=1&copy=2"),
        ("<https://a.fr/?a=1&amp;copy=2>", "https://a.fr/?a=1&copy=2"),
        ("[https://a.fr/?a&sect=1](https://a.fr/?a&sect=1)", "https://a.fr/?a&sect=1"),
        ("    &lt;b&gt; &amp;lt;\n\n    &lt;", "&lt;b&gt; &amp;lt;\n\n&lt;"),
        ("```\n&amp;lt; <b>\n```", "&amp;lt; <b>"),
        ("<mairie@ville.fr>", "mairie@ville.fr"),
        ("| a | b |\n|---|---|\n| &amp;lt; | &lt; |", "&lt; – b : <"),
    ],
)
def test_an_entity_is_read_once_and_in_code_not_at_all(body: str, shown: str):
    assert to_plain(parse(body)) == shown


@pytest.mark.parametrize("body", ["&lt;", "&amp;", "&#61;", "&eacute;", "\\*", "\\#", "\\\\", "\\"])
def test_a_sign_alone_is_a_paragraph(body: str):
    assert [type(block) for block in parse(f"Un\n\n{body}\n\nDeux").blocks] == [Paragraph] * 3


def test_an_escaped_backslash_at_the_end_is_no_new_line():
    assert html("C:\\\\\nb") == "<p>C:\\ b</p>"
    assert html("C:\\\\\\\nb") == "<p>C:\\<br>b</p>"
    assert html("a C:\\\n\nb\\") == "<p>a C:\\</p>\n<p>b\\</p>"
    assert html("> a\\\n> b\\") == "<blockquote><p>a<br>b\\</p></blockquote>"


def test_scripts_and_comments_go_over_empty_lines_and_the_rest_stays():
    document, losses = parse_with_losses("avant\n\n<script>\n\nx()\n</script>\n\n<!-- a\n\nb -->fin `<script>`")
    assert to_plain(document) == "avant\n\nfin <script>"
    assert [loss.line for loss in losses] == [3, 8]


def test_addresses_in_code_and_links_stay_as_they_are():
    page = html("`https://a.fr` (https://b.fr/x) [https://c.fr](https://d.fr)")
    assert "<code>https://a.fr</code>" in page
    assert '(<a href="https://b.fr/x" rel="noopener">https://b.fr/x</a>)' in page
    assert page.count("<a ") == 2


def test_each_lost_address_is_told_with_its_line():
    source = "[a](javascript:x)\n\n![b](data:y)\n\n[c][1]\n\n[1]: vbscript:z"
    document, losses = parse_with_losses(source)
    assert to_plain(document) == "a\n\nb\n\nc"
    assert [(loss.code, loss.line) for loss in losses] == [("link_dropped", 1), ("image_dropped", 3), ("link_dropped", 7)]


def test_images_are_lazy_and_keep_their_words():
    page = html('![Le "quai"](quai.jpg "Titre")')
    assert 'alt="Le &quot;quai&quot;"' in page
    assert 'loading="lazy"' in page
    assert 'title="Titre"' in page


def test_headings_move_below_the_title():
    assert to_html(parse("# A\n\n###### B")) == "<h2>A</h2>\n<h6>B</h6>"
    assert to_html(parse("# A"), heading_offset=0) == "<h1>A</h1>"


def test_tables_name_their_columns():
    page = html("| a | b |\n|---|:-:|\n| 1 | 2 |")
    assert '<th scope="col">a</th>' in page
    assert "<thead>" in page
    assert "style" not in page


def test_plain_text_says_addresses_or_not():
    document = parse("[site](https://a.fr) <b@c.fr> [moi](mailto:b@c.fr)")
    assert to_plain(document) == "site (https://a.fr) b@c.fr moi (b@c.fr)"
    assert to_plain(document, "words") == "site b@c.fr moi"


def test_words_are_told_in_order_without_list_numbers():
    assert words(parse("# Un\n\n1. deux l’eau\n\n| trois |\n|---|\n| [quatre](https://a.fr) |")) == [
        "Un",
        "deux",
        "l’eau",
        "trois",
        "quatre",
    ]


@pytest.mark.parametrize("char", ["[", "*", ">", "a"])
def test_a_megabyte_is_refused_at_once(char: str):
    begun = time.monotonic()
    with pytest.raises(ContentError):
        parse(char * 2**20)
    assert time.monotonic() - begun < 2


def test_threads_do_not_disturb_each_other():
    sources = [f"# T{n}\n\n[a{n}](javascript:x) `c{n}` https://a.fr/{n}\n" * 5 for n in range(40)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(parse_with_losses, sources))
    assert together == [parse_with_losses(s) for s in sources]


def test_a_footnote_is_no_link_and_is_told():
    document, losses = parse_with_losses("Un[^1] mot.\n\n[^1]: Note.\n\n[plan][2] et [suite](plan.pdf)\n\n[2]: https://a.fr")
    assert to_html(document).count("<a ") == 2 and 'href="Note."' not in to_html(document)
    assert [(loss.code, loss.line) for loss in losses] == [("footnote", 3), ("link_incomplete", 5)]


@pytest.mark.parametrize(
    ("source", "tags"),
    [("# A\n\n## B", "h2 h3"), ("## A\n\n### B", "h2 h3"), ("#### A", "h2"), ("## A\n\n> # Q", "h3 h2"), ("texte", "")],
)
def test_below_the_title_of_a_page_no_heading_is_left_out(source, tags):
    document = parse(source)
    page = to_html(document, 2 - highest_heading(document))
    assert " ".join(re.findall(r"<(h\d)>", page)) == tags
