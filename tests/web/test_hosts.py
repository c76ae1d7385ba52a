"""Which names the site answers to, and the headers of every answer, whoever makes it."""

from pathlib import Path
from typing import Any

import pytest

from clusterweek.web import hosts
from tests.conftest import build_app

SITE = "https://clusterwoche.example"


@pytest.mark.parametrize(
    "host",
    [
        *("clusterwoche.example", "Clusterwoche.EXAMPLE", "clusterwoche.example:443"),
    ],
)
def test_the_site_answers_to_its_own_name(host: str) -> None:
    assert hosts.is_ours(host, SITE)


@pytest.mark.parametrize(
    "host",
    [
        *("", " ", "evil.example", "clusterwoche.example.evil.example", "evil.clusterwoche.example", "clusterwoche"),
        *("clusterwoche.example:8000", "clusterwoche.example:x", "clusterwoche.example:", "clusterwoche.example."),
        *("localhost", "127.0.0.1", "[::1]", "10.0.0.7", "clusterwoche.example@evil.example", "evil.example#"),
        *("clusterwoche.example/evil", "clusterwoche.example,evil.example", "clusterwoche.example evil.example"),
        *(
            "clusterwoche.example\\evil",
            "clusterwoche.example?x",
            "clusterwoche.exämple",
            "[::1",
            "clusterwoche.example\n",
        ),
    ],
)
def test_it_answers_to_no_other(host: str) -> None:
    # An empty port says nothing else than none; everything else is another name.
    assert hosts.is_ours(host, SITE) is (host == "clusterwoche.example:")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9000", "[::1]:8000", "127.3.2.1", "LOCALHOST:1"])
def test_on_one_machine_every_loopback_name_is_ours_at_any_port(host: str) -> None:
    assert hosts.is_ours(host, "http://127.0.0.1:8000")
    assert not hosts.is_ours(f"x{host}", "http://127.0.0.1:8000")
    assert not hosts.is_ours("192.168.1.5:8000", "http://127.0.0.1:8000")


def test_a_port_of_ones_own_is_ours_with_and_without_being_said() -> None:
    url = "https://clusterwoche.example:8443"

    said = [hosts.is_ours(f"clusterwoche.example{port}", url) for port in (":8443", "", ":443", ":80", ":8444")]

    assert said == [True, True, True, False, False]


@pytest.mark.parametrize(
    "path", ["/de/", "/de/login", "/static/house/base.css", "/static/vendor/kern.min.css", "/nowhere"]
)
def test_a_strangers_name_gets_a_page_that_repeats_nothing(client: Any, path: str) -> None:
    answer = client.get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "localhost"})

    assert answer.status_code == 400
    assert "evil" not in answer.text + str(answer.headers)
    assert "gehört nicht zu dieser Installation" in answer.text
    assert "does not belong to this installation" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert client.head(path, headers={"Host": "evil.example"}).data == b""
    assert client.post("/de/login", data={}, headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_monitors_ask_by_any_name(client: Any, path: str) -> None:
    answer = client.get(path, headers={"Host": "10.0.0.7:8000"})

    assert answer.status_code in (200, 503)
    assert "10.0.0.7" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(("/de/", 200), ("/", 303), ("/de/nowhere/", 404), ("/de/%00", 404), ("/feeds/all.ics?q=%00", 400)),
        *(("/de/host/", 303), ("/robots.txt", 200), ("/feeds/all.ics", 200), ("/healthz", 200)),
        *(("/static/house/base.css", 200), ("/static/vendor/kern.min.css", 200), ("/static/vendor/none", 404)),
        *(("/static/nowhere.css", 404), ("/de", 308), ("/de/clusters", 308)),
    ],
)
def test_every_answer_carries_the_same_headers(client: Any, path: str, status: int) -> None:
    for method in ("GET", "HEAD", "OPTIONS", "DELETE", "POST"):
        with client.open(path, method=method) as answer:
            assert answer.status_code == status or method != "GET"
            assert "Access-Control-Allow-Origin" not in answer.headers
            _check(answer.headers)


@pytest.mark.parametrize("path", ["/static/house/base.css", "/static/vendor/kern.min.css", "/feeds/all.ics"])
def test_not_modified_carries_them_too(client: Any, path: str) -> None:
    with client.get(path) as found:
        first = found.headers
    asked = {"If-None-Match": first["ETag"]} if "ETag" in first else {"If-Modified-Since": first["Last-Modified"]}

    with client.get(path, headers=asked) as answer:
        assert answer.status_code == 304
        _check(answer.headers)


def test_a_mistake_of_ours_carries_them_too(tmp_path: Path) -> None:
    app = build_app(tmp_path)

    @app.get("/mistake")
    def mistake() -> str:
        raise ZeroDivisionError

    app.testing = False
    answer = app.test_client().get("/mistake")

    assert answer.status_code == 500
    _check(answer.headers)


def _check(headers: Any) -> None:
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert "camera=()" in headers["Permissions-Policy"]
    assert len(headers.getlist("Content-Security-Policy")) == 1


def test_a_host_of_any_length_is_answered_and_only_short_ones_are_remembered() -> None:
    before = hosts._is_ours.cache_info().currsize

    assert not hosts.is_ours("x" * 60_000, "https://woche.example")
    assert not hosts.is_ours("woche.example" + "." * 300, "https://woche.example")
    assert hosts._is_ours.cache_info().currsize == before
    assert hosts.is_ours("woche.example", "https://woche.example")
