"""one tense for the history

A verb is said in one way: clusters noted "create" where activities noted "created", and some had blanks.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# What was done to such a thing: how it was noted, how it is.
VERBS = {
    "activity": {"taken up again": "taken_up_again", "place given": "place_given"},
    "cluster": {
        "create": "created",
        "update": "updated",
        "invite": "invited",
        "send_invitation_again": "invited_again",
        "withdraw_invitation": "invitation_withdrawn",
        "add_member": "member_added",
        "remove_member": "member_removed",
        "make_owner": "owner_made",
    },
    "edition": {"state": "state_changed", "demo loaded": "demo_loaded", "demo extended": "demo_extended"},
    "person": {
        "grant": "role_given",
        "set_password": "password_set",
        "disable": "account_closed",
        "enable": "account_opened",
    },
}
ENTRIES = sa.table("history_entries", sa.column("action", sa.String(60)), sa.column("subject_type", sa.String(40)))


def upgrade() -> None:
    for subject, verbs in VERBS.items():
        for before, now in verbs.items():
            _say(subject, before, now)


def downgrade() -> None:
    for subject, verbs in VERBS.items():
        for before, now in verbs.items():
            _say(subject, now, before)


def _say(subject: str, there: str, instead: str) -> None:
    op.execute(
        ENTRIES.update().where(ENTRIES.c.subject_type == subject, ENTRIES.c.action == there).values(action=instead)
    )
