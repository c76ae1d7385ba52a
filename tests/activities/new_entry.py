"""Enters a motto and looks where it is; run by test_new_entry.py in a copy of the program that has such an entry."""

import io
import json
import sys
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

import clusterweek
from clusterweek.activities import rules
from clusterweek.activities.models import Activity
from clusterweek.db.session import db, unit_of_work
from clusterweek.i18n import force_language
from clusterweek.importing import activities as importing, tables
from clusterweek.listing import columns, load
from clusterweek.programme import json_file
from clusterweek.registrations import queries as registrations
from tests import make
from tests.browse import checked, page, text_of
from tests.conftest import NOW, Client, build_app


def main(instance: Path) -> dict[str, Any]:
    app = build_app(instance)
    found: dict[str, Any] = {"package": clusterweek.__file__}
    with app.app_context():
        with unit_of_work():
            week, optonet = make.edition(slug="woche"), make.cluster(slug="optonet")
            activity = make.activity(edition=week, host=optonet, place={"online_url": None})
            submission = make.submitted(edition=week, host=optonet)
            clara, olaf = make.member(optonet), make.organiser()
            found["number"] = activity.id
        app.test_client_class = Client
        host, office, visitor = app.test_client(), app.test_client(), app.test_client()
        make.login(host, clara)
        make.login(office, olaf)
        for one in (activity, submission):
            form = f"/en/host/optonet/{one.id}"
            typed = page(host, form).fields
            answer = host.post(form, data=typed | {"motto": "Licht an", "save": "1"})
            found["form"] = [answer.status_code, db.session.get_one(Activity, one.id).motto]  # type: ignore[attr-defined]
        typed = page(host, form).fields
        wrong = checked(host.post(form, data=typed | {"motto": "x" * 81, "save": "1"}), status=422)
        links = [link for box in wrong.all("div", id="problems") for link in box.iter("a")]
        found["too long"] = [422, [link.get("href", "")[1:] for link in links]]
        found["part"] = [text for text in map(text_of, wrong.all("a")) if "to check" in text]
        history = page(office, f"/en/organiser/woche/activities/{activity.id}")
        said = next(text for text in map(text_of, history.all("span")) if "Motto" in text)
        found["history"] = said.split("Clara")[0].strip()
        review = page(office, f"/en/organiser/woche/queue/{submission.id}")
        texts = dict.fromkeys(map(text_of, [*review.all("dt"), *review.all("div")]))
        found["review"] = [text for text in texts if text in ("Motto", "Licht an")]
        found["review"] += [name for name in review.fields if "motto" in name]
        preview = page(host, f"/en/host/optonet/{activity.id}/preview")
        found["preview"] = "Motto Licht an" if "Motto" in preview.text and "Licht an" in preview.text else preview.text
        public = page(visitor, f"/en/woche/{rules.address_part(activity)}")
        found["public page"] = "Licht an" in public.text
        found |= files(activity.id)
    return found


def files(number: int) -> dict[str, Any]:
    loaded = load.whole([number])
    (row,) = columns.row_dicts(loaded, profile="public", lang="en", now=NOW)
    book = load_workbook(io.BytesIO(columns.xlsx_bytes(loaded, profile="office", lang="en", sheet="x", now=NOW)))
    heading, cells = book.worksheets[0].iter_rows(values_only=True)
    places = registrations.places(loaded)[number]
    item = json_file.activity_item(loaded[0], places, lang="en", is_office=False)
    keys = list(item)
    edition = loaded[0].edition
    lines = []
    with force_language("en"):
        for heading_of, cell in (("motto", "Licht an"), ("Leitspruch", "Licht aus"), ("motto", "x" * 81)):
            table = tables.read("t.csv", f"id;{heading_of}\n{number};{cell}\n".encode())
            (result,) = importing.take_over(table, edition=edition, by=None, now=NOW)
            lines.append(result.line())
            edition = db.session.get_one(Activity, number).edition
    db.session.expire_all()
    return {
        "csv": [next(name for name in row if name == "motto"), row["motto"]],
        "xlsx": [heading[-1], cells[-1]],
        "json": [keys[keys.index("motto") - 1], "motto", item["motto"]],
        "import": [*lines, db.session.get_one(Activity, number).motto],  # type: ignore[attr-defined]
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
