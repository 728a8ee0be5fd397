"""Telegram: a message in the city's channel, by the Bot API.

What the public sees: a message of up to 4,096 characters, or one to ten pictures with a caption of
up to 1,024. It is edited in place (readers see "modifié") and deleted at a takedown.

API: https://core.telegram.org/bots/api, read 2026-11-24. Rights: the bot is an administrator of the
channel and may post, edit and delete messages.

Quirks:
    - A bot cannot read what stands in a channel, and there is no idempotency key: after an outcome
      that nobody knows, a person looks.
    - Pictures have no alternative text in the Bot API; the page that the message points at has it.
    - A message cannot gain or lose its pictures by an edit: the platform refuses, and the correction
      is said in a new message.
    - A group of pictures is several messages: all their ids are kept, and all are deleted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from broadcast import http
from broadcast.channel import (
    ChannelSettings,
    Idempotent,
    Limits,
    Memory,
    Published,
    Reply,
    Secret,
    Stream,
)
from broadcast.errors import ChannelMisconfigured, ChannelRefused, ChannelUnavailable, OutcomeUnknown
from broadcast.model import Media, Part

#: Reasons of a 400 that say the address or the rights are wrong, not the text.
_SETTINGS = ("chat not found", "not enough rights", "need administrator rights", "bot is not a member", "chat_id is empty")
_GONE = ("message to delete not found", "message can't be found", "message identifier is not specified")


@dataclass(frozen=True, kw_only=True)
class Settings(ChannelSettings):
    """`[channels.<name>]` of kind telegram."""

    token: Secret
    #: `@name` of a public channel, or the number of a private one ("-100…").
    chat_id: str
    #: Address of the Bot API.
    url: str = "https://api.telegram.org"


class Telegram:
    """One channel."""

    kind: ClassVar[str] = "telegram"
    settings_type: ClassVar[type[ChannelSettings]] = Settings
    idempotent: ClassVar[Idempotent] = "never"
    default_limits: ClassVar[Limits] = Limits(
        max_length=4096,
        unit="characters",
        max_length_with_images=1024,
        max_parts=10,
        max_images=10,
        max_image_bytes=10_000_000,
        max_image_px=5000,
        image_types=("image/jpeg", "image/png", "image/webp"),
    )

    def __init__(self, settings: Settings, memory: Memory) -> None:
        self._settings = settings

    @property
    def limits(self) -> Limits:
        """The Bot API's limits."""
        return self.default_limits

    def publish(self, part: Part, *, key: str, reply_to: Reply | None) -> Published:
        """Post a message, or pictures with a caption."""
        facts: dict[str, Any] = {"chat_id": self._settings.chat_id}
        if reply_to is not None:
            # The message answered may have been deleted by hand: the answer is worth more than the thread.
            facts["reply_parameters"] = {
                "message_id": int(_ids(reply_to.parent)[0]),
                "allow_sending_without_reply": True,
            }
        if not part.media:
            return self._published(self._call("sendMessage", facts | {"text": part.text}), "text")
        if len(part.media) == 1:
            answer = self._call("sendPhoto", facts | {"caption": part.text}, {"photo": _file(part.media[0])})
            return self._published(answer, "photo")
        group = [{"type": "photo", "media": f"attach://p{n}"} for n, _ in enumerate(part.media)]
        files = {f"p{n}": _file(m) for n, m in enumerate(part.media)}
        answer = self._call("sendMediaGroup", facts | {"media": [group[0] | {"caption": part.text}, *group[1:]]}, files)
        return self._published(answer, "photo")

    def update(self, part: Part, published: Published, *, key: str) -> Published:
        """Edit a message, or the caption of its pictures; new pictures replace the old one by one."""
        was = json.loads(published.token or '{"type": "text"}')["type"]
        if (was == "photo") != bool(part.media):
            raise ChannelRefused(f"{self._settings.name} : Telegram ne peut ni ajouter ni enlever l'image d'un message")
        ids = _ids(published)
        facts = {"chat_id": self._settings.chat_id, "message_id": int(ids[0])}
        if was == "text":
            self._call("editMessageText", facts | {"text": part.text}, same_is_fine=True)
        elif len(part.media) != len(ids):
            raise ChannelRefused(f"{self._settings.name} : Telegram ne peut pas changer le nombre d'images d'un message")
        else:
            for n, (message_id, media) in enumerate(zip(ids, part.media, strict=True)):
                picture = {"type": "photo", "media": "attach://p"} | ({"caption": part.text} if n == 0 else {})
                where = {"chat_id": self._settings.chat_id, "message_id": int(message_id)}
                self._call("editMessageMedia", where | {"media": picture}, {"p": _file(media)}, same_is_fine=True)
        return published

    def take_down(self, published: Published, *, key: str) -> None:
        """Delete a message, all its pictures included."""
        for message_id in _ids(published):
            where = {"chat_id": self._settings.chat_id, "message_id": int(message_id)}
            self._call("deleteMessage", where, gone_is_fine=True)

    def probe(self) -> Limits | None:
        """Check the token and the channel; the Bot API states no limits."""
        me = self._call("getMe", {}, safe=True)
        member = self._call("getChatMember", {"chat_id": self._settings.chat_id, "user_id": me["id"]}, safe=True)
        if member.get("status") not in ("administrator", "creator"):
            raise ChannelMisconfigured(f"{self._settings.name} : le robot n'est pas administrateur de {self._settings.chat_id}")
        return None

    def _call(
        self,
        method: str,
        facts: dict[str, Any],
        files: dict[str, http.File] | None = None,
        *,
        safe: bool = False,
        same_is_fine: bool = False,
        gone_is_fine: bool = False,
    ) -> Any:
        form = [(k, v if isinstance(v, str) else json.dumps(v, ensure_ascii=False)) for k, v in facts.items()]
        try:
            response = http.request(
                "POST",
                f"{self._settings.url.rstrip('/')}/bot{self._settings.token.reveal()}/{method}",
                json=None if files else facts,
                form=form if files else None,
                files=files,
                timeout_s=self._settings.call_timeout_s,
                safe=safe,
            )
        except ValueError as error:  # a token with characters that no address can hold
            raise ChannelMisconfigured(f"{self._settings.name} : jeton illisible") from error
        answer = self._answer(response, safe)
        if response.status == 400:
            reason = str(answer.get("description", "")).lower()
            if (same_is_fine and "not modified" in reason) or (gone_is_fine and any(w in reason for w in _GONE)):
                return {}
            if any(w in reason for w in _SETTINGS):
                raise ChannelMisconfigured(f"{self._settings.name} : {answer.get('description')}")
        if response.status in (404, 401):
            raise ChannelMisconfigured(f"{self._settings.name} : {response.status} : jeton refusé")
        if response.status == 429:
            wait = (answer.get("parameters") or {}).get("retry_after")
            asked = float(wait) if isinstance(wait, int | float) else http.retry_after_s(response.headers)
            raise ChannelUnavailable(f"{self._settings.name} : 429 : {answer.get('description')}", retry_after_s=asked)
        http.check(response, who=self._settings.name, safe=safe)
        return answer.get("result")

    def _answer(self, response: http.Response, safe: bool) -> dict[str, Any]:
        try:
            answer = response.json()
        except OutcomeUnknown as error:
            if response.status >= 400:
                return {}
            if safe:
                raise ChannelUnavailable(str(error)) from error
            raise
        return answer if isinstance(answer, dict) else {}

    def _published(self, result: Any, kind: str) -> Published:
        messages = result if isinstance(result, list) else [result]
        try:
            ids = [str(m["message_id"]) for m in messages]
            chat = messages[0].get("chat") or {}
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            raise OutcomeUnknown(f"{self._settings.name} : réponse sans numéro de message") from error
        name = chat.get("username") or self._settings.chat_id.removeprefix("@")
        place = name if not name.lstrip("-").isdigit() else f"c/{name.removeprefix('-100')}"
        token = json.dumps({"type": kind, "ids": ids})
        return Published(external_id=ids[0], url=f"https://t.me/{place}/{ids[0]}", token=token)


def _ids(published: Published) -> list[str]:
    ids = json.loads(published.token or "{}").get("ids")
    # A person who settled an unknown gave the address; its last part is the number.
    found = ids or [published.external_id.partition("?")[0].rstrip("/").rpartition("/")[2]]
    if not all(str(i).isdigit() for i in found):
        raise ChannelRefused(f"« {published.external_id} » n'est pas l'adresse d'un message Telegram")
    return [str(i) for i in found]


def _file(media: Media) -> http.File:
    return http.File(media.name, media.media_type, media.read())


ADAPTER: type[Stream] = Telegram
