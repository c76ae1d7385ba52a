"""what the tables refuse, and letters that a person took back

Step 0002.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_letters_state"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_letters_state"), "state IN ('queued', 'sent', 'failed', 'withdrawn', 'taken_back')"
        )


def downgrade() -> None:
    op.execute("UPDATE letters SET state = 'withdrawn' WHERE state = 'taken_back'")
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_letters_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_letters_state"), "state IN ('queued', 'sent', 'failed', 'withdrawn')")
