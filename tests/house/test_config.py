"""What the settings accept, and the one sentence that names the one that cannot be used."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clusterweek import config
from clusterweek.config import MailRoute, Rate
from tests.processes import REPOSITORY, Installation

BAD = {
    "OFFICE_PHONE": ["anrufen!", "030\n1", "1" * 40, "<030>", "12"],
    "INSTANCE_PATH": ["", " ", "/dev/null/instance", "/proc/self"],
    "DATABASE_URL": [
        *("", "clusterweek.db", "sqlite://", "mysql://localhost/woche", "oracle://x"),
        *("sqlite:///", "sqlite:///:memory:"),  # would lose everything, and say nothing
        *(
            "postgresql://woche:geheim@db:port/woche",
            "postgresql://woche:ge/heim@db:port/woche",
            "postgresql://[::1/woche",
        ),
    ],
    "BASE_URL": [
        *("", "clusterwoche.example", "ftp://clusterwoche.example", "https://", "https:///de/"),
        *(
            "https://clusterwoche.example/woche",
            "https://clusterwoche.example?x=1",
            "https://clusterwoche.example#oben",
        ),
        *(
            "http://0.0.0.0:8000",
            "http://[::]:8000",
            "https://clusterwoche..example",
            "https://.",
            "https://a_b.example",
        ),
        *("https://clusterwoche.example\\@evil.example", "https://cluster%20woche.example"),
        *("https://clusterwoche.example:port", "https://clusterwoche.example:99999", "https://[::1"),
        *(
            "https://cluster woche.example",
            "https://olaf:geheim@clusterwoche.example",
            "https://clusterwoche.example\nX: y",
        ),
    ],
    "SECRET_KEY": ["", "  ", "a", "geheim", "x" * 31, f"  {'kurz' * 7}   ", "x" * 64, "abcabc" * 10],
    "MAIL_URL": [
        *("", "mail.example", "http://mail.example", "smtp://", "smtp://:25", "file:///var/mail"),
        *("smtp://mail.example?tls=ssl", "smtp://mail.example?tls=", "smtp://mail.example?starttls=1"),
        *("smtp://mail.example:port", "smtp://mail.example:99999", "smtp://olaf:ge/heim@mail.example"),
    ],
    "MAIL_FROM": [
        *("", "Clusterwoche", "Clusterwoche <programm>", "a@example.org, b@example.org", "a b@example.org"),
        *("Müller, Clusterwoche <a@example.org>", "büro@example.org", "Woche <a@exa_mple.org>", "a@-.b..c"),
        *("Clusterwoche <a@example.org> x", "a@example.org\nBcc: b@example.org", "A <a@example.org>\r\nBcc: b@x.org"),
    ],
    "TIMEZONE": ["", "CEST", "CET", "UTC", "Etc/GMT-1", "Europe", "europe/berlin", "Mars/Olympus", "../../etc/passwd"],
    "TRUSTED_PROXIES": ["", "-1", "11", "1.5", " 1", "one", "²", "٣", "9" * 5000],
    "SIGNUP_LIMIT_NETWORK": ["", "60", "0/minute", "-1/minute", "60/week", "60 / minute", "on", "٣/hour"],
    "PROMOTION_LEAD_IN_PERSON": ["", "-1", "3h", "10081", "1.5", "off"],
    "PROMOTION_LEAD_ONLINE": ["", "-30", "30 minutes", "99999", "٣٠"],
    "SIGNUP_LIMIT_ADDRESS": ["", "5", "0/hour", "5/year", "OFF", "9" * 5000 + "/day"],
    "WORKERS": ["", "0", "65", "two", "2.0", "-2"],
}
SECRET = "0123456789abcdefghijklmnopqrstuv"  # 32 characters
GOOD: list[tuple[str, str, Any]] = [
    ("DATABASE_URL", "sqlite:////srv/woche.db", "sqlite:////srv/woche.db"),
    ("DATABASE_URL", "postgres://u:p@db/woche", "postgresql+psycopg://u:p@db/woche"),
    ("DATABASE_URL", "postgresql://u:p%2Fw@db:5433/woche", "postgresql+psycopg://u:p%2Fw@db:5433/woche"),
    ("DATABASE_URL", "postgresql://u:p/a#s@db/woche", "postgresql+psycopg://u:p/a#s@db/woche"),
    ("DATABASE_URL", "postgresql:///woche?host=/run/postgresql", "postgresql+psycopg:///woche?host=/run/postgresql"),
    ("BASE_URL", "https://clusterwoche.example/", "https://clusterwoche.example"),
    ("BASE_URL", "http://[::1]:8123", "http://[::1]:8123"),
    ("BASE_URL", "HTTPS://Clusterwoche.Example.:443/", "https://clusterwoche.example"),
    ("BASE_URL", "http://clusterwoche.example:80", "http://clusterwoche.example"),
    ("BASE_URL", "https://clusterwoche.example:8443", "https://clusterwoche.example:8443"),
    ("BASE_URL", "https://clusterwöche.example", "https://xn--clusterwche-yfb.example"),
    ("SECRET_KEY", f" {SECRET} ", SECRET),
    ("MAIL_URL", "file:", MailRoute("file")),
    ("MAIL_URL", "smtp://mail.example", MailRoute("smtp", "mail.example", 25)),
    ("MAIL_URL", "smtps://mail.example", MailRoute("smtps", "mail.example", 465)),
    (
        "MAIL_URL",
        "smtp://olaf:p%40ss%2F@mail.example:587?tls=starttls",
        MailRoute("smtp", "mail.example", 587, "olaf", "p@ss/", starttls=True),
    ),
    ("MAIL_FROM", "a@example.org", "a@example.org"),
    ("MAIL_FROM", "Büro der Woche <a@example.org>", "Büro der Woche <a@example.org>"),
    ("MAIL_FROM", '"Müller, Büro" <a@example.org>', '"Müller, Büro" <a@example.org>'),
    ("MAIL_FROM", "Büro <a@büro.example>", "Büro <a@büro.example>"),
    ("TIMEZONE", "Europe/Vienna", "Europe/Vienna"),
    ("TRUSTED_PROXIES", "10", 10),
    ("SIGNUP_LIMIT_NETWORK", "off", None),
    ("SIGNUP_LIMIT_NETWORK", "1/second", Rate(1, 1)),
    ("SIGNUP_LIMIT_ADDRESS", "20/day", Rate(20, 86400)),
    ("PROMOTION_LEAD_IN_PERSON", "0", 0),
    ("PROMOTION_LEAD_ONLINE", "10080", 10080),
    ("WORKERS", "64", 64),
]


def load(folder: Path, **settings: str) -> dict[str, Any]:
    environ = {"INSTANCE_PATH": str(folder), **settings}
    return config.load({f"CLUSTERWEEK_{name}": value for name, value in environ.items()})


@pytest.mark.parametrize(
    ("name", "value"),
    [pytest.param(name, value, id=f"{name}-{n}") for name, values in BAD.items() for n, value in enumerate(values)],
)
def test_what_cannot_be_used_is_said_in_one_sentence_that_names_the_setting(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(config.BadSetting) as bad:
        load(tmp_path, **{name: value})

    sentence = str(bad.value)
    assert sentence.startswith(f"CLUSTERWEEK_{name} ")
    assert sentence.endswith(".")
    assert len(sentence.splitlines()) == 1
    assert not {"geheim", "ge", "heim"} & set(sentence.replace("'", " ").split())  # no piece of a password


def test_every_setting_that_can_be_wrong_is_in_the_table() -> None:
    assert set(BAD) == config.KNOWN


@pytest.mark.parametrize(("name", "value", "read"), GOOD)
def test_what_can_be_used_is_read(tmp_path: Path, name: str, value: str, read: Any) -> None:
    assert load(tmp_path, **{name: value})[name] == read


def test_defaults_can_be_used_as_they_are(tmp_path: Path) -> None:
    values = load(tmp_path)

    assert values["DATABASE_URL"] == f"sqlite:///{tmp_path / 'clusterweek.db'}"
    assert values["BASE_URL"] == "http://127.0.0.1:8000"
    assert values["SIGNUP_LIMIT_ADDRESS"] == Rate(10, 86400)


def test_commands_know_the_port_that_was_served_last(tmp_path: Path) -> None:
    config.keep_port(tmp_path, 8123)

    assert load(tmp_path)["BASE_URL"] == "http://127.0.0.1:8123"
    assert load(tmp_path, BASE_URL="https://woche.example")["BASE_URL"] == "https://woche.example"
    (tmp_path / "port").write_text("nonsense")
    assert load(tmp_path)["BASE_URL"] == "http://127.0.0.1:8000"


@pytest.mark.parametrize("name", ["link.key", "secret.key"])
@pytest.mark.parametrize("kept", ["", "\n", "x", "0123456789abcdefghijklmnopqrstu"])
def test_a_kept_key_that_is_too_short_stops_the_start(tmp_path: Path, name: str, kept: str) -> None:
    (tmp_path / name).write_text(kept)

    with pytest.raises(config.BadSetting, match=f"^CLUSTERWEEK_INSTANCE_PATH holds a {name} of fewer than 32 char"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("url", "is_loopback"),
    [
        *(("http://localhost:8000", True), ("http://127.0.0.1", True), ("http://127.8.9.1:8000", True)),
        *(("http://[::1]:8000", True), ("http://[::ffff:127.0.0.1]:80", True), ("http://LOCALHOST.", True)),
        *(("http://localhost.example", False), ("http://127.0.0.1.example", False), ("http://10.0.0.7", False)),
        *(("https://clusterwoche.example", False), ("http://[2001:db8::1]", False)),
    ],
)
def test_whether_the_site_is_this_machine_alone(tmp_path: Path, url: str, is_loopback: bool) -> None:
    assert load(tmp_path, BASE_URL=url)["IS_LOOPBACK"] is is_loopback


def test_a_name_that_is_no_setting_is_told(tmp_path: Path) -> None:
    with pytest.raises(config.BadSetting, match=r"^CLUSTERWEEK_WORKER is not a setting; see docs/settings\.md\.$"):
        load(tmp_path, WORKER="2")


@pytest.mark.slow
@pytest.mark.parametrize("command", [("db", "upgrade"), ("serve", "--prepare"), ("doctor",)])
def test_every_command_ends_with_that_sentence(tmp_path: Path, command: tuple[str, ...]) -> None:
    told = Installation(tmp_path / "new", WORKERS="two").run(*command, code=1)

    assert told == "clusterweek: CLUSTERWEEK_WORKERS must be a whole number from 1 to 64.\n"
    assert not (tmp_path / "new").exists()


@pytest.mark.slow
def test_flask_reaches_the_same_commands_and_says_no_alike(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    installation.run("db", "upgrade")
    unknown = ("user", "login-link", "nobody@example.org")
    flask = [sys.executable, "-m", "flask", "--app", str(REPOSITORY / "wsgi.py")]

    told = installation.run(*unknown, code=1)
    answers = [
        subprocess.run([*flask, *unknown], env=environment, capture_output=True, text=True, timeout=60)
        for environment in (installation.environment, installation.environment | {"CLUSTERWEEK_WORKERS": "two"})
    ]

    assert [answer.returncode for answer in answers] == [1, 1]
    assert answers[0].stderr == told == "clusterweek: Nobody has the address nobody@example.org.\n"
    assert answers[1].stderr == "clusterweek: CLUSTERWEEK_WORKERS must be a whole number from 1 to 64.\n"
