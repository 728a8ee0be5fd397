"""Fetching from real servers on loopback: good ones, slow ones, wrong ones and hostile ones."""

from __future__ import annotations

import gzip
import http.client
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from broadcast import __version__
from broadcast.feeds.connections import system_resolve
from broadcast.feeds.fetch import FeedRequest, Fetched, Fetcher
from tests.feed_server import (
    FeedServer,
    conditional,
    drip,
    hang,
    hang_up,
    pack,
    packed,
    page,
    pieces,
    raw,
    redirect,
    rss,
    status,
    whole,
)

BODY = rss(3)
DATE = "Sun, 22 Nov 2026 10:00:00 GMT"


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


@pytest.fixture
def make() -> Iterator[Callable[..., Fetcher]]:
    made: list[Fetcher] = []

    def fetcher(**facts: Any) -> Fetcher:
        made.append(Fetcher(**facts))
        return made[-1]

    yield fetcher
    for one in made:
        one.close()


@pytest.fixture
def fetcher(make: Callable[..., Fetcher]) -> Fetcher:
    return make(max_bytes=2**20)


def ask(url: str, **facts: object) -> FeedRequest:
    return FeedRequest(**({"url": url, "allow_private": True, "timeout_s": 5.0} | facts))


def again(url: str, before: Fetched, **facts: object) -> FeedRequest:
    return ask(url, etag=before.etag, last_modified=before.last_modified, body_sha256=before.body_sha256, **facts)


def test_a_feed_is_fetched_with_its_facts(server: FeedServer, fetcher: Fetcher):
    links = '<https://hub.example/>; rel="hub", </feed>; rel="self"'
    url = server.on(
        "/feed", conditional(BODY, etag='W/"a b"', last_modified=DATE, content_type="application/rss+xml", link=links)
    )
    fetched = fetcher.fetch(ask(url, headers={"apikey": "k"}))
    assert (fetched.outcome, fetched.status, fetched.body, fetched.reason) == ("new", 200, BODY, "")
    assert (fetched.etag, fetched.last_modified, fetched.content_type) == ('W/"a b"', DATE, "application/rss+xml")
    assert (fetched.final_url, fetched.moved_to) == (url, "")
    assert (fetched.hub_urls, fetched.self_url) == (("https://hub.example/",), url)
    assert 0 < fetched.took_s < 5
    sent = server.asked[0].headers
    assert sent["user-agent"] == f"Broadcast/{__version__}"
    assert sent["apikey"] == "k"
    assert "cookie" not in sent
    assert sent["host"] == f"127.0.0.1:{server.port}"


def test_validators_go_back_exactly_and_an_unchanged_feed_has_no_body(server: FeedServer, fetcher: Fetcher):
    for etag, date in (('W/"a b"', ""), ("unquoted", ""), ("", DATE), ("", "hier soir"), ('"x"', DATE)):
        url = server.on("/feed", conditional(BODY, etag=etag, last_modified=date))
        before = fetcher.fetch(ask(url))
        after = fetcher.fetch(again(url, before))
        assert (after.outcome, after.status, after.body) == ("unchanged", 304, b"")
        assert (after.etag, after.last_modified, after.body_sha256) == (etag, date, before.body_sha256)
        assert server.asked[-1].headers.get("if-none-match", "") == etag
        assert server.asked[-1].headers.get("if-modified-since", "") == date


def test_the_same_body_is_no_change_where_the_server_ignores_conditions(server: FeedServer, fetcher: Fetcher):
    url = server.on("/feed", page(BODY, set_cookie="a=b"))
    before = fetcher.fetch(ask(url))
    after = fetcher.fetch(again(url, before))
    assert (after.outcome, after.status, after.body) == ("unchanged", 200, b"")
    server.on("/feed", page(BODY + b" "))
    assert fetcher.fetch(again(url, before)).outcome == "new"
    assert all("cookie" not in asked.headers for asked in server.asked)


def test_not_modified_without_a_condition_is_a_failure(server: FeedServer, fetcher: Fetcher):
    url = server.on("/feed", raw(b"HTTP/1.1 304 Not Modified\r\n\r\n"))
    assert fetcher.fetch(ask(url)).outcome == "failed"
    assert fetcher.fetch(ask(url, body_sha256="f" * 64)).outcome == "failed"


def test_connections_are_used_again_and_a_closed_one_costs_nothing(server: FeedServer, fetcher: Fetcher):
    url = server.on("/feed", page(BODY))
    assert [fetcher.fetch(ask(url)).outcome for _ in range(3)] == ["new"] * 3
    assert {asked.connection for asked in server.asked} == {1}
    server.hang_up_all()
    assert fetcher.fetch(ask(url)).outcome == "new"


def test_a_connection_that_closes_on_the_second_request_is_replaced(server: FeedServer, fetcher: Fetcher):
    first = threading.Event()

    def once_a_connection(asked: object, line: socket.socket) -> bool:
        if first.is_set():
            first.clear()
            return False
        first.set()
        line.sendall(whole(200, BODY))
        return True

    url = server.on("/feed", once_a_connection)
    assert fetcher.fetch(ask(url)).outcome == "new"
    assert fetcher.fetch(ask(url)).outcome == "new"
    assert [asked.connection for asked in server.asked] == [1, 1, 2]


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_packed_bodies_are_unpacked(server: FeedServer, fetcher: Fetcher, encoding: str):
    assert fetcher.fetch(ask(server.on("/feed", packed(BODY, encoding)))).body == BODY


def test_a_body_in_chunks_or_without_length_is_read(server: FeedServer, fetcher: Fetcher):
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(BODY[n : n + 99]), BODY[n : n + 99]) for n in range(0, len(BODY), 99))
    server.on("/chunked", raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n", keep=True))
    server.on("/bare", raw(b"HTTP/1.0 200 OK\r\n\r\n" + BODY))
    for path in ("/chunked", "/chunked", "/bare"):
        assert fetcher.fetch(ask(server.url(path))).body == BODY


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (hang_up, "coupée"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<rss>"), "5 octets reçus sur 500"),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n"), "coupée"),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "coupée"),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "illisible"),
        (raw(b"<html>"), "illisible"),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 500 + b"\r\n"), "illisible"),
        (raw(b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 100_000 + b"\r\n\r\n"), "illisible"),
        (raw(whole(200, b"")), "vide"),
        (page(pack(b"\0" * 2**26), content_encoding="gzip"), "plus de 1 Mio"),
        (page(gzip.compress(BODY)[:-5], content_encoding="gzip"), "coupée"),
        (page(BODY, content_encoding="br"), "inconnue"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n"), "plus de 1 Mio"),
        (pieces([b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 2**16] * 20], every_s=0), "plus de 1 Mio"),
        (raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"), "302"),
        (raw(b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"), "file://"),
        (raw(b"HTTP/1.1 302 Found\r\nLocation: http://[x/\r\nContent-Length: 0\r\n\r\n"), "redirection illisible"),
        (raw(b"HTTP/1.1 302 Found\r\nLocation: http://a:b@c/\r\nContent-Length: 0\r\n\r\n"), "mot de passe"),
    ],
)
def test_a_wrong_or_hostile_answer_is_a_failure_with_a_reason(server: FeedServer, fetcher: Fetcher, behaviour: object, why: str):
    fetched = fetcher.fetch(ask(server.on("/feed", behaviour)))
    assert (fetched.outcome, fetched.body) == ("failed", b"")
    assert why in fetched.reason
    assert fetcher.fetch(ask(server.on("/good", page(BODY)))).outcome == "new"


def test_a_wrong_length_of_a_body_that_goes_on_gives_what_was_announced_and_no_second_answer(
    server: FeedServer, fetcher: Fetcher
):
    length = len(BODY)
    smuggled = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    url = server.on("/feed", raw(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length + BODY + smuggled, keep=True))
    assert [fetcher.fetch(ask(url)).body for _ in range(2)] == [BODY, BODY]


@pytest.mark.parametrize(
    "behaviour",
    [
        hang(),
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"),
        drip(b"HTTP/1.1 200 OK\r\n\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", drop=b"1\r\nx\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nX-A: "),
        drip(b"HTTP/1.1 200 OK\r\n", drop=b"X: y\r\n", every_s=0.1),
        drip(b"", drop=b"HTTP/1.1 100 Continue\r\n\r\n"),
        drip(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 5000\r\n\r\n"),
        drip(b"HTTP/1.1 500 No\r\nContent-Length: 5000\r\n\r\n"),
    ],
)
def test_nobody_outlives_the_deadline(server: FeedServer, fetcher: Fetcher, behaviour: object):
    begin = time.monotonic()
    fetched = fetcher.fetch(ask(server.on("/feed", behaviour), timeout_s=0.5))
    assert time.monotonic() - begin < 1.0
    assert fetched.outcome == "failed"
    assert "en 0.5 s" in fetched.reason


def test_a_chain_of_slow_redirects_does_not_outlive_the_deadline(server: FeedServer, fetcher: Fetcher):
    for n in range(5):
        server.on(f"/{n}", raw(whole(302, location=f"/{n + 1}"), keep=True, wait_s=0.3))
    begin = time.monotonic()
    assert "en 0.7 s" in fetcher.fetch(ask(server.url("/0"), timeout_s=0.7)).reason
    assert time.monotonic() - begin < 1.2


def test_a_name_server_that_hangs_does_not_outlive_the_deadline(make: Callable[..., Fetcher]):
    woken = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        woken.wait(10)
        return ["127.0.0.1"]

    begin = time.monotonic()
    assert "en 0.3 s" in make(resolve=resolve).fetch(ask("http://slow.example/", timeout_s=0.3)).reason
    assert time.monotonic() - begin < 0.8
    woken.set()


def test_permanent_redirects_are_followed_and_reported(server: FeedServer, fetcher: Fetcher):
    server.on("/a", redirect("/b", 301))
    server.on("/b", redirect(server.url("/c?d=é"), 308))
    server.on("/c", conditional(BODY, etag='"c"'))
    fetched = fetcher.fetch(ask(server.url("/a"), etag='"a"'))
    assert (fetched.outcome, fetched.body) == ("new", BODY)
    assert fetched.final_url == fetched.moved_to == server.url("/c?d=é")
    assert server.asked[-1].path == "/c?d=%C3%A9"
    # What another address says of its age is neither asked nor kept.
    assert [asked.headers.get("if-none-match") for asked in server.asked] == ['"a"', None, None]
    assert fetched.etag == ""
    assert fetcher.fetch(ask(server.url("/a"), body_sha256=fetched.body_sha256)).outcome == "unchanged"


@pytest.mark.parametrize("codes", [(302,), (303,), (307,), (301, 302), (302, 301)])
def test_a_temporary_redirect_on_the_way_leaves_the_address(server: FeedServer, fetcher: Fetcher, codes: tuple[int, ...]):
    for n, code in enumerate(codes):
        server.on(f"/{n}", redirect(f"/{n + 1}", code))
    server.on(f"/{len(codes)}", page(BODY))
    fetched = fetcher.fetch(ask(server.url("/0")))
    assert (fetched.outcome, fetched.moved_to) == ("new", "")
    assert fetched.final_url == server.url(f"/{len(codes)}")


def test_redirects_in_a_circle_and_without_end_are_refused(server: FeedServer, fetcher: Fetcher):
    assert "boucle" in fetcher.fetch(ask(server.on("/self", redirect("/self#x")))).reason
    server.on("/a", redirect("/b"))
    assert "boucle" in fetcher.fetch(ask(server.on("/b", redirect("/a")))).reason
    for n in range(9):
        server.on(f"/{n}", redirect(f"/{n + 1}"))
    server.on("/9", page(BODY))
    assert fetcher.fetch(ask(server.url("/4"))).outcome == "new"
    assert "plus de 5 redirections" in fetcher.fetch(ask(server.url("/3"))).reason


def test_a_secret_header_stays_with_its_origin(server: FeedServer, fetcher: Fetcher):
    with FeedServer(host="127.0.0.2") as other:
        other.on("/feed", page(BODY))
        server.on("/here", redirect("/there"))
        server.on("/there", redirect(other.url()))
        assert fetcher.fetch(ask(server.url("/here"), headers={"apikey": "geheim"})).outcome == "new"
        assert [asked.headers.get("apikey") for asked in server.asked] == ["geheim", "geheim"]
        assert "apikey" not in other.asked[0].headers


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
)
def test_this_machine_is_refused_without_allow_private(server: FeedServer, fetcher: Fetcher, host: str):
    server.on("/feed", page(BODY))
    fetched = fetcher.fetch(ask(f"http://{host}:{server.port}/feed", allow_private=False))
    assert fetched.outcome == "failed"
    assert "adresse refusée" in fetched.reason and "allow_private" in fetched.reason
    assert server.asked == []


def test_the_addresses_of_hosting_services_are_refused_without_allow_private(fetcher: Fetcher):
    for host in ("169.254.169.254", "[fd00:ec2::254]", "168.63.129.16", "10.0.0.1", "[fe80::1]"):
        begin = time.monotonic()
        fetched = fetcher.fetch(ask(f"http://{host}/latest/meta-data/", allow_private=False))
        assert "adresse refusée" in fetched.reason
        assert time.monotonic() - begin < 0.2


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "64:ff9b::a9fe:a9fe"])
def test_a_name_that_leads_to_such_an_address_is_refused(server: FeedServer, address: str, make: Callable[..., Fetcher]):
    server.on("/feed", page(BODY))
    fetched = make(resolve=lambda host, port: [address]).fetch(
        ask(f"http://feed.example:{server.port}/feed", allow_private=False)
    )
    assert "feed.example" in fetched.reason and "adresse refusée" in fetched.reason
    assert server.asked == []


def test_the_address_that_was_checked_is_the_one_connected_to(
    server: FeedServer, monkeypatch: pytest.MonkeyPatch, make: Callable[..., Fetcher]
):
    """DNS rebinding: a second look-up would give loopback; there is none. No public address can be reached in a test."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])
    reached: list[str] = []

    def connect(self: socket.socket, address: tuple[str, int]) -> None:
        reached.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    fetcher = make(resolve=lambda host, port: next(answers))
    assert "refusée" in fetcher.fetch(ask("http://feed.example/", allow_private=False)).reason
    assert reached == ["93.184.216.34"]
    assert "adresse refusée" in fetcher.fetch(ask("http://feed.example/", allow_private=False)).reason
    assert reached == ["93.184.216.34"]


def test_a_redirect_into_the_own_network_is_refused(
    server: FeedServer, monkeypatch: pytest.MonkeyPatch, make: Callable[..., Fetcher]
):
    """The first hop pretends that loopback is public: no test can have a public server."""
    inner = server.on("/inner", page(BODY))
    server.on("/feed", redirect(inner.replace("127.0.0.1", "inner.example")))
    monkeypatch.setattr("broadcast.feeds.addresses.is_public", lambda address: address == "127.0.0.1")
    fetcher = make(resolve=lambda host, port: ["127.0.0.1"] if host == "outer.example" else ["127.0.0.2", "169.254.169.254"])
    fetched = fetcher.fetch(ask(f"http://outer.example:{server.port}/feed", allow_private=False))
    assert "inner.example" in fetched.reason and "adresse refusée" in fetched.reason
    assert [asked.path for asked in server.asked] == ["/feed"]


def test_a_connection_made_under_allow_private_serves_nobody_else(server: FeedServer, make: Callable[..., Fetcher]):
    url = server.on("/feed", page(BODY))
    fetcher = make()
    assert fetcher.fetch(ask(url)).outcome == "new"
    assert "adresse refusée" in fetcher.fetch(ask(url, allow_private=False)).reason
    assert len(server.asked) == 1


def test_a_dead_address_of_a_name_leaves_time_for_the_next(server: FeedServer, make: Callable[..., Fetcher]):
    server.on("/feed", page(BODY))
    fetcher = make(resolve=lambda host, port: ["127.0.0.9", "127.0.0.1"])
    assert fetcher.fetch(ask(f"http://feed.example:{server.port}/feed")).outcome == "new"


def test_names_are_asked_of_the_system(server: FeedServer, fetcher: Fetcher):
    server.on("/feed", page(BODY))
    assert "127.0.0.1" in system_resolve("localhost", server.port)
    assert fetcher.fetch(ask(f"http://localhost:{server.port}/feed")).outcome == "new"


def test_what_is_not_there_is_told(server: FeedServer, fetcher: Fetcher, make: Callable[..., Fetcher]):
    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "x")

    assert "nom introuvable" in make(resolve=nowhere).fetch(ask("http://nowhere.example/")).reason
    assert "nom introuvable" in make(resolve=lambda host, port: []).fetch(ask("http://nowhere.example/")).reason
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert "connexion refusée" in fetcher.fetch(ask(f"http://127.0.0.1:{port}/")).reason
    assert "adresse" in fetcher.fetch(ask("")).reason


def test_busy_sources_say_when_to_come_back(server: FeedServer, fetcher: Fetcher):
    fetched = fetcher.fetch(ask(server.on("/feed", status(429, retry_after="120"))))
    assert (fetched.outcome, fetched.status, fetched.retry_after_s) == ("failed", 429, 120)
    date = {"retry_after": "Sun, 22 Nov 2026 10:05:00 GMT", "date": DATE}
    assert fetcher.fetch(ask(server.on("/feed", status(503, **date)))).retry_after_s == 300
    fetched = fetcher.fetch(ask(server.on("/feed", status(410))))
    assert (fetched.outcome, fetched.status) == ("gone", 410)


def test_the_environment_names_no_proxy(server: FeedServer, monkeypatch: pytest.MonkeyPatch, make: Callable[..., Fetcher]):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert make().fetch(ask(server.on("/feed", page(BODY)))).outcome == "new"


def a_certificate(folder: Path, *more: str) -> ssl.SSLContext:
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", *more]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*command, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


SUBJECT = ("-subj", "/CN=127.0.0.1", "-days", "2", "-addext")


def test_https_is_checked_and_never_left(tmp_path: Path, server: FeedServer, make: Callable[..., Fetcher]):
    context = a_certificate(tmp_path, *SUBJECT, "subjectAltName=IP:127.0.0.1")
    plain = server.on("/feed", page(BODY))
    with FeedServer(context=context) as safe:
        url = safe.on("/feed", page(BODY))
        fetcher = make(context=ssl.create_default_context(cafile=str(tmp_path / "cert.pem")))
        assert [fetcher.fetch(ask(url)).outcome for _ in range(2)] == ["new", "new"]
        assert {asked.connection for asked in safe.asked} == {1}
        assert "en 0.4 s" in fetcher.fetch(ask(safe.on("/drip", drip(b"HTTP/1.1 200 OK\r\nX: ")), timeout_s=0.4)).reason
        assert "non chiffrée" in fetcher.fetch(ask(safe.on("/down", redirect(plain)))).reason
        server.on("/up", redirect(url, 301))
        assert fetcher.fetch(ask(server.url("/up"))).moved_to == url
        stranger = make(context=ssl.create_default_context()).fetch(ask(url))
        assert "certificat signé par lui-même" in stranger.reason
    assert server.of("/feed") == []


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, make: Callable[..., Fetcher]):
    context = a_certificate(tmp_path, *SUBJECT, "subjectAltName=DNS:other.example")
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    with FeedServer(context=context) as safe:
        safe.on("/feed", page(BODY))
        by_address = make(context=trusting).fetch(ask(safe.url()))
        named = make(context=trusting, resolve=lambda host, port: ["127.0.0.1"])
        by_name = named.fetch(ask(f"https://feed.example:{safe.port}/feed"))
        assert "certificat établi pour une autre adresse" in by_address.reason
        assert "certificat établi pour un autre nom" in by_name.reason
        assert named.fetch(ask(f"https://other.example:{safe.port}/feed")).outcome == "new"


def test_a_handshake_that_hangs_or_is_none_is_told(server: FeedServer, make: Callable[..., Fetcher]):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        assert "en 0.3 s" in make().fetch(ask(url, timeout_s=0.3)).reason
    server.on("/feed", page(BODY))
    fetched = make().fetch(ask(server.url().replace("http:", "https:"), timeout_s=2.0))
    assert fetched.outcome == "failed"


def test_hundreds_are_fetched_at_a_time_and_hanging_ones_hold_up_nobody(fetcher: Fetcher, make: Callable[..., Fetcher]):
    servers = [FeedServer(host=f"127.0.0.{n}") for n in range(1, 11)]
    for server in servers:
        server.on("/feed", raw(whole(200, BODY), keep=True, wait_s=0.2))
        server.on("/hang", hang())
    slow = make(per_host=20)
    requests = [ask(server.url("/feed")) for server in servers for _ in range(15)]
    requests += [ask(server.url("/hang"), timeout_s=2.0) for server in servers]
    begin = time.monotonic()
    came = [(n, fetched.outcome, time.monotonic() - begin) for n, fetched in slow.fetch_all(requests)]
    assert sorted(n for n, *_ in came) == list(range(160))
    good = [(outcome, at) for n, outcome, at in came if n < 150]
    assert {outcome for outcome, _ in good} == {"new"}
    assert max(at for _, at in good) < 1.5
    assert {outcome for n, outcome, _ in came if n >= 150} == {"failed"}
    assert came[-1][2] < 3.0
    for server in servers:
        server.close()


def test_a_host_is_asked_four_at_a_time_also_by_redirects_and_queueing_costs_no_deadline(server: FeedServer, fetcher: Fetcher):
    server.on("/feed", raw(whole(200, BODY), keep=True, wait_s=0.1))
    done = list(fetcher.fetch_all([ask(server.url(), timeout_s=0.6)] * 40))
    assert {fetched.outcome for _, fetched in done} == {"new"}
    assert server.busiest == 4
    server.busiest = 0
    senders = [FeedServer(host=f"127.0.0.{n}") for n in range(2, 12)]
    requests = [ask(sender.on("/feed", redirect(server.url()))) for sender in senders for _ in range(2)]
    assert {fetched.outcome for _, fetched in fetcher.fetch_all(requests)} == {"new"}
    assert server.busiest <= 4
    for sender in senders:
        sender.close()


def test_more_feeds_than_threads_and_bad_addresses_among_them(server: FeedServer, make: Callable[..., Fetcher]):
    url = server.on("/feed", page(BODY))
    requests = [ask(url if n % 3 else "nonsense") for n in range(50)]
    done = dict(make(max_threads=3, per_host=2).fetch_all(requests))
    assert [done[n].outcome for n in range(50)] == ["new" if n % 3 else "failed" for n in range(50)]
    assert list(make().fetch_all([])) == []


def test_who_stops_listening_begins_nothing_more(server: FeedServer, make: Callable[..., Fetcher]):
    server.on("/feed", raw(whole(200, BODY), keep=True, wait_s=0.05))
    results = make(per_host=1).fetch_all([ask(server.url())] * 50)
    next(results)
    results.close()  # type: ignore[attr-defined]
    time.sleep(0.3)
    assert len(server.asked) <= 3


def test_a_defect_of_ours_costs_one_feed(server: FeedServer, make: Callable[..., Fetcher]):
    def broken(host: str, port: int) -> list[str]:
        raise RuntimeError("geheim")

    url = server.on("/feed", page(BODY))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("broadcast.feeds.fetch.fetched_of", lambda *a, **k: 1 / 0)
        done = list(make().fetch_all([ask(url)]))
    assert "défaut de Broadcast (ZeroDivisionError)" in done[0][1].reason


def test_http_client_keeps_its_limits():
    """The limits on heads that we rely on are those of the standard library."""
    assert (http.client._MAXHEADERS, http.client._MAXLINE) == (100, 65536)  # type: ignore[attr-defined]
