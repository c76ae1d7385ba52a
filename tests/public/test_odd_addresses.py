"""Addresses that nobody would click, and that come anyway: never a 5xx."""

import pytest

from tests import make

QUERIES = [
    "page=0",
    "page=-1",
    "page=99999999999999999999",
    "page=²",
    "page=1&page=2",
    "day=2027-02-30",
    "day=0000-00-00",
    "day=2027-04-08&day=heute",
    "q=%00",
    "q=" + "x" * 101,
    "q=%F0%9F%92%A1",
    "q=%25_%5C",
    "land=de-by",
    "country=fr",
    "seats=2",
    "near=Jena",
    "a" * 500 + "=1",
    "q=%ff%fe",
    "&&&=&",
    "lang=xx",
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_strange_query_is_answered_in_words(client, query):
    make.activity(edition=make.edition(slug="woche"))

    assert client.get(f"/de/woche/?{query}").status_code in (200, 302, 400)


@pytest.mark.parametrize(
    "path",
    [
        "/de/woche/%2e%2e/%2e%2e/etc",
        "/de/woche/%00",
        "/de/woche/" + "9" * 400,
        "/de/woche/-",
        "/de/woche/x-0",
        "/de/%F0%9F%92%A1/",
        "/de/clusters/%25",
        "/de/partner-countries/%C3%9F",
        "/de/archive/../..",
        "/de/legal/%2e%2e%2fsecret.key",
        "/static/../config.py",
        "/static/%2e%2e/config.py",
        "/static/vendor/%2e%2e/%2e%2e/config.py",
        "/de//evil.example",
        f"/feeds/activity/{2**31}.ics",
        f"/feeds/activity/{2**63}.ics",
    ],
)
def test_a_strange_path_is_not_found(client, path):
    make.edition(slug="woche")

    assert client.get(path).status_code in (301, 302, 308, 404)


@pytest.mark.parametrize("path", ["/de/woche", "/de/clusters", "/de//woche/", "/de//%2F/evil.example"])
def test_a_missing_slash_is_added_without_naming_a_host(client, path):
    make.edition(slug="woche")

    answer = client.get(path)

    assert answer.location.startswith("/de/")


def test_the_language_switch_never_leaves_the_house(client):
    make.edition(slug="woche")

    for path in ("/de//evil.example/x/y", "/de/%0d%0aSet-Cookie:x/y/z", "/de/%2F%2Fevil.example/x/y"):
        html = client.get(path, follow_redirects=True).text

        assert 'href="//' not in html
        assert "\r\nSet-Cookie" not in html
