"""A look-alike Bot API with one channel, after https://core.telegram.org/bots/api (read 2026-11-24)."""

from __future__ import annotations

import json
from typing import Any

from broadcast.stands.base import Answer, Call, Post, Stand


class TelegramStand(Stand):
    """One bot, one channel."""

    kind = "telegram"

    @classmethod
    def sample_settings(cls, url: str) -> dict[str, Any]:
        """Return settings of a channel on this stand."""
        return {"url": url, "token": "1000:stand-token", "chat_id": "@ville"}

    def post_url(self, post_id: str) -> str:
        """Return the public address of a message."""
        return f"https://t.me/ville/{post_id}"

    def is_write(self, call: Call) -> bool:
        """Faults hit what changes the channel."""
        return not call.path.rpartition("/")[2].startswith("get")

    def answer(self, call: Call) -> Answer:
        """Answer as the Bot API does."""
        token, _, method = call.path.removeprefix("/bot").partition("/")
        if not token or not method:
            return _no(404, "Not Found")
        fields = {k: _value(v) for k, v in call.fields.items()}
        if method == "getMe":
            return _yes({"id": 1000, "is_bot": True, "username": "villebot"})
        if method == "getChatMember":
            return _yes({"status": "administrator"})
        if fields.get("chat_id") not in ("@ville", "-1001"):
            return _no(400, "Bad Request: chat not found")
        return self._write(method, fields, call)

    def _write(self, method: str, fields: dict[str, Any], call: Call) -> Answer:
        if method == "sendMessage":
            return self._said(str(fields.get("text", "")), 4096, fields, [])
        if method == "sendPhoto":
            return self._said(str(fields.get("caption", "")), 1024, fields, [self._kept(call.files["photo"])])
        if method == "sendMediaGroup":
            media = [self._kept(call.files[m["media"].removeprefix("attach://")]) for m in fields["media"]]
            caption = str(fields["media"][0].get("caption", ""))
            first = self._said(caption, 1024, fields, media)
            more = [{"message_id": 900_000 + n, "chat": _CHAT} for n, _ in enumerate(media[1:])]
            return _yes([first.body["result"], *more]) if first.status == 200 else first
        post = self.posts.get(str(fields.get("message_id")))
        if method == "deleteMessage":
            if int(fields["message_id"]) >= 900_000:
                return _yes(True)
            if post is None or post.deleted:
                return _no(400, "Bad Request: message to delete not found")
            post.deleted = True
            return _yes(True)
        if post is None or post.deleted:
            return _no(400, "Bad Request: message to edit not found")
        text = str(fields.get("text") or (fields.get("media") or {}).get("caption") or fields.get("caption") or "")
        if text == post.text and method == "editMessageText":
            return _no(400, "Bad Request: message is not modified")
        post.text, post.edited = text, True
        if call.files:
            post.media = [self._kept(f) for f in call.files.values()]
        return _yes(_message(post))

    def _said(self, text: str, limit: int, fields: dict[str, Any], media: list[dict[str, Any]]) -> Answer:
        if len(text) > limit:
            return _no(400, "Bad Request: message caption is too long" if media else "Bad Request: message is too long")
        if not text and not media:
            return _no(400, "Bad Request: message text is empty")
        reply = fields.get("reply_parameters") or {}
        parent = str(reply.get("message_id") or "")
        if parent and (parent not in self.posts or self.posts[parent].deleted):
            if not reply.get("allow_sending_without_reply"):
                return _no(400, "Bad Request: message to be replied not found")
            parent = ""
        post = self.keep(text, in_reply_to=parent or None, media=media)
        return _yes(_message(post))

    def _kept(self, file: tuple[str, str, bytes]) -> dict[str, Any]:
        return self.media[self.keep_media(file)]


_CHAT = {"id": -1001, "type": "channel", "username": "ville"}


def _message(post: Post) -> dict[str, Any]:
    return {"message_id": int(post.id), "chat": _CHAT, "text": post.text}


def _value(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "[{":
        return json.loads(value)
    return value


def _yes(result: Any) -> Answer:
    return Answer(body={"ok": True, "result": result})


def _no(status: int, description: str) -> Answer:
    return Answer(status, {"ok": False, "error_code": status, "description": description})


STAND = TelegramStand
