"""The bytes of a mail: parts in order, CRLF, and no header that a name or title could smuggle in."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from clusterweek.outbox.envelope import UnfitMail, seal
from clusterweek.outbox.letter import Mail

NOW = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)
CALENDAR = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:F\xc3\xbchrung\r\nEND:VCALENDAR\r\n"


def sealed(**given: Any) -> bytes:
    values: dict[str, Any] = {"to": "ada@post.test", "subject": "Hello", "text": "Grüße\n", "page": "<p>Grüße</p>\n"}
    return seal(
        Mail(**values | given),
        sender="Clusterwoche <programm@woche.test>",
        message_id="<1@woche.test>",
        now=NOW,
    )


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)  # type: ignore[return-value]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\0", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
@pytest.mark.parametrize("field", ["to", "subject", "reply_to"])
def test_a_line_end_in_a_header_is_refused(field: str, end: str) -> None:
    with pytest.raises(UnfitMail):
        sealed(**{field: f"ada@post.test{end}Bcc: sven@post.test"})


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "@post.test",
        "ada@",
        "a da@post.test",
        "ada@post.test,sven@post.test",
        "<ada@post.test>",
        '"a b"@post.test',
        "ä@post.test",
        "a" * 250 + "@post.test",
    ],
)
def test_what_is_not_one_plain_address_is_refused(address: str) -> None:
    with pytest.raises(UnfitMail) as refused:
        sealed(to=address)

    assert not address or address not in str(refused.value)


def test_a_domain_with_umlauts_travels_as_idna() -> None:
    assert read(sealed(to="ada@bücher.test"))["To"] == "ada@xn--bcher-kva.test"


@pytest.mark.parametrize("subject", ["Licht als Werkzeug: " + "ä" * 200, "x" * 500, "😀 Grüße", "=?utf-8?q?Bcc?=", " "])
def test_any_title_makes_a_readable_subject(subject: str) -> None:
    raw = sealed(subject=subject)

    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert read(raw).keys().count("Subject") == 1


def test_every_line_ends_in_crlf_and_all_is_ascii() -> None:
    raw = sealed(text="one\ntwo\r\nthree\n", subject="Grüße", calendar=CALENDAR, calendar_method="REQUEST")

    assert raw.replace(b"\r\n", b"").count(b"\n") == raw.replace(b"\r\n", b"").count(b"\r") == 0
    assert raw.isascii()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one line without an end",
        "ä" * 5000,
        "x" * 5000,
        ".\n..\n",
        "end  \n\ttab \n=3D=\n",
        "From ada\n",
        "a\r\nb\rc\nd",
        "😀\n",
    ],
)
def test_any_text_arrives_as_it_was_and_no_line_is_too_long(text: str) -> None:
    raw = sealed(text=text, page="<p>")

    arrived = read(raw).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert arrived.splitlines() == (text.splitlines() or [""])
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78


def test_a_file_name_or_method_that_no_header_can_carry_is_refused() -> None:
    for given in ({"calendar_name": 'a".ics'}, {"calendar_method": "REQUEST; x"}):
        with pytest.raises(UnfitMail):
            sealed(calendar=CALENDAR, **given)


def test_an_invitation_is_the_last_alternative_and_keeps_its_bytes() -> None:
    mail = read(sealed(calendar=CALENDAR, calendar_method="REQUEST"))

    parts = list(mail.iter_parts())
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html", "text/calendar"]
    assert (parts[2].get_param("method"), parts[2].get_param("charset")) == ("REQUEST", "utf-8")
    assert parts[2]["Content-Transfer-Encoding"] == "base64"
    assert parts[2].get_content_disposition() is None
    assert parts[2].get_payload(decode=True) == CALENDAR


def test_a_calendar_without_a_method_is_a_file_beside_the_text() -> None:
    mail = read(sealed(calendar=CALENDAR, calendar_name="termine.ics"))

    alternative, file = mail.iter_parts()
    assert [part.get_content_type() for part in alternative.iter_parts()] == ["text/plain", "text/html"]
    assert (file.get_content_type(), file.get_filename(), file.get_content_disposition()) == (
        "text/calendar",
        "termine.ics",
        "attachment",
    )
    assert file.get_payload(decode=True) == CALENDAR


def test_no_answering_machine_answers() -> None:
    plain, invited = read(sealed()), read(sealed(calendar=CALENDAR, calendar_method="REQUEST"))

    assert plain["Auto-Submitted"] == invited["Auto-Submitted"] == "auto-generated"
    assert plain["X-Auto-Response-Suppress"] == "All"
    assert invited["X-Auto-Response-Suppress"] == "OOF, AutoReply"  # the answer to an invitation is wanted


def test_letters_of_one_thread_refer_to_the_same() -> None:
    assert read(sealed(thread="registration.0af3"))["References"] == "<registration.0af3@woche.test>"
    assert read(sealed())["References"] is None


def test_who_does_not_want_more_finds_the_button_in_the_mail_program() -> None:
    mail = read(sealed(stop_link="https://woche.test/de/registration/Ab_-9/reminders?x=1"))

    assert mail["List-Unsubscribe"] == "<https://woche.test/de/registration/Ab_-9/reminders?x=1>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read(sealed())["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("stop_link", f"https://woche.test/{odd}") for odd in ("a b", "a>b", "a<b", "ä", "a\r\nBcc: x", "x" * 2000)),
        *(("stop_link", odd) for odd in ("woche.test/a", "mailto:a@b.test", "javascript:1", "https://")),
        *(("thread", odd) for odd in ("a b", "a>", "a@b", "ä", "a\r\nBcc: x")),
    ],
)
def test_a_header_carries_no_other_link_and_no_other_thread(field: str, value: str) -> None:
    with pytest.raises(UnfitMail):
        sealed(**{field: value})
