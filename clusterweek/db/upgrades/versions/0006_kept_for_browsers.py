"""kept for browsers

What was typed when a login had ended, sign-ups that wait for their confirmation, sentences for the next page; and the
forms that have made something.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_for_browsers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('form', 'sign_up', 'said')", name=op.f("ck_kept_for_browsers_kind")),
        sa.CheckConstraint("kept_until >= created_at", name=op.f("ck_kept_for_browsers_order")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_kept_for_browsers_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_for_browsers")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_kept_for_browsers_secret_hash")),
    )
    with op.batch_alter_table("kept_for_browsers", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_kept_for_browsers_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_kept_for_browsers_until", ["kept_until"], unique=False)
    op.create_table(
        "sent_forms",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leads_to", sa.String(length=300), nullable=True),
        sa.Column("made_id", sa.Integer(), nullable=True),
        sa.Column("made_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_sent_forms")),
    )
    with op.batch_alter_table("sent_forms", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_sent_forms_sent_at"), ["sent_at"], unique=False)


def downgrade() -> None:
    op.drop_table("sent_forms")
    op.drop_table("kept_for_browsers")
