"""The tables of the relay and the scheduler: sources, their items, rules, tasks, leases. See `rows` for the rules of rows."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class FeedRow(SQLModel, table=True):
    """What is known of a source of national information beyond its settings."""

    __tablename__ = "feed"
    __table_args__ = (Index("ix_feed_due", "newsroom", "next_poll_at"),)
    newsroom: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    #: Address that the rest of the row is about; another one in the settings begins anew.
    url: str
    title: str = ""
    #: Terms under which the source may be reused.
    rights: str = ""
    etag: str = ""
    last_modified: str = ""
    body_sha256: str = ""
    #: True once a first fetch has marked the backlog as seen.
    backlog_seen: bool = False
    attempted_at: datetime | None = None
    success_at: datetime | None = None
    #: When its content last changed.
    changed_at: datetime | None = None
    next_poll_at: datetime
    failures: int = 0
    last_error: str = ""
    #: New address that the server gave for good.
    moved_to: str = ""
    paused: bool = False
    paused_reason: str = ""
    hub_url: str = ""
    topic_url: str = ""
    websub_secret: str = ""
    websub_asked_at: datetime | None = None
    websub_until_at: datetime | None = None
    #: Time that the newest document gave itself; an older one served again is not believed.
    issued_at: datetime | None = None
    #: True where its documents show all that is in force.
    is_state: bool = False


class EntryRow(SQLModel, table=True):
    """One item of a feed, as it is now and as it first came."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("newsroom", "feed", "entry_id"),
        Index("ix_entry_state", "newsroom", "state", "received_at"),
        Index("ix_entry_identity", "newsroom", "identity"),
        Index("ix_entry_duplicate", "newsroom", "folded"),
        Index("ix_entry_lineage", "newsroom", "lineage"),
        Index("ix_entry_dangling", "newsroom", "is_dangling"),
        Index("ix_entry_feed", "newsroom", "feed", "received_at"),
        Index("ix_entry_rules_due", "newsroom", "rules_due"),
    )
    uid: str = Field(primary_key=True)
    newsroom: str
    feed: str
    entry_id: str
    #: CAP identity "sender,identifier,sent", "" for what is no alert.
    identity: str = ""
    #: Chain of an alert, its updates and its end: the uid of the first one received.
    lineage: str = ""
    #: True while none of the earlier alerts that it names has come.
    is_dangling: bool = False
    #: Normalised link, title and day: the same under another id is a duplicate.
    folded: str = ""
    digest: str
    #: The entry as JSON, as it is now.
    facts: str
    #: As it first came, where it was changed since; "" otherwise.
    first_facts: str = ""
    #: The CAP document as received, "" for what is no alert.
    alert_xml: str = ""
    received_at: datetime
    changed_at: datetime | None = None
    gone_at: datetime | None = None
    #: seen, irrelevant, duplicate, proposed, flooded, adopted, dismissed, relayed.
    state: str
    reason: str = ""
    concern: str = ""
    claimed_by: str = ""
    claimed_at: datetime | None = None
    #: Message made of it.
    slug: str = ""
    #: Rule that relayed it.
    rule: str = ""
    duplicate_of: str = ""
    #: True until standing rules have looked at it, whatever becomes of the process meanwhile.
    rules_due: bool = False


class QuarantineRow(SQLModel, table=True):
    """Bytes that could not be read, with the reason; the bytes lie in `media`."""

    __tablename__ = "quarantine"
    id: int | None = Field(default=None, primary_key=True)
    newsroom: str = Field(index=True)
    feed: str
    at: datetime
    url: str
    content_type: str = ""
    sha256: str
    size: int
    reason: str


class TaskRow(SQLModel, table=True):
    """Something that a person must look at; one open task a kind and subject."""

    __tablename__ = "task"
    __table_args__ = (Index("ix_task_open", "newsroom", "settled_at"),)
    uid: str = Field(primary_key=True)
    newsroom: str
    #: source_changed, source_gone, source_conflict, source_ended, flood, stale, moved, quarantine, rule_capped, rule_failed.
    kind: str
    #: Feed, entry, rule or message that it is about.
    subject: str
    feed: str = ""
    slug: str = ""
    message: str
    since_at: datetime
    settled_at: datetime | None = None
    settled_by: str = ""


class RuleRow(SQLModel, table=True):
    """One version of a standing rule, frozen with the prepared template that it uses."""

    __tablename__ = "rule"
    newsroom: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    #: Counts submissions; the same text submitted again is another one.
    number: int = Field(primary_key=True)
    sha256: str
    source_text: str
    template_text: str
    author: str
    os_user: str = ""
    submitted_at: datetime
    #: submitted, approved, superseded, returned, withdrawn.
    state: str
    until_at: datetime


class RuleVoteRow(SQLModel, table=True):
    """One vote on a rule; append-only."""

    __tablename__ = "rule_vote"
    id: int | None = Field(default=None, primary_key=True)
    newsroom: str
    name: str = Field(index=True)
    number: int
    sha256: str
    person: str
    os_user: str = ""
    kind: str
    reason: str = ""
    at: datetime


class RelayRow(SQLModel, table=True):
    """What a rule did with an entry; append-only."""

    __tablename__ = "relay"
    __table_args__ = (Index("ix_relay_rule", "newsroom", "rule", "at"), Index("ix_relay_subject", "newsroom", "rule", "subject"))
    id: int | None = Field(default=None, primary_key=True)
    newsroom: str
    rule: str
    sha256: str
    entry_uid: str
    #: What the alert is about, the same over refreshes of one event.
    subject: str
    #: CAP severity.
    level: str
    #: published, updated, ended, same, capped, failed.
    act: str
    slug: str = ""
    number: int = 0
    reason: str = ""
    at: datetime


class LeaseRow(SQLModel, table=True):
    """Who alone may do something, such as be the scheduler."""

    __tablename__ = "lease"
    newsroom: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    #: Claimant: machine, boot, process.
    holder: str
    until_at: datetime
    since_at: datetime
    beat_at: datetime
    #: What others may need to reach the holder, JSON (socket, port).
    facts: str = "{}"
