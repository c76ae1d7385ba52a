"""Letters that differ only in personal words are written once: what arrives is the same as if each were written."""

import inspect
import re
from typing import Any

import pytest

from clusterweek import jobs
from clusterweek.db.session import db, unit_of_work
from clusterweek.i18n import force_language
from clusterweek.outbox import paper
from clusterweek.outbox.models import Letter
from clusterweek.registrations import activity_changes, mails
from tests import make
from tests.conftest import NOW, Clock
from tests.mailbox import greeting, words
from tests.processes import REPOSITORY
from tests.registrations.deeds import confirm, give_up, sign_up
from tests.reminders.test_plan import planned

TEMPLATES = REPOSITORY / "clusterweek" / "templates"
NAMES = [
    *(
        "Ada",
        "Bea <b>&amp;</b>",
        '"O\'Neil"',
        "x0x",
        "{{ name }}",
        "%(name)s",
        "Ünsal\u00a0Öz",
        "\\1 \\g<name>",
        "name",
    ),
    *("Ada  Zwei", "signed_up_on", "https://a.example/?x=1&y=2"),
]


def written(letter: Letter) -> tuple[Any, ...]:
    with force_language(letter.language):
        mail = jobs.KINDS[letter.kind].render(letter, NOW)
    return mail.to, mail.subject, mail.text, mail.page, mail.stop_link, mail.thread, mail.calendar


def test_every_letter_is_the_same_as_one_that_is_written_alone(at: Clock) -> None:
    activity = make.activity(mode="hybrid", capacity=8, capacity_online=2, place={"online_url": "https://a.example/x"})
    people = [
        sign_up(
            activity,
            name,
            email=f"p{n}@example.org",
            language=("de", "en")[n % 2],
            mode=("in_person", "online")[n % 3 == 0],
        )
        for n, name in enumerate(NAMES)
    ]
    for one in people[1:]:
        confirm(one)
    give_up(people[2])
    planned(at, "2027-04-01 09:00")
    letters = [one for one in db.session.query(Letter) if jobs.KINDS[one.kind].is_wanted(one, at.now)]

    alone = [written(one) for one in letters]
    with paper.series():
        together = [written(one) for one in letters]

    assert {"place_confirmed", "waitlisted", "given_up", "reminder"} <= {one.kind for one in letters}
    assert together == alone
    for one in people[1:]:
        texts_and_pages = [(text, page) for to, _subject, text, page, *_more in together if to == one.email]
        assert texts_and_pages
        assert all(one.name in text and greeting(text) in words(page) for text, page in texts_and_pages)


STOPS = {"moved": activity_changes.update, "cancelled": activity_changes.cancel, "postponed": activity_changes.postpone}


@pytest.mark.parametrize("what", STOPS)
def test_news_of_an_activity_are_written_once_for_all_in_the_same_place(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    activity = make.activity(mode="hybrid", place={"online_url": "https://a.example/x"})
    for n, name in enumerate(NAMES):
        mode, status = ("in_person", "online")[n % 3 == 0], ("confirmed", "waitlisted")[n % 4 == 0]
        make.registration(activity, name, status, email=f"p{n}@example.org", language=("de", "en")[n % 2], mode=mode)
    db.session.commit()
    given: Any = None
    if what == "moved":
        date = {"id": activity.occurrences[0].id, "starts_local": "2027-04-08T08:00", "city": "Weimar"}
        given = {"occurrences": [date]}
    with unit_of_work():
        STOPS[what](activity.id, given, by=None, now=NOW)
    posted = list(db.session.query(Letter))

    alone = [written(one) for one in posted]
    folders, write = [], paper.write
    monkeypatch.setattr(paper, "write", lambda folder, **said: (folders.append(folder), write(folder, **said))[1])
    with paper.series():
        together = [written(one) for one in posted]

    assert together == alone
    assert len(folders) < len(posted) == len(NAMES)


def test_no_template_knows_more_of_a_person_than_what_makes_letters_alike() -> None:
    folders = [TEMPLATES / room for room in ("registrations/mails", "reminders/mails")]
    texts = "".join(file.read_text("utf-8") for folder in folders for file in folder.rglob("*.*"))
    asked = set(re.findall(r"\bregistration\.(\w+)", texts))

    alike = set(re.findall(r"\bone\.(\w+)", inspect.getsource(mails._alike)))

    assert asked
    assert asked - alike == set()


def test_each_gap_is_filled_with_the_words_of_its_own_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "write", lambda folder, **said: (said["a"], f"{said['a']}/{said['b']}", said["b"]))

    with paper.series():
        first = paper.write_alike("f", 1, {"a": "1", "b": "<2>"}, dict)
        # Words that look like a gap are words.
        other = paper.write_alike("f", 1, {"a": paper._GAP % "b", "b": "secret"}, dict)

    assert first == ("1", "1/<2>", "&lt;2&gt;")
    assert other == (paper._GAP % "b", f"{paper._GAP % 'b'}/secret", "secret")
    assert paper.write_alike("f", 1, {"a": "3", "b": "4"}, dict) == ("3", "3/4", "4")
