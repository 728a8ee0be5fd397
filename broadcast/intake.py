"""From a message file to its renditions and findings: what `check`, `preview` and `submit` share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from broadcast import frontmatter, media, proofread, registry, settings
from broadcast.all_clear import has_left
from broadcast.app import App
from broadcast.body_pictures import with_pictures
from broadcast.channel import Limits, normalised
from broadcast.desk.submit import fault_of_end, foresee, revision_hash
from broadcast.errors import ContentError, os_reason
from broadcast.files import read_plain
from broadcast.intake_advice import advice
from broadcast.model import Draft, Finding, Media
from broadcast.render import Earlier, SideText
from broadcast.render import side_texts as texts_of
from broadcast.shipped import shipped
from broadcast.stamps import as_said_at
from broadcast.store import deliveries, messages, newsroom, renditions, revisions
from broadcast.store.base import Tx

#: Most that is read of a message file, bytes: no message has as much, whatever its letters.
MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A message file, read and rendered for all its channels."""

    path: Path
    draft: Draft
    media: tuple[Media, ...]
    proof: proofread.Proof


def read(app: App, path: Path) -> Reading:
    """Read a message file, render it for every channel, and check it.

    Raises:
        ContentError: the file cannot be read, or its front matter is wrong.
    """
    reading = read_draft(app, parse(app, path), path)
    channels = {r.channel for r in reading.proof.renditions}
    with app.db.read() as tx:
        fault = fault_of_end(tx, reading.draft, channels, app.places)
    if not fault:
        return reading
    return replace(reading, proof=replace(reading.proof, findings=(*reading.proof.findings, _about_end(reading.draft, fault))))


def _about_end(draft: Draft, fault: str) -> Finding:
    return Finding(code="bad_end", blocking=True, file=draft.file, line=draft.lines.get("ends"), message=fault)


def foreseen(app: App, reading: Reading) -> list[Finding]:
    """Return, as advice, what `submit` would ask about a file beyond its text."""
    told = foresee(app.desk, reading.draft, str(reading.path))
    return [Finding(code="submit_would_ask", blocking=False, file=reading.draft.file, message=words) for words in told]


def read_draft(app: App, draft: Draft, path: Path) -> Reading:
    """Render a draft for every channel, and check it.

    Args:
        app: the newsroom.
        draft: a message as parsed.
        path: its file, beside which its pictures lie; a rule's message may not have one yet.

    Raises:
        ContentError: a picture cannot be read.
    """
    draft = _with_pictures(draft)
    pictures = media.load(draft, path.parent, root=app.dir)
    with app.db.read() as tx:
        previous = _previous(tx, draft.slug)
        limits = _limits(app, tx)
        earlier = _earlier(app, tx, draft, pictures)
        known = [person.name for person in newsroom.people(tx)] if draft.owner and draft.expires_at is None else []
    proof = proofread.proofread(
        draft,
        newsroom=app.newsroom,
        targets=targets(app),
        media=pictures,
        previous=previous,
        now=app.clock.now(),
        renderer=app.renderer,
        limits_of=limits,
        phrases=phrases(app),
        canonical=settings.canonical_channel(app.settings) or "",
        earlier=earlier,
    )
    more = advice(app, draft, proof, targets(app), known)
    made = tuple(replace(r, destination=app.places[r.channel].destination) for r in proof.renditions)
    proof = replace(proof, renditions=made, findings=(*proof.findings, *more))
    return Reading(path=path.resolve(), draft=draft, media=pictures, proof=proof)


def _with_pictures(draft: Draft) -> Draft:
    try:
        return with_pictures(draft)
    except ContentError:
        return draft  # the proof says what is wrong with the body, with its line


def side_texts(app: App, reading: Reading) -> tuple[SideText, SideText]:
    """Return the text message and the spoken text of a message, measured.

    Raises:
        TemplateFault: a template of the newsroom has a fault.
    """
    return texts_of(
        app.renderer,
        reading.draft,
        reading.proof.document,
        newsroom=app.newsroom,
        link=reading.proof.link,
        news=reading.proof.news,
    )


def parse(app: App, path: Path) -> Draft:
    """Read a message file.

    Raises:
        ContentError: it cannot be read, or its front matter is wrong.
    """
    try:
        data = read_plain(path, MAX_BYTES)
        if len(data) > MAX_BYTES:
            raise ContentError(f"fichier trop grand : plus de {MAX_BYTES // 1000} ko ; ce n'est pas un message", file=str(path))
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise ContentError(os_reason(error), file=str(path)) from error
    except UnicodeDecodeError as error:
        raise ContentError(
            f"le fichier n'est pas en UTF-8 (octet {error.start}) ; réenregistrez-le en UTF-8",
            file=str(path),
        ) from error
    return parse_text(app, text, slug=path.stem, file=str(path))


def parse_text(app: App, text: str, *, slug: str, file: str) -> Draft:
    """Read the text of a message.

    Raises:
        ContentError: its front matter is wrong.
    """
    room = app.newsroom
    return frontmatter.parse(
        text,
        slug=slug,
        file=file,
        zone=room.timezone,
        now=app.clock.now(),
        default_language=room.language,
        default_areas=room.areas,
    )


def targets(app: App) -> list[proofread.Target]:
    """Return the channels as the renderer sees them."""
    return [
        proofread.Target(
            name=name,
            kind=place.kind,
            abilities=place.abilities,
            is_board=place.is_board,
            messages=registry.messages_of(app.settings, name),
            threads=registry.common_of(app.settings, name).threads,
        )
        for name, place in app.places.items()
    ]


def phrases(app: App) -> dict[str, str]:
    """Return the newsroom's abbreviations for signs, else the shipped ones."""
    from broadcast.layout.sign import phrases_from_toml

    own = app.dir / "content" / "phrases.toml"
    path = own if own.exists() else shipped("content/phrases.toml")
    return dict(phrases_from_toml(path.read_text(encoding="utf-8")))


def _previous(tx: Tx, slug: str) -> Draft | None:
    message = messages.find_message(tx, slug)
    if message is None or not message.latest:
        return None
    return revisions.get_revision(tx, message, message.latest).draft


def _earlier(app: App, tx: Tx, draft: Draft, pictures: Sequence[Media]) -> Earlier:
    """Return what was said of a message before what is read now; a file read again is compared as when it was submitted."""
    now = app.clock.now()
    message = messages.find_message(tx, draft.slug)
    if message is None or not message.latest:
        return Earlier(said_at=now)
    latest = revisions.get_revision(tx, message, message.latest)
    is_same = latest.sha256 == revision_hash(draft, pictures, app.newsroom.world)
    number = latest.number + (not is_same)
    left = [d for d in deliveries.of_message(tx, message.uid) if has_left(d) and d.number < number]
    public = max({d.number for d in left} | ({message.approved} if message.approved < number else set()), default=0)
    stored = renditions.of_deliveries(tx, left, app.read_media)
    texts: dict[str, set[str]] = {}
    for delivery in left:
        rendition = stored.get(delivery.uid)
        if rendition is not None and delivery.part < len(rendition.parts):
            part = as_said_at(rendition.parts[delivery.part], delivery.attempted_at)
            texts.setdefault(delivery.channel, set()).add(normalised(part.text))
    return Earlier(
        number=number,
        draft=revisions.get_revision(tx, message, public).draft if public else None,
        texts={name: frozenset(said) for name, said in texts.items()},
        said_at=latest.submitted_at if is_same else now,
    )


def _limits(app: App, tx: Tx) -> dict[str, Limits]:
    """Return the limits of each channel: the last probe's, else those of settings and platform."""
    known = newsroom.channel_states(tx)
    limits = {}
    for name in app.places:
        probed = known[name].limits if name in known else None
        default = registry.limits_of(app.settings, name)
        # A platform that states no limits was asked all the same: its defaults are what is known.
        asked = name in known and known[name].probed_at is not None
        limits[name] = probed or (replace(default, source="probe") if asked else default)
    return limits
