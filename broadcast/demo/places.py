"""The places of one message, side by side: what each of them shows now."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from broadcast.demo.networks import GROUPS, NETWORKS

#: Channel kind of a look-alike network -> how it is called.
_NAMES = {
    "x": "X",
    "facebook": "Facebook",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "telegram": "Telegram",
    "wordpress": "WordPress",
    "email": "Courriel",
}
#: Where a mail links to the page of its message: each recipient's has an id of its own.
_PAGE = re.compile(r"/a/([a-z0-9-]+)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One message as the demonstration shows it."""

    slug: str
    title: str
    #: What became of it, in a few words.
    story: str
    #: Why it is over, "" while it is in force.
    ended: str
    #: Channel -> ids of what stands or stood there.
    ids: Mapping[str, frozenset[str]]


def cards(folder: Path, one: Shown) -> Iterator[str]:
    """Yield a card for each place of a message: the site, signs, networks, journal, what people post by hand."""
    yield _site(one)
    yield from _signs(folder, one)
    for name, kind in NETWORKS.items():
        posts = _posts(folder, name, one)
        if posts:
            yield _card(_NAMES[kind], _state(posts), "".join(_post(post) for post in posts), words=True)
    yield from _journal(folder, one)
    if (folder / "kits" / GROUPS / one.slug / "kit.html").exists():
        link = f'<p><a href="kits/{GROUPS}/{escape(one.slug)}/kit.html">dossier prêt à copier</a></p>'
        yield _card("À la main", "remis à une personne", f"<p>Groupe Facebook des commerçants</p>{link}")


def _card(name: str, state: str, body: str, *, words: bool = False) -> str:
    inner = f'<div class="words" tabindex="0" role="group" aria-label="{escape(name)}">{body}</div>' if words else body
    return f'<li class="place"><h3>{escape(name)}</h3><p class="state">{escape(state)}</p>{inner}</li>'


def _site(one: Shown) -> str:
    page = f"public/a/{escape(one.slug)}/index.html"
    frame = f'<div class="phone"><iframe src="{page}" title="La page du site : {escape(one.title)}"></iframe></div>'
    return _card("Site", one.ended or "en ligne", f'{frame}<p><a href="{page}">ouvrir la page</a></p>')


def _signs(folder: Path, one: Shown) -> Iterator[str]:
    pictures = [
        f'<img src="{path.relative_to(folder).as_posix()}" alt="{escape(path.with_name(path.name.replace("-preview.png", ".txt")).read_text())}">'
        for path in sorted((folder / "signs").rglob(f"{one.slug}-*-preview.png"))
    ]
    if pictures:
        yield _card("Panneau", "affiché", "".join(pictures))
    elif "signs" in one.ids:
        yield _card("Panneau", "éteint", "<p>Plus rien n’y est affiché.</p>")


def _journal(folder: Path, one: Shown) -> Iterator[str]:
    if "journal" not in one.ids:
        return
    place = folder / "print" / one.slug
    if not (place / "proof.pdf").exists():
        yield _card("Journal", "repris", "<p>Le maquettiste y trouve RETIRE.txt.</p>")
        return
    pages = sorted((folder / "print").glob(f"{one.slug}-epreuve-*.png"))[:1]
    pictures = "".join(f'<img src="print/{page.name}" alt="Épreuve du journal" loading="lazy">' for page in pages)
    yield _card(
        "Journal", "remis au maquettiste", f'{pictures}<p><a href="print/{escape(one.slug)}/proof.pdf">épreuve PDF</a></p>'
    )


def _posts(folder: Path, channel: str, one: Shown) -> list[dict[str, Any]]:
    """Return what stands or stood at a network of a message; a mail that many got, once with their number."""
    lines = (folder / "recorded" / f"{channel}.jsonl").read_text(encoding="utf-8").splitlines()
    found: dict[str, dict[str, Any]] = {}
    for post in map(json.loads, lines):
        is_mail = post["url"].startswith("mid:")
        page = _PAGE.search(post["text"])
        if post["id"] in one.ids.get(channel, ()) or (is_mail and page is not None and page[1] == one.slug):
            key = post["text"] if is_mail else post["id"]
            found[key] = post | {"copies": found.get(key, {}).get("copies", 0) + 1}
    posts = list(found.values())
    # Of a message that was taken on in a reply, readers meet the reply first.
    return posts[::-1] if _is_reply(posts) else posts


def _is_reply(posts: list[dict[str, Any]]) -> bool:
    return len(posts) == 2 and any(post["in_reply_to"] for post in posts)


def _state(posts: list[dict[str, Any]]) -> str:
    up = [post for post in posts if not post["deleted"]]
    if not up:
        return "retiré"
    copies = max(post["copies"] for post in posts)
    words = ["en ligne"] if copies == 1 else [f"à {copies} destinataires"]
    if any(post["edited"] for post in up):
        words.append("corrigé sur place")
    elif any(post["in_reply_to"] for post in up):
        words.append("suite en réponse" if len(posts) == 2 else f"fil de {len(up)}")
    elif len(posts) > 1:
        words.append(f"{len(posts)} envois")
    return ", ".join(words)


def _post(post: Mapping[str, Any]) -> str:
    pictures = "".join(f'<p class="alt">Image : {escape(m["alt"] or "sans texte de remplacement")}</p>' for m in post["media"])
    tag = "del" if post["deleted"] else "div"
    return f"<{tag}>{escape(post['text'])}</{tag}>{pictures}"
