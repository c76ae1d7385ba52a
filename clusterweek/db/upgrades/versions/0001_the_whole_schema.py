"""the whole schema

Step 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "history_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.CheckConstraint("actor_kind IN ('person', 'command')", name=op.f("ck_history_entries_actor_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_entries")),
    )
    with op.batch_alter_table("history_entries", schema=None) as batch_op:
        batch_op.create_index("ix_history_entries_subject", ["subject_type", "subject_id", "id"], unique=False)

    op.create_table(
        "laender",
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("name_de", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_laender")),
    )
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.String(length=80), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("language IN ('de', 'en')", name=op.f("ck_letters_language")),
        sa.CheckConstraint("state IN ('queued', 'sent', 'failed', 'withdrawn')", name=op.f("ck_letters_state")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_letters_attempts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("key", name=op.f("uq_letters_key")),
    )
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.create_index(
            "ix_letters_due",
            ["priority", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        )

    op.create_table(
        "limit_counters",
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("what", "who", "since", name=op.f("pk_limit_counters")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_normalised", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("language IN ('de', 'en')", name=op.f("ck_people_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email_normalised", name=op.f("uq_people_email_normalised")),
    )
    op.create_table(
        "technology_fields",
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name_de", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_technology_fields")),
    )
    op.create_table(
        "clusters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("land", sa.String(length=5), nullable=True),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.Column("website", sa.String(length=300), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("summary_de", sa.Text(), nullable=True),
        sa.Column("summary_en", sa.Text(), nullable=True),
        sa.Column("ecei_label", sa.String(length=10), nullable=True),
        sa.Column("label_valid_until", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ecei_label IN ('bronze', 'silver', 'gold')", name=op.f("ck_clusters_ecei_label")),
        sa.CheckConstraint("kind IN ('cluster', 'ministry', 'agency', 'other')", name=op.f("ck_clusters_kind")),
        sa.ForeignKeyConstraint(["land"], ["laender.code"], name=op.f("fk_clusters_land"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clusters")),
        sa.UniqueConstraint("slug", name=op.f("uq_clusters_slug")),
    )
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("parent_edition_id", sa.Integer(), nullable=True),
        sa.Column("title_de", sa.String(length=160), nullable=False),
        sa.Column("title_en", sa.String(length=160), nullable=True),
        sa.Column("summary_de", sa.Text(), nullable=True),
        sa.Column("summary_en", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("date_precision", sa.String(length=5), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=True),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.Column("land", sa.String(length=5), nullable=True),
        sa.Column("patrons_de", sa.Text(), nullable=True),
        sa.Column("patrons_en", sa.Text(), nullable=True),
        sa.Column("sponsor_de", sa.String(length=200), nullable=True),
        sa.Column("sponsor_en", sa.String(length=200), nullable=True),
        sa.Column("organised_by", sa.String(length=200), nullable=True),
        sa.Column("submissions_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("programme_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("activity_count", sa.Integer(), nullable=True),
        sa.Column("activity_count_qualifier", sa.String(length=30), nullable=True),
        sa.Column("event_count", sa.Integer(), nullable=True),
        sa.Column("fair_count", sa.Integer(), nullable=True),
        sa.Column("counting_rule_de", sa.Text(), nullable=True),
        sa.Column("counting_rule_en", sa.Text(), nullable=True),
        sa.Column("participant_count", sa.Integer(), nullable=True),
        sa.Column("participant_count_qualifier", sa.String(length=30), nullable=True),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=True),
        sa.Column("countries_exhaustive", sa.Boolean(), nullable=False),
        sa.Column("programme_version", sa.Integer(), nullable=False),
        sa.Column("programme_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("date_precision IN ('day', 'year')", name=op.f("ck_editions_date_precision")),
        sa.CheckConstraint(
            "kind IN ('cluster_week', 'annual_conference', 'conference', 'networking_day', 'roadshow', 'other')",
            name=op.f("ck_editions_kind"),
        ),
        sa.CheckConstraint("mode IN ('in_person', 'online', 'hybrid')", name=op.f("ck_editions_mode")),
        sa.CheckConstraint("state IN ('draft', 'open', 'closed', 'archived')", name=op.f("ck_editions_state")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_editions_days")),
        sa.CheckConstraint("parent_edition_id <> id", name=op.f("ck_editions_parent")),
        sa.ForeignKeyConstraint(["land"], ["laender.code"], name=op.f("fk_editions_land"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["parent_edition_id"], ["editions.id"], name=op.f("fk_editions_parent_edition_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
        sa.UniqueConstraint("slug", name=op.f("uq_editions_slug")),
        sa.UniqueConstraint("source_id", name=op.f("uq_editions_source_id")),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("land", sa.String(length=5), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role <> 'land_coordinator' OR land IS NOT NULL", name=op.f("ck_grants_coordinator_has_land")
        ),
        sa.CheckConstraint("role IN ('organiser', 'land_coordinator', 'viewer')", name=op.f("ck_grants_role")),
        sa.CheckConstraint("country IS NULL OR length(country) = 2", name=op.f("ck_grants_country")),
        sa.ForeignKeyConstraint(["land"], ["laender.code"], name=op.f("fk_grants_land"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_grants_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint("person_id", "role", "land", "country", name=op.f("uq_grants_person_id_role_land_country")),
    )
    op.create_table(
        "login_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_login_sessions_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_sessions")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_login_sessions_secret_hash")),
    )
    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.create_index("ix_login_sessions_person_id", ["person_id"], unique=False)

    op.create_table(
        "one_time_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('set_password', 'login')", name=op.f("ck_one_time_links_purpose")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_one_time_links_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_links_token_hash")),
    )
    op.create_table(
        "activities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("host_cluster_id", sa.Integer(), nullable=True),
        sa.Column("parent_activity_id", sa.Integer(), nullable=True),
        sa.Column("title_de", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=True),
        sa.Column("summary_de", sa.Text(), nullable=True),
        sa.Column("summary_en", sa.Text(), nullable=True),
        sa.Column("description_de", sa.Text(), nullable=True),
        sa.Column("description_en", sa.Text(), nullable=True),
        sa.Column("format", sa.String(length=40), nullable=True),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("access", sa.String(length=12), nullable=False),
        sa.Column("registration_mode", sa.String(length=10), nullable=False),
        sa.Column("registration_url", sa.String(length=500), nullable=True),
        sa.Column("registration_deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("capacity_online", sa.Integer(), nullable=True),
        sa.Column("contact_name", sa.String(length=120), nullable=True),
        sa.Column("contact_email", sa.String(length=254), nullable=True),
        sa.Column("accessibility", sa.Text(), nullable=True),
        sa.Column("is_accessible", sa.Boolean(), nullable=False),
        sa.Column("cost_note", sa.String(length=300), nullable=True),
        sa.Column("review_status", sa.String(length=20), nullable=False),
        sa.Column("happening", sa.String(length=10), nullable=False),
        sa.Column("outside_window_allowed", sa.Boolean(), nullable=False),
        sa.Column("rejection_reason", sa.Text(), nullable=True),
        sa.Column("cancellation_reason", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint("access IN ('open', 'registration', 'invitation')", name=op.f("ck_activities_access")),
        sa.CheckConstraint(
            "format IN ('block_course', 'seminar', 'regulars_meetup', 'trade_fair_participation', 'fair_tour', 'matchmaking', 'webinar', 'workshop', 'annual_conference', 'networking_day', 'networking_event', 'roadshow', 'virtual_meeting', 'conference', 'experience_exchange', 'consultation', 'training', 'lecture', 'exhibition', 'site_visit', 'open_day', 'forum', 'congress', 'business_breakfast', 'excursion', 'pitch_contest')",
            name=op.f("ck_activities_format"),
        ),
        sa.CheckConstraint(
            "happening <> 'cancelled' OR cancelled_at IS NOT NULL", name=op.f("ck_activities_cancelled")
        ),
        sa.CheckConstraint(
            "happening IN ('tentative', 'confirmed', 'postponed', 'cancelled', 'held')",
            name=op.f("ck_activities_happening"),
        ),
        sa.CheckConstraint("mode IN ('in_person', 'online', 'hybrid')", name=op.f("ck_activities_mode")),
        sa.CheckConstraint(
            "registration_mode IN ('none', 'internal', 'external')", name=op.f("ck_activities_registration_mode")
        ),
        sa.CheckConstraint(
            "review_status <> 'published' OR published_at IS NOT NULL", name=op.f("ck_activities_published")
        ),
        sa.CheckConstraint(
            "review_status IN ('draft', 'submitted', 'changes_requested', 'published', 'rejected', 'withdrawn')",
            name=op.f("ck_activities_review_status"),
        ),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_activities_capacity")),
        sa.CheckConstraint("capacity_online >= 0", name=op.f("ck_activities_capacity_online")),
        sa.CheckConstraint("parent_activity_id <> id", name=op.f("ck_activities_parent")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_activities_created_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_activities_edition_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["host_cluster_id"], ["clusters.id"], name=op.f("fk_activities_host_cluster_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["parent_activity_id"],
            ["activities.id"],
            name=op.f("fk_activities_parent_activity_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
    )
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.create_index("ix_activities_host_cluster_id", ["host_cluster_id"], unique=False)
        batch_op.create_index("ix_activities_parent_activity_id", ["parent_activity_id"], unique=False)
        batch_op.create_index("ix_activities_queue", ["edition_id", "review_status", "submitted_at"], unique=False)

    op.create_table(
        "cluster_fields",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["clusters.id"], name=op.f("fk_cluster_fields_cluster_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["field"], ["technology_fields.slug"], name=op.f("fk_cluster_fields_field"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("cluster_id", "field", name=op.f("pk_cluster_fields")),
    )
    op.create_table(
        "edition_highlights",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_de", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=True),
        sa.Column("format", sa.String(length=40), nullable=True),
        sa.Column("city", sa.String(length=120), nullable=True),
        sa.Column("land", sa.String(length=5), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_edition_highlights_edition_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["land"], ["laender.code"], name=op.f("fk_edition_highlights_land"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_highlights")),
    )
    op.create_table(
        "edition_partner_countries",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_guest", sa.Boolean(), nullable=False),
        sa.CheckConstraint("length(country) = 2", name=op.f("ck_edition_partner_countries_country")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_edition_partner_countries_edition_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("edition_id", "country", name=op.f("pk_edition_partner_countries")),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_normalised", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("language IN ('de', 'en')", name=op.f("ck_invitations_language")),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["people.id"], name=op.f("fk_invitations_accepted_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["clusters.id"], name=op.f("fk_invitations_cluster_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["people.id"], name=op.f("fk_invitations_invited_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(
            "uq_invitations_open",
            ["cluster_id", "email_normalised"],
            unique=True,
            sqlite_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
        )

    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("is_owner", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["clusters.id"], name=op.f("fk_memberships_cluster_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_memberships_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("cluster_id", "person_id", name=op.f("uq_memberships_cluster_id_person_id")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index("ix_memberships_person_id", ["person_id"], unique=False)

    op.create_table(
        "reminder_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=True),
        sa.Column("at", sa.Time(), nullable=True),
        sa.Column("minutes_before", sa.Integer(), nullable=True),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("planned_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("audience IN ('all', 'online')", name=op.f("ck_reminder_rules_audience")),
        sa.CheckConstraint("(days_before IS NULL) <> (minutes_before IS NULL)", name=op.f("ck_reminder_rules_when")),
        sa.CheckConstraint("(days_before IS NULL) = (at IS NULL)", name=op.f("ck_reminder_rules_at")),
        sa.CheckConstraint("days_before > 0", name=op.f("ck_reminder_rules_days")),
        sa.CheckConstraint("minutes_before > 0", name=op.f("ck_reminder_rules_minutes")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_reminder_rules_edition_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_rules")),
        sa.UniqueConstraint("edition_id", "name", name=op.f("uq_reminder_rules_edition_id_name")),
    )
    with op.batch_alter_table("reminder_rules", schema=None) as batch_op:
        batch_op.create_index(
            "uq_reminder_rules_general",
            ["name"],
            unique=True,
            sqlite_where=sa.text("edition_id IS NULL"),
            postgresql_where=sa.text("edition_id IS NULL"),
        )

    op.create_table(
        "activity_co_hosts",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_activity_co_hosts_activity_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["clusters.id"], name=op.f("fk_activity_co_hosts_cluster_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("activity_id", "cluster_id", name=op.f("pk_activity_co_hosts")),
    )
    op.create_table(
        "activity_countries",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(country) = 2", name=op.f("ck_activity_countries_country")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_activity_countries_activity_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("activity_id", "country", name=op.f("pk_activity_countries")),
    )
    with op.batch_alter_table("activity_countries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_countries_country"), ["country"], unique=False)

    op.create_table(
        "activity_fields",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_activity_fields_activity_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["field"], ["technology_fields.slug"], name=op.f("fk_activity_fields_field"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("activity_id", "field", name=op.f("pk_activity_fields")),
    )
    with op.batch_alter_table("activity_fields", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_fields_field"), ["field"], unique=False)

    op.create_table(
        "activity_languages",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_activity_languages_activity_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("activity_id", "language", name=op.f("pk_activity_languages")),
    )
    op.create_table(
        "external_partners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("country IS NULL OR length(country) = 2", name=op.f("ck_external_partners_country")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_external_partners_activity_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_partners")),
    )
    op.create_table(
        "occurrences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=120), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("starts_local", sa.DateTime(), nullable=False),
        sa.Column("ends_local", sa.DateTime(), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_all_day", sa.Boolean(), nullable=False),
        sa.Column("venue_name", sa.String(length=200), nullable=True),
        sa.Column("street", sa.String(length=160), nullable=True),
        sa.Column("postcode", sa.String(length=12), nullable=True),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.Column("venue_land", sa.String(length=5), nullable=True),
        sa.Column("latitude", sa.Numeric(precision=8, scale=5, asdecimal=False), nullable=True),
        sa.Column("longitude", sa.Numeric(precision=8, scale=5, asdecimal=False), nullable=True),
        sa.Column("online_url", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_because", sa.String(length=10), nullable=True),
        sa.CheckConstraint("removed_because IN ('removed', 'postponed')", name=op.f("ck_occurrences_removed_because")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_occurrences_times")),
        sa.CheckConstraint("ends_local > starts_local", name=op.f("ck_occurrences_local_times")),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_occurrences_latitude")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_occurrences_longitude")),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_occurrences_sequence")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_occurrences_activity_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["venue_land"], ["laender.code"], name=op.f("fk_occurrences_venue_land"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrences")),
        sa.UniqueConstraint("uid", name=op.f("uq_occurrences_uid")),
    )
    with op.batch_alter_table("occurrences", schema=None) as batch_op:
        batch_op.create_index("ix_occurrences_activity_id", ["activity_id"], unique=False)
        batch_op.create_index("ix_occurrences_starts_at", ["starts_at", "activity_id"], unique=False)

    op.create_table(
        "registrations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_normalised", sa.String(length=254), nullable=False),
        sa.Column("organisation", sa.String(length=160), nullable=True),
        sa.Column("access_need", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("wants_reminders", sa.Boolean(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("reference_hash", sa.String(length=64), nullable=True),
        sa.Column("signed_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hold_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resent_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("language IN ('de', 'en')", name=op.f("ck_registrations_language")),
        sa.CheckConstraint("mode IN ('in_person', 'online')", name=op.f("ck_registrations_mode")),
        sa.CheckConstraint(
            "status <> 'confirmed' OR confirmed_at IS NOT NULL", name=op.f("ck_registrations_confirmed")
        ),
        sa.CheckConstraint("status <> 'unconfirmed' OR hold_until IS NOT NULL", name=op.f("ck_registrations_held")),
        sa.CheckConstraint(
            "status IN ('unconfirmed', 'confirmed', 'waitlisted', 'withdrawn', 'expired')",
            name=op.f("ck_registrations_status"),
        ),
        sa.CheckConstraint("ticket > 0", name=op.f("ck_registrations_ticket")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_registrations_activity_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("activity_id", "ticket", name=op.f("uq_registrations_activity_id_ticket")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_registrations_token_hash")),
    )
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_registrations_hold_until",
            ["hold_until"],
            unique=False,
            sqlite_where=sa.text("hold_until IS NOT NULL"),
            postgresql_where=sa.text("hold_until IS NOT NULL"),
        )
        batch_op.create_index("ix_registrations_places", ["activity_id", "status", "mode"], unique=False)
        batch_op.create_index(
            "uq_registrations_active",
            ["activity_id", "email_normalised"],
            unique=True,
            sqlite_where=sa.text("status IN ('unconfirmed', 'confirmed', 'waitlisted')"),
            postgresql_where=sa.text("status IN ('unconfirmed', 'confirmed', 'waitlisted')"),
        )

    op.create_table(
        "review_remarks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_review_remarks_activity_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["people.id"], name=op.f("fk_review_remarks_author_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_remarks")),
    )
    with op.batch_alter_table("review_remarks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_remarks_activity_id"), ["activity_id"], unique=False)

    op.create_table(
        "skipped_reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrences.id"], name=op.f("fk_skipped_reminders_occurrence_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["reminder_rules.id"], name=op.f("fk_skipped_reminders_rule_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skipped_reminders")),
        sa.UniqueConstraint(
            "rule_id", "occurrence_id", "starts_at", name=op.f("uq_skipped_reminders_rule_id_occurrence_id_starts_at")
        ),
    )


def downgrade() -> None:

    op.drop_table("skipped_reminders")
    with op.batch_alter_table("review_remarks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_remarks_activity_id"))

    op.drop_table("review_remarks")
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_registrations_active",
            sqlite_where=sa.text("status IN ('unconfirmed', 'confirmed', 'waitlisted')"),
            postgresql_where=sa.text("status IN ('unconfirmed', 'confirmed', 'waitlisted')"),
        )
        batch_op.drop_index("ix_registrations_places")
        batch_op.drop_index(
            "ix_registrations_hold_until",
            sqlite_where=sa.text("hold_until IS NOT NULL"),
            postgresql_where=sa.text("hold_until IS NOT NULL"),
        )

    op.drop_table("registrations")
    with op.batch_alter_table("occurrences", schema=None) as batch_op:
        batch_op.drop_index("ix_occurrences_starts_at")
        batch_op.drop_index("ix_occurrences_activity_id")

    op.drop_table("occurrences")
    op.drop_table("external_partners")
    op.drop_table("activity_languages")
    with op.batch_alter_table("activity_fields", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_fields_field"))

    op.drop_table("activity_fields")
    with op.batch_alter_table("activity_countries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_countries_country"))

    op.drop_table("activity_countries")
    op.drop_table("activity_co_hosts")
    with op.batch_alter_table("reminder_rules", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_reminder_rules_general",
            sqlite_where=sa.text("edition_id IS NULL"),
            postgresql_where=sa.text("edition_id IS NULL"),
        )

    op.drop_table("reminder_rules")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index("ix_memberships_person_id")

    op.drop_table("memberships")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_invitations_open",
            sqlite_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
        )

    op.drop_table("invitations")
    op.drop_table("edition_partner_countries")
    op.drop_table("edition_highlights")
    op.drop_table("cluster_fields")
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.drop_index("ix_activities_queue")
        batch_op.drop_index("ix_activities_parent_activity_id")
        batch_op.drop_index("ix_activities_host_cluster_id")

    op.drop_table("activities")
    op.drop_table("one_time_links")
    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_login_sessions_person_id")

    op.drop_table("login_sessions")
    op.drop_table("grants")
    op.drop_table("editions")
    op.drop_table("clusters")
    op.drop_table("technology_fields")
    op.drop_table("people")
    op.drop_table("limit_counters")
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_letters_due", sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'")
        )

    op.drop_table("letters")
    op.drop_table("laender")
    with op.batch_alter_table("history_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_history_entries_subject")

    op.drop_table("history_entries")
    op.drop_table("heartbeats")
