"""ETag and 304."""

from datetime import UTC, datetime

import pytest
from flask import Response, request

from clusterweek.web import freshness

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
