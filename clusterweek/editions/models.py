"""Editions, their guest countries and the highlights of the archive."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clusterweek.db.session import Model
from clusterweek.db.types import Moment, one_of
from clusterweek.vocabulary import lists

KINDS = ("cluster_week", "annual_conference", "conference", "networking_day", "roadshow", "other")
STATES = ("draft", "open", "closed", "archived")
QUALIFIERS = ("exact", "about", "almost", "more_than", "a_good", "cities")  # how exact a figure of the archive is


class Edition(Model):
    """One run of a format: Clusterwoche 2027, Jahrestagung 2019."""

    __tablename__ = "editions"
    __table_args__ = (
        UniqueConstraint("slug"),
        UniqueConstraint("source_id"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("date_precision IN ('day', 'year')", name="date_precision"),
        CheckConstraint("mode IN ('in_person', 'online', 'hybrid')", name="mode"),
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint("parent_edition_id <> id", name="parent"),
        CheckConstraint(
            "activity_count >= 0 AND event_count >= 0 AND fair_count >= 0 AND participant_count >= 0", name="counts"
        ),
        CheckConstraint(one_of("activity_count_qualifier", QUALIFIERS), name="activity_count_qualifier"),
        CheckConstraint(one_of("participant_count_qualifier", QUALIFIERS), name="participant_count_qualifier"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    # draft: only the office sees it; open: public, clusters submit; closed: public, no more submissions;
    # archived: read-only, shown in the archive.
    state: Mapped[str] = mapped_column(String(10), default="draft")
    parent_edition_id: Mapped[int | None] = mapped_column(ForeignKey("editions.id", ondelete="RESTRICT"))
    title_de: Mapped[str] = mapped_column(String(160))
    title_en: Mapped[str | None] = mapped_column(String(160))
    summary_de: Mapped[str | None] = mapped_column(Text)
    summary_en: Mapped[str | None] = mapped_column(Text)
    # Markdown for the booklet's first page; whoever greets signs it and is no more than a name in a public text.
    greeting_de: Mapped[str | None] = mapped_column(Text)
    greeting_en: Mapped[str | None] = mapped_column(Text)
    # With date_precision "year", starts_on is 1 January and ends_on 31 December of that year; show the year only.
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    date_precision: Mapped[str] = mapped_column(String(5), default="day")
    timezone: Mapped[str] = mapped_column(String(40), default="Europe/Berlin")
    mode: Mapped[str] = mapped_column(String(10), default="in_person")
    place: Mapped[str | None] = mapped_column(String(160))
    city: Mapped[str | None] = mapped_column(String(80))
    land: Mapped[str | None] = mapped_column(ForeignKey("laender.code", ondelete="RESTRICT"))
    patrons_de: Mapped[str | None] = mapped_column(Text)  # as named at the time of the edition, one per line
    patrons_en: Mapped[str | None] = mapped_column(Text)
    sponsor_de: Mapped[str | None] = mapped_column(String(200))  # sender line: "Eine Initiative von …"
    sponsor_en: Mapped[str | None] = mapped_column(String(200))
    organised_by: Mapped[str | None] = mapped_column(String(200))
    submissions_until: Mapped[datetime | None] = mapped_column(Moment)
    programme_from: Mapped[datetime | None] = mapped_column(Moment)  # before it, the public page says when it appears
    # Figures of an archive edition; the stored activities may be fewer.
    activity_count: Mapped[int | None]
    activity_count_qualifier: Mapped[str | None] = mapped_column(String(30))
    event_count: Mapped[int | None]
    fair_count: Mapped[int | None]
    counting_rule_de: Mapped[str | None] = mapped_column(Text)
    counting_rule_en: Mapped[str | None] = mapped_column(Text)
    participant_count: Mapped[int | None]
    participant_count_qualifier: Mapped[str | None] = mapped_column(String(30))
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # [{"what", "value", "url" or "title"}]
    source_id: Mapped[str | None] = mapped_column(String(80))
    countries_exhaustive: Mapped[bool] = mapped_column(default=True)
    # Grows with every change of what the public programme shows; feeds and cached counts are keyed by it.
    programme_version: Mapped[int] = mapped_column(default=1)
    programme_changed_at: Mapped[datetime | None] = mapped_column(Moment)  # when it last grew; a feed's Last-Modified
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)

    parent_edition: Mapped["Edition | None"] = relationship(remote_side=[id])
    partner_countries: Mapped[list["EditionPartnerCountry"]] = relationship(
        cascade="all, delete-orphan", order_by="EditionPartnerCountry.position", lazy="selectin"
    )
    highlights: Mapped[list["Highlight"]] = relationship(cascade="all, delete-orphan", order_by="Highlight.position")

    @property
    def days(self) -> list[date]:
        """Every day of the edition, first to last; empty when only the year is known."""
        if self.date_precision != "day":
            return []
        return [self.starts_on + timedelta(days=n) for n in range((self.ends_on - self.starts_on).days + 1)]

    @property
    def is_public(self) -> bool:
        return self.state != "draft"


class EditionPartnerCountry(Model):
    """A guest country of an annual conference, or a country named among a week's partners."""

    __tablename__ = "edition_partner_countries"
    __table_args__ = (CheckConstraint("length(country) = 2", name="country"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="RESTRICT"), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    is_guest: Mapped[bool] = mapped_column(default=True)  # False: partners came from there, it was no guest country


class Highlight(Model):
    """Something an archive edition is remembered for; often without a date, never an activity."""

    __tablename__ = "edition_highlights"
    __table_args__ = (CheckConstraint(one_of("format", lists.FORMATS), name="format"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title_de: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str | None] = mapped_column(String(200))
    format: Mapped[str | None] = mapped_column(String(40))
    city: Mapped[str | None] = mapped_column(String(120))
    land: Mapped[str | None] = mapped_column(ForeignKey("laender.code", ondelete="RESTRICT"))
    held_on: Mapped[date | None] = mapped_column(Date)
