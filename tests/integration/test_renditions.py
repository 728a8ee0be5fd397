"""What residents read of twelve messages of a town hall, everywhere and in every form: one file a message, read by people.

`UPDATE_GOLDENS=1 pytest tests/integration/test_renditions.py` writes the files anew; the difference is reviewed by eye.
`NAME.md` is the message, `NAME.v2.md` the version that follows it once the first has left.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from broadcast import intake
from broadcast.app import App
from broadcast.desk.submit import submit
from broadcast.desk.vote import approve
from broadcast.dispatch.send import send
from broadcast.intake import Reading
from broadcast.model import Finding, Form, Part, Rendition
from broadcast.stands import stand_type
from tests.newsroom import Folder

DATA = Path(__file__).parent.parent / "data" / "renditions"
SLUGS = sorted(path.stem for path in DATA.glob("*.md") if "." not in path.stem)
#: A Sunday, ten in the morning.
NOW = "2026-11-29T10:00:00+01:00"
NETWORKS = ("x", "bluesky", "mastodon", "facebook", "telegram")
PLACES = """
[channels.website]
kind = "website"
[channels.journal]
kind = "print"
[channels.signs]
kind = "sign"
columns = 16
rows = 4
max_pages = 3
[channels.kit]
kind = "copykit"
"""


@pytest.mark.parametrize("slug", SLUGS)
def test_what_residents_read_is_what_was_read_and_signed(slug: str, tmp_path: Path):
    written = "\n".join(_told(tmp_path, slug)) + "\n"
    golden = DATA / f"{slug}.txt"
    if os.environ.get("UPDATE_GOLDENS"):
        golden.write_text(written, encoding="utf-8")
    assert written == golden.read_text(encoding="utf-8"), "read the difference; UPDATE_GOLDENS=1 keeps it"


def _told(tmp_path: Path, slug: str) -> Iterable[str]:
    stands = [stand_type(kind)() for kind in (*NETWORKS, "email")]
    channels = PLACES + "".join(Folder.network(s.kind, s.__enter__(), tmp_path) for s in stands)
    folder = Folder(tmp_path, channels)
    folder.env = {"BROADCAST_NOW": NOW}
    folder.people()
    for picture in DATA.glob("*.png"):
        (tmp_path / "content/messages" / picture.name).write_bytes(picture.read_bytes())
    app = App(folder.path, folder.env)
    try:
        reading = intake.read(app, folder.message(slug, (DATA / f"{slug}.md").read_text(encoding="utf-8")))
        yield from _version(app, reading, "Version 1", (Form.PUBLISH, Form.ENDING))
        following = DATA / f"{slug}.v2.md"
        if following.exists():
            _publish(app, reading)
            reading = intake.read(app, folder.message(slug, following.read_text(encoding="utf-8")))
            yield from _version(app, reading, "Version 2", (Form.UPDATE, Form.CORRECTION))
    finally:
        app.close()
        for stand in stands:
            stand.__exit__(None, None, None)


def _publish(app: App, reading: Reading) -> None:
    proof = reading.proof
    path, made, found = str(reading.path), proof.renditions, proof.findings
    done = submit(app.desk, reading.draft, as_="alice", path=path, media=reading.media, made=made, findings=found)
    approve(app.desk, reading.draft.slug, done.revision.number, as_="bob", seen=done.hashes)
    send(app.dispatcher(lambda _: None))


def _version(app: App, reading: Reading, name: str, forms: tuple[Form, ...]) -> Iterable[str]:
    yield f"######## {name} ########"
    yield from _findings(reading.proof.findings)
    for rendition in reading.proof.renditions:
        is_second = (
            name != "Version 1" and rendition.channel_kind in ("website", "sign", "print") and rendition.form is Form.PUBLISH
        )
        if rendition.form in forms or is_second:
            yield from _rendition(rendition)
    for side in intake.side_texts(app, reading):
        yield f"\n======== {side.name} ========"
        yield side.text
        yield f"-------- {', '.join(f'{k} {v}' for k, v in side.facts.items() if k in ('segments', 'encoding', 'seconds'))}"


def _findings(findings: Iterable[Finding]) -> Iterable[str]:
    yield from (f"{'BLOQUANT' if f.blocking else 'conseil'} : {f.message}" for f in findings if f.code != "limits_not_probed")


def _rendition(rendition: Rendition) -> Iterable[str]:
    for n, part in enumerate(rendition.parts, 1):
        number = f" {n}/{len(rendition.parts)}" if len(rendition.parts) > 1 else ""
        yield f"\n======== {rendition.channel_kind}, {rendition.form.value}{number} ========"
        yield from _part(part)


def _part(part: Part) -> Iterable[str]:
    shown = {name: text for name, text in part.documents.items() if name in ("subject", "dated")}
    if "subject" in shown:
        yield f"Objet : {shown['subject']}"
    yield part.text
    if part.media and "sign" not in part.options and not part.options.get("page"):
        yield f"-------- images : {', '.join(m.name for m in part.media)}"
    if "dated" in shown:
        yield "-------- un autre jour :"
        yield "\n".join(sorted(set(shown["dated"].split("\n")) - set(part.text.split("\n"))))
