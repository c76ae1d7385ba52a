"""unfinished dates

A draft keeps a date of which the end is not known yet.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unfinished_dates", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.alter_column("unfinished_dates", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.drop_column("unfinished_dates")
