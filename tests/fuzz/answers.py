"""What is owed to whoever sends something: an answer that is no crash, their words again, and what was stored."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from sqlalchemy import String, Text, select
from sqlalchemy.types import JSON

from clusterweek.db.session import db
from clusterweek.db.types import METADATA
from clusterweek.web.fields import read_clock, read_day
from clusterweek.web.forms import many_lines, one_line
from clusterweek.web.readers import read_moment, web_address
from tests.fuzz import pages
from tests.fuzz.bodies import Body
from tests.fuzz.pages import Form
from tests.fuzz.world import Sent, World

HALVES = re.compile("[\ud800-\udfff]+")
KNOWN = {200, 302, 303, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429}
# What is typed there is for this moment only: it is looked up, or only counted.
TRAPS = {"kv7"}  # of the sign-up: nobody sees it, and it comes back empty
# What says something only beside another entry, and goes with it: until when, without the label itself.
BESIDE = {"label_valid_until": "ecei_label"}
# Who has an account keeps the name that stands there: the page says this, and calls the person by it.
SAME_ACCOUNT = "mit demselben Konto wie bisher"
NOT_STORED = {
    "accounts.log_in", "accounts.send_login_link", "accounts.send_password_link", "registrations.send_lost_link",
}  # fmt: skip


def problems(world: World, sent: Sent, body: Body) -> list[str]:
    """Send it; what is wrong with the answer. An exception of the program comes through."""
    browser = world.browser(sent.who)
    answer = browser.post(sent.form.action, data=body.data, content_type=body.content_type)
    found = []
    if answer.status_code not in KNOWN:
        found.append(f"{answer.status_code}")
    if not body.is_form:
        return found
    if answer.status_code == 422:
        found += lost(sent.form, body, answer.text)
    elif answer.status_code == 303 and sent.endpoint not in NOT_STORED and _typed(sent.form, body):
        landed = browser.get(answer.headers["Location"])
        found += [f"{landed.status_code} after it was taken"] * (landed.status_code not in KNOWN)
        pages_now = [landed.text]
        if sent.page:
            pages_now.append(browser.get(sent.page).text)
        found += unstored(sent.form, body, pages_now)
    return found


def lost(form: Form, body: Body, html: str) -> list[str]:
    """What was typed and does not stand in the form that came back."""
    # By its fields: the form of a new thing may come back as that of the draft which was stored.
    names = {_row(one.name) for one in form.fields if one.is_typed}
    again = [one for one in pages.read(html)[0] if names & {_row(field.name) for field in one.fields}]
    if names and not again:
        return ["the form does not come back"]
    shown = [one for back in again for one in back.fields]
    found = []
    for one in form.fields:
        typed = body.of(one.name)
        if not typed or (one.name in TRAPS and "reference" in names_of(form)):
            continue
        beside = [field for field in shown if _row(field.name) == _row(one.name)]
        stands = any(_same(typed[0], field.value) for field in beside)
        if len(typed) > 1:  # only programs send one field twice; the library may show all that came
            stands = stands or any(one_line(typed[0]) in one_line(field.value) for field in beside)
        if one.is_typed and typed[0].strip() and not stands:
            found.append(f"{one.name}: {typed[0]!r} is lost; there stands {[field.value for field in beside]!r}")
        if one.kind == "select" and typed[0] in one.options and not any(typed[0] in field.chosen for field in beside):
            found.append(f"{one.name}: {typed[0]!r} is no longer chosen")
        if one.kind in ("radio", "checkbox") and one.value in typed[: 1 if one.kind == "radio" else None]:
            ticks = [field for field in beside if field.value == one.value]
            if not any(field.is_on for field in ticks):
                found.append(f"{one.name}: {one.value!r} is no longer ticked")
    return found


def unstored(form: Form, body: Body, html: Iterable[str]) -> list[str]:
    """What was typed, was taken, and is found neither in the form as it stands now, nor on the page, nor in a row."""
    forms, words = [], []
    for page in html:
        read, text = pages.read(page)
        forms += read
        words.append(text)
    shown = [one.value for each in forms for one in each.fields]
    rows: set[str] | None = None
    found = []
    for one in form.fields:
        typed = body.of(one.name)
        if not one.is_typed or not typed or not (text := one_line(typed[0])):
            continue
        if one.name == "name" and any(SAME_ACCOUNT in page for page in words):
            continue
        if one.name in BESIDE and not "".join(body.of(BESIDE[one.name])[:1]):
            continue
        if any(_same(typed[0], value) for value in shown) or any(text in page for page in words):
            continue
        rows = rows if rows is not None else set(_stored())
        if not any(_same(typed[0], value) for value in rows):
            found.append(f"{one.name}: {typed[0]!r} was taken and is nowhere")
    return found


def names_of(form: Form) -> set[str]:
    return {one.name for one in form.fields}


def _typed(form: Form, body: Body) -> bool:
    return any(one_line(typed[0]) for one in form.fields if one.is_typed and (typed := body.of(one.name)))


def _same(typed: str, shown: str) -> bool:
    """Whether the one is the other as our forms clean it, or says the same day, time, number or address."""
    return typed == shown or any(_meanings(one) & _meanings(shown) for one in _as_it_arrives(typed))


@lru_cache(maxsize=20_000)
def _meanings(text: str) -> frozenset[Any]:
    """All that a text can be taken for; the same words again and again, and some of them are long."""
    line = one_line(text)
    found: list[Any] = [line, many_lines(text), line.casefold(), web_address(line)]
    if len(line) < 40:
        found += [meant for read in (read_day, read_clock, read_moment, _number) if (meant := read(line)) is not None]
    return frozenset(found)


@lru_cache(maxsize=20_000)
def _as_it_arrives(typed: str) -> set[str]:
    """Half a character (a lone surrogate) is no UTF-8: no browser sends it, and the server keeps its bytes."""
    if not HALVES.search(typed):
        return {typed}
    halves = (
        lambda found: quote(found[0].encode("utf-8", "surrogatepass")),
        lambda found: "\ufffd" * 3 * len(found[0]),
    )
    return {typed, *(HALVES.sub(stand_in, typed) for stand_in in halves)}


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?\d{1,20}", text) else None


def _row(name: str) -> str:
    """The name without the number of its row: rows may be counted anew."""
    return re.sub(r"-\d+(?=-|$)", "-N", name)


def _stored() -> Iterable[str]:
    """Every text in the database."""
    db.session.commit()
    for table in METADATA.sorted_tables:
        columns = [c for c in table.columns if isinstance(c.type, String | Text | JSON)]
        if columns:
            for row in db.session.execute(select(*columns)):
                yield from _texts(list(row))


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
