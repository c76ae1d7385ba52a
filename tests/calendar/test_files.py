"""Calendar entries and invitations, read back by two libraries that did not write them for us."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject
from hypothesis import HealthCheck, given, settings, strategies as st

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.calendar import event, files as calendar
from clusterweek.db.session import db
from clusterweek.i18n import force_language
from clusterweek.listing import load, query
from clusterweek.listing.filter import Filter
from tests import make


def entry_of(activity: Activity, lang: str, **how: bool) -> icalendar.Event:
    with force_language(lang):
        return event.make(activity.occurrences[0], **how)


def feed_of(*activities: Activity, lang: str = "de") -> bytes:
    """The calendar of some activities, loaded as every caller loads them."""
    db.session.flush()
    dates = query.dates(activities[0].edition, Filter(), load.whole([a.id for a in activities]))
    return calendar.public_calendar(dates, lang=lang, name="Clusterwoche")


def entries(body: bytes) -> list[Any]:
    return icalendar.Calendar.from_ical(body).walk("VEVENT")


def entry(body: bytes) -> Any:
    (found,) = entries(body)
    return found


def test_an_entry_says_what_where_when_and_who() -> None:
    activity = make.activity(
        countries=("NL",),
        co_hosts=(make.cluster("FaserKreis"),),
        languages=("de", "en"),
        place={"street": "Markt 1", "postcode": "07743", "latitude": 50.93, "longitude": 11.59},
    )

    body = feed_of(activity).decode().replace("\r\n ", "").replace("\r\n", "\n")

    description = (
        r"Wir zeigen\, was Licht in der Fertigung kann.\n\nOptoNet mit FaserKreis\n"
        r"Workshop · vor Ort · Deutsch\, Englisch\n\n"
    )
    address = f"http://127.0.0.1:8000/de/{activity.edition.slug}/workshop-licht-als-werkzeug-{activity.id}"
    assert (
        body[body.index("BEGIN:VEVENT") :]
        == f"""BEGIN:VEVENT
SUMMARY:Workshop: Licht als Werkzeug
DTSTART;TZID=Europe/Berlin:20270408T090000
DTEND;TZID=Europe/Berlin:20270408T123000
DTSTAMP:20261122T090000Z
UID:{activity.occurrences[0].uid}
SEQUENCE:0
CATEGORIES:Thüringen,Optische Technologien und Photonik,Niederlande
CLASS:PUBLIC
CONTACT:OptoNet
CREATED:20261122T090000Z
DESCRIPTION:{description}{address}
GEO:50.93;11.59
LAST-MODIFIED:20261122T090000Z
LOCATION:Technologiezentrum\\, Markt 1\\, 07743 Jena\\, Deutschland
STATUS:CONFIRMED
TRANSP:OPAQUE
URL:{address}
END:VEVENT
END:VCALENDAR
"""
    )


def test_the_frame_of_a_calendar_has_what_the_programs_ask_for_and_nothing_that_stops_one() -> None:
    body = feed_of(make.activity()).decode()
    head = body[: body.index("BEGIN:VTIMEZONE")].split("\r\n")

    assert head[:4] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//clusterweek//Clusterwoche//DE",
        "CALSCALE:GREGORIAN",
    ]
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in head
    assert "X-PUBLISHED-TTL:PT1H" in head
    assert "NAME:Clusterwoche" in head
    assert "X-WR-CALNAME:Clusterwoche" in head
    for never in ("METHOD", "UID:", "DTSTAMP", "ORGANIZER", "ATTENDEE", "VALARM", "LINK"):
        assert not any(line.startswith(never) for line in head)


def test_english_where_it_exists_and_german_where_not() -> None:
    both, only_german = make.activity(), make.activity(title_en=None, summary_en=None, starts="2027-04-08 10:00")

    titles = [str(e["SUMMARY"]) for e in entries(feed_of(both, only_german, lang="en"))]

    assert titles == ["Workshop: Light as a tool", "Workshop: Licht als Werkzeug"]


def test_the_same_state_gives_the_same_bytes_in_the_order_of_start_and_number() -> None:
    late = make.activity(starts="2027-04-09 09:00", ends="2027-04-09 10:00")
    first, second = make.activity(), make.activity()

    assert feed_of(late, second, first) == feed_of(first, late, second)
    assert [str(e["UID"]) for e in entries(feed_of(late, second, first))] == [
        a.occurrences[0].uid for a in (first, second, late)
    ]


@pytest.mark.parametrize(
    ("starts", "hour"), [("2027-03-27 10:00", 9), ("2027-03-29 10:00", 8)], ids=["winter time", "summer time"]
)
def test_ten_o_clock_is_ten_o_clock_on_both_sides_of_the_change(starts: str, hour: int) -> None:
    body = feed_of(make.activity(starts=starts, ends=starts.replace("10:00", "11:30")))

    day = date.fromisoformat(starts[:10])
    expected = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    assert entry(body).start == expected
    read = vobject.readOne(body.decode()).vevent
    assert read.dtstart.value.astimezone(UTC) == expected
    assert read.dtend.value.astimezone(UTC) == expected + timedelta(minutes=90)


def test_another_country_s_clock_stands_beside_ours_and_both_libraries_read_it() -> None:
    berlin = make.activity(starts="2027-04-08 09:00", ends="2027-04-08 10:00")
    lisbon = make.activity(starts="2027-04-08 09:00", ends="2027-04-08 10:00", place={"timezone": "Europe/Lisbon"})

    body = feed_of(berlin, lisbon)

    zones = [str(zone["TZID"]) for zone in icalendar.Calendar.from_ical(body).walk("VTIMEZONE")]
    assert zones == ["Europe/Berlin", "Europe/Lisbon"]
    starts = [e.dtstart.value.astimezone(UTC).hour for e in vobject.readOne(body.decode()).vevent_list]
    assert starts == [7, 8]


def test_a_zone_that_outlook_cannot_hold_is_written_in_utc() -> None:
    body = feed_of(make.activity(place={"timezone": "Asia/Jerusalem"}))

    assert b"DTSTART:20270408T060000Z\r\nDTEND:20270408T093000Z" in body
    assert b"VTIMEZONE" not in body


def test_an_evening_may_cross_midnight() -> None:
    found = entry(feed_of(make.activity(starts="2027-04-08 18:00", ends="2027-04-09 00:30")))

    assert found.duration == timedelta(hours=6, minutes=30)
    assert found["TRANSP"] == "OPAQUE"


def test_four_whole_days_end_on_the_fifth_and_do_not_block_them() -> None:
    body = feed_of(make.activity(starts="2027-04-06 00:00", ends="2027-04-10 00:00", place={"is_all_day": True}))

    assert b"DTSTART;VALUE=DATE:20270406\r\nDTEND;VALUE=DATE:20270410\r\n" in body
    assert b"VTIMEZONE" not in body
    assert entry(body)["TRANSP"] == "TRANSPARENT"
    assert (vobject.readOne(body.decode()).vevent.dtend.value - date(2027, 4, 6)).days == 4


def test_a_date_of_several_days_with_hours_does_not_block_them_either() -> None:
    found = entry(feed_of(make.activity(starts="2027-04-06 10:00", ends="2027-04-08 18:00")))

    assert found["TRANSP"] == "TRANSPARENT"


@pytest.mark.parametrize(
    ("happening", "status", "title", "transparency"),
    [
        ("confirmed", "CONFIRMED", "Workshop: Licht als Werkzeug", "OPAQUE"),
        ("held", "CONFIRMED", "Workshop: Licht als Werkzeug", "OPAQUE"),
        ("tentative", "TENTATIVE", "Workshop: Licht als Werkzeug", "OPAQUE"),
        ("cancelled", "CANCELLED", "ABGESAGT: Workshop: Licht als Werkzeug", "TRANSPARENT"),
        ("postponed", "CANCELLED", "VERSCHOBEN: Workshop: Licht als Werkzeug", "TRANSPARENT"),
    ],
)
def test_what_becomes_of_it_is_said_in_three_ways(happening: str, status: str, title: str, transparency: str) -> None:
    found = entry(feed_of(make.activity(happening=happening)))

    assert (found["STATUS"], str(found["SUMMARY"]), found["TRANSP"]) == (status, title, transparency)


def test_what_is_no_longer_public_tells_its_title_and_time_only() -> None:
    activity = make.activity(review_status="changes_requested")

    found = entry_of(activity, "en")

    assert str(found["SUMMARY"]) == "CANCELLED: Workshop: Light as a tool"
    assert {"DESCRIPTION", "URL", "LOCATION", "CONTACT", "CATEGORIES"} & set(found) == set()


def test_contacts_and_online_rooms_are_not_for_everybody() -> None:
    activity = make.activity(
        mode="online",
        place={"online_url": "https://room.example/x", "venue_name": None, "city": None, "venue_land": None},
    )

    public, invited = feed_of(activity), entry_of(activity, "de", attends_online=True)

    assert b"room.example" not in public
    assert b"clara@" not in public
    assert b"LOCATION:Online" in public
    assert "https://room.example/x" in str(invited["DESCRIPTION"])


def test_an_empty_calendar_still_has_a_component() -> None:
    read = icalendar.Calendar.from_ical(calendar.public_calendar([], lang="de", name="Nichts"))

    assert [part.name for part in read.subcomponents] == ["VTIMEZONE"]


def test_lines_are_folded_at_75_octets_and_end_as_they_must() -> None:
    activity = make.activity(title_de="Überprüfung größerer Öfen " * 4 + "🏭" * 10, summary_de="ä" * 2000)

    body = feed_of(activity)

    assert body.startswith(b"BEGIN:VCALENDAR\r\n")
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    lines = body.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert "" not in [line.decode() for line in lines[:-1]]  # and no character is torn apart: that would not decode


# Any text -----------------------------------------------------------------------------------------------------------

NASTY = st.text(
    alphabet=st.one_of(
        st.sampled_from("\r\n\t\v\f\x00\x07\x1b\x85\u2028\u2029;,:\\\"'^=<>& BEGIN:END"), st.characters()
    ),
    min_size=1,
    max_size=80,
)
KEYS = {
    *(
        "UID",
        "DTSTAMP",
        "LAST-MODIFIED",
        "CREATED",
        "SEQUENCE",
        "DTSTART",
        "DTEND",
        "SUMMARY",
        "STATUS",
        "TRANSP",
        "CLASS",
    ),
    *("URL", "DESCRIPTION", "LOCATION", "CONTACT", "CATEGORIES"),
}


def _with(text: str) -> Occurrence:
    """An occurrence that was never stored, with the same text in every field that people can write."""
    plain = make.THEN
    activity = Activity(
        id=1,
        title_de=text,
        summary_de=text,
        cancellation_reason=text,
        mode="in_person",
        format="workshop",
        review_status="published",
        happening="confirmed",
        updated_at=plain,
    )
    activity.edition = make.Edition(slug="week", title_de="x")
    activity.host_cluster = make.Cluster(name=text, website=text)
    # A whole day: reading a VTIMEZONE back takes longer than all the rest.
    starts, ends = datetime(2027, 4, 8), datetime(2027, 4, 9)
    occurrence = Occurrence(
        id=1,
        uid="1@x",
        sequence=0,
        starts_local=starts,
        ends_local=ends,
        starts_at=starts.replace(tzinfo=UTC),
        ends_at=ends.replace(tzinfo=UTC),
        timezone="Europe/Berlin",
        is_all_day=True,
        venue_name=text,
        street=text,
        city=text,
        venue_land="DE-BY",
        created_at=plain,
        updated_at=plain,
    )
    occurrence.activity = activity
    return occurrence


def check_any_text(text: str) -> None:
    """Whatever was written, the calendar has one entry, with the keys it must have and no other."""
    body = calendar.bind([calendar.rendered(_with(text), "de")], calendar.Frame(text, text), "de")
    read = icalendar.Calendar.from_ical(body)
    (found,) = read.walk("VEVENT")
    kept = "".join(str(found["SUMMARY"]).split())
    assert set(found) - KEYS == set()
    assert KEYS - set(found) <= {"LOCATION", "CONTACT", "SUMMARY"}
    assert [part.name for part in read.subcomponents] == ["VEVENT"]
    assert set(read) <= {
        *("VERSION", "PRODID", "CALSCALE", "NAME", "X-WR-CALNAME", "DESCRIPTION", "X-WR-CALDESC", "COLOR"),
        *("REFRESH-INTERVAL", "X-PUBLISHED-TTL"),
    }
    assert len(vobject.readOne(body.decode()).vevent_list) == 1
    assert not set(kept) & set("\r\n\x00\x07\x1b")
    invited = calendar.invitation(text, "ada@example.org", [_with(text)], "de", method="REQUEST")
    (mailed,) = icalendar.Calendar.from_ical(invited).walk("VEVENT")
    assert set(mailed) - KEYS == {"ORGANIZER", "ATTENDEE"}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(NASTY)
def test_any_text_in_any_field_stays_in_its_field(text: str) -> None:
    check_any_text(text)


ATTACKS = [
    "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:x",
    "a\nATTENDEE:mailto:x@example.org",
    "a\u2028URL:javascript:1",
    "a\x85X-ALT:1",
    "a\x0bX-ALT:1",
    "\x00",
    '";CN=x:',
    "a\\nb\\;c\\,d\\\\",
]


@pytest.mark.slow
def test_the_same_holds_when_python_leaves_out_its_asserts(tmp_path: Path) -> None:
    """icalendar only asserts that no raw newline stands in a value; `python -O` drops that."""
    script = """
import sys
from pathlib import Path
from tests.calendar.test_files import ATTACKS, _with, calendar
from tests.conftest import build_app

if __debug__:
    sys.exit("asserts are on")
with build_app(Path(sys.argv[1])).app_context():
    for text in ATTACKS:
        body = calendar.bind([calendar.rendered(_with(text), "de")], calendar.Frame(text, text), "de")
        body += calendar.invitation(text, "a@example.org", [_with(text)], "de", method="REQUEST")
        lines = body.decode().replace("\\r\\n ", "").split("\\r\\n")
        names = [line.split(":")[0].split(";")[0] for line in lines if line]
        counts = {name: names.count(name) for name in ("BEGIN", "END", "UID", "ATTENDEE", "X-ALT")}
        if counts != {"BEGIN": 4, "END": 4, "UID": 2, "ATTENDEE": 1, "X-ALT": 0} or "\\n" in "".join(lines):
            sys.exit(f"{text!r}: {counts}")
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-O", "-W", "ignore", "-c", script, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(root)},
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]


# Invitations --------------------------------------------------------------------------------------------------------


def test_an_invitation_is_for_one_person_and_answers_for_itself(app: Any) -> None:
    activity = make.activity()

    body = calendar.invitation("Ada Lovelace", "ada@example.org", activity.occurrences, "en", method="REQUEST")

    read = icalendar.Calendar.from_ical(body)
    found = entry(body)
    assert read["METHOD"] == "REQUEST"
    assert str(found["UID"]) == activity.occurrences[0].uid
    assert str(found["ORGANIZER"]) == "mailto:clusterwoche@localhost.localdomain"
    assert found["ORGANIZER"].params["CN"] == "Clusterwoche"
    assert str(found["ATTENDEE"]) == "mailto:ada@example.org"
    assert dict(found["ATTENDEE"].params) == {
        "CN": "Ada Lovelace",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "ACCEPTED",
        "RSVP": "FALSE",
    }
    assert [part.name for part in read.subcomponents] == ["VTIMEZONE", "VEVENT"]


def test_a_cancellation_is_the_same_entry_counted_up() -> None:
    activity = make.activity(place={"sequence": 2})

    body = calendar.invitation("Ada", "ada@example.org", activity.occurrences, "de", method="CANCEL", sequence_bump=1)

    found = entry(body)
    assert (found["STATUS"], found["SEQUENCE"]) == ("CANCELLED", 3)
    assert str(found["UID"]) == activity.occurrences[0].uid
    assert "ORGANIZER" in found
    assert b"BEGIN:VTIMEZONE" in body


def test_several_dates_come_as_a_plain_file() -> None:
    activity = make.activity()
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00")

    body = calendar.invitation("Ada", "ada@example.org", activity.occurrences, "de", method=None)

    assert len(entries(body)) == 2
    assert b"METHOD" not in body
    assert b"ATTENDEE" not in body
    with pytest.raises(ValueError, match="one occurrence"):
        calendar.invitation("Ada", "ada@example.org", activity.occurrences, "de", method="REQUEST")
