"""The tables. Rows store, values validate; only `broadcast.store` reads or writes rows.

Times are plain `datetime` fields, which SQLModel >= 0.0.45 keeps as aware UTC and refuses naive.
Long structured values are canonical JSON in text columns, so that they can be hashed as stored.
"""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel


class NewsroomRow(SQLModel, table=True):
    """One newsroom, its world, its kill switch and the head of its audit chain."""

    __tablename__ = "newsroom"
    id: str = Field(primary_key=True)
    world: str
    #: Counts up; a copy of it lies beside the database, so that a restored backup is noticed.
    epoch: int = 0
    stopped: bool = False
    stopped_reason: str = ""
    audit_seq: int = 0
    audit_hash: str = ""
    #: When an older copy of this database was put in place, and until when it knew what had left.
    restored_at: datetime | None = None
    restored_from_at: datetime | None = None
    #: Once the last receipt that entered the audit; receipts know that themselves by now.
    audit_receipt: int = 0


class PersonRow(SQLModel, table=True):
    """Someone of the newsroom; never deleted, since votes name them."""

    __tablename__ = "person"
    newsroom: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    #: Comma-separated.
    roles: str
    os_user: str = ""
    active: bool = True


class MessageRow(SQLModel, table=True):
    """One message."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("newsroom", "slug"),
        # With the uid: many may end at one instant, and a page of them is read without sorting all.
        Index("ix_message_open", "newsroom", "ended_at", "uid"),
        Index("ix_message_plan", "newsroom", "needs_plan"),
        Index("ix_message_end", "newsroom", "ended_at", "expires_at"),
    )
    uid: str = Field(primary_key=True)
    newsroom: str
    slug: str
    #: Who first submitted it.
    author: str
    created_at: datetime
    #: Number of the latest revision, and of the latest approved one (0: none).
    latest: int = 0
    approved: int = 0
    #: End of the approved revision, for the query of what has expired.
    expires_at: datetime | None = None
    ended_at: datetime | None = None
    ended_because: str = ""
    ended_by: str = ""
    ended_reason: str = ""
    #: Why it was withdrawn, for residents; "" where they are told nothing.
    public_reason: str = ""
    #: True while a channel waits for an outcome before its next delivery can be planned.
    needs_plan: bool = False


class RevisionRow(SQLModel, table=True):
    """One immutable state of a message; only `state` changes."""

    __tablename__ = "revision"
    message_uid: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    state: str
    author: str
    os_user: str = ""
    submitted_at: datetime
    sha256: str
    #: The file as submitted.
    source_text: str
    #: The draft as JSON facts.
    draft: str
    #: Findings as JSON.
    findings: str = "[]"


class WorkingCopyRow(SQLModel, table=True):
    """From which revision a file was last submitted: its base."""

    __tablename__ = "working_copy"
    newsroom: str = Field(primary_key=True)
    #: Absolute path of the message file.
    path: str = Field(primary_key=True)
    message_uid: str
    number: int


class MediaRow(SQLModel, table=True):
    """Bytes by hash."""

    __tablename__ = "media"
    sha256: str = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


class RenditionRow(SQLModel, table=True):
    """One frozen rendition."""

    __tablename__ = "rendition"
    message_uid: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    form: str = Field(primary_key=True)
    channel_kind: str
    world: str
    sha256: str
    parts: str
    limits: str = "{}"
    part_count: int = 1
    #: Where, and in whose name, it was approved to leave, JSON.
    destination: str = "{}"


class VoteRow(SQLModel, table=True):
    """One vote; append-only."""

    __tablename__ = "vote"
    id: int | None = Field(default=None, primary_key=True)
    message_uid: str = Field(index=True)
    number: int
    person: str
    os_user: str = ""
    kind: str
    hashes: str
    reason: str = ""
    at: datetime


class ChannelRow(SQLModel, table=True):
    """What is known of a channel beyond its settings."""

    __tablename__ = "channel"
    newsroom: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    paused: bool = False
    paused_reason: str = ""
    paused_by: str = ""
    #: Limits learnt by the last probe, JSON; "" if never.
    limits: str = ""
    probed_at: datetime | None = None
    probe_result: str = ""


class AuditRow(SQLModel, table=True):
    """One deed of a person or rule, chained by hash; append-only."""

    __tablename__ = "audit"
    newsroom: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    at: datetime
    actor: str
    os_user: str
    act: str
    subject: str
    detail: str
    previous: str
    hash: str
