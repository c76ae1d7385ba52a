"""SQLite and PostgreSQL find, count, list and write the same, byte for byte."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from clusterweek import clock
from clusterweek.activities import texts
from clusterweek.db.session import db, unit_of_work
from clusterweek.desk.sight import Sight
from clusterweek.editions.models import Edition
from clusterweek.listing import columns, facets, filter as filters, load, query
from clusterweek.organiser import overview
from clusterweek.vocabulary import lists
from clusterweek.web.paging import Page
from tests import make
from tests.conftest import build_app
from tests.postgres import postgres_url

pytestmark = [pytest.mark.slow, pytest.mark.postgres]
NOW = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)
QUERIES = [
    *("", "q=wasser", "q=führung wasser", "q=100 %25", "day=2027-04-08", "day=2027-04-08&day=2027-04-11", "land=DE-BY"),
    *("land=DE-BY&land=DE-BE&day=2027-04-09", "host_land=DE-SN", "field=logistics&field=automotive", "country=FR"),
    *("format=seminar", "mode=online&mode=hybrid", "access=open", "cluster=cluster-3", "language=en", "seats=1"),
    *(
        "cost=none",
        "accessible=1",
        "status=cancelled&status=tentative",
        "status=postponed",
        "land=DE-BY&mode=in_person&cost=none",
    ),
]


def filled() -> None:
    """120 activities of every kind; the same ones for the same random numbers."""
    rng = random.Random(7)
    week = make.edition(slug="week")
    hosts = [make.cluster(f"Cluster {n}", slug=f"cluster-{n}", land=rng.choice(list(lists.LAENDER))) for n in range(8)]
    for n in range(120):
        starts = datetime(2027, 4, 5) + timedelta(hours=rng.randrange(24 * 11))
        is_all_day = rng.random() < 0.2
        starts = starts.replace(hour=0) if is_all_day else starts
        ends = starts + (timedelta(days=rng.randrange(1, 4)) if is_all_day else timedelta(hours=rng.randrange(1, 30)))
        activity = make.activity(
            edition=week,
            host=rng.choice(hosts),
            co_hosts=tuple(rng.sample(hosts, 1)) if n % 5 == 0 else (),
            title_de=rng.choice(["Führung: Wasser", "Werkstatt", "100 % Ökostrom"]) + f" {n}",
            starts=f"{starts:%Y-%m-%d %H:%M}" if n % 17 else None,
            ends=f"{ends:%Y-%m-%d %H:%M}",
            place={
                "uid": f"{n}@test",
                "is_all_day": is_all_day,
                "timezone": rng.choice(["Europe/Berlin", "Europe/Berlin", "Europe/Lisbon", "Asia/Tokyo"]),
                "venue_land": rng.choice([None, *lists.LAENDER]),
                "latitude": round(rng.uniform(47, 55), 5),
                "longitude": round(rng.uniform(6, 15), 5),
            },
            fields=tuple(rng.sample(list(lists.FIELDS), 2)),
            countries=tuple(rng.sample(["FR", "NL", "GB"], rng.randrange(3))),
            languages=tuple(rng.sample(["de", "en"], rng.randrange(1, 3))),
            format=rng.choice(["seminar", "workshop"]),
            mode=rng.choice(list(lists.MODES)),
            access=rng.choice(["registration", "open"]),
            happening=rng.choice(list(lists.HAPPENINGS)),
            capacity=rng.choice([None, 0, 1, 20]),
            cost_note=rng.choice([None, "", "5 Euro"]),
            is_accessible=rng.random() < 0.3,
            review_status="published" if n % 11 else ("submitted", "draft")[n % 2],
        )
        activity.search_text = texts.search_text_of(activity)
        if n % 7 == 0:
            make.registration(activity)


DESK = [
    *("", "review=draft&review=submitted", "review=published&status=tentative&status=held", "land=none", "q=%2317"),
    *(
        "host_land=none",
        "land=none&land=DE-BY&mode=online",
        "concerns=DE-BY",
        "concerns=FR&concerns=DE-SN",
        "outside=1",
    ),
    *("review=submitted&outside=1&day=2027-04-15", "review=draft&seats=1"),
]
SIGHTS = (
    Sight(is_whole=True),
    Sight(is_whole=True, is_published_only=True),
    Sight(is_whole=False, laender=frozenset(["DE-BY", "DE-SN"]), countries=frozenset(["FR"])),
    Sight(is_whole=False, countries=frozenset(["NL"]), is_published_only=True),
)


def at_desk(edition: Edition, text: str, sight: Sight) -> Any:
    """What the office's list says; never more than what is seen."""
    chosen = filters.parse(MultiDict(parse_qsl(text)), now=NOW, kinds=filters.DESK)
    found = query.ids(edition, chosen, sight=sight)
    counted = facets.at_desk(edition, chosen, filters.DESK, sight=sight)
    assert counted.total == len(found)
    assert set(found) <= set(query.ids(edition, filters.Filter(), sight=sight))
    assert set(query.ids(edition, chosen)) <= set(query.ids(edition, filters.Filter()))
    return found, counted, query.ids(edition, chosen, sight=sight, page=Page(2, 7, counted.total))


def told(app: Flask) -> dict[str, Any]:
    """Everything that is said about these activities."""
    said: dict[str, Any] = {}
    client = app.test_client()
    with app.app_context():
        with unit_of_work():
            filled()
        edition = db.session.scalars(db.select(Edition)).one()
        for text in QUERIES:
            pairs = [tuple(pair.replace("%25", "%").split("=")) for pair in text.split("&") if pair]
            chosen = filters.of(pairs, now=NOW)
            counted = facets.facets(edition, chosen)
            page = query.page_of_days(edition, chosen)
            found = query.ids(edition, chosen)
            assert counted.total == page.page.total == len(found) == query.count(edition, chosen)
            said[text] = (
                found,
                counted,
                [
                    (d.day, d.count, [e.activity.id for e in d.entries], [e.activity.id for e in d.running])
                    for d in page.days
                ],
                columns.csv_bytes(load.whole(found), profile="office", lang="de", now=NOW),
            )
        for text in DESK:
            for sight in SIGHTS:
                said[f"desk {text} {sight}"] = at_desk(edition, text, sight)
        for by in ("land", "host_land"):
            for sight in SIGHTS:
                said[f"overview {by} {sight}"] = overview.table(edition, sight, by=by)
        db.session.remove()
    for text in QUERIES:
        said[f"feed {text}"] = client.get(f"/feeds/week.ics?{text}").data
    return said


@pytest.fixture
def apps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Flask]]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    built = [
        build_app(tmp_path / "sqlite"),
        build_app(tmp_path / "postgresql", DATABASE_URL=postgres_url("listing")),
    ]
    yield built
    for app in built:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def test_both_databases_say_the_same(apps: list[Flask]) -> None:
    on_sqlite, on_postgresql = (told(app) for app in apps)

    for text, expected in on_sqlite.items():
        assert on_postgresql[text] == expected, text
    assert len({len(value[0]) for text, value in on_sqlite.items() if text in QUERIES}) > 8
    assert len({len(value[0]) for text, value in on_sqlite.items() if text.startswith("desk")}) > 8
