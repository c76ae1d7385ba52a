"""Plain functions that make things in the database, with no surprises: everything may be given, the rest is ordinary.

The cast: Ada attends, Clara runs the cluster OptoNet, Olaf organises, Sven is a stranger who may do nothing.
"""

import secrets
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from flask import session
from sqlalchemy import update

from clusterweek import clock
from clusterweek.accounts import actions as accounts
from clusterweek.accounts.models import Grant, LoginSession, Person
from clusterweek.activities.models import (
    Activity,
    ActivityCountry,
    ActivityField,
    ActivityLanguage,
    CoHost,
    ExternalPartner,
    Occurrence,
)
from clusterweek.clusters.models import Cluster, Membership
from clusterweek.db.session import db
from clusterweek.editions import actions as editions
from clusterweek.editions.models import Edition
from clusterweek.registrations import actions as registrations, signing_up
from clusterweek.registrations.models import Registration

THEN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_numbers = count(1)


def _saved(thing: Any) -> Any:
    db.session.add(thing)
    db.session.flush()
    return thing


def edition(**given: Any) -> Edition:
    n = next(_numbers)
    values: dict[str, Any] = {
        "slug": f"clusterwoche-{n}",
        "kind": "cluster_week",
        "state": "open",
        "title_de": "Clusterwoche Deutschland 2027",
        "title_en": "Cluster Week Germany 2027",
        "starts_on": date(2027, 4, 6),
        "ends_on": date(2027, 4, 15),
        "created_at": THEN,
        "updated_at": THEN,
    }
    return _saved(Edition(**values | given))


def cluster(name: str = "OptoNet", **given: Any) -> Cluster:
    n = next(_numbers)
    fields = given.pop("fields", ["optical-technologies-photonics"])
    values = {
        "name": name,
        "slug": f"{name.lower()}-{n}",
        "land": "DE-TH",
        "city": "Jena",
        "created_at": THEN,
        "updated_at": THEN,
    }
    made = Cluster(**values | given)
    made.fields = fields
    return _saved(made)


def person(name: str = "Sven", **given: Any) -> Person:
    email = given.pop("email", f"{name.lower()}@example.org")
    values = {"name": name, "email": email, "email_normalised": email.lower(), "created_at": THEN}
    return _saved(Person(**values | given))


def member(of: Cluster, name: str = "Clara", **given: Any) -> Person:
    """A person who runs the cluster."""
    who = person(name, **given)
    _saved(Membership(cluster_id=of.id, person_id=who.id, is_owner=True, created_at=THEN))
    return who


def organiser(name: str = "Olaf", **given: Any) -> Person:
    who = person(name, **given)
    _saved(Grant(person_id=who.id, role="organiser", created_at=THEN))
    db.session.refresh(who)
    return who


def coordinator(name: str = "Lena", land: str = "DE-TH", **given: Any) -> Person:
    """Reads the submissions of one Land."""
    return _granted(person(name, **given), "land_coordinator", land=land)


def viewer(name: str = "Vera", *, land: str | None = None, country: str | None = None) -> Person:
    """Reads at the office's desk: everything, or what concerns a Land or a country."""
    return _granted(person(name), "viewer", land=land, country=country)


def _granted(who: Person, role: str, **limits: str | None) -> Person:
    _saved(Grant(person_id=who.id, role=role, created_at=THEN, **limits))
    db.session.refresh(who)
    return who


def submitted(**given: Any) -> Activity:
    """A submission that waits for the office, since 18 March 2027 (two working days before NOW)."""
    return activity(
        **{"review_status": "submitted", "published_at": None, "submitted_at": datetime(2027, 3, 18, 9, tzinfo=UTC)}
        | given
    )


def occurrence(
    of: Activity, starts: str = "2027-04-08 09:00", ends: str = "2027-04-08 12:30", **given: Any
) -> Occurrence:
    """One date of an activity; `starts` and `ends` are wall-clock times of its zone."""
    zone = given.get("timezone", "Europe/Berlin")
    from_local, to_local = datetime.fromisoformat(starts), datetime.fromisoformat(ends)
    values = {
        "activity_id": of.id,
        "uid": f"{secrets.token_hex(8)}@test.clusterweek.example",
        "starts_local": from_local,
        "ends_local": to_local,
        "timezone": zone,
        "starts_at": from_local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC),
        "ends_at": to_local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC),
        "venue_name": "Technologiezentrum",
        "city": "Jena",
        "venue_land": "DE-TH",
        "created_at": THEN,
        "updated_at": THEN,
    }
    made = _saved(Occurrence(**values | given))
    db.session.expire(of, ["occurrences"])
    # As whoever changes the programme does: what is kept of it is out of date.
    editions.touch_programme(of.edition_id, now=clock.now())
    return made


def activity(
    *,
    edition: Edition | None = None,
    host: Cluster | None = None,
    starts: str | None = "2027-04-08 09:00",
    ends: str = "2027-04-08 12:30",
    fields: tuple[str, ...] = ("optical-technologies-photonics",),
    countries: tuple[str, ...] = (),
    languages: tuple[str, ...] = ("de",),
    co_hosts: tuple[Cluster, ...] = (),
    partners: tuple[tuple[str, str | None], ...] = (),
    place: dict[str, Any] | None = None,
    **given: Any,
) -> Activity:
    """A published workshop of OptoNet with 20 places on 8 April 2027, unless said otherwise; `starts=None`: no date."""
    edition = edition or globals()["edition"]()
    host = host or cluster()
    values = {
        "edition_id": edition.id,
        "host_cluster_id": host.id,
        "title_de": "Workshop: Licht als Werkzeug",
        "title_en": "Workshop: Light as a tool",
        "summary_de": "Wir zeigen, was Licht in der Fertigung kann.",
        "summary_en": "We show what light can do in production.",
        "format": "workshop",
        "capacity": 20,
        "review_status": "published",
        "submitted_at": THEN,
        "published_at": THEN,
        "created_at": THEN,
        "updated_at": THEN,
        "contact_name": "Clara",
        "contact_email": "clara@optonet.example",
        "search_text": "workshop licht als werkzeug optonet jena",
    }
    values |= given
    if values.get("happening") == "cancelled":
        values.setdefault("cancelled_at", THEN)
    made = Activity(**values)
    made.field_rows = [ActivityField(field=f, position=n) for n, f in enumerate(fields)]
    made.country_rows = [ActivityCountry(country=c, position=n) for n, c in enumerate(countries)]
    made.language_rows = [ActivityLanguage(language=lang, position=n) for n, lang in enumerate(languages)]
    made.co_host_rows = [CoHost(cluster_id=c.id, position=n) for n, c in enumerate(co_hosts)]
    made.external_partners = [ExternalPartner(name=p, country=c, position=n) for n, (p, c) in enumerate(partners)]
    _saved(made)
    editions.touch_programme(edition.id, now=clock.now())
    if starts:
        occurrence(made, starts, ends, **(place or {}))
    return made


def registration(of: Activity, name: str = "Ada", status: str = "confirmed", **given: Any) -> Registration:
    """A registration; confirmed ones have confirmed their address on the spot."""
    n = next(_numbers)
    email = given.pop("email", f"{name.lower()}@example.org")
    values: dict[str, Any] = {
        "activity_id": of.id,
        "name": name,
        "email": email,
        "email_normalised": email.lower(),
        "status": status,
        "ticket": n,
        "signed_up_at": THEN + timedelta(seconds=n),  # n grows through a whole run of tests
    }
    if status == "unconfirmed":
        values["hold_until"] = values["signed_up_at"] + timedelta(hours=48)
    if status in ("confirmed", "waitlisted"):
        values["confirmed_at"] = values["signed_up_at"]
    if status == "confirmed":
        values["placed_at"] = values["signed_up_at"]
    if status in ("withdrawn", "expired"):
        values[f"{status}_at"] = values["signed_up_at"]
    return _saved(Registration(**values | given))


def signed_up(activity_id: int, who: signing_up.Attendee, **given: Any) -> Registration:
    """The registration that an address has after a try to sign up."""
    taken = registrations.sign_up(activity_id, who, **given)
    return db.session.get_one(Registration, taken.id, populate_existing=True)


def ended_logins() -> Any:
    """The statement after which every login has idled for too long."""
    return update(LoginSession).values(seen_at=clock.now() - timedelta(minutes=61))


def login(client: Any, who: Person) -> None:
    """Log a person in, as the log-in page does, without its page."""
    with client.application.test_request_context():
        accounts.log_in(who, now=clock.now())
        db.session.commit()
        cookie = dict(session)
    with client.session_transaction() as kept:
        kept.update(cookie)
