"""A look-alike Mastodon, after https://docs.joinmastodon.org/methods/ (read 2026-11-23)."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from broadcast.stands.base import Answer, Call, Post, Stand


class MastodonStand(Stand):
    """One account on one server."""

    kind = "mastodon"
    max_characters = 500

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys: dict[str, str] = {}
        #: As takahe does: a status that answers one which was deleted is taken all the same.
        self.takes_orphans = False

    @classmethod
    def sample_settings(cls, url: str) -> dict[str, Any]:
        """Return settings of a channel on this stand."""
        return {"url": url, "token": "stand-token"}

    def post_url(self, post_id: str) -> str:
        """Return the public address of a status."""
        return f"{self.url}/@ville/{post_id}"

    def answer(self, call: Call) -> Answer:
        """Answer as Mastodon does."""
        if call.path in ("/api/v2/instance", "/api/v1/instance"):
            return Answer(body=self._instance())
        if call.headers.get("authorization", "").strip() in ("", "Bearer"):
            return Answer(401, {"error": "The access token is invalid"})
        if call.path == "/api/v1/accounts/verify_credentials":
            return Answer(body={"id": "1", "username": "ville"})
        if call.path == "/api/v1/accounts/1/statuses":
            return Answer(body=self._timeline(call))
        if call.path == "/api/v2/media":
            media_id = self.keep_media(call.files["file"], str(call.fields.get("description", "")))
            return Answer(
                body={
                    "id": media_id,
                    "type": "image",
                    "description": call.fields.get("description"),
                }
            )
        return self._statuses(call)

    def _statuses(self, call: Call) -> Answer:
        match = re.fullmatch(r"/api/v1/statuses(?:/(\w+))?", call.path)
        if not match:
            return Answer(404, {"error": "Record not found"})
        if call.method == "POST" and not match[1]:
            return self._create(call)
        post = self.posts.get(match[1] or "")
        if post is None or post.deleted:
            return Answer(404, {"error": "Record not found"})
        if call.method == "PUT":
            if self._too_long(call):
                return Answer(422, {"error": "Validation failed: Text limit exceeded"})
            post.text, post.edited, post.media = (
                str(call.fields["status"]),
                True,
                self._attached(call),
            )
        elif call.method == "DELETE":
            post.deleted = True
        return Answer(body=self._status(post))

    def _create(self, call: Call) -> Answer:
        parent = str(call.fields.get("in_reply_to_id") or "")
        if parent and not self.takes_orphans and (parent not in self.posts or self.posts[parent].deleted):
            # Looked up before the key is: nothing is remembered of such a call.
            return Answer(404, {"error": "The post you are trying to reply to does not appear to exist."})
        key = call.headers.get("idempotency-key", "")
        if key and key in self.keys and not self.ignores_keys:
            return Answer(body=self._status(self.posts[self.keys[key]]))
        if self._too_long(call):
            return Answer(422, {"error": "Validation failed: Text limit exceeded"})
        if not str(call.fields.get("status") or "").strip() and not call.fields.get("media_ids"):
            return Answer(422, {"error": "Validation failed: Text can't be blank"})
        post = self.keep(
            str(call.fields["status"]),
            in_reply_to=parent or None,
            media=self._attached(call),
        )
        self.keys[key] = post.id
        return Answer(body=self._status(post))

    def _too_long(self, call: Call) -> bool:
        text = re.sub(r"https?://\S+", "x" * 23, str(call.fields.get("status") or ""))
        return len(text) > self.max_characters

    def _attached(self, call: Call) -> list[dict[str, Any]]:
        return [self.media[str(m)] for m in call.fields.get("media_ids") or call.fields.get("media_ids[]") or []]

    def _timeline(self, call: Call) -> list[dict[str, Any]]:
        posts = self.shown()
        if call.query.get("max_id"):
            posts = [p for p in posts if int(p.id) < int(call.query["max_id"])]
        return [self._status(p) for p in posts[: int(call.query.get("limit", "20"))]]

    def _status(self, post: Post) -> dict[str, Any]:
        return {
            "id": post.id,
            "url": post.url,
            "uri": post.url,
            "created_at": post.created_at.isoformat().replace("+00:00", "Z"),
            "in_reply_to_id": post.in_reply_to,
            "content": _content(post.text),
            "visibility": "public",
            "reblog": None,
            "media_attachments": [{"description": m["alt"]} for m in post.media],
        }

    def _instance(self) -> dict[str, Any]:
        return {
            "domain": "127.0.0.1",
            "configuration": {
                "statuses": {
                    "max_characters": self.max_characters,
                    "max_media_attachments": 4,
                    "characters_reserved_per_url": 23,
                },
                "media_attachments": {
                    "supported_mime_types": [
                        "image/jpeg",
                        "image/png",
                        "image/gif",
                        "image/webp",
                    ],
                    "image_size_limit": 16777216,
                    "description_limit": 1500,
                },
            },
        }


def _content(text: str) -> str:
    """Return a status's HTML the way Mastodon writes it: short addresses on screen, hashtags as links."""

    def link(match: re.Match[str]) -> str:
        url = match[0]
        bare = re.sub(r"^https?://(?:www\.)?", "", url)
        head, tail = bare[:30], bare[30:]
        shown = f'<span class="ellipsis">{head}</span><span class="invisible">{tail}</span>' if tail else f"<span>{head}</span>"
        scheme = url[: len(url) - len(bare)]
        return f'<a href="{url}" rel="nofollow"><span class="invisible">{scheme}</span>{shown}</a>'

    def tag(match: re.Match[str]) -> str:
        return f'<a href="https://127.0.0.1/tags/{match[1]}" class="mention hashtag" rel="tag">#<span>{match[1]}</span></a>'

    pieces = re.split(r"(https?://[^\s<>]+)", escape(text, quote=False))
    marked = [re.sub(r"https?://\S+", link, p) if n % 2 else re.sub(r"#(\w+)", tag, p) for n, p in enumerate(pieces)]
    paragraphs = "".join(marked).split("\n\n")
    return "".join(f"<p>{p.strip().replace(chr(10), '<br />')}</p>" for p in paragraphs)


STAND = MastodonStand
