"""a trace of what matters

The log of security events, waits that grow with each failed login, and links that were asked for: one row for whatever
address was typed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "security_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("whom_id", sa.Integer(), nullable=True),
        sa.Column("subject_type", sa.String(length=40), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "actor_kind IN ('person', 'visitor', 'command')", name=op.f("ck_security_events_actor_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_events")),
    )
    for name, columns in (
        ("at", ["at"]),
        ("name", ["name", "id"]),
        ("person_id", ["person_id"]),
        ("whom_id", ["whom_id"]),
    ):
        op.create_index(f"ix_security_events_{name}", "security_events", columns)
    op.create_table(
        "limit_waits",
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("what", "who", name=op.f("pk_limit_waits")),
    )
    op.create_table(
        "link_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("purpose IN ('set_password', 'login')", name=op.f("ck_link_requests_purpose")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_link_requests_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["one_time_links.id"], name=op.f("fk_link_requests_link_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_requests")),
    )
    op.create_index("ix_link_requests_person_id", "link_requests", ["person_id", "asked_at"])
    op.create_index("ix_history_entries_actor", "history_entries", ["actor_id", "at"])


def downgrade() -> None:
    op.drop_index("ix_history_entries_actor", table_name="history_entries")
    op.drop_table("link_requests")
    op.drop_table("limit_waits")
    op.drop_table("security_events")
