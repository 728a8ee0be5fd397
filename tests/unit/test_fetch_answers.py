"""What bodies and answers of sources mean, without a network."""

from __future__ import annotations

import gzip
import http.client
import socket
import ssl
import tracemalloc
import zlib
from dataclasses import replace

import pytest

from broadcast.errors import FeedError
from broadcast.feeds.answers import Answer, FeedRequest, fetched_of
from broadcast.feeds.bodies import unpacked
from broadcast.feeds.faults import fault
from broadcast.feeds.fetch import Fetcher

URL = "https://www.prefecture.example/feed"
MAX = 2**20
ASKED = FeedRequest(url=URL, etag='"1"', last_modified="Sun, 22 Nov 2026 10:00:00 GMT", body_sha256="f" * 64)
ANSWER = Answer(status=200, headers={"etag": 'W/"2"', "last-modified": "gestern"}, body=b"<rss/>", url=URL)


def test_packed_bodies_are_unpacked():
    body = b"<rss/>" * 1000
    assert unpacked(body, "", max_bytes=MAX) == body
    assert unpacked(body, " Identity ", max_bytes=MAX) == body
    assert unpacked(gzip.compress(body), "gzip", max_bytes=MAX) == body
    assert unpacked(gzip.compress(body[:10]) + gzip.compress(body[10:]), "X-GZIP", max_bytes=MAX) == body
    assert unpacked(gzip.compress(body) + b"\0" * 20, "gzip", max_bytes=MAX) == body
    assert unpacked(zlib.compress(body), "deflate", max_bytes=MAX) == body
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    assert unpacked(raw.compress(body) + raw.flush(), "deflate", max_bytes=MAX) == body


def test_a_body_may_be_as_large_as_the_limit_and_no_larger():
    for pack, encoding in ((gzip.compress, "gzip"), (zlib.compress, "deflate")):
        assert len(unpacked(pack(b"x" * MAX), encoding, max_bytes=MAX)) == MAX
        with pytest.raises(FeedError, match="plus de 1 Mio"):
            unpacked(pack(b"x" * (MAX + 1)), encoding, max_bytes=MAX)


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = gzip.compress(b"\0" * 2**28)
    tracemalloc.start()
    with pytest.raises(FeedError, match="plus de 1 Mio"):
        unpacked(bomb, "gzip", max_bytes=MAX)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * MAX
    with pytest.raises(FeedError, match="trop de morceaux"):
        unpacked(gzip.compress(b"") * 50_000, "gzip", max_bytes=MAX)


@pytest.mark.parametrize(
    ("body", "encoding", "why"),
    [
        (b"<rss/>", "gzip", "illisible"),
        (b"", "gzip", "coupée"),
        (gzip.compress(b"x" * 5000, mtime=0)[:-9], "gzip", "coupée"),
        (gzip.compress(b"x" * 5000, mtime=0)[:-4] + b"abcd", "gzip", "illisible"),
        (b"\xff" * 20, "deflate", "illisible"),
        (b"<rss/>", "br", "inconnue"),
        (b"<rss/>", "gzip, gzip", "inconnue"),
    ],
)
def test_a_body_that_cannot_be_unpacked_is_refused(body: bytes, encoding: str, why: str):
    with pytest.raises(FeedError, match=why):
        unpacked(body, encoding, max_bytes=MAX)


def test_another_body_is_new():
    fetched = fetched_of(ASKED, ANSWER, who="x")
    assert (fetched.outcome, fetched.body, fetched.etag, fetched.last_modified) == ("new", b"<rss/>", 'W/"2"', "gestern")
    assert len(fetched.body_sha256) == 64


def test_the_same_bytes_are_no_change_whatever_the_status():
    known = fetched_of(ASKED, ANSWER, who="x").body_sha256
    fetched = fetched_of(replace(ASKED, body_sha256=known), ANSWER, who="x")
    assert (fetched.outcome, fetched.status, fetched.body, fetched.etag) == ("unchanged", 200, b"", 'W/"2"')


def test_not_modified_keeps_what_is_known_but_for_a_new_validator():
    fetched = fetched_of(ASKED, Answer(status=304, headers={}, url=URL), who="x")
    assert (fetched.outcome, fetched.etag, fetched.body_sha256) == ("unchanged", '"1"', "f" * 64)
    assert fetched_of(ASKED, Answer(status=304, headers={"etag": '"3"'}, url=URL), who="x").etag == '"3"'


def test_not_modified_without_a_condition_is_a_fault():
    for asked, answer in (
        (FeedRequest(url=URL), Answer(status=304, headers={}, url=URL)),
        (ASKED, Answer(status=304, headers={}, url=URL, is_redirected=True)),
    ):
        fetched = fetched_of(asked, answer, who="x")
        assert (fetched.outcome, fetched.status) == ("failed", 304)
        assert "304" in fetched.reason


def test_validators_of_another_address_or_that_cannot_be_sent_back_are_not_kept():
    assert fetched_of(ASKED, replace(ANSWER, is_redirected=True), who="x").etag == ""
    folded = replace(ANSWER, headers={"etag": '"a\r\n b"', "last-modified": "x"})
    assert fetched_of(ASKED, folded, who="x").etag == ""


@pytest.mark.parametrize(
    ("status", "outcome", "why"),
    [
        (205, "failed", "inattendue (205)"),
        (206, "failed", "inattendue (206)"),
        (301, "failed", "inattendue (301)"),
        (401, "failed", "vérifiez la clé"),
        (403, "failed", "vérifiez la clé"),
        (404, "failed", "introuvable"),
        (410, "gone", "supprimé"),
        (418, "failed", "inattendue (418)"),
        (429, "failed", "trop de demandes"),
        (500, "failed", "panne"),
        (503, "failed", "momentanément"),
    ],
)
def test_other_statuses_say_what_to_do(status: int, outcome: str, why: str):
    fetched = fetched_of(ASKED, Answer(status=status, headers={"retry-after": "90"}, url=URL), who="www.prefecture.example")
    assert (fetched.outcome, fetched.status, fetched.body) == (outcome, status, b"")
    assert fetched.reason.startswith("www.prefecture.example : ")
    assert why in fetched.reason
    assert fetched.retry_after_s == (90 if status in (429, 500, 503) else None)


def test_a_source_that_has_nothing_to_tell_is_no_failure_and_forgets_nothing():
    fetched = fetched_of(ASKED, Answer(status=204, headers={}, url=URL), who="x")
    assert (fetched.outcome, fetched.status, fetched.reason) == ("unchanged", 204, "")
    assert (fetched.etag, fetched.body_sha256) == (ASKED.etag, ASKED.body_sha256)


def test_an_empty_body_is_a_fault():
    assert fetched_of(ASKED, replace(ANSWER, body=b""), who="x").outcome == "failed"


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (TimeoutError("geheim"), "pas de réponse complète en 30 s"),
        (ssl.SSLError("geheim"), "chiffrée"),
        (socket.gaierror(-2, "geheim"), "nom introuvable"),
        (UnicodeError("geheim"), "nom introuvable"),
        (ConnectionRefusedError("geheim"), "connexion refusée"),
        (ConnectionResetError("geheim"), "connexion coupée"),
        (http.client.RemoteDisconnected("geheim"), "connexion coupée"),
        (http.client.IncompleteRead(b"geheim"), "connexion coupée"),
        (OSError(113, "geheim"), "injoignable"),
        (http.client.BadStatusLine("geheim"), "réponse illisible"),
        (ValueError("geheim"), "réponse illisible"),
    ],
)
def test_a_fault_is_told_without_the_words_of_the_exception(error: Exception, why: str):
    said = fault(error, "x", timeout_s=30.0)
    assert said.startswith("x : ")
    assert why in said
    assert "geheim" not in said


def test_a_secret_header_is_in_no_repr_and_no_reason():
    request = FeedRequest(url="http://127.0.0.1:9/feed", allow_private=True, headers={"apikey": "geheim\n"})
    assert "geheim" not in repr(request)
    fetched = Fetcher().fetch(request)
    assert "apikey" in fetched.reason
    assert "geheim" not in repr(fetched)
    for name in ("Host", "transfer-encoding", "bad name", ""):
        assert "impossible" in Fetcher().fetch(replace(request, headers={name: "x"})).reason
