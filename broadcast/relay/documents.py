"""Documents that came: believed or not, taken in or put into quarantine, then rules follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from broadcast.app import App
from broadcast.errors import BroadcastError, StoreError
from broadcast.feeds.document import ParsedFeed
from broadcast.feeds.signature import Trust, verified
from broadcast.feeds.workers import Parsed, Work
from broadcast.relay.follow import follow
from broadcast.relay.take_in import TakenIn, take_in
from broadcast.sources import FeedState, Relayed
from broadcast.store import feeds, tasks
from broadcast.store.base import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What came of asking one source."""

    feed: str
    #: new, unchanged, failed, gone, quarantined.
    outcome: str
    reason: str = ""
    took_s: float = 0.0
    taken: TakenIn | None = None
    relayed: tuple[Relayed, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """A document that came and what the parser made of it."""

    state: FeedState
    work: Work
    parsed: Parsed
    took_s: float


def believed(app: App, name: str, body: bytes) -> tuple[bytes, str]:
    """Return what may be read of a body (of a signed one what was signed), and why it is refused, "" if it is not."""
    section = app.settings.feeds.get(name)
    if section is None or section.signature == "ignore":
        return body, ""
    try:
        trust = Trust(
            policy=section.signature,
            certificates=tuple(app.dir / path for path in section.certificates),
            allow_sha1=section.allow_sha1,
        )
        return verified(body, trust), ""
    except BroadcastError as error:
        return body, str(error)
    except Exception as error:  # noqa: BLE001  (whatever is in a signature costs its own source)
        return body, f"signature illisible ({type(error).__name__})"


def written(app: App, reads: Sequence[Read], now: datetime) -> list[Polled]:
    """Take documents in, or put their bytes into quarantine; then rules follow. A fault in one costs that one."""
    try:
        with app.db.write() as tx:
            made = [_enter(app, tx, read, now) for read in reads]
    except Exception as error:  # noqa: BLE001  (whatever is in a document costs its own source)
        if len(reads) > 1:
            return [polled for read in reads for polled in written(app, [read], now)]
        return [_set_aside(app, reads[0], error, now)]
    return [replace(p, relayed=_followed(app, p.taken.for_rules)) if p.taken and p.taken.for_rules else p for p in made]


def _set_aside(app: App, read: Read, error: Exception, now: datetime) -> Polled:
    """Put a document into quarantine that could be read and not be kept; where the database is the cause, ask again."""
    if isinstance(error, BroadcastError):
        return Polled(feed=read.state.name, outcome="failed", reason=str(error), took_s=read.took_s)
    refused = replace(read, parsed=Parsed(reason=f"contenu impossible à garder ({type(error).__name__})"))
    try:
        with app.db.write() as tx:
            return _quarantined(tx, refused, now)
    except Exception as again:  # noqa: BLE001  (told, and tried again at the next poll)
        reason = str(again) if isinstance(again, BroadcastError) else f"{refused.parsed.reason} ; {type(again).__name__}"
        return Polled(feed=read.state.name, outcome="failed", reason=reason, took_s=read.took_s)


def _followed(app: App, uids: Sequence[str]) -> tuple[Relayed, ...]:
    """Let rules follow. What they could not do still waits for them in the database, and holds up no other source."""
    try:
        return tuple(follow(app, uids))
    except StoreError:
        return ()  # followed at the next turn of the scheduler


def _enter(app: App, tx: Tx, read: Read, now: datetime) -> Polled:
    state, feed = read.state, read.parsed.feed
    if feed is None:
        return _quarantined(tx, read, now)
    taken = take_in(app, tx, feed, _with_document(state, feed), now)
    if feed.problems:
        reason = " ; ".join(feed.problems[:3])
        words = f"source {state.name} : {len(feed.problems)} élément(s) illisible(s), mis en quarantaine : {reason}"
        _keep_bytes(tx, state.name, read.work, reason, words, now)
    elif taken.new or taken.changed:
        tasks.settle_tasks(tx, now, "relais", kind="quarantine", subject=state.name)
    return Polled(feed=state.name, outcome="new", took_s=read.took_s, taken=taken)


def _with_document(state: FeedState, parsed: ParsedFeed) -> FeedState:
    return replace(
        state,
        rights=state.rights or parsed.rights,
        hub_url=state.hub_url or next(iter(parsed.hub_urls), ""),
        topic_url=state.topic_url or parsed.self_url,
    )


def _quarantined(tx: Tx, read: Read, now: datetime) -> Polled:
    """Keep the bytes, tell a person, and ask again at the usual time."""
    state, reason = read.state, read.parsed.reason
    before = feeds.feed_state(tx, state.name) or state
    # Not a success: silence goes on counting, and what was last read well stays what the next answer is compared with.
    feeds.update_feed(
        tx,
        state.name,
        attempted_at=now,
        failures=before.failures + 1,
        last_error=reason,
        next_poll_at=state.next_poll_at,
    )
    words = f"source {state.name} : contenu illisible, mis en quarantaine : {reason}"
    _keep_bytes(tx, state.name, read.work, reason, words, now)
    return Polled(feed=state.name, outcome="quarantined", reason=reason)


def _keep_bytes(tx: Tx, name: str, work: Work, reason: str, words: str, now: datetime) -> None:
    new = feeds.quarantine(tx, name, work.body, at=now, url=work.url, content_type=work.content_type, reason=reason)
    if new:
        tasks.raise_task(tx, "quarantine", name, words, now, feed=name)
