"""Facebook: a post on the city's Page, through facebook-sdk (Graph API).

What the public sees: a post with its link, or with photos and their alternative text. It is edited
in place (readers see "Modifié"), and deleted at a takedown.

API: https://developers.facebook.com/docs/pages-api/posts, read 2026-11-26. Rights:
`pages_manage_posts`, `pages_read_engagement`, a Page access token.

Quirks:
    - Graph answered 500 "please retry" while it had posted (August 2025): a failure on their side
      is of unknown outcome, and the post is looked for among `published_posts`.
    - Error 506 is "duplicate": evidence of an existing post. 368 (blocked for a time) is looked at likewise.
    - "Does not exist" (100/33) is also the answer to who lacks the right: before a takedown counts as
      done, the post itself is asked for.
    - An edit changes words, not photos: other photos are refused, and the correction is a new post.
    - facebook-sdk 3.1.0 knows no current version and no timeout; both are set from outside here.
    - Only the app that made a post may edit it.
    - A Page has no replies to its own posts as posts: a correction is an edit; where it cannot be,
      a new post that carries the link.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

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
    normalised,
)
from broadcast.errors import (
    ChannelMisconfigured,
    ChannelRefused,
    ChannelUnavailable,
    OutcomeUnknown,
)
from broadcast.model import Media, Part
from channels.facebook.graph import Graph
from channels.facebook.reading import created_at, id_of, is_gone, is_no_object, is_not_ours

CLOCK_SKEW = timedelta(minutes=10)
#: Pages of 50 posts read back at most when looking for one.
_PAGES = 10


@dataclass(frozen=True, kw_only=True)
class Settings(ChannelSettings):
    """`[channels.<name>]` of kind facebook."""

    destination: ClassVar[tuple[str, ...]] = ("page_id", "url")

    page_id: str
    token: Secret
    api_version: str = "v25.0"
    #: Another server of the same API; "" for Facebook itself.
    url: str = ""


class Facebook:
    """One Page."""

    kind: ClassVar[str] = "facebook"
    settings_type: ClassVar[type[ChannelSettings]] = Settings
    idempotent: ClassVar[Idempotent] = "never"
    default_limits: ClassVar[Limits] = Limits(
        max_length=63206,
        unit="characters",
        max_images=10,
        max_image_bytes=10 * 2**20,
        max_alt_length=1000,
    )

    def __init__(self, settings: Settings, memory: Memory) -> None:
        self._settings = settings

    @property
    def limits(self) -> Limits:
        """The length that Facebook's own composer allows; the API states none."""
        return self.default_limits

    def publish(self, part: Part, *, key: str, reply_to: Reply | None) -> Published:
        """Post: with photos if there are any, else with the link."""
        graph, page = self._graph(), self._settings.page_id
        try:
            if len(part.media) == 1:
                answer = graph.photo(page, part.media[0], message=part.text, published="true")
            elif part.media:
                ids = [self._hidden_photo(graph, media) for media in part.media]
                attached = {f"attached_media[{n}]": json.dumps({"media_fbid": i}) for n, i in enumerate(ids)}
                answer = graph.post(f"{page}/feed", message=part.text, **attached)
            else:
                extra = {"link": part.link} if part.link else {}
                answer = graph.post(f"{page}/feed", message=part.text, **extra)
        except ChannelRefused as error:
            if is_no_object(error):
                raise ChannelMisconfigured(f"{error} ; vérifiez page_id et les droits du jeton") from error
            raise
        return self._published(answer, _pictures(part))

    def update(self, part: Part, published: Published, *, key: str) -> Published:
        """Edit the text of a post in place."""
        if published.token and published.token != _pictures(part):
            raise ChannelRefused(f"{self._settings.name} : Facebook ne change pas les photos d'une publication")
        try:
            answer = self._graph().post(self._id(published), message=part.text)
        except ChannelMisconfigured as error:
            if not is_not_ours(error):
                raise
            # The right to post may be there: a correction that is a new post will tell.
            raise ChannelRefused(f"{error} ; seule l'application qui a publié peut modifier") from error
        if answer.get("success") is False:
            raise OutcomeUnknown(f"{self._settings.name} : Facebook dit que la publication n'est pas modifiée")
        return published

    def take_down(self, published: Published, *, key: str) -> None:
        """Delete a post."""
        graph, post_id = self._graph(), self._id(published)
        try:
            answer = graph.delete(post_id)
        except ChannelRefused as error:
            if not is_gone(error) or self._stands(graph, post_id):
                raise
            return
        if isinstance(answer, dict) and answer.get("success") is False:
            raise OutcomeUnknown(f"{self._settings.name} : Facebook dit que la publication n'est pas supprimée")

    def find(self, part: Part, *, key: str, since: datetime, known_ids: frozenset[str]) -> Found | NotSeen:
        """Look for a post among the latest of the Page."""
        wanted = normalised(part.text)
        for post in self._posts(since - CLOCK_SKEW):
            if str(post["id"]) not in known_ids and normalised(str(post.get("message") or "")) == wanted:
                return Found(published=self._published(post, _pictures(part)))
        return NotSeen()

    def probe(self) -> Limits | None:
        """Check the token; Graph states no limits."""
        if not self._graph().get(self._settings.page_id, fields="id,name").get("id"):
            raise ChannelUnavailable(f"{self._settings.name} : réponse sans identifiant de Page")
        return None

    def _stands(self, graph: Graph, post_id: str) -> bool:
        try:
            graph.get(post_id, fields="id")
        except ChannelRefused as error:
            if is_gone(error):
                return False
            raise
        return True

    def _posts(self, since: datetime) -> Iterator[dict[str, Any]]:
        """Yield what was posted since then; ends only where the whole of it was read."""
        graph, path = self._graph(), f"{self._settings.page_id}/published_posts"
        fields, last = "id,message,created_time,permalink_url", None
        arguments = {"fields": fields, "limit": "50", "since": str(int(since.timestamp()))}
        for _ in range(_PAGES):
            answer = graph.get(path, **arguments)
            posts = answer.get("data")
            if not isinstance(posts, list) or not all(isinstance(post, dict) and post.get("id") for post in posts):
                raise ChannelUnavailable(f"{self._settings.name} : liste de publications illisible")
            for post in posts:
                last = created_at(post)
                if last >= since:
                    yield post
            # A page may be empty because of what was filtered out of it: only the last one has no next.
            following = (answer.get("paging") or {}).get("next")
            if not following or (last and last < since):
                return
            query = dict(parse_qsl(urlsplit(str(following)).query))
            arguments = {k: v for k, v in query.items() if k != "access_token"} | {"fields": fields}
        raise ChannelUnavailable(f"{self._settings.name} : trop de publications à relire pour être sûr")

    def _hidden_photo(self, graph: Graph, media: Media) -> str:
        answer = graph.photo(self._settings.page_id, media, safe=True, published="false")
        if not answer.get("id"):
            raise ChannelUnavailable(f"{self._settings.name} : photo reçue sans identifiant")
        return str(answer["id"])

    def _graph(self) -> Graph:
        s = self._settings
        return Graph(s.token.reveal(), s.api_version, url=s.url, timeout_s=s.call_timeout_s, who=s.name)

    def _published(self, answer: dict[str, Any], pictures: str) -> Published:
        post_id = str(answer.get("post_id") or answer.get("id") or "")
        if not post_id:
            raise OutcomeUnknown(f"{self._settings.name} : réponse sans identifiant de publication")
        base = self._settings.url.rstrip("/") or "https://www.facebook.com"
        return Published(
            external_id=post_id,
            url=str(answer.get("permalink_url") or f"{base}/{post_id}"),
            token=pictures,
        )

    def _id(self, published: Published) -> str:
        return id_of(published.external_id, self._settings.page_id)


def _pictures(part: Part) -> str:
    """Return what tells the pictures of a part: an edit cannot change them."""
    return ",".join(["pictures", *(media.sha256[:16] for media in part.media)])


ADAPTER: type[Stream] = Facebook
