"""The mailbox of a test: delivers what is due by the real deliverer, with the real letters, and keeps the mails."""

import html
import os
import re
from datetime import datetime

from clusterweek import clock, jobs
from clusterweek.outbox.deliver import Deliverer
from clusterweek.outbox.envelope import seal
from clusterweek.outbox.letter import Mail

TAG = re.compile(r"<style.*?</style>|<[^>]*>", re.DOTALL)
_mails: dict[str, list[Mail]] = {}


class Keeper:
    """A post office that keeps the mails of one test. Each is sealed as it would be for SMTP."""

    def send(self, mail: Mail, *, message_id: str, due_at: datetime, now: datetime) -> str:
        seal(mail, sender="Clusterwoche <programm@example.org>", message_id=message_id, now=now)
        assert greeting(mail.text) in words(mail.page), f"the page of “{mail.subject}” greets somebody else"
        _of_this_test().append(mail)
        return "kept for the test"

    def check(self) -> str:
        return "a test's mailbox"

    def close(self) -> None:
        """Nothing is held open."""


def greeting(text: str) -> str:
    """The first line of a letter, with single spaces."""
    return " ".join(text.splitlines()[0].split())


def words(page: str) -> str:
    """What people read of a page, with single spaces."""
    return " ".join(html.unescape(TAG.sub("", page)).split())


def mailbox() -> list[tuple[str, str]]:
    """Deliver everything that is due. (To, subject) of the mails that left just now, in their order."""
    before = len(_of_this_test())
    return [(mail.to, mail.subject) for mail in letters()[before:]]


def letters() -> list[Mail]:
    """Deliver everything that is due. All mails of this test so far, in the order in which they left.

    A letter that fails makes the test fail.
    """
    counts = Deliverer(jobs.KINDS, Keeper(), wall_clock=lambda: clock.now()).deliver(now=clock.now())
    assert not counts["failed"], f"{counts['failed']} letters could not be written: see the log"
    return list(_of_this_test())


def _of_this_test() -> list[Mail]:
    return _mails.setdefault(os.environ["PYTEST_CURRENT_TEST"].split(" ")[0], [])
