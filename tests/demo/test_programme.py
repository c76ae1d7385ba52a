"""The demo edition is the one of the plan, to the last activity."""

import re
from collections import Counter
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from clusterweek.activities import rules
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.demo import cast
from clusterweek.editions.models import Edition

pytestmark = pytest.mark.usefixtures("week")

LAENDER = {
    **{"DE-BW": 44, "DE-BY": 28, "DE-BB": 24, "DE-NW": 24, "DE-SN": 14, "DE-BE": 12, "DE-NI": 10, "DE-HE": 8},
    **{"DE-HH": 6, "DE-RP": 6, "DE-TH": 6, "DE-ST": 5, "DE-SH": 4, "DE-MV": 4, "DE-HB": 3, "DE-SL": 2},
}
DAYS = dict(zip(range(6, 16), (22, 28, 28, 18, 5, 1, 18, 27, 29, 24), strict=True))
FORMATS = {
    **{"trade_fair_participation": 32, "fair_tour": 6, "workshop": 26, "seminar": 24, "webinar": 14, "lecture": 12},
    **{"site_visit": 13, "regulars_meetup": 9, "matchmaking": 10, "conference": 8, "forum": 7, "networking_event": 8},
    **{"business_breakfast": 6, "open_day": 5, "training": 5, "exhibition": 4, "block_course": 4, "excursion": 2},
    **{"pitch_contest": 2, "congress": 1, "experience_exchange": 2},
}
PLACES = {12, 16, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 250}


def programme(*, is_confirmed: bool = True) -> list[Activity]:
    """The 200, or everything of the week."""
    chosen = select(Activity).order_by(Activity.id).options(selectinload(Activity.occurrences))
    if is_confirmed:
        chosen = chosen.where(Activity.review_status == "published", Activity.happening == "confirmed")
    return list(db.session.scalars(chosen))


def counted(values: Any) -> dict[Any, int]:
    return dict(Counter(values))


def share(values: Any) -> int:
    """How many of the 200, counting what is not empty."""
    return sum(1 for value in values if value)


def test_200_are_published_by_43_clusters_from_16_laender() -> None:
    found = programme()

    assert len(found) == 200
    assert counted(a.host_cluster.land for a in found if a.host_cluster) == LAENDER
    assert len({a.host_cluster_id for a in found}) == 43


def test_the_first_days_add_up_as_planned() -> None:
    assert counted(a.occurrences[0].starts_on.day for a in programme()) == DAYS


def test_the_formats_add_up_as_planned_and_fairs_are_in_hannover() -> None:
    found = programme()

    assert counted(a.format for a in found) == FORMATS
    fair = [a for a in found if a.format in ("trade_fair_participation", "fair_tour")]
    assert len(fair) == 38
    assert {(o.city, o.venue_land) for a in fair for o in a.occurrences} == {("Hannover", "DE-NI")}
    assert len({a.host_cluster.land for a in fair if a.host_cluster}) > 8


def test_the_shares_are_exact() -> None:
    found = programme()

    assert counted(a.mode for a in found) == {"in_person": 156, "online": 24, "hybrid": 20}
    assert counted((a.access, a.registration_mode) for a in found) == {
        ("registration", "internal"): 124,
        ("registration", "external"): 30,
        ("open", "none"): 30,
        ("invitation", "none"): 16,
    }
    assert counted(tuple(a.languages) for a in found) == {("de",): 168, ("en",): 16, ("de", "en"): 16}
    assert share(a.title_en for a in found) == 60
    assert share(a.cost_note for a in found) == 24
    assert counted(len(a.co_hosts) for a in found) == {0: 140, 1: 44, 2: 12, 3: 4}
    assert share(a.partner_countries for a in found) == 44
    assert {len(a.partner_countries) for a in found} == {0, 1, 2}
    assert {a.capacity for a in found if a.capacity} <= PLACES


def test_the_24_others_are_in_the_states_of_the_plan() -> None:
    found = [a for a in programme(is_confirmed=False) if (a.review_status, a.happening) != ("published", "confirmed")]

    assert counted((a.review_status, a.happening) for a in found) == {
        ("draft", "confirmed"): 9,
        ("submitted", "confirmed"): 8,
        ("changes_requested", "confirmed"): 3,
        ("rejected", "confirmed"): 1,
        ("published", "cancelled"): 2,
        ("published", "postponed"): 1,
    }


def test_no_title_comes_twice_and_none_is_too_long() -> None:
    titles = [a.title_de for a in programme(is_confirmed=False)]

    assert len(set(titles)) == len(titles) == 224
    assert max(map(len, titles)) == 120
    assert not [title for title in titles if "Gruppe" in title]  # no title had to be numbered to be different


def test_texts_are_whole_in_german_and_in_english_where_there_is_an_english_title() -> None:
    for activity in programme():
        summary = activity.summary_de or ""
        assert 60 < len(summary) < 600, activity.title_de
        assert len(re.findall(r"[.!?](?: |$)", summary)) >= 2, summary
        assert "**Ablauf**" in (activity.description_de or "")
        assert bool(activity.summary_en) == bool(activity.description_en) == bool(activity.title_en), activity.title_de
        for text in (activity.title_de, summary, activity.description_de, activity.title_en, activity.summary_en):
            assert not re.search(r"\{|\}|  | \.|\bNone\b", text or ""), text


def test_what_is_published_or_waits_for_the_office_has_all_that_is_needed() -> None:
    for activity in programme(is_confirmed=False):
        if activity.review_status in ("published", "submitted"):
            assert rules.obstacles(activity) == {}, activity.title_de
        assert activity.contact_email is not None
        assert activity.contact_email.endswith(".example")


def test_some_drafts_are_incomplete() -> None:
    drafts = [a for a in programme(is_confirmed=False) if a.review_status == "draft"]

    assert counted(tuple(rules.missing(a)) for a in drafts) == {
        (): 5,
        ("summary_de",): 2,
        ("occurrences",): 2,
    }


def test_dates_keep_the_habits_of_their_format() -> None:
    habits = {
        "business_breakfast": {("08:00", "09:30")},
        "lecture": {("17:30", "19:00")},
        "seminar": {("09:00", "16:00")},
        "open_day": {("10:00", "16:00")},
        "regulars_meetup": {("18:00", "21:00")},
    }
    for activity in programme():
        times = {(f"{o.starts_local:%H:%M}", f"{o.ends_local:%H:%M}") for o in activity.occurrences}
        days = {o.starts_on for o in activity.occurrences}
        if activity.format in habits:
            assert times == habits[activity.format], activity.title_de
        if activity.format == "webinar":
            minutes = (activity.occurrences[0].ends_at - activity.occurrences[0].starts_at).seconds // 60
            assert minutes == 60 if "60 Minuten" in activity.title_de else minutes in (60, 90)
        if activity.format == "open_day":
            assert days == {date(2027, 4, 10)}
        if activity.format == "trade_fair_participation":
            assert activity.occurrences[0].is_all_day
            assert 2 <= (activity.occurrences[0].ends_local - activity.occurrences[0].starts_local).days <= 4
        if activity.format == "block_course":
            assert f"({len(days)} Termine)" in activity.title_de
        if activity.format == "exhibition":
            assert len(days) >= 3
        assert all(date(2027, 4, 6) <= day <= date(2027, 4, 15) for day in days), activity.title_de


def test_where_an_activity_is_follows_from_its_mode_and_title() -> None:
    for activity in programme():
        for occurrence in activity.occurrences:
            is_there, is_online = bool(occurrence.city), bool(occurrence.online_url)
            assert (is_there, is_online) == (activity.mode != "online", activity.mode != "in_person"), activity.title_de
            if activity.format in ("regulars_meetup", "business_breakfast") and activity.host_cluster:
                assert occurrence.city == activity.host_cluster.city
            assert "Demo-Adresse" in (occurrence.venue_name or "Demo-Adresse")
            assert (occurrence.street, occurrence.postcode) == (None, None)


def test_calendar_addresses_and_search_texts_are_there() -> None:
    uids = db.session.scalars(select(Occurrence.uid)).all()

    assert len(set(uids)) == len(uids)
    assert all(re.fullmatch(r"[0-9a-f]{32}@clusterweek", uid) for uid in uids)
    assert not db.session.scalar(select(func.count()).select_from(Activity).where(Activity.search_text == ""))


def test_clusters_and_editions_say_that_they_are_a_demo() -> None:
    clusters = db.session.scalars(select(Cluster)).all()
    editions = {edition.slug: edition for edition in db.session.scalars(select(Edition))}

    assert len(clusters) == 43
    assert all(c.is_demo and c.name.endswith(" (Demo)") and (c.email or "").endswith(".example") for c in clusters)
    assert counted(c.ecei_label for c in clusters)[None] == 9
    assert [c.name for c in clusters if c.label_valid_until and c.label_valid_until < date(2026, 11, 22)] == [
        f"{cast.EXPIRED_LABEL} (Demo)"
    ]
    assert [c.name for c in clusters if not c.is_active] == [f"{cast.LEFT_SINCE} (Demo)"]
    assert set(editions) == {cast.WEEK, cast.CONFERENCE}
    assert all(edition.is_demo and edition.title_de.endswith("(Demo)") for edition in editions.values())
    assert editions[cast.CONFERENCE].parent_edition is editions[cast.WEEK]
    assert [(c.country, c.is_guest) for c in editions[cast.CONFERENCE].partner_countries] == [("NL", True)]


def test_nothing_happened_after_the_demos_today() -> None:
    today = datetime.fromisoformat("2026-11-22T09:00+01:00")
    for activity in programme(is_confirmed=False):
        moments = [activity.created_at, activity.submitted_at, activity.decided_at, activity.published_at]
        known = [moment for moment in (*moments, activity.updated_at) if moment]
        assert known == sorted(known), activity.title_de
        assert known[-1] <= today
        if activity.decided_at:
            berlin = activity.decided_at.astimezone(cast.BERLIN)
            assert berlin.weekday() < 5
            assert 9 <= berlin.hour < 17
