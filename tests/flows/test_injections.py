"""What somebody typed comes out as text, wherever it does: page, letter, calendar, table, spreadsheet, JSON, booklet.

One corpus of attacks goes through every text that people give, and every output is read by a reader of its own kind.
"""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes, policy
from typing import Any

import html5lib
import pytest
from flask import Flask
from icalendar import Calendar
from markupsafe import escape
from openpyxl import load_workbook
from pypdf import PdfReader

from clusterweek.activities import rules as activities
from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.outbox.envelope import seal
from clusterweek.registrations import actions as registrations
from tests import make
from tests.conftest import NOW, Client
from tests.mailbox import letters

ATTACKS = {
    "markup": "\"'><i id=injected onmouseover=alert(1)>N</i><script>injected()</script><!--",
    "closing": "</textarea></title></style></script></option><i id=injected>N</i>",
    "template": "N {{ 7*191 }} {% raw %} ${7*191} #{7*191} %(name)s %s {0}",
    "link": "[N](javascript:injected()) ![N](http://injected.example/x.png) <javascript:injected()>",
    "calendar": "N\r\nATTENDEE:mailto:injected@example.org\r\nEND:VEVENT\r\nBEGIN:VALARM\r\nX-INJECTED:1\\n;,",
    "header": "N\r\nBcc: injected@example.org\r\n\r\n<i id=injected>",
    "formula": '=HYPERLINK("http://injected.example";"N")',
    "plus": "+49|cmd'/c calc'!A0",
    "at": "@SUM(1+1)*cmd|'/c injected'!A0",
    "table": 'N";"injected";;|\r\ninjected;1',
    "typst": '#panic("injected") #link("http://injected.example")[N] #image("/etc/passwd") $x$ *N* ``` ] \\ // <l> @l',
    "json": '"},{"injected":true,"N":"\\u0000\u2028',
}
OF_PAGES = ("markup", "closing", "template", "link")  # those that the pages behind the login are tried with
LANGUAGES = ("de", "en")


@pytest.fixture
def attacked() -> list[Activity]:
    """One activity for each attack, all of whose texts, and those of its cluster and its attendees, are the attack."""
    texts = {
        "summary_de": "\n".join(ATTACKS.values()),
        "title_en": line_of("markup"),
        "organised_by": line_of("closing"),
    }
    week = make.edition(slug="clusterwoche-2027", sponsor_de=line_of("template"), **texts)
    return [_of(week, name) for name in ATTACKS]


def line_of(name: str) -> str:
    return " ".join(ATTACKS[name].split())


def _of(week: Edition, name: str) -> Activity:
    attack, line = ATTACKS[name], line_of(name)
    host = make.cluster(
        line[:160], slug=f"cluster-{name}", city=line[:80], summary_de=attack, summary_en=attack,
        ecei_label="gold", label_valid_until=date(2028, 1, 1), website="https://optonet.example/?a=1&b=%22%3E",
    )  # fmt: skip
    make.member(host, line[:120], email=f"{name}@example.org")
    texts = ("summary_de", "summary_en", "description_de", "description_en", "accessibility")
    activity = make.activity(
        edition=week,
        host=host,
        countries=("FR",),
        partners=((line[:160], "NL"), (line[:160], None)),
        title_de=line[:120],
        title_en=line[:120],
        cost_note=line[:300],
        contact_name=line[:120],
        place={"venue_name": line[:200], "street": line[:160], "postcode": line[:12], "city": line[:80]},
        capacity=2,
        **dict.fromkeys(texts, attack),
    )
    for who, status in (("ada", "confirmed"), ("bob", "waitlisted")):
        make.registration(
            activity, line[:120], status, email=f"{who}@example.org", organisation=line[:160], access_need=attack
        )
    return activity


def browser_of(app: Flask, who: Any) -> Client:
    browser = Client(app, app.response_class)
    if who is not None:
        make.login(browser, who)
    return browser


def pages(app: Flask, attacked: list[Activity]) -> Iterator[tuple[str, str]]:
    """(address, HTML) of each page that shows something of the activities, their clusters or their attendees."""
    desk, week = "organiser/clusterwoche-2027", "clusterwoche-2027"
    public = ["", "clusters/", "partner-countries/FR", f"{week}/"]
    behind = [f"{desk}/", f"{desk}/activities", "organiser/clusters/", "organiser/people/", "organiser/editions/"]
    behind.append(f"organiser/editions/{week}")
    for name, activity in zip(ATTACKS, attacked, strict=True):
        part, host = activities.address_part(activity), activity.host_cluster
        assert host is not None
        public += [f"clusters/{host.slug}", f"{week}/{part}", f"{week}/{part}/sign-up"]
        if name not in OF_PAGES:
            continue
        own = f"host/{host.slug}/{activity.id}"
        behind += [f"host/{host.slug}/", own, f"{own}/preview", f"{own}/registrations", f"{own}/cancel"]
        behind += [f"host/{host.slug}/profile", f"host/{host.slug}/team", f"organiser/clusters/{host.slug}"]
        behind += [f"{desk}/activities/{activity.id}", f"{desk}/activities/{activity.id}/registrations"]
    olaf = make.organiser()
    for who, paths in ((None, public), (olaf, behind)):
        browser = browser_of(app, who)
        for number, path in enumerate(paths):
            answer = browser.get(f"/{LANGUAGES[number % 2]}/{path}")
            assert answer.status_code == 200, path
            yield path, answer.text


def assert_text_only(html: str, where: str) -> None:
    """Nothing of the attack has become part of the document."""
    document = html5lib.parse(html, namespaceHTMLElements=False)
    for element in document.iter():
        if not isinstance(element.tag, str):
            assert "injected" not in (element.text or ""), f"{where}: a comment"
            continue
        attributes = dict(element.items())
        assert attributes.get("id") != "injected", where
        assert not [name for name in attributes if name.startswith("on")], where
        assert element.tag != "script" or not (element.text or "").strip(), where
        for name in ("href", "src", "action"):
            target = attributes.get(name, "").strip().lower()
            assert not target.startswith(("javascript:", "data:")), where
            assert "injected.example" not in target or element.tag == "a", where  # no picture from elsewhere
    assert "1337" not in html, f"{where}: something was reckoned"  # 7 times 191


def test_pages_show_it_as_text(app: Flask, attacked: list[Activity]) -> None:
    shown = ""
    for path, html in pages(app, attacked):
        assert_text_only(html, path)
        shown += html

    for activity in attacked:  # it is there, and could have done harm
        assert shown.count(str(escape(activity.title_de))) > 3


def test_letters_say_it_as_text_and_no_header_is_added(app: Flask, attacked: list[Activity]) -> None:
    browser = browser_of(app, make.organiser())
    desk = "/de/organiser/clusterwoche-2027"
    for name, activity in zip(ATTACKS, attacked, strict=True):
        attack, line = ATTACKS[name], line_of(name)[:120]
        who = registrations.Attendee(line, "cleo@example.org", organisation=line, access_need=attack)
        registration = registrations.sign_up(activity.id, who, now=NOW)
        db.session.commit()
        letters()
        registrations.confirm(registration.id, now=NOW)
        waiting = make.submitted(edition=activity.edition, host=activity.host_cluster, title_de=line, title_en=line)
        db.session.commit()
        assert browser.post(f"{desk}/queue/{waiting.id}/reject", data={"reason": attack}).status_code == 303
        assert browser.post(f"{desk}/activities/{activity.id}/cancel", data={"reason": attack}).status_code == 303

    mails = letters()

    assert len(mails) >= 5 * len(ATTACKS)
    for mail in mails:
        assert_text_only(mail.page, mail.subject)
        sealed = message_from_bytes(
            seal(mail, sender="Clusterwoche <a@b.example>", message_id="<1@b.example>", now=NOW), policy=policy.default
        )
        assert not [name for name in sealed if name.lower() in ("bcc", "cc", "sender", "return-path")]
        assert {len(sealed.get_all(name) or []) for name in sealed} == {1}
        assert sealed["To"] == mail.to
        if mail.calendar:
            assert_calendar(mail.calendar)


def assert_calendar(body: bytes) -> None:
    calendar = Calendar.from_ical(body)
    components = {component.name for component in calendar.walk()}
    assert components <= {"VCALENDAR", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VEVENT", "VALARM"}
    for component in calendar.walk():
        assert not component.errors
        assert "X-INJECTED" not in component
        assert "injected" not in str(component.get("ATTENDEE", "")).lower()


def test_calendars_hold_it_as_text(app: Flask, attacked: list[Activity]) -> None:
    browser = browser_of(app, None)
    for address in (
        *("/feeds/clusterwoche-2027.ics", "/feeds/all.ics", *(f"/feeds/activity/{one.id}.ics" for one in attacked)),
        *("/de/clusterwoche-2027/programme.ics", "/en/clusterwoche-2027/programme.ics"),
    ):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert_calendar(answer.data)
        assert max(len(line) for line in answer.data.split(b"\r\n")) <= 75


def files(app: Flask, attacked: list[Activity], kind: str) -> Iterator[bytes]:
    """The file of the public, the office's and the lists of attendees, where there are such."""
    olaf = browser_of(app, make.organiser())
    addresses = [
        f"/de/clusterwoche-2027/programme.{kind}",
        f"/de/organiser/clusterwoche-2027/export/file?format={kind}",
    ]
    if kind in ("csv", "xlsx"):
        addresses += [f"/de/organiser/clusterwoche-2027/activities/{one.id}/registrations.{kind}" for one in attacked]
    for address in addresses:
        answer = olaf.get(address)
        assert answer.status_code == 200, address
        yield answer.data


def test_no_cell_of_a_table_is_run_or_ends_early(app: Flask, attacked: list[Activity]) -> None:
    for body in files(app, attacked, "csv"):
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))
        assert {len(row) for row in rows} == {len(rows[0])}
        assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_no_cell_of_a_spreadsheet_is_run(app: Flask, attacked: list[Activity]) -> None:
    for body in files(app, attacked, "xlsx"):
        book = load_workbook(io.BytesIO(body))
        for sheet in book:
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                assert cell.data_type != "f"
                assert cell.hyperlink is None or "injected" not in str(cell.hyperlink.target)


def test_json_reads_back_the_same(app: Flask, attacked: list[Activity]) -> None:
    for body in files(app, attacked, "json"):
        found = json.loads(body)
        assert {one["title_de"] for one in found["items"]} == {one.title_de for one in attacked}
        assert not [one for one in found["items"] if "injected" in one]


def test_the_booklet_prints_it(app: Flask, attacked: list[Activity]) -> None:
    for body in files(app, attacked, "pdf"):
        reader = PdfReader(io.BytesIO(body))
        links = [
            str(note.get_object().get("/A", {}).get("/URI", ""))
            for page in reader.pages
            for note in page.get("/Annots", []) or []
        ]
        assert [link for link in links if "injected" in link] == []
        assert "panic" in "".join(page.extract_text() for page in reader.pages)
