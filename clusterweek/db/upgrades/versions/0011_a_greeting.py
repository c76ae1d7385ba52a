"""a greeting

The office may greet on the first page of the booklet, in both languages.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("greeting_de", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("greeting_en", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.drop_column("greeting_en")
        batch_op.drop_column("greeting_de")
