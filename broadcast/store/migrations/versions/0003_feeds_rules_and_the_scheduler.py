"""Feeds and their entries, standing rules, tasks for people, and the lease of the scheduler."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply."""
    text, time = sqlmodel.sql.sqltypes.AutoString(), sqlmodel.sql.sqltypes.UTCDateTime()
    op.create_table(
        "feed",
        sa.Column("newsroom", text, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("url", text, nullable=False),
        sa.Column("title", text, nullable=False),
        sa.Column("rights", text, nullable=False),
        sa.Column("etag", text, nullable=False),
        sa.Column("last_modified", text, nullable=False),
        sa.Column("body_sha256", text, nullable=False),
        sa.Column("backlog_seen", sa.Boolean(), nullable=False),
        sa.Column("attempted_at", time, nullable=True),
        sa.Column("success_at", time, nullable=True),
        sa.Column("changed_at", time, nullable=True),
        sa.Column("next_poll_at", time, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", text, nullable=False),
        sa.Column("moved_to", text, nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("paused_reason", text, nullable=False),
        sa.Column("hub_url", text, nullable=False),
        sa.Column("topic_url", text, nullable=False),
        sa.Column("websub_secret", text, nullable=False),
        sa.Column("websub_asked_at", time, nullable=True),
        sa.Column("websub_until_at", time, nullable=True),
        sa.PrimaryKeyConstraint("newsroom", "name"),
    )
    op.create_index("ix_feed_due", "feed", ["newsroom", "next_poll_at"], unique=False)
    op.create_table(
        "entry",
        sa.Column("uid", text, nullable=False),
        sa.Column("newsroom", text, nullable=False),
        sa.Column("feed", text, nullable=False),
        sa.Column("entry_id", text, nullable=False),
        sa.Column("identity", text, nullable=False),
        sa.Column("lineage", text, nullable=False),
        sa.Column("is_dangling", sa.Boolean(), nullable=False),
        sa.Column("folded", text, nullable=False),
        sa.Column("digest", text, nullable=False),
        sa.Column("facts", text, nullable=False),
        sa.Column("first_facts", text, nullable=False),
        sa.Column("alert_xml", text, nullable=False),
        sa.Column("received_at", time, nullable=False),
        sa.Column("changed_at", time, nullable=True),
        sa.Column("gone_at", time, nullable=True),
        sa.Column("state", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("concern", text, nullable=False),
        sa.Column("claimed_by", text, nullable=False),
        sa.Column("claimed_at", time, nullable=True),
        sa.Column("slug", text, nullable=False),
        sa.Column("rule", text, nullable=False),
        sa.Column("duplicate_of", text, nullable=False),
        sa.PrimaryKeyConstraint("uid"),
        sa.UniqueConstraint("newsroom", "feed", "entry_id"),
    )
    op.create_index("ix_entry_dangling", "entry", ["newsroom", "is_dangling"], unique=False)
    op.create_index("ix_entry_duplicate", "entry", ["newsroom", "folded"], unique=False)
    op.create_index("ix_entry_feed", "entry", ["newsroom", "feed", "received_at"], unique=False)
    op.create_index("ix_entry_identity", "entry", ["newsroom", "identity"], unique=False)
    op.create_index("ix_entry_lineage", "entry", ["newsroom", "lineage"], unique=False)
    op.create_index("ix_entry_state", "entry", ["newsroom", "state", "received_at"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("newsroom", text, nullable=False),
        sa.Column("feed", text, nullable=False),
        sa.Column("at", time, nullable=False),
        sa.Column("url", text, nullable=False),
        sa.Column("content_type", text, nullable=False),
        sa.Column("sha256", text, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_quarantine_newsroom", "quarantine", ["newsroom"], unique=False)
    op.create_table(
        "task",
        sa.Column("uid", text, nullable=False),
        sa.Column("newsroom", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("subject", text, nullable=False),
        sa.Column("feed", text, nullable=False),
        sa.Column("slug", text, nullable=False),
        sa.Column("message", text, nullable=False),
        sa.Column("since_at", time, nullable=False),
        sa.Column("settled_at", time, nullable=True),
        sa.Column("settled_by", text, nullable=False),
        sa.PrimaryKeyConstraint("uid"),
    )
    op.create_index("ix_task_open", "task", ["newsroom", "settled_at"], unique=False)
    op.create_table(
        "rule",
        sa.Column("newsroom", text, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", text, nullable=False),
        sa.Column("source_text", text, nullable=False),
        sa.Column("template_text", text, nullable=False),
        sa.Column("author", text, nullable=False),
        sa.Column("os_user", text, nullable=False),
        sa.Column("submitted_at", time, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("until_at", time, nullable=False),
        sa.PrimaryKeyConstraint("newsroom", "name", "number"),
    )
    op.create_table(
        "rule_vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("newsroom", text, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", text, nullable=False),
        sa.Column("person", text, nullable=False),
        sa.Column("os_user", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("at", time, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_rule_vote_name", "rule_vote", ["name"], unique=False)
    op.create_table(
        "relay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("newsroom", text, nullable=False),
        sa.Column("rule", text, nullable=False),
        sa.Column("sha256", text, nullable=False),
        sa.Column("entry_uid", text, nullable=False),
        sa.Column("subject", text, nullable=False),
        sa.Column("level", text, nullable=False),
        sa.Column("act", text, nullable=False),
        sa.Column("slug", text, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("at", time, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_relay_rule", "relay", ["newsroom", "rule", "at"], unique=False)
    op.create_index("ix_relay_subject", "relay", ["newsroom", "rule", "subject"], unique=False)
    op.create_table(
        "lease",
        sa.Column("newsroom", text, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("holder", text, nullable=False),
        sa.Column("until_at", time, nullable=False),
        sa.Column("since_at", time, nullable=False),
        sa.Column("beat_at", time, nullable=False),
        sa.Column("facts", text, nullable=False),
        sa.PrimaryKeyConstraint("newsroom", "name"),
    )
