"""Pictures within the body of a message: files beside it, like those of `images`; shown in place where a page can. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar
from urllib.parse import unquote

from broadcast import markdown
from broadcast.blocks import Document, Paragraph, Picture
from broadcast.model import Draft, Finding, Image

_Node = TypeVar("_Node")


def file_of(url: str) -> str:
    """Return the file that a picture of the body names, "" if it lies elsewhere on the web."""
    return "" if re.match(r"[a-z][a-z0-9+.-]*:|//|#", url, re.IGNORECASE) else unquote(url)


def with_pictures(draft: Draft) -> Draft:
    """Return the draft with the pictures of its body among its images, so that they go wherever pictures go.

    Raises:
        ContentError: the body cannot be read at all.
    """
    if "![" not in draft.body:
        return draft
    known, lines, images = {image.file for image in draft.images}, dict(draft.lines), list(draft.images)
    for picture in pictures_of(markdown.parse_with_losses(draft.body)[0]):
        file = file_of(picture.url)
        if file and file not in known:
            known.add(file)
            lines[f"images.{len(images)}"] = _line(draft, picture)
            images.append(Image(file=file, alt=picture.alt.strip()))
    return replace(draft, images=tuple(images), lines=lines)


def check_body(draft: Draft, document: Document) -> list[Finding]:
    """Refuse pictures of the body without words for who cannot see them."""
    found = []
    for picture in pictures_of(document) if "![" in draft.body else ():
        if file_of(picture.url) and not picture.alt.strip():
            words = (
                f"image {picture.url} sans texte de remplacement : écrivez ce qu'elle montre, ![le plan du quai]({picture.url})"
            )
            found.append(_finding(draft, picture, "alt_missing", words))
    return found


def shown_in_place(document: Document, names: Mapping[str, str]) -> Document:
    """Return the body with its pictures under the names that they have beside the page.

    Args:
        document: the body.
        names: file as the message names it -> name beside the page; a picture that is not there is left out.
    """

    def renamed(picture: Picture) -> Picture | None:
        name = names.get(file_of(picture.url))
        return replace(picture, url=name) if name else None

    return _changed(document, renamed)


def without_pictures(document: Document) -> Document:
    """Return the body without its pictures: they go along beside the text, and a lone "plan" says nothing."""
    return _changed(document, lambda _: None)


def pictures_of(node: Any) -> Iterator[Picture]:
    """Yield the pictures of a body in their order."""
    if isinstance(node, Picture):
        yield node
    elif isinstance(node, tuple):
        for one in node:
            yield from pictures_of(one)
    elif hasattr(node, "__dataclass_fields__"):
        for field in fields(node):
            yield from pictures_of(getattr(node, field.name))


def _changed(node: _Node, change: Callable[[Picture], Picture | None]) -> _Node:
    if not hasattr(node, "__dataclass_fields__"):
        return node
    values = {f.name: getattr(node, f.name) for f in fields(node)}  # type: ignore[arg-type]  # every block is a dataclass
    new = {name: _tuple(value, change) for name, value in values.items() if isinstance(value, tuple)}
    return replace(node, **new) if new else node  # type: ignore[type-var]  # as above


def _tuple(values: tuple[Any, ...], change: Callable[[Picture], Picture | None]) -> tuple[Any, ...]:
    made: list[Any] = []
    for one in values:
        if isinstance(one, tuple):
            made.append(_tuple(one, change))
        elif isinstance(one, Picture):
            made += [kept for kept in (change(one),) if kept is not None]
        else:
            changed = _changed(one, change)
            if not _is_emptied(one, changed):
                made.append(changed)
    return tuple(made)


def _is_emptied(before: Any, after: Any) -> bool:
    return (
        isinstance(after, Paragraph)
        and after != before
        and not markdown.inline_plain(after.children).strip()
        and not any(pictures_of(after))
    )


def _line(draft: Draft, picture: Picture) -> int:
    first = draft.lines.get("body", 1)
    lines = draft.body.split("\n")
    return next((n for n, line in enumerate(lines, first) if "![" in line and picture.url[:60] in line), first)


def _finding(draft: Draft, picture: Picture, code: str, message: str) -> Finding:
    return Finding(code=code, blocking=True, file=draft.file, line=_line(draft, picture), message=message)
