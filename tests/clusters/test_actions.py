"""Changing clusters and their teams."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from clusterweek import clock
from clusterweek.accounts import queries as people
from clusterweek.clusters import accepting, actions, queries
from clusterweek.clusters.models import Invitation
from clusterweek.db.session import db, unit_of_work
from clusterweek.history.models import Note
from clusterweek.refusal import Refusal
from tests import mailbox as post, make


def team(cluster: Any) -> list[tuple[str, bool]]:
    return [(member.person.name, member.is_owner) for member in queries.members(cluster)]


def sent() -> list[tuple[str, str]]:
    db.session.commit()
    return post.mailbox()


def test_two_clusters_of_one_name_get_two_addresses() -> None:
    slugs = [actions.create("OptoNet", now=clock.now()).slug for _ in range(3)]

    assert slugs == ["optonet", "optonet-2", "optonet-3"]


@pytest.mark.parametrize(("name", "slug"), [("Clusters", "clusters-2"), ("IT", "it-2"), ("API", "api-2")])
def test_a_word_that_addresses_use_gets_a_number(name: str, slug: str) -> None:
    assert actions.create(name, now=clock.now()).slug == slug


def test_a_slug_that_is_taken_or_no_slug_is_refused() -> None:
    actions.create("OptoNet", slug="optik", now=clock.now())

    for slug in ("optik", "Optik", "clusters", "a b"):
        with pytest.raises(Refusal):
            actions.create("Andere", slug=slug, now=clock.now())


def test_an_update_says_what_has_changed_and_leaves_the_rest_and_the_address() -> None:
    cluster = make.cluster(website="https://optonet.example")
    slug = cluster.slug

    changed = actions.update(cluster, {"name": "OptoNet Jena", "city": "Jena"}, by=None, now=clock.now())

    assert changed == {"name"}
    assert (cluster.slug, cluster.website, cluster.updated_at) == (slug, "https://optonet.example", clock.now())
    assert actions.update(cluster, {"name": "OptoNet Jena"}, by=None, now=clock.now()) == set()


def test_the_first_member_is_the_owner() -> None:
    cluster = make.cluster()

    actions.add_member(cluster, make.person("Clara"), now=clock.now())
    actions.add_member(cluster, make.person("Sven"), now=clock.now())
    actions.add_member(cluster, make.person("Ada"), is_owner=True, now=clock.now())

    assert team(cluster) == [("Ada", True), ("Clara", True), ("Sven", False)]


def test_adding_a_member_twice_changes_nothing() -> None:
    cluster = make.cluster()
    clara = make.person("Clara")

    first = actions.add_member(cluster, clara, now=clock.now())

    assert actions.add_member(cluster, clara, now=clock.now()) is first


def test_the_last_owner_cannot_go_before_there_is_another() -> None:
    cluster = make.cluster()
    clara = make.member(cluster)
    sven = make.person("Sven")
    actions.add_member(cluster, sven, now=clock.now())

    with pytest.raises(Refusal):
        actions.remove_member(cluster, clara.id, by=clara, now=clock.now())
    actions.make_owner(cluster, sven.id, by=clara, now=clock.now())
    actions.remove_member(cluster, clara.id, by=clara, now=clock.now())

    assert team(cluster) == [("Sven", True)]


def test_an_invitation_is_a_letter_in_the_chosen_language_with_a_link_for_14_days(at: Any) -> None:
    cluster = make.cluster()

    invitation = actions.invite(cluster, "Clara@OptoNet.Example", by=None, now=clock.now(), language="en")

    db.session.commit()
    [letter] = post.letters()
    assert (letter.to, letter.subject) == ("Clara@OptoNet.Example", "Invitation for OptoNet: Cluster week")
    assert f"http://127.0.0.1:8000/en/invitation/{actions.token_of(invitation)}" in letter.text
    assert "Monday, 5 April 2027, 10:30" in letter.text


def test_an_invitation_says_who_invites_to_what_until_when_and_whom_to_ask() -> None:
    until = datetime(2027, 4, 1, 21, 59, tzinfo=UTC)
    make.edition(title_en="Last Week", starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 5))
    make.edition(state="draft", organised_by="Programmbüro", submissions_until=until)
    cluster, olaf = make.cluster(), make.organiser()

    actions.invite(cluster, "clara@optonet.example", by=olaf, now=clock.now(), language="en")

    db.session.commit()
    [letter] = post.letters()
    assert (letter.subject, letter.reply_to) == (
        "Invitation for OptoNet: Cluster Week Germany 2027",
        "olaf@example.org",
    )
    for sentence in (
        "Olaf (Programmbüro) invites OptoNet to take part with its own activities.",
        "The link leads to 127.0.0.1:8000 and works once, until Monday, 5 April 2027, 10:30. After that, ask us to",
        "The cluster week runs from 6 to 15 April 2027.",
        "Activities can be submitted until Thursday, 1 April 2027, 23:59",
        "Questions? Olaf, olaf@example.org – or simply reply.",
    ):
        assert sentence in letter.text
        assert sentence in " ".join(letter.page.split())
    assert "/en/legal/privacy" in letter.text
    assert "/en/legal/imprint" in letter.text


@pytest.mark.parametrize(
    ("phone", "is_office", "de"),
    [
        ("030 123 45", True, "Fragen? Olaf, 030 123 45, olaf@example.org; Sie können einfach antworten."),
        ("030 123 45", False, "Fragen? Clara, clara@example.org; Sie können einfach antworten."),
        ("", True, "Fragen? Olaf, olaf@example.org; Sie können einfach antworten."),
    ],
)
def test_an_invitation_names_the_telephone_of_the_office_and_of_nobody_else(
    app: Flask, monkeypatch: pytest.MonkeyPatch, phone: str, is_office: bool, de: str
) -> None:
    monkeypatch.setitem(app.config, "OFFICE_PHONE", phone)
    cluster = make.cluster()
    inviter = make.organiser() if is_office else make.member(cluster)

    actions.invite(cluster, "carl@optonet.example", by=inviter, now=clock.now())

    db.session.commit()
    letter = post.letters()[-1]
    assert de in letter.text
    assert de in " ".join(letter.page.split())


def test_an_invitation_says_in_a_sentence_when_the_week_is() -> None:
    make.edition()

    actions.invite(make.cluster(), "clara@optonet.example", by=make.organiser(), now=clock.now())

    db.session.commit()
    assert "Die Clusterwoche findet vom 6. bis 15. April 2027 statt." in post.letters()[0].text


def test_a_colleague_invites_by_name_and_a_second_letter_is_a_reminder(at: Any) -> None:
    cluster = make.cluster()
    clara = make.member(cluster)
    invitation = actions.invite(cluster, "carl@optonet.example", by=clara, now=clock.now(), language="en")
    db.session.commit()
    [first] = post.letters()
    at("2027-03-25 09:00")

    actions.send_again(invitation, by=clara, now=clock.now())

    db.session.commit()
    _first, second = post.letters()
    assert "Clara invites you to work on the activities of OptoNet." in first.text
    assert "reminder" not in first.text
    assert second.subject.startswith("Reminder: ")
    assert "This is a reminder: we wrote to you on Monday, 22 March 2027." in second.text


def test_nobody_is_led_to_answer_an_invented_colleague() -> None:
    cluster, olaf = make.cluster(), make.organiser(is_demo=True)

    actions.invite(cluster, "clara@optonet.example", by=olaf, now=clock.now())

    db.session.commit()
    assert [letter.reply_to for letter in post.letters()] == [None]


def test_asking_twice_writes_one_letter() -> None:
    cluster = make.cluster()

    first = actions.invite(cluster, "clara@optonet.example", by=None, now=clock.now())
    again = actions.invite(cluster, "CLARA@optonet.example", by=None, now=clock.now())

    assert again.id == first.id
    assert len(sent()) == 1


def test_an_invitation_that_has_run_out_is_sent_again_when_somebody_asks(at: Any) -> None:
    cluster = make.cluster()
    first = actions.invite(cluster, "clara@optonet.example", by=None, now=clock.now())
    token = actions.token_of(first)
    sent()

    now = at("2027-04-06 09:00")
    actions.invite(cluster, "clara@optonet.example", by=None, now=now)

    assert (actions.token_of(first) == token, first.sent_at) == (False, now)
    assert len(sent()) == 1


def test_who_works_for_the_cluster_already_is_not_invited() -> None:
    cluster = make.cluster()
    make.member(cluster)

    with pytest.raises(Refusal):
        actions.invite(cluster, "Clara@example.org", by=None, now=clock.now())


@pytest.mark.parametrize("address", ["clara", "clara@", "a@b@c.example", "clara@optonet.example\nBcc: all@example.org"])
def test_a_wrong_address_is_refused(address: str) -> None:
    with pytest.raises(Refusal):
        actions.invite(make.cluster(), address, by=None, now=clock.now())


def test_sending_again_makes_the_older_link_worthless_and_holds_back_a_letter_that_has_not_left(at: Any) -> None:
    invitation = actions.invite(make.cluster(), "clara@optonet.example", by=None, now=clock.now())
    older = actions.token_of(invitation)

    actions.send_again(invitation, by=None, now=at("2027-03-23 09:30"))

    assert queries.usable_invitation(older, now=clock.now()) is None
    assert queries.usable_invitation(actions.token_of(invitation), now=clock.now()) is invitation
    assert len(sent()) == 1


def test_taking_an_invitation_back_holds_back_its_letter() -> None:
    invitation = actions.invite(make.cluster(), "clara@optonet.example", by=None, now=clock.now())

    actions.withdraw_invitation(invitation, by=None, now=clock.now())

    assert sent() == []
    assert queries.usable_invitation(actions.token_of(invitation), now=clock.now()) is None
    with pytest.raises(Refusal):
        actions.send_again(invitation, by=None, now=clock.now())


def test_accepting_makes_the_person_and_the_owner() -> None:
    cluster = make.cluster()
    invitation = actions.invite(cluster, "clara@optonet.example", by=None, now=clock.now())
    token = actions.token_of(invitation)

    person = accepting.accept_as_new(token, name="Clara", password=None, language="de", now=clock.now())

    assert team(cluster) == [("Clara", True)]
    assert (person.email, person.password_hash, person.is_demo) == ("clara@optonet.example", None, False)
    assert (invitation.accepted_by_id, invitation.accepted_at) == (person.id, clock.now())
    with pytest.raises(Refusal):
        accepting.accept_as_new(token, name="Sven", password=None, language="de", now=clock.now())


def test_somebody_who_accepts_for_a_demo_cluster_belongs_to_the_demo() -> None:
    invitation = actions.invite(make.cluster(is_demo=True), "c@example.org", by=None, now=clock.now())

    person = accepting.accept_as_new(
        actions.token_of(invitation), name="Clara", password=None, language="de", now=clock.now()
    )

    assert person.is_demo
    assert sent() == []


def test_an_address_with_an_account_joins_only_with_it() -> None:
    cluster = make.cluster()
    clara, sven = make.person("Clara"), make.person("Sven")
    token = actions.token_of(actions.invite(cluster, "clara@example.org", by=None, now=clock.now()))

    with pytest.raises(Refusal):
        accepting.accept_as_new(token, name="Clara", password=None, language="de", now=clock.now())
    with pytest.raises(Refusal):
        accepting.accept(token, sven, now=clock.now())
    accepting.accept(token, clara, now=clock.now())

    assert team(cluster) == [("Clara", True)]


def test_who_has_not_accepted_is_found_the_longest_waiting_first(at: Any) -> None:
    one, other = make.cluster("OptoNet"), make.cluster("FördeStrom")
    late = actions.invite(other, "late@example.org", by=None, now=at("2027-03-10 09:00"))
    early = actions.invite(one, "early@example.org", by=None, now=at("2027-03-01 09:00"))
    gone = actions.invite(one, "gone@example.org", by=None, now=at("2027-03-02 09:00"))
    actions.withdraw_invitation(gone, by=None, now=clock.now())
    done = actions.invite(one, "done@example.org", by=None, now=at("2027-03-03 09:00"))
    accepting.accept_as_new(actions.token_of(done), name="D", password=None, language="de", now=clock.now())

    assert queries.invitations(only_open=True) == [early, late]
    assert queries.invitations(other) == [late]
    assert len(queries.invitations(one)) == 3


def test_every_step_of_the_office_is_noted_without_a_name_or_an_address() -> None:
    olaf = make.organiser()
    with unit_of_work():
        cluster = actions.create("OptoNet", by=olaf, now=clock.now())
        actions.update(cluster, {"city": "Jena"}, by=olaf, now=clock.now())
        invitation = actions.invite(cluster, "clara@optonet.example", by=olaf, now=clock.now())
        actions.send_again(invitation, by=olaf, now=clock.now() + timedelta(days=1))
        actions.withdraw_invitation(invitation, by=olaf, now=clock.now())

    entries = db.session.scalars(select(Note).where(Note.subject_type == "cluster").order_by(Note.id)).all()

    assert [(e.action, e.actor_id) for e in entries] == [
        (step, olaf.id) for step in ("created", "updated", "invited", "invited_again", "invitation_withdrawn")
    ]
    assert "clara" not in str([e.details for e in entries]).lower()


def test_the_database_keeps_no_token() -> None:
    invitation = actions.invite(make.cluster(), "clara@optonet.example", by=None, now=clock.now())
    token = actions.token_of(invitation)

    row = db.session.execute(select(Invitation.__table__)).one()

    assert token not in [str(value) for value in row]
    assert people.by_email("clara@optonet.example") is None
