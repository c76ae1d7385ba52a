"""How many invitations may leave: of a cluster's people, of the office, to one mailbox."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from clusterweek import clock
from clusterweek.accounts.models import Person
from clusterweek.clusters import actions, queries
from clusterweek.clusters.models import Cluster, Invitation
from clusterweek.db.session import db, unit_of_work
from clusterweek.history.models import Note
from tests import make
from tests.browse import checked, page
from tests.mailbox import mailbox
from tests.statements import Statements

TEAM = "/en/host/optonet/team"


@pytest.fixture
def optonet(db: Any) -> Cluster:
    return make.cluster(slug="optonet")


@pytest.fixture
def clara(client: Any, optonet: Cluster) -> Person:
    who = make.member(optonet)
    make.login(client, who)
    return who


def invite(client: Any, email: str, path: str = TEAM) -> Any:
    return client.post(path, data={"email": email, "language": "de"})


def test_one_of_a_cluster_sends_twenty_a_day_and_what_was_typed_stays(client: Any, clara: Person, at: Any) -> None:
    for n in range(20):
        at(clock.now() + timedelta(minutes=1))
        assert invite(client, f"p{n}@optonet.example").status_code == 303
    assert len(mailbox()) == 20

    got = checked(invite(client, "one.more@optonet.example"), status=422)

    assert got.fields["email"] == "one.more@optonet.example"
    assert (
        "You have sent 20 invitations within 24 hours; no more are possible. The next one can be sent from "
        "23 March 2027, 09:31; until then the programme office can help." in got.links
    )
    assert mailbox() == []

    at("2027-03-23 09:31")
    make.login(client, clara)
    assert invite(client, "one.more@optonet.example").status_code == 303
    assert invite(client, "and.another@optonet.example").status_code == 422


def test_the_day_is_counted_over_all_clusters_of_a_person_and_again_counts_too(
    client: Any, clara: Person, optonet: Cluster, at: Any
) -> None:
    other = make.cluster("FördeStrom", slug="foerdestrom", land="DE-SH")
    with unit_of_work():
        actions.add_member(other, clara, now=clock.now())
        old = actions.invite(optonet, "old@optonet.example", by=None, now=clock.now())
    at("2027-03-25 09:30")
    make.login(client, clara)
    for n in range(10):
        invite(client, f"p{n}@optonet.example")
        invite(client, f"q{n}@optonet.example", "/en/host/foerdestrom/team")

    assert client.post(f"{TEAM}/invitations/{old.id}/again").status_code == 303

    assert "You have sent 20 invitations within 24 hours" in page(client, TEAM).text
    assert db.session.get_one(Invitation, old.id).generation == old.generation
    ben = make.member(optonet, "Ben")
    browser = client.application.test_client()
    make.login(browser, ben)  # each person has twenty
    assert invite(browser, "r@optonet.example").status_code == 303


@pytest.mark.parametrize("hours", [0, 1, 23])
def test_nobody_writes_to_one_mailbox_twice_within_a_day(client: Any, clara: Person, at: Any, hours: int) -> None:
    invite(client, "new@optonet.example")
    [row] = db.session.scalars(select(Invitation))
    mailbox()
    at(clock.now() + timedelta(hours=hours))
    make.login(client, clara)

    client.post(f"{TEAM}/invitations/{row.id}/again")
    told = page(client, TEAM).text
    client.post(f"{TEAM}/invitations/{row.id}/withdraw")
    got = checked(invite(client, "new@optonet.example"), status=422)
    for written in ("new+1@optonet.example", "NEW+x@OptoNet.example"):
        assert invite(client, written).status_code == 422

    sentence = "An invitation was sent to this address less than 24 hours ago. The next one can be sent from"
    assert f"new@optonet.example: {sentence} 23 March 2027, 09:30." in told
    assert f"{sentence} 23 March 2027, 09:30." in got.links
    assert mailbox() == []
    at("2027-03-23 09:30")
    make.login(client, clara)
    assert invite(client, "new@optonet.example").status_code == 303
    assert len(mailbox()) == 1


def test_the_office_neither_though_it_may_write_to_everybody(client: Any, optonet: Cluster, at: Any) -> None:
    make.login(client, make.organiser())
    for n in range(30):
        assert invite(client, f"p{n}@optonet.example").status_code == 303
    assert len(mailbox()) == 30

    assert invite(client, "p1@optonet.example").status_code == 303  # has one already, and gets no second letter
    row = queries.open_invitation(optonet, "p1@optonet.example")
    assert row is not None
    client.post(f"/en/organiser/clusters/optonet/invitations/{row.id}/again")
    other = make.cluster("FördeStrom", slug="foerdestrom", land="DE-SH")
    assert invite(client, "p1@optonet.example", f"/en/organiser/clusters/{other.slug}/invitations").status_code == 422
    assert mailbox() == []


def test_the_office_invites_four_hundred_clusters_in_one_go(client: Any, db: Any) -> None:
    with unit_of_work():
        made = [
            actions.create(f"Cluster {n:03}", land="DE-TH", email=f"info@c{n}.example", now=clock.now())
            for n in range(400)
        ]
        twin = actions.create("Zwilling", land="DE-TH", email="info@c7.example", now=clock.now())
        ids = [one.id for one in (*made, twin)]
    make.login(client, make.organiser())

    assert client.post("/en/organiser/clusters/invitation", data={"cluster": ids}).status_code == 303

    told = page(client, "/en/organiser/clusters/").text
    assert "400 invitations are on their way." in told
    assert "1 not sent, because an invitation went to the same address less than 24 hours ago: Zwilling" in told
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 400

    invitations = [one.id for one in db.session.scalars(select(Invitation))]
    client.post("/en/organiser/clusters/send-again", data={"invitation": invitations})
    told = page(client, "/en/organiser/clusters/").text
    assert "400 not sent, because an invitation went to the same address less than 24 hours ago: Cluster 000" in told
    assert "sent again" not in told


def test_a_member_of_long_standing_is_still_told_apart(client: Any, clara: Person) -> None:
    got = checked(invite(client, "Clara@Example.org"), status=422)

    assert "Clara@Example.org works for OptoNet already." in got.links


def test_an_invitation_does_not_tell_whether_there_is_an_account(client: Any, clara: Person) -> None:
    make.organiser(email="known@example.org")
    said = []
    for email in ("known@example.org", "new@example.org"):
        with Statements() as statements:
            answer = invite(client, email)
        told = page(client, TEAM).text
        assert f"The invitation to {email} is on its way." in told
        said.append((answer.status_code, [one for one in statements.all if "SAVEPOINT" not in one]))

    assert said[0] == said[1]
    assert db.session.scalar(select(func.count()).select_from(Note).where(Note.action == "invited")) == 2
