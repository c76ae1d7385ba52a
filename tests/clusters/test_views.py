"""Accepting an invitation, and the team's page."""

from typing import Any

import pytest
from sqlalchemy import func, select

from clusterweek import clock
from clusterweek.accounts import passwords, queries as people
from clusterweek.accounts.models import Person
from clusterweek.clusters import actions, queries, rules
from clusterweek.clusters.models import Cluster, Invitation
from clusterweek.db.session import db, unit_of_work
from tests import make
from tests.browse import checked, page
from tests.mailbox import letters, mailbox
from tests.statements import Statements

PASSWORD = "Licht im Mai 2027"


@pytest.fixture
def optonet(db: Any) -> Cluster:
    return make.cluster(slug="optonet")


def invited(cluster: Cluster, email: str = "clara@optonet.example", language: str = "de") -> str:
    """Somebody is invited; the path of the link in the letter."""
    with unit_of_work():
        actions.invite(cluster, email, by=None, now=clock.now(), language=language)
    text = letters()[-1].text
    return next(word for word in text.split() if word.startswith("http")).replace("http://127.0.0.1:8000", "")


def team(cluster: Cluster) -> list[tuple[str, bool]]:
    return [(member.person.name, member.is_owner) for member in queries.members(cluster)]


def test_looking_at_an_invitation_changes_nothing(client: Any, optonet: Cluster) -> None:
    link = invited(optonet)

    for _ in range(2):
        got = page(client, link)

    assert got.h1 == "Einladung für OptoNet"
    assert team(optonet) == []
    assert people.by_email("clara@optonet.example") is None


def test_who_accepts_gets_an_account_and_the_desk_and_may_invite_others(client: Any, optonet: Cluster) -> None:
    link = invited(optonet)

    answer = client.post(link, data={"name": "Clara", "language": "en", "password": PASSWORD})

    assert answer.location == "/en/host/"
    assert team(optonet) == [("Clara", True)]
    assert "Willkommen im Team von OptoNet!" in page(client, "/en/host/optonet/").text
    assert page(client, "/en/host/optonet/team").h1 == "Team"
    assert client.post("/en/logout").status_code == 303
    sent = {"email": "clara@optonet.example", "password": PASSWORD}
    assert client.post("/en/login", data=sent).status_code == 303
    assert page(client, link, status=404).h1 == "Diese Einladung gilt nicht mehr."
    assert mailbox() == []


@pytest.mark.parametrize("blank", ["", " ", " " * 16, "\t\u00a0\u3000"])
def test_a_password_is_not_needed_to_accept_and_blanks_are_none(client: Any, optonet: Cluster, blank: str) -> None:
    link = invited(optonet)

    assert client.post(link, data={"name": "Clara", "language": "de", "password": blank}).location == "/de/host/"
    client.post("/de/logout")
    sent = {"email": "clara@optonet.example", "password": blank}
    assert client.post("/de/login", data=sent).status_code == 422
    client.post("/de/login/link", data={"email": "clara@optonet.example"})

    assert mailbox() == [("clara@optonet.example", "Ihr Link zum Einloggen")]


def test_what_is_wrong_is_said_and_nothing_is_accepted(client: Any, optonet: Cluster) -> None:
    link = invited(optonet)

    got = checked(client.post(link, data={"name": " ", "language": "de", "password": "Clara2027"}), status=422)

    assert got.links["Geben Sie Ihren Namen ein"] == "#name"
    assert got.links["Nehmen Sie mindestens 12 Zeichen; mehrere Wörter sind leicht zu merken."] == "#password"
    assert team(optonet) == []
    assert client.post(link, data={"name": "Clara", "language": "de", "password": PASSWORD}).status_code == 303


def test_fields_that_nobody_asked_for_are_not_taken(client: Any, optonet: Cluster) -> None:
    link = invited(optonet)

    sent = {"name": "Clara", "language": "de", "email": "olaf@example.org", "is_demo": "1", "role": "organiser"}
    client.post(link, data=sent)

    clara = people.by_email("clara@optonet.example")
    assert clara is not None
    assert (clara.is_demo, clara.grants) == (False, [])
    assert people.by_email("olaf@example.org") is None


def test_an_address_with_an_account_logs_in_first_and_then_accepts(client: Any, optonet: Cluster) -> None:
    clara = make.person("Clara", email="clara@optonet.example", password_hash=passwords.hashed(PASSWORD))
    link = invited(optonet)

    asked = page(client, link)
    assert asked.links["Einloggen"] == f"/de/login?next={link}"
    assert client.post(link).location == f"/de/login?next={link}"
    assert team(optonet) == []

    sent = {"email": clara.email, "password": PASSWORD, "next": link}
    assert client.post("/de/login", data=sent).location == link
    assert client.post(link).location == "/de/host/"
    assert team(optonet) == [("Clara", True)]


def test_somebody_else_who_is_logged_in_cannot_accept(client: Any, optonet: Cluster) -> None:
    make.person("Clara", email="clara@optonet.example")
    link = invited(optonet)
    make.login(client, make.person("Sven"))

    assert "Sie sind aber als sven@example.org eingeloggt" in page(client, link).text
    assert client.post(link).status_code == 403
    assert team(optonet) == []


def test_an_invitation_works_for_14_days(client: Any, optonet: Cluster, at: Any) -> None:
    link = invited(optonet)

    at("2027-04-05 10:29:59")
    assert client.get(link).status_code == 200

    at("2027-04-05 10:30")
    assert client.get(link).status_code == 404
    assert client.post(link, data={"name": "Clara", "language": "de"}).status_code == 404


@pytest.fixture
def clara(client: Any, optonet: Cluster) -> Person:
    """Clara, the owner, logged in."""
    person = make.member(optonet)
    make.login(client, person)
    return person


def member(cluster: Cluster, name: str) -> Person:
    with unit_of_work():
        person = make.person(name)
        actions.add_member(cluster, person, now=clock.now())
    return person


def test_the_team_page_shows_who_is_there_and_who_was_asked(client: Any, clara: Person, optonet: Cluster) -> None:
    member(optonet, "Ben")
    invited(optonet, "new@optonet.example")

    got = page(client, "/en/host/optonet/team")

    assert "Clara that is you clara@example.org may invite and remove others" in got.text
    assert "Ben ben@example.org enters events, sees registrations" in got.text
    assert (
        "new@optonet.example Sent: 22 March 2027, 09:30 no answer yet link works until 5 April 2027, 10:30" in got.text
    )


def test_an_owner_invites_and_the_letter_speaks_the_chosen_language(
    client: Any, clara: Person, optonet: Cluster
) -> None:
    sent = {"email": "new@optonet.example", "language": "en"}

    assert client.post("/de/host/optonet/team", data=sent).location == "/de/host/optonet/team"

    assert mailbox() == [("new@optonet.example", "Invitation for OptoNet: Cluster week")]
    row = db.session.scalars(select(Invitation)).one()
    assert row.invited_by_id == clara.id


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("", "Enter the e-mail address of the person"),
        ("new", "The @ is missing, for example name@example.org"),
        ("Clara@example.org", "Clara@example.org works for OptoNet already."),
    ],
)
def test_a_wrong_address_is_said_and_kept(
    client: Any, clara: Person, optonet: Cluster, email: str, sentence: str
) -> None:
    got = checked(client.post("/en/host/optonet/team", data={"email": email, "language": "de"}), status=422)

    assert got.links[sentence] == "#email"
    assert got.fields["email"] == email
    assert mailbox() == []


def test_sending_again_and_taking_back(client: Any, clara: Person, optonet: Cluster, at: Any) -> None:
    link = invited(optonet, "new@optonet.example")
    row = db.session.scalars(select(Invitation)).one()
    at("2027-03-23 09:30")
    make.login(client, clara)

    client.post(f"/de/host/optonet/team/invitations/{row.id}/again")
    assert client.get(link).status_code == 404
    assert mailbox() == [("new@optonet.example", "Erinnerung: Einladung an OptoNet, Clusterwoche")]

    client.post(f"/de/host/optonet/team/invitations/{row.id}/withdraw")
    assert queries.invitations(optonet, only_open=True) == []


def test_an_invitation_whose_link_was_made_void_is_shown_as_such_and_sent_again(
    client: Any, clara: Person, optonet: Cluster
) -> None:
    """As an upgrade or a restore leaves it."""
    link = invited(optonet, "new@optonet.example")
    with unit_of_work():
        assert actions.make_links_void(db.session.connection(), now=clock.now()) == 1
    row = db.session.scalars(select(Invitation)).one()
    assert client.get(link).status_code == 404

    got = page(client, "/en/host/optonet/team")
    assert "its link no longer works" in got.text
    assert f"/en/host/optonet/team/invitations/{row.id}/again" in [form.get("action") for form in got.all("form")]
    client.post(f"/de/host/optonet/team/invitations/{row.id}/again")

    assert "its link no longer works" not in page(client, "/en/host/optonet/team").text
    assert mailbox() == [("new@optonet.example", "Erinnerung: Einladung an OptoNet, Clusterwoche")]
    assert client.get(link).status_code == 404
    with unit_of_work():
        actions.make_links_void(db.session.connection(), now=clock.now())
    actions.invite(optonet, "new@optonet.example", by=None, now=clock.now())  # asked for anew, it is sent again, too
    assert rules.state_of(db.session.scalars(select(Invitation)).one(), now=clock.now()) == "open"


def test_a_member_sees_the_team_but_changes_nothing(client: Any, optonet: Cluster) -> None:
    clara = make.member(optonet)
    ben = member(optonet, "Ben")
    invited(optonet, "new@optonet.example")
    row = db.session.scalars(select(Invitation)).one()
    make.login(client, ben)

    got = page(client, "/en/host/optonet/team")
    assert "Invite somebody" not in got.text
    assert [form.get("action") for form in got.all("form")] == ["/en/logout"]
    base = "/en/host/optonet/team"
    for path in (
        base,
        f"{base}/{clara.id}/remove",
        f"{base}/{ben.id}/owner",
        f"{base}/invitations/{row.id}/again",
        f"{base}/invitations/{row.id}/withdraw",
    ):
        assert client.post(path, data={"email": "x@example.org", "language": "de"}).status_code == 403

    assert team(optonet) == [("Clara", True), ("Ben", False)]


def test_an_owner_hands_the_right_on_and_leaves(client: Any, clara: Person, optonet: Cluster) -> None:
    ben = member(optonet, "Ben")

    assert client.post(f"/en/host/optonet/team/{clara.id}/remove").status_code == 409
    client.post(f"/en/host/optonet/team/{ben.id}/owner")
    assert client.post(f"/en/host/optonet/team/{clara.id}/remove").location == "/de/host/"

    assert team(optonet) == [("Ben", True)]
    assert client.get("/en/host/optonet/team").status_code == 404


def test_the_office_helps_any_cluster(client: Any, optonet: Cluster) -> None:
    make.login(client, make.organiser())

    sent = {"email": "clara@optonet.example", "language": "de"}
    assert client.post("/en/host/optonet/team", data=sent).status_code == 303
    assert len(mailbox()) == 1


def count_queries(client: Any, path: str) -> int:
    with Statements() as said:
        page(client, path)
    return len(said.all)


def test_a_large_team_costs_no_more_queries(client: Any, clara: Person, optonet: Cluster) -> None:
    invited(optonet, "a@optonet.example")
    few = count_queries(client, "/en/host/optonet/team")
    for name in ("Ben", "Ina", "Uwe"):
        member(optonet, name)
        invited(optonet, f"{name.lower()}@optonet.example")

    assert count_queries(client, "/en/host/optonet/team") == few
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 4


def test_nobody_accepts_under_the_name_of_a_web_address(client: Any, optonet: Cluster) -> None:
    link = invited(optonet)

    shown = checked(client.post(link, data={"name": "www.evil.example", "language": "de", "password": ""}), status=422)

    assert "Bitte schreiben Sie nur den Namen, keine Internetadresse." in shown.text
    assert team(optonet) == []
