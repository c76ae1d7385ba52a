"""Who may use an address, and what every answer carries."""

from tests import make
from tests.conftest import build_app


def test_a_desk_asks_strangers_to_log_in_and_remembers_where_they_wanted_to_go(client):
    answer = client.get("/de/organiser/?edition=x")

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/de/login?next=/de/organiser/")


def test_a_desk_is_closed_to_those_it_is_not_for(client):
    make.login(client, make.person("Sven"))

    assert client.get("/de/organiser/").status_code == 403


def test_a_change_by_a_stranger_is_refused(client):
    routes = [
        rule
        for rule in client.application.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.rule.startswith("/<lang:lang>/organiser/")
    ]
    plain = [rule for rule in routes if rule.arguments == {"lang"}]

    for rule in plain:
        assert client.post(rule.rule.replace("<lang:lang>", "de")).status_code == 401


def test_what_belongs_to_one_person_is_never_kept_by_a_cache(client):
    make.login(client, make.organiser())

    answer = client.get("/de/organiser/", follow_redirects=True)

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_public_pages_are_the_same_for_whoever_is_logged_in(client):
    make.edition()
    before = client.get("/de/")
    make.login(client, make.organiser())

    after = client.get("/de/")

    assert after.text == before.text
    assert after.headers["Cache-Control"] == "no-cache"


def test_every_answer_carries_the_headers_that_protect(client):
    for address in ("/de/", "/de/nowhere", "/robots.txt", "/de/login"):
        headers = client.get(address).headers

        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
        assert "Strict-Transport-Security" not in headers


def test_with_https_browsers_are_told_to_stay_with_it(tmp_path):
    app = build_app(tmp_path, BASE_URL="https://clusterwoche.example")

    for host in ("clusterwoche.example", "evil.example"):
        headers = app.test_client().get("/robots.txt", headers={"Host": host}).headers
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-session"
