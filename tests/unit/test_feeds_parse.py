"""RSS, RDF, Atom and JSON Feed to entries, each with its identity, its digest and its facts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadcast.feeds.formats import formats
from broadcast.feeds.guard import document_of
from broadcast.feeds.parse import parse, parse_feed
from tests.unit.feed_documents import RSS, URL, read, refusal, rss


def test_an_rss_item_becomes_an_entry():
    (entry,) = read(
        rss(
            """<item><title>Couvre-feu</title><link>/communique/12</link><guid isPermaLink="false">c-12</guid>
            <pubDate>Tue, 24 Nov 2026 18:40:00 +0100</pubDate>
            <description>&lt;p&gt;De &lt;b&gt;21 h&lt;/b&gt; à 6 h.&lt;/p&gt;&lt;p&gt;Sauf urgence.&lt;/p&gt;</description></item>"""
        )
    )
    assert entry.id == "c-12"
    assert entry.title == "Couvre-feu"
    assert entry.link == "https://www.example.org/communique/12"
    assert entry.published == datetime(2026, 11, 24, 17, 40, tzinfo=UTC)
    assert entry.updated is None
    assert entry.summary == "De 21 h à 6 h.\n\nSauf urgence."
    assert entry.language == "fr"
    assert entry.rights == "Licence Ouverte"
    assert entry.alert is None
    assert len(entry.digest) == 64


def test_an_atom_feed_gives_its_facts_and_entries():
    feed = parse_feed(
        b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr" xml:base="https://a.example.org/x/">
        <title type="html">A &amp;amp; B</title><rights>CC BY</rights><id>urn:f</id>
        <link rel="hub" href="https://hub.example.org/"/><link rel="self" href="https://a.example.org/x/f.atom"/>
        <entry xml:base="y/"><id>urn:1</id><title>Un</title><link href="1.html"/><updated>2026-11-24T10:00:00Z</updated>
        <published>2026-11-23T10:00:00+01:00</published><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
        <p>Texte</p><script>x()</script></div></content></entry></feed>""",
        url=URL,
    )
    assert (feed.format, feed.title, feed.language, feed.rights) == ("syndication", "A & B", "fr", "CC BY")
    assert feed.hub_urls == ("https://hub.example.org/",)
    assert feed.self_url == "https://a.example.org/x/f.atom"
    (entry,) = feed.entries
    assert (entry.id, entry.link) == ("urn:1", "https://a.example.org/x/y/1.html")
    assert entry.updated == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert entry.published == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert "Texte" in entry.summary
    assert "x()" not in entry.summary


def test_a_json_feed_is_read():
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Ville",
        "language": "fr",
        "feed_url": "https://e.org/feed.json",
        "hubs": [{"type": "WebSub", "url": "https://hub.example.org/"}, "x"],
        "items": [
            {
                "id": 12,
                "url": "/a",
                "title": "Eau <b>coupée</b>",
                "content_html": "<p>Rue Diderot</p>",
                "date_published": "2026-11-24T18:40:00+01:00",
                "date_modified": "hier",
            },
            {"url": "https://e.org/b", "content_text": "Sans titre\nsuite"},
            "no item",
        ],
    }
    feed = parse_feed(json.dumps(document).encode(), url="https://e.org/feed.json")
    one, two = feed.entries
    assert (one.id, one.title, one.summary, one.link) == ("12", "Eau coupée", "Rue Diderot", "https://e.org/a")
    assert (one.published, one.updated) == (datetime(2026, 11, 24, 17, 40, tzinfo=UTC), None)
    assert (two.id, two.title) == ("https://e.org/b", "Sans titre")
    assert feed.hub_urls == ("https://hub.example.org/",)
    assert len(feed.problems) == 1
    assert read(json.dumps({"version": "https://jsonfeed.org/version/1", "items": []}).encode()) == []
    assert "items" in refusal(json.dumps({"version": "https://jsonfeed.org/version/1", "items": {}}).encode())


@pytest.mark.parametrize(
    "root",
    [
        '<rss version="0.91"><channel><title>T</title>{}</channel></rss>',
        '<rss version="2.0"><channel><title>T</title>{}</channel></rss>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        "<channel><title>T</title></channel>{}</rdf:RDF>",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>T</title></channel>{}</rdf:RDF>',
    ],
)
def test_all_versions_of_rss_are_read(root):
    item = "<item><title>Crue</title><link>https://e.org/1</link><description>d</description></item>"
    (entry,) = read(root.format(item).encode())
    assert (entry.id, entry.title, entry.link) == ("https://e.org/1", "Crue", "https://e.org/1")


def test_each_document_is_recognised_by_one_format():
    folder = Path(__file__).parents[1] / "data/feeds"
    samples = [(p.read_bytes(), p.name) for p in sorted(folder.iterdir())]
    samples += [(rss(""), "rss"), (b'{"version": "https://jsonfeed.org/version/1", "items": []}', "json")]
    assert len(samples) >= 7
    for data, name in samples:
        document = document_of(data, url=URL)
        assert len([n for n, f in formats().items() if f.recognises(document)]) == 1, name


def test_careless_feeds_are_read():
    (entry,) = read(
        rss(
            "<item><title>Caf&eacute; & th&eacute; &nbsp;&inconnu;</title><link>https://e.org/?a=1&b=2</link><description>a<br>b</item>"
        )
    )
    assert entry.title == "Café & thé &inconnu;"
    assert entry.link == "https://e.org/?a=1&b=2"
    netscape = b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'
    assert read(netscape + rss("<item><title>T</title></item>"))[0].title == "T"
    assert read(b"\n\n  " + rss("<item><title>T</title></item>") + b"<script>ad</script>")[0].title == "T"


@pytest.mark.parametrize(
    ("declared", "sent", "real"),
    [
        ("utf-8", None, "cp1252"),
        ("iso-8859-1", None, "cp1252"),
        ("", "text/xml; charset=iso-8859-15", "iso-8859-15"),
        ("utf-8", "text/xml; charset=us-ascii", "utf-8"),
        ("", None, "utf-16"),
        ("windows-1252", "text/xml", "cp1252"),
    ],
)
def test_wrong_charsets_are_read(declared, sent, real):
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    data = (head + RSS.format(items="<item><title>Été à Évry</title></item>")).encode(real)
    assert read(data, sent)[0].title == "Été à Évry"


def test_an_item_without_identity_has_a_stable_one():
    item = "<item><title>Sans lien</title><description>Texte</description></item>"
    one, again, other = read(rss(item))[0], read(rss(item + item))[0], read(rss(item.replace("Texte", "Autre")))[0]
    assert one.id == again.id
    assert one.id.startswith("sha256:")
    assert other.id != one.id


def test_an_identity_does_not_depend_on_the_address_of_the_feed():
    data = rss("<item><title>T</title><guid>NY-12</guid></item>")
    (here,), (there,) = parse(data, url=URL, content_type=None), parse(data, url="https://b.org/", content_type=None)
    assert here.id == there.id == "NY-12"
    assert here.link == ""


def test_the_digest_tells_what_changed_at_the_source():
    item = "<item><guid>1</guid><title>T</title><description>{}</description><pubDate>{}</pubDate></item>"
    one = read(rss(item.format("a", "Tue, 24 Nov 2026 18:40:00 +0100")))[0]
    later = read(rss(item.format("a", "Tue, 24 Nov 2026 18:45:00 +0100")))[0]
    other = read(rss(item.format("b", "Tue, 24 Nov 2026 18:40:00 +0100")))[0]
    assert one.digest == later.digest != other.digest
