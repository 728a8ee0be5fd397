"""What all stands share: a server that keeps what was posted and can be told how to behave."""

from __future__ import annotations

import json
import socketserver
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from broadcast.model import sha256_of


@dataclass
class Post:
    """One post as the network holds it."""

    id: str
    text: str
    url: str
    in_reply_to: str | None = None
    media: list[dict[str, Any]] = field(default_factory=list)
    edited: bool = False
    deleted: bool = False
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    #: Hidden from listings until then (networks show new posts late).
    visible_at: float = 0.0
    more: dict[str, Any] = field(default_factory=dict)

    def recorded(self) -> dict[str, Any]:
        """Return the line of a record."""
        return {
            "text": self.text,
            "id": self.id,
            "url": self.url,
            "in_reply_to": self.in_reply_to,
            "media": self.media,
            "edited": self.edited,
            "deleted": self.deleted,
        }


@dataclass(frozen=True)
class Call:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    #: Fields of JSON or form.
    fields: Mapping[str, Any]
    #: Field -> (file name, type, bytes).
    files: Mapping[str, tuple[str, str, bytes]]
    body: bytes

    @property
    def writes(self) -> bool:
        """True for calls that change something."""
        return self.method != "GET"


@dataclass(frozen=True)
class Answer:
    """What to send back."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Stand:
    """A look-alike network. Tell it how to behave, then use it as the real one."""

    kind: ClassVar[str]

    def __init__(self, record: Path | None = None) -> None:
        self.posts: dict[str, Post] = {}
        self.media: dict[str, dict[str, Any]] = {}
        self.calls: list[Call] = []
        self.record = record
        #: One entry a writing call: a name of `_misbehave`, with what it needs.
        self.faults: deque[tuple[str, Any]] = deque()
        self.rejects_credentials = False
        self.ignores_keys = False
        self.shows_late_s = 0.0
        self.lock = threading.RLock()
        self._server: ThreadingHTTPServer | None = None
        self._number = 1000

    # What a network is and does; each kind writes these.
    def answer(self, call: Call) -> Answer:
        """Answer a call as the network would."""
        raise NotImplementedError

    @classmethod
    def sample_settings(cls, url: str) -> dict[str, Any]:
        """Return settings (secrets included) of a channel that speaks to this stand."""
        raise NotImplementedError

    def post_url(self, post_id: str) -> str:
        """Return the public address of a post."""
        return f"{self.url}/{post_id}"

    def is_write(self, call: Call) -> bool:
        """True for the calls that a fault can hit."""
        return call.writes

    @classmethod
    def sample_files(cls) -> dict[str, str]:
        """Return files that the settings name, by their path in the newsroom folder."""
        return {}

    # Verbs.
    def busy(self, retry_after_s: int = 60, times: int = 1) -> None:
        """Answer 429 to the next writing calls."""
        self.faults.extend([("busy", retry_after_s)] * times)

    def refuse(self, reason: str = "refused by the stand", times: int = 1) -> None:
        """Say no to the next writing calls."""
        self.faults.extend([("refuse", reason)] * times)

    def break_(self, times: int = 1) -> None:
        """Answer 500 without having stored."""
        self.faults.extend([("break", None)] * times)

    def store_then_500(self, times: int = 1) -> None:
        """Answer 500 after having stored."""
        self.faults.extend([("store_then_500", None)] * times)

    def hang_up(self, times: int = 1, *, stores: bool = True) -> None:
        """Close the connection after reading, having stored or not."""
        self.faults.extend([("hang_up", stores)] * times)

    def hang(self, seconds: float = 30.0, times: int = 1, *, stores: bool = True) -> None:
        """Store (or not), and answer much too late."""
        self.faults.extend([("hang", (seconds, stores))] * times)

    def drip(self, seconds: float = 30.0, times: int = 1) -> None:
        """Store, and send the answer byte by byte."""
        self.faults.extend([("drip", seconds)] * times)

    def wrong_json(self, times: int = 1) -> None:
        """Store, and answer something that is not JSON."""
        self.faults.extend([("wrong_json", None)] * times)

    # What kinds use.
    def keep(self, text: str, **facts: Any) -> Post:
        """Store a post."""
        with self.lock:
            self._number += 1
            post_id = facts.pop("id", None) or str(self._number)
            post = Post(
                id=post_id,
                text=text,
                url=self.post_url(post_id),
                visible_at=time.monotonic() + self.shows_late_s,
                **facts,
            )
            self.posts[post_id] = post
            self.write_record()
            return post

    def shown(self) -> list[Post]:
        """Return the posts that a listing shows, newest first."""
        return [p for p in reversed(self.posts.values()) if not p.deleted and p.visible_at <= time.monotonic()]

    def live(self) -> list[Post]:
        """Return the posts that stand, oldest first."""
        return [p for p in self.posts.values() if not p.deleted]

    def keep_media(self, file: tuple[str, str, bytes], alt: str = "") -> str:
        """Store a picture, and return its id."""
        with self.lock:
            self._number += 1
            media_id = str(self._number)
            self.media[media_id] = {
                "type": file[1],
                "sha256": sha256_of(file[2]),
                "bytes": len(file[2]),
                "alt": alt,
            }
            return media_id

    def recorded(self) -> list[dict[str, Any]]:
        """Return all posts, one record each, oldest first."""
        return [p.recorded() for p in self.posts.values()]

    def write_record(self) -> None:
        """Write the record file, if there is one."""
        if self.record is not None:
            lines = "".join(json.dumps(p, ensure_ascii=False) + "\n" for p in self.recorded())
            part = self.record.with_suffix(".part")
            part.write_text(lines, encoding="utf-8")
            part.replace(self.record)

    # The server.
    @property
    def url(self) -> str:
        """Base address."""
        assert self._server is not None, "the stand is not running"
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self, port: int = 0) -> str:
        """Serve on 127.0.0.1, and return the base address."""
        stand = self

        class Handler(_Handler):
            owner = stand

        self._server = _Server(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.write_record()
        return self.url

    def stop(self) -> None:
        """Stop serving; the posts stay."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Stand:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class QuietAboutHangups(socketserver.BaseServer):
    """A server that says nothing of clients that went away; tests kill them. All other errors are printed."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print what went wrong, unless the client left."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Server(QuietAboutHangups, ThreadingHTTPServer):
    """The server of a stand."""


class _Handler(BaseHTTPRequestHandler):
    owner: ClassVar[Stand]
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _handle(self) -> None:
        stand, call = self.owner, self._call()
        with stand.lock:
            stand.calls.append(call)
            fault = stand.faults.popleft() if stand.faults and stand.is_write(call) else None
        if stand.rejects_credentials:
            self._send(Answer(401, {"error": "The access token is invalid"}))
        elif fault is None:
            self._send(self._answer(call))
        else:
            self._misbehave(call, *fault)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _handle

    def _answer(self, call: Call) -> Answer:
        with self.owner.lock:
            answer = self.owner.answer(call)
            self.owner.write_record()
            return answer

    def _misbehave(self, call: Call, fault: str, fact: Any) -> None:
        if fault == "busy":
            reset = str(int(time.time()) + fact)
            self._send(
                Answer(
                    429,
                    {"error": "Too many requests"},
                    {"Retry-After": str(fact), "x-rate-limit-reset": reset},
                )
            )
        elif fault == "refuse":
            self._send(Answer(422, {"error": fact}))
        elif fault == "break":
            self._send(Answer(500, {"error": "Internal error"}))
        elif fault == "store_then_500":
            self._answer(call)
            self._send(Answer(500, {"error": "Please retry"}))
        elif fault == "hang_up":
            if fact:
                self._answer(call)
            self.close_connection = True
            self.connection.close()
        elif fault == "hang":
            if fact[1]:
                self._answer(call)
            time.sleep(fact[0])
            self.close_connection = True
        elif fault == "drip":
            self._drip(self._answer(call), fact)
        else:
            self._answer(call)
            self._send(Answer(200, b"<html><title>Maintenance</title></html>"))

    def _drip(self, answer: Answer, seconds: float) -> None:
        data = json.dumps(answer.body).encode()
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        try:
            for byte in data:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(seconds / len(data))
        except OSError:
            self.close_connection = True

    def _send(self, answer: Answer) -> None:
        body = answer.body
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            self.send_response(answer.status)
            kind = "text/html" if isinstance(body, bytes) else "application/json; charset=utf-8"
            for name, value in {"Content-Type": kind, **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            self.close_connection = True

    def _call(self) -> Call:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionAbortedError(f"the client left after {len(body)} of {length} bytes")
        kind = self.headers.get("Content-Type", "")
        fields, files = _read_body(body, kind)
        return Call(
            method=self.command,
            path=parts.path,
            query={k: v[0] for k, v in parse_qs(parts.query, keep_blank_values=True).items()},
            headers={k.lower(): v for k, v in self.headers.items()},
            fields=fields,
            files=files,
            body=body,
        )


def _read_body(body: bytes, kind: str) -> tuple[dict[str, Any], dict[str, tuple[str, str, bytes]]]:
    if kind.startswith("application/json"):
        value = json.loads(body or b"{}")
        return (value if isinstance(value, dict) else {}), {}
    if kind.startswith("multipart/form-data"):
        return _multipart(body, kind)
    pairs = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {k: v if k.endswith("[]") else v[-1] for k, v in pairs.items()}, {}


def _multipart(body: bytes, kind: str) -> tuple[dict[str, Any], dict[str, tuple[str, str, bytes]]]:
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    fields: dict[str, Any] = {}
    files = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        data = part.get_payload(decode=True)
        content = data if isinstance(data, bytes) else b""
        if part.get_filename():
            files[name] = (str(part.get_filename()), part.get_content_type(), content)
        else:
            fields[name] = content.decode("utf-8")
    return fields, files
