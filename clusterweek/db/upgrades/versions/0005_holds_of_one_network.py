"""holds of one network, and shadows

An unconfirmed registration knows from which network it came, and may hold no place; who tries with an address that is
registered leaves a shadow for the public numbers. A step back forgets the shadows, and puts who was held no place into
the line.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No batch: columns are added in place, the table need not be copied.
    op.add_column("registrations", sa.Column("network_hash", sa.String(length=64), nullable=True))
    op.add_column("registrations", sa.Column("is_unheld", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("registrations", sa.Column("shown_as", sa.String(length=8), nullable=True))
    op.drop_index("ix_registrations_places", table_name="registrations")
    op.create_index(
        "ix_registrations_places", "registrations", ["activity_id", "status", "mode", "is_unheld", "shown_as"]
    )
    known = sa.text("network_hash IS NOT NULL")
    op.create_index(
        "ix_registrations_network",
        "registrations",
        ["activity_id", "network_hash"],
        sqlite_where=known,
        postgresql_where=known,
    )
    op.create_table(
        "shadows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.Column("email_hash", sa.String(length=64), nullable=False),
        sa.Column("network_hash", sa.String(length=64), nullable=False),
        sa.Column("reference_hash", sa.String(length=64), nullable=True),
        sa.Column("after_ticket", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('in_person', 'online')", name=op.f("ck_shadows_mode")),
        sa.CheckConstraint("status IN ('held', 'waiting', 'unheld')", name=op.f("ck_shadows_status")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_shadows_activity_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shadows")),
        sa.UniqueConstraint(
            "activity_id", "email_hash", "network_hash", name=op.f("uq_shadows_activity_id_email_hash_network_hash")
        ),
    )
    op.create_index("ix_shadows_places", "shadows", ["activity_id", "mode", "status", "is_counted"])
    op.create_index("ix_shadows_until", "shadows", ["until"])


def downgrade() -> None:
    op.drop_table("shadows")
    op.drop_index("ix_registrations_network", table_name="registrations")
    op.drop_index("ix_registrations_places", table_name="registrations")
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_column("shown_as")
        batch_op.drop_column("is_unheld")
        batch_op.drop_column("network_hash")
    op.create_index("ix_registrations_places", "registrations", ["activity_id", "status", "mode"])
