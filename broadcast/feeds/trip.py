"""The way of one fetch through its redirects, and the doors of the hosts on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin

from broadcast.errors import FeedError
from broadcast.feeds.addresses import Place
from broadcast.feeds.answers import PERMANENT
from broadcast.feeds.connections import left_s

MAX_REDIRECTS = 5


class Trip:
    """The way from the requested address through its redirects."""

    def __init__(self, url: str) -> None:
        self.url = url
        #: The server of the moment, for reasons.
        self.who = "adresse"
        self.hops = 0
        #: Where only permanent redirects have led so far; "" at home, and once one was temporary.
        self.moved_to = ""
        self._is_permanent = True
        self._seen: set[tuple[object, ...]] = set()

    def arrive(self, place: Place) -> Place:
        """Note a place, or refuse to see it again."""
        self.who = place.who
        seen = (*place.origin, place.target)
        if seen in self._seen:
            raise FeedError(f"{self.who} : redirections en boucle ; vérifiez url (les cookies sont ignorés)")
        self._seen.add(seen)
        return place

    def turn(self, status: int, location: str) -> None:
        """Go where a redirect leads."""
        self.hops += 1
        if self.hops > MAX_REDIRECTS:
            raise FeedError(f"{self.who} : plus de {MAX_REDIRECTS} redirections ; vérifiez url")
        try:
            # Headers are read as Latin-1; what is not ASCII in them is UTF-8 in practice.
            target = urljoin(self.url, location.encode("latin-1", "replace").decode("utf-8", "replace").strip())
        except ValueError as error:
            raise FeedError(f"{self.who} : redirection illisible ; vérifiez url") from error
        if self.url.strip().lower().startswith("https:") and not target.lower().startswith("https:"):
            raise FeedError(f"{self.who} : redirection vers une adresse non chiffrée : refusée ; vérifiez url")
        self._is_permanent = self._is_permanent and status in PERMANENT
        self.url = target
        self.moved_to = target if self._is_permanent else ""


class Doors:
    """Lets a number of threads in to each host, those sent there by redirects too."""

    def __init__(self, width: int) -> None:
        self._width = width
        #: Host -> door and how many want it.
        self._doors: dict[str, tuple[threading.Semaphore, int]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def of(self, host: str, ends_at: float) -> Iterator[None]:
        """Wait for one's turn at a host, and keep it."""
        with self._lock:
            door, wanted = self._doors.get(host) or (threading.Semaphore(self._width), 0)
            self._doors[host] = door, wanted + 1
        try:
            if not door.acquire(timeout=left_s(ends_at)):
                raise TimeoutError("délai dépassé")
            try:
                yield
            finally:
                door.release()
        finally:
            with self._lock:
                door, wanted = self._doors[host]
                self._doors[host] = door, wanted - 1
                if wanted == 1:
                    del self._doors[host]
