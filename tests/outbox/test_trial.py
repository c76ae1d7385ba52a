"""One letter to try the way."""

from email import message_from_bytes, policy
from pathlib import Path
from unittest.mock import patch

import pytest
from flask import Flask

from clusterweek import config
from tests.smtp import smtp_server, stubborn_server

SENDER = "Clusterwoche Büro <programm@woche.test>"


def tried(app: Flask, url: str, *given: str) -> tuple[int, str]:
    """Exit code and what is said, with letters leaving as `url` says."""
    folder = str(app.config["INSTANCE_PATH"])
    route = config.load({"CLUSTERWEEK_MAIL_URL": url, "CLUSTERWEEK_INSTANCE_PATH": folder})["MAIL_URL"]
    with patch.dict(app.config, MAIL_URL=route, MAIL_FROM=SENDER):
        result = app.test_cli_runner().invoke(args=["mail", "test", *given])
    return result.exit_code, result.output.strip() or str(result.exception)


@pytest.mark.parametrize(("lang", "subject"), [("de", "Test: E-Mails gehen hinaus"), ("en", "Test: e-mail is leaving")])
def test_one_letter_leaves_and_what_the_server_said_is_printed(app: Flask, lang: str, subject: str) -> None:
    with smtp_server() as (inbox, url):
        code, said = tried(app, url, "olaf@büro.test", "--lang", lang)

    assert (code, inbox.addressees) == (0, ["olaf@xn--bro-hoa.test"])
    assert said.startswith(f"From {SENDER}: 127.0.0.1:")
    assert "took it: 250 " in said
    letter = inbox.mails[0]
    assert letter["Subject"] == subject
    text, page = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    for part in (text, page):
        assert "SPF" in part
        assert app.config["BASE_URL"] in part


def test_without_a_server_the_letter_is_a_file_and_its_place_is_named(app: Flask) -> None:
    code, said = tried(app, "file:", "olaf@post.test")

    file = Path(said.partition("written to ")[2])
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (code, letter["To"], letter["From"]) == (0, "olaf@post.test", SENDER)


def test_a_letter_to_somebody_invented_does_not_leave_and_says_so(app: Flask) -> None:
    with smtp_server() as (inbox, url):
        code, said = tried(app, url, "olaf@example.org")

    assert (code, inbox.addressees) == (0, [])
    assert "nobody lives there: written to " in said


@pytest.mark.parametrize(
    "address", ["olaf", "olaf@", "@post.test", "a b@post.test", "olaf@post.test\r\nBcc: x@y.z", ""]
)
def test_what_is_no_address_is_said_before_anything_is_sent(app: Flask, address: str) -> None:
    with smtp_server() as (inbox, url):
        code, said = tried(app, url, address)

    assert (code, inbox.connections) == (1, 0)
    assert "is not an e-mail address." in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("step", "answer", "sentence"),
    [
        ("rcpt", "550 no such user", "Refused for good: RCPT: 550 no such user"),
        ("rcpt", "450 greylisted", "Not taken this time: RCPT: 450 greylisted"),
        ("text", "554 looks like spam", "Refused for good: DATA: 554 looks like spam"),
        ("data", "554 no text please", "Refused for good: DATA: 554 no text please"),
        ("mail", "550 not you", "No letter can leave: 127.0.0.1 takes no mail from"),
    ],
)
def test_a_server_that_says_no_is_quoted(app: Flask, step: str, answer: str, sentence: str) -> None:
    with stubborn_server(**{step: f"{answer}\r\n".encode()}) as (_heard, url):
        code, said = tried(app, url, "olaf@post.test")

    assert code == 1
    assert sentence in said


def test_a_server_that_does_not_answer_is_named(app: Flask) -> None:
    code, said = tried(app, "smtp://127.0.0.1:1", "olaf@post.test")

    assert code == 1
    assert "No letter can leave: 127.0.0.1:1 cannot be used: Connection refused." in said
