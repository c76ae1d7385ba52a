"""People, grants, login sessions and one-time links."""

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clusterweek.db.session import Model
from clusterweek.db.types import Moment, one_of

ROLES = ("organiser", "land_coordinator", "viewer")  # host is not a grant but a membership of a cluster


class Person(UserMixin, Model):
    """Somebody who can log in."""

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("email_normalised"),
        CheckConstraint("language IN ('de', 'en')", name="language"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    email_normalised: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2), default="de")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_login_at: Mapped[datetime | None] = mapped_column(Moment)

    grants: Mapped[list["Grant"]] = relationship(back_populates="person", passive_deletes="all", lazy="selectin")

    def has_role(self, role: str) -> bool:
        return any(grant.role == role for grant in self.grants)


def _once(name: str, *columns: str, where: str) -> Index:
    return Index(f"uq_grants_{name}", *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


class Grant(Model):
    """A role of a person; a land coordinator's is limited to a Land, a viewer's may be to a Land or a country."""

    __tablename__ = "grants"
    __table_args__ = (
        CheckConstraint(one_of("role", ROLES), name="role"),
        CheckConstraint("role <> 'land_coordinator' OR land IS NOT NULL", name="coordinator_has_land"),
        CheckConstraint("country IS NULL OR length(country) = 2", name="country"),
        UniqueConstraint("person_id", "role", "land", "country"),
        # NULL differs from NULL: without these, whoever has no Land or no country could have a role twice.
        _once("everywhere", "person_id", "role", where="land IS NULL AND country IS NULL"),
        _once("land", "person_id", "role", "land", where="country IS NULL"),
        _once("country", "person_id", "role", "country", where="land IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    role: Mapped[str] = mapped_column(String(20))
    land: Mapped[str | None] = mapped_column(ForeignKey("laender.code", ondelete="RESTRICT"))
    country: Mapped[str | None] = mapped_column(String(2))
    created_at: Mapped[datetime] = mapped_column(Moment)

    person: Mapped[Person] = relationship(back_populates="grants")


class LoginSession(Model):
    """One browser that is logged in. The cookie holds the secret, the row its hash; ending the row ends the login."""

    __tablename__ = "login_sessions"
    __table_args__ = (UniqueConstraint("secret_hash"), Index("ix_login_sessions_person_id", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship()


class OneTimeLink(Model):
    """A link that opens one door once. Its token is derived (web/links.py); the row keeps only its hash."""

    __tablename__ = "one_time_links"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("purpose IN ('set_password', 'login')", name="purpose"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    generation: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship()


class LinkRequest(Model):
    """Somebody has typed an address and asked for a link. One row for whatever address: nobody can see from outside
    whether it is known. What becomes of it, the worker decides (mails.py); forgotten after two days."""

    __tablename__ = "link_requests"
    __table_args__ = (
        CheckConstraint("purpose IN ('set_password', 'login')", name="purpose"),
        Index("ix_link_requests_person_id", "person_id", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))  # None: not known
    # The browser's network, as a keyed hash: a stranger who asks again and again must not use up the owner's letters.
    origin: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("one_time_links.id", ondelete="RESTRICT"))  # made for it

    person: Mapped[Person | None] = relationship()
    link: Mapped[OneTimeLink | None] = relationship()
