"""A look-alike Graph API of one Page, after https://developers.facebook.com/docs/pages-api (read 2026-11-23)."""

from __future__ import annotations

import json
import re
from typing import Any

from broadcast.stands.base import Answer, Call, Post, Stand

PAGE = "10001"


class FacebookStand(Stand):
    """One Page."""

    kind = "facebook"

    @classmethod
    def sample_settings(cls, url: str) -> dict[str, Any]:
        """Return settings of a channel on this stand."""
        return {"url": url, "page_id": PAGE, "token": "stand-token"}

    def post_url(self, post_id: str) -> str:
        """Return the public address of a post."""
        return f"{self.url}/{post_id}"

    def answer(self, call: Call) -> Answer:
        """Answer as Graph does."""
        token = call.query.get("access_token") or call.fields.get("access_token") or call.headers.get("authorization")
        if not token:
            return _error(400, 190, "Invalid OAuth access token", "OAuthException")
        match = re.fullmatch(r"/v\d+\.\d+/([\w]+)(?:/(\w+))?", call.path)
        if not match:
            return _error(404, 2500, "Unknown path components")
        node, edge = match.groups()
        # Any Page id will do: it is the one of the settings.
        if edge == "feed" and call.method == "POST":
            return Answer(body={"id": self._keep(node, call, self._attached(call)).id})
        if edge == "photos" and call.method == "POST":
            return self._photo(node, call)
        if edge == "published_posts":
            return Answer(body=self._listing(call))
        if edge is None and call.method == "GET" and node not in self.posts:
            return Answer(body={"id": node, "name": "Ville"})
        return self._post(node, call)

    def _keep(self, page: str, call: Call, media: list[dict[str, Any]]) -> Post:
        self._number += 1
        more = {"link": call.fields.get("link")}
        return self.keep(
            str(call.fields.get("message") or ""),
            id=f"{page}_{self._number}",
            media=media,
            more=more,
        )

    def _attached(self, call: Call) -> list[dict[str, Any]]:
        given = [v for k, v in sorted(call.fields.items()) if k.startswith("attached_media")]
        return [self.media[str(json.loads(v)["media_fbid"])] for v in given]

    def _photo(self, page: str, call: Call) -> Answer:
        media_id = self.keep_media(call.files["source"], str(call.fields.get("alt_text_custom", "")))
        if str(call.fields.get("published", "true")).lower() == "false":
            return Answer(body={"id": media_id})
        return Answer(
            body={
                "id": media_id,
                "post_id": self._keep(page, call, [self.media[media_id]]).id,
            }
        )

    def _post(self, node: str, call: Call) -> Answer:
        post = self.posts.get(node)
        if post is None or post.deleted:
            return _error(400, 100, f"Object with ID '{node}' does not exist", subcode=33)
        wants = str(call.query.get("method") or call.fields.get("method") or call.method).upper()
        if wants == "DELETE":
            post.deleted = True
        elif wants == "POST":
            post.text, post.edited = str(call.fields["message"]), True
        else:
            return Answer(body=_facts(post))
        return Answer(body={"success": True})

    def _listing(self, call: Call) -> dict[str, Any]:
        posts = self.shown()
        first, size = (
            int(call.query.get("after", "0")),
            int(call.query.get("limit", "25")),
        )
        body: dict[str, Any] = {
            "data": [_facts(p) for p in posts[first : first + size]],
            "paging": {},
        }
        if first + size < len(posts):
            body["paging"]["next"] = f"https://graph.facebook.com{call.path}?limit={size}&after={first + size}"
        return body


def _facts(post: Post) -> dict[str, Any]:
    return {
        "id": post.id,
        "message": post.text,
        "created_time": post.created_at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "permalink_url": post.url,
    }


def _error(
    status: int,
    code: int,
    message: str,
    kind: str = "GraphMethodException",
    subcode: int | None = None,
) -> Answer:
    return Answer(
        status,
        {
            "error": {
                "message": message,
                "type": kind,
                "code": code,
                "error_subcode": subcode,
            }
        },
    )


STAND = FacebookStand
