"""Loading the demo and taking it out again."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from clusterweek.accounts import queries as people
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.clusters import rules
from clusterweek.clusters.models import Invitation
from clusterweek.db.session import db as database, unit_of_work
from clusterweek.demo import actions, additions, cast, details, purge
from clusterweek.editions.models import Edition
from clusterweek.facts import actions as facts
from clusterweek.history import record
from clusterweek.history.models import Note
from clusterweek.outbox import post
from clusterweek.outbox.models import Letter
from clusterweek.refusal import Refusal
from clusterweek.registrations.models import Registration
from tests import make, tables
from tests.conftest import NOW, build_app
from tests.postgres import postgres_url

# Salted, or made with a key of the installation.
OF_THE_INSTALLATION = ("people.password_hash", "registrations.token_hash")
# Given once and never again, so a row that is written a second time has another.
NUMBERS = ("activities.version", "occurrences.id", "invitations.id", "invitations.token_hash", "history_entries.id")
HAS_UNREAD = Activity.title_de == next(o.title.de for o in details.programme(30) if o.wish == "unread_date")


def test_a_second_run_changes_nothing() -> None:
    actions.load(count=30, now=actions.TODAY)
    before = tables.dump()

    done = actions.load(count=30, now=actions.TODAY + timedelta(days=1))

    assert (done.activities, done.registrations) == (0, 0)
    assert tables.dump() == before


def _as_of_an_earlier_version() -> None:
    """The demo without what came later: the draft had no date at all, and nobody had noted any addition."""
    draft = database.session.scalars(select(Activity).where(Activity.review_status == "draft", HAS_UNREAD)).one()
    draft.unread, draft.search_text = {}, "as it was"
    for model, rows in ((Occurrence, Occurrence.activity_id == draft.id), (Invitation, Invitation.id > 0)):
        database.session.execute(delete(model).where(rows))
    week = database.session.scalars(select(Edition).where(Edition.slug == cast.WEEK)).one()
    week.greeting_de = week.greeting_en = None
    database.session.flush()
    database.session.execute(delete(Note).where(Note.action == additions.ADDED))
    database.session.expire_all()


def test_a_demo_of_an_earlier_version_gets_what_is_new_once() -> None:
    actions.load(count=30, now=actions.TODAY)
    fresh = tables.dump(leave_out=NUMBERS)
    _as_of_an_earlier_version()

    assert actions.load(count=30, now=actions.TODAY + timedelta(days=9)).added == list(additions.ADDITIONS)

    database.session.expire_all()
    assert tables.dump(leave_out=NUMBERS) == fresh
    assert actions.load(count=30, now=actions.TODAY).added == []
    assert tables.dump(leave_out=NUMBERS) == fresh


def test_what_people_have_done_with_an_older_demo_stays() -> None:
    actions.load(count=30, now=actions.TODAY)
    draft = database.session.scalars(select(Activity).where(Activity.review_status == "draft", HAS_UNREAD)).one()
    _as_of_an_earlier_version()
    draft.updated_at = actions.TODAY + timedelta(hours=1)
    week = database.session.scalars(select(Edition).where(Edition.slug == cast.WEEK)).one()
    week.greeting_en = "Welcome!"

    actions.load(count=30, now=actions.TODAY)

    database.session.expire_all()
    assert (draft.unread, draft.occurrences) == ({}, [])
    assert (week.greeting_de, week.greeting_en) == (None, "Welcome!")


def test_the_void_invitation_of_the_demo_can_be_sent_again() -> None:
    actions.load(count=30, now=actions.TODAY)

    invitation = database.session.scalars(select(Invitation)).one()

    assert rules.state_of(invitation, now=actions.TODAY) == "void"
    assert invitation.email.endswith(".example")  # nobody's mailbox


def test_another_size_asks_for_the_old_demo_to_be_removed_first() -> None:
    actions.load(count=30, now=actions.TODAY)

    with pytest.raises(Refusal, match="demo purge"):
        actions.load(count=40, now=actions.TODAY)


def test_real_clusters_and_demo_data_are_not_mixed_unless_forced() -> None:
    make.cluster("OptoNet")

    with pytest.raises(Refusal, match="--force"):
        actions.load(count=30, now=actions.TODAY)

    assert actions.load(count=30, now=actions.TODAY, force=True).activities == 54


def test_an_edition_of_that_address_is_not_taken_for_the_demo() -> None:
    make.edition(slug=cast.WEEK)

    with pytest.raises(Refusal):
        actions.load(count=30, now=actions.TODAY)


def test_loading_writes_no_letters() -> None:
    actions.load(count=30, now=actions.TODAY)

    assert database.session.scalar(select(func.count()).select_from(Letter)) == 0


def test_purging_leaves_exactly_what_was_there_before() -> None:
    facts.load(now=NOW)
    make.registration(make.activity(host=make.cluster("OptoNet")))
    before = tables.dump()
    actions.load(count=30, now=actions.TODAY, force=True)

    count = purge.purge()

    assert tables.dump() == before
    assert count > 54


def test_purging_takes_what_came_later_along_and_forgets_demo_people_in_real_rows() -> None:
    host = make.cluster("OptoNet")
    actions.load(count=30, now=actions.TODAY, force=True)
    real = make.activity(host=host)
    before = tables.counts()
    olaf = people.by_email("olaf@example.org")
    assert olaf is not None
    real.created_by_id = olaf.id
    one = database.session.scalars(select(Registration)).first()
    assert one is not None
    post.queue("promoted", key="promoted:1", language="de", now=NOW, registration_id=one.id)
    post.queue("promoted", key="promoted:2", language="de", now=NOW, activity_id=real.id)
    record.note("updated", "activity", one.activity_id, now=NOW, by=olaf)
    week = database.session.scalars(select(Edition).where(Edition.slug == cast.WEEK)).one()
    make.activity(edition=week, host=host)
    make.edition(slug="real-conference", parent_edition_id=week.id)

    purge.purge()

    assert before["activities"] == 55
    assert tables.counts() == {
        **{"laender": 16, "technology_fields": 37, "reminder_rules": 3, "letters": 1, "clusters": 1, "editions": 2},
        **{"activities": 1, "activity_fields": 1, "activity_languages": 1, "cluster_fields": 1, "occurrences": 1},
    }
    assert real.created_by_id is None


def test_purging_where_no_demo_is_changes_nothing() -> None:
    make.registration(make.activity())
    before = tables.dump()

    assert purge.purge() == 0
    assert tables.dump() == before


@pytest.mark.parametrize("count", [60, 137, 1000, 2000])
def test_other_sizes_keep_the_shares(count: int) -> None:
    found = [offer for offer in details.programme(count) if offer.state == "published"]

    assert len(found) == count
    assert len({offer.title.de for offer in found}) == count

    def share(many: int) -> int:
        return round(100 * many / count)

    assert abs(share(sum(offer.mode == "online" for offer in found)) - 12) <= 3
    assert abs(share(sum(offer.channel == "internal" for offer in found)) - 62) <= 3
    assert abs(share(sum(offer.host.land == "DE-BW" for offer in found)) - 22) <= 1
    assert share(sum(bool(offer.countries) for offer in found)) in (20, 22)
    assert share(sum(offer.has_english for offer in found)) in (30, 31)


def test_the_commands_say_what_they_did(app: Flask) -> None:
    runner = app.test_cli_runner()

    assert "22 added" in runner.invoke(args=["facts", "load"]).output
    assert "74 activities" in runner.invoke(args=["demo", "load", "--activities", "50"]).output
    assert "0 activities" in runner.invoke(args=["demo", "load", "--activities", "50"]).output
    assert "rows removed" in runner.invoke(args=["demo", "purge"]).output
    assert database.session.scalar(select(func.count()).select_from(Activity)) == 0


def test_a_moment_that_is_none_is_refused(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["demo", "load", "--now", "soon"])

    assert result.exit_code == 2
    assert "--now" in result.output


def _loaded(app: Flask) -> dict[str, list[dict[str, object]]]:
    with app.app_context():
        with unit_of_work():
            facts.load(now=NOW)
            actions.load(now=actions.TODAY)
        found = tables.dump(leave_out=OF_THE_INSTALLATION)
        database.session.remove()
    return found


@pytest.mark.slow
@pytest.mark.postgres
def test_two_fresh_databases_of_two_makes_hold_the_same(tmp_path: Path) -> None:
    on_sqlite = _loaded(build_app(tmp_path / "sqlite"))
    postgres = build_app(tmp_path / "postgres", DATABASE_URL=postgres_url("demo"))

    assert _loaded(postgres) == on_sqlite

    with postgres.app_context():
        with unit_of_work():
            again = facts.load(now=NOW), actions.load(now=actions.TODAY)
        assert (again[0].unchanged, again[1].activities) == (22, 0)
        # What is added next must not run into the numbers that the demo has taken.
        with unit_of_work():
            make.registration(make.activity())
        with unit_of_work():
            purge.purge()
        left = tables.counts()
        database.session.remove()
    assert (left["editions"], left["activities"], left["registrations"]) == (23, 1, 1)
