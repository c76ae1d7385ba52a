"""A form that makes something new makes it once: clicked twice, sent again after a lost answer, gone back to."""

import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from clusterweek import clock, jobs
from clusterweek.accounts.models import Person
from clusterweek.activities.models import Activity
from clusterweek.clusters import actions as clusters
from clusterweek.clusters.models import Cluster, Invitation
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.keeping import once
from clusterweek.keeping.models import SentForm
from clusterweek.outbox.models import Letter
from tests import forms, make
from tests.browse import checked, page
from tests.conftest import NOW, Client, Clock
from tests.host.test_entry import COMPLETE
from tests.mailbox import mailbox

AGAIN = "Dieses Formular wurde schon einmal gesendet. Es entstand nichts doppelt; dies ist das Ergebnis."


@pytest.fixture
def optonet() -> Cluster:
    make.edition(slug="woche")
    return make.cluster("OptoNet", slug="optonet", email="info@optonet.example")


@pytest.fixture
def clara(client: Client, optonet: Cluster) -> Person:
    who = make.member(optonet)
    make.login(client, who)
    return who


@pytest.fixture
def olaf(client: Client, optonet: Cluster) -> Person:
    who = make.organiser()
    make.login(client, who)
    return who


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


NEW = "/de/host/optonet/new?edition=woche"


@pytest.mark.parametrize("button", ["save", "submit"])
def test_a_new_activity_clicked_twice_is_one(client: Client, clara: Person, button: str) -> None:
    form = page(client, NEW).fields | COMPLETE | {button: "1"}

    answers = [client.post(NEW, data=form) for _click in range(3)]

    assert [answer.status_code for answer in answers] == [303] * 3
    assert count(Activity) == 1
    activity = db.session.scalars(select(Activity)).one()
    assert answers[2].location.partition("?")[0] == f"/de/host/optonet/{activity.id}"
    assert AGAIN in page(client, answers[2].location).text
    assert activity.review_status == ("submitted" if button == "submit" else "draft")
    assert len(mailbox()) == (1 if button == "submit" else 0)


def test_whoever_goes_back_and_types_on_goes_on_with_the_same_activity(client: Client, clara: Person) -> None:
    form = page(client, NEW).fields | COMPLETE | {"save": "1"}
    client.post(NEW, data=form)

    client.post(NEW, data=form | {"title_de": "Seminar: Wärmenetze planen und bauen"})
    client.post(NEW, data=form | {"title_de": "Seminar: Netze planen"})

    activity = db.session.scalars(select(Activity)).one()
    assert activity.title_de == "Seminar: Netze planen"
    assert len(activity.occurrences) == 1


def test_an_old_page_never_overwrites_what_was_saved_since(client: Client, clara: Person) -> None:
    form = page(client, NEW).fields | COMPLETE | {"save": "1"}
    edit = client.post(NEW, data=form).location
    client.post(edit, data=page(client, edit).fields | {"title_de": "Weiter gedacht"})

    answer = checked(client.post(NEW, data=form | {"title_de": "Von vorhin"}), status=409)

    assert "hat sich seitdem geändert" in answer.text
    assert answer.fields["title_de"] == "Von vorhin"
    assert db.session.scalars(select(Activity)).one().title_de == "Weiter gedacht"


def test_a_first_try_that_failed_uses_the_key_not_up(client: Client, clara: Person) -> None:
    form = page(client, NEW).fields | COMPLETE | {"capacity": "-3", "save": "1"}
    checked(client.post(NEW, data=form), status=422)  # kept as a draft, and the page goes on with it

    client.post(NEW, data=form | {"capacity": "30"})

    assert db.session.scalars(select(Activity)).one().capacity == 30


def test_two_pages_make_two(client: Client, clara: Person) -> None:
    for _ in range(2):
        client.post(NEW, data=page(client, NEW).fields | COMPLETE | {"save": "1"})

    assert count(Activity) == 2


def test_without_a_key_as_from_a_page_of_yesterday_it_works_too(client: Client, clara: Person) -> None:
    for key in ("", "short", "x" * 500, "ä" * 22):
        assert client.post(NEW, data=COMPLETE | {"once": key, "save": "1"}).status_code == 303

    assert count(Activity) == 4


def test_the_key_of_somebody_else_leads_nowhere(client: Client, clara: Person, optonet: Cluster) -> None:
    form = page(client, NEW).fields | COMPLETE | {"save": "1"}
    client.post(NEW, data=form)
    make.login(client, make.member(optonet, "Carl"))

    client.post(NEW, data=form)

    assert count(Activity) == 2


def test_the_same_key_in_another_form_is_another_form(client: Client, olaf: Person) -> None:
    """A page that is shown again carries its key in each of its forms."""
    keys = set()
    for path in ("/de/organiser/clusters/new", "/de/organiser/clusters/table", "/de/organiser/editions/new"):
        with client.application.test_request_context(path, method="POST", data={"once": "k" * 22}):
            keys.add(once.key(olaf))

    assert len(keys - {None}) == 3


def test_a_new_cluster_an_edition_and_a_person_are_made_once(client: Client, olaf: Person) -> None:
    cases = (
        ("/de/organiser/clusters/new", Cluster, {"name": "FördeStrom"}, "/de/organiser/clusters/foerdestrom"),
        (
            "/de/organiser/editions/new",
            Edition,
            {"title_de": "Woche", "slug": "w-28", "starts_on": "4.4.2028", "ends_on": "8.4.2028"},
            "/de/organiser/editions/w-28",
        ),
        ("/de/organiser/people/", Person, {"name": "Vera", "email": "vera@example.org"}, "/de/organiser/people/"),
    )
    for path, model, typed, result in cases:
        before = count(model)
        form = page(client, path).fields | typed

        answers = [client.post(path, data=form) for _click in range(2)]

        assert [(a.status_code, a.location) for a in answers] == [(303, result)] * 2, path
        assert count(model) == before + 1
        assert AGAIN in page(client, result).text
    assert count(Letter) == 1  # to Vera
    # And with other words it is another one: whoever goes back to add a second means it.
    form = page(client, "/de/organiser/clusters/new").fields
    for name in ("Alpha", "Beta"):
        client.post("/de/organiser/clusters/new", data=form | {"name": name})
    assert {"Alpha", "Beta"} <= set(db.session.scalars(select(Cluster.name)))


def test_the_same_key_and_another_name_that_is_taken_is_said_and_kept(client: Client, olaf: Person) -> None:
    form = page(client, "/de/organiser/clusters/new").fields | {"name": "FördeStrom"}
    client.post("/de/organiser/clusters/new", data=form)

    answer = checked(client.post("/de/organiser/clusters/new", data=form | {"city": "Kiel"}), status=422)

    assert answer.fields["city"] == "Kiel"


def test_sending_again_clicked_twice_writes_once(client: Client, olaf: Person, optonet: Cluster, at: Clock) -> None:
    """A second letter would make the link in the first one void."""
    invitation = clusters.invite(optonet, "clara@example.org", by=olaf, now=make.THEN)
    for path in ("/de/organiser/clusters/optonet", "/de/host/optonet/team", "/de/organiser/clusters/send-again"):
        at(clock.now() + timedelta(days=2))  # nobody is written to twice within a day
        make.login(client, olaf)
        generation = invitation.generation
        form = next(f for f in forms.of(page(client, path)) if f.action.endswith("again"))

        answers = [client.post(form.action, data=form.sent()) for _click in range(2)]

        assert answers[0].location == answers[1].location, path
        assert answers[0].status_code == answers[1].status_code == 303, path
        assert db.session.get_one(Invitation, invitation.id).generation != generation, path
        assert len(mailbox()) == 1, path


def test_the_link_of_a_person_is_sent_once(client: Client, olaf: Person) -> None:
    make.viewer()
    form = next(f for f in forms.of(page(client, "/de/organiser/people/")) if f.action.endswith("/link"))

    for _click in range(2):
        assert client.post(form.action, data=form.sent()).location == "/de/organiser/people/"

    assert count(Letter) == 1


def test_a_table_taken_over_twice_is_taken_over_once(client: Client, olaf: Person) -> None:
    table = "name;kind;land;email\nAlpha;cluster;DE-BY;alpha@example.org\nBeta;cluster;DE-BY;\n"
    seen = checked(client.post("/de/organiser/clusters/table", data={"file": (io.BytesIO(table.encode()), "x.csv")}))
    form = seen.fields | {"invite": "y"}

    answers = [client.post("/de/organiser/clusters/table/take-over", data=form) for _click in range(2)]

    assert [a.location for a in answers] == ["/de/organiser/clusters/"] * 2
    said = page(client, "/de/organiser/clusters/").text
    assert AGAIN in said
    assert (count(Letter), count(Invitation)) == (1, 1)


def test_what_is_harmless_twice_by_nature(client: Client, olaf: Person, optonet: Cluster) -> None:
    """An invitation that is out is not sent a second time; all of them at once skips who was asked."""
    form = page(client, "/de/host/optonet/team").fields | {"email": "clara@example.org"}
    for _click in range(2):
        assert client.post("/de/host/optonet/team", data=form).status_code == 303
    all_form = {"cluster": str(make.cluster("Neu", email="neu@example.org").id)}
    for _click in range(2):
        assert client.post("/de/organiser/clusters/invitation", data=all_form).status_code == 303

    assert (count(Letter), count(Invitation)) == (2, 2)


def test_decisions_clicked_twice_are_made_once_and_say_so(client: Client, olaf: Person) -> None:
    activity = make.submitted()
    make.member(activity.host_cluster)
    entry = f"/de/organiser/{activity.edition.slug}/queue/{activity.id}"
    fields = page(client, entry).fields

    answers = [client.post(f"{entry}/publish", data=fields) for _click in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert [to for to, _subject in mailbox()] == ["clara@example.org"]
    # Somebody else has published it, while remarks were written: they are there to be copied.
    late = checked(client.post(f"{entry}/request-changes", data=fields | {"remark_title_de": "Kürzer!"}), status=422)
    assert "Kürzer!" in late.text


def test_cancelling_twice_cancels_once_and_the_reason_is_not_lost(client: Client, olaf: Person) -> None:
    activity = make.activity()
    path = f"/de/host/{activity.host_cluster.slug}/{activity.id}/cancel"
    form = page(client, path).fields | {"reason": "Der Referent ist krank."}

    first = client.post(path, data=form)
    second = checked(client.post(path, data=form), status=422)

    assert first.status_code == 303
    assert "Diese Veranstaltung hat sich geändert" in second.text
    assert "Der Referent ist krank." in second.text


def test_saving_the_same_again_after_a_lost_answer_is_no_conflict(
    client: Client, clara: Person, optonet: Cluster
) -> None:
    activity = make.activity(host=optonet, review_status="draft", published_at=None)
    path = f"/de/host/optonet/{activity.id}"
    form = page(client, path).fields | {"title_de": "Neuer Titel"}

    assert [client.post(path, data=form).status_code for _ in range(2)] == [303, 303]
    # Other words on an old page still are one.
    assert client.post(path, data=form | {"title_de": "Anderer Titel"}).status_code == 409
    assert activity.title_de == "Neuer Titel"


def test_submitting_again_clicked_twice_is_one_submission(client: Client, clara: Person, optonet: Cluster) -> None:
    client.post(NEW, data=COMPLETE | {"save": "1"})
    activity = db.session.scalars(select(Activity)).one()
    path = f"/de/host/optonet/{activity.id}"
    form = page(client, path).fields | {"submit": "1"}

    assert [client.post(path, data=form).status_code for _ in range(2)] == [303, 303]
    assert activity.review_status == "submitted"
    assert len(mailbox()) == 1


def test_the_key_comes_back_with_the_form_after_the_login(client: Client, clara: Person) -> None:
    form = page(client, NEW).fields | COMPLETE | {"save": "1"}
    client.post(NEW, data=form)
    client.post("/de/logout")
    assert client.post(NEW, data=form).status_code == 401  # the second click came too late
    make.login(client, clara)
    again = page(client, NEW)

    assert again.fields["once"] == form["once"]
    client.post(NEW, data=again.fields)
    assert count(Activity) == 1


def test_keys_are_forgotten_after_a_day(client: Client, clara: Person, at: Clock) -> None:
    client.post(NEW, data=page(client, NEW).fields | COMPLETE | {"save": "1"})
    assert count(SentForm) == 1

    at(NOW.replace(day=23, hour=10))
    jobs.clear_up()

    assert count(SentForm) == 0
