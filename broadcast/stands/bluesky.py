"""A look-alike personal data server of Bluesky, after https://docs.bsky.app (read 2026-11-24)."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from broadcast.stands.base import Answer, Call, Stand

DID = "did:plc:standstandstandstandstand"


class BlueskyStand(Stand):
    """One account on one server."""

    kind = "bluesky"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Number in the access token that is valid now; raise it to let tokens expire.
        self.generation = 1
        self.sessions = 0
        self.records: dict[str, dict[str, Any]] = {}

    @classmethod
    def sample_settings(cls, url: str) -> dict[str, Any]:
        """Return settings of a channel on this stand."""
        return {"url": url, "handle": "ville.example.org", "password": "stand-password"}

    def post_url(self, post_id: str) -> str:
        """Return the public address of a post."""
        return f"{self.url}/profile/ville.example.org/post/{post_id.rpartition('/')[2]}"

    def is_write(self, call: Call) -> bool:
        """Faults hit the records, not the sessions."""
        return call.writes and ".repo." in call.path

    def answer(self, call: Call) -> Answer:
        """Answer as a PDS does."""
        method = call.path.removeprefix("/xrpc/")
        if method == "com.atproto.server.createSession":
            self.sessions += 1
            return Answer(body=self._session()) if call.fields.get("password") else _no(401, "AuthenticationRequired")
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        if method == "com.atproto.server.refreshSession":
            self.generation += not token.startswith("refresh-")
            return Answer(body=self._session()) if token.startswith("refresh-") else _no(400, "InvalidToken")
        if method == "com.atproto.identity.resolveHandle":
            known = call.query.get("handle", "").endswith(".example.org")
            return Answer(body={"did": DID}) if known else _no(400, "InvalidRequest", "Unable to resolve handle")
        if token != f"access-{self.generation}":
            return _no(400, "ExpiredToken", "Token has expired") if token else _no(401, "AuthMissing")
        return self._repo(method, call)

    def _repo(self, method: str, call: Call) -> Answer:
        if method == "com.atproto.server.getSession":
            return Answer(body={"did": DID, "handle": "ville.example.org"})
        if method == "com.atproto.repo.uploadBlob":
            if len(call.body) > 1_000_000:
                return _no(400, "BlobTooLarge", "This file is too large")
            kind = call.headers.get("content-type", "")
            media_id = self.keep_media(("blob", kind, call.body))
            blob = {"$type": "blob", "ref": {"$link": media_id}, "mimeType": kind, "size": len(call.body)}
            return Answer(body={"blob": blob})
        if method == "com.atproto.repo.putRecord":
            return self._put(call.fields)
        if method == "com.atproto.repo.deleteRecord":
            post = self.posts.get(_uri(call.fields))
            if post is not None:
                post.deleted = True
            return Answer(body={})
        if method == "com.atproto.repo.getRecord":
            uri = _uri(call.query)
            if uri not in self.posts or self.posts[uri].deleted or self.posts[uri] not in self.shown():
                return _no(400, "RecordNotFound", f"Could not locate record: {uri}")
            return Answer(body={"uri": uri, "cid": _cid(self.records[uri]), "value": self.records[uri]})
        if method == "com.atproto.repo.listRecords":
            return Answer(body=self._newest(call))
        return _no(501, "MethodNotImplemented")

    def _newest(self, call: Call) -> dict[str, Any]:
        """Newest keys first, by pages (docs.bsky.app/docs/api/com-atproto-repo-list-records, read 2026-11-29)."""
        seen = {post.id for post in self.shown() if not post.deleted}
        size, before = int(call.query.get("limit", "50")), call.query.get("cursor", "")
        uris = sorted((uri for uri in self.records if uri in seen), key=_rkey, reverse=True)
        page = [uri for uri in uris if not before or _rkey(uri) < before][:size]
        records = [{"uri": uri, "cid": _cid(self.records[uri]), "value": self.records[uri]} for uri in page]
        return {"records": records} | ({"cursor": _rkey(page[-1])} if page else {})

    def _put(self, fields: Any) -> Answer:
        record = fields["record"]
        text = str(record.get("text", ""))
        from broadcast.text import measure

        count = measure(text, "graphemes")
        if count > 300:
            return _no(400, "InvalidRequest", f"grapheme too big (maximum 300, got {count})")
        if not re.fullmatch(r"[234567abcdefghij][234567a-z]{12}", str(fields.get("rkey"))):
            return _no(400, "InvalidRequest", "rkey must be a TID")
        size = len(text.encode())
        for facet in record.get("facets", []):
            if not 0 <= facet["index"]["byteStart"] < facet["index"]["byteEnd"] <= size:
                return _no(400, "InvalidRequest", "facet out of bounds")
        uri, images = _uri(fields), (record.get("embed") or {}).get("images", [])
        media = [self.media[i["image"]["ref"]["$link"]] | {"alt": i["alt"]} for i in images]
        parent = ((record.get("reply") or {}).get("parent") or {}).get("uri")
        if uri in self.posts and not self.posts[uri].deleted:
            self.posts[uri].text, self.posts[uri].media = text, media
        else:
            self.posts.pop(uri, None)
            self.keep(text, id=uri, in_reply_to=parent, media=media, more={"facets": record.get("facets", [])})
        self.records[uri] = record
        return Answer(body={"uri": uri, "cid": _cid(record)})

    def _session(self) -> dict[str, str]:
        return {
            "did": DID,
            "handle": "ville.example.org",
            "accessJwt": f"access-{self.generation}",
            "refreshJwt": f"refresh-{self.generation}",
        }


def _no(status: int, error: str, message: str = "") -> Answer:
    return Answer(status, {"error": error, "message": message or error})


def _uri(fields: Any) -> str:
    return f"at://{DID}/{fields.get('collection')}/{fields.get('rkey')}"


def _rkey(uri: str) -> str:
    return uri.rpartition("/")[2]


def _cid(record: dict[str, Any]) -> str:
    return "bafy" + hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:40]


STAND = BlueskyStand
