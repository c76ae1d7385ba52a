"""unread entries

What was typed into the form of an activity and could not be stored stays with it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unread", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.alter_column("unread", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.drop_column("unread")
