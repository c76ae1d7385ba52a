"""Feeds as calendar programs ask for them."""

import gzip
from datetime import timedelta
from email.utils import format_datetime

import pytest
from flask import Flask

from clusterweek import clock
from clusterweek.db.session import db
from clusterweek.editions import actions as editions
from tests import make
from tests.conftest import Client, Clock
from tests.statements import Statements

FEEDS = ("edition", "all", "activity")


@pytest.fixture(params=FEEDS)
def address(request: pytest.FixtureRequest) -> str:
    activity = make.activity()
    return {
        "edition": f"/feeds/{activity.edition.slug}.ics",
        "all": "/feeds/all.ics",
        "activity": f"/feeds/activity/{activity.id}.ics",
    }[request.param]


def test_the_headers_are_those_that_calendars_need(client: Client, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('inline; filename="')
    assert answer.headers["Content-Disposition"].endswith('.ics"')
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["ETag"].startswith('W/"')
    assert "Last-Modified" in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_the_body_is_the_same_whoever_asks(client: Client, address: str) -> None:
    plain = client.get(address).data
    make.login(client, make.organiser())

    for headers in (
        {"Accept": "text/html", "User-Agent": "Mozilla/5.0", "Accept-Language": "en"},
        {"User-Agent": "Google-Calendar-Importer"},
        {"Cookie": "session=nonsense"},
    ):
        answer = client.get(address, headers=headers)
        assert answer.data == plain
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers["Vary"]


@pytest.mark.parametrize(
    "tag", ["{}", "*", '"other", {}', '{}, W/"x"', "strong"], ids=["itself", "any", "last", "first", "strong"]
)
def test_who_has_it_already_is_told_so_for_one_small_query(client: Client, address: str, tag: str) -> None:
    first = client.get(address)
    sent = first.headers["ETag"].removeprefix("W/") if tag == "strong" else tag.format(first.headers["ETag"])

    with Statements() as said:
        again = client.get(
            address, headers={"If-None-Match": sent, "If-Modified-Since": "Mon, 01 Jan 1990 00:00:00 GMT"}
        )

    assert again.status_code == 304
    assert again.data == b""
    for name in ("ETag", "Last-Modified", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]
    assert "Content-Type" not in again.headers
    selects = [statement for statement in said.all if statement.startswith("SELECT")]
    assert len(selects) == 1
    assert "editions" in selects[0]


def test_another_tag_gets_the_whole_answer_even_with_a_fresh_date(client: Client, address: str) -> None:
    first = client.get(address)

    answer = client.get(
        address, headers={"If-None-Match": 'W/"other"', "If-Modified-Since": first.headers["Last-Modified"]}
    )

    assert (answer.status_code, answer.data) == (200, first.data)


@pytest.mark.parametrize(
    ("days", "status"), [(0, 304), (1, 304), (-1, 200), (None, 200)], ids=["same", "later", "earlier", "unreadable"]
)
def test_dates_are_compared_and_unreadable_ones_ignored(
    client: Client, address: str, days: int | None, status: int
) -> None:
    client.get(address)
    sent = "yesterday, about noon"
    if days is not None:
        sent = format_datetime(clock.now() + timedelta(days=days), usegmt=True)

    assert client.get(address, headers={"If-Modified-Since": sent}).status_code == status


def test_every_change_of_the_programme_is_a_new_tag_and_a_new_date(client: Client, at: Clock, address: str) -> None:
    first = client.get(address)
    at("2027-03-22 11:00")

    for edition_id in db.session.scalars(db.select(make.Edition.id)):
        editions.touch_programme(edition_id, now=clock.now())

    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert again.headers["ETag"] != first.headers["ETag"]
    assert again.headers["Last-Modified"] == "Mon, 22 Mar 2027 10:00:00 GMT"
    assert client.get(address, headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 200


def test_language_filter_address_and_day_are_in_the_tag(client: Client, at: Clock, app: Flask) -> None:
    slug = make.activity().edition.slug
    tags = [client.get(f"/feeds/{slug}.ics{q}").headers["ETag"] for q in ("", "?lang=en", "?land=DE-TH", "?land=DE-BY")]
    other = client.get(f"/feeds/{make.activity().edition.slug}.ics").headers["ETag"]
    kept, app.config["BASE_URL"] = app.config["BASE_URL"], "https://elsewhere.example"
    moved = client.get(f"/feeds/{slug}.ics", base_url="https://elsewhere.example")
    app.config["BASE_URL"] = kept
    at("2027-03-23 00:00")
    tomorrow = client.get(f"/feeds/{slug}.ics").headers["ETag"]

    assert len({*tags, other, moved.headers["ETag"], tomorrow}) == 7
    assert b"https://elsewhere.example/de/" in moved.data
    assert b"127.0.0.1" not in moved.data


def test_equal_filters_have_equal_tags_whatever_their_order(client: Client) -> None:
    slug = make.activity().edition.slug

    one = client.get(f"/feeds/{slug}.ics?land=DE-BY&land=DE-TH&mode=online&utm_source=x")
    other = client.get(f"/feeds/{slug}.ics?mode=online&land=DE-TH&land=DE-BY")

    assert one.headers["ETag"] == other.headers["ETag"]
    assert one.data == other.data


def test_gzip_for_those_who_take_it(client: Client, address: str) -> None:
    plain = client.get(address)

    zipped = client.get(address, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    refused = client.get(address, headers={"Accept-Encoding": "gzip;q=0, br"})

    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert "Content-Encoding" not in refused.headers
    assert refused.data == plain.data


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_head_is_get_without_the_body(client: Client, address: str, encoding: str) -> None:
    get = client.get(address, headers={"Accept-Encoding": encoding})

    head = client.head(address, headers={"Accept-Encoding": encoding})

    assert head.status_code == 200
    assert head.data == b""
    assert dict(head.headers) == dict(get.headers)
    assert client.head(address, headers={"If-None-Match": get.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("query", ["lands=DE-BY", "land=DE-XX", "near=Jena", "page=2", "lang=fr", "cluster=nobody"])
def test_a_wrong_filter_is_refused_in_one_plain_line(client: Client, query: str) -> None:
    slug = make.activity().edition.slug

    for ending in ("ics", "csv"):
        answer = client.get(f"/feeds/{slug}.{ending}?{query}")

        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert query.split("=")[0 if query.startswith(("lands", "near", "page")) else 1] in answer.text
        assert answer.text.count("\n") == 1
        assert "Set-Cookie" not in answer.headers


def test_what_is_not_public_is_not_found(client: Client) -> None:
    draft = make.edition(state="draft")
    activity = make.activity(edition=draft)

    for path in (
        f"{draft.slug}.ics",
        f"{draft.slug}.csv",
        f"activity/{activity.id}.ics",
        "nothing.ics",
        "activity/0.ics",
    ):
        answer = client.get(f"/feeds/{path}")
        assert (answer.status_code, answer.mimetype) == (404, "text/plain")


def test_a_feed_of_places_is_made_anew_and_tagged_by_its_bytes(client: Client) -> None:
    activity = make.activity(capacity=1)
    address = f"/feeds/{activity.edition.slug}.ics?seats=1"
    first = client.get(address)
    unchanged = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    make.registration(activity)
    full = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert "VEVENT" in first.text
    assert unchanged.status_code == 304
    assert full.status_code == 200
    assert "VEVENT" not in full.text


# The table ----------------------------------------------------------------------------------------------------------


def test_the_table_is_the_public_one_and_follows_the_filters(client: Client) -> None:
    edition = make.edition()
    make.activity(edition=edition, place={"online_url": "https://room.example/x", "venue_land": "DE-BY"})
    make.activity(edition=edition, title_de="Anderswo")

    answer = client.get(f"/feeds/{edition.slug}.csv?land=DE-BY")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'inline; filename="{edition.slug}.csv"'
    assert answer.data.startswith(b"\xef\xbb\xbfid;occurrence;title_de;")
    assert answer.text.count("\r\n") == 2
    for private in ("room.example", "clara@", "contact_name", "contact_email", "online_url", "Anderswo"):
        assert private not in answer.text


def test_the_table_s_tag_knows_of_places(client: Client) -> None:
    activity = make.activity(capacity=5)
    address = f"/feeds/{activity.edition.slug}.csv"
    first = client.get(address)

    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    make.registration(activity)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 200
    assert ";5;0\r\n" in first.text
    assert ";4;0\r\n" in again.text


def test_a_number_that_comes_again_after_a_restore_is_another_tag(client: Client, at: Clock) -> None:
    activity = make.activity()
    address = f"/feeds/{activity.edition.slug}.ics"
    lost = client.get(address).headers["ETag"]
    at("2027-03-22 11:00")

    activity.edition.programme_version -= 1  # the backup was made before the last change …
    editions.touch_programme(activity.edition_id, now=clock.now())  # … and then something else was changed

    assert client.get(address, headers={"If-None-Match": lost}).status_code == 200
