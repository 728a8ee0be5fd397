"""Texts that go to no channel of ours yet are needed beside them: a text message, and what a voice reads.

Both are measured and shown by `preview`; their templates are `_shared/sms.txt` and `_shared/spoken.txt`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from broadcast.blocks import Document
from broadcast.body_pictures import without_pictures
from broadcast.channel import Limits
from broadcast.layout.spoken import duration_s
from broadcast.model import Draft, Form, Newsroom
from broadcast.render.earlier import News
from broadcast.render.says import ALL, asked, fill
from broadcast.render.work import Target, Work, values_of, when_beside
from broadcast.text import measure, not_gsm7, transliterate_gsm7

if TYPE_CHECKING:
    from broadcast.render.environment import Renderer


@dataclass(frozen=True, slots=True, kw_only=True)
class SideText:
    """One text and what it costs."""

    #: "sms" or "spoken".
    name: str
    text: str
    #: For "sms": `segments`, `encoding` ("gsm7" or "ucs2"), `not_gsm7`, and, where other letters would make
    #: it shorter, `without` (the text) and `without_segments`. For "spoken": `seconds`.
    facts: Mapping[str, Any] = field(default_factory=dict)


def side_texts(
    renderer: Renderer, draft: Draft, document: Document, *, newsroom: Newsroom, link: str, news: News
) -> tuple[SideText, SideText]:
    """Return the text message and the spoken text of a message.

    Raises:
        TemplateFault: a template has a fault.
    """

    work = Work(
        renderer=renderer,
        draft=draft,
        document=without_pictures(document),
        newsroom=newsroom,
        target=Target(name="side", kind="side"),
        media=(),
        link=link,
        limits=Limits(),
        phrases={},
        news=news,
    )
    is_new = news.number > 1 and bool(news.changes)
    values = values_of(work, Form.CORRECTION if is_new else Form.PUBLISH)
    m = values["m"]

    def written(name: str, units: frozenset[str], changes: tuple[int, ...]) -> str:
        said = SimpleNamespace(**vars(m) | {"change": " ".join(m.changes[n] for n in changes)})
        text = renderer.render(
            f"_shared/{name}.txt", values | {"m": said, "says": asked(units), "when_beside": when_beside(work, near=True)}
        )
        return re.sub(r"\n{2,}", "\n", text).strip()

    said = written("spoken", ALL, ())
    sms = _full(partial(written, "sms"), len(m.changes) if is_new else 0)
    return _sms(sms), SideText(name="spoken", text=said, facts={"seconds": duration_s(said)})


def _full(write: Callable[[frozenset[str], tuple[int, ...]], str], changes: int) -> str:
    """Return the text message that says all that costs no segment more than what must be said: who, what, what to do, when."""
    paid = measure(write(frozenset({"end"}), ()), "sms")
    return fill(write, lambda text: measure(text, "sms") <= paid, changes).text


def _sms(text: str) -> SideText:
    foreign = not_gsm7(text)
    facts: dict[str, Any] = {
        "segments": measure(text, "sms"),
        "encoding": "ucs2" if foreign else "gsm7",
        "not_gsm7": foreign,
    }
    other = transliterate_gsm7(text)
    if foreign and measure(other, "sms") < facts["segments"]:
        facts |= {"without": other, "without_segments": measure(other, "sms")}
    return SideText(name="sms", text=text, facts=facts)
