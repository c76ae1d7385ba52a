"""An honest week and a hostile one in the same installation, over HTTP alone: each gets what it deserves.

What happened is written down as it happens and compared as a whole at the end, so that one fault hides no other.
"""

import io
import itertools
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from clusterweek.accounts import passwords
from clusterweek.activities import rules as activities
from clusterweek.activities.models import Activity
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from tests import make
from tests.conftest import NOW, Client, Clock, build_app
from tests.fuzz import pages
from tests.mailbox import letters
from tests.postgres import postgres_url

PASSWORD = "Lampenfieber im Labor"
WEEK = "/de/clusterwoche-2027"
networks = (f"203.0.{high}.{low}" for high, low in itertools.product(range(113, 250), range(1, 250)))


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], name="app")
def installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """As in production: behind one proxy, with all limits on."""
    settings = {"TRUSTED_PROXIES": "1"}
    if request.param == "postgres":
        settings["DATABASE_URL"] = postgres_url("weeks")
    return build_app(tmp_path_factory.mktemp("weeks"), **settings)


class Visitor:
    """Somebody with a browser of their own, somewhere on the net."""

    def __init__(self, app: Flask, network: str | None = None) -> None:
        self.browser = Client(app, app.response_class)
        self.headers = {"X-Forwarded-For": network or next(networks)}

    def get(self, path: str) -> Any:
        return self.browser.get(path, headers=self.headers)

    def post(self, path: str, data: Any = None, **more: Any) -> Any:
        return self.browser.post(path, data=data, headers=self.headers, **more)

    def fill(self, page: str, action: str | None = None, **typed: Any) -> Any:
        """Open a page and send its form (the one that leads to `action`), filled in."""
        forms = [form for form in pages.read(self.get(page).text)[0] if form.method == "post"]
        form = next(form for form in forms if form.action.partition("?")[0] == (action or page).partition("?")[0])
        return self.post(form.action, form.shown | typed)

    def log_in(self, email: str, password: str) -> Any:
        return self.fill("/de/login", email=email, password=password)

    def sign_up(self, activity: Activity, name: str, email: str, **more: str) -> int:
        return int(self.fill(f"{page_of(activity)}/sign-up", name=name, email=email, **more).status_code)

    def confirm(self, email: str, activity: Activity) -> str:
        """Open the newest link that came for this activity, press the button; the headline of the page after it."""
        ours = (m for m in reversed(letters()) if m.to == email and activity.title_de in m.subject + m.text)
        token = next((found for m in ours if (found := re.search(r"/registration/([\w-]{43})", m.text))), None)
        if token is None:
            return "no letter"
        path = f"/de/registration/{token[1]}"
        self.post(f"{path}/confirm")
        return headline(self.get(path).text)


def page_of(activity: Activity) -> str:
    return f"{WEEK}/{activities.address_part(activity)}"


def headline(html: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.S)
    return " ".join(re.sub(r"<[^>]+>", "", found[1]).split()) if found else ""


def free(visitor: Visitor, activity: Activity) -> int:
    """Places that the public sees as free."""
    table = visitor.get("/feeds/clusterwoche-2027.csv").data.decode("utf-8-sig").splitlines()
    columns = table[0].split(";")
    row = next(line for line in table[1:] if line.split(";")[0] == str(activity.id))
    return int(row.split(";")[columns.index("seats_free")])


def mails_to(start: str) -> int:
    """How many letters have left for addresses that begin so."""
    return sum(mail.to.startswith(start) for mail in letters())


PLACE = "Ihr Platz ist bestätigt"


def test_both_weeks_get_what_they_deserve(app: Flask, at: Clock) -> None:
    week = make.edition(slug="clusterwoche-2027")
    optonet = make.cluster("OptoNet", slug="optonet", email="post@optonet.example")
    bad = make.cluster("Bösnetz", slug="boesnetz")
    people = {
        "clara": make.member(optonet, "Clara", email="clara@optonet.example"),
        "mallory": make.member(bad, "Mallory", email="mallory@boesnetz.example"),
        "olaf": make.organiser("Olaf", email="olaf@buero.example"),
        "otto": make.organiser("Otto", email="otto@buero.example"),
    }
    for person in people.values():
        person.password_hash = passwords.hashed(PASSWORD)
    mine = {"edition": week, "host": optonet}
    seven = [make.activity(**mine, title_de=f"Besuch {n}", capacity=20) for n in range(7)]
    tour = make.activity(**mine, title_de="Große Führung", capacity=50)
    wanted = make.activity(**mine, title_de="Begehrt", capacity=50)
    for n in range(400):
        make.cluster(f"Netz {n}", slug=f"netz-{n}", email=f"post{n}@netz{n}.example")
    db.session.commit()
    seen: dict[str, Any] = {}

    # Monday morning: one address takes every place of an activity by people who do not exist.
    attacker = Visitor(app, "198.51.100.66")
    tries = [attacker.sign_up(wanted, f"Niemand {n}", f"niemand{n}@erfunden{n}.example") for n in range(50)]
    seen["most places of one network before it confirms"] = 50 - free(Visitor(app), wanted) <= 10
    seen["no try was a crash"] = max(tries) < 500

    # At the same time a school of thirty behind one address signs up for one tour.
    at(NOW + timedelta(minutes=5))
    school = "192.0.2.30"
    pupils = [Visitor(app, school) for _ in range(30)]
    seen["pupils who were taken"] = [
        pupil.sign_up(tour, f"Kind {n}", f"kind{n}@schule.example") for n, pupil in enumerate(pupils)
    ].count(303)
    at(NOW + timedelta(minutes=30))
    seen["pupils with a place"] = [
        pupil.confirm(f"kind{n}@schule.example", tour) for n, pupil in enumerate(pupils)
    ].count(PLACE)

    # Twenty people from everywhere want what the attacker wanted.
    others = [Visitor(app) for _ in range(20)]
    for n, other in enumerate(others):
        other.sign_up(wanted, f"Gast {n}", f"gast{n}@post.example")
    seen["guests with a place beside the attack"] = [
        other.confirm(f"gast{n}@post.example", wanted) for n, other in enumerate(others)
    ].count(PLACE)

    # A family plans seven activities in ten minutes, and answers its letters in between.
    mother = Visitor(app)
    planned, placed = [], []
    for number, activity in enumerate(seven):
        at(NOW + timedelta(minutes=40, seconds=90 * number))
        planned.append(mother.sign_up(activity, "Mia Meier", "mia@meier.example"))
        if number in (2, 6):
            some = seven[: number + 1] if number == 2 else seven[3:]
            placed += [mother.confirm("mia@meier.example", one) for one in some]
    seen["what the family was told"] = planned
    seen["places of the family"] = placed.count(PLACE)

    # Somebody bombs one mailbox, by addresses that all lead to it.
    bomber = Visitor(app, "198.51.100.67")
    bombs = [bomber.sign_up(seven[n % 7], "Opfer", f"opfer+{n}@post.example") for n in range(28)]
    seen["bombs that were letters"] = mails_to("opfer") <= 10
    seen["no bomb was a crash"] = max(bombs) < 500
    seen["a name with an address of the web"] = Visitor(app).sign_up(
        seven[0], "Gewinn! www.falle.example", "o@p.example"
    )
    # A letter to a stranger does not say what somebody typed as a name.
    first = next(mail for mail in letters() if mail.to == "niemand0@erfunden0.example")
    seen["the name is kept out of the first letter"] = "Niemand 0" not in first.text + first.page + first.subject

    # Two colleagues work behind one office's address, and in the same network somebody does not know the password.
    at(NOW + timedelta(hours=1))
    office = "192.0.2.77"
    olaf, otto = Visitor(app, office), Visitor(app, office)
    seen["a password mistyped four times"] = [
        olaf.log_in("olaf@buero.example", f"falsch {n}").status_code for n in range(4)
    ]
    seen["and then right"] = olaf.log_in("olaf@buero.example", PASSWORD).status_code
    seen["the colleague beside"] = otto.log_in("otto@buero.example", PASSWORD).status_code
    seen["both work at the same time"] = [
        one.get("/de/organiser/clusterwoche-2027/").status_code for one in (olaf, otto, olaf, otto)
    ]

    # The office invites four hundred clusters in one go, and a hasty colleague does it again.
    ask = "/de/organiser/clusters/invitation"
    form = next(one for one in pages.read(olaf.get(ask).text)[0] if one.action == ask)
    seen["clusters on the page"] = len(form.shown["cluster"]) >= 400
    olaf.post(ask, form.shown)
    seen["invitations that left"] = mails_to("post")
    again = "/de/organiser/clusters/send-again"
    at(NOW + timedelta(minutes=90))
    form = next(one for one in pages.read(otto.get(again).text)[0] if one.action == again)
    otto.post(again, form.shown)
    seen["invitations within a day"] = max(
        sum(mail.to == f"post{n}@netz{n}.example" for mail in letters()) for n in range(0, 400, 40)
    )

    # A cluster's person invites thirty strangers, and each of them again.
    mallory = Visitor(app)
    mallory.log_in("mallory@boesnetz.example", PASSWORD)
    team = "/de/host/boesnetz/team"
    answers = [mallory.fill(team, email=f"fremd{n}@post.example") for n in range(30)]
    for form in [one for one in pages.read(mallory.get(team).text)[0] if one.action.endswith("/again")]:
        mallory.post(form.action)
    seen["strangers invited in a day"] = mails_to("fremd") <= 20
    seen["the last one was refused in a sentence"] = answers[-1].status_code in (422, 429)
    seen["what was typed is still there"] = "fremd29@post.example" in answers[-1].text

    # Somebody guesses Clara's password and asks for her links; she comes in all the same.
    guesser = Visitor(app, "198.51.100.68")
    guesses = [guesser.log_in("clara@optonet.example", f"Passwort {n} ist falsch").status_code for n in range(40)]
    seen["guesses that came in"] = guesses.count(303)
    seen["guessing is slowed"] = guesses[-1] == 429
    clara = Visitor(app)
    seen["Clara comes in by her password"] = clara.log_in("clara@optonet.example", PASSWORD).status_code
    for _ in range(30):
        guesser.fill("/de/login/link", email="clara@optonet.example")
    seen["links that were letters"] = mails_to("clara") <= 6
    asked_herself = Visitor(app).fill("/de/login/link", email="clara@optonet.example").status_code
    newest = next(mail for mail in reversed(letters()) if mail.to == "clara@optonet.example")
    path = re.search(r"/de/login/link/[\w-]{43}", newest.text)
    seen["Clara comes in by a mailed link"] = (
        asked_herself < 500 and path is not None and Visitor(app).get(path[0]).status_code == 200
    )

    # Somebody floods the import, and holds no key to it.
    before = db.session.scalar(select(func.count()).select_from(Cluster))
    table = "name;land\n" + "".join(f"Flut {n};DE-BY\n" for n in range(2000))
    for flooding in (guesser, mallory):
        floods = [
            flooding.post(
                "/de/organiser/clusters/table", {"file": (io.BytesIO(table.encode()), "flut.csv")}
            ).status_code
            for _ in range(5)
        ]
        seen[f"a flood by {'nobody' if flooding is guesser else 'a host'}"] = set(floods) <= {401, 403, 413, 429}
    seen["clusters that came by the flood"] = (db.session.scalar(select(func.count()).select_from(Cluster)) or 0) - (
        before or 0
    )

    # Clara writes for three hours without a pause; her login ends meanwhile. She loses no word.
    at(NOW + timedelta(minutes=100))
    entry = f"/de/host/optonet/{tour.id}"
    form = next(one for one in pages.read(clara.get(entry).text)[0] if one.action == entry)
    at(NOW + timedelta(minutes=280))
    text = "Drei Stunden Arbeit, und kein Wort davon ging verloren."
    answer = clara.post(entry, form.shown | {"description_de": text})
    page = clara.get(answer.headers["Location"]).text if answer.status_code == 303 else answer.text
    login = next((one for one in pages.read(page)[0] if any(field.kind == "password" for field in one.fields)), None)
    if login is None:  # the page says that one has to log in, and leads there
        login_at = re.search(r'href="(/de/login[^"]*)"', page)
        page = clara.get(login_at[1].replace("&amp;", "&") if login_at else "/de/login").text
        login = next(one for one in pages.read(page)[0] if any(field.kind == "password" for field in one.fields))
    answer = clara.post(login.action, login.shown | {"email": "clara@optonet.example", "password": PASSWORD})
    page = clara.get(answer.headers["Location"]).text
    back = next((one for one in pages.read(page)[0] if "description_de" in one.by_name()), None)
    seen["the form stands there again, filled"] = back is not None and back.shown["description_de"] == [text]
    db.session.expire_all()
    seen["and was not sent by itself"] = tour.description_de != text
    if back is not None:
        clara.post(back.action, back.shown)
    db.session.expire_all()
    seen["sent by her it is stored"] = tour.description_de == text

    assert seen == {
        "most places of one network before it confirms": True,
        "no try was a crash": True,
        "pupils who were taken": 30,
        "pupils with a place": 30,
        "guests with a place beside the attack": 20,
        "what the family was told": [303] * 7,
        "places of the family": 7,
        "bombs that were letters": True,
        "no bomb was a crash": True,
        "a name with an address of the web": 422,
        "the name is kept out of the first letter": True,
        "a password mistyped four times": [422] * 4,
        "and then right": 303,
        "the colleague beside": 303,
        "both work at the same time": [200] * 4,
        "clusters on the page": True,
        "invitations that left": 400,
        "invitations within a day": 1,
        "strangers invited in a day": True,
        "the last one was refused in a sentence": True,
        "what was typed is still there": True,
        "guesses that came in": 0,
        "guessing is slowed": True,
        "Clara comes in by her password": 303,
        "links that were letters": True,
        "Clara comes in by a mailed link": True,
        "a flood by nobody": True,
        "a flood by a host": True,
        "clusters that came by the flood": 0,
        "the form stands there again, filled": True,
        "and was not sent by itself": True,
        "sent by her it is stored": True,
    }
