"""ETag and 304."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Response, request

from clusterweek.web import freshness
from tests import make
from tests.conftest import NOW

CHANGED = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "is_fresh"),
    [
        ({}, False),
        ({"If-None-Match": '"tag"'}, True),
        ({"If-None-Match": 'W/"tag"'}, True),
        ({"If-None-Match": '"other", W/"tag"'}, True),
        ({"If-None-Match": "*"}, True),
        ({"If-None-Match": '"other"'}, False),
        ({"If-Modified-Since": "Mon, 22 Mar 2027 08:30:00 GMT"}, True),
        ({"If-Modified-Since": "Mon, 22 Mar 2027 08:29:59 GMT"}, False),
        ({"If-Modified-Since": "yesterday"}, False),
        ({"If-None-Match": '"other"', "If-Modified-Since": "Mon, 22 Mar 2027 08:30:00 GMT"}, False),
    ],
)
def test_who_has_it_already_gets_nothing_more(app, headers, is_fresh):
    with app.test_request_context("/", headers=headers):
        assert freshness.is_fresh(request, "tag", CHANGED) is is_fresh


def test_the_tag_depends_on_every_part_and_on_where_parts_end():
    tags = {freshness.etag_of(*parts) for parts in (("a", "b"), ("ab",), ("a", "c"), ("a", "b", ""), (1, "b"))}

    assert len(tags) == 5
    assert freshness.etag_of("a", "b") == freshness.etag_of("a", "b")


def test_an_answer_carries_its_validators():
    answer = freshness.stamp(Response("x"), "tag", CHANGED, cache_control="public, max-age=300")

    assert answer.headers["ETag"] == 'W/"tag"'
    assert answer.headers["Last-Modified"] == "Mon, 22 Mar 2027 08:30:00 GMT"
    assert answer.headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize(
    "path", ["/de/", "/en/", "/de/archive/", "/en/partner-countries/", "/de/clusters/", "/de/legal/privacy"]
)
@pytest.mark.parametrize("encoding", ["", "br", "gzip"])
def test_a_public_page_that_has_not_changed_is_not_sent_again(client, path, encoding):
    headers = {"Accept-Encoding": encoding}
    first = client.get(path, headers=headers)

    again = client.get(path, headers=headers | {"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    for name in ("ETag", "Cache-Control", "Content-Security-Policy", "Referrer-Policy"):
        assert again.headers[name] == first.headers[name]
    assert "Accept-Encoding" in again.headers["Vary"]
    assert client.head(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/de/", "/en/{week}/", "/de/archive/"])
def test_the_moment_at_which_a_page_was_made_makes_it_no_other_page(client, at, path):
    path = path.format(week=make.edition().slug)
    first = client.get(path)
    at(NOW + timedelta(minutes=3))
    later = client.get(path)

    assert first.text != later.text
    assert first.headers["ETag"] == later.headers["ETag"]


def test_a_page_that_shows_something_else_is_sent(client):
    week = make.edition()
    path = f"/de/{week.slug}/"
    empty = client.get(path)
    make.activity(edition=week, title_de="Licht und Schatten")
    full = client.get(path, headers={"If-None-Match": empty.headers["ETag"]})
    english = client.get(path.replace("/de/", "/en/"), headers={"If-None-Match": full.headers["ETag"]})

    assert [answer.status_code for answer in (empty, full, english)] == [200] * 3


@pytest.mark.parametrize(
    "path", ["/de/login", "/de/login/forgotten", "/de/nowhere/", "/de/organiser/", "/de/account/password"]
)
def test_what_no_browser_may_keep_has_no_tag(client, path):
    if "login" not in path:
        make.login(client, make.organiser())

    answer = client.get(path, headers={"If-None-Match": "*"})

    assert answer.status_code in (200, 404)
    assert ("ETag" in answer.headers, answer.headers["Cache-Control"]) == (False, "no-store")
