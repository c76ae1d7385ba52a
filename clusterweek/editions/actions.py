"""Changing editions."""

from datetime import datetime
from typing import Any

from sqlalchemy import update as sql_update

from clusterweek.accounts.models import Person
from clusterweek.db.session import db
from clusterweek.editions import queries, rules
from clusterweek.editions.models import Edition, EditionPartnerCountry
from clusterweek.history import record
from clusterweek.i18n import gettext as _
from clusterweek.refusal import Refusal
from clusterweek.traces import log as traces

GUESTS = "partner_countries"


def create(values: dict[str, Any], *, by: Person | None, now: datetime) -> Edition:
    """A new edition as a draft; `values` are the model's columns, `partner_countries` the ISO codes of the guests.

    Raises Refusal when the slug is taken or cannot be used in an address.
    """
    slug = values["slug"]
    if not rules.is_slug(slug):
        raise Refusal(
            _("“%(slug)s” cannot be used in an address. Use lower-case letters, digits and hyphens.", slug=slug)
        )
    if queries.by_slug(slug):
        raise Refusal(_("There is already an edition with the address “%(slug)s”.", slug=slug))
    edition = Edition(created_at=now, updated_at=now)
    _take(edition, values)
    db.session.add(edition)
    db.session.flush()
    record.note("created", "edition", edition.id, now=now, by=by)
    traces.note("edition_changed", by=by, subject=("edition", edition.id), now=now)
    return edition


def update(edition: Edition, values: dict[str, Any], *, by: Person | None, now: datetime) -> None:
    """Take over new values. The address stays as it is once the edition is public."""
    if edition.is_public and values.get("slug", edition.slug) != edition.slug:
        raise Refusal(_("The address is public and stays as it is: “%(slug)s”.", slug=edition.slug))
    changed = _take(edition, values)
    if changed:
        edition.updated_at = now
        touch_programme(edition.id, now=now)
        record.note("updated", "edition", edition.id, now=now, by=by, fields=sorted(changed))
        traces.note("edition_changed", by=by, subject=("edition", edition.id), now=now)


def become(edition: Edition, state: str, *, by: Person | None, now: datetime) -> None:
    """Open, close, archive or reopen an edition. Raises Refusal when that step does not exist."""
    if not rules.may_become(edition.state, state):
        raise Refusal(_("This step is not possible now; reload the page to see where the edition stands."))
    record.note("state_changed", "edition", edition.id, now=now, by=by, old=edition.state, new=state)
    traces.note("edition_changed", by=by, subject=("edition", edition.id), now=now)
    edition.state = state
    edition.updated_at = now
    touch_programme(edition.id, now=now)


def touch_programme(edition_id: int, *, now: datetime) -> None:
    """What the public sees of this edition has changed: feeds and cached counts made before are out of date."""
    db.session.flush()
    db.session.execute(
        sql_update(Edition)
        .where(Edition.id == edition_id)
        .values(programme_version=Edition.programme_version + 1, programme_changed_at=now)
        .execution_options(synchronize_session="fetch")
    )


def _take(edition: Edition, values: dict[str, Any]) -> set[str]:
    changed = set()
    for name, value in values.items():
        if name == GUESTS:
            if _take_guests(edition, list(dict.fromkeys(value))):
                changed.add(name)
        elif getattr(edition, name) != value:
            setattr(edition, name, value)
            changed.add(name)
    return changed


def _take_guests(edition: Edition, codes: list[str]) -> bool:
    """Make `codes` the guest countries. Countries that are only named among the partners stay, behind them."""
    if [row.country for row in edition.partner_countries if row.is_guest] == codes:
        return False
    kept = {row.country: row for row in edition.partner_countries}
    named = [row for row in edition.partner_countries if not row.is_guest and row.country not in codes]
    guests = [kept.get(code) or EditionPartnerCountry(country=code) for code in codes]
    for row in guests:
        row.is_guest = True
    edition.partner_countries = [*guests, *named]
    for position, row in enumerate(edition.partner_countries):
        row.position = position
    return True
