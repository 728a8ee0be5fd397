"""The words that a message, its revisions, deliveries and postings are told by (ADR 1)."""

from __future__ import annotations

from enum import StrEnum


class MessageKind(StrEnum):
    """What a message is for."""

    ALERT = "alert"
    INFORMATION = "information"
    PRACTICAL = "practical"
    ACTIVITY = "activity"
    ALL_CLEAR = "all_clear"
    HOLDING = "holding"


class Level(StrEnum):
    """CAP severity, lower case, most severe first."""

    EXTREME = "extreme"
    SEVERE = "severe"
    MODERATE = "moderate"
    MINOR = "minor"
    UNKNOWN = "unknown"


class Form(StrEnum):
    """In which form a revision is said on a channel."""

    PUBLISH = "publish"
    UPDATE = "update"
    CORRECTION = "correction"
    ENDING = "ending"
    #: What is said again while a message is live; its parts are the rounds, numbered at submission.
    REPEAT = "repeat"


class Action(StrEnum):
    """What a delivery does at the channel."""

    PUBLISH = "publish"
    UPDATE = "update"
    TAKE_DOWN = "take_down"


class RevisionState(StrEnum):
    """Where a revision stands in the review."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    DELIVERED = "delivered"
    WAITING = "waiting"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    HELD = "held"
    HANDED_OVER = "handed_over"
    DROPPED = "dropped"


class Phase(StrEnum):
    """The life of a message, computed."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    EMBARGOED = "embargoed"
    SENDING = "sending"
    LIVE = "live"
    PARTLY_LIVE = "partly_live"
    #: Every channel that should carry it has refused: a person must settle it.
    REFUSED = "refused"
    ENDING = "ending"
    ENDED = "ended"


class EndedBecause(StrEnum):
    """Why a message has ended."""

    EXPIRED = "expired"
    ALL_CLEAR = "all_clear"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class VoteKind(StrEnum):
    """What an authority said about a revision."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"


class PostingState(StrEnum):
    """Whether a posting stands in the world."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"
