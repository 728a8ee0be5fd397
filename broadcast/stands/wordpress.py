"""A look-alike WordPress, after https://developer.wordpress.org/rest-api/ (read 2026-11-24)."""

from __future__ import annotations

import re
from datetime import UTC
from html import escape, unescape
from typing import Any

from broadcast.stands.base import Answer, Call, Post, Stand


class WordPressStand(Stand):
    """One site, one author."""

    kind = "wordpress"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms: dict[str, dict[int, str]] = {"categories": {1: "Non classé"}, "tags": {}}

    @classmethod
    def sample_settings(cls, url: str) -> dict[str, Any]:
        """Return settings of a channel on this stand."""
        return {"url": url, "user": "broadcast", "password": "stand-password"}

    def is_write(self, call: Call) -> bool:
        """Faults hit the articles, not pictures and tags."""
        return call.writes and "/posts" in call.path

    def answer(self, call: Call) -> Answer:
        """Answer as WordPress does."""
        if not call.path.startswith("/wp-json/wp/v2/"):
            return Answer(404, b"<html><title>Page introuvable</title></html>")
        if not call.headers.get("authorization", "").startswith("Basic "):
            return _no(401, "rest_not_logged_in", "Vous n’êtes pas connecté.")
        what, _, which = call.path.removeprefix("/wp-json/wp/v2/").partition("/")
        if what == "users":
            return Answer(body={"id": 1, "capabilities": {"publish_posts": True, "edit_posts": True}})
        if what in self.terms:
            return self._terms(what, call)
        if what == "media":
            return self._media(which, call)
        if what == "pages":
            return Answer(body=[])
        if what != "posts":
            return _no(404, "rest_no_route", "Aucune route correspondante.")
        return self._posts(which, call)

    def _posts(self, which: str, call: Call) -> Answer:
        if call.method == "GET" and not which:
            wanted = call.query.get("slug", "")
            found = [p for p in self.shown() if not wanted or p.more["slug"] in wanted.split(",")]
            return Answer(body=[_post(p) for p in found])
        if call.method == "POST" and not which:
            slug = _free(str(call.fields.get("slug") or "article"), self._slugs())
            post = self.keep("", more={"slug": slug, "status": call.fields.get("status", "draft")})
            self._write(post, call)
            post.url = f"{self.url}/{slug}/"
            return Answer(201, _post(post))
        known = self.posts.get(which)
        if known is None:
            return _no(404, "rest_post_invalid_id", "ID d’article non valide.")
        if call.method == "DELETE":
            if known.deleted:
                return _no(410, "rest_already_trashed", "L’article a déjà été mis à la corbeille.")
            known.deleted, known.more["status"] = True, "trash"
            # The bin frees the address.
            known.more["slug"] += "__trashed"
        elif call.method in ("POST", "PUT", "PATCH"):
            self._write(known, call)
            known.edited = True
        return Answer(body=_post(known))

    def _write(self, post: Post, call: Call) -> None:
        # A role "author" has no unfiltered_html: WordPress itself takes scripts away.
        content = re.sub(r"(?is)<script.*?</script>", "", str(call.fields.get("content", "")))
        title = _stripped(str(call.fields.get("title") or ""))
        post.more |= {"title": title, "content": content, "tags": call.fields.get("tags")}
        post.text = _readable(content)
        featured = str(call.fields.get("featured_media", post.more.get("featured_media", 0)))
        post.more["featured_media"] = int(featured)
        post.media = [self.media[featured]] if featured in self.media else []

    def recorded(self) -> list[dict[str, Any]]:
        """Return all articles, one record each, oldest first, their title above their text."""
        titled = ((f"{p.more.get('title') or ''}\n\n{p.text}".strip(), p) for p in self.posts.values())
        return [{**p.recorded(), "text": text} for text, p in titled]

    def _slugs(self) -> set[str]:
        """Return the addresses that are taken: articles and pictures share one name space."""
        return {p.more["slug"] for p in self.live()} | {str(m["slug"]) for m in self.media.values()}

    def _media(self, which: str, call: Call) -> Answer:
        if not which and call.method == "GET":
            wanted = call.query.get("slug", "")
            return Answer(body=[self._picture(i) for i, m in self.media.items() if not wanted or m["slug"] == wanted])
        if which and which not in self.media:
            return _no(404, "rest_post_invalid_id", "ID d’article non valide.")
        if call.method == "DELETE":
            if call.query.get("force") != "true":
                return _no(501, "rest_trash_not_supported", "La mise à la corbeille n’est pas disponible.")
            gone = self._picture(which)
            del self.media[which]
            return Answer(body={"deleted": True, "previous": gone})
        if not which:
            which = self._uploaded(call)
        if call.writes:
            # As `sanitize_text_field` does: what looks like a tag is taken away.
            self.media[which]["alt"] = unescape(_stripped(str(call.fields.get("alt_text", self.media[which]["alt"]))))
        return Answer(201 if call.writes else 200, self._picture(which))

    def _uploaded(self, call: Call) -> str:
        named = re.search(r'filename="([^"]+)"', call.headers.get("content-disposition", ""))
        raw = (named[1] if named else "file", call.headers.get("content-type", ""), call.body)
        name, kind, content = call.files.get("file", raw)
        slug = _free(str(call.fields.get("slug") or name.rpartition(".")[0].lower()), self._slugs())
        media_id = self.keep_media((name, kind, content))
        self.media[media_id]["slug"] = slug
        return media_id

    def _picture(self, which: str) -> dict[str, Any]:
        media = self.media[which]
        address = f"{self.url}/wp-content/uploads/{which}.jpg"
        return {"id": int(which), "slug": media["slug"], "alt_text": escape(str(media["alt"])), "source_url": address}

    def _terms(self, what: str, call: Call) -> Answer:
        terms = self.terms[what]
        if call.method == "POST":
            number = max(terms, default=0) + 1
            terms[number] = str(call.fields["name"])
            return Answer(201, {"id": number, "name": terms[number]})
        asked = call.query.get("search", "").casefold()
        return Answer(body=[{"id": n, "name": t} for n, t in terms.items() if asked in t.casefold()])


def _readable(content: str) -> str:
    """Return the words of an article: a line for each paragraph, item and row, its cells apart."""
    text = re.sub(r"\s*\n\s*", " ", content)  # white space of HTML; the lines are those of its blocks
    text = re.sub(r"(?i)</t[dh]>\s*(?=<t[dh]\b)", " | ", text)
    text = re.sub(r"(?i)<li\b[^>]*>", "\n– ", text)
    text = re.sub(r"(?i)<br\s*/?>|</?(?:p|ul|ol|h\d|tr|table|div|blockquote|pre|figure|hr)\b[^>]*>", "\n", text)
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in unescape(re.sub(r"<[^>]+>", "", text)).split("\n"))
    return re.sub(r"(?m)^–\n", "– ", "\n".join(filter(None, lines)))


def _stripped(text: str) -> str:
    return re.sub(r"<[^>]*>", "", text)


def _free(slug: str, taken: set[str]) -> str:
    name, n = slug, 2
    while name in taken:
        name, n = f"{slug}-{n}", n + 1
    return name


def _post(post: Post) -> dict[str, Any]:
    return {
        "id": int(post.id),
        "slug": post.more["slug"],
        "status": post.more["status"],
        "featured_media": post.more.get("featured_media", 0),
        "link": post.url,
        "date_gmt": post.created_at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
        "title": {"raw": post.more.get("title"), "rendered": post.more.get("title")},
        "content": {"raw": post.more.get("content"), "rendered": post.more.get("content")},
    }


def _no(status: int, code: str, message: str) -> Answer:
    return Answer(status, {"code": code, "message": message, "data": {"status": status}})


STAND = WordPressStand
