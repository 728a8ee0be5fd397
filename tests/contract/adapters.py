"""An adapter of any kind, set up for a test, and what it is given to publish and to find."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args, get_type_hints

from broadcast import registry
from broadcast.channel import Found, NotSeen, Secret
from broadcast.memory import FileMemory
from broadcast.model import Media, Part, sha256_of
from broadcast.shipped import shipped
from broadcast.stands import stand_type

PNG = shipped("content/examples/quai.png").read_bytes()
KEY = "1764140000000-abcdef"
#: What a test has published came after this.
SINCE = datetime.now(UTC) - timedelta(seconds=2)


def a_part(
    text: str = "Crue : quais fermés & déviés <ici>\n\nhttps://example.org/a/crue-quais/ #Crue",
    **facts: Any,
) -> Part:
    documents = {"icml": "<Document/>", "typ": "= Titre"}
    return Part(slug="crue-quais", text=text, title="Crue", documents=documents, **facts)


def a_picture() -> Media:
    return Media(
        name="quai.png",
        media_type="image/png",
        sha256=sha256_of(PNG),
        size_bytes=len(PNG),
        width_px=1200,
        height_px=800,
        alt="Le quai inondé",
        read=lambda: PNG,
    )


def an_adapter(kind: str, tmp_path: Path, url: str = "", timeout_s: float = 1.0) -> Any:
    adapter = registry.adapter_type(kind)
    stand = stand_type(kind)
    values = stand.sample_settings(url) if stand and url else {}
    hints = get_type_hints(adapter.settings_type)
    ready = {k: Secret(v) if Secret in (hints[k], *get_args(hints[k])) else v for k, v in values.items()}
    if kind == "sign":
        ready = {"columns": 16, "rows": 4}
    for path, text in (stand.sample_files() if stand and url else {}).items():
        (tmp_path / path).write_text(text)
    settings = adapter.settings_type(
        name=f"{kind}-1",
        kind=kind,
        newsroom_dir=str(tmp_path),
        call_timeout_s=timeout_s,
        **ready,
    )
    return adapter(settings, FileMemory(tmp_path / "memory.json"))


def asks(adapter: Any, part: Any, known: frozenset[str] = frozenset()) -> Found | NotSeen:
    found: Found | NotSeen = adapter.find(part, key=KEY, since=SINCE, known_ids=known)
    return found
