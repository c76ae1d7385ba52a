"""Who may use which address. Walks all of them, so a new one is looked at without anybody thinking of it.

An address that needs a login is tried out by itself; one that is open to everybody must be named here first.
An argument that this file does not know needs an entry in `cast`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import AnyConverter, Rule

from clusterweek.accounts.models import Grant, Person
from clusterweek.activities import rules as activities
from clusterweek.activities.models import Activity
from clusterweek.clusters import actions as clusters
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.editions import rules as editions
from clusterweek.editions.models import Edition
from clusterweek.outbox import post
from clusterweek.outbox.models import Letter
from clusterweek.registrations import actions as registrations
from clusterweek.registrations.models import Registration
from clusterweek.web import links
from tests import make
from tests.conftest import NOW
from tests.statements import Statements

# Whoever adds a page for everybody adds it here, and says by that: it shows nothing that is not public.
OPEN = {
    "accounts.ask_login_link", "accounts.forgotten", "accounts.log_in", "accounts.login", "accounts.logout",
    "accounts.send_login_link", "accounts.send_password_link",
    "feeds.activity_ics", "feeds.all_ics", "feeds.edition_csv", "feeds.edition_ics",
    "operating.healthz", "operating.readyz",
    "programme.export",
    "public.activity", "public.archive", "public.archive_edition", "public.cluster", "public.clusters", "public.home",
    "public.legal", "public.partner_countries", "public.partner_country", "public.programme", "public.robots",
    "public.start",
    "registrations.correct_address", "registrations.link_sent", "registrations.lost_link", "registrations.received",
    "registrations.send_again", "registrations.send_lost_link", "registrations.send_sign_up", "registrations.sign_up",
}  # fmt: skip
# Opened by the token in the address, and by nothing else.
BY_LINK = {
    "accounts.login_link", "accounts.new_password", "accounts.set_password", "accounts.use_login_link",
    "clusters.accept", "clusters.invitation",
    "registrations.calendar_file", "registrations.change", "registrations.confirm", "registrations.give_place_up",
    "registrations.give_up", "registrations.manage", "registrations.reminders", "registrations.stop_reminders",
}  # fmt: skip
# Of these the forms that need no form token: the secret in the address is enough, and they start no session.
BY_LINK_ALONE = {
    "registrations.change", "registrations.confirm", "registrations.give_place_up", "registrations.stop_reminders",
}  # fmt: skip
# Public pages with a form: its token lives in the session, so these do set a cookie.
WITH_FORM = {
    "accounts.ask_login_link", "accounts.forgotten", "accounts.login", "registrations.lost_link",
    "registrations.received", "registrations.sign_up",
}  # fmt: skip
# audience of an address -> who is let in, of the cast below
LET_IN = {
    "signed_in": {"sven", "clara", "lena", "vera", "olaf"},
    "host": {"clara", "olaf"},
    "organiser": {"olaf"},
    "office_reader": {"lena", "vera", "olaf"},
    "queue_reader": {"lena", "olaf"},
}
TRIAL = "INSERT INTO write_trials "
ONE_HAS_NO_CLUSTER = {"host.desk"}  # where somebody who belongs to no cluster is told so
UNDECIDED = {("vera", "organiser.activity")}  # the activity of the cast is not published; to her it is unknown


@dataclass
class Cast:
    """The people, and what Clara has: the values that arguments of addresses stand for."""

    people: dict[str, Person | None]
    own: Cluster  # Clara's
    foreign: Cluster  # somebody else's
    values: dict[str, Any] = field(default_factory=dict)


@pytest.fixture
def cast() -> Cast:
    edition = make.edition()
    own, foreign = make.cluster("OptoNet"), make.cluster("FördeStrom", slug="foerdestrom", land="DE-SH")
    clara, sven, lena, vera = make.member(own), make.person("Sven"), make.person("Lena"), make.person("Vera")
    make.member(foreign, "Frida")
    db.session.add_all(
        [
            Grant(person_id=lena.id, role="land_coordinator", land="DE-TH", created_at=make.THEN),
            Grant(person_id=vera.id, role="viewer", created_at=make.THEN),
        ]
    )
    activity = make.activity(edition=edition, host=own, review_status="submitted", published_at=None)
    published = make.activity(edition=edition, host=own)
    registration = make.registration(activity)
    invitation = clusters.invite(own, "new@example.org", by=clara, now=make.THEN)
    db.session.flush()
    people = {"nobody": None, "sven": sven, "clara": clara, "lena": lena, "vera": vera, "olaf": make.organiser()}
    for one in (lena, vera):
        db.session.refresh(one)
    values = {
        "lang": "de",
        "edition": edition.slug,
        "cluster": own.slug,
        "activity": activities.address_part(published),  # where the public looks; the office works on the other one
        "activity_id": activity.id,
        "registration_id": registration.id,
        "invitation_id": invitation.id,
        "person_id": clara.id,
        "letter_id": db.session.query(Letter.id).limit(1).scalar(),
        "code": "FR",
        "page": "imprint",
        "token": "x" * 43,
        "state": "closed",
    }
    return Cast(people, own, foreign, values)


def rules_of(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every address with its audience; files of static/ are not ours to guard."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            yield rule, getattr(app.view_functions[rule.endpoint], "audience", "")


def path_of(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    with app.test_request_context():
        given = values | choices_of(rule)
        return url_for(rule.endpoint, **{name: given[name] for name in rule.arguments})


def choices_of(rule: Rule) -> dict[str, str]:
    """For arguments that must be one of a few words, the first word."""
    return {
        name: min(converter.items)
        for name, converter in rule._converters.items()
        if isinstance(converter, AnyConverter)
    }


def methods_of(rule: Rule) -> set[str]:
    return (rule.methods or set()) - {"HEAD", "OPTIONS"}


def browser_of(app: Flask, client: Any, person: Person | None) -> Any:
    browser = type(client)(app, app.response_class)
    if person:
        make.login(browser, person)
    return browser


def test_every_address_says_who_may_use_it(app: Flask) -> None:
    known = {"public", "by_link", *LET_IN}

    assert {rule.endpoint: audience for rule, audience in rules_of(app) if audience not in known} == {}


def test_what_is_open_to_everybody_is_known(app: Flask) -> None:
    open_now = {rule.endpoint for rule, audience in rules_of(app) if audience == "public"}
    by_link_now = {rule.endpoint for rule, audience in rules_of(app) if audience == "by_link"}

    assert sorted(open_now ^ OPEN) == []
    assert sorted(by_link_now ^ BY_LINK) == []


def test_every_argument_of_an_address_is_known_here(app: Flask, cast: Cast) -> None:
    unknown = {
        name: rule.endpoint
        for rule, _audience in rules_of(app)
        for name in rule.arguments - cast.values.keys() - choices_of(rule).keys()
    }

    assert unknown == {}


def test_the_first_word_of_an_address_is_never_the_slug_of_an_edition(app: Flask) -> None:
    words = {m[1] for rule, _audience in rules_of(app) if (m := re.match(r"/<lang:lang>/([a-z-]+)", rule.rule))}

    assert sorted(words - editions.RESERVED_SLUGS) == []


@pytest.mark.parametrize("who", ["nobody", "sven", "clara", "lena", "vera", "olaf"])
def test_a_page_opens_for_those_it_is_for_and_for_nobody_else(app: Flask, client: Any, cast: Cast, who: str) -> None:
    browser = browser_of(app, client, cast.people[who])
    wrong = []
    for rule, audience in rules_of(app):
        if audience not in LET_IN or "GET" not in methods_of(rule):
            continue
        path = path_of(app, rule, cast.values)
        answer = browser.get(path)
        if who == "nobody":
            is_right = answer.status_code == 303 and answer.location.startswith("/de/login?next=/de/")
        elif (who, rule.endpoint) in UNDECIDED:
            is_right = answer.status_code == 404
        elif who in LET_IN[audience] or rule.endpoint in ONE_HAS_NO_CLUSTER:
            is_right = answer.status_code in (200, 303, 409)
        else:
            is_right = answer.status_code == (404 if audience == "host" else 403)
        if not is_right:
            wrong.append((path, rule.endpoint, answer.status_code, answer.headers.get("Location")))
        if answer.status_code == 200 and answer.headers.get("Cache-Control") != "no-store":
            wrong.append((path, rule.endpoint, "may be kept by a cache"))

    assert wrong == []


@pytest.mark.parametrize("who", ["nobody", "sven", "clara", "lena", "vera"])
def test_a_form_is_taken_from_nobody_whom_it_is_not_for(app: Flask, client: Any, cast: Cast, who: str) -> None:
    browser = browser_of(app, client, cast.people[who])
    wrong = []
    with Writes() as writes:
        for rule, audience in rules_of(app):
            if audience not in LET_IN or who in LET_IN[audience]:
                continue
            path = path_of(app, rule, cast.values)
            for method in methods_of(rule) - {"GET"}:
                answer = browser.open(path, method=method)
                expected = 401 if who == "nobody" else 404 if audience == "host" else 403
                if answer.status_code != expected:
                    wrong.append((method, path, answer.status_code))

    assert wrong == []
    assert writes.seen == []


@pytest.mark.parametrize("who", ["nobody", "olaf"])
def test_no_open_address_shows_what_is_not_published_whatever_is_asked(
    app: Flask, client: Any, cast: Cast, who: str
) -> None:
    """Whoever is logged in, whatever the desk was shown before: what everybody sees knows no sight."""
    secret, week = (
        "Zwielicht",
        db.session.scalars(db.select(Edition).where(Edition.slug == cast.values["edition"])).one(),
    )
    for step in ("draft", "submitted", "changes_requested", "rejected", "withdrawn"):
        make.activity(
            edition=week,
            host=cast.own,
            review_status=step,
            published_at=None,
            title_de=secret,
            title_en=secret,
            countries=("FR",),
            search_text=secret.lower(),
        )
    browser, olaf = browser_of(app, client, cast.people[who]), browser_of(app, client, cast.people["olaf"])
    for desk in ("", "activities", "activities?review=draft", "queue"):
        assert olaf.get(f"/de/organiser/{cast.values['edition']}/{desk}").status_code == 200
    asked = ("", "review=draft", "status=draft", "concerns=DE-TH", "outside=1", "land=none", "q=zwielicht", "sight=1")
    tried, wrong = 0, []
    for rule, audience in rules_of(app):
        if audience == "public" and "GET" in methods_of(rule):
            path = path_of(app, rule, cast.values)
            knows_filters = browser.get(f"{path}?nonsense=1").status_code == 400
            for query in asked if knows_filters else asked[:1]:
                tried += 1
                if secret in browser.get(f"{path}?{query}", follow_redirects=True).get_data(as_text=True):
                    wrong.append((path, query))

    assert tried > 60
    assert wrong == []


def test_what_belongs_to_another_cluster_is_not_found_under_ones_own(app: Flask, client: Any, cast: Cast) -> None:
    """Clara changes numbers in her addresses: her own cluster, somebody else's activity, invitation, member."""
    activity = make.activity(host=cast.foreign, review_status="draft", published_at=None)
    invitation = clusters.invite(cast.foreign, "other@example.org", by=None, now=make.THEN)
    foreign = {"activity_id": activity.id, "invitation_id": invitation.id}
    browser = browser_of(app, client, cast.people["clara"])
    tried, wrong = 0, []
    with Writes() as writes:
        for rule, audience in rules_of(app):
            if audience != "host":
                continue
            for cluster in (cast.own, cast.foreign):
                if cluster is cast.own and not foreign.keys() & rule.arguments:
                    continue
                if "cluster" not in rule.arguments:
                    continue
                path = path_of(app, rule, cast.values | foreign | {"cluster": cluster.slug})
                for method in methods_of(rule):
                    tried += 1
                    if (status := browser.open(path, method=method).status_code) != 404:
                        wrong.append((method, path, status))

    assert tried > 25
    assert wrong == []
    assert writes.seen == []


def test_a_made_up_token_opens_nothing(app: Flask, client: Any, cast: Cast) -> None:
    wrong = []
    with Writes() as writes:
        for rule, audience in rules_of(app):
            if audience == "by_link":
                path = path_of(app, rule, cast.values)
                wrong += [
                    (method, path, answer.status_code)
                    for method in methods_of(rule)
                    if (answer := client.open(path, method=method)).status_code != 404
                ]

    assert wrong == []
    assert writes.seen == []


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("confirmed", {"manage": 200, "give_up": 200, "reminders": 200, "calendar_file": 200}),
        ("unconfirmed", {"manage": 200, "give_up": 200, "reminders": 200, "calendar_file": 303}),
        ("waitlisted", {"manage": 200, "give_up": 200, "reminders": 200, "calendar_file": 303}),
        ("withdrawn", {"manage": 200, "give_up": 303, "reminders": 303, "calendar_file": 303}),
        ("forgotten", {"manage": 404, "give_up": 404, "reminders": 404, "calendar_file": 404}),
    ],
)
def test_an_attendees_link_opens_its_own_registration_and_nothing_else(
    app: Flask, client: Any, cast: Cast, state: str, expected: dict[str, int]
) -> None:
    """The link as a role: at every address that takes a token, and at the desks with what it left in the browser."""
    ada, sven = attendee(cast, "Ada", state), attendee(cast, "Sven Fremd", "confirmed")
    token, foreign = registrations.token_of(ada), (registrations.token_of(sven), sven.email, sven.name)
    browser = browser_of(app, client, None)
    answered, wrong = {}, []
    with Writes() as writes:
        for rule, audience in rules_of(app):
            if "GET" not in methods_of(rule):
                continue
            answer = browser.get(path_of(app, rule, cast.values | {"token": token}))
            if audience == "by_link":
                answered[rule.endpoint] = answer.status_code
            elif audience in LET_IN and not (answer.location or "").startswith("/de/login?next="):
                wrong.append((rule.endpoint, answer.status_code))
            if audience != "public" and any(one in answer.text for one in foreign):
                wrong.append((rule.endpoint, "shows somebody else"))

    assert answered == dict.fromkeys(answered, 404) | {f"registrations.{k}": v for k, v in expected.items()}
    assert len(answered) > len(expected)
    assert wrong == []
    assert [said for said in writes.seen if not said.startswith(TRIAL)] == []


@pytest.mark.parametrize("state", ["confirmed", "unconfirmed", "waitlisted", "withdrawn", "forgotten"])
def test_the_forms_behind_an_attendees_link_change_its_own_registration_alone(
    app: Flask, client: Any, cast: Cast, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, sven = attendee(cast, "Ada", state), attendee(cast, "Sven Fremd", "confirmed")
    before = everything_of(sven)
    browser = browser_of(app, client, None)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    wrong = []
    with Writes() as writes:
        for rule, audience in rules_of(app):
            path = path_of(app, rule, cast.values | {"token": registrations.token_of(ada)})
            for method in methods_of(rule) - {"GET"}:
                status = browser.open(path, method=method, data={"name": "Ada L."}).status_code
                if rule.endpoint not in BY_LINK_ALONE:
                    expected = {400}  # also the desks': what the link left in the browser is no form token of theirs
                elif state == "forgotten":
                    expected = {404}
                else:
                    expected = {303, 409}
                if status not in expected:
                    wrong.append((method, path, status, audience))

    assert wrong == []
    assert everything_of(sven) == before
    if state == "forgotten":
        assert writes.seen == []
    else:
        assert ada.status == "withdrawn"


def attendee(cast: Cast, name: str, state: str) -> Registration:
    """Somebody at the published activity of the cast, with a link; "forgotten": at one that was over long ago."""
    activity = db.session.get_one(Activity, activities.id_in(cast.values["activity"]))
    if state == "forgotten":
        activity = make.activity(edition=activity.edition, starts="2026-05-08 09:00", ends="2026-05-08 12:30")
        state = "confirmed"
    later = {"hold_until": NOW + timedelta(hours=9)} if state == "unconfirmed" else {}
    one = make.registration(activity, name, state, email=f"{name[:4].lower()}@attends.example", **later)
    one.token_hash = links.fingerprint(registrations.token_of(one))
    db.session.flush()
    return one


def everything_of(registration: Registration) -> dict[str, Any]:
    return {column.key: getattr(registration, column.key) for column in Registration.__table__.columns}


def test_every_form_is_refused_without_its_token(
    app: Flask, client: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_of(app, client, cast.people["olaf"])
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    tried, wrong = 0, []
    with Writes() as writes:
        for rule, _audience in rules_of(app):
            for method in methods_of(rule) - {"GET"}:
                tried += 1
                path = path_of(app, rule, cast.values)
                expected = 404 if rule.endpoint in BY_LINK_ALONE else 400
                for sent in ({}, {"csrf_token": "made up"}):
                    if (answer := browser.open(path, method=method, data=sent)).status_code != expected:
                        wrong.append((method, path, answer.status_code))

    assert tried > 25
    assert wrong == []
    assert writes.seen == []


def test_no_page_changes_anything_by_being_looked_at(app: Flask, client: Any, cast: Cast) -> None:
    """As Olaf, who may see everything: mail scanners and browsers that fetch ahead open every link."""
    browser = browser_of(app, client, cast.people["olaf"])
    wrong = []
    for rule, _audience in rules_of(app):
        if "GET" in methods_of(rule):
            path = path_of(app, rule, cast.values)
            with Writes() as writes:
                browser.get(path)
            # Whether a row can be written is found out by writing one, of its own, into a table of its own.
            is_trial = rule.endpoint == "operating.readyz"
            wrong += [(path, said) for said in writes.seen if not (is_trial and said.startswith(TRIAL))]

    assert wrong == []


def test_public_pages_and_feeds_do_without_the_session(app: Flask, client: Any, cast: Cast) -> None:
    """No cookie set, and none that the answer depends on: a cache may keep them, and nobody is followed."""
    browser = browser_of(app, client, cast.people["clara"])
    values = cast.values | {"activity_id": activities.id_in(cast.values["activity"])}
    wrong, shown = [], set()
    for rule, audience in rules_of(app):
        if audience == "public" and "GET" in methods_of(rule) and rule.endpoint not in WITH_FORM:
            path = path_of(app, rule, values)
            answer = browser.get(path)
            if answer.status_code == 200:
                shown.add(rule.endpoint)
            if "Set-Cookie" in answer.headers:
                wrong.append((path, "sets a cookie"))
            if answer.status_code < 400 and "cookie" in answer.headers.get("Vary", "").lower():
                wrong.append((path, "depends on the cookie"))

    assert wrong == []
    assert {"public.activity", "feeds.activity_ics", "programme.export"} <= shown


def test_every_answer_carries_the_policy(app: Flask, client: Any, cast: Cast) -> None:
    browser = browser_of(app, client, cast.people["olaf"])
    wrong = []
    for rule, _audience in rules_of(app):
        if "GET" in methods_of(rule):
            headers = browser.get(path_of(app, rule, cast.values)).headers
            if "default-src 'none'" not in headers.get("Content-Security-Policy", ""):
                wrong.append((rule.endpoint, "Content-Security-Policy"))
            if headers.get("X-Content-Type-Options") != "nosniff":
                wrong.append((rule.endpoint, "X-Content-Type-Options"))

    assert wrong == []


class Writes(Statements):
    """Those that write, other than the note that a browser is still there, counted attempts, and the log of security
    events: that somebody has read a list of attendees must leave a trace, though reading is all that was done. It is
    written after the answer is made, changes nothing that any page shows but the log's own, and stops nobody."""

    HARMLESS = re.compile(r"(UPDATE login_sessions SET seen_at=|INSERT INTO (limit_counters|security_events) )")
    WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|WITH\b.*\b(INSERT|UPDATE|DELETE))\b", re.I | re.S)

    @property
    def seen(self) -> list[str]:
        return [said for said in self.all if self.WRITE.match(said) and not self.HARMLESS.match(said)]


def test_the_watch_over_writes_sees_one(cast: Cast) -> None:
    with Writes() as writes:
        post.queue("x", key="x", language="de", now=make.THEN)
        db.session.commit()

    assert len(writes.seen) == 1
