"""Taking letters to the post office: claimed with a lease, rendered and sent outside any transaction, then noted.

Several deliverers may run at once; only the one that holds the lease of a letter sends it. A deliverer that dies
loses nothing: its leases run out, and its letters are due again, with the same Message-ID.
"""

import logging
import os
import random
import secrets
import socket
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, event, or_, select, update
from sqlalchemy.exc import OperationalError

from clusterweek.db.session import db, unit_of_work
from clusterweek.i18n import force_language
from clusterweek.outbox import paper
from clusterweek.outbox.envelope import UnfitMail
from clusterweek.outbox.letter import Kind, Mail
from clusterweek.outbox.models import Letter
from clusterweek.outbox.offices import Closed, NotNow, Office, Rejected
from clusterweek.outbox.post import NOW

BATCH = 50  # letters claimed at once
NOTED_AT_ONCE = 10  # a kill costs at most so many duplicates; noting each one halves the speed
NOTED_AFTER = timedelta(seconds=1)
LEASE = timedelta(seconds=120)
LONGEST_MAIL = timedelta(seconds=60)  # six steps of an SMTP talk of ten seconds each: no mail outlives the lease
SET_BACK = timedelta(minutes=1)  # more than the clocks of two machines differ
TRIES = 8  # 1, 2, 4 … 64 minutes apart: two hours
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=10)

log = logging.getLogger(__name__)


@dataclass
class Deliverer:
    """Delivers what is due, round after round. `wall_clock` tells the real time, which the leases in the database live
    by; `steady_clock` (seconds that never go back) measures what only this process waits for."""

    kinds: Mapping[str, Kind]
    office: Office
    wall_clock: Callable[[], datetime]
    steady_clock: Callable[[], float] = time.monotonic
    is_stopped: Callable[[], bool] = lambda: False
    name: str = field(default_factory=lambda: f"{socket.gethostname()[:40]}:{os.getpid()}")
    paused_until: float | None = None
    pause: timedelta = SHORTEST_PAUSE

    def deliver(self, *, now: datetime, limit: int | None = None) -> Counter[str]:
        """Deliver everything due at `now`, at most `limit` letters. Returns how many were sent, withdrawn, failed
        and put off (`later`); `paused` is 1 when the post office takes no letters at all.

        `now` may be another time than the real one (`--now` plays time forward); it moves on as real time does.
        """
        ahead = now - self.wall_clock()
        counts: Counter[str] = Counter()
        if self.paused_until is not None and self.steady_clock() < self.paused_until:
            return Counter(paused=1)
        try:
            while not self.is_stopped():
                size = BATCH if limit is None else min(BATCH, limit - counts.total())
                batch = _Batch(self, ahead, counts)
                if size <= 0 or not batch.claim(size):
                    break
                batch.send()
            self._open()
        except Closed as problem:
            self._close(str(problem))
            counts["paused"] = 1
        finally:
            self.office.close()
        return counts

    def _open(self) -> None:
        self.paused_until, self.pause = None, SHORTEST_PAUSE

    def _close(self, reason: str) -> None:
        log.error("no mail leaves for the next %d seconds: %s", self.pause.total_seconds(), reason)
        self.paused_until = self.steady_clock() + self.pause.total_seconds()
        self.pause = min(self.pause * 2, LONGEST_PAUSE)


class _Batch:
    """The letters of one claim, and what became of each."""

    def __init__(self, deliverer: Deliverer, ahead: timedelta, counts: Counter[str]) -> None:
        self.deliverer = deliverer
        self.ahead = ahead
        self.token = f"{deliverer.name}:{secrets.token_hex(4)}"
        self.lease_until = deliverer.steady_clock() + LEASE.total_seconds()
        self.letters: list[Letter] = []
        self.outcomes: dict[int, dict[str, Any]] = {}  # by id, not yet noted in the database
        self.noted_at = deliverer.steady_clock()
        self.counts = counts

    @property
    def now(self) -> datetime:
        return self.deliverer.wall_clock() + self.ahead

    def claim(self, size: int) -> bool:
        """Take the lease of up to `size` due letters; those that somebody waits for come first."""
        letters = Letter.__table__
        wall = self.deliverer.wall_clock()
        with unit_of_work():
            rows = db.session.execute(
                select(letters)
                .where(
                    letters.c.state == "queued",
                    # Somebody waits for it, and it was due at once; the clock has been set back since.
                    or_(
                        letters.c.due_at <= self.now,
                        and_(
                            letters.c.priority <= NOW,
                            letters.c.due_at <= letters.c.created_at,
                            letters.c.created_at > self.now + SET_BACK,
                        ),
                    ),
                    or_(
                        letters.c.leased_until.is_(None),
                        letters.c.leased_until <= wall,
                        letters.c.leased_until > wall + LEASE + SET_BACK,  # nobody's: given before the clock went back
                    ),
                )
                .order_by(letters.c.priority, letters.c.due_at, letters.c.id)
                .limit(size)
                .with_for_update(skip_locked=True)
            ).all()
            self._change([row.id for row in rows], leased_by=self.token, leased_until=wall + LEASE)
        # Copies that belong to no session: they are read long after this transaction has ended.
        self.letters = [Letter(**row._mapping) for row in rows]
        return bool(rows)

    def send(self) -> None:
        """Send them one after the other. Stops early when the lease runs short; what was not reached is given back."""
        try:
            for group in _groups(self.letters):
                mails = self._write_all(group)
                for letter, mail in zip(group, mails, strict=True):
                    if self.deliverer.is_stopped() or self._has_little_time():
                        return
                    if mail is not None:
                        self._hand_over(letter, mail)
                    if self._is_time_to_note(letter):
                        self._note()
        finally:
            self._note()
            self._give_back()

    def _has_little_time(self) -> bool:
        return self.lease_until - self.deliverer.steady_clock() < LONGEST_MAIL.total_seconds()

    def _write_all(self, group: list[Letter]) -> list[Mail | None]:
        """The mails of a group. What is read from the database is read once for all of them."""
        session = db.session()
        kept: list[object] = []

        def keep(_session: object, thing: object) -> None:
            # The session itself forgets what nobody holds: without this, each letter would read its activity anew.
            kept.append(thing)

        event.listen(session, "loaded_as_persistent", keep)
        try:
            for name in {letter.kind for letter in group}:
                if (kind := self.deliverer.kinds.get(name)) and kind.load:
                    kind.load([letter for letter in group if letter.kind == name])
            with paper.series():
                return [self._write(letter) for letter in group]
        finally:
            event.remove(session, "loaded_as_persistent", keep)
            # Ends the reading transaction (sending may take long), and forgets what may change meanwhile.
            session.commit()
            session.expire_all()

    def _write(self, letter: Letter) -> Mail | None:
        """The mail in the letter's language; None when it is not wanted any more, or cannot be written."""
        try:
            kind = self.deliverer.kinds[letter.kind]
            now = self.now
            with force_language(letter.language):
                if kind.is_wanted(letter, now):
                    return kind.render(letter, now)
            self._settle(letter, "withdrawn", state="withdrawn")
        except OperationalError:
            raise  # the database is away: not this letter's fault
        except Exception as problem:
            # The others go on. The message may hold somebody's name, so only its type and place are kept.
            error = f"cannot be written: {type(problem).__name__}"
            place = "".join(traceback.format_tb(problem.__traceback__))
            log.error("letter %d (%s) %s\n%s", letter.id, letter.kind, error, place)
            self._settle(letter, "failed", state="failed", error=error)
        return None

    def _hand_over(self, letter: Letter, mail: Mail) -> None:
        tries = letter.attempts + 1
        try:
            self.deliverer.office.send(mail, message_id=letter.message_id, due_at=letter.due_at, now=self.now)
            self._settle(letter, "sent", state="sent", sent_at=self.now, attempts=tries, error=None)
        except (Rejected, UnfitMail) as problem:
            self._settle(letter, "failed", state="failed", attempts=tries, error=str(problem))
        except NotNow as problem:
            if tries >= TRIES:
                self._settle(letter, "failed", state="failed", attempts=tries, error=str(problem))
            else:
                due_at = self.now + timedelta(minutes=2 ** (tries - 1)) * random.uniform(0.8, 1.2)
                self._settle(letter, "later", due_at=due_at, attempts=tries, error=str(problem))

    def _settle(self, letter: Letter, what: str, **values: Any) -> None:
        self.counts[what] += 1
        self.outcomes[letter.id] = values

    def _is_time_to_note(self, letter: Letter) -> bool:
        return (
            letter.priority <= NOW
            or len(self.outcomes) >= NOTED_AT_ONCE
            or self.deliverer.steady_clock() - self.noted_at >= NOTED_AFTER.total_seconds()
        )

    def _note(self) -> None:
        """Write the outcomes down; letters that were sent together take one statement."""
        self.noted_at = self.deliverer.steady_clock()
        if not self.outcomes:
            return
        alike: dict[str, list[int]] = {}
        for number, values in self.outcomes.items():
            alike.setdefault(repr(values), []).append(number)
        for attempt in range(3):
            try:
                with unit_of_work():
                    for numbers in alike.values():
                        self._change(numbers, mine=True, leased_by=None, leased_until=None, **self.outcomes[numbers[0]])
                break
            except OperationalError:
                # They have left: not noting it would send them again. A database that starts anew is soon back.
                if attempt == 2:
                    raise
                time.sleep(1)
        settled = self.outcomes.keys()
        self.letters = [letter for letter in self.letters if letter.id not in settled]
        self.outcomes = {}

    def _give_back(self) -> None:
        if self.letters:
            with unit_of_work():
                self._change([letter.id for letter in self.letters], mine=True, leased_by=None, leased_until=None)
        db.session.expire_all()

    def _change(self, numbers: list[int], *, mine: bool = False, **values: Any) -> None:
        """Change these letters; with `mine` only those whose lease has not gone to somebody else meanwhile."""
        statement = update(Letter).where(Letter.id.in_(numbers)).values(**values)
        if mine:
            statement = statement.where(Letter.leased_by == self.token)
        db.session.execute(statement.execution_options(synchronize_session=False))


def _groups(letters: list[Letter]) -> Iterator[list[Letter]]:
    """Letters that are written together: those that somebody waits for alone, the others all at once."""
    urgent = [letter for letter in letters if letter.priority <= NOW]
    yield from ([letter] for letter in urgent)
    if rest := letters[len(urgent) :]:
        yield rest
