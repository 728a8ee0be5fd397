"""WordPress: an article on the city's existing site, by the REST API with an application password.

What the public sees: an article with its title, text, excerpt, picture, category and tags. A new
version replaces the text in place; a takedown moves the article to the bin.

API: https://developer.wordpress.org/rest-api/reference/posts/, read 2026-11-24. Rights: a user with
the role *author* (not *editor*: an editor's HTML is not filtered by WordPress).

Quirks:
    - The slug is the message's. A second POST with the same slug makes `slug-2`, so after an unknown
      outcome the article is looked up by its slug before anything else.
    - A picture that was uploaded once is remembered by its hash and used again.
    - Categories and tags that do not exist are made if the user may; if not, the article goes without.
    - Sites without "pretty" addresses answer 404 to /wp-json: set `api = "?rest_route="`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from broadcast import http
from broadcast.channel import (
    ChannelSettings,
    Found,
    Idempotent,
    Limits,
    Memory,
    NotSeen,
    Published,
    Reply,
    Secret,
    Stream,
)
from broadcast.errors import ChannelMisconfigured, ChannelRefused, ChannelUnavailable, OutcomeUnknown
from broadcast.model import Media, Part

#: Their clock and ours may differ by so much; `known_ids` keeps older articles of ours apart.
CLOCK_SKEW = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Settings(ChannelSettings):
    """`[channels.<name>]` of kind wordpress."""

    #: Address of the site.
    url: str
    user: str
    #: An application password, not the user's own.
    password: Secret
    #: publish, or draft where an editor of the site has the last word.
    status: str = "publish"
    #: Name of the category; "" for the site's default.
    category: str = ""
    #: Where the API begins.
    api: str = "wp-json"


class WordPress:
    """One site."""

    kind: ClassVar[str] = "wordpress"
    settings_type: ClassVar[type[ChannelSettings]] = Settings
    idempotent: ClassVar[Idempotent] = "never"
    default_limits: ClassVar[Limits] = Limits(
        keeps_structure=True,
        max_images=10,
        max_image_bytes=2_000_000,
        max_image_px=2560,
        image_types=("image/jpeg", "image/png", "image/webp", "image/gif"),
    )

    def __init__(self, settings: Settings, memory: Memory) -> None:
        self._settings, self._memory = settings, memory

    @property
    def limits(self) -> Limits:
        """An article takes every text; pictures within what most sites take."""
        return self.default_limits

    def publish(self, part: Part, *, key: str, reply_to: Reply | None) -> Published:
        """Make an article; a correction has an address of its own and names the first one."""
        slug = part.slug if reply_to is None else f"{part.slug}-{key[-6:]}"
        body = self._article(part) | {"slug": slug, "status": self._settings.status}
        return self._published(self._call("POST", "posts", body))

    def update(self, part: Part, published: Published, *, key: str) -> Published:
        """Replace the text of an article."""
        return self._published(self._call("POST", f"posts/{self._id(published)}", self._article(part)))

    def take_down(self, published: Published, *, key: str) -> None:
        """Move an article to the bin; one that is gone or in the bin is fine."""
        try:
            self._call("DELETE", f"posts/{self._id(published)}", gone_is_fine=True)
        except OutcomeUnknown:
            raise
        except ChannelRefused as error:
            if "trash" not in str(error):
                raise

    def find(self, part: Part, *, key: str, since: datetime, known_ids: frozenset[str]) -> Found | NotSeen:
        """Look the article up by its slug."""
        query = {"slug": f"{part.slug},{part.slug}-{key[-6:]}", "status": "any", "context": "edit", "per_page": "20"}
        for post in self._call("GET", "posts", query=query):
            made = datetime.fromisoformat(post["date_gmt"]).replace(tzinfo=UTC)
            if str(post["id"]) not in known_ids and made >= since - CLOCK_SKEW:
                return Found(published=self._published(post))
        return NotSeen()

    def probe(self) -> Limits | None:
        """Check the application password and the right to publish; WordPress states no limits."""
        me = self._call("GET", "users/me", query={"context": "edit"})
        able = me.get("capabilities") or {}
        if able and not able.get("publish_posts" if self._settings.status == "publish" else "edit_posts"):
            raise ChannelMisconfigured(f"{self._settings.name} : {self._settings.user} n'a pas le droit de publier")
        return None

    def _article(self, part: Part) -> dict[str, Any]:
        body: dict[str, Any] = {
            "title": part.title,
            "content": part.html or "".join(f"<p>{line}</p>" for line in _escaped(part.text).split("\n\n")),
            "excerpt": str(part.options.get("summary") or ""),
        }
        uploaded = [self._upload(media) for media in part.media]
        if uploaded:
            body["featured_media"] = int(uploaded[0])
        if self._settings.category:
            known = self._term("categories", self._settings.category)
            body |= {"categories": [known]} if known else {}
        tags = [self._term("tags", str(tag)) for tag in part.options.get("hashtags") or ()]
        body["tags"] = [t for t in tags if t]
        return body

    def _upload(self, media: Media) -> str:
        memory_key = f"media {media.sha256}"
        kept = self._memory.get(memory_key)
        if kept and self._call("GET", f"media/{kept}", gone_is_fine=True):
            return kept
        made = self._call(
            "POST",
            "media",
            content=(media.read(), media.media_type),
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(media.name)}; filename=\"{media.name}\""},
            safe=True,
        )
        media_id = str(made["id"])
        self._call("POST", f"media/{media_id}", {"alt_text": media.alt, "caption": media.credit}, safe=True)
        self._memory.put(memory_key, media_id)
        return media_id

    def _term(self, which: str, name: str) -> int | None:
        known = self._call("GET", which, query={"search": name, "per_page": "100"})
        found = next((t["id"] for t in known if str(t.get("name", "")).casefold() == name.casefold()), None)
        if found is None:
            try:
                found = self._call("POST", which, {"name": name}, safe=True)["id"]
            except (ChannelRefused, ChannelMisconfigured):
                return None
        return int(found)

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        content: tuple[bytes, str] | None = None,
        headers: Mapping[str, str] | None = None,
        safe: bool = False,
        gone_is_fine: bool = False,
    ) -> Any:
        s, safe = self._settings, safe or method == "GET"
        begin = f"{s.url.rstrip('/')}/{s.api.strip('/')}/wp/v2/{path}"
        asked = urlencode(query or {})
        address = f"{begin}{'&' if '?' in begin else '?'}{asked}" if asked else begin
        login = base64.b64encode(f"{s.user}:{s.password.reveal()}".encode()).decode()
        response = http.request(
            method,
            address,
            headers={"Authorization": f"Basic {login}", **(headers or {})},
            json=body,
            content=content,
            timeout_s=s.call_timeout_s,
            safe=safe,
        )
        return self._answer(response, path, safe=safe, gone_is_fine=gone_is_fine)

    def _answer(self, response: http.Response, path: str, *, safe: bool, gone_is_fine: bool) -> Any:
        who = self._settings.name
        if response.status == 404 and b"rest_no_route" in response.body:
            raise ChannelMisconfigured(f"{who} : 404 : ce WordPress n'a pas {path} ; vérifiez url et api")
        if response.status == 404 and not gone_is_fine and b'"code"' not in response.body:
            raise ChannelMisconfigured(f"{who} : 404 : pas d'API WordPress à cette adresse ; vérifiez url et api")
        http.check(response, who=who, safe=safe, gone_is_fine=gone_is_fine)
        if response.status in (404, 410):
            return None
        try:
            return response.json()
        except OutcomeUnknown as error:
            if safe:
                raise ChannelUnavailable(f"{who} : {error}") from error
            raise

    def _id(self, published: Published) -> str:
        if published.external_id.isdigit():
            return published.external_id
        # A person who settled an unknown gave the address; its last part is the slug.
        slug = published.external_id.rstrip("/").rpartition("/")[2]
        found = self._call("GET", "posts", query={"slug": slug, "status": "any", "context": "edit"})
        if not found:
            raise ChannelRefused(f"{self._settings.name} : pas d'article à l'adresse {published.external_id}")
        return str(found[0]["id"])

    def _published(self, post: Any) -> Published:
        try:
            public = post.get("status") in ("publish", "future", None)
            return Published(external_id=str(post["id"]), url=str(post.get("link") or ""), public=public)
        except (KeyError, TypeError, AttributeError) as error:
            raise OutcomeUnknown(f"{self._settings.name} : réponse sans numéro d'article") from error


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"\n(?!\n)", "<br>", re.sub(r"\n{2,}", "\n\n", text)).replace("<br>\n", "\n\n")


ADAPTER: type[Stream] = WordPress
