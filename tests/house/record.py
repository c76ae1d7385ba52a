"""Everything that this checkout answers, on the demo with a frozen clock: `python -m tests.house.record FOLDER`.

`compare.py` runs it in the checkout of each commit. What it leans on is promised to users (commands, addresses,
links in letters), and `clock.now`, so that rooms may be rebuilt behind it. Nothing is listed that can be found: pages
by following links, forms on the pages, letters after each form. A form is sent in a process of its own, and the
database is put back afterwards, so that no answer depends on the forms sent before.
"""

import os
import pickle
import re
import shutil
import sys
import traceback
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from clusterweek import clock, config, create_app
from clusterweek.db.session import db
from tests.fuzz import pages
from tests.house.browser import NOW, Browser, seed

EDITION = "clusterwoche-2027-demo"
ACTIVITIES = 20  # published ones; with the 24 others, all rare cases of the demo are among them
PEOPLE = ("clara", "mia", "bruno", "olaf", "lena", "vera", "vito")
ADDED = (  # whom the demo lacks: a member who owns nothing, a reader of one Land
    ("mia", "--role", "host", "--cluster", "leichtbauzirkel-lech-demo"),
    ("vito", "--role", "viewer", "--land", "DE-BY"),
)
FILTERS = (
    *("q=licht", "q=xyzzy", "day=2027-04-08", "land=DE-BY", "host_land=DE-BY&land=DE-BE", "field=ict", "country=NL"),
    *("format=seminar&format=workshop", "mode=hybrid", "access=invitation", "language=en", "seats=1", "cost=none"),
    *("accessible=1", "status=cancelled", "status=held", "day=2027-02-30", "land=Bayern", "nonsense=1", "utm_source=x"),
)
FEEDS = tuple(f"/feeds/{EDITION}.{kind}?lang={lang}" for kind in ("ics", "csv") for lang in ("de", "en"))
LISTS = ("", "programme.csv", "programme.json", "programme.xlsx", "programme.ics")
ALONE = (
    *("/", "/healthz", "/robots.txt", "/feeds/all.ics", "/feeds/all.ics?lang=en"),
    *(f"/feeds/{EDITION}.ics", f"/feeds/{EDITION}.csv", "/de/nowhere", "/en/nowhere/at-all"),
)
MOMENTS = ("2027-04-01T09:05+02:00", "2027-04-07T09:05+02:00", "2027-04-12T09:05+02:00", "2027-04-20T04:10+02:00")


@dataclass
class Recorder:
    """The application, and the tape on which its answers are kept."""

    folder: Path
    app: Any
    tape: Path

    def keep(self, address: str, head: str, body: bytes) -> None:
        with self.tape.open("ab") as file:
            pickle.dump((address, head, zlib.compress(body, 1)), file)

    def command(self, *arguments: str) -> str:
        """What a command prints."""
        seed(repr(arguments))
        with self.app.app_context():
            done = self.app.test_cli_runner().invoke(args=list(arguments))
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return str(done.output)

    def apart(self, do: Callable[[], None]) -> None:
        """Do something in a process of its own, then put the database back."""
        with self.app.app_context():
            db.engine.dispose()
        file, beside = self.folder / "clusterweek.db", self.folder / f"{os.getpid()}.kept"
        shutil.copyfile(file, beside)
        sys.stdout.flush()
        if (child := os.fork()) == 0:
            code = 1
            try:
                do()
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        if os.waitpid(child, 0)[1]:
            raise SystemExit("what was done apart has failed, see above")
        for end in ("-wal", "-shm"):
            Path(f"{file}{end}").unlink(missing_ok=True)
        beside.replace(file)

    def letters(self, deed: str, *, now: datetime) -> list[str]:
        """Deliver what is due and keep it; the links in it."""
        mail = self.folder / "mail"
        shutil.rmtree(mail, ignore_errors=True)
        self.command("outbox", "deliver", "--now", now.isoformat())
        with self.app.app_context():
            kinds = dict(db.session.connection().exec_driver_sql("SELECT message_id, kind FROM letters").all())
        found, links = [], []
        for path in mail.glob("*.eml"):
            body = path.read_bytes()
            letter = message_from_bytes(body)
            found.append((f"letter {kinds[letter['Message-ID']]} to {letter['To']}", str(letter["Subject"]), body))
        for number, (name, _subject, body) in enumerate(sorted(found, key=lambda one: one[:2])):
            self.keep(f"{deed} · {number}. {name}", "", body)
            text = next(p for p in message_from_bytes(body).walk() if p.get_content_type() == "text/plain")
            said = text.get_payload(decode=True).decode()  # type: ignore[union-attr]
            links += re.findall(r"https?://127\.0\.0\.1:8000(/\S+?)[.,)]?(?=\s)", said)
        return list(dict.fromkeys(links))


def attendees(recorder: Recorder, lang: str) -> None:
    """For a registration of each kind: ask for its link as if it were lost, and do all that can be done with it."""
    with recorder.app.app_context():
        chosen = "SELECT status, mode, max(activity_id), max(id), email FROM registrations GROUP BY status, mode"
        rows = db.session.connection().exec_driver_sql(chosen).all()
    for status, mode, activity, _id, email in rows:
        one = Browser(recorder, "visitor", lang, recorder.app.test_client())
        page = f"/{lang}/{EDITION}/x-{activity}/lost-link"
        answer = one.ask(page, f"{status} {mode} {lang} GET lost-link")
        if answer.location:
            page = answer.location
            answer = one.ask(page, f"{status} {mode} {lang} GET lost-link · then 0")
        form = next((form for form in pages.read(answer.text)[0] if "lost-link" in form.action), None)
        if form is None:
            continue
        data = form.shown | {"email": [email]}
        recorder.apart(partial(one.send, page, form, data, f"{status} {mode} {lang}", depth=2))


def tables(recorder: Recorder) -> None:
    """The commands that make and read files."""
    for name in ("csv", "xlsx", "json", "ics", "pdf"):
        for lang in ("de", "en"):
            file = recorder.folder / f"programme.{lang}.{name}"
            recorder.command(
                "export", "programme", "--edition", EDITION, "--format", name, "--lang", lang, "-o", str(file)
            )
            recorder.keep(f"command export programme.{lang}.{name}", f"Content-Type: .{name}", file.read_bytes())
            if name in ("csv", "xlsx"):
                said = recorder.command("import", "activities", str(file), "--edition", EDITION, "--partial")
                recorder.keep(f"command import {file.name}", "", said.encode())


def play(recorder: Recorder, moment: str) -> None:
    """What leaves at a later moment by itself."""
    recorder.command("reminders", "plan", "--now", moment)
    recorder.letters(f"at {moment}", now=datetime.fromisoformat(moment))


def begun(folder: Path) -> Recorder:
    """A new installation with archive and demo. The keys are the same each time."""
    folder.mkdir(parents=True)
    (folder / "link.key").write_text("links of one installation, twice over and over again")
    settings = config.load({"CLUSTERWEEK_INSTANCE_PATH": str(folder), "CLUSTERWEEK_SECRET_KEY": "0123456789" * 5})
    recorder = Recorder(folder, create_app(settings), folder / "tape")
    clock.now = lambda: NOW  # type: ignore[assignment]
    recorder.command("db", "upgrade")
    recorder.command("facts", "load")
    recorder.command("demo", "load", "--activities", str(ACTIVITIES))
    for name, *arguments in ADDED:
        recorder.command("user", "add", f"{name}@example.org", "--name", f"{name.title()} Muster", *arguments)
    return recorder


def logged_in(recorder: Recorder, who: str, lang: str) -> Browser:
    """The browser of somebody who is logged in, with a link as operators print it."""
    one = Browser(recorder, who, lang, recorder.app.test_client())
    if who != "visitor":
        link = urlsplit(recorder.command("user", "login-link", f"{who}@example.org").split()[-1]).path
        form = pages.read(one.client.get(link).text)[0][-1]
        seed(f"login {who} {lang}")
        done = one.client.post(urljoin(link, form.action), data=form.shown)
        assert done.status_code == 303, f"{who} cannot log in: {done.status}"
    return one


def parts(recorder: Recorder) -> Iterator[tuple[str, Callable[[], None]]]:
    """What there is to record, and of whom."""
    for who in ("visitor", *PEOPLE):
        for lang in ("de", "en"):
            start = [f"/{lang}/{part}" for part in ("host/", "organiser/", "account", "kept")]
            if who == "visitor":
                start = [f"/{lang}/{EDITION}/{name}?{query}" for name in LISTS for query in FILTERS]
                start += [f"{feed}&{query}" for feed in FEEDS if feed.endswith(lang) for query in FILTERS]
                start += [f"/{lang}/", *(ALONE if lang == "de" else ())]
            yield who, partial(logged_in(recorder, who, lang).run, start)
    for lang in ("de", "en"):
        yield "attendees", partial(attendees, recorder, lang)
    yield "commands", partial(tables, recorder)
    for moment in MOMENTS:
        yield "later", partial(play, recorder, moment)


def record(folder: Path, only: Sequence[str] = ()) -> None:
    """The whole tape, or `only` some parts of it."""
    recorder = begun(folder)
    for name, do in list(parts(recorder)):
        if not only or name in only:
            recorder.apart(do)


if __name__ == "__main__":
    record(Path(sys.argv[1]).resolve(), sys.argv[2:])
