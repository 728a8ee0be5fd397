"""A look-alike X, API v2, after https://docs.x.com/x-api/posts/ (read 2026-11-23)."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from broadcast.stands.base import Answer, Call, Post, Stand


class XStand(Stand):
    """One account."""

    kind = "x"

    @classmethod
    def sample_settings(cls, url: str) -> dict[str, Any]:
        """Return settings of a channel on this stand."""
        keys = (
            "consumer_key",
            "consumer_secret",
            "access_token",
            "access_token_secret",
        )
        return {"url": url, **{key: f"stand-{key}" for key in keys}}

    def post_url(self, post_id: str) -> str:
        """Return the public address of a post."""
        return f"{self.url}/i/web/status/{post_id}"

    def answer(self, call: Call) -> Answer:
        """Answer as X does."""
        authorization = call.headers.get("authorization", "")
        if not authorization.startswith("OAuth ") or "oauth_signature" not in authorization:
            return Answer(401, {"title": "Unauthorized", "detail": "Unauthorized", "status": 401})
        if call.path == "/2/users/me":
            return Answer(body={"data": {"id": "77", "username": "ville"}})
        if call.path == "/2/users/77/tweets":
            return self._timeline(call)
        if call.path == "/2/media/upload":
            return Answer(body={"data": {"id": self.keep_media(call.files["media"])}})
        if call.path == "/2/media/metadata":
            text = call.fields["metadata"]["alt_text"]["text"]
            self.media[str(call.fields["id"])]["alt"] = text
            return Answer(body={"data": {"id": call.fields["id"]}})
        return self._posts(call)

    def _posts(self, call: Call) -> Answer:
        if call.path == "/2/tweets" and call.method == "POST":
            return self._create(call)
        match = re.fullmatch(r"/2/tweets/(\d+)", call.path)
        post = self.posts.get(match[1]) if match else None
        if post is None or post.deleted or call.method != "DELETE":
            return Answer(
                404,
                {
                    "title": "Not Found Error",
                    "detail": "Could not find tweet",
                    "status": 404,
                },
            )
        post.deleted = True
        return Answer(body={"data": {"deleted": True}})

    def _create(self, call: Call) -> Answer:
        text = str(call.fields.get("text") or "")
        parent = str((call.fields.get("reply") or {}).get("in_reply_to_tweet_id") or "")
        if parent and (parent not in self.posts or self.posts[parent].deleted):
            detail = "You attempted to reply to a Tweet that is deleted or not visible to you."
            return Answer(403, {"title": "Forbidden", "detail": detail, "type": "about:blank", "status": 403})
        if any(p.text == text for p in self.live()):
            detail = "You are not allowed to create a Tweet with duplicate content."
            return Answer(
                403,
                {
                    "title": "Forbidden",
                    "detail": detail,
                    "type": "about:blank",
                    "status": 403,
                },
            )
        if len(re.sub(r"https?://\S+", "x" * 23, text)) > 280:
            return Answer(
                400,
                {
                    "title": "Invalid Request",
                    "detail": "Tweet text is too long",
                    "status": 400,
                },
            )
        media = [self.media[str(m)] for m in (call.fields.get("media") or {}).get("media_ids", [])]
        post = self.keep(text, media=media, in_reply_to=parent or None)
        return Answer(201, {"data": {"id": post.id, "text": self._shortened(post)[0]}})

    def _timeline(self, call: Call) -> Answer:
        posts = self.shown()
        first = int(call.query.get("pagination_token", "0"))
        size = int(call.query.get("max_results", "10"))
        page = posts[first : first + size]
        meta: dict[str, Any] = {"result_count": len(page)}
        if first + size < len(posts):
            meta["next_token"] = str(first + size)
        body: dict[str, Any] = {"meta": meta}
        if page:
            body["data"] = [self._tweet(p) for p in page]
        return Answer(body=body)

    def _tweet(self, post: Post) -> dict[str, Any]:
        text, urls = self._shortened(post)
        facts: dict[str, Any] = {
            "id": post.id,
            "text": text,
            "created_at": post.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        if urls:
            facts["entities"] = {"urls": urls}
        if post.in_reply_to:
            facts["referenced_tweets"] = [{"type": "replied_to", "id": post.in_reply_to}]
        return facts

    def _shortened(self, post: Post) -> tuple[str, list[dict[str, Any]]]:
        """Return text and entities as X shows them: t.co for every address, one more for the pictures."""
        urls: list[dict[str, Any]] = []

        def shorten(match: re.Match[str]) -> str:
            short = f"https://t.co/{post.id}{len(urls)}"
            urls.append({"url": short, "expanded_url": match[0], "display_url": match[0][8:30]})
            return short

        text = re.sub(r"https?://[^\s]+", shorten, escape(post.text, quote=False))
        if post.media:
            short = f"https://t.co/{post.id}m"
            urls.append(
                {
                    "url": short,
                    "expanded_url": f"{post.url}/photo/1",
                    "media_key": "3_1",
                }
            )
            text += f" {short}"
        return text, urls


STAND = XStand
