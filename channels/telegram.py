"""Telegram: a message in the city's channel, by the Bot API.

What the public sees: a message of up to 4,096 characters, or one to ten pictures with a caption of
up to 1,024. It is edited in place (readers see "modifié") and deleted at a takedown.

API: https://core.telegram.org/bots/api, read 2026-11-26. Rights: the bot is an administrator of the
channel and may post, edit and delete messages.

Quirks:
    - A bot cannot read what stands in a channel, and there is no idempotency key: after an outcome
      that nobody knows, a person looks.
    - Pictures have no alternative text in the Bot API; the page that the message points at has it.
    - A message cannot gain or lose its pictures by an edit: the platform refuses, and the correction
      is said in a new message.
    - A group of pictures is several messages: all their ids are kept, and all are deleted.
    - A message whose parent was deleted is sent alone: Telegram is asked to do so, and where it refuses
      all the same nothing was sent, and it is sent without.
    - Where only the words change, the caption is edited and the pictures are not sent again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import quote

from broadcast import http
from broadcast.channel import (
    ALONE,
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
_SETTINGS = (
    "chat not found",
    "chat_id is empty",
    "peer_id_invalid",
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "chat_admin_required",
    "chat_write_forbidden",
    "bot is not a member",
    "bot was kicked",
    "upgraded to a supergroup",
)
_GONE = ("message to delete not found", "message_id_invalid", "message can't be found")
_NO_NUMBER = "n'est pas l'adresse d'un message Telegram"
#: The message answered is gone (the words changed over the years), or a person gave an address that is none.
_NO_PARENT = re.compile(rf"repl(?:y|ied)(?: message)? not found|reply_message_id_invalid|{_NO_NUMBER}", re.IGNORECASE)
#: Older than 48 hours, or the right to delete is missing.
_TOO_LATE = ("message can't be deleted", "message_delete_forbidden")


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
        if reply_to is None:
            return self._send(part, facts)
        # The message answered may have been deleted by hand: the answer is worth more than the thread.
        try:
            parent = {"message_id": int(_ids(reply_to.parent)[0]), "allow_sending_without_reply": True}
            return self._send(part, facts | {"reply_parameters": parent})
        except ChannelRefused as error:
            # A refusal is certain: nothing was sent.
            if not _NO_PARENT.search(str(error)):
                raise
        return replace(self._send(part, facts), note=ALONE)

    def update(self, part: Part, published: Published, *, key: str) -> Published:
        """Edit a message, or the caption of its pictures; new pictures replace the old one by one."""
        was = json.loads(published.token or '{"type": "text"}')
        if (was["type"] == "photo") != bool(part.media):
            raise ChannelRefused(f"{self._settings.name} : Telegram ne peut ni ajouter ni enlever l'image d'un message")
        ids = _ids(published)
        if was["type"] == "text":
            self._call("editMessageText", self._where(ids[0]) | {"text": part.text}, same_is_fine=True)
        elif len(part.media) != len(ids):
            raise ChannelRefused(f"{self._settings.name} : Telegram ne peut pas changer le nombre d'images d'un message")
        elif was.get("pictures") == _pictures(part):
            self._call("editMessageCaption", self._where(ids[0]) | {"caption": part.text}, same_is_fine=True)
        else:
            for n, (message_id, media) in enumerate(zip(ids, part.media, strict=True)):
                picture = {"type": "photo", "media": "attach://p"} | ({"caption": part.text} if n == 0 else {})
                facts = self._where(message_id) | {"media": picture}
                self._call("editMessageMedia", facts, {"p": _file(media)}, same_is_fine=True)
        return replace(published, token=_token(part, ids))

    def take_down(self, published: Published, *, key: str) -> None:
        """Delete a message, all its pictures included."""
        for message_id in _ids(published):
            self._call("deleteMessage", self._where(message_id), gone_is_fine=True)

    def probe(self) -> Limits | None:
        """Check the token and the channel; the Bot API states no limits."""
        me = self._object(self._call("getMe", {}, safe=True))
        where = {"chat_id": self._settings.chat_id, "user_id": me.get("id")}
        member = self._object(self._call("getChatMember", where, safe=True))
        if member.get("status") not in ("administrator", "creator"):
            raise ChannelMisconfigured(f"{self._settings.name} : le robot n'est pas administrateur de {self._settings.chat_id}")
        if member.get("status") == "administrator" and member.get("can_post_messages") is False:
            raise ChannelMisconfigured(f"{self._settings.name} : le robot n'a pas le droit de publier")
        return None

    def _send(self, part: Part, facts: dict[str, Any]) -> Published:
        if not part.media:
            return self._published(self._call("sendMessage", facts | {"text": part.text}), part)
        if len(part.media) == 1:
            answer = self._call("sendPhoto", facts | {"caption": part.text}, {"photo": _file(part.media[0])})
            return self._published(answer, part)
        group = [{"type": "photo", "media": f"attach://p{n}"} for n, _ in enumerate(part.media)]
        files = {f"p{n}": _file(m) for n, m in enumerate(part.media)}
        answer = self._call("sendMediaGroup", facts | {"media": [group[0] | {"caption": part.text}, *group[1:]]}, files)
        return self._published(answer, part)

    def _where(self, message_id: str) -> dict[str, Any]:
        return {"chat_id": self._settings.chat_id, "message_id": int(message_id)}

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
        response = http.request(
            "POST",
            f"{self._settings.url.rstrip('/')}/bot{quote(self._settings.token.reveal(), safe=':')}/{method}",
            json=None if files else facts,
            form=form if files else None,
            files=files,
            timeout_s=self._settings.call_timeout_s,
            safe=safe,
        )
        answer = self._answer(response, safe)
        reason = str(answer.get("description", "")).lower()
        if response.status in (400, 403):
            if (same_is_fine and "not modified" in reason) or (gone_is_fine and any(w in reason for w in _GONE)):
                return {}
            if any(w in reason for w in _SETTINGS):
                moved = (answer.get("parameters") or {}).get("migrate_to_chat_id")
                way_out = f' ; écrivez chat_id = "{moved}"' if moved else ""
                raise ChannelMisconfigured(f"{self._settings.name} : {answer.get('description')}{way_out}")
            if any(w in reason for w in _TOO_LATE):
                raise ChannelRefused(
                    f"{self._settings.name} : {answer.get('description')} : Telegram ne laisse plus le robot supprimer ce message "
                    "(48 heures, ou droit manquant) ; supprimez-le dans Telegram"
                )
        if response.status in (404, 401):
            raise ChannelMisconfigured(f"{self._settings.name} : {response.status} : jeton refusé")
        if response.status == 429:
            wait = (answer.get("parameters") or {}).get("retry_after")
            asked = float(wait) if isinstance(wait, int | float) else http.retry_after_s(response.headers)
            raise ChannelUnavailable(f"{self._settings.name} : 429 : {answer.get('description')}", retry_after_s=asked)
        http.check(response, who=self._settings.name, safe=safe)
        if answer.get("ok") is not True:
            words = f"{self._settings.name} : réponse {response.status} sans résultat"
            raise ChannelUnavailable(words) if safe else OutcomeUnknown(words)
        return answer.get("result")

    def _answer(self, response: http.Response, safe: bool) -> dict[str, Any]:
        try:
            return http.object_of(response, who=self._settings.name, safe=safe)
        except (ChannelUnavailable, OutcomeUnknown):
            if response.status >= 300:
                return {}  # its status says enough
            raise

    def _object(self, result: Any) -> dict[str, Any]:
        if not isinstance(result, dict):
            raise ChannelUnavailable(f"{self._settings.name} : réponse illisible")
        return result

    def _published(self, result: Any, part: Part) -> Published:
        messages = result if isinstance(result, list) else [result]
        try:
            ids = [str(int(m["message_id"])) for m in messages]
            name = (messages[0].get("chat") or {}).get("username") or self._settings.chat_id.removeprefix("@")
        except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
            raise OutcomeUnknown(f"{self._settings.name} : réponse sans numéro de message") from error
        place = name if not name.lstrip("-").isdigit() else f"c/{name.removeprefix('-100')}"
        return Published(external_id=ids[0], url=f"https://t.me/{place}/{ids[0]}", token=_token(part, ids))


def _token(part: Part, ids: list[str]) -> str:
    return json.dumps({"type": "photo" if part.media else "text", "ids": ids, "pictures": _pictures(part)})


def _pictures(part: Part) -> list[str]:
    return [media.sha256[:16] for media in part.media]


def _ids(published: Published) -> list[str]:
    ids = json.loads(published.token or "{}").get("ids")
    # A person who settled an unknown gave the address; its last part is the number.
    found = ids or [published.external_id.partition("?")[0].rstrip("/").rpartition("/")[2]]
    if not all(str(i).isdigit() for i in found):
        raise ChannelRefused(f"« {published.external_id} » {_NO_NUMBER}")
    return [str(i) for i in found]


def _file(media: Media) -> http.File:
    return http.File(media.name, media.media_type, media.read())


ADAPTER: type[Stream] = Telegram
