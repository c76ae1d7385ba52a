"""The browser of the comparison: follows links, fills in forms and sends them, opens the links of letters."""

import io
import re
import secrets
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from random import Random
from typing import Any, Protocol
from urllib.parse import urlencode, urljoin, urlsplit

from tests.fuzz import pages
from tests.fuzz.pages import Field, Form

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # a day after the demo's today
DESKS = re.compile(r"/(de|en)/(host|organiser|account|kept)\b")
MOST = {("visitor", "de"): 80, ("visitor", "en"): 15, ("olaf", "de"): 20}  # pages of one shape, for one person
IN_ENGLISH = ("visitor", "clara", "olaf")  # who sends forms in English, too


class Tape(Protocol):
    """Where answers are kept, and what else a browser needs of the installation."""

    app: Any

    def keep(self, address: str, head: str, body: bytes) -> None: ...

    def apart(self, do: Callable[[], None]) -> None: ...

    def letters(self, deed: str, *, now: datetime) -> list[str]: ...


def seed(name: str) -> None:
    """What is drawn at random follows from what is done, and is another for each thing that is done."""
    dice = Random(name)
    secrets.token_hex = lambda n=16: dice.randbytes(n).hex()  # type: ignore[assignment,misc]
    secrets.token_urlsafe = lambda n=16: dice.randbytes(n).hex()  # type: ignore[assignment,misc]
    secrets.randbelow = dice.randrange  # type: ignore[assignment]


@dataclass
class Browser:
    """One person's browser, in one language."""

    recorder: Tape
    who: str
    lang: str
    client: Any
    forms: dict[str, tuple[str, Form]] = field(default_factory=dict)  # signature -> where it stands, and the first

    def ask(self, path: str, before: str = "", **sent: Any) -> Any:
        """One request, kept."""
        method = "POST" if sent else "GET"
        address = before or f"{self.who} {method} {path}"
        seed(address)
        answer = self.client.open(path, method=method, **sent)
        headers = "".join(f"{name}: {value}\n" for name, value in sorted(answer.headers))
        self.recorder.keep(address, f"{answer.status}\n{headers}", answer.data)
        return answer

    def run(self, start: list[str]) -> None:
        """All pages of one person in one language, and all forms."""
        self.crawl(start)
        if self.lang == "de" or self.who in IN_ENGLISH:
            self.send_all()

    def look(self, path: str, before: str = "") -> list[str]:
        """A page, kept; its forms are remembered. The addresses that it leads to."""
        answer = self.ask(path, before)
        if 300 <= answer.status_code < 400:
            return [urljoin(path, answer.location)]
        if answer.mimetype != "text/html":
            return []
        html = re.sub(r"<head>.*?</head>", "", answer.text, flags=re.S)
        found = [urljoin(path, unescape(one)) for one in re.findall(r'\shref="([^"#]+)', html)]
        for form in pages.sendable(pages.read(html)[0]):
            if form.method == "get":
                found += [f"{urljoin(path, form.action)}?{query}" for query in _queries(form)]
            elif not re.search("log(in|out)$", form.action):
                names = sorted({re.sub(r"\d+", "*", one.name) for one in form.fields})
                buttons = [button[:2] for button in form.buttons]
                self.forms.setdefault(f"{shape(urljoin(path, form.action))} {names} {buttons}", (path, form))
        return found

    def crawl(self, start: list[str]) -> None:
        """Every page that can be reached from `start`; of addresses that differ in their query alone, some."""
        seen, like, queue = set(start), Counter[str](), start
        while queue:
            found = {link for path in queue for link in self.look(path)} - seen
            queue = []
            for link in sorted(filter(self.is_wanted, found), key=lambda one: (zlib.crc32(one.encode()), one)):
                like[shape(link)] += 1
                if like[shape(link)] <= self.most_like(link):
                    queue.append(link)
            seen |= found

    def is_wanted(self, link: str) -> bool:
        parts = urlsplit(link)
        is_file = link.startswith("/feeds/") and self.who == "visitor"
        return not parts.netloc and (is_file or link.startswith(f"/{self.lang}/")) and "/logout" not in link

    def most_like(self, link: str) -> int:
        """How many addresses of one shape are looked at."""
        if "?" in link or not (self.who == "visitor" or DESKS.match(link)):
            return 2
        return MOST.get((self.who, self.lang), 5)

    def send_all(self, before: str = "", depth: int = 2) -> None:
        """Send each form that was found, in each way; with what then follows from the letters."""
        for signature, (page, form) in sorted(self.forms.items()):
            for how in WAYS:
                for number, button in enumerate(form.buttons or [("", "", "")]):
                    if number and how != "filled":
                        continue
                    data = _filled(form, how, button)
                    if how != "as it stands" and data == _filled(form, "as it stands", button):
                        continue
                    action = shape(urljoin(page, form.action)) + f" {zlib.crc32(signature.encode()):x}"
                    deed = f"{before or self.who} POST {action} {how}{' ' + '='.join(button) if number else ''}"
                    self.recorder.apart(partial(self.send, page, form, data, deed, depth=depth))

    def send(self, page: str, form: Form, data: dict[str, Any], deed: str, *, depth: int) -> None:
        """Send a form, see where it leads, and open the links of the letters that leave."""
        self.forms = {}
        answer = self.ask(urljoin(page, form.action), deed, data=data)
        for step in range(3):
            if not answer.location:
                break
            answer = self.ask(urljoin(page, answer.location), f"{deed} · then {step}")
        links = self.recorder.letters(deed, now=NOW + timedelta(hours=1))
        if depth > 1:
            reader = Browser(self.recorder, "reader", self.lang, self.recorder.app.test_client())
            for number, link in enumerate(sorted(links, key=shape)):
                if not DESKS.match(link) and number < 4:
                    reader.look(link, f"{deed} · link {number}")
            reader.send_all(f"{deed} ·", depth - 1)


def shape(address: str) -> str:
    """An address without what tells one thing from another of its kind."""
    parts = urlsplit(address)
    path = re.sub(r"(?<=/)([^/]*\d[^/.]*|[A-Z]{2})(?=/|\.|$)", "*", parts.path)
    path = re.sub(r"(?<=/)(clusters|host|archive|invitation|registration|link|password)/(?!team)[^/]+", r"\1/*", path)
    return f"{path}?" if parts.query else path


def _queries(form: Form) -> Iterator[str]:
    """What a form by GET asks for as it stands, and with each of its choices."""
    stands = [(name, value) for name, values in form.shown.items() for value in values if value]
    yield urlencode(stands)
    for one in form.fields:
        for value in one.options if one.kind in ("select", "selects") else [one.value] if one.is_tick else []:
            if value:
                yield urlencode([pair for pair in stands if pair[0] != one.name] + [(one.name, value)])


WAYS = ("as it stands", "filled", "changed", "more")
TYPED = {
    "email": "neu@example.org",
    "_on": "9.4.2027",
    "_time": "18:00",
    "website": "https://www.example.org/",
    "_url": "https://www.example.org/",
    "password": "Licht im Mai 2027",
    "capacity": "7",
    "postcode": "10115",
    "slug": "probe-2028",
    "zone": "Europe/Berlin",
    "until": "1.3.2027",
}
TRAP = "kv7"  # a field that people do not see, and who fills it in is a program
TABLE = "name;land;email\nPhotonik Nord;DE-HH;nord@example.org\nPhotonik Süd;XX;süd\n".encode()


def _filled(form: Form, how: str, button: tuple[str, str, str]) -> dict[str, Any]:
    """What is sent: as it stands, with what is empty filled, with what is filled changed, or with larger numbers."""
    data: dict[str, Any] = {}
    for one in form.fields:
        values: Any = one.sent
        if one.kind == "hidden" or not one.name:
            pass
        elif how == "filled" and one.kind == "file":
            values = [(io.BytesIO(TABLE), "tabelle.csv")]
        elif how == "filled" and not any(one.sent) and one.name != TRAP:
            values = ["clara@example.org"] if "/login" in form.action else _new(one)
        elif how == "changed":
            values = [_other(one, value) for value in one.sent]
        elif how == "more":
            values = [str(int(value) * 3) if value.isdigit() and len(value) < 5 else value for value in one.sent]
        data.setdefault(one.name, []).extend(values)
    if button[0]:
        data[button[0]] = [button[1]]
    return {name: values for name, values in data.items() if name}


def _new(one: Field) -> list[str]:
    if one.is_tick or one.options:
        return [one.value] if one.is_tick else one.options[-1:]
    name = one.name.rpartition("-")[2]
    return [next((value for end, value in TYPED.items() if name.endswith(end)), f"Probe {name}")]


def _other(one: Field, value: str) -> str:
    if one.options:
        return one.options[(one.options.index(value) + 1) % len(one.options)] if value in one.options else value
    if not one.is_typed or not value or one.kind in ("email", "url") or one.name.endswith(("zone", "slug", "_url")):
        return value
    if re.fullmatch(r"\d\d:\d\d", value):
        return f"{value[:3]}45"
    return str(max(1, int(value) // 2)) if value.isdigit() else value if value[0].isdigit() else f"{value} neu"
