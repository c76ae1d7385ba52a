"""Changing activities: what is kept, what is stamped, what the calendars learn."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from clusterweek import clock
from clusterweek.activities import actions
from clusterweek.activities.models import Activity, Occurrence, Remark
from clusterweek.activities.values import Wrong
from clusterweek.db.session import db, unit_of_work
from clusterweek.editions.models import Edition
from clusterweek.history.models import Note
from clusterweek.outbox.models import Letter
from clusterweek.refusal import Refusal
from tests import make

COMPLETE: dict[str, Any] = {
    "title_de": "Seminar: Wärmenetze planen",
    "summary_de": "Von der Skizze zum Vertrag.",
    "format": "seminar",
    "fields": ["optical-technologies-photonics"],
    "languages": ["de"],
    "contact_email": "clara@optonet.example",
    "capacity": 20,
    "occurrences": [
        {
            "starts_local": "2027-04-08T09:00",
            "ends_local": "2027-04-08T16:00",
            "city": "Jena",
            "venue_land": "DE-TH",
        }
    ],
}


def draft(**given: Any) -> Activity:
    host = make.cluster()
    return actions.create(make.edition(), host, COMPLETE | given, by=make.member(host), now=make.THEN)


def dates(activity: Activity) -> list[Occurrence]:
    """All dates, tombstones too."""
    return list(
        db.session.scalars(select(Occurrence).where(Occurrence.activity_id == activity.id).order_by(Occurrence.id))
    )


def same(occurrence: Occurrence, **given: Any) -> dict[str, Any]:
    return {"id": occurrence.id, **given}


def change(activity: Activity, values: dict[str, Any], **given: Any) -> actions.Change:
    with unit_of_work():
        return actions.update(activity, values, by=None, now=clock.now(), **given)


def test_a_draft_may_lack_almost_everything() -> None:
    activity = actions.create(make.edition(), make.cluster(), {}, by=None, now=make.THEN)

    assert (activity.review_status, activity.title_de, activity.occurrences) == ("draft", "", [])


def test_a_cluster_that_nobody_knows_is_no_host() -> None:
    with pytest.raises(Wrong) as wrong:
        draft(co_hosts=["nobody"])

    assert list(wrong.value.fields) == ["co_hosts"]


def test_a_draft_keeps_everything_that_was_typed() -> None:
    other = make.cluster("FördeStrom")
    activity = draft(
        partner_countries=["FR", "NL"],
        co_hosts=[other.slug],
        external_partners=[{"name": "Svařovací centrum", "country": "CZ"}, {"name": "Verein", "country": None}],
        languages=["en", "de"],
        registration_deadline=make.THEN.isoformat(),
    )

    assert activity.partner_countries == ["FR", "NL"]
    assert activity.co_hosts == [other]
    assert [(p.name, p.country) for p in activity.external_partners] == [("Svařovací centrum", "CZ"), ("Verein", None)]
    assert activity.languages == ["en", "de"]
    assert activity.occurrences[0].starts_at.isoformat() == "2027-04-08T07:00:00+00:00"
    assert activity.occurrences[0].timezone == "Europe/Berlin"
    assert activity.occurrences[0].uid.endswith("@clusterweek")
    assert "warmenetze" in activity.search_text


def test_what_cannot_be_stored_is_refused_and_nothing_is_set() -> None:
    activity = draft()

    with pytest.raises(Wrong) as wrong:
        change(activity, {"title_de": "Neu", "capacity": -1})

    assert list(wrong.value.fields) == ["capacity"]
    assert activity.title_de == "Seminar: Wärmenetze planen"


def test_the_archive_takes_nothing_more() -> None:
    edition = make.edition(state="archived")

    with pytest.raises(Refusal):
        actions.create(edition, make.cluster(), COMPLETE, by=None, now=make.THEN)
    with pytest.raises(Refusal):
        change(make.activity(edition=edition), {"title_de": "Neu"})


def test_an_online_activity_lies_in_no_land() -> None:
    remote = draft(mode="online")
    turned = make.activity()

    change(turned, {"mode": "online"})

    assert [o.venue_land for activity in (remote, turned) for o in activity.occurrences] == [None, None]
    assert change(remote, {"occurrences": [same(remote.occurrences[0], venue_land="DE-TH")]}).fields == set()


def test_what_does_not_change_leaves_no_trace() -> None:
    activity = make.activity(countries=("FR",), partners=(("Verein", None),))
    edition_version, version, stamp = activity.edition.programme_version, activity.version, activity.updated_at
    one = activity.occurrences[0]

    found = change(
        activity,
        {
            "title_de": " Workshop: Licht als Werkzeug ",
            "title_en": activity.title_en,
            "fields": activity.fields,
            "partner_countries": ["FR"],
            "external_partners": [{"name": "Verein", "country": None}],
            "occurrences": [same(one, city=one.city, latitude=None)],
        },
    )

    assert found.fields == set()
    assert (activity.version, activity.updated_at, one.sequence) == (version, stamp, 0)
    assert activity.edition.programme_version == edition_version
    assert list(db.session.scalars(select(Note))) == []


def test_a_published_activity_is_stamped_and_touches_the_programme() -> None:
    activity = make.activity()
    before = activity.edition.programme_version

    found = change(activity, {"summary_de": "Anders."})

    assert found.fields == {"summary_de"}
    assert activity.updated_at == clock.now()
    assert db.session.get_one(Edition, activity.edition_id).programme_version == before + 1
    assert activity.occurrences[0].sequence == 0  # a text edit: stamps only
    entry = db.session.scalars(select(Note)).one()
    assert (entry.action, entry.details) == ("updated", {"fields": ["summary_de"], "is_public": True})


def test_a_draft_does_not_touch_the_programme() -> None:
    activity = draft()

    change(activity, {"summary_de": "Anders."})

    assert db.session.get_one(Edition, activity.edition_id).programme_version == 1


def test_what_only_the_office_sees_is_not_stamped() -> None:
    activity = make.activity()
    stamp, before = activity.updated_at, activity.edition.programme_version

    change(activity, {"outside_window_allowed": True})

    assert (activity.updated_at, activity.edition.programme_version) == (stamp, before)


def test_two_people_cannot_overwrite_each_other(at: Any) -> None:
    activity = make.activity()
    at("2027-03-22 09:12")
    version = activity.version
    change(activity, {"languages": ["en"]}, version=version)

    with pytest.raises(Refusal, match="09:12"):
        change(activity, {"title_de": "Anders"}, version=version)


def test_a_moved_date_counts_up_and_says_from_where() -> None:
    activity = make.activity()
    one = activity.occurrences[0]
    old = one.starts_at, one.ends_at

    found = change(activity, {"occurrences": [same(one, starts_local="2027-04-08T10:00")]})

    assert found.moved == [(one, *old)]
    assert (found.removed, found.added, found.relocated) == ([], [], [])
    assert (one.sequence, one.starts_at.hour, one.updated_at) == (1, 8, clock.now())


def test_another_zone_moves_a_date_too() -> None:
    activity = make.activity()
    one = activity.occurrences[0]

    found = change(activity, {"occurrences": [same(one, timezone="Europe/Lisbon")]})

    assert [moved[0] for moved in found.moved] == [one]
    assert one.starts_at.hour == 8


def test_another_place_counts_up_but_coordinates_do_not() -> None:
    activity = make.activity()
    one = activity.occurrences[0]

    assert change(activity, {"occurrences": [same(one, latitude=50.92, longitude=11.58)]}).relocated == []
    assert one.sequence == 0
    assert change(activity, {"occurrences": [same(one, city="Weimar")]}).relocated == [one]
    assert one.sequence == 1


def test_another_venue_and_another_online_room_are_told_apart() -> None:
    activity = make.activity(mode="hybrid")
    one = activity.occurrences[0]

    elsewhere = change(activity, {"occurrences": [same(one, city="Weimar")]})
    assert (elsewhere.relocated, elsewhere.relinked) == ([one], [])

    other_room = change(activity, {"occurrences": [same(one, online_url="https://raum.example/neu")]})
    assert (other_room.relocated, other_room.relinked) == ([], [one])


def test_another_place_loses_the_old_coordinates() -> None:
    activity = make.activity(place={"latitude": 50.92, "longitude": 11.58})
    one = activity.occurrences[0]

    change(activity, {"occurrences": [same(one, city="Weimar")]})

    assert (one.latitude, one.longitude) == (None, None)


def test_a_removed_public_date_leaves_a_tombstone() -> None:
    activity = make.activity()
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:30")
    first, second = activity.occurrences

    found = change(activity, {"occurrences": [same(first)]})

    assert found.removed == [second]
    assert (second.removed_at, second.removed_because, second.sequence) == (clock.now(), "removed", 1)
    assert activity.occurrences == [first]
    assert dates(activity) == [first, second]


def test_a_removed_date_of_a_draft_is_gone() -> None:
    activity = draft()
    first = activity.occurrences[0]
    new = {"starts_local": "2027-04-09T09:00", "ends_local": "2027-04-09T12:00", "city": "Jena"}

    change(activity, {"occurrences": [new]})

    assert len(dates(activity)) == 1
    assert dates(activity)[0] is not first


def test_dates_of_others_cannot_be_taken() -> None:
    foreign = make.activity().occurrences[0]

    with pytest.raises(Refusal):
        change(make.activity(), {"occurrences": [same(foreign)]})


def test_a_date_that_is_sent_twice_is_refused_in_a_sentence() -> None:
    activity = make.activity()
    only = activity.occurrences[0]

    with pytest.raises(Wrong) as wrong:
        change(activity, {"occurrences": [same(only), same(only, city="Weimar")]})

    assert wrong.value.fields == {"occurrences": "Einer der Termine kam doppelt an. Bitte laden Sie die Seite neu."}
    assert only.city == "Jena"


def test_a_public_activity_stays_complete() -> None:
    activity = make.activity()

    with pytest.raises(Wrong) as wrong:
        change(activity, {"summary_de": "", "occurrences": []})

    assert list(wrong.value.fields) == ["summary_de", "occurrences"]


def test_a_public_activity_stays_inside_the_week_unless_the_office_allows_it() -> None:
    activity = make.activity()
    eve = [same(activity.occurrences[0], starts_local="2027-04-05T18:00", ends_local="2027-04-05T20:00")]

    with pytest.raises(Wrong):
        change(activity, {"occurrences": eve})
    change(activity, {"outside_window_allowed": True})
    change(activity, {"occurrences": eve})

    assert activity.occurrences[0].starts_on.day == 5


def test_of_what_is_cancelled_anything_may_be_taken_away() -> None:
    activity = make.activity(happening="cancelled")

    change(activity, {"summary_de": "", "contact_email": None})

    assert (activity.summary_de, activity.contact_email) == (None, None)


def test_what_was_incomplete_before_may_still_be_mended() -> None:
    activity = make.activity(contact_email=None)

    change(activity, {"title_de": "Neuer Titel"})

    assert activity.title_de == "Neuer Titel"


def test_submitting_needs_everything() -> None:
    activity = draft(summary_de=None, occurrences=[])

    with pytest.raises(Wrong) as wrong, unit_of_work():
        actions.submit(activity, by=None, now=make.THEN)

    assert list(wrong.value.fields) == ["summary_de", "occurrences"]
    assert activity.review_status == "draft"


def test_submitting_tells_the_cluster_and_answers_the_remarks() -> None:
    activity = draft()
    activity.review_status = "changes_requested"
    db.session.add(Remark(activity_id=activity.id, field="title_de", text="Kürzer", created_at=make.THEN))
    db.session.flush()

    with unit_of_work():
        actions.submit(activity, by=None, now=clock.now())

    assert (activity.review_status, activity.submitted_at) == ("submitted", clock.now())
    assert [remark.resolved_at for remark in db.session.scalars(select(Remark))] == [clock.now()]
    assert [letter.kind for letter in db.session.scalars(select(Letter))] == ["activity_received"]


def test_after_the_deadline_only_what_was_sent_back_may_come() -> None:
    host = make.cluster()
    clara, olaf = make.member(host), make.organiser()
    edition = make.edition(submissions_until=make.THEN)
    late = make.THEN + timedelta(minutes=1)
    activity = actions.create(edition, host, COMPLETE, by=clara, now=make.THEN)

    with pytest.raises(Refusal):
        actions.submit(activity, by=clara, now=late)
    activity.review_status, activity.submitted_at = "changes_requested", make.THEN
    actions.submit(activity, by=clara, now=late)
    assert activity.review_status == "submitted"

    other = actions.create(edition, host, COMPLETE, by=olaf, now=make.THEN)
    actions.submit(other, by=olaf, now=late)  # the office may always
    assert other.review_status == "submitted"


@pytest.mark.parametrize("status", ["published", "submitted", "rejected", "withdrawn"])
def test_what_is_not_the_clusters_turn_cannot_be_submitted(status: str) -> None:
    activity = make.activity(review_status=status)

    with pytest.raises(Refusal):
        actions.submit(activity, by=None, now=make.THEN)


def test_withdrawing_and_taking_up_again() -> None:
    activity = make.activity(review_status="submitted")

    actions.withdraw(activity, by=None, now=make.THEN)
    assert activity.review_status == "withdrawn"
    actions.take_up_again(activity, by=None, now=make.THEN)
    assert activity.review_status == "draft"


def test_what_is_public_is_cancelled_not_withdrawn() -> None:
    with pytest.raises(Refusal):
        actions.withdraw(make.activity(), by=None, now=make.THEN)
    with pytest.raises(Refusal):
        actions.cancel(make.activity(review_status="draft"), "Krank", by=None, now=make.THEN)


def test_a_cancelled_activity_stays_and_counts_up() -> None:
    activity = make.activity()
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:30")
    before = activity.edition.programme_version

    with unit_of_work():
        actions.cancel(activity, "Die Referentin ist krank.", by=None, now=clock.now())

    assert (activity.happening, activity.review_status) == ("cancelled", "published")
    assert (activity.cancelled_at, activity.cancellation_reason) == (clock.now(), "Die Referentin ist krank.")
    assert [one.sequence for one in activity.occurrences] == [1, 1]
    assert (activity.updated_at, activity.edition.programme_version) == (clock.now(), before + 1)
    with pytest.raises(Refusal):
        actions.cancel(activity, "Noch einmal", by=None, now=clock.now())


def test_a_postponed_activity_leaves_tombstones_and_a_new_date_ends_the_waiting() -> None:
    activity = make.activity()
    old = activity.occurrences[0]

    with unit_of_work():
        found = actions.postpone(activity, "Raum belegt", by=None, now=clock.now())
    assert found.removed == [old]
    assert (activity.happening, activity.occurrences, old.removed_because) == ("postponed", [], "postponed")

    change(activity, {"summary_de": "Der neue Termin folgt."})  # needs no date
    new = {"starts_local": "2027-04-09T09:00", "ends_local": "2027-04-09T12:00", "city": "Jena"}
    with pytest.raises(Wrong) as wrong:
        change(activity, {"occurrences": [new]})
    assert list(wrong.value.fields) == ["venue_land"]
    found = change(activity, {"occurrences": [new | {"venue_land": "DE-TH"}]})

    assert found.fields == {"occurrences", "happening"}
    assert (activity.happening, activity.cancellation_reason) == ("confirmed", None)
    assert activity.occurrences[0].uid != old.uid


def test_a_form_cannot_cancel_by_the_way() -> None:
    with pytest.raises(Refusal):
        change(make.activity(), {"happening": "cancelled"})
    with pytest.raises(Refusal):
        change(make.activity(happening="cancelled"), {"happening": "confirmed"})


def test_a_tentative_activity_that_is_confirmed_counts_up() -> None:
    activity = make.activity(happening="tentative")

    change(activity, {"happening": "confirmed"})

    assert activity.occurrences[0].sequence == 1


def test_a_renamed_cluster_restamps_what_shows_its_name() -> None:
    host, other = make.cluster("OptoNet"), make.cluster("FördeStrom")
    hosted, shared, foreign, sketch = made = (
        make.activity(host=host),
        make.activity(host=other, co_hosts=(host,)),
        make.activity(host=other),
        make.activity(host=host, review_status="draft"),
    )
    before = [activity.edition.programme_version for activity in made]

    with unit_of_work():
        host.name = "Photonik Jena"
        actions.cluster_changed(host, now=clock.now())

    assert [activity.updated_at == clock.now() for activity in made] == [True, True, False, False]
    after = [activity.edition.programme_version for activity in made]
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 1, 0, 0]
    assert foreign.search_text == make.activity().search_text
    assert ["photonik jena" in a.search_text for a in (hosted, shared, sketch)] == [True, True, True]


def test_an_unknown_name_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="colour"):
        change(make.activity(), {"colour": "blue"})
