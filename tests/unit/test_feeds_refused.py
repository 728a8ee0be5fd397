"""Documents that are hostile, broken or no feed at all: refused with a sentence, before they cost time."""

from __future__ import annotations

import tarfile
import time
from pathlib import Path

import pytest

from broadcast.errors import BroadcastError
from broadcast.feeds.guard import MAX_BYTES
from broadcast.feeds.parse import parse
from tests.unit.feed_documents import URL, read, refusal, rss


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "vide"),
        (b"   \n\t ", "vide"),
        (b"\xef\xbb\xbf", "vide"),
        (b"<!DOCTYPE html><html><head><title>Site en maintenance</title></head></html>", "page HTML.*Site en maintenance"),
        (b"<html><body>404", "page HTML"),
        (b"<!-- x --><HTML><body></body></HTML>", "page HTML"),
        (b"Not found", "ni XML ni JSON"),
        (b"%PDF-1.4", "ni XML ni JSON"),
        (b"\x1f\x8b\x08\x00\x00", "ni XML ni JSON"),
        (b"<kml><a/></kml>", "format inconnu"),
        (b'{"a": 1}', "format inconnu"),
        (b"[1, 2]", "format inconnu"),
        (b'{"a": ', "JSON illisible"),
        (b'{"a": NaN}', "JSON illisible"),
        (b"[" * 200_000, "niveaux"),
        (b'{"a":' * 50_000, "niveaux"),
        (rss("<item><title>T</title></item>")[:-30], "tronqué"),
        (b'<rss version="2.0"><channel><title><![CDATA[x', "tronqué"),
        (b'<rss version="2.0"><channel><!-- x', "tronqué"),
        (b"<rss", "tronqué"),
        (b"<?xml version='1.0'?>", "tronqué"),
        (b"<!DOCTYPE rss", "tronqué"),
        (b"<x>" * 101 + b"</x>" * 101, "niveaux"),
        (b"<rss>" + b"<i>" * 500_000, "niveaux"),
        (b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss version="2.0"><channel>&b;</channel></rss>', "DOCTYPE"),
        (b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel>&x;</channel></rss>', "DOCTYPE"),
        (b'<!DOCTYPE r [<!ENTITY % x SYSTEM "http://e.org/x.dtd"> %x;]><rss/>', "DOCTYPE"),
        (b'<rss><!DOCTYPE r [<!ENTITY x "y">]></rss>', "déclaration"),
        (b'<rss version="2.0"/><rss version="2.0"><channel/></rss>'[:20], ""),
    ],
)
def test_what_cannot_be_a_feed_is_refused_with_a_reason(data, words):
    if not words:
        assert read(data) == []
        return
    import re

    assert re.search(words, refusal(data))


def test_a_document_larger_than_the_limit_is_refused():
    assert "au plus" in refusal(b"<rss>" + b" " * MAX_BYTES)


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_entities_do_not_hide_in_another_charset(charset):
    text = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x "y">]><rss version="2.0"><channel>&x;</channel></rss>'
    assert "DOCTYPE" in refusal(text.encode(charset))


@pytest.mark.parametrize("charset", ["utf-7", "punycode", "zlib_codec", "hex", "rot13", "unicode_escape", "undefined", "no-such"])
def test_codecs_that_are_no_charset_are_not_believed(charset):
    data = f'<?xml version="1.0" encoding="{charset}"?>'.encode() + rss("<item><title>Été</title></item>")
    assert read(data)[0].title == "Été"


def test_floods_are_refused_before_they_cost_time():
    began = time.monotonic()
    assert "éléments" in refusal(rss("<item><title>T</title></item>" * 6_000))
    attributes = " ".join(f'a{n}="1"' for n in range(50_000))
    assert "balise de" in refusal(rss(f"<item {attributes}></item>"))
    assert time.monotonic() - began < 2


def test_bytes_that_name_a_file_are_not_opened(tmp_path):
    assert "ni XML ni JSON" in refusal(b"/etc/passwd")


def test_noise_is_refused_and_nothing_else_is_raised():
    import random

    source = random.Random(7)
    seeds = [p.read_bytes() for p in sorted((Path(__file__).parents[1] / "data/feeds").iterdir())]
    for _ in range(300):
        data = bytearray(source.choice(seeds))
        for _ in range(source.randint(1, 8)):
            at = source.randrange(len(data))
            data[at : at + source.randint(0, 9)] = source.randbytes(source.randint(0, 5))
        try:
            read(bytes(data))
        except BroadcastError:
            pass


@pytest.mark.conformance
def test_the_corpus_of_feedparser_is_read_or_refused(conformance: Path):
    read_count, refused, longest = 0, [], 0.0
    with tarfile.open(conformance / "feeds/feedparser-tests.tar.gz") as archive:
        for member in archive:
            stored = archive.extractfile(member) if member.isfile() else None
            if stored is None or "/tests/" not in f"/{member.name}":
                continue
            began = time.monotonic()
            try:
                for entry in parse(stored.read(), url=URL, content_type=None):
                    assert "<script" not in entry.summary + entry.title
                    assert entry.link == "" or entry.link.startswith(("http://", "https://"))
                    assert entry.published is None or entry.published.utcoffset() is not None
                read_count += 1
            except BroadcastError as error:
                refused.append((member.name, str(error)))
            longest = max(longest, time.monotonic() - began)
    assert read_count + len(refused) >= 2_100
    # CDF (a format of 1997), the entity tests and the documents broken off in the middle.
    assert len(refused) <= 15, refused
    assert longest < 5
