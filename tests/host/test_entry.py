"""Entering an activity, correcting it, changing it when it is public."""

from typing import Any

import pytest
from sqlalchemy import select

from clusterweek.activities import answers
from clusterweek.activities.models import Activity, Remark
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from tests import make
from tests.browse import Page, checked, page, text_of
from tests.mailbox import mailbox

DATE = {
    "occurrences-0-starts_on": "8.4.2027",
    "occurrences-0-starts_time": "9:00",
    "occurrences-0-ends_time": "12:30",
    "occurrences-0-city": "Jena",
    "occurrences-0-venue_land": "DE-TH",
}
COMPLETE = {
    **DATE,
    "title_de": "Seminar: Wärmenetze planen",
    "summary_de": "Von der Skizze zum Vertrag.",
    "format": "seminar",
    "fields": "logistics",
    "languages": "de",
    "contact_email": "clara@optonet.example",
}


@pytest.fixture
def optonet() -> Cluster:
    return make.cluster(slug="optonet")


@pytest.fixture
def week() -> Edition:
    return make.edition()


@pytest.fixture
def desk(client: Any, optonet: Cluster, week: Edition) -> Any:
    make.login(client, make.member(optonet))
    return client


def stored() -> Activity:
    return db.session.scalars(select(Activity)).one()


def errors(answer: Page) -> dict[str, str]:
    """Links of the error summary: field -> sentence."""
    boxes = answer.all("div", id="problems")
    return {link.get("href", "")[1:]: "".join(link.itertext()) for box in boxes for link in box.iter("a")}


def address(activity: Activity) -> str:
    return f"/en/host/optonet/{activity.id}"


def resend(client: Any, activity: Activity, button: str = "save", **changes: Any) -> Any:
    """Open the form, change some entries, press a button."""
    entries = page(client, address(activity)).fields
    return client.post(address(activity), data={**entries, **changes, button: "1"})


def test_the_form_begins_with_what_is_probably_right(desk: Any) -> None:
    form = page(desk, "/en/host/optonet/new").fields

    assert (form["contact_name"], form["contact_email"]) == ("Clara", "clara@example.org")
    assert (form["fields"], form["languages"]) == ("optical-technologies-photonics", "de")
    assert (form["occurrences-0-venue_land"], form["occurrences-0-timezone"]) == ("DE-TH", "Europe/Berlin")
    assert (form["mode"], form["access"], form["registration_mode"]) == ("in_person", "registration", "internal")


def test_an_almost_empty_draft_is_saved(desk: Any) -> None:
    answer = desk.post("/en/host/optonet/new", data={"title_de": "Nur ein Titel", "save": "1"})

    assert (answer.status_code, answer.location) == (303, address(stored()))
    assert (stored().title_de, stored().review_status) == ("Nur ein Titel", "draft")
    assert "Draft saved at 09:30." in page(desk, answer.location).text


def test_a_draft_says_what_it_still_needs(desk: Any, week: Edition, optonet: Cluster) -> None:
    activity = make.activity(edition=week, host=optonet, review_status="draft", summary_de=None, starts=None)

    text = page(desk, address(activity)).text

    assert "2 required entries are missing: Summary, Dates" in text


def test_of_a_draft_is_saved_whatever_can_be(desk: Any) -> None:
    sent = COMPLETE | {"capacity": "viele", "occurrences-0-ends_time": "8:00", "save": "1"}

    answer = checked(desk.post("/en/host/optonet/new", data=sent), status=422)

    assert list(errors(answer)) == ["occurrences-0-ends_time", "capacity"]
    assert (stored().title_de, stored().occurrences) == ("Seminar: Wärmenetze planen", [])
    assert answer.fields["capacity"] == "viele"  # kept, to be corrected
    assert answer.fields["occurrences-0-starts_on"] == "8.4.2027"
    # The next try goes to the activity that exists now, not to a second one.
    assert [form.get("action") for form in answer.all("form", class_="cw-form")] == [address(stored())]


def test_what_is_wrong_is_counted_in_its_own_part_of_the_form(desk: Any) -> None:
    sent = COMPLETE | {"accessibility": "x" * 1001, "registration_deadline": "bald", "save": "1"}

    answer = checked(desk.post("/en/host/optonet/new", data=sent), status=422)

    assert [text for text in map(text_of, answer.all("a")) if "to check" in text] == [
        "Dates and places1 entry to check",
        "Registration and places1 entry to check",
    ]


def test_a_draft_keeps_a_date_of_which_the_end_is_open(desk: Any) -> None:
    sent = {name: text for name, text in COMPLETE.items() if not name.endswith("ends_time")}

    answer = desk.post("/en/host/optonet/new", data=sent | {"save": "1"})

    assert answer.status_code == 303
    form = page(desk, answer.location)
    assert "Draft saved at 09:30." in form.text
    assert "1 required entry is missing: Dates" in form.text
    assert form.fields["occurrences-0-starts_on"] == "8 April 2027"
    assert (form.fields["occurrences-0-starts_time"], form.fields["occurrences-0-ends_time"]) == ("09:00", "")
    assert (form.fields["occurrences-0-city"], form.fields["occurrences-0-venue_land"]) == ("Jena", "DE-TH")

    refused = checked(resend(desk, stored(), "submit"), status=422)
    assert errors(refused) == {"occurrences-0-ends_time": "Enter the end."}
    assert resend(desk, stored(), "submit", **{"occurrences-0-ends_time": "12:30"}).status_code == 303
    assert (stored().review_status, len(stored().occurrences), stored().unfinished_dates) == ("submitted", 1, [])


def test_a_submission_keeps_no_half_dates(desk: Any, week: Edition, optonet: Cluster) -> None:
    activity = make.submitted(edition=week, host=optonet)

    answer = checked(resend(desk, activity, **{"occurrences-0-ends_time": ""}), status=422)

    assert errors(answer) == {"occurrences-0-ends_time": "Enter the end."}
    assert (len(stored().occurrences), stored().unfinished_dates) == (1, [])


def test_the_land_is_preselected_until_there_is_a_date(desk: Any) -> None:
    desk.post("/en/host/optonet/new", data={"title_de": "Nur ein Titel", "save": "1"})

    assert page(desk, address(stored())).fields["occurrences-0-venue_land"] == "DE-TH"


def test_a_place_in_germany_needs_its_land(desk: Any) -> None:
    sent = COMPLETE | {"occurrences-0-venue_land": ""}

    answer = checked(desk.post("/en/host/optonet/new", data=sent | {"submit": "1"}), status=422)

    assert list(errors(answer)) == ["occurrences-0-venue_land"]
    abroad = {"occurrences-0-timezone": "Europe/Vienna", "occurrences-0-city": "Wien"}
    assert resend(desk, stored(), "submit", **abroad).status_code == 303


def test_everything_that_a_submission_lacks_is_said_at_once(desk: Any) -> None:
    sent = COMPLETE | {"format": "", "summary_de": "", "occurrences-0-starts_on": "8.4.", "submit": "1"}

    answer = checked(desk.post("/en/host/optonet/new", data=sent), status=422)

    assert list(errors(answer)) == ["format", "summary_de", "occurrences-0-starts_on"]
    assert "write day, month and year, for example 8 April 2027" in errors(answer)["occurrences-0-starts_on"]


def test_a_complete_activity_is_submitted_at_once(desk: Any, week: Edition) -> None:
    answer = desk.post("/en/host/optonet/new", data=COMPLETE | {"submit": "1"})

    assert answer.location == f"/en/host/optonet/?edition={week.slug}"
    assert stored().review_status == "submitted"
    assert "You will hear from us by Wednesday, 7 April 2027." in page(desk, answer.location).text
    assert mailbox() == [("clara@example.org", "Eingereicht: Seminar: Wärmenetze planen")]


def test_an_incomplete_one_is_saved_and_says_what_is_missing(desk: Any) -> None:
    answer = desk.post("/en/host/optonet/new", data={"title_de": "Nur ein Titel", "submit": "1"})

    assert list(errors(checked(answer, status=422))) == [
        "format",
        "summary_de",
        "fields",
        "languages",
        "occurrences",
        "contact_email",
    ]
    assert (stored().title_de, stored().review_status) == ("Nur ein Titel", "draft")
    assert mailbox() == []


def test_the_page_of_missing_entries_can_be_sent_again(desk: Any) -> None:
    first = checked(desk.post("/en/host/optonet/new", data=COMPLETE | {"summary_de": "", "submit": "1"}), status=422)

    answer = desk.post(address(stored()), data={**first.fields, "summary_de": "Jetzt.", "submit": "1"})

    assert answer.status_code == 303
    assert (stored().review_status, len(stored().occurrences)) == ("submitted", 1)


def test_a_time_that_does_not_exist_is_refused_with_a_sentence(desk: Any) -> None:
    sent = COMPLETE | {"occurrences-0-starts_on": "28.3.2027", "occurrences-0-starts_time": "2:30"}

    answer = checked(desk.post("/en/host/optonet/new", data=sent), status=422)

    assert "02:30 does not exist on Sunday, 28 March" in errors(answer)["occurrences-0-starts_time"]


def test_a_day_outside_the_week_is_kept_but_not_submitted(desk: Any) -> None:
    sent = COMPLETE | {"occurrences-0-starts_on": "5.4.2027"}
    assert desk.post("/en/host/optonet/new", data=sent | {"save": "1"}).status_code == 303

    answer = checked(resend(desk, stored(), "submit"), status=422)

    assert "The week runs from Tuesday, 6 April to Thursday, 15 April" in errors(answer)["occurrences"]


def test_one_more_date_is_a_row_and_saves_nothing(desk: Any) -> None:
    answer = checked(desk.post("/en/host/optonet/new", data=COMPLETE | {"add_date": "1"}))

    assert answer.fields["occurrences-1-city"] == "Jena"
    assert answer.fields["title_de"] == "Seminar: Wärmenetze planen"
    assert db.session.scalars(select(Activity)).all() == []


def test_a_block_course_has_several_dates(desk: Any) -> None:
    second = {
        "occurrences-1-starts_on": "9.4.2027",
        "occurrences-1-starts_time": "9:00",
        "occurrences-1-ends_time": "12:00",
        "occurrences-1-city": "Weimar",
    }
    desk.post("/en/host/optonet/new", data=COMPLETE | second)
    assert [one.city for one in stored().occurrences] == ["Jena", "Weimar"]

    resend(desk, stored(), **{"occurrences-0-is_removed": "y"})

    assert [one.city for one in stored().occurrences] == ["Weimar"]


def test_another_cluster_may_be_co_host_but_not_the_own(desk: Any) -> None:
    make.cluster("FördeStrom", slug="foerdestrom")
    options = page(desk, "/en/host/optonet/new").all("select", name="co_hosts-0")[0].iter("option")
    assert [option.get("value") for option in options] == ["", "foerdestrom"]

    desk.post("/en/host/optonet/new", data=COMPLETE | {"co_hosts-0": "foerdestrom"})

    assert [cluster.name for cluster in stored().co_hosts] == ["FördeStrom"]


@pytest.fixture
def sent_back(week: Edition, optonet: Cluster) -> Activity:
    activity = make.activity(
        edition=week, host=optonet, review_status="changes_requested", published_at=None, decided_at=make.THEN
    )
    for field, text in (
        ("summary_de", "Bitte kürzer <b>"),
        ("occurrences", "Am 9. ist es ruhiger"),
        ("general", "Schön!"),
    ):
        db.session.add(Remark(activity_id=activity.id, field=field, text=text, created_at=make.THEN))
    db.session.flush()
    return activity


def test_each_remark_stands_at_its_field(desk: Any, sent_back: Activity) -> None:
    answer = page(desk, address(sent_back))

    assert "Changes requested: 3 remarks, reply by Friday, 4 December 2026" in answer.text
    assert answer.html.index("Bitte kürzer &lt;b&gt;") < answer.html.index('id="summary_de"')
    assert answer.html.index('id="description_de"') < answer.html.index("Am 9. ist es ruhiger")
    assert "Schön!" in answer.text


def test_the_link_of_a_letter_opens_the_field(desk: Any, sent_back: Activity) -> None:
    assert desk.get(f"{address(sent_back)}?field=summary_de").location == f"{address(sent_back)}#summary_de"
    opened = page(desk, address(sent_back))
    assert [field for field in answers.NAMES if not opened.all("*", id=field)] == []
    assert desk.get(f"{address(sent_back)}?field=https://evil.example").status_code == 200


def test_a_corrected_activity_goes_back_to_the_office(desk: Any, sent_back: Activity) -> None:
    answer = resend(desk, sent_back, "submit", summary_de="Kurz.")

    assert answer.status_code == 303
    assert (stored().review_status, stored().summary_de) == ("submitted", "Kurz.")
    assert all(remark.resolved_at for remark in db.session.scalars(select(Remark)))
    assert "remark" not in page(desk, address(sent_back)).text.lower()


@pytest.fixture
def public(week: Edition, optonet: Cluster) -> Activity:
    activity = make.activity(edition=week, host=optonet, capacity=2)
    make.registration(activity)
    return activity


def test_a_change_of_a_public_activity_shows_and_attendees_are_told(desk: Any, public: Activity) -> None:
    answer = resend(desk, public, **{"occurrences-0-starts_time": "10:00"})

    assert answer.status_code == 303
    text = page(desk, answer.location).text
    assert "Saved at 09:30; the programme shows it now." in text
    assert "1 registered person is told by mail." in text
    assert (stored().review_status, stored().occurrences[0].sequence) == ("published", 1)
    assert [to for to, _subject in mailbox()] == ["ada@example.org"]


def test_saving_without_a_change_tells_nobody(desk: Any, public: Activity) -> None:
    version = public.version

    resend(desk, public)

    assert (stored().version, mailbox()) == (version, [])


def test_of_a_public_activity_all_is_saved_or_nothing(desk: Any, public: Activity) -> None:
    answer = checked(resend(desk, public, title_de="Neuer Titel", capacity="viele"), status=422)

    assert list(errors(answer)) == ["capacity"]
    assert stored().title_de == "Workshop: Licht als Werkzeug"
    answer = checked(resend(desk, public, title_de="Neuer Titel", summary_de="", capacity="2"), status=422)
    assert list(errors(answer)) == ["summary_de"]
    assert answer.fields["title_de"] == "Neuer Titel"
    assert stored().title_de == "Workshop: Licht als Werkzeug"


def test_fewer_places_than_given_keep_everyone_and_say_so(desk: Any, public: Activity) -> None:
    make.registration(public, "Sven")

    answer = resend(desk, public, capacity="1")

    assert "2 places have been given already" in page(desk, answer.location).text
    assert stored().capacity == 1


def test_who_saves_second_is_told_and_may_decide(desk: Any, public: Activity, at: Any) -> None:
    entries = page(desk, address(public)).fields
    at("2027-03-22 09:12")
    desk.post(address(public), data={**entries, "title_de": "Die Erste", "save": "1"})
    at("2027-03-22 09:20")

    answer = checked(desk.post(address(public), data={**entries, "title_de": "Die Zweite", "save": "1"}), status=409)

    assert "Somebody else changed this activity on Monday, 22 March at 09:12" in errors(answer)["general"]
    assert (answer.fields["title_de"], stored().title_de) == ("Die Zweite", "Die Erste")
    desk.post(address(public), data={**answer.fields, "save": "1"})
    assert stored().title_de == "Die Zweite"


def test_an_archived_week_stays_as_it_is(desk: Any, public: Activity, week: Edition) -> None:
    week.state = "archived"

    answer = checked(resend(desk, public, title_de="Neu"), status=409)

    assert "lies in the archive" in errors(answer)["general"]


def test_the_host_sees_what_else_happens_then(desk: Any, public: Activity, week: Edition) -> None:
    make.activity(edition=week, title_en="Neighbour", host=make.cluster("FördeStrom"))
    make.activity(edition=week, title_en="Unseen", review_status="submitted")

    text = page(desk, address(public)).text

    assert "Good to know about Thursday, 8 April" in text
    assert "Neighbour, FördeStrom, Jena, Thu, 8 April 2027, 09:00–12:30" in text
    assert "2 public activities" in text
    assert "Unseen" not in text


def test_the_host_sees_school_holidays_of_the_land(desk: Any, week: Edition, optonet: Cluster) -> None:
    kiel = {"city": "Kiel", "venue_land": "DE-SH"}
    activity = make.activity(edition=week, host=optonet, review_status="draft", place=kiel)

    assert "Easter/Spring Break, Schleswig-Holstein" in page(desk, address(activity)).text


def test_a_date_that_is_sent_twice_is_refused_with_a_sentence(desk: Any, public: Activity) -> None:
    make.occurrence(public, "2027-04-09 09:00", "2027-04-09 12:00")
    entries = page(desk, address(public)).fields
    twice = {"occurrences-1-id": entries["occurrences-0-id"]}

    answer = checked(desk.post(address(public), data={**entries, **twice, "save": "1"}), status=422)

    assert "One of the dates was sent twice. Please reload the page." in answer.links
    assert len(stored().occurrences) == 2


def test_a_date_without_a_zone_means_the_zone_of_the_week(desk: Any, public: Activity, week: Edition) -> None:
    week.timezone = "Europe/Lisbon"

    resend(desk, public, **{"occurrences-0-timezone": ""})

    assert (stored().occurrences[0].timezone, stored().occurrences[0].starts_at.hour) == ("Europe/Lisbon", 8)


def test_what_people_type_stays_text(desk: Any) -> None:
    desk.post("/en/host/optonet/new", data=COMPLETE | {"title_de": "<script>alert(1)</script>", "title_en": "A & B"})

    answer = page(desk, f"{address(stored())}/preview")

    assert "<script>alert" not in answer.html
    assert answer.h1 == "A & B"


def test_nobody_slips_in_what_the_form_does_not_ask(desk: Any, optonet: Cluster) -> None:
    sneaked = {
        "review_status": "published",
        "outside_window_allowed": "y",
        "host_cluster": "other",
        "happening": "held",
    }

    desk.post("/en/host/optonet/new", data=COMPLETE | sneaked)

    assert (stored().review_status, stored().outside_window_allowed, stored().happening) == (
        "draft",
        False,
        "confirmed",
    )
    assert stored().host_cluster_id == optonet.id


@pytest.mark.parametrize("mistake", [{"capacity": "viele", "save": "1"}, {"add_date": "1"}])
def test_who_corrects_a_slip_does_not_overwrite_what_somebody_saved_meanwhile(
    desk: Any, public: Activity, at: Any, mistake: dict[str, str]
) -> None:
    entries = page(desk, address(public)).fields
    at("2027-03-22 09:12")
    desk.post(address(public), data={**entries, "title_de": "Die Erste", "save": "1"})

    again = Page(desk.post(address(public), data={**entries, "title_de": "Die Zweite", **mistake}))
    corrected = {**again.fields, "capacity": "", "save": "1"}

    assert desk.post(address(public), data=corrected).status_code == 409
    assert stored().title_de == "Die Erste"


@pytest.mark.parametrize(
    "odd",
    [
        {"occurrences-0-starts_on": "31.12.9999", "occurrences-0-is_all_day": "y"},
        {"occurrences-0-starts_on": "31.12.9999", "occurrences-0-ends_time": "1:00"},
        {"occurrences-0-ends_on": "31.12.9999", "occurrences-0-is_all_day": "y"},
        {"registration_deadline": "1.1.0001", "registration_deadline_time": "0:00"},
        {"registration_deadline": "31.12.9999"},
    ],
)
def test_a_day_out_of_this_century_is_a_slip(desk: Any, odd: dict[str, str]) -> None:
    answer = checked(desk.post("/en/host/optonet/new", data=COMPLETE | odd | {"save": "1"}), status=422)

    assert "The year must lie between 2000 and 2100." in answer.text


@pytest.mark.parametrize(("odd", "status"), [({"version": "9" * 5000}, 303), ({"occurrences-0-id": "9" * 5000}, 409)])
def test_numbers_that_no_page_has_sent_do_no_harm(
    desk: Any, public: Activity, odd: dict[str, str], status: int
) -> None:
    assert resend(desk, public, **odd).status_code == status
    assert len(stored().occurrences) == 1
