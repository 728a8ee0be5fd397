"""Pictures of a status: sent, asked for while the server works on them, and not sent twice.

https://docs.joinmastodon.org/methods/media/: 202 means "accepted, still being worked on"; the picture is then
asked for, 206 is "not yet". A copy of the database that lags behind answers 404 to what was accepted a moment ago.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from broadcast import http
from broadcast.channel import Memory
from broadcast.errors import ChannelMisconfigured, ChannelRefused, ChannelUnavailable
from broadcast.model import Media, sha256_of

#: Questions in a row about a picture that the server works on; then the delivery waits.
_LOOKS = 4
#: Waits in which an accepted picture stayed unknown; after them it is taken for lost, and sent anew.
_LOST_AFTER = 5
_WAIT_S = 3


class Pictures:
    """The pictures that one account sends."""

    def __init__(self, request: Callable[..., http.Response], memory: Memory, who: str) -> None:
        self._request, self._memory, self._who = request, memory, who

    def ids(self, pictures: Sequence[Media]) -> list[str]:
        """Return the id of each picture, sent if the server does not have it; each can be posted.

        Raises:
            ChannelUnavailable: the server still works on one; nothing was posted.
            DeliveryError: as `http.check`.
        """
        return [self._id(media, place) for place, media in enumerate(pictures)]

    def must_be_ready(self, pictures: Sequence[Media], ids: Sequence[str]) -> None:
        """Ask after a refused status whether one of its pictures was not ready: then the status waits.

        Raises:
            ChannelUnavailable: it was not.
        """
        for place, (media, media_id) in enumerate(zip(pictures, ids, strict=True)):
            try:
                is_late = self._ask(media_id) == 206
            except (ChannelMisconfigured, ChannelRefused):
                continue  # not allowed to ask, or their work failed: the refusal stands
            if is_late:
                self._memory.put(_where(media, place), media_id)
                raise self._not_yet()

    def forget(self, pictures: Sequence[Media]) -> None:
        """Forget pictures that were posted."""
        for place, media in enumerate(pictures):
            if self._memory.get(_where(media, place)) is not None:
                self._memory.forget(_where(media, place))

    def _id(self, media: Media, place: int) -> str:
        where = _where(media, place)
        kept, _, unseen = (self._memory.get(where) or "").partition(" ")
        if kept and self._is_ready(kept, where, int(unseen or 0)):
            return kept
        response = self._request("POST", "/api/v2/media", form=_form(media), files=_files(media), safe=True)
        media_id = str(http.object_of(response, who=self._who, safe=True).get("id") or "")
        if not media_id:
            raise ChannelUnavailable(f"{self._who} : image reçue sans identifiant")
        if response.status == 202:
            self._memory.put(where, media_id)
            self._is_ready(media_id, where, 0)
        return media_id

    def _is_ready(self, media_id: str, where: str, unseen: int) -> bool:
        """Return True if a picture can be posted, False if it was unknown so often that it must be lost."""
        status = 206
        for _ in range(_LOOKS):
            try:
                status = self._ask(media_id)
            except ChannelRefused:
                # 422: their work on it failed; the next version sends the picture anew.
                self._memory.forget(where)
                raise
            if status == 200:
                return True
        if status == 206:
            self._memory.put(where, media_id)
        elif unseen + 1 < _LOST_AFTER:
            self._memory.put(where, f"{media_id} {unseen + 1}")
        else:
            self._memory.forget(where)
            return False
        raise self._not_yet()

    def _ask(self, media_id: str) -> int:
        status: int = self._request("GET", f"/api/v1/media/{media_id}", safe=True, gone_is_fine=True).status
        return status

    def _not_yet(self) -> ChannelUnavailable:
        # Nothing is posted yet.
        return ChannelUnavailable(f"{self._who} : image en cours de traitement", retry_after_s=_WAIT_S)


def _form(media: Media) -> list[tuple[str, str]]:
    form = [("description", media.alt)]
    if media.focus is not None:
        # Theirs runs from -1 to 1, upwards; ours from 0 to 1, downwards.
        form.append(("focus", f"{media.focus[0] * 2 - 1:.2f},{1 - media.focus[1] * 2:.2f}"))
    return form


def _files(media: Media) -> dict[str, Any]:
    return {"file": http.File(media.name, media.media_type, media.read())}


def _where(media: Media, place: int) -> str:
    """Return where the memory keeps the id of a picture that the server still works on."""
    return f"picture {sha256_of(f'{place} {media.sha256} {media.alt} {media.focus}'.encode())}"
