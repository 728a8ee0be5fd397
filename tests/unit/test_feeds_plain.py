"""The texts, links and dates of entries: plain, http and believable, or nothing."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from broadcast.feeds.dates import aware
from broadcast.feeds.links import http_link, normal_link
from broadcast.feeds.plain import fold, plain
from tests.unit.feed_documents import read, rss


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<style>p{}</style>",
        "<svg><script>1</script></svg>",
        "<!--<script>1</script>-->",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;",
        "<scr<script>ipt>alert(1)</script>",
        "<iframe src=//x></iframe><object><embed>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror=alert(1)>'>",
    ],
)
def test_no_html_is_left_in_a_text(hostile):
    text = plain(f"<p>Avant</p>{hostile}<p>Après</p>")
    assert "Avant" in text
    assert "<" not in text
    assert "onerror" not in text
    (entry,) = read(rss(f"<item><title><![CDATA[a {hostile}]]></title><description><![CDATA[b {hostile}]]></description></item>"))
    assert "<" not in entry.title + entry.summary


def test_plain_text_keeps_what_is_no_tag():
    assert plain("5 < 6 &amp; 7 > 6") == "5 < 6 & 7 > 6"
    assert plain("l&#39;eau\x00\x07 &eacute;tait  là", one_line=True) == "l'eau était là"
    assert plain("Un\u202eliam") == "Unliam"


@pytest.mark.parametrize(
    ("fragment", "shown"),
    [
        ("<p>Le signe &amp;lt; s'écrit &amp;amp;lt;</p>", "Le signe &lt; s'écrit &amp;lt;"),
        ("écrire &amp;lt;b&amp;gt; ou &lt; 5", "écrire &lt;b&gt; ou < 5"),
        ("&lt;p&gt;Crue &amp;amp; pluie &amp;lt; 5 mm&lt;/p&gt;", "Crue & pluie < 5 mm"),
        ("l&amp;#39;&amp;eacute;t&amp;eacute; &amp;amp; l'eau", "l'été & l'eau"),
        ("https://a.fr/?page=1&section=2&amp;copy=3", "https://a.fr/?page=1&section=2&copy=3"),
        ("<p>https://a.fr/?page=1&section=2 &copy; AT&T &foo;</p>", "https://a.fr/?page=1&section=2 © AT&T &foo;"),
    ],
)
def test_an_entity_is_read_once_and_what_was_escaped_twice_twice(fragment, shown):
    assert plain(fragment) == shown
    assert plain(fragment, one_line=True) == shown


def test_a_text_that_is_cut_says_so():
    assert plain("mot " * 20_000).endswith("mot […]")
    assert plain("mot " * 200_000).endswith("mot […]")


def test_deep_html_costs_no_time():
    began = time.monotonic()
    for opening in ("<div>", "<x>", "<q a=1>", "<table>"):
        assert plain(opening * 20_000 + "fin") == "fin"
        assert plain(opening * 80_000 + "fin") == " […]"
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://e.org/x", "file:///etc/passwd", "data:text/html,x", "http://"])
def test_links_are_http_or_nothing(link):
    (entry,) = read(rss(f"<item><title>T</title><guid isPermaLink='false'>1</guid><link>{link}</link></item>"))
    assert entry.link == ""


def test_links_are_compared_without_what_changes_nothing():
    assert normal_link("http://www.E.org/a/?utm_source=x&b=2#c") == normal_link("https://e.org/a?b=2")
    assert normal_link("https://e.org/a?id=1") != normal_link("https://e.org/a?id=2")
    assert http_link("//e.org/ü x", "https://b.org/") == "https://e.org/ü%20x"
    assert http_link("http://[") == ""
    assert fold("L'Œuvre d’Été !") == " l oeuvre d ete "


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Tue, 24 Nov 2026 18:40:00 +0100", datetime(2026, 11, 24, 17, 40, tzinfo=UTC)),
        ("24 Nov 2026 18:40 GMT", datetime(2026, 11, 24, 18, 40, tzinfo=UTC)),
        ("2026-11-24T18:40:00.123+01:00", datetime(2026, 11, 24, 17, 40, tzinfo=UTC)),
        ("2026-11-24T18:40Z", datetime(2026, 11, 24, 18, 40, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 18:40:00 -0000", datetime(2026, 11, 24, 18, 40, tzinfo=UTC)),
        ("2026-11-24T18:40:00", None),
        ("2026-11-24", None),
        ("Tue, 24 Nov 2026 18:40:00", None),
        ("1969-12-31T23:59:59Z", None),
        ("9999-12-31T23:59:59-23:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("Tue, 99 Nov 2026 18:40:00 +0100", None),
        ("Tue, 24 Nov 2026 18:40:00 +9999", None),
        ("mardi 24 novembre 2026 à 18 h 40", None),
        ("9" * 10_000, None),
        ("", None),
    ],
)
def test_dates_are_aware_and_believable_or_none(written, expected):
    assert aware(written) == expected


def test_an_absurd_date_costs_the_date_not_the_item():
    (entry,) = read(rss("<item><title>T</title><link>https://e.org/1</link><pubDate>demain</pubDate></item>"))
    assert entry.published is None
