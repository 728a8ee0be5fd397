"""Fetching feeds: conditional, limited in size, time, redirects and connections per host; never raises for the network.

Threads, not an event loop: one asks the source, waits and unpacks, hundreds do so at once. Nothing is read
from the environment (no proxy), no cookie is kept. Conditions are sent to the requested address only: what
another address says of its own age must not silence this one.
"""

from __future__ import annotations

import http.client
import re
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from queue import SimpleQueue

from broadcast import __version__
from broadcast.errors import FeedError
from broadcast.feeds.addresses import Place, read_url
from broadcast.feeds.answers import REDIRECTS, Answer, FeedRequest, Fetched, failed, fetched_of
from broadcast.feeds.bodies import ENCODINGS, MAX_FEED_BYTES, read_body, unpacked
from broadcast.feeds.connections import Connection, Pool, Resolve, system_resolve
from broadcast.feeds.faults import TRANSPORT_ERRORS, fault
from broadcast.feeds.trip import Doors, Trip
from broadcast.http import trust

__all__ = ["MAX_FEED_BYTES", "FeedRequest", "Fetched", "Fetcher"]

#: Connections to one host at a time.
PER_HOST = 4
#: Fetches at a time.
MAX_THREADS = 200
#: A redirect's own page up to this size is read, so that its connection can be used again, bytes.
_SMALL_BYTES = 2**14
_HEADERS = {
    "User-Agent": f"Broadcast/{__version__}",
    "Accept": "application/atom+xml, application/rss+xml, application/feed+json, application/cap+xml, "
    "application/xml;q=0.9, application/json;q=0.9, */*;q=0.5",
    "Accept-Encoding": ENCODINGS,
}
#: Settings cannot change these: the reading of the answer rests on them.
_OWN_HEADERS = frozenset({"host", "connection", "accept-encoding", "content-length", "transfer-encoding", "range"})
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e\xa0-\xff]*")


class Fetcher:
    """Fetches feeds over one pool of connections. Safe for threads; not to be carried into a fork."""

    def __init__(
        self,
        *,
        per_host: int = PER_HOST,
        max_bytes: int = MAX_FEED_BYTES,
        max_threads: int = MAX_THREADS,
        resolve: Resolve = system_resolve,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Make one.

        Args:
            per_host: connections to one host at a time.
            max_bytes: largest body, packed or unpacked.
            max_threads: fetches at a time.
            resolve: gives the addresses of a host.
            context: trust store; None: that of the process.
        """
        self._per_host, self._max_bytes, self._max_threads = per_host, max_bytes, max_threads
        self._pool = Pool(resolve=resolve, context=trust() if context is None else context)
        self._doors = Doors(per_host)

    def fetch(self, request: FeedRequest) -> Fetched:
        """Return what a source answers now."""
        began_at = time.monotonic()
        trip = Trip(request.url)
        try:
            answer = self._follow(request, trip, began_at + request.timeout_s)
            done = fetched_of(request, answer, who=trip.who)
        except FeedError as error:
            done = failed(str(error), final_url=trip.url)
        except TRANSPORT_ERRORS as error:
            done = failed(fault(error, trip.who, timeout_s=request.timeout_s), final_url=trip.url)
        return replace(done, took_s=time.monotonic() - began_at)

    def fetch_all(self, requests: Sequence[FeedRequest]) -> Iterator[tuple[int, Fetched]]:
        """Yield the number of each request and what came of it, as they come.

        A host with many feeds is asked `per_host` at a time; the time of a feed begins with its own turn.
        Whoever stops listening lets what is under way run out, and nothing more begins.
        """
        done: SimpleQueue[tuple[int, Fetched]] = SimpleQueue()
        lanes = _lanes(requests, self._per_host)
        is_over = threading.Event()

        def run() -> None:
            while lanes:
                try:
                    lane = lanes.popleft()
                    while not is_over.is_set():
                        number = lane.popleft()
                        done.put((number, self._fetched(requests[number])))
                except IndexError:
                    continue  # another thread took the last one

        try:
            for n in range(min(len(lanes), self._max_threads)):
                if not lanes:
                    break
                _start(run, n)
            for _ in requests:
                yield done.get()
        finally:
            is_over.set()
            self._pool.close_idle()

    def close(self) -> None:
        """Close the connections; those in use once they have served."""
        self._pool.close()

    def _fetched(self, request: FeedRequest) -> Fetched:
        try:
            return self.fetch(request)
        except Exception as error:  # noqa: BLE001  (a defect of ours costs one feed, and is told)
            return failed(f"défaut de Broadcast ({type(error).__name__}) ; signalez-le")

    def _follow(self, request: FeedRequest, trip: Trip, ends_at: float) -> Answer:
        home = read_url(request.url, allow_private=request.allow_private)
        while True:
            place = trip.arrive(read_url(trip.url, allow_private=request.allow_private))
            headers = _headers(request, is_home=place.origin == home.origin, is_first=not trip.hops)
            with self._doors.of(place.host, ends_at):
                answer = self._exchange(request, place, headers, trip, ends_at)
            if answer.status not in REDIRECTS or "location" not in answer.headers:
                return answer
            trip.turn(answer.status, answer.headers["location"])

    def _exchange(self, request: FeedRequest, place: Place, headers: dict[str, str], trip: Trip, ends_at: float) -> Answer:
        connection, raw = self._ask(request, place, headers, ends_at)
        try:
            body = self._body(raw, trip.who)
        except BaseException:
            connection.close()
            raise
        finally:
            raw.close()
        if body is None or raw.will_close:
            connection.close()
        else:
            self._pool.give(connection)
        return Answer(
            status=raw.status,
            headers={name.lower(): value for name, value in raw.headers.items()},
            links=tuple(raw.headers.get_all("link", ())),
            body=body or b"",
            url=trip.url,
            moved_to=trip.moved_to,
            is_redirected=trip.hops > 0,
        )

    def _ask(
        self, request: FeedRequest, place: Place, headers: dict[str, str], ends_at: float
    ) -> tuple[Connection, http.client.HTTPResponse]:
        connection = self._pool.take(place, allow_private=request.allow_private)
        if connection is not None:
            try:
                return connection, connection.ask(place.target, headers, ends_at)
            except (ConnectionError, http.client.BadStatusLine, ssl.SSLError):
                connection.close()  # it had been closed meanwhile; a fresh one tells
            except BaseException:
                connection.close()
                raise
        connection = self._pool.new(place, allow_private=request.allow_private)
        try:
            return connection, connection.ask(place.target, headers, ends_at)
        except BaseException:
            connection.close()
            raise

    def _body(self, answer: http.client.HTTPResponse, who: str) -> bytes | None:
        """Return the unpacked body; None if it was left unread."""
        if answer.status == 200:
            try:
                packed = read_body(answer, max_bytes=self._max_bytes)
                return unpacked(packed, answer.getheader("content-encoding", ""), max_bytes=self._max_bytes)
            except FeedError as error:
                raise FeedError(f"{who} : {error}") from error
        if answer.length is not None and answer.length <= _SMALL_BYTES:
            return answer.read()
        return None


def _start(run: Callable[[], None], n: int) -> None:
    try:
        threading.Thread(target=run, name=f"fetch {n}", daemon=True).start()
    except RuntimeError:
        if n == 0:
            raise
        # The machine gives no more threads: those that run do all the work.


def _lanes(requests: Sequence[FeedRequest], per_host: int) -> deque[deque[int]]:
    """Return the requests' numbers by host, each host as often as it may be asked at a time, spread out."""
    hosts: dict[str, deque[int]] = {}
    for number, request in enumerate(requests):
        try:
            host = read_url(request.url, allow_private=True).host
        except FeedError:
            host = ""
        hosts.setdefault(host, deque()).append(number)
    turns = ([numbers for numbers in hosts.values() if len(numbers) > turn] for turn in range(per_host))
    return deque(numbers for turn in turns for numbers in turn)


def _headers(request: FeedRequest, *, is_home: bool, is_first: bool) -> dict[str, str]:
    more = _checked(request.headers) if is_home else {}
    names = {name.lower() for name in more}
    headers = {name: value for name, value in _HEADERS.items() if name.lower() not in names} | more
    if is_first and request.etag:
        headers["If-None-Match"] = request.etag
    if is_first and request.last_modified:
        headers["If-Modified-Since"] = request.last_modified
    return headers


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        is_possible = _HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)
        if not is_possible or name.lower() in _OWN_HEADERS:
            raise FeedError(f"en-tête {name[:30]!r} impossible ; corrigez les réglages du flux")
    return dict(headers)
