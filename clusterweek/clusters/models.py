"""Clusters, memberships and invitations."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clusterweek.accounts.models import Person
from clusterweek.db.session import Model
from clusterweek.db.types import Moment, one_of
from clusterweek.vocabulary import lists


class Cluster(Model):
    """An organisation that contributes activities; kinds are counted apart."""

    __tablename__ = "clusters"
    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint(one_of("kind", lists.CLUSTER_KINDS), name="kind"),
        CheckConstraint(one_of("ecei_label", lists.LABELS), name="ecei_label"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(10), default="cluster")
    land: Mapped[str | None] = mapped_column(ForeignKey("laender.code", ondelete="RESTRICT"))
    city: Mapped[str | None] = mapped_column(String(80))
    website: Mapped[str | None] = mapped_column(String(300))
    email: Mapped[str | None] = mapped_column(String(254))
    summary_de: Mapped[str | None] = mapped_column(Text)
    summary_en: Mapped[str | None] = mapped_column(Text)
    ecei_label: Mapped[str | None] = mapped_column(String(10))
    label_valid_until: Mapped[date | None] = mapped_column(Date)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)

    field_rows: Mapped[list["ClusterField"]] = relationship(
        cascade="all, delete-orphan", order_by="ClusterField.position", lazy="selectin"
    )

    @property
    def fields(self) -> list[str]:
        """Slugs of the technology fields, the main one first."""
        return [row.field for row in self.field_rows]

    @fields.setter
    def fields(self, slugs: list[str]) -> None:
        kept = {row.field: row for row in self.field_rows}
        self.field_rows = [kept.get(slug) or ClusterField(field=slug) for slug in dict.fromkeys(slugs)]
        for position, row in enumerate(self.field_rows):
            row.position = position


class ClusterField(Model):
    """A technology field of a cluster."""

    __tablename__ = "cluster_fields"

    cluster_id: Mapped[int] = mapped_column(ForeignKey("clusters.id", ondelete="RESTRICT"), primary_key=True)
    field: Mapped[str] = mapped_column(ForeignKey("technology_fields.slug", ondelete="RESTRICT"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class Membership(Model):
    """A person works for a cluster; the owner may invite and remove others."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("cluster_id", "person_id"), Index("ix_memberships_person_id", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("clusters.id", ondelete="RESTRICT"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    is_owner: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)

    cluster: Mapped[Cluster] = relationship()
    person: Mapped[Person] = relationship()


class Invitation(Model):
    """Somebody was asked to work for a cluster; accepted by the link, with an account or with a new one."""

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("language IN ('de', 'en')", name="language"),
        # One open invitation for an address and a cluster; "send again" gives it another generation.
        Index(
            "uq_invitations_open",
            "cluster_id",
            "email_normalised",
            unique=True,
            sqlite_where=text("accepted_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("accepted_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("clusters.id", ondelete="RESTRICT"))
    email: Mapped[str] = mapped_column(String(254))
    email_normalised: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2), default="de")
    generation: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str | None] = mapped_column(String(64))
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    cluster: Mapped[Cluster] = relationship()
