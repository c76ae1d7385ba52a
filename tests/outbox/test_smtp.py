"""Sending by SMTP, to a real server that makes difficulties."""

import errno
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clusterweek import config
from clusterweek.outbox.letter import Mail
from clusterweek.outbox.offices import Closed, Folder, NotNow, Rejected
from clusterweek.outbox.smtp import Smtp
from tests.smtp import smtp_server, stubborn_server

NOW = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)
SENDER = "Clusterwoche Büro <programm@woche.test>"


def office(url: str, folder: Path) -> Smtp:
    route = config.load({"CLUSTERWEEK_MAIL_URL": url, "CLUSTERWEEK_INSTANCE_PATH": str(folder)})["MAIL_URL"]
    return Smtp(route, sender=SENDER, folder=Folder(folder / "mail", sender=SENDER))


def mail(to: str = "ada@post.test", **given: object) -> Mail:
    return Mail(to, "Ihr Platz für „Licht“", "Grüße\n", "<p>Grüße</p>\n", **given)  # type: ignore[arg-type]


def send(to_office: Smtp, a_mail: Mail, number: int = 1) -> None:
    to_office.send(a_mail, message_id=f"<{number}@woche.test>", due_at=NOW, now=NOW)


def test_many_mails_take_one_connection(tmp_path: Path) -> None:
    with smtp_server() as (inbox, url):
        one = office(url, tmp_path)
        for n in range(5):
            send(one, mail(f"ada{n}@post.test"), n)
        one.close()

    assert inbox.addressees == [f"ada{n}@post.test" for n in range(5)]
    assert inbox.connections == 1


def test_what_arrives_is_what_was_meant(tmp_path: Path) -> None:
    with smtp_server() as (inbox, url):
        one = office(url, tmp_path)
        send(one, mail())
        one.close()

    arrived = inbox.mails[0]
    assert arrived["Subject"] == "Ihr Platz für „Licht“"
    assert arrived["From"] == SENDER
    assert arrived["To"] == "ada@post.test"
    assert arrived["Message-ID"] == "<1@woche.test>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Date"].datetime == NOW
    assert arrived.get_body(("plain",)).get_content() == "Grüße\r\n"  # type: ignore[union-attr]


def test_an_unknown_mailbox_is_for_good_and_the_connection_stays(tmp_path: Path) -> None:
    with smtp_server() as (inbox, url):
        one = office(url, tmp_path)
        with pytest.raises(Rejected, match="550") as refused:
            send(one, mail("gone@post.test"))
        with pytest.raises(Rejected, match="554"):
            send(one, mail("full@post.test"))
        send(one, mail())
        one.close()

    assert "gone@" not in str(refused.value)
    assert inbox.addressees == ["ada@post.test"]
    assert inbox.connections == 1


def test_greylisting_is_for_now(tmp_path: Path) -> None:
    with smtp_server() as (inbox, url):
        one = office(url, tmp_path)
        with pytest.raises(NotNow, match="451"):
            send(one, mail("busy1@post.test"))
        send(one, mail("busy1@post.test"))
        one.close()

    assert inbox.addressees == ["busy1@post.test"]


def test_a_cut_connection_is_for_now_and_the_next_mail_opens_a_new_one(tmp_path: Path) -> None:
    with smtp_server() as (inbox, url):
        one = office(url, tmp_path)
        with pytest.raises(NotNow, match="connection"):
            send(one, mail("cut@post.test"))
        send(one, mail())
        one.close()

    assert inbox.addressees == ["cut@post.test", "ada@post.test"]
    assert inbox.connections == 2


def test_a_connection_that_the_server_has_dropped_meanwhile_costs_nothing(tmp_path: Path) -> None:
    with smtp_server() as (inbox, url):
        one = office(url, tmp_path)
        send(one, mail("ada1@post.test"))
        one._connection.sock.shutdown(2)  # type: ignore[union-attr]
        send(one, mail("ada2@post.test"))
        one.close()

    assert inbox.addressees == ["ada1@post.test", "ada2@post.test"]


def test_after_five_hundred_mails_a_new_connection_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusterweek.outbox.smtp.MAILS_PER_CONNECTION", 2)
    with smtp_server() as (inbox, url):
        one = office(url, tmp_path)
        for n in range(5):
            send(one, mail(f"ada{n}@post.test"), n)
        one.close()

    assert (len(inbox.raw), inbox.connections) == (5, 3)


def test_nobody_at_the_door_closes_the_office(tmp_path: Path) -> None:
    with smtp_server() as (_inbox, url):
        pass

    with pytest.raises(Closed, match="cannot be used"):
        send(office(url, tmp_path), mail())


@pytest.mark.parametrize("answer", ["550 5.7.1 Sender not allowed", "451 4.7.1 Too many mails"])
def test_a_refused_sender_closes_the_office(tmp_path: Path, answer: str) -> None:
    with smtp_server(refuses_sender=answer) as (_inbox, url), pytest.raises(Closed, match=answer[:3]):
        send(office(url, tmp_path), mail())


def test_a_refused_login_closes_the_office_without_telling_the_password(tmp_path: Path) -> None:
    with smtp_server(login=("olaf", "right")) as (_inbox, url):
        with pytest.raises(Closed, match="refuses the login: 535") as refused:
            send(office(url.replace("//", "//olaf:wrong-one@"), tmp_path), mail())
        office(url.replace("//", "//olaf:right@"), tmp_path).check()

    assert "wrong-one" not in str(refused.value)


def test_no_encryption_where_it_was_asked_for_closes_the_office(tmp_path: Path) -> None:
    with smtp_server() as (inbox, url), pytest.raises(Closed):
        send(office(f"{url}?tls=starttls", tmp_path), mail())

    assert inbox.raw == []


NONE = {
    "nothing": b"\r\n",
    "hung up": b"",
    "words": b"OK\r\n",
    "another protocol": b"HTTP/1.1 200 OK\r\n",
    "two figures": b"25 OK\r\n",
    "four figures": b"2500 OK\r\n",
    "no space": b"250OK\r\n",
    "a sign": b"-25 OK\r\n",
    "a space before": b" 250 OK\r\n",
    "figures of another script": "２５０ OK\r\n".encode(),
    "an underscore": b"2_5 OK\r\n",
    "six hundred": b"650 OK\r\n",
    "zero": b"000 OK\r\n",
    "bytes": b"\x00\xff\xfe250 OK\r\n",
    "a line without an end": b"250 " + b"x" * 5000 + b"\r\n",
    "lines that differ": b"550-no\r\n250 OK\r\n",
    "a line in between": b"250-OK\r\nwell\r\n250 OK\r\n",
    "no last line": b"250-OK\r\n" * 200,
    "one": b"150 I am about to\r\n",
    "three": b"350 Tell me more\r\n",
}


@pytest.mark.parametrize("answer", NONE.values(), ids=NONE)
@pytest.mark.parametrize("step", ["rcpt", "data", "text"])
def test_an_answer_that_is_none_is_no_yes(tmp_path: Path, step: str, answer: bytes) -> None:
    with stubborn_server(**{step: answer}) as (_heard, url):
        one = office(url, tmp_path)
        with pytest.raises(NotNow):
            send(one, mail())
        one.close()


@pytest.mark.parametrize("answer", [*NONE.values(), b"354 Go on\r\n"], ids=[*NONE, "the answer to another step"])
@pytest.mark.parametrize("step", ["greeting", "mail"])
def test_before_the_letter_it_closes_the_office(tmp_path: Path, step: str, answer: bytes) -> None:
    with stubborn_server(**{step: answer}) as (_heard, url), pytest.raises(Closed):
        send(office(url, tmp_path), mail())


@pytest.mark.parametrize("answer", [b"250 OK\r\n", b"221 Bye\r\n", b"200 yes\r\n"])
def test_a_yes_instead_of_asking_for_the_text_is_none(tmp_path: Path, answer: bytes) -> None:
    with stubborn_server(data=answer) as (_heard, url), pytest.raises(NotNow, match="DATA"):
        send(office(url, tmp_path), mail())


@pytest.mark.parametrize(
    "answer",
    [b"250 OK\r\n", b"250\r\n", b"250 \r\n", b"250 OK\n", b"250-OK\r\n250-2.0.0 fine\r\n250 queued\r\n", b"251 on\r\n"],
)
def test_every_proper_yes_is_one(tmp_path: Path, answer: bytes) -> None:
    with stubborn_server(rcpt=answer, text=answer) as (heard, url):
        one = office(url, tmp_path)
        send(one, mail())
        send(one, mail())
        one.close()

    assert [line for line in heard if line.startswith(b"rcpt")] == [b"rcpt TO:<ada@post.test>"] * 2


def test_after_nonsense_the_next_letter_takes_a_new_connection(tmp_path: Path) -> None:
    with stubborn_server(text=b"whatever\r\n") as (heard, url):
        one = office(url, tmp_path)
        for _ in range(2):
            with pytest.raises(NotNow):
                send(one, mail())
        one.close()

    assert len([line for line in heard if line.lower().startswith(b"ehlo")]) == 2


@pytest.mark.parametrize(
    ("to", "is_demo"),
    [("ada@example.org", False), ("ada@optonet.example", False), ("ada@a.EXAMPLE.com", False), ("ada@post.test", True)],
)
def test_mail_to_invented_people_stays_in_the_folder(tmp_path: Path, to: str, is_demo: bool) -> None:
    with smtp_server() as (inbox, url):
        one = office(url, tmp_path)
        send(one, mail(to, is_demo=is_demo))
        send(one, mail("ada@counterexample.test"))
        one.close()

    assert inbox.addressees == ["ada@counterexample.test"]
    assert [path.suffix for path in (tmp_path / "mail").iterdir()] == [".eml"]


def test_a_letter_that_is_written_twice_stays_one_file_and_the_names_sort_by_time(tmp_path: Path) -> None:
    folder = Folder(tmp_path, sender=SENDER)
    for number, minutes in ((1, 0), (1, 3), (2, 5)):
        due_at, now = NOW - timedelta(minutes=number), NOW + timedelta(minutes=minutes)
        folder.send(mail(), message_id=f"<{number}@woche.test>", due_at=due_at, now=now)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["20270322T082800-2.eml", "20270322T082900-1.eml"]


def test_a_full_disk_keeps_no_parts_of_mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(path: Path, body: bytes) -> None:
        with path.open("wb") as file:
            file.write(body[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill)

    with pytest.raises(Closed, match="No space left on device"):
        Folder(tmp_path, sender=SENDER).send(mail(), message_id="<1@woche.test>", due_at=NOW, now=NOW)
    assert list(tmp_path.iterdir()) == []
