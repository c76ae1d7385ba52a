"""Finding people, their grants and links."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import contains_eager

from clusterweek.accounts import rules
from clusterweek.accounts.models import Grant, LinkRequest, OneTimeLink, Person
from clusterweek.db.session import db
from clusterweek.db.types import Moment
from clusterweek.history.models import Note
from clusterweek.web import links
from clusterweek.web.forms import email_problem, normalise_email


def by_email(email: str) -> Person | None:
    """The person with this address, however it is written; None also for what is no address at all."""
    if email_problem(email):
        return None
    return db.session.scalar(select(Person).where(Person.email_normalised == normalise_email(email)))


def password_of(email: str) -> tuple[int | None, str | None]:
    """(number, hash of the password) of whoever has this address: one statement, which fetches nothing more for an
    address that is known."""
    if email_problem(email):
        return None, None
    wanted = select(Person.id, Person.password_hash).where(Person.email_normalised == normalise_email(email))
    found = db.session.execute(wanted).first()
    return (found.id, found.password_hash) if found else (None, None)


def addressee_of(email: str) -> tuple[int | None, str | None]:
    """(number, language) of whoever has this address, in one statement."""
    if email_problem(email):
        return None, None
    wanted = select(Person.id, Person.language).where(Person.email_normalised == normalise_email(email))
    found = db.session.execute(wanted).first()
    return (found.id, found.language) if found else (None, None)


def unanswered_requests(request: LinkRequest, *, now: datetime) -> list[LinkRequest]:
    """Those for the same person and purpose within the last day that a letter has answered whose link nobody has used,
    the newest first."""
    return list(
        db.session.scalars(
            select(LinkRequest)
            .join(LinkRequest.link)
            .where(
                LinkRequest.person_id == request.person_id,
                LinkRequest.purpose == request.purpose,
                LinkRequest.asked_at > now - timedelta(days=1),
                OneTimeLink.used_at.is_(None),
            )
            .options(contains_eager(LinkRequest.link))
            .order_by(LinkRequest.id.desc())
        )
    )


def grant_of(person: Person, role: str, *, land: str | None = None, country: str | None = None) -> Grant | None:
    """Exactly this grant of a person."""
    return db.session.scalar(
        select(Grant).where(
            Grant.person_id == person.id,
            Grant.role == role,
            Grant.land.is_(None) if land is None else Grant.land == land,
            Grant.country.is_(None) if country is None else Grant.country == country,
        )
    )


def granted_by(person: Person) -> Person | None:
    """Who last gave this person a role; None when a command did."""
    actor = db.session.scalar(
        select(Note.actor_id)
        .where(Note.subject_type == "person", Note.subject_id == person.id, Note.action == "role_given")
        .order_by(Note.id.desc())
        .limit(1)
    )
    return db.session.get(Person, actor) if actor else None


def with_grants() -> list[Person]:
    """Everybody who has a role at the office, by name."""
    return list(
        db.session.scalars(select(Person).where(exists().where(Grant.person_id == Person.id)).order_by(Person.name))
    )


def usable_link(token: str, purpose: str, *, now: datetime) -> OneTimeLink | None:
    """The one-time link behind a token, if it may still be used; with `used_at` untouched."""
    link = db.session.scalar(
        select(OneTimeLink).where(OneTimeLink.token_hash == links.fingerprint(token), OneTimeLink.purpose == purpose)
    )
    return link if link and rules.is_usable(link, now=now) and link.person.is_active else None


def password_links(people: Iterable[Person], *, now: datetime) -> dict[int, datetime]:
    """Until when a link to set a password works, by the id of the person; who has none that works is left out."""
    rows = db.session.execute(
        select(OneTimeLink.person_id, func.max(OneTimeLink.expires_at, type_=Moment))
        .where(
            OneTimeLink.person_id.in_([person.id for person in people]),
            OneTimeLink.purpose == "set_password",
            OneTimeLink.used_at.is_(None),
            OneTimeLink.token_hash.is_not(None),
            OneTimeLink.expires_at > now,
        )
        .group_by(OneTimeLink.person_id)
    )
    return dict(rows.all())


def demo_people() -> list[Person]:
    """The people of the demo that one may want to be, for the hint on the log-in page and on the terminal."""
    return list(
        db.session.scalars(
            select(Person)
            .where(Person.is_demo.is_(True), Person.is_active.is_(True), Person.password_hash.is_not(None))
            .order_by(Person.id)
            .limit(6)
        )
    )
