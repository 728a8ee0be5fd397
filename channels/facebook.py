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
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import requests

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
    normalised,
)
from broadcast.errors import (
    ChannelMisconfigured,
    ChannelRefused,
    ChannelUnavailable,
    OutcomeUnknown,
)
from broadcast.http_requests import RebasedAdapter, plain, session, transport_error
from broadcast.model import Media, Part

with warnings.catch_warnings():
    # "\d" in a plain string of facebook-sdk: a SyntaxWarning from Python 3.12.
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    import facebook

API = "https://graph.facebook.com/"
CLOCK_SKEW = timedelta(minutes=10)
#: Pages of 50 posts read back at most when looking for one.
_PAGES = 10
#: Graph error codes, from https://developers.facebook.com/docs/graph-api/guides/error-handling (2026-11-23).
_CREDENTIALS = {102, 190, 10, 463, 467, *range(200, 300)}
_BUSY = {4, 17, 32, 341, 613, *range(80000, 80015)}
_UNSURE = {1, 2, 368, 506}
_NO_OBJECT = re.compile(r"\((?:803/\w+|100/33)\)$")
#: An edit of a post of another app (or of a person) is a matter of that post, not of the token.
_NOT_OURS = re.compile(r"\((?:10|200)/\w+\)$")
_GONE = re.compile(rf"does not exist|{_NO_OBJECT.pattern}")
#: Seconds to wait where Graph does not say: its windows are hourly.
_BUSY_S = 600.0


@dataclass(frozen=True, kw_only=True)
class Settings(ChannelSettings):
    """`[channels.<name>]` of kind facebook."""

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
                answer = self._photo(graph, part.media[0], message=part.text, published="true")
            elif part.media:
                ids = [self._hidden_photo(graph, media) for media in part.media]
                attached = {f"attached_media[{n}]": json.dumps({"media_fbid": i}) for n, i in enumerate(ids)}
                answer = self._run(graph, f"{page}/feed", message=part.text, **attached)
            else:
                extra = {"link": part.link} if part.link else {}
                answer = self._run(graph, f"{page}/feed", message=part.text, **extra)
        except ChannelRefused as error:
            if _NO_OBJECT.search(str(error)):
                raise ChannelMisconfigured(f"{error} ; vérifiez page_id et les droits du jeton") from error
            raise
        return self._published(answer, _pictures(part))

    def update(self, part: Part, published: Published, *, key: str) -> Published:
        """Edit the text of a post in place."""
        if published.token and published.token != _pictures(part):
            raise ChannelRefused(f"{self._settings.name} : Facebook ne change pas les photos d'une publication")
        try:
            answer = self._run(self._graph(), self._id(published), message=part.text)
        except ChannelMisconfigured as error:
            if not _NOT_OURS.search(str(error)):
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
            answer = self._call(graph, lambda: graph.delete_object(post_id))
        except ChannelRefused as error:
            if not _GONE.search(str(error)) or self._stands(graph, post_id):
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
        if not self._get(self._graph(), self._settings.page_id, fields="id,name").get("id"):
            raise ChannelUnavailable(f"{self._settings.name} : réponse sans identifiant de Page")
        return None

    def _stands(self, graph: Any, post_id: str) -> bool:
        try:
            self._get(graph, post_id, fields="id")
        except ChannelRefused as error:
            if _GONE.search(str(error)):
                return False
            raise
        return True

    def _posts(self, since: datetime) -> Iterator[dict[str, Any]]:
        """Yield what was posted since then; ends only where the whole of it was read."""
        graph, path = self._graph(), f"{self._settings.page_id}/published_posts"
        fields, last = "id,message,created_time,permalink_url", None
        arguments = {"fields": fields, "limit": "50", "since": str(int(since.timestamp()))}
        for _ in range(_PAGES):
            answer = self._get(graph, path, **arguments)
            posts = answer.get("data")
            if not isinstance(posts, list) or not all(isinstance(post, dict) and post.get("id") for post in posts):
                raise ChannelUnavailable(f"{self._settings.name} : liste de publications illisible")
            for post in posts:
                last = _time(post)
                if last >= since:
                    yield post
            # A page may be empty because of what was filtered out of it: only the last one has no next.
            following = (answer.get("paging") or {}).get("next")
            if not following or (last and last < since):
                return
            query = dict(parse_qsl(urlsplit(str(following)).query))
            arguments = {k: v for k, v in query.items() if k != "access_token"} | {"fields": fields}
        raise ChannelUnavailable(f"{self._settings.name} : trop de publications à relire pour être sûr")

    def _hidden_photo(self, graph: Any, media: Media) -> str:
        answer = self._photo(graph, media, safe=True, published="false")
        if not answer.get("id"):
            raise ChannelUnavailable(f"{self._settings.name} : photo reçue sans identifiant")
        return str(answer["id"])

    def _photo(self, graph: Any, media: Media, *, safe: bool = False, **fields: str) -> Any:
        if media.alt:
            fields["alt_text_custom"] = media.alt
        files = {"source": (media.name, media.read(), media.media_type)}
        path = f"{graph.version}/{self._settings.page_id}/photos"
        return self._call(
            graph,
            lambda: graph.request(path, post_args=dict(fields), files=files, method="POST"),
            safe=safe,
        )

    def _run(self, graph: Any, path: str, **fields: str) -> Any:
        parent, _, connection = path.rpartition("/")
        if connection == "feed":
            return self._call(graph, lambda: graph.put_object(parent, connection, **fields))
        return self._call(
            graph,
            lambda: graph.request(f"{graph.version}/{path}", post_args=dict(fields), method="POST"),
        )

    def _get(self, graph: Any, path: str, **arguments: str) -> Any:
        return self._call(
            graph,
            lambda: graph.request(f"{graph.version}/{path}", dict(arguments)),
            safe=True,
        )

    def _graph(self) -> Any:
        s = self._settings
        graph = facebook.GraphAPI(
            s.token.reveal(),
            timeout=s.call_timeout_s,
            session=session(s.url, s.call_timeout_s, (API,)),
        )
        # The constructor refuses every version of today; the attribute does not.
        graph.version = s.api_version if s.api_version.startswith("v") else f"v{s.api_version}"
        return graph

    def _call(self, graph: Any, call: Any, *, safe: bool = False) -> Any:
        adapter = graph.session.get_adapter(API)
        assert isinstance(adapter, RebasedAdapter)
        try:
            answer = call()
        except (facebook.GraphAPIError, KeyError, ValueError, AttributeError, TypeError, requests.RequestException) as error:
            if isinstance(error, requests.RequestException) and not isinstance(error, requests.exceptions.JSONDecodeError):
                raise transport_error(error, self._settings.url or API, safe=safe) from error
            # facebook-sdk throws away status and headers; the adapter kept the answer.
            if adapter.last is None:
                raise OutcomeUnknown(f"{self._settings.name} : réponse illisible") from error
            answer = None
        response = plain(adapter.last) if adapter.last is not None else None
        if response is not None:
            self._judge(response, safe=safe)
        if response is None or isinstance(answer, dict):
            return answer or {}
        return http.object_of(response, who=self._settings.name, safe=safe)

    def _judge(self, response: http.Response, *, safe: bool) -> None:
        error = _graph_error(response)
        if error is None:
            http.check(response, who=self._settings.name, safe=safe)
            return
        code, subcode = error.get("code"), error.get("error_subcode")
        reason = f"{self._settings.name} : {error.get('message') or 'erreur'} ({code}/{subcode})"
        if code in _BUSY or response.status == 429:
            raise ChannelUnavailable(reason, retry_after_s=_wait_s(response.headers))
        if code in _CREDENTIALS or response.status == 401:
            raise ChannelMisconfigured(reason)
        if code in _UNSURE or response.status >= 500 or error.get("is_transient"):
            raise ChannelUnavailable(reason) if safe else OutcomeUnknown(reason)
        raise ChannelRefused(reason)

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
        # A person who settled an unknown gave the address; its last number is the post's.
        if "://" not in published.external_id:
            return published.external_id
        numbers = re.findall(r"\d+(?:_\d+)?", published.external_id)
        last = numbers[-1] if numbers else published.external_id
        return last if "_" in last else f"{self._settings.page_id}_{last}"


def _graph_error(response: http.Response) -> dict[str, Any] | None:
    try:
        value = json.loads(response.body)
    except ValueError:
        return None
    error = value.get("error") if isinstance(value, dict) else None
    if isinstance(error, str):
        return {"message": error}
    return error if isinstance(error, dict) else None


def _wait_s(headers: Mapping[str, str]) -> float:
    """Return the seconds to wait: as they say, in minutes, in the header of use; else our own."""
    try:
        use = json.loads(headers.get("x-business-use-case-usage") or "{}")
        minutes = max((float(u.get("estimated_time_to_regain_access") or 0) for uses in use.values() for u in uses), default=0)
    except (ValueError, TypeError, AttributeError):
        minutes = 0
    return http.retry_after_s(headers) or minutes * 60 or _BUSY_S


def _pictures(part: Part) -> str:
    """Return what tells the pictures of a part: an edit cannot change them."""
    return ",".join(["pictures", *(media.sha256[:16] for media in part.media)])


def _time(post: dict[str, Any]) -> datetime:
    at = datetime.fromisoformat(str(post["created_time"]))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


ADAPTER: type[Stream] = Facebook
