"""Pictures of an article: uploaded with their words in one call, found again after a crash, removed with the article.

https://developer.wordpress.org/reference/classes/wp_rest_attachments_controller/: what is uploaded is public at once,
as a file, in the media list and on a page of its own. So nothing is left behind: what no article uses any more goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from broadcast import http
from broadcast.channel import Memory
from broadcast.errors import ChannelMisconfigured, ChannelRefused, ChannelUnavailable, OutcomeUnknown
from broadcast.model import Media, sha256_of
from channels.wordpress.reading import as_words, code, shows
from channels.wordpress.rest import Rest

#: Pages of a hundred articles read at most to see whether a picture is used.
_PAGES = 20
_GONE = "rest_post_invalid_id"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A picture on the site."""

    id: int
    url: str


class Pictures:
    """The pictures that one user put on a site."""

    def __init__(self, rest: Rest, memory: Memory, who: str) -> None:
        self._rest, self._memory, self._who = rest, memory, who

    def upload(self, media: Media) -> Uploaded:
        """Return a picture with these words on the site; uploaded if it is not there.

        Raises:
            ChannelRefused: the site will not take it.
            DeliveryError: one of the other three kinds.
        """
        key = f"media {_hash(media)}"
        kept = self._memory.get(key)
        if kept == "":  # an upload was begun and never ended: it may be there
            found = self._found(media)
            if found is not None:
                return self._keep(key, found)
        elif kept:
            response = self._rest.request("GET", f"media/{json.loads(kept)['id']}", safe=True)
            if code(response) != _GONE:
                http.check(response, who=self._who, safe=True)
                return _uploaded(json.loads(kept))
        self._memory.put(key, "")
        return self._keep(key, self._sent(media))

    def drop(self, ids: Iterable[int]) -> str:
        """Remove the pictures that no article shows any more.

        Returns:
            "", or which of them stay, and why.

        Raises:
            DeliveryError: nobody can say yet; asking again is safe.
        """
        return " ; ".join(note for note in map(self._drop, ids) if note)

    def _sent(self, media: Media) -> dict[str, Any]:
        response = self._rest.request(
            "POST",
            "media",
            form=[
                # An attachment has an address of its own, in one name space with the articles: no message has "_".
                ("slug", _slug(media)),
                ("title", as_words(media.alt or media.name)),
                ("alt_text", as_words(media.alt)),
                ("caption", as_words(media.credit)),
            ],
            files={"file": http.File(media.name.replace('"', ""), media.media_type, media.read())},
            safe=True,
        )
        if code(response).startswith("rest_upload_"):
            # 500, though it will not pass: the kind of file, the size, a folder that may not be written.
            raise ChannelRefused(f"{self._who} : image refusée : {http.summary(response.body)}")
        made = http.object_of(http.check(response, who=self._who, safe=True), who=self._who, safe=True)
        if not str(made.get("id") or "").isdigit():
            raise ChannelUnavailable(f"{self._who} : image reçue sans numéro")
        return made

    def _found(self, media: Media) -> dict[str, Any] | None:
        found, _ = self._rest.listed("media", {"slug": _slug(media), "context": "edit", "status": "inherit,private"})
        return next((one for one in found if one.get("alt_text") == as_words(media.alt)), None)

    def _keep(self, key: str, made: dict[str, Any]) -> Uploaded:
        self._memory.put(key, json.dumps({"id": int(made["id"]), "url": str(made.get("source_url") or "")}))
        return _uploaded(made)

    def _drop(self, number: int) -> str:
        response = self._rest.request("GET", f"media/{number}", query={"context": "edit"}, safe=True)
        if code(response) == _GONE:
            return ""
        if response.status in (401, 403) and code(response):
            return f"image n° {number} laissée sur le site : {http.summary(response.body)}"
        media = http.object_of(http.check(response, who=self._who, safe=True), who=self._who, safe=True)
        is_used = self._is_used(number, media)
        if is_used:
            return f"image n° {number} laissée sur le site : {is_used}"
        return self._delete(number)

    def _delete(self, number: int) -> str:
        response, _ = self._rest.delete(f"media/{number}", for_good=True)
        if response.status == 403 and code(response):
            return f"image n° {number} laissée sur le site : {http.summary(response.body)}"
        if code(response) != _GONE:
            said = http.object_of(http.check(response, who=self._who), who=self._who)
            if said.get("deleted") is not True:
                raise OutcomeUnknown(f"{self._who} : WordPress ne dit pas que l'image est supprimée")
        return ""

    def _is_used(self, number: int, media: dict[str, Any]) -> str:
        """Return who uses a picture, "" if nobody does."""
        # What shows it was written after it came; older sites do not know this, and list all.
        since = {"modified_after": str(media["date"])} if media.get("date") else {}
        for what, word in (("posts", "un autre article"), ("pages", "une page")):
            for page in range(1, _PAGES + 1):
                found, pages = self._page(what, {**since, "per_page": "100", "page": str(page)})
                if any(shows(one, number, media) for one in found):
                    return f"{word} la montre"
                if page >= pages:
                    break
            else:
                return "le site a trop d'articles pour vérifier que personne ne la montre"
        return ""

    def _page(self, what: str, query: dict[str, str]) -> tuple[list[dict[str, Any]], int]:
        """Return a page of what is written on the site, drafts included where the user may see them."""
        query = query | {"_fields": "id,status,featured_media,content"}
        try:
            found, headers = self._rest.listed(what, query | {"context": "edit", "status": "any"})
        except (ChannelMisconfigured, ChannelRefused):
            # An author may read the pages of others, not edit them.
            found, headers = self._rest.listed(what, query)
        total = headers.get("x-wp-totalpages", "1")
        return found, int(total) if total.isdigit() else 1


def _uploaded(made: dict[str, Any]) -> Uploaded:
    return Uploaded(int(made["id"]), str(made.get("source_url") or made.get("url") or ""))


def _hash(media: Media) -> str:
    return sha256_of(f"{media.sha256} {media.alt} {media.credit}".encode())


def _slug(media: Media) -> str:
    return f"image_{_hash(media)[:24]}"
