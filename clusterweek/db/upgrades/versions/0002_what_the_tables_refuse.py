"""what the tables refuse, letters that a person took back, and indexes for what lists ask

Step 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

QUALIFIERS = "('exact', 'about', 'almost', 'more_than', 'a_good', 'cities')"
CHECKS = (
    (
        "activity_languages",
        "language",
        "language IN ('de', 'en', 'fr', 'nl', 'pl', 'cs', 'da', 'sv', 'it', 'es', 'pt')",
    ),
    (
        "edition_highlights",
        "format",
        "format IN ('block_course', 'seminar', 'regulars_meetup', 'trade_fair_participation', 'fair_tour', 'matchmaking', 'webinar', 'workshop', 'annual_conference', 'networking_day', 'networking_event', 'roadshow', 'virtual_meeting', 'conference', 'experience_exchange', 'consultation', 'training', 'lecture', 'exhibition', 'site_visit', 'open_day', 'forum', 'congress', 'business_breakfast', 'excursion', 'pitch_contest')",
    ),
    (
        "editions",
        "counts",
        "activity_count >= 0 AND event_count >= 0 AND fair_count >= 0 AND participant_count >= 0",
    ),
    ("editions", "activity_count_qualifier", f"activity_count_qualifier IN {QUALIFIERS}"),
    ("editions", "participant_count_qualifier", f"participant_count_qualifier IN {QUALIFIERS}"),
    ("letters", "sent", "state <> 'sent' OR sent_at IS NOT NULL"),
    ("occurrences", "removed", "(removed_at IS NULL) = (removed_because IS NULL)"),
    ("registrations", "withdrawn", "status <> 'withdrawn' OR withdrawn_at IS NOT NULL"),
    ("registrations", "expired", "status <> 'expired' OR expired_at IS NOT NULL"),
    ("registrations", "generation", "generation > 0"),
    ("registrations", "resent_count", "resent_count >= 0"),
)
# One role, one grant, also for whoever has no Land or no country.
GRANTS = (
    ("uq_grants_everywhere", ["person_id", "role"], "land IS NULL AND country IS NULL"),
    ("uq_grants_land", ["person_id", "role", "land"], "country IS NULL"),
    ("uq_grants_country", ["person_id", "role", "country"], "land IS NULL"),
)
INDEXES = (("edition_highlights", "edition_id"), ("external_partners", "activity_id"), ("one_time_links", "person_id"))


def upgrade() -> None:
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_letters_state"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_letters_state"), "state IN ('queued', 'sent', 'failed', 'withdrawn', 'taken_back')"
        )
    for table in dict.fromkeys(table for table, _name, _condition in CHECKS):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for of, name, condition in CHECKS:
                if of == table:
                    batch_op.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)
    op.execute(
        "DELETE FROM grants WHERE id NOT IN (SELECT min(id) FROM grants GROUP BY person_id, role, land, country)"
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        for name, columns, where in GRANTS:
            batch_op.create_index(
                name, columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
            )
    for table, column in INDEXES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(op.f(f"ix_{table}_{column}"), [column], unique=False)


def downgrade() -> None:
    for table, column in INDEXES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(op.f(f"ix_{table}_{column}"))
    with op.batch_alter_table("grants", schema=None) as batch_op:
        for name, _columns, where in GRANTS:
            batch_op.drop_index(name, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    for table in dict.fromkeys(table for table, _name, _condition in CHECKS):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for of, name, _condition in CHECKS:
                if of == table:
                    batch_op.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
    op.execute("UPDATE letters SET state = 'withdrawn' WHERE state = 'taken_back'")
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_letters_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_letters_state"), "state IN ('queued', 'sent', 'failed', 'withdrawn')")
