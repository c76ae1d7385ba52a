"""The demo's logins, whose password everybody knows: for a browser on this machine, and for nobody else."""

from typing import Any

import pytest

from clusterweek.accounts import passwords, rules
from tests import make
from tests.mailbox import letters

HERE = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000"}
ELSEWHERE = [
    {"HTTP_X_FORWARDED_FOR": "203.0.113.9"},
    {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
    {"HTTP_X_FORWARDED_HOST": "clusterwoche.example"},
    {"HTTP_X_FORWARDED_PROTO": "https"},
    {"HTTP_X_REAL_IP": "203.0.113.9"},
    {"HTTP_FORWARDED": "for=203.0.113.9"},
    {"HTTP_VIA": "1.1 proxy"},
    {"HTTP_CF_CONNECTING_IP": "203.0.113.9"},
    {"REMOTE_ADDR": "192.168.1.5"},
    {"REMOTE_ADDR": "2001:db8::1"},
    {"REMOTE_ADDR": ""},
]


@pytest.fixture
def olaf(db: Any) -> Any:
    return make.organiser(is_demo=True, password_hash=passwords.hashed(rules.DEMO_PASSWORD))


def is_offered(client: Any, environ: dict[str, str]) -> bool:
    return rules.DEMO_PASSWORD in client.get("/en/login", environ_overrides=environ).text


def log_in(client: Any, environ: dict[str, str]) -> int:
    sent = {"email": "olaf@example.org", "password": rules.DEMO_PASSWORD}
    return int(client.post("/en/login", data=sent, environ_overrides=environ).status_code)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8123"])
@pytest.mark.parametrize("network", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_on_this_machine_they_are_offered_and_work(client: Any, olaf: Any, host: str, network: str) -> None:
    environ = {"HTTP_HOST": host, "REMOTE_ADDR": network}

    assert is_offered(client, environ)
    assert log_in(client, environ) == 303


@pytest.mark.parametrize("given", ELSEWHERE, ids=str)
def test_whoever_comes_from_elsewhere_is_not_offered_them_and_gets_in_by_none(
    client: Any, olaf: Any, given: dict[str, str]
) -> None:
    environ = HERE | given

    assert not is_offered(client, environ)
    assert log_in(client, environ) == 422
    client.post("/en/login/link", data={"email": "olaf@example.org"}, environ_overrides=environ)
    link = next(w for w in letters()[-1].text.split() if w.startswith("http")).replace("http://127.0.0.1:8000", "")
    assert client.post(link, environ_overrides=environ).status_code == 404


@pytest.mark.parametrize("given", ELSEWHERE[:1] + ELSEWHERE[-3:-1], ids=str)
def test_a_login_of_the_demo_opens_nothing_from_elsewhere(client: Any, olaf: Any, given: dict[str, str]) -> None:
    assert log_in(client, HERE) == 303
    assert client.get("/en/account", environ_overrides=HERE).status_code == 200

    assert client.get("/en/account", environ_overrides=HERE | given).status_code == 303


def test_where_base_url_is_public_they_work_nowhere(client: Any, olaf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(client.application.config, "IS_LOOPBACK", False)

    assert not is_offered(client, HERE)
    assert log_in(client, HERE) == 422
