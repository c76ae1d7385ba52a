"""What is done with people and their log-ins."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, inspect, or_, select, update

from clusterweek.accounts import passwords, queries, rules, sessions
from clusterweek.accounts.models import ROLES, Grant, LinkRequest as Request, LoginSession, OneTimeLink, Person
from clusterweek.db.session import db, insert_into, unit_of_work
from clusterweek.history import record
from clusterweek.i18n import gettext as _
from clusterweek.outbox import post
from clusterweek.refusal import Refusal
from clusterweek.traces import log as traces
from clusterweek.web import links
from clusterweek.web.forms import email_problem, normalise_email

KEPT_AFTER_THE_END = timedelta(days=30)  # rows of ended log-ins and links: long enough to answer "was that me?"
REQUESTS_KEPT = timedelta(days=2)  # the longest time within which letters are counted is a day


def add_person(email: str, name: str, *, language: str = "de", now: datetime, is_demo: bool = False) -> Person:
    """A person with this address; whoever has it already is returned unchanged. Raises Refusal for a wrong address."""
    if problem := email_problem(email):
        raise Refusal(problem, status=422)
    if known := queries.by_email(email):
        return known
    address = normalise_email(email)
    # Of two who add the same address at the same moment, the second finds the first one's person.
    added = insert_into(Person).values(
        email=email,
        email_normalised=address,
        name=name,
        language=language,
        is_active=True,
        is_demo=is_demo,
        created_at=now,
    )
    db.session.execute(added.on_conflict_do_nothing())
    return db.session.scalars(select(Person).where(Person.email_normalised == address)).one()


def grant(
    person: Person,
    role: str,
    *,
    land: str | None = None,
    country: str | None = None,
    by: Person | None = None,
    now: datetime,
) -> Grant:
    """Give a role, or return it if the person has it. Raises Refusal for a land coordinator without a Land."""
    if role not in ROLES:
        raise Refusal(_("There is no role “%(role)s”.", role=role), status=422)
    if role == "land_coordinator" and not land:
        raise Refusal(_("A land coordinator needs a Land, for example DE-BY."), status=422)
    # The lock comes before the look: of two who give the same role at the same moment, the second finds it given.
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    if known := queries.grant_of(person, role, land=land, country=country):
        return known
    given = Grant(role=role, land=land, country=country, created_at=now)
    person.grants.append(given)
    db.session.flush()
    record.note("role_given", "person", person.id, by=by, now=now, role=role, land=land, country=country)
    traces.note("role_given", by=by, whom=person, now=now)
    return given


def log_in(person: Person, *, now: datetime) -> None:
    """Log `person` in with the browser that asks. Needs a request."""
    person.last_login_at = now
    sessions.begin(person, now=now)
    traces.note("login", by=person, now=now)


def log_out(now: datetime) -> None:
    """End the login of the browser that asks; its cookie, should somebody have copied it, opens nothing any more."""
    row = sessions.of_cookie(now=now)
    sessions.end_current(now=now)
    if row:
        traces.note("logout", by=row.person, now=now)


def check_password(email: str, password: str, *, is_loopback: bool) -> tuple[Person | None, int | None]:
    """(the person, if address and password fit and the account is open; the number of whoever has the address).

    Takes the same time, and asks the database the same, in every case that is a no.
    """
    person_id, kept = queries.password_of(email)
    fits = passwords.is_right(password, kept)
    person = db.session.get(Person, person_id) if fits else None
    return (person if person and rules.may_log_in(person, is_loopback=is_loopback) else None), person_id


def renew_hash(person: Person, password: str) -> None:
    """Keep the password with today's settings, when it was kept with weaker ones."""
    if person.password_hash and passwords.is_outdated(person.password_hash):
        person.password_hash = passwords.hashed(password)


def set_password(person: Person, password: str, now: datetime) -> None:
    """Set the password, end every login and every link that is out, and tell the person when it was a change."""
    is_change = person.password_hash is not None
    person.password_hash = passwords.hashed(password)
    sessions.end_all(person, now=now)
    _end_links(person, now=now)
    db.session.flush()
    record.note("password_set", "person", person.id, by=person, now=now)
    traces.note("password_changed" if is_change else "password_set", by=person, now=now)
    if is_change:
        post.queue(
            "password_changed",
            key=f"password-changed:{person.id}:{links.new_generation()}",
            language=person.language,
            now=now,
            priority=post.NOW,
            person_id=person.id,
        )


def update_person(person: Person, *, name: str, language: str) -> None:
    """Change how a person is called and written to."""
    person.name, person.language = name, language


def disable(person: Person, *, by: Person | None = None, now: datetime) -> None:
    """Close an account: out at once, everywhere, and no way in."""
    person.is_active = False
    sessions.end_all(person, now=now)
    _end_links(person, now=now)
    record.note("account_closed", "person", person.id, by=by, now=now)
    traces.note("account_closed", by=by, whom=person, now=now)


def enable(person: Person, *, by: Person | None = None, now: datetime) -> None:
    """Open a closed account again."""
    person.is_active = True
    record.note("account_opened", "person", person.id, by=by, now=now)
    traces.note("account_opened", by=by, whom=person, now=now)


def new_link(person: Person, purpose: str, *, now: datetime, minutes: int) -> tuple[OneTimeLink, str]:
    """A link that opens one door once (`login` or `set_password`), and its token, of which the row keeps the hash."""
    link = OneTimeLink(
        purpose=purpose,
        person_id=person.id,
        generation=links.new_generation(),
        created_at=now,
        expires_at=now + timedelta(minutes=minutes),
    )
    db.session.add(link)
    db.session.flush()
    token = token_of(link)
    link.token_hash = links.fingerprint(token)
    db.session.flush()
    return link, token


def token_of(link: OneTimeLink) -> str:
    """The token of a link, derived whenever it is needed."""
    return links.token(f"account:{link.purpose}", link.id, link.generation)


def use_link(token: str, purpose: str, *, is_loopback: bool, now: datetime) -> Person:
    """Whom a one-time link lets in; it opens nothing afterwards. Raises Refusal when it was used or has run out."""
    # The lock comes before the look: of two clicks at the same moment the second finds the link used.
    db.session.execute(
        select(OneTimeLink.id).where(OneTimeLink.token_hash == links.fingerprint(token)).with_for_update()
    )
    link = queries.usable_link(token, purpose, now=now)
    if link is None or not rules.may_log_in(link.person, is_loopback=is_loopback):
        raise Refusal(_("This link was used already or has run out. Ask for a new one."), status=404)
    link.used_at = now
    db.session.flush()
    traces.note("link_used", by=link.person, now=now)
    return link.person


def ask_link(email: str, purpose: str, *, origin: str, language: str, now: datetime) -> None:
    """Take down that somebody typed this address and wants a link, and post the letter.

    The same statements whoever is meant: for an address that nobody has, for a closed account, and when there were
    enough letters, the letter is not wanted when it is due (`link_of_request`). `origin`: the browser's network.
    """
    person_id, spoken = queries.addressee_of(email)
    request = Request(purpose=purpose, person_id=person_id, origin=links.keyed_hash(origin), asked_at=now)
    db.session.add(request)
    db.session.flush()
    kind = "login_link" if purpose == "login" else "set_password"
    # By chance, not by the request's number: requests are forgotten soon, and a number may be given again.
    key = f"{kind}:asked:{secrets.token_hex(16)}"
    post.queue(kind, key=key, language=spoken or language, now=now, priority=post.NOW, request_id=request.id)
    traces.note("link_asked", whom=person_id, now=now)


def link_of_request(request_id: int, *, is_loopback: bool, now: datetime) -> OneTimeLink | None:
    """The link that a letter brings which was asked for at the door; None when no letter is to be written.

    Made when the letter leaves, and only once. When this address got enough letters whose links nobody has used, the
    newest of these works anew instead. Opens a unit of work of its own.
    """
    with unit_of_work():
        request = db.session.get(Request, request_id)
        if request is None or request.person_id is None:
            return None
        # The lock comes before the look: two deliverers do not both find room for one more letter.
        db.session.execute(select(Person.id).where(Person.id == request.person_id).with_for_update())
        person, minutes = request.person, rules.minutes_of(request.purpose)
        assert person is not None
        if not rules.may_log_in(person, is_loopback=is_loopback) or request.asked_at + minutes <= now:
            return None
        if request.link is None:
            earlier = queries.unanswered_requests(request, now=now)
            if not rules.may_write_link(request, earlier, now=now):
                if earlier[0].link:
                    earlier[0].link.expires_at = now + minutes
                return None
            made, _token = new_link(person, request.purpose, now=now, minutes=int(minutes.total_seconds() // 60))
            request.link = made
        return request.link if rules.is_usable(request.link, now=now) else None


def send_link(email: str, purpose: str, *, is_loopback: bool, now: datetime) -> None:
    """Write a link to the person with this address, because the office says so; to nobody for an unknown one."""
    person = queries.by_email(email)
    if person is None or not rules.may_log_in(person, is_loopback=is_loopback):
        return
    minutes = int(rules.minutes_of(purpose).total_seconds() // 60)
    link, _token = new_link(person, purpose, now=now, minutes=minutes)
    kind = "login_link" if purpose == "login" else "set_password"
    post.queue(
        kind,
        key=f"{kind}:{link.id}:{link.generation}",
        language=person.language,
        now=now,
        priority=post.NOW,
        link_id=link.id,
    )


def make_links_void(connection: Connection, *, now: datetime) -> int:
    """End every login, and every link to log in or to set a password, after the database went back to an earlier state;
    says how many links. Whoever needs one asks for another, or gets it from the office's page of people."""
    links_out, logins = OneTimeLink.__table__, LoginSession.__table__
    connection.execute(update(logins).where(logins.c.ended_at.is_(None)).values(ended_at=now))  # type: ignore[arg-type]
    if inspect(connection).has_table(Request.__tablename__):  # an older backup has none
        # Letters whose links are void are no reason to write no other.
        connection.execute(delete(Request.__table__))  # type: ignore[arg-type]
    done = connection.execute(
        update(links_out)  # type: ignore[arg-type]
        .where(links_out.c.used_at.is_(None), links_out.c.expires_at > now)
        .values(expires_at=now, token_hash=None)
    )
    return done.rowcount


def forget_old(*, now: datetime) -> None:
    """Delete log-ins and links that ended more than 30 days ago, and what was asked for at the door before that."""
    db.session.execute(delete(Request).where(Request.asked_at < now - REQUESTS_KEPT))
    before = now - KEPT_AFTER_THE_END
    ended = or_(LoginSession.ends_at < before, LoginSession.ended_at < before)
    db.session.execute(delete(LoginSession).where(ended))
    db.session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < before))


def _end_links(person: Person, *, now: datetime) -> None:
    db.session.execute(
        update(OneTimeLink).where(OneTimeLink.person_id == person.id, OneTimeLink.used_at.is_(None)).values(used_at=now)
    )
