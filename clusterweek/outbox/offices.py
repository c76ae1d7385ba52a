"""Where letters are taken: what every post office can say, and the one that is a folder of .eml files."""

import os
import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

from clusterweek.outbox.envelope import seal
from clusterweek.outbox.letter import Mail


class NotNow(Exception):
    """This letter could not be taken this time; another time it may."""


class Rejected(Exception):
    """This letter will never be taken; the sentence says why, without the address."""


class Closed(Exception):
    """No letter can be taken at the moment; the fault is not the letter's."""


class Office(Protocol):
    """Takes one letter after the other."""

    def send(self, mail: Mail, *, message_id: str, due_at: datetime, now: datetime) -> str:
        """What was said when the letter was taken, in one line. Raises NotNow, Rejected, Closed, or UnfitMail."""

    def check(self) -> str:
        """One line that says that letters would be taken. Raises Closed."""

    def close(self) -> None:
        """No more letters for now; the next one opens the office again."""


class Folder:
    """A folder with one .eml file per mail; the names sort by the time at which they were due."""

    def __init__(self, path: Path, *, sender: str) -> None:
        self.path = path
        self.sender = sender

    def send(self, mail: Mail, *, message_id: str, due_at: datetime, now: datetime) -> str:
        body = seal(mail, sender=self.sender, message_id=message_id, now=now)
        # Nothing in the name changes with a second attempt: a letter that is written twice stays one file.
        name = f"{due_at:%Y%m%dT%H%M%S}-{re.sub(r'[^0-9a-zA-Z]', '', message_id.partition('@')[0])[:80]}.eml"
        beside = self.path / f".{name}.{os.getpid()}"
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside.touch(mode=0o600)
            beside.write_bytes(body)
            beside.rename(self.path / name)  # whoever watches the folder sees whole mails only
        except OSError as problem:
            with suppress(OSError):
                beside.unlink()  # a part of a mail must not fill the disk any further
            raise Closed(f"the mail folder cannot be written: {problem.strerror}") from None
        return f"written to {self.path / name}"

    def check(self) -> str:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as problem:
            raise Closed(f"the mail folder cannot be made: {problem.strerror}") from None
        if not os.access(self.path, os.W_OK):
            raise Closed("the mail folder cannot be written")
        return f"one file per mail in {self.path}"

    def close(self) -> None:
        """Nothing is held open."""
