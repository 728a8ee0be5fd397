"""A made-up prefecture and ministry of the demonstration: a CAP feed and a news feed, served on 127.0.0.1."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from zoneinfo import ZoneInfo

from broadcast.alerts import Alert, Area, Info, Named, Reference
from broadcast.feeds.cap import to_xml

SENDER = "vigilance@meteo.example"
_ZONE = ZoneInfo("Europe/Paris")


class Source:
    """What the two feeds show; told to show more as the story goes on."""

    def __init__(self, now: datetime) -> None:
        self.now = now.astimezone(_ZONE).replace(microsecond=0)
        self._alerts: list[Alert] = []
        self._news: list[tuple[str, str, str]] = [("veille", "Vigilance : les bons réflexes", "Un rappel, publié hier.")]
        self.url = ""

    def settings(self) -> str:
        """Return the sections of `broadcast.toml`."""
        return f"""
[feeds.meteo-france]                       # alertes CAP, d'essai, sur cette machine
url = "{self.url}/vigilance.atom"
label = "Météo d'essai"
allow_private = true
poll_every = "1m"

[feeds.gouvernement]
url = "{self.url}/actualites.rss"
label = "Gouvernement (essai)"
scope = "national"
allow_private = true
poll_every = "5m"
"""

    def warn(self) -> None:
        """Orange heat."""
        self._alerts = [self._alert("canicule-1", "Alert", "Severe", "orange", minutes=20)]

    def worsen(self) -> None:
        """Red heat: an update of the alert."""
        self._alerts.append(self._alert("canicule-2", "Update", "Extreme", "rouge", minutes=10, after=self._alerts[0]))

    def cancel(self) -> None:
        """The end, before its time."""
        self._alerts.append(self._alert("canicule-3", "Cancel", "Minor", "verte", minutes=1, after=self._alerts[-1]))

    def announce(self) -> None:
        """A piece of news that concerns everybody."""
        words = "Un numéro vert répond aux questions sur la canicule, tous les jours de 8 h à 20 h."
        self._news.insert(0, ("numero-vert", "Canicule : un numéro vert pour toute la France", words))

    def document(self, path: str) -> tuple[str, bytes] | None:
        """Return the type and bytes of a feed."""
        if path == "/vigilance.atom":
            return "application/atom+xml", self._atom()
        return ("application/rss+xml", self._rss()) if path == "/actualites.rss" else None

    def _alert(
        self, identifier: str, msg_type: str, severity: str, colour: str, *, minutes: int, after: Alert | None = None
    ) -> Alert:
        is_over = msg_type == "Cancel"
        title = "Fin de la vigilance canicule" if is_over else f"Vigilance {colour} canicule : Hauts-de-Seine"
        said = "Les températures baissent plus tôt que prévu." if is_over else "De fortes chaleurs, de jour comme de nuit."
        earlier = (*after.references, Reference(after.sender, after.identifier, after.sent)) if after else ()
        return Alert(
            identifier=identifier,
            sender=SENDER,
            sent=self.now - timedelta(minutes=minutes),
            status="Actual",
            msg_type=msg_type,
            scope="Public",
            references=earlier,
            infos=(
                Info(
                    language="fr-FR",
                    categories=("Met",),
                    event="canicule",
                    urgency="Past" if is_over else "Expected",
                    severity=severity,
                    certainty="Likely",
                    response_types=("AllClear",) if is_over else ("Prepare",),
                    expires=self.now + timedelta(hours=30),
                    sender_name="Météo d'essai",
                    headline=title,
                    description=said,
                    instruction="" if is_over else "Buvez souvent et prenez des nouvelles des personnes seules.",
                    web="https://vigilance.example/92",
                    areas=(Area(area_desc="Hauts-de-Seine", geocodes=(Named("FR-INSEE-DEPARTEMENT", "92"),)),),
                ),
            ),
        )

    def _atom(self) -> bytes:
        entries = "".join(
            f"<entry><id>urn:essai:{a.identifier}</id><title>{a.infos[0].headline}</title><updated>{a.sent.isoformat()}</updated>"
            f'<content type="text/xml">{to_xml(a).decode().partition("?>")[2]}</content></entry>'
            for a in self._alerts
        )
        head = '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><id>urn:essai</id>'
        return f"{head}<title>Vigilance d'essai</title><updated>{self.now.isoformat()}</updated>{entries}</feed>".encode()

    def _rss(self) -> bytes:
        day = (self.now - timedelta(minutes=5)).strftime("%a, %d %b %Y %H:%M:%S %z")
        items = "".join(
            f"<item><title>{title}</title><link>https://www.gouvernement.example/{slug}</link>"
            f"<guid>https://www.gouvernement.example/{slug}</guid><pubDate>{day}</pubDate><description>{text}</description></item>"
            for slug, title, text in self._news
        )
        head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Actualités d\'essai</title>'
        return f"{head}<link>https://www.gouvernement.example/</link><description>Essai</description>{items}</channel></rss>".encode()


@contextmanager
def serving(source: Source) -> Iterator[Source]:
    """Serve the feeds, with validators as a good server does."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Answer with a feed, or that it has not changed."""
            kind, body = source.document(self.path) or ("text/plain", b"")
            etag = f'"{sha256(body).hexdigest()[:16]}"'
            same = self.headers.get("If-None-Match") == etag
            self.send_response(304 if same else 200 if body else 404)
            self.send_header("ETag", etag)
            self.send_header("Content-Type", kind)
            if not same:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if not same:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    source.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield source
    finally:
        server.shutdown()
        server.server_close()
