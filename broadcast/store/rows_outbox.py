"""The tables of what leaves and what stands: deliveries, attempts, receipts, postings, boards, recipients.

As in `rows`: times are aware UTC, long values canonical JSON.
"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

_READY = "state IN ('planned', 'waiting')"
_IN_ORDER = ("newsroom", "channel", "priority", "planned_at", "seq", "uid")


def _index_where(name: str, condition: str, *columns: str) -> Index:
    sqlite, postgresql = (text(condition.format(no=no)) for no in ("0", "false"))
    return Index(name, *columns, sqlite_where=sqlite, postgresql_where=postgresql)


class DeliveryRow(SQLModel, table=True):
    """One part of one rendition for one channel, one action, one round."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint(
            "newsroom",
            "message_uid",
            "number",
            "channel",
            "action",
            "form",
            "round",
            "part",
            "slot",
            name="uq_delivery",
        ),
        Index("ix_delivery_message", "message_uid", "channel", "seq"),
        Index("ix_delivery_channel", "newsroom", "channel"),
        # What is asked all day; of the rows that were settled long ago none stands in these. SQLite takes an index for
        # a question that says its condition word for word: "ready" is said in another order, so that it is not taken
        # for the queue.
        _index_where("ix_delivery_queue", _READY + " AND parked_until_at IS NULL", *_IN_ORDER),
        _index_where("ix_delivery_doubt", "state = 'unknown' AND needs_person IS {no}", *_IN_ORDER),
        _index_where("ix_delivery_parked", "parked_until_at IS NOT NULL", "newsroom", "parked_until_at"),
        _index_where("ix_delivery_ready", "state IN ('waiting', 'planned')", "newsroom", "channel"),
        _index_where("ix_delivery_busy", "state IN ('claimed', 'held')", "newsroom", "state", "channel"),
        # What keeps a message that is over in `status`.
        _index_where("ix_delivery_unknown", "state = 'unknown'", "newsroom", "message_uid"),
        _index_where(
            "ix_delivery_not_down", "action = 'take_down' AND state IN ('handed_over', 'refused')", "newsroom", "message_uid"
        ),
        _index_where(
            "ix_delivery_time", "state IN ('planned', 'waiting', 'unknown') AND needs_person IS {no}", "newsroom", "not_before_at"
        ),
    )
    uid: str = Field(primary_key=True)
    newsroom: str
    message_uid: str
    slug: str
    number: int
    channel: str
    channel_kind: str
    action: str
    form: str
    round: int = 0
    part: int = 0
    #: Which posting it makes or changes: "0", "1" for the thread, "r2.0" for a correction.
    slot: str = "0"
    #: Order within (message, channel).
    seq: int
    #: Lower goes first.
    priority: int = 5
    key: str
    sha256: str
    state: str
    reason: str = ""
    needs_person: bool = False
    planned_at: datetime
    not_before_at: datetime
    #: Stands outside the queue until then (see `queue`); None: in it, if it is ready at all.
    parked_until_at: datetime | None = None
    settled_at: datetime | None = None
    claimed_by: str = ""
    claimed_until_at: datetime | None = None
    attempts: int = 0
    #: True between the commit of an attempt and the commit of its receipt.
    open_attempt: bool = False
    unknowns: int = 0
    looks: int = 0
    failed_looks: int = 0
    attempted_at: datetime | None = None
    #: The machine's own time of the attempt, to compare with the network's.
    attempted_wall_at: datetime | None = None
    external_id: str = ""
    url: str = ""


class AttemptRow(SQLModel, table=True):
    """One call that was about to be made; append-only."""

    __tablename__ = "attempt"
    id: int | None = Field(default=None, primary_key=True)
    delivery_uid: str = Field(index=True)
    claimant: str
    at: datetime


class ReceiptRow(SQLModel, table=True):
    """What the channel answered, or what was found out later; append-only but for the place in the audit."""

    __tablename__ = "receipt"
    __table_args__ = (_index_where("ix_receipt_not_audited", "audit_seq IS NULL", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    delivery_uid: str = Field(index=True)
    at: datetime
    #: published, unavailable, refused, misconfigured, unknown, found, not_seen, taken_down, person.
    outcome: str
    external_id: str = ""
    url: str = ""
    reason: str = ""
    #: Row of the audit in whose batch it entered; None: in none yet.
    audit_seq: int | None = Field(default=None, index=True)


class SecondLookRow(SQLModel, table=True):
    """A delivery that is looked at once more, since two processes may each have made a post of it."""

    __tablename__ = "second_look"
    __table_args__ = (Index("ix_second_look_due", "newsroom", "due_at"),)
    delivery_uid: str = Field(primary_key=True)
    newsroom: str
    due_at: datetime
    #: The machine's own time from which on a post counts.
    since_wall_at: datetime


class PostingRow(SQLModel, table=True):
    """What stands at a channel."""

    __tablename__ = "posting"
    newsroom: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    message_uid: str = Field(primary_key=True)
    slot: str = Field(primary_key=True)
    external_id: str = Field(index=True)
    url: str = ""
    token: str = ""
    public: bool = True
    #: Revision whose words it carries.
    number: int
    state: str
    since_at: datetime


class BoardEntryRow(SQLModel, table=True):
    """One message as a board should show it; `seq` counts first showings."""

    __tablename__ = "board_entry"
    __table_args__ = (
        UniqueConstraint("newsroom", "channel", "seq"),
        Index("ix_board_live", "newsroom", "channel", "ended_at", "urgency", "seq"),
        Index("ix_board_slug", "newsroom", "channel", "slug"),
        Index("ix_board_changed", "newsroom", "channel", "changed"),
    )
    newsroom: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    message_uid: str = Field(primary_key=True)
    slug: str
    seq: int
    #: Higher stands higher: the priority with the other sign, so that one index gives the order of the board.
    urgency: int
    number: int
    first_published_at: datetime
    expires_at: datetime | None = None
    ended_at: datetime | None = None
    ended_because: str = ""
    #: Why, as residents are told.
    public_reason: str = ""
    changed: bool = True


class BoardVersionRow(SQLModel, table=True):
    """When a revision first appeared on a board."""

    __tablename__ = "board_version"
    newsroom: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    message_uid: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    published_at: datetime
    #: When this revision was ended by people or by its date, "" because it was not.
    ended_at: datetime | None = None
    ended_because: str = ""


class RecipientRow(SQLModel, table=True):
    """The ledger of what goes to recipients one by one: a row each, written before the call."""

    __tablename__ = "recipient"
    __table_args__ = (Index("ix_recipient_state", "delivery_uid", "state", "position"),)
    delivery_uid: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    #: Order in the list.
    position: int
    #: planned, sending, sent, waiting, refused, unknown, dropped, left, unread (a line of the list, not an address).
    state: str
    attempts: int = 0
    at: datetime
    reason: str = ""
