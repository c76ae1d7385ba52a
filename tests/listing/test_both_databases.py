"""SQLite and PostgreSQL find, count, list and write the same, byte for byte."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from clusterweek import clock
from clusterweek.activities import texts
from clusterweek.db.session import db, unit_of_work
from clusterweek.editions.models import Edition
from clusterweek.listing import columns, facets, filter as filters, load, query
from clusterweek.vocabulary import lists
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
            review_status="published" if n % 11 else "submitted",
        )
        activity.search_text = texts.search_text_of(activity)
        if n % 7 == 0:
            make.registration(activity)


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
    assert len({len(value[0]) for text, value in on_sqlite.items() if not text.startswith("feed")}) > 8
