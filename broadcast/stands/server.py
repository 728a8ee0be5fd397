"""The HTTP server of a stand on 127.0.0.1: reads a call, hands it over, and misbehaves where it was told to."""

from __future__ import annotations

import json
import socketserver
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Protocol
from urllib.parse import parse_qs, urlsplit


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


class Owner(Protocol):
    """What the server asks of a stand."""

    calls: list[Call]
    #: One entry a writing call: a name of `_misbehave`, with what it needs.
    faults: deque[tuple[str, Any]]
    rejects_credentials: bool
    lock: threading.RLock

    def is_write(self, call: Call) -> bool:
        """True for the calls that a fault can hit."""

    def answer(self, call: Call) -> Answer:
        """Answer a call as the network would."""

    def write_record(self) -> None:
        """Write the record file, if there is one."""


def serve(stand: Owner, port: int = 0) -> ThreadingHTTPServer:
    """Serve a stand on 127.0.0.1, until the server is shut down."""

    class Handler(_Handler):
        owner = stand

    server = _Server(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


class QuietAboutHangups(socketserver.BaseServer):
    """A server that says nothing of clients that went away; tests kill them. All other errors are printed."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print what went wrong, unless the client left."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Server(QuietAboutHangups, ThreadingHTTPServer):
    """The server of a stand."""


class _Handler(BaseHTTPRequestHandler):
    owner: ClassVar[Owner]
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
