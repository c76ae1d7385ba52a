"""From an activity on paper to the rows of the database."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm.attributes import set_committed_value

from clusterweek.accounts.models import Person
from clusterweek.activities import texts, values
from clusterweek.activities.models import (
    Activity,
    ActivityCountry,
    ActivityField,
    ActivityLanguage,
    CoHost,
    ExternalPartner,
    Occurrence,
    Remark,
)
from clusterweek.clusters.models import Cluster
from clusterweek.demo import words
from clusterweek.demo.offers import SEED, Offer
from clusterweek.editions.models import Edition

PUBLIC = ("published", "cancelled", "postponed")
REVIEW = {"cancelled": "published", "postponed": "published"}
ACCESS = {"open": "open", "internal": "registration", "external": "registration", "invitation": "invitation"}
STEP_FREE = "Stufenloser Zugang, Aufzug und barrierefreies WC sind vorhanden."
NOT_STEP_FREE = "Der Zugang führt über drei Stufen. Bitte melden Sie sich vorab, dann helfen wir Ihnen ins Haus."
CAPTIONS = "Untertitel werden automatisch erzeugt; die Unterlagen gibt es vorab als barrierefreies PDF."
REJECTION = "Der Vortrag wirbt für ein einzelnes Produkt. Bitte reichen Sie ihn ohne Werbung neu ein."
REMARKS = (
    ("summary_de", "Bitte schreiben Sie in zwei bis drei Sätzen, was Teilnehmende mitnehmen."),
    ("occurrences", "Bitte prüfen Sie das Ende: Laut Beschreibung dauert es länger."),
)


@dataclass
class Frame:
    """What every activity refers to."""

    week: Edition
    clusters: dict[int, Cluster]
    people: dict[str, Person]
    authors: dict[int, int]  # id of a cluster -> id of the person who works for it
    now: datetime


@dataclass(frozen=True)
class Story:
    """When an activity was begun, submitted, decided."""

    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None


def story(offer: Offer, now: datetime) -> Story:
    """Moments before `now`, in office hours or late at night as people are."""
    dice = Random(f"{SEED}:story:{offer.number}")
    created = now - timedelta(days=dice.randint(34, 68), minutes=dice.randint(0, 720))
    if offer.state == "draft":
        return Story(created, None, None)
    if offer.state == "submitted":
        return Story(created, now - timedelta(days=offer.waits, minutes=dice.randint(0, 300)), None)
    submitted = created + timedelta(days=dice.randint(0, 4), minutes=dice.randint(20, 600))
    return Story(created, submitted, submitted + timedelta(days=dice.randint(1, 12), minutes=dice.randint(0, 300)))


def activity(offer: Offer, frame: Frame) -> Activity:
    """The activity with all that hangs on it, except its dates (they need its number)."""
    host = frame.clusters[offer.host.number]
    when = story(offer, frame.now)
    dice = Random(f"{SEED}:row:{offer.number}")
    changed = frame.now - timedelta(days=2) if offer.state in ("cancelled", "postponed") else when.decided_at
    made = Activity(
        edition_id=frame.week.id,
        host_cluster=host,
        created_by_id=frame.authors.get(host.id),
        review_status=REVIEW.get(offer.state, offer.state),
        created_at=when.created_at,
        submitted_at=when.submitted_at,
        decided_at=when.decided_at,
        published_at=when.decided_at if offer.state in PUBLIC else None,
        updated_at=changed or when.submitted_at or when.created_at,
        outside_window_allowed=offer.is_exception,
        contact_name=f"Geschäftsstelle {offer.host.plain_name}",
        contact_email=offer.host.email,
        cost_note=offer.fee,
        **_texts(offer),
        **_sign_up(offer, frame.now, dice),
        **_access(offer, dice),
        **_end(offer, frame.now),
    )
    made.field_rows = [ActivityField(field=slug, position=n) for n, slug in enumerate(offer.fields)]
    made.country_rows = [ActivityCountry(country=code, position=n) for n, code in enumerate(offer.countries)]
    made.language_rows = [ActivityLanguage(language=code, position=n) for n, code in enumerate(offer.languages)]
    made.co_host_rows = [CoHost(cluster=frame.clusters[h.number], position=n) for n, h in enumerate(offer.co_hosts)]
    made.external_partners = [
        ExternalPartner(name=name, country=code, position=n) for n, (name, code) in enumerate(offer.partners)
    ]
    return made


def _texts(offer: Offer) -> dict[str, Any]:
    said: dict[str, Any] = {"title_de": offer.title.de, "format": offer.format, "mode": offer.mode}
    for lang in ("de", "en") if offer.has_english else ("de",):
        said[f"title_{lang}"] = offer.title.de if lang == "de" else offer.title.en
        if not offer.lacks_summary:
            said[f"summary_{lang}"] = words.summary(offer.format, offer.title.topic, lang, offer.number)
            said[f"description_{lang}"] = words.description(offer.format, offer.title.topic, lang, offer.number)
    return said


def _sign_up(offer: Offer, now: datetime, dice: Random) -> dict[str, Any]:
    return {
        "access": ACCESS[offer.channel],
        "registration_mode": offer.channel if offer.channel in ("internal", "external") else "none",
        "registration_url": f"https://anmeldung.{offer.host.domain}/{offer.number}"
        if offer.channel == "external"
        else None,
        "registration_deadline": _deadline(offer, now, dice) if offer.channel == "internal" else None,
        "capacity": offer.places,
        "capacity_online": offer.places_online,
    }


def _deadline(offer: Offer, now: datetime, dice: Random) -> datetime | None:
    """Two of five close some days before the start, at 18:00."""
    berlin = ZoneInfo("Europe/Berlin")
    if offer.closes_in is not None:
        day = now.astimezone(berlin).date() + timedelta(days=offer.closes_in)
    elif dice.random() < 0.4:
        day = offer.day - timedelta(days=dice.choice((2, 3, 5, 7, 14)))
    else:
        return None
    return datetime.combine(day, time(18), berlin)


def _access(offer: Offer, dice: Random) -> dict[str, Any]:
    is_accessible = offer.mode != "online" and offer.format != "excursion" and dice.random() < 0.7
    if offer.mode == "online":
        text = CAPTIONS if dice.random() < 0.6 else None
    else:
        text = STEP_FREE if is_accessible else NOT_STEP_FREE if dice.random() < 0.5 else None
    if offer.mode == "hybrid" and text:
        text = f"{text} {CAPTIONS}"
    return {"is_accessible": is_accessible, "accessibility": None if offer.format == "excursion" else text}


def _end(offer: Offer, now: datetime) -> dict[str, Any]:
    """How it came to nothing, where it did."""
    if offer.state == "rejected":
        return {"rejection_reason": REJECTION}
    if offer.state == "cancelled":
        return {
            "happening": "cancelled",
            "cancelled_at": now - timedelta(days=2),
            "cancellation_reason": "Der Veranstaltungsort steht nicht mehr zur Verfügung.",
        }
    if offer.state == "postponed":
        return {"happening": "postponed", "cancellation_reason": "Wir suchen einen neuen Termin im Herbst."}
    return {}


def occurrences(offer: Offer, made: Activity, now: datetime) -> list[Occurrence]:
    """Its dates, with calendar UIDs that are the same on every machine; `made` learns what can be searched."""
    changed = offer.state in ("cancelled", "postponed")
    dates = [
        Occurrence(
            activity_id=made.id,
            uid=f"{hashlib.sha256(f'{SEED}:{offer.number}:{n}'.encode()).hexdigest()[:32]}@clusterweek",
            sequence=int(changed),
            starts_local=date.starts,
            ends_local=date.ends,
            timezone=date.timezone,
            starts_at=values.to_utc(date.starts, date.timezone),
            ends_at=values.to_utc(date.ends, date.timezone),
            is_all_day=date.is_all_day,
            venue_name=date.venue_name,
            city=date.city,
            venue_land=date.land,
            latitude=date.latitude,
            longitude=date.longitude,
            online_url=date.online_url,
            created_at=made.created_at,
            updated_at=made.updated_at,
            removed_at=made.updated_at if offer.state == "postponed" else None,
            removed_because="postponed" if offer.state == "postponed" else None,
        )
        for n, date in enumerate(offer.dates, 1)
    ]
    set_committed_value(made, "occurrences", [date for date in dates if date.removed_at is None])
    made.search_text = texts.search_text_of(made)
    return dates


def remarks(offer: Offer, made: Activity, frame: Frame) -> list[Remark]:
    """What the office asks for."""
    if offer.state != "changes_requested":
        return []
    author = frame.people["olaf@example.org"]
    return [
        Remark(activity_id=made.id, field=field, text=text, author_id=author.id, created_at=made.updated_at)
        for field, text in REMARKS[: 1 + offer.number % 2]
    ]
