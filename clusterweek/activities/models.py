"""Activities, occurrences and what hangs on them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clusterweek.accounts.models import Person
from clusterweek.activities import standing
from clusterweek.activities.standing import Standing
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import Model
from clusterweek.db.types import Moment, one_of
from clusterweek.editions.models import Edition
from clusterweek.vocabulary import lists

REGISTRATION_MODES = ("none", "internal", "external")
REMOVED_BECAUSE = ("removed", standing.POSTPONED)


class Activity(Model):
    """What a cluster offers in an edition; capacity and registration belong here, date and place to occurrences.

    A draft may lack almost everything; `rules.missing` says what a submission needs.
    """

    __tablename__ = "activities"
    __table_args__ = (
        CheckConstraint(one_of("review_status", lists.REVIEW_STEPS), name="review_status"),
        CheckConstraint(one_of("happening", lists.HAPPENINGS), name="happening"),
        CheckConstraint(one_of("mode", lists.MODES), name="mode"),
        CheckConstraint(one_of("access", lists.ACCESSES), name="access"),
        CheckConstraint(one_of("format", lists.FORMATS), name="format"),
        CheckConstraint(one_of("registration_mode", REGISTRATION_MODES), name="registration_mode"),
        CheckConstraint("capacity >= 0", name="capacity"),
        CheckConstraint("capacity_online >= 0", name="capacity_online"),
        CheckConstraint("parent_activity_id <> id", name="parent"),
        CheckConstraint("review_status <> 'published' OR published_at IS NOT NULL", name="published"),
        CheckConstraint("happening <> 'cancelled' OR cancelled_at IS NOT NULL", name="cancelled"),
        Index("ix_activities_queue", "edition_id", "review_status", "submitted_at"),
        Index("ix_activities_host_cluster_id", "host_cluster_id"),
        # SQLite reads the whole table for each activity that is deleted without it.
        Index("ix_activities_parent_activity_id", "parent_activity_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="RESTRICT"))
    host_cluster_id: Mapped[int | None] = mapped_column(ForeignKey("clusters.id", ondelete="RESTRICT"))
    parent_activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id", ondelete="RESTRICT"))
    title_de: Mapped[str] = mapped_column(String(120), default="")
    title_en: Mapped[str | None] = mapped_column(String(120))
    summary_de: Mapped[str | None] = mapped_column(Text)  # plain text, 2 to 3 sentences
    summary_en: Mapped[str | None] = mapped_column(Text)
    description_de: Mapped[str | None] = mapped_column(Text)  # Markdown
    description_en: Mapped[str | None] = mapped_column(Text)
    format: Mapped[str | None] = mapped_column(String(40))
    mode: Mapped[str] = mapped_column(String(10), default="in_person")
    access: Mapped[str] = mapped_column(String(12), default="registration")
    registration_mode: Mapped[str] = mapped_column(String(10), default="internal")
    registration_url: Mapped[str | None] = mapped_column(String(500))
    registration_deadline: Mapped[datetime | None] = mapped_column(Moment)
    capacity: Mapped[int | None]  # None: no limit
    capacity_online: Mapped[int | None]
    contact_name: Mapped[str | None] = mapped_column(String(120))
    contact_email: Mapped[str | None] = mapped_column(String(254))
    accessibility: Mapped[str | None] = mapped_column(Text)
    is_accessible: Mapped[bool] = mapped_column(default=False)  # step-free and with an accessible toilet
    cost_note: Mapped[str | None] = mapped_column(String(300))  # None: free of charge
    review_status: Mapped[str] = mapped_column(String(20), default="draft")
    happening: Mapped[str] = mapped_column(String(10), default="confirmed")
    outside_window_allowed: Mapped[bool] = mapped_column(default=False)  # the office's exception
    rejection_reason: Mapped[str | None] = mapped_column(Text)
    cancellation_reason: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)  # any change of what is shown; the feed's DTSTAMP
    version: Mapped[int] = mapped_column(default=1)  # two people editing: who saves second is told
    # Dates that still lack their day, start or end, as `date_form.unfinished` has them; only what is no submission yet.
    unfinished_dates: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    # What people of the host typed into the form and could not be stored, as they typed it (`unread.py`); it may hold
    # the name and the address of a contact. Until it is mended or deleted there, 30 days after the edition at most.
    unread: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # Folded title, summary, host, town and fields; kept by actions, searched by the filter `q`.
    search_text: Mapped[str] = mapped_column(Text, default="")

    edition: Mapped[Edition] = relationship()
    host_cluster: Mapped[Cluster | None] = relationship()
    parent_activity: Mapped["Activity | None"] = relationship(remote_side=[id])
    created_by: Mapped[Person | None] = relationship()
    occurrences: Mapped[list["Occurrence"]] = relationship(
        back_populates="activity",
        primaryjoin="and_(Activity.id == Occurrence.activity_id, Occurrence.removed_at.is_(None))",
        order_by="(Occurrence.starts_at, Occurrence.id)",
        viewonly=True,
    )
    field_rows: Mapped[list["ActivityField"]] = relationship(
        cascade="all, delete-orphan", order_by="ActivityField.position"
    )
    country_rows: Mapped[list["ActivityCountry"]] = relationship(
        cascade="all, delete-orphan", order_by="ActivityCountry.position"
    )
    language_rows: Mapped[list["ActivityLanguage"]] = relationship(
        cascade="all, delete-orphan", order_by="ActivityLanguage.position"
    )
    co_host_rows: Mapped[list["CoHost"]] = relationship(cascade="all, delete-orphan", order_by="CoHost.position")
    external_partners: Mapped[list["ExternalPartner"]] = relationship(
        cascade="all, delete-orphan", order_by="ExternalPartner.position"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def fields(self) -> list[str]:
        """Slugs of the technology fields."""
        return [row.field for row in self.field_rows]

    @property
    def partner_countries(self) -> list[str]:
        """ISO codes of the countries whose partners take part."""
        return [row.country for row in self.country_rows]

    @property
    def languages(self) -> list[str]:
        return [row.language for row in self.language_rows]

    @property
    def co_hosts(self) -> list[Cluster]:
        return [row.cluster for row in self.co_host_rows]

    takes_place = Standing("happening", *standing.TAKES_PLACE)
    is_cancelled = Standing("happening", standing.CANCELLED)
    is_postponed = Standing("happening", standing.POSTPONED)
    is_off = Standing("happening", *standing.OFF)

    @property
    def is_published(self) -> bool:
        return self.review_status == "published"


class ActivityField(Model):
    """A technology field of an activity."""

    __tablename__ = "activity_fields"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="RESTRICT"), primary_key=True)
    field: Mapped[str] = mapped_column(
        ForeignKey("technology_fields.slug", ondelete="RESTRICT"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(default=0)


class ActivityCountry(Model):
    """A country whose partners take part in an activity."""

    __tablename__ = "activity_countries"
    __table_args__ = (CheckConstraint("length(country) = 2", name="country"),)

    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="RESTRICT"), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)


class ActivityLanguage(Model):
    """A language that is spoken at an activity (ISO 639-1)."""

    __tablename__ = "activity_languages"
    __table_args__ = (CheckConstraint(one_of("language", lists.SPOKEN), name="language"),)

    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="RESTRICT"), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class CoHost(Model):
    """Another cluster that hosts an activity with the accountable one."""

    __tablename__ = "activity_co_hosts"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="RESTRICT"), primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("clusters.id", ondelete="RESTRICT"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)

    cluster: Mapped[Cluster] = relationship()


class ExternalPartner(Model):
    """An organisation without an account that takes part, with its country."""

    __tablename__ = "external_partners"
    __table_args__ = (CheckConstraint("country IS NULL OR length(country) = 2", name="country"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    country: Mapped[str | None] = mapped_column(String(2))
    position: Mapped[int] = mapped_column(default=0)


class Occurrence(Model):
    """One date of an activity, with its place, zone, calendar UID and sequence.

    Never deleted once it was public: a removed one stays as a tombstone (`removed_at`), so that the
    calendars of subscribers learn of it.
    """

    __tablename__ = "occurrences"
    __table_args__ = (
        UniqueConstraint("uid"),
        CheckConstraint("sequence >= 0", name="sequence"),
        CheckConstraint(one_of("removed_because", REMOVED_BECAUSE), name="removed_because"),
        CheckConstraint("(removed_at IS NULL) = (removed_because IS NULL)", name="removed"),
        CheckConstraint("ends_local > starts_local", name="local_times"),
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        Index("ix_occurrences_activity_id", "activity_id"),
        # What the reminders and the programme ask for.
        Index("ix_occurrences_starts_at", "starts_at", "activity_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="RESTRICT"))
    uid: Mapped[str] = mapped_column(String(120))
    sequence: Mapped[int] = mapped_column(default=0)
    # Wall clock first, then UTC: "09:00" is what people agreed on, and the clocks change around the week.
    # All day: starts 00:00 on the first day, ends 00:00 on the day after the last.
    starts_local: Mapped[datetime] = mapped_column(DateTime)
    ends_local: Mapped[datetime] = mapped_column(DateTime)
    timezone: Mapped[str] = mapped_column(String(40), default="Europe/Berlin")
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    is_all_day: Mapped[bool] = mapped_column(default=False)
    venue_name: Mapped[str | None] = mapped_column(String(200))
    street: Mapped[str | None] = mapped_column(String(160))
    postcode: Mapped[str | None] = mapped_column(String(12))
    city: Mapped[str | None] = mapped_column(String(80))
    # None: abroad, online
    venue_land: Mapped[str | None] = mapped_column(ForeignKey("laender.code", ondelete="RESTRICT"))
    latitude: Mapped[float | None] = mapped_column(Numeric(8, 5, asdecimal=False))
    longitude: Mapped[float | None] = mapped_column(Numeric(8, 5, asdecimal=False))
    online_url: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    removed_because: Mapped[str | None] = mapped_column(String(10))

    activity: Mapped[Activity] = relationship(back_populates="occurrences", viewonly=True)

    was_postponed = Standing("removed_because", standing.POSTPONED)  # removed, until another date is known

    @property
    def starts_on(self) -> date:
        return self.starts_local.date()

    @property
    def ends_on(self) -> date:
        """The last day that the occurrence touches, in its own zone."""
        last = self.ends_local
        # An end at midnight belongs to the day before; 00:30 does not.
        return date.fromordinal(last.toordinal() - (1 if (last.hour, last.minute) == (0, 0) else 0))


class Remark(Model):
    """What the office asks to be changed in one field of a submission."""

    __tablename__ = "review_remarks"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="RESTRICT"), index=True)
    field: Mapped[str] = mapped_column(String(40))  # name of the form's field, or "general"
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    resolved_at: Mapped[datetime | None] = mapped_column(Moment)  # set when the cluster submits again
