"""Reading a body with limits: bytes on the wire, bytes once unpacked. A bomb is refused before it is unpacked."""

from __future__ import annotations

import http.client
import zlib

from broadcast.errors import FeedError

#: Largest body, packed or unpacked, bytes.
MAX_FEED_BYTES = 10 * 2**20
#: Sent as Accept-Encoding: what `unpacked` can undo.
ENCODINGS = "gzip, deflate"
_PIECE_BYTES = 2**16
_GZIP_MAGIC = b"\x1f\x8b"
#: A file of more gzip members than this is an attack on whoever joins them.
_MAX_MEMBERS = 100


def read_body(answer: http.client.HTTPResponse, *, max_bytes: int) -> bytes:
    """Return the body of an answer as it came over the wire.

    Raises:
        FeedError: it is too large or not whole.
        OSError: the connection broke, or the deadline passed.
        http.client.HTTPException: it is cut in impossible pieces.
    """
    announced = answer.length
    if announced is not None and announced > max_bytes:
        raise FeedError(too_large(max_bytes))
    body = bytearray()
    while piece := answer.read1(_PIECE_BYTES):
        body += piece
        if len(body) > max_bytes:
            raise FeedError(too_large(max_bytes))
    if announced is not None and len(body) < announced:
        raise FeedError(f"réponse coupée : {len(body)} octets reçus sur {announced} annoncés ; nouvel essai prévu")
    return bytes(body)


def unpacked(body: bytes, encoding: str, *, max_bytes: int) -> bytes:
    """Return a body without its Content-Encoding.

    Raises:
        FeedError: it is damaged, too large once unpacked, or packed in a way that was not asked for.
    """
    kind = encoding.strip().lower()
    if kind in ("", "identity"):
        return body
    if kind not in ("gzip", "x-gzip", "deflate"):
        raise FeedError(f"réponse compressée d'une façon inconnue ({kind[:30]!r}) ; prévenez la source")
    try:
        return _inflated(body, max_bytes) if kind == "deflate" else _gunzipped(body, max_bytes)
    except zlib.error as error:
        raise FeedError("réponse compressée illisible ; nouvel essai prévu") from error


def too_large(max_bytes: int) -> str:
    """Return the sentence for a body beyond its limit."""
    return f"réponse de plus de {max_bytes / 2**20:.3g} Mio : refusée ; prévenez la source"


def _gunzipped(body: bytes, max_bytes: int) -> bytes:
    whole, rest = bytearray(), body
    for _ in range(_MAX_MEMBERS):
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        whole += _drained(member, rest, max_bytes - len(whole), max_bytes)
        rest = member.unused_data
        if not rest.startswith(_GZIP_MAGIC):
            return bytes(whole)
    raise FeedError("réponse compressée en trop de morceaux : refusée ; prévenez la source")


def _inflated(body: bytes, max_bytes: int) -> bytes:
    try:
        return _drained(zlib.decompressobj(), body, max_bytes, max_bytes)
    except zlib.error:
        # Some servers send it without its envelope.
        return _drained(zlib.decompressobj(-zlib.MAX_WBITS), body, max_bytes, max_bytes)


def _drained(unpacker: zlib._Decompress, body: bytes, room: int, max_bytes: int) -> bytes:
    unpacked_bytes = unpacker.decompress(body, room + 1)
    if len(unpacked_bytes) > room:
        raise FeedError(too_large(max_bytes))
    if not unpacker.eof:
        raise FeedError("réponse compressée coupée ; nouvel essai prévu")
    return unpacked_bytes
