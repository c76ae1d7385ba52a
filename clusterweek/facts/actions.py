"""Bringing the archive into the database."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from clusterweek.db.session import db
from clusterweek.editions.models import Edition, EditionPartnerCountry, Highlight
from clusterweek.i18n import gettext as _
from clusterweek.refusal import Refusal
from clusterweek.reminders import actions as reminders
from clusterweek.vocabulary import actions as vocabulary

DATA = Path(__file__).parent / "data" / "editions.json"
DAYS = ("starts_on", "ends_on", "held_on")
LISTS = ("partner_countries", "highlights")
# What a fact does not mention is brought back to this, so that a corrected fact can also take a value away.
SILENT: dict[str, Any] = {
    "kind": "other",
    "state": "archived",
    "date_precision": "day",
    "mode": "in_person",
    "countries_exhaustive": True,
    "is_demo": False,
} | dict.fromkeys(
    (
        *("summary_de", "summary_en", "place", "city", "land", "patrons_de", "patrons_en"),
        *("activity_count", "activity_count_qualifier", "event_count", "fair_count", "counting_rule_de"),
        *("counting_rule_en", "participant_count", "participant_count_qualifier"),
    )
)


@dataclass
class Loaded:
    """What a run has done: editions that were new, that the facts have changed, that stood already."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


def shipped() -> list[dict[str, Any]]:
    """The facts as they come with the program, oldest first."""
    rows: list[dict[str, Any]] = json.loads(DATA.read_text("utf-8"))
    for row in (part for edition in rows for part in (edition, *edition.get("highlights", ()))):
        row.update({name: date.fromisoformat(row[name]) for name in DAYS if name in row})
    return rows


def load(*, now: datetime) -> Loaded:
    """Make the archive say what the shipped facts say. A second run changes nothing.

    Raises Refusal when another edition has taken the address of one of them.
    """
    vocabulary.fill()
    reminders.ensure_default_rules()
    there = db.session.scalars(select(Edition)).all()
    known = {edition.source_id: edition for edition in there if edition.source_id}
    taken = {edition.slug: edition.source_id for edition in there}
    done = Loaded()
    by_slug: dict[str, Edition] = {}
    # The weeks come before the conferences that belong to them.
    for fact in sorted(shipped(), key=lambda fact: "parent" in fact):
        if fact["slug"] in taken and taken[fact["slug"]] != fact["source_id"]:
            raise Refusal(_("Another edition has the address “%(slug)s” already.", slug=fact["slug"]))
        edition = known.get(fact["source_id"])
        is_new = edition is None
        if edition is None:
            edition = Edition(source_id=fact["source_id"], created_at=now, updated_at=now)
            db.session.add(edition)
        by_slug[fact["slug"]] = edition
        parent = by_slug[fact["parent"]] if "parent" in fact else None
        is_changed = _write(edition, fact, parent)
        if is_changed and not is_new:
            edition.updated_at = now
            edition.programme_version += 1
        db.session.flush()
        done.added += is_new
        done.changed += is_changed and not is_new
        done.unchanged += not is_changed
    return done


def _write(edition: Edition, fact: Mapping[str, Any], parent: Edition | None) -> bool:
    """Whether the edition said something else before."""
    values = SILENT | {name: value for name, value in fact.items() if name not in (*LISTS, "parent")}
    values["parent_edition_id"] = parent.id if parent else None
    changed = {name for name, value in values.items() if getattr(edition, name) != value}
    for name in changed:
        setattr(edition, name, values[name])

    countries = [(code, is_guest) for code, is_guest in fact.get("partner_countries", ())]
    if [(row.country, row.is_guest) for row in edition.partner_countries] != countries:
        kept = {row.country: row for row in edition.partner_countries}
        edition.partner_countries = [
            kept.get(code) or EditionPartnerCountry(country=code) for code, _guest in countries
        ]
        for position, (row, (_code, is_guest)) in enumerate(zip(edition.partner_countries, countries, strict=True)):
            row.position, row.is_guest = position, is_guest
        changed.add("partner_countries")

    names = ("title_de", "title_en", "format", "city", "land", "held_on")
    highlights = [{name: row.get(name) for name in names} for row in fact.get("highlights", ())]
    if [{name: getattr(row, name) for name in names} for row in edition.highlights] != highlights:
        edition.highlights = [Highlight(position=n, **row) for n, row in enumerate(highlights)]
        changed.add("highlights")
    return bool(changed)
