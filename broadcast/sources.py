"""Values of the relay: what is known of a source, its items, the tasks it raises, and what rules did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from broadcast.alerts import Alert, Entry


class ItemState(StrEnum):
    """Where an item of a source stands at the relay desk."""

    #: Was already there when the source was first fetched.
    SEEN = "seen"
    #: Does not concern the newsroom, or is an exercise, or not for the public.
    IRRELEVANT = "irrelevant"
    #: The same link, title, day and words under another id.
    DUPLICATE = "duplicate"
    #: Waits for a person.
    PROPOSED = "proposed"
    #: One of too many at once: kept, and told in one task.
    FLOODED = "flooded"
    #: A person made a draft of it.
    ADOPTED = "adopted"
    DISMISSED = "dismissed"
    #: A rule published it.
    RELAYED = "relayed"


#: States of items that a person or a rule may still take up.
OPEN_STATES = (ItemState.PROPOSED, ItemState.FLOODED, ItemState.SEEN, ItemState.IRRELEVANT, ItemState.DUPLICATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is known of a source beyond its settings."""

    name: str
    url: str
    next_poll_at: datetime
    title: str = ""
    rights: str = ""
    etag: str = ""
    last_modified: str = ""
    body_sha256: str = ""
    #: True once a first fetch has marked the backlog as seen.
    backlog_seen: bool = False
    attempted_at: datetime | None = None
    success_at: datetime | None = None
    changed_at: datetime | None = None
    failures: int = 0
    last_error: str = ""
    moved_to: str = ""
    paused: bool = False
    paused_reason: str = ""
    hub_url: str = ""
    topic_url: str = ""
    websub_secret: str = ""
    websub_asked_at: datetime | None = None
    websub_until_at: datetime | None = None
    #: Time that the newest document gave itself.
    issued_at: datetime | None = None
    #: True where its documents show all that is in force.
    is_state: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a source at the relay desk."""

    uid: str
    feed: str
    entry: Entry
    #: As it first came, where the source changed it since.
    first_entry: Entry | None
    #: CAP identity, "" for what is no alert.
    identity: str
    #: uid of the first item of its chain of updates.
    lineage: str
    #: True while none of the earlier alerts that it names has come.
    is_dangling: bool
    folded: str
    digest: str
    #: CAP document as received.
    alert_xml: str
    received_at: datetime
    changed_at: datetime | None
    gone_at: datetime | None
    state: ItemState
    reason: str
    #: Why it concerns the newsroom, "" if it does not.
    concern: str
    claimed_by: str
    claimed_at: datetime | None
    #: Message made of it.
    slug: str
    rule: str
    duplicate_of: str

    @property
    def alert(self) -> Alert | None:
        """The item in CAP words."""
        return self.entry.alert


@dataclass(frozen=True, slots=True)
class Known:
    """What sifting needs of an item that is there already."""

    uid: str
    entry_id: str
    digest: str
    state: ItemState
    identity: str
    lineage: str
    folded: str
    slug: str
    rule: str
    feed: str
    gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that a person must look at."""

    uid: str
    #: Stable word: source_changed, source_gone, source_conflict, source_ended, flood, stale, moved, quarantine,
    #: rule_capped, rule_failed, rule_void, database_damaged, audit_altered.
    kind: str
    subject: str
    message: str
    since_at: datetime
    feed: str = ""
    slug: str = ""
    settled_at: datetime | None = None
    settled_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """Bytes that could not be read."""

    id: int
    feed: str
    at: datetime
    url: str
    content_type: str
    sha256: str
    size_bytes: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relayed:
    """What a rule did with an item."""

    rule: str
    #: Hash of the rule.
    sha256: str
    entry_uid: str
    #: What the item is about, the same over refreshes of one event.
    subject: str
    level: str
    #: published, updated, ended, same, capped, failed.
    act: str
    at: datetime
    slug: str = ""
    number: int = 0
    reason: str = ""


def identity_of(alert: Alert) -> str:
    """Return the CAP identity in one string: sender, identifier, and the instant in UTC seconds."""
    return f"{alert.sender},{alert.identifier},{int(alert.sent.timestamp())}"
