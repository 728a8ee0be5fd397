"""WordPress: an article on the city's existing site, by the REST API with an application password.

What the public sees: an article with its title, text, excerpt, picture, category and tags. A new
version replaces the text in place; a takedown moves the article to the bin.

API: https://developer.wordpress.org/rest-api/reference/posts/, read 2026-11-26. Rights: a user with
the role *author* (not *editor*: an editor's HTML is not filtered by WordPress).

Quirks:
    - The slug is the message's. WordPress gives a taken slug a number ("-2"), so after an unknown
      outcome the article is looked up by its slug, numbered ones included, and by its words.
    - A picture that was uploaded once with these words is remembered and used again. The first is the
      article's picture; the others stand at the end of its text. It is public by itself, so it goes with the
      last article that shows it (`pictures.py`).
    - Categories and tags that do not exist are made if the user may; if not, the article goes without.
    - Sites without "pretty" addresses answer 404 to /wp-json, or their front page: `?rest_route=` is tried by
      itself, and remembered.
    - A site without a bin (EMPTY_TRASH_DAYS = 0) deletes for good.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import unescape
from typing import Any, ClassVar

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
from broadcast.errors import ChannelMisconfigured, ChannelRefused, ChannelUnavailable, DeliveryError, OutcomeUnknown
from broadcast.model import Part
from channels.wordpress.pictures import Pictures, Uploaded
from channels.wordpress.reading import as_words, code, escaped, figure, is_after, own_slug, pictures_of, says
from channels.wordpress.rest import Rest

#: Beside what the server says of its clock; `known_ids` keeps older articles of ours apart.
CLOCK_SKEW = timedelta(minutes=10)
#: Numbers that WordPress may have put after a taken slug, as far as we look.
_NUMBERED = range(2, 10)
_GONE = "rest_post_invalid_id"


@dataclass(frozen=True, kw_only=True)
class Settings(ChannelSettings):
    """`[channels.<name>]` of kind wordpress."""

    #: Address of the site.
    destination: ClassVar[tuple[str, ...]] = ("url", "user", "status")

    url: str
    user: str
    #: An application password, not the user's own.
    password: Secret
    #: publish, or draft where an editor of the site has the last word.
    status: str = "publish"
    #: Name of the category; "" for the site's default.
    category: str = ""
    #: Where the API begins; where a site has nothing there, `?rest_route=` is tried.
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
        self._rest = Rest(
            url=settings.url,
            api=settings.api,
            user=settings.user,
            password=settings.password,
            memory=memory,
            timeout_s=settings.call_timeout_s,
            who=settings.name,
        )
        self._pictures = Pictures(self._rest, memory, settings.name)

    @property
    def limits(self) -> Limits:
        """An article takes every text; pictures within what most sites take."""
        return self.default_limits

    def publish(self, part: Part, *, key: str, reply_to: Reply | None) -> Published:
        """Make an article; a correction has an address of its own and names the first one."""
        slug = part.slug if reply_to is None else own_slug(part, key)
        pictures = [self._pictures.upload(media) for media in part.media]
        body = self._article(part, pictures) | {"slug": slug, "status": self._settings.status}
        try:
            return self._published(self._rest.call("POST", "posts", body), [one.id for one in pictures])
        except ChannelRefused:
            # A refusal is certain: there is no article, and its pictures would stand in public without it.
            with suppress(DeliveryError):
                self._pictures.drop(one.id for one in pictures)
            raise

    def update(self, part: Part, published: Published, *, key: str) -> Published:
        """Replace the text of an article; the pictures that it no longer shows go."""
        pictures, former = [self._pictures.upload(media) for media in part.media], _numbers(published) or []
        # What an editor put there by hand stays; what we put there and no longer show does not.
        body = ({"featured_media": 0} if former else {}) | self._article(part, pictures)
        answer = self._rest.request("POST", f"posts/{self._id(published)}", body)
        if answer.status == 403 and code(answer) == "rest_cannot_edit":
            raise ChannelRefused(f"{self._settings.name} : {http.summary(answer.body)} (l'article a un autre auteur ?)")
        post = http.object_of(http.check(answer, who=self._settings.name), who=self._settings.name)
        if post.get("status") == "trash":
            raise ChannelRefused(f"{self._settings.name} : l'article est à la corbeille ; restaurez-le dans WordPress")
        now = [one.id for one in pictures]
        left = self._pictures.drop(n for n in former if n not in now)
        return replace(self._published(post, now), note=left)

    def take_down(self, published: Published, *, key: str) -> Published | None:
        """Move an article to the bin, and remove its pictures; what is gone or in the bin is fine."""
        number = self._id(published)
        response, by_post = self._rest.delete(f"posts/{number}")
        if response.status == 403 and code(response) == "rest_cannot_delete":
            raise ChannelRefused(f"{self._settings.name} : {http.summary(response.body)} (l'article a un autre auteur ?)")
        pictures = _numbers(published)
        if code(response) in ("rest_already_trashed", _GONE):
            pictures = self._pictures_in_bin(number) if pictures is None else pictures
        else:
            post = http.object_of(http.check(response, who=self._settings.name), who=self._settings.name)
            if by_post and post.get("deleted") is not True and post.get("status") != "trash":
                raise OutcomeUnknown(f"{self._settings.name} : WordPress ne dit pas que l'article est à la corbeille")
            former = post.get("previous")
            pictures = pictures_of(former if isinstance(former, dict) else post) if pictures is None else pictures
        left = self._pictures.drop(pictures)
        return replace(published, public=True, note=left) if left else None

    def _pictures_in_bin(self, number: str) -> list[int]:
        response = self._rest.request("GET", f"posts/{number}", query={"context": "edit"}, safe=True)
        return pictures_of(http.object_of(response, who=self._settings.name, safe=True)) if response.status == 200 else []

    def find(self, part: Part, *, key: str, since: datetime, known_ids: frozenset[str]) -> Found | NotSeen:
        """Look the article up by its slug, then by the numbered ones; its title or text must be ours."""
        first = (part.slug, own_slug(part, key))
        numbered = ",".join(f"{slug}-{n}" for slug in first for n in _NUMBERED)
        for slugs in (*first, numbered):
            query = {"slug": slugs, "status": "any", "context": "edit", "per_page": "100"}
            found, headers = self._rest.listed("posts", query)
            begin = http.by_their_clock(since, headers) - CLOCK_SKEW
            for post in found:
                if str(post["id"]) not in known_ids and is_after(post, begin) and says(post, part):
                    return Found(published=self._published(post, pictures_of(post)))
        return NotSeen()

    def probe(self) -> Limits | None:
        """Check the application password and the right to publish; WordPress states no limits."""
        me = self._rest.call("GET", "users/me", query={"context": "edit"})
        if not me.get("id"):
            raise ChannelUnavailable(f"{self._settings.name} : réponse sans numéro d'utilisateur")
        able = me.get("capabilities")
        able = able if isinstance(able, dict) else {}
        if able and not able.get("publish_posts" if self._settings.status == "publish" else "edit_posts"):
            raise ChannelMisconfigured(f"{self._settings.name} : {self._settings.user} n'a pas le droit de publier")
        return None

    def _article(self, part: Part, pictures: Sequence[Uploaded]) -> dict[str, Any]:
        body: dict[str, Any] = {
            "title": as_words(part.title),
            "content": part.html or "".join(f"<p>{line}</p>" for line in escaped(part.text).split("\n\n")),
            "excerpt": as_words(str(part.options.get("summary") or "")),
        }
        if pictures:
            body["featured_media"] = pictures[0].id
            more = zip(part.media[1:], pictures[1:], strict=True)
            body["content"] += "".join(figure(media, one.url, one.id) for media, one in more if one.url)
        if self._settings.category:
            known = self._term("categories", self._settings.category)
            body |= {"categories": [known]} if known else {}
        tags = [self._term("tags", str(tag)) for tag in part.options.get("hashtags") or ()]
        body["tags"] = [t for t in tags if t]
        return body

    def _term(self, which: str, name: str) -> int | None:
        for term in self._rest.listed(which, {"search": name, "per_page": "100"})[0]:
            # Names come back as HTML: "Eau &amp; assainissement".
            if unescape(str(term.get("name", ""))).casefold() == name.casefold():
                return int(term["id"])
        response = self._rest.request("POST", which, {"name": name}, safe=True)
        try:
            answer = json.loads(response.body)
            if code(response) == "term_exists":
                return int(answer["data"]["term_id"])
            http.check(response, who=self._settings.name, safe=True)
            return int(answer["id"])
        except (ChannelRefused, ChannelMisconfigured, ValueError, KeyError, TypeError):
            return None

    def _id(self, published: Published) -> str:
        if published.external_id.isdigit():
            return published.external_id
        # A person who settled an unknown gave the address; it ends with the number or with the slug.
        numbered = re.search(r"[?&]p=(\d+)", published.external_id)
        if numbered:
            return numbered[1]
        slug = published.external_id.partition("?")[0].rstrip("/").rpartition("/")[2]
        found, _ = self._rest.listed("posts", {"slug": slug, "status": "any", "context": "edit"})
        if not found:
            raise ChannelRefused(f"{self._settings.name} : pas d'article à l'adresse {published.external_id}")
        return str(found[0]["id"])

    def _published(self, post: dict[str, Any], pictures: Sequence[int]) -> Published:
        if not str(post.get("id") or "").isdigit():
            raise OutcomeUnknown(f"{self._settings.name} : réponse sans numéro d'article")
        public = post.get("status") in ("publish", "future", None)
        token = json.dumps({"pictures": list(pictures)})
        return Published(external_id=str(post["id"]), url=str(post.get("link") or ""), public=public, token=token)


def _numbers(published: Published) -> list[int] | None:
    """Return the numbers of the pictures of an article; None where it was published before they were kept."""
    try:
        return [int(n) for n in json.loads(published.token)["pictures"]]
    except (ValueError, KeyError, TypeError):
        return None


ADAPTER: type[Stream] = WordPress
