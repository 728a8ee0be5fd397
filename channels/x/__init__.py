"""X: a post on the city's account, through tweepy (API v2, OAuth 1.0a user context).

What the public sees: a post with up to four images and their alternative text. X lets nobody edit
by this API without Premium and within a changing window, so a correction is a reply to the first
post; a takedown deletes.

API: https://docs.x.com/x-api/posts/, read 2026-11-26. Rights: an app with read and write
permission, access token of the city's account made after that permission was given.

Quirks:
    - Identical text is answered 403 "duplicate content": that is evidence of an existing post, so
      its outcome is unknown and the post is looked for.
    - A reply to a post that was deleted is answered 403 "deleted or not visible to you": nothing was
      posted, and the reply is posted alone. X says so at times of a post made a moment ago, too.
    - 429 tells when to come back in `x-rate-limit-reset`; the queue waits, no thread sleeps.
    - Pictures go to `POST /2/media/upload`, alternative text to `POST /2/media/metadata` (the v1.1
      upload that tweepy knows was switched off in 2025). A GIF cannot be sent in one piece: it is
      made a JPEG or PNG at submission.
    - Addresses come back as t.co; `entities.urls` gives the real ones. `&`, `<` and `>` come back as
      entities.
    - A day's and a month's posts are limited besides the quarter of an hour: the header whose rest is
      0 says when to come back.
    - A post with a link costs more than one without (pay-per-use since 2026-02).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import requests
import tweepy

from broadcast import http
from broadcast.channel import (
    ALONE,
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
from broadcast.http_requests import RebasedAdapter, plain, session, transport_error
from broadcast.model import Media, Part
from channels.x.reading import comparable, is_after, is_gone, is_missing, texts_of, with_the_reset_that_counts

API = "https://api.twitter.com"
#: Their clock and ours may differ by so much; `known_ids` keeps older posts of ours apart.
CLOCK_SKEW = timedelta(minutes=10)
#: Pages of 100 posts read back at most when looking for one.
_PAGES = 5
_DUPLICATE = re.compile(r"duplicate", re.IGNORECASE)
#: What a 403, or a 400 for an id that is none, says where the post answered is the reason.
_NO_PARENT = re.compile(rb"reply to a (?:tweet|post) that is deleted or not visible|in_reply_to_tweet_id", re.IGNORECASE)
_CREDENTIALS = re.compile(
    r"oauth|permission|not permitted to|suspended|client-not-enrolled|client-forbidden|unsupported-authentication|access level",
    re.IGNORECASE,
)


class _NoParent(ChannelRefused):
    """Refused because of the post that it answers."""


@dataclass(frozen=True, kw_only=True)
class Settings(ChannelSettings):
    """`[channels.<name>]` of kind x."""

    consumer_key: Secret
    consumer_secret: Secret
    access_token: Secret
    access_token_secret: Secret
    #: Another server of the same API; "" for X itself.
    url: str = ""


class X:
    """One account."""

    kind: ClassVar[str] = "x"
    settings_type: ClassVar[type[ChannelSettings]] = Settings
    idempotent: ClassVar[Idempotent] = "never"
    default_limits: ClassVar[Limits] = Limits(
        max_length=280,
        unit="x",
        max_parts=10,
        max_images=4,
        max_image_bytes=5 * 2**20,
        max_image_px=4096,
        max_alt_length=1000,
        image_types=("image/jpeg", "image/png", "image/webp"),
        url_length=23,
    )

    def __init__(self, settings: Settings, memory: Memory) -> None:
        self._settings = settings

    @property
    def limits(self) -> Limits:
        """The platform's limits for an account without Premium."""
        return self.default_limits

    def publish(self, part: Part, *, key: str, reply_to: Reply | None) -> Published:
        """Post, as a reply where it corrects or goes on."""
        client = self._client()
        media_ids = [self._upload(client, media) for media in part.media]
        if reply_to is None:
            return self._create(client, part, media_ids, None)
        try:
            return self._create(client, part, media_ids, _id(reply_to.parent))
        except _NoParent:
            # A refusal is certain: nothing was posted.
            return replace(self._create(client, part, media_ids, None), note=ALONE)

    def take_down(self, published: Published, *, key: str) -> None:
        """Delete a post."""
        client = self._client()
        response = self._run(client, client.delete_tweet, _id(published), user_auth=True, gone_is_fine=True)
        if not 200 <= response.status < 300 or is_gone(http.object_of(response, who=self._settings.name)):
            return
        # "deleted": false is also what a second call may be told: the post itself is asked for.
        asked = self._run(client, client.get_tweet, _id(published), user_auth=True, safe=True, gone_is_fine=True)
        if asked.status < 400 and not is_missing(http.object_of(asked, who=self._settings.name, safe=True)):
            raise OutcomeUnknown(f"{self._settings.name} : X dit que la publication n'est pas supprimée")

    def find(self, part: Part, *, key: str, since: datetime, known_ids: frozenset[str]) -> Found | NotSeen:
        """Look for a post among the latest of the account."""
        wanted = comparable(part.text)
        for post in self._posts((since - CLOCK_SKEW).astimezone(UTC)):
            if post["id"] not in known_ids and wanted in {comparable(text) for text in texts_of(post)}:
                return Found(published=self._published(post["id"]))
        return NotSeen()

    def probe(self) -> Limits | None:
        """Check the credentials; X states no limits."""
        self._me(self._client())
        return None

    def _create(self, client: tweepy.Client, part: Part, media_ids: list[str], parent: str | None) -> Published:
        response = self._run(
            client,
            client.create_tweet,
            text=part.text,
            media_ids=media_ids or None,
            user_auth=True,
            in_reply_to_tweet_id=parent,
        )
        return self._published(self._id_in(response))

    def _posts(self, since: datetime) -> Iterator[dict[str, Any]]:
        """Yield what was posted since then; ends only where the whole of it was read."""
        client = self._client()
        me, token = self._me(client), None
        for _ in range(_PAGES):
            response = self._run(
                client,
                client.get_users_tweets,
                me,
                user_auth=True,
                max_results=100,
                pagination_token=token,
                start_time=since,
                safe=True,
                tweet_fields=["created_at", "entities", "referenced_tweets", "note_tweet"],
            )
            answer = http.object_of(response, who=self._settings.name, safe=True)
            posts = self._posts_in(answer)
            yield from (post for post in posts if is_after(post, since))
            token = (answer.get("meta") or {}).get("next_token")
            if not token or (posts and not is_after(posts[-1], since)):
                return
        raise ChannelUnavailable(f"{self._settings.name} : trop de publications à relire pour être sûr")

    def _posts_in(self, answer: dict[str, Any]) -> list[dict[str, Any]]:
        found = answer.get("data", [] if isinstance(answer.get("meta"), dict) else None)
        if not isinstance(found, list) or not all(isinstance(post, dict) and post.get("id") for post in found):
            raise ChannelUnavailable(f"{self._settings.name} : liste de publications illisible")
        return [{**post, "id": str(post["id"])} for post in found]

    def _me(self, client: tweepy.Client) -> str:
        return self._id_in(self._run(client, client.get_me, user_auth=True, safe=True), safe=True)

    def _id_in(self, response: http.Response, *, safe: bool = False) -> str:
        who = self._settings.name
        answer = http.object_of(response, who=who, safe=safe)
        data = answer.get("data") if isinstance(answer.get("data"), dict) else answer
        found = data.get("id") or data.get("media_id_string") if isinstance(data, dict) else None
        if not found:
            reason = f"{who} : réponse sans identifiant : {http.summary(response.body)}"
            raise ChannelUnavailable(reason) if safe else OutcomeUnknown(reason)
        return str(found)

    def _upload(self, client: tweepy.Client, media: Media) -> str:
        response = self._run(
            client,
            self._post,
            client,
            "/2/media/upload",
            safe=True,
            files={"media": (media.name, media.read(), media.media_type)},
            data={"media_category": "tweet_image", "media_type": media.media_type},
        )
        media_id = self._id_in(response, safe=True)
        if media.alt:
            metadata = {"id": media_id, "metadata": {"alt_text": {"text": media.alt}}}
            self._run(client, self._post, client, "/2/media/metadata", json=metadata, safe=True)
        return media_id

    def _post(self, client: tweepy.Client, path: str, **body: Any) -> requests.Response:
        s = self._settings
        auth = tweepy.OAuth1UserHandler(
            s.consumer_key.reveal(),
            s.consumer_secret.reveal(),
            s.access_token.reveal(),
            s.access_token_secret.reveal(),
        ).apply_auth()
        response: requests.Response = client.session.post(f"{API}{path}", auth=auth, **body)
        return response

    def _client(self) -> tweepy.Client:
        s = self._settings
        client = tweepy.Client(
            consumer_key=s.consumer_key.reveal(),
            consumer_secret=s.consumer_secret.reveal(),
            access_token=s.access_token.reveal(),
            access_token_secret=s.access_token_secret.reveal(),
            return_type=requests.Response,
            wait_on_rate_limit=False,
        )
        client.session = session(s.url, s.call_timeout_s, (f"{API}/", "https://upload.twitter.com/"))
        return client

    def _run(
        self,
        client: tweepy.Client,
        call: Any,
        *args: Any,
        safe: bool = False,
        gone_is_fine: bool = False,
        **kwargs: Any,
    ) -> http.Response:
        adapter = client.session.get_adapter(f"{API}/")
        assert isinstance(adapter, RebasedAdapter)
        try:
            response = plain(call(*args, **kwargs))
        except tweepy.HTTPException as error:
            # tweepy raises for statuses that it knows; the answer is what counts.
            response = plain(error.response)
        except requests.RequestException as error:
            raise transport_error(error, self._settings.url or API, safe=safe) from error
        except tweepy.TweepyException as error:
            raise OutcomeUnknown(f"{self._settings.name} : {error}") from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # An answer in another form than tweepy expects; the transport kept it.
            if adapter.last is None:
                raise OutcomeUnknown(f"{self._settings.name} : réponse illisible") from error
            response = plain(adapter.last)
        return self._checked(response, safe=safe, gone_is_fine=gone_is_fine)

    def _checked(self, response: http.Response, *, safe: bool, gone_is_fine: bool) -> http.Response:
        who = self._settings.name
        if response.status == 403:
            reason = f"{who} : 403 : {http.summary(response.body)}"
            if _DUPLICATE.search(reason):
                raise OutcomeUnknown(reason)
            if safe or _CREDENTIALS.search(response.body.decode("utf-8", "replace")):
                raise ChannelMisconfigured(reason)
            raise (_NoParent if _NO_PARENT.search(response.body) else ChannelRefused)(reason)
        if response.status == 400 and _NO_PARENT.search(response.body):
            raise _NoParent(f"{who} : 400 : {http.summary(response.body)}")
        if response.status == 402:
            raise ChannelMisconfigured(f"{who} : 402 : plus de crédit sur le compte développeur de X")
        if response.status == 429:
            reason = f"{who} : 429 : {http.summary(response.body)}"
            if b"usage-capped" in response.body or b"UsageCapExceeded" in response.body:
                raise ChannelMisconfigured(f"{reason} ; le quota du compte développeur de X est épuisé")
            raise ChannelUnavailable(reason, retry_after_s=http.retry_after_s(with_the_reset_that_counts(response)))
        http.check(response, who=who, safe=safe, gone_is_fine=gone_is_fine)
        return response

    def _published(self, post_id: str) -> Published:
        base = self._settings.url.rstrip("/") or "https://x.com"
        return Published(external_id=post_id, url=f"{base}/i/web/status/{post_id}")


def _id(published: Published) -> str:
    # A person who settled an unknown gave the address; its last part is the id.
    return published.external_id.rstrip("/").rpartition("/")[2]


ADAPTER: type[Stream] = X
