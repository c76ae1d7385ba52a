"""An installation in which every form stands on some page, and all forms that its people find there.

Nothing is listed by hand: each address that can be looked at is looked at by each of the people, with every value that
its arguments can have here, and the forms are read out of the pages.
"""

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.routing import AnyConverter, Rule

from clusterweek import ROOMS, LanguageConverter, NumberConverter, clock
from clusterweek.activities import rules as activities
from clusterweek.clusters.models import Invitation, Membership
from clusterweek.db.session import db
from clusterweek.editions.models import STATES
from clusterweek.outbox.models import Letter
from tests import make
from tests.conftest import NOW, Client, build_app, rolled_back
from tests.fuzz import pages
from tests.fuzz.bodies import filled
from tests.fuzz.pages import Form
from tests.mailbox import letters

OWNERS = ("edition", "cluster")
SETTINGS = {"TRUSTED_PROXIES": "1"}  # what stands in X-Forwarded-For is heeded, and must do no harm
# audience of an address -> who looks at it, and sends what stands there; where none is named, everybody
LOOK = {
    "public": ("nobody", "ada"),  # ada has just signed up with this browser
    "by_link": ("nobody", "carl"),  # carl has an account and an invitation
    "signed_in": ("vera",),
    "host": ("clara",),
    "organiser": ("olaf",),
    "office_reader": ("olaf",),
    "queue_reader": ("olaf",),
}


@dataclass
class Sent:
    """A form and who found it where."""

    form: Form
    page: str  # where it stands
    who: str
    endpoint: str  # where it leads


@dataclass
class World:
    """The filled installation: people with their cookies, values of arguments, forms by the endpoint they lead to."""

    app: Flask
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    values: dict[str, list[Any]] = field(default_factory=dict)
    forms: dict[str, list[Sent]] = field(default_factory=dict)
    filters: dict[str, set[str]] = field(default_factory=dict)  # endpoint -> names that its pages ask for by GET

    def browser(self, who: str) -> Client:
        """A browser with the cookies of one of the people; "nobody" has none."""
        browser = Client(self.app, self.app.response_class)
        for name, value in self.cookies.get(who, {}).items():
            browser.set_cookie(name, value)
        return browser

    @contextmanager
    def for_once(self) -> Iterator[None]:
        """Whatever is written inside is forgotten afterwards."""
        db.session.commit()
        db.session.remove()  # else its own savepoint lies around ours, and ends with its next commit
        nested = db.engines[None].begin_nested()  # type: ignore[attr-defined]  # a connection: see the fixture `db`
        try:
            yield
        finally:
            db.session.remove()
            nested.rollback()
            self.app.extensions.pop("clusterweek.kept", None)

    def endpoint_of(self, path: str) -> str:
        return str(self.app.url_map.bind("localhost").match(path.partition("?")[0], method="POST")[0])

    def paths(self, rule: Rule) -> list[str]:
        """The address with each combination of values that its arguments can have here."""
        adapter = self.app.url_map.bind("localhost")
        names = sorted(rule.arguments)
        found = []
        for chosen in itertools.product(*(self.values_of(rule, name) for name in names)):
            path = adapter.build(rule.endpoint, dict(zip(names, chosen, strict=True)), method=_any_method(rule))
            found.append(path)
        return found

    def values_of(self, rule: Rule, name: str) -> list[Any]:
        converter = rule._converters[name]
        if isinstance(converter, AnyConverter):
            return sorted(converter.items)
        # What belongs to an activity is looked for where the activities are.
        values = self.values[name]
        return values[:1] if rule.arguments & {"activity", "activity_id"} and name in OWNERS else values


def _any_method(rule: Rule) -> str:
    return "GET" if "GET" in (rule.methods or ()) else "POST"


def rules_with(app: Flask, method: str) -> list[Rule]:
    """Every address of ours that takes `method`."""
    return [r for r in app.url_map.iter_rules() if method in (r.methods or ()) and r.endpoint != "static"]


def bare_app() -> Flask:
    """All addresses and nothing else, for naming the tests before there is an installation."""
    app = Flask(__name__)
    app.url_map.converters |= {"lang": LanguageConverter, "int": NumberConverter}
    for room in ROOMS:
        app.register_blueprint(room.bp)
    return app


def built(folder: Path, **settings: str) -> World:
    """The filled installation, committed, with all its forms found."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clock, "now", lambda: NOW - timedelta(minutes=5))  # a letter may be asked for again by now
        world = World(build_app(folder, **SETTINGS, **settings))
        with world.app.app_context():
            _fill(world)
            db.session.commit()
            db.session.remove()
        patched.setattr(clock, "now", lambda: NOW)
        with rolled_back(world.app):
            _find_forms(world)
    return world


def _fill(world: World) -> None:
    week = make.edition(slug="clusterwoche-2027", submissions_until=datetime(2027, 3, 31, 21, 59, tzinfo=UTC))
    draft = make.edition(slug="jahrestagung-2027", state="draft", kind="annual_conference", parent_edition_id=week.id)
    closed = make.edition(slug="clusterwoche-2026", state="closed")
    past = make.edition(slug="clusterwoche-2022", state="archived")
    optonet = make.cluster("OptoNet", slug="optonet", email="post@optonet.example")
    make.cluster("FördeStrom", slug="foerdestrom", land="DE-SH", email="post@foerde.example")
    asked = make.cluster("Wolle Netz", slug="wolle-netz", land="DE-BY", email="post@wolle.example")
    clara, olaf = make.member(optonet), make.organiser()
    carl = make.person("Carl")
    off = make.organiser("Otto", is_active=False)
    make.member(asked, "Frida")
    make.cluster("Unbefragt", slug="unbefragt", email="post@unbefragt.example")
    mia = make.person("Mia")
    db.session.add(Membership(cluster_id=optonet.id, person_id=mia.id, is_owner=False, created_at=make.THEN))
    lena = make.coordinator()
    people = {"clara": clara, "olaf": olaf, "vera": make.viewer(), "carl": carl}
    mine, decided = {"edition": week, "host": optonet}, {"decided_at": make.THEN}
    waiting = make.submitted(**mine, title_de="Wartet")
    offers = [
        make.activity(**mine, title_de="Steht"),
        make.activity(**mine, title_de="Beides", mode="hybrid", capacity=1, capacity_online=5, countries=("FR",)),
        make.activity(**mine, title_de="Entwurf", review_status="draft", published_at=None, submitted_at=None),
        make.activity(**mine, title_de="Zurück", review_status="changes_requested", published_at=None, **decided),
        make.activity(**mine, title_de="Abgesagt", happening="cancelled"),
        make.activity(**mine, title_de="Abgelehnt", review_status="rejected", published_at=None, **decided),
        make.activity(**mine, title_de="Zurückgezogen", review_status="withdrawn", published_at=None),
        waiting,
        make.submitted(**mine, title_de="Zu früh", starts="2027-04-01 09:00", ends="2027-04-01 10:00"),
        make.submitted(**mine, title_de="Wartet auch", partners=(("Photons BV", "NL"),)),
        make.activity(**mine, title_de="Bald", capacity=2, starts="2027-03-22 11:00", ends="2027-03-22 12:00"),
    ]
    make.registration(offers[1], "Erna")
    make.registration(offers[-1], "Gerda")
    make.registration(offers[-1], "Hilde", "waitlisted")  # so shortly before the start a place is given by hand
    db.session.commit()
    returning = world.browser("nobody")
    make.login(returning, people["vera"])
    db.session.execute(make.ended_logins())
    assert returning.post("/de/account", data={"name": "Vera Wort", "language": "de"}).status_code == 401
    make.login(returning, people["vera"])
    for name, person in people.items():
        browser = returning if person is people["vera"] else world.browser("nobody")
        if browser is not returning:
            make.login(browser, person)
        _keep(world, name, browser)
    olaf_s, german = world.browser("olaf"), {"language": "de"}
    for cluster, address in (("foerdestrom", "neu@foerde.example"), ("optonet", "carl@example.org")):
        _ok(olaf_s.post(f"/de/organiser/clusters/{cluster}/invitations", data={"email": address} | german))
    part = activities.address_part(offers[0])
    address = f"/de/clusterwoche-2027/{part}/sign-up"
    ada, bob = world.browser("nobody"), world.browser("nobody")
    for name, browser in (("ada", ada), ("bob", bob)):
        forms = pages.read(browser.get(address).text)[0]
        data = next(form for form in forms if form.action == address).shown
        _ok(browser.post(address, data=data | {"name": name.title(), "email": f"{name}@example.org"}))
    _keep(world, "ada", ada)
    tokens = _tokens()
    _ok(bob.post(f"/de/registration/{tokens[-1]}/confirm"))
    for purpose, address in (("link", "vera@example.org"), ("forgotten", lena.email)):
        assert ada.post(f"/de/login/{purpose}", data={"email": address}).status_code == 200
    tokens = _tokens()
    assert len(tokens) == 6
    db.session.execute(
        update(Letter).where(Letter.kind == "login_link").values(state="failed", sent_at=None, error="550 unknown")
    )
    _ok(olaf_s.post("/de/organiser/clusters/foerdestrom/invitations", data={"email": "b@foerde.example"} | german))
    db.session.commit()
    failed, queued = (
        db.session.query(Letter.id).where(Letter.state == state).order_by(Letter.id.desc()).limit(1).scalar()
        for state in ("failed", "queued")
    )
    world.values = {
        "lang": ["de"],
        "edition": [one.slug for one in (week, draft, closed, past)],
        "cluster": ["optonet", "foerdestrom"],
        "activity": [activities.address_part(one) for one in offers[:2]],
        "activity_id": [one.id for one in offers],
        "registration_id": [],
        "invitation_id": list(db.session.scalars(select(Invitation.id).order_by(Invitation.id))),
        "person_id": [mia.id, clara.id, off.id],
        "letter_id": [failed, queued],
        "code": ["FR"],
        "page": ["imprint"],
        "token": tokens,
        "state": list(STATES),
    }


def _tokens() -> list[str]:
    """The secrets in all letters so far, oldest first, each once."""
    doors = ("/registration/", "/invitation/", "/login/link/", "/login/password/")
    words = [word for mail in letters() for word in mail.text.split() if any(door in word for door in doors)]
    secrets = [re.search(r"/([\w-]{43})(?:/|$)", word) for word in words]
    return list(dict.fromkeys(found[1] for found in secrets if found))


def _keep(world: World, who: str, browser: Client) -> None:
    name = world.app.config["SESSION_COOKIE_NAME"]
    cookie = browser.get_cookie(name)
    assert cookie is not None
    world.cookies[who] = {name: cookie.value}


def _ok(answer: Any) -> None:
    assert answer.status_code == 303, f"{answer.status_code} {answer.text[:2000]}"


def _find_forms(world: World) -> None:
    """On every page that somebody may open, and on those that answer a form (a look at what would be done)."""
    seen: set[Any] = set()
    files = set()
    everybody = ("nobody", *world.cookies)
    for who in everybody:
        browser = world.browser(who)
        for rule in rules_with(world.app, "GET"):
            audience = getattr(world.app.view_functions[rule.endpoint], "audience", "")
            if rule.endpoint in files or who not in LOOK.get(audience, everybody):
                continue
            for path in world.paths(rule):
                answer = browser.get(path)
                assert answer.status_code != 500, path
                if answer.status_code == 200 and answer.mimetype != "text/html":
                    files.add(rule.endpoint)
                    break
                if answer.status_code == 403 or "/login?next=" in answer.headers.get("Location", ""):
                    break  # not for this person, whatever the values
                if answer.status_code == 200:
                    _note_forms(world, answer.text, path, who, seen, rule.endpoint)
    for sent in [found[0] for found in world.forms.values()]:
        with world.for_once():
            answer = world.browser(sent.who).post(sent.form.action, data=filled(sent.form, is_ticked=True))
            if answer.status_code == 200 and answer.mimetype == "text/html":
                _note_forms(world, answer.text, "", sent.who, seen, "")


def _note_forms(world: World, html: str, page: str, who: str, seen: set[Any], shown_by: str) -> None:
    for form in pages.sendable(pages.read(html)[0]):
        if form.method == "get":
            world.filters.setdefault(shown_by, set()).update(form.by_name())
            continue
        endpoint = world.endpoint_of(form.action)
        # The same form on another page, or for somebody else who sees the same fields, is no news.
        key = (form.action, tuple(sorted(form.by_name())))
        if key not in seen:
            seen.add(key)
            world.forms.setdefault(endpoint, []).append(Sent(form, page, who, endpoint))
