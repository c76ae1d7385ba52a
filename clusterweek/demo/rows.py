"""From an activity on paper to the rows of the database."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

from clusterweek import clock
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
from clusterweek.db.session import Model
from clusterweek.demo import words
from clusterweek.demo.offers import SEED, Offer
from clusterweek.editions.models import Edition

Row = tuple[type[Model], dict[str, Any]]
PUBLIC = ("published", "cancelled", "postponed")
REVIEW = {"cancelled": "published", "postponed": "published"}
ACCESS = {"open": "open", "internal": "registration", "external": "registration", "invitation": "invitation"}
CALLED_OFF = {
    "cancelled": "Der Veranstaltungsort steht nicht mehr zur Verfügung.",
    "postponed": "Wir suchen einen neuen Termin im Herbst.",
}
STEP_FREE = (
    "Zwei Behindertenparkplätze liegen am Eingang; Assistenzhunde sind willkommen.",
    "Ein Aufzug führt in alle Stockwerke; im Saal gibt es eine induktive Höranlage.",
    "Von der Haltestelle führt ein Blindenleitsystem bis zum Empfang.",
)
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
    """Moments before `now`: clusters write at any hour, the office decides on working days."""
    dice = Random(f"{SEED}:story:{offer.number}")
    created = now - timedelta(days=dice.randint(36, 68), minutes=dice.randint(0, 720))
    if offer.state == "draft":
        return Story(created, None, None)
    if offer.state == "submitted":
        return Story(created, now - timedelta(days=offer.waits, minutes=dice.randint(0, 300)), None)
    if offer.state == "changes_requested":
        return Story(created, now - timedelta(days=8, minutes=dice.randint(0, 300)), _at_work(now, 4, dice))
    submitted = created + timedelta(days=dice.randint(0, 4), minutes=dice.randint(20, 600))
    return Story(created, submitted, _at_work(submitted, -dice.randint(1, 12), dice))


def _at_work(moment: datetime, days_before: int, dice: Random) -> datetime:
    """Some days earlier (or later), between nine and five; on a weekend, the Monday after."""
    day = clock.today("Europe/Berlin", now=moment) - timedelta(days=days_before)
    day += timedelta(days=7 - day.weekday() if day.weekday() >= 5 else 0)
    return datetime.combine(day, time(dice.randint(9, 16), dice.randint(0, 59)), ZoneInfo("Europe/Berlin"))


def of(offer: Offer, number: int, frame: Frame) -> Iterator[Row]:
    """Every row of the activity that gets the id `number`, itself first."""
    made = _activity(offer, number, frame)
    dates = list(_occurrences(offer, made))
    made["search_text"] = _search_text(offer, made, dates, frame)
    yield Activity, made
    for model, name, found in (
        (ActivityField, "field", offer.fields),
        (ActivityCountry, "country", offer.countries),
        (ActivityLanguage, "language", offer.languages),
        (CoHost, "cluster_id", [frame.clusters[host.number].id for host in offer.co_hosts]),
    ):
        for position, value in enumerate(found):
            yield model, {"activity_id": number, name: value, "position": position}
    for position, (name, country) in enumerate(offer.partners):
        yield (
            ExternalPartner,
            {"activity_id": number, "name": name, "country": country, "position": position},
        )
    yield from ((Occurrence, date) for date in dates)
    yield from ((Remark, remark) for remark in _remarks(offer, made, frame))


def _activity(offer: Offer, number: int, frame: Frame) -> dict[str, Any]:
    host = frame.clusters[offer.host.number]
    when = story(offer, frame.now)
    dice = Random(f"{SEED}:row:{offer.number}")
    changed = frame.now - timedelta(days=2) if offer.state in ("cancelled", "postponed") else when.decided_at
    return {
        "id": number,
        "edition_id": frame.week.id,
        "host_cluster_id": host.id,
        "created_by_id": frame.authors.get(host.id),
        "format": offer.format,
        "mode": offer.mode,
        "review_status": REVIEW.get(offer.state, offer.state),
        "created_at": when.created_at,
        "submitted_at": when.submitted_at,
        "decided_at": when.decided_at,
        "published_at": when.decided_at if offer.state in PUBLIC else None,
        "updated_at": changed or when.submitted_at or when.created_at,
        "outside_window_allowed": offer.is_exception,
        "contact_name": f"Geschäftsstelle {offer.host.plain_name}",
        "contact_email": offer.host.email,
        "cost_note": offer.fee,
        "unread": offer.unread,
        **_texts(offer),
        **_sign_up(offer, frame.now, dice),
        **_access(offer, dice),
        **_end(offer, frame.now),
    }


def _texts(offer: Offer) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for lang, title in (("de", offer.title.de), ("en", offer.title.en)):
        is_said = lang == "de" or offer.has_english
        is_told = is_said and not offer.lacks_summary
        said[f"title_{lang}"] = title if is_said else None
        summary = words.summary(offer.format, offer.title.topic, lang, offer.number)
        said[f"summary_{lang}"] = summary if is_told else None
        said[f"description_{lang}"] = words.description(offer.format, lang, offer.number) if is_told else None
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
        day = clock.today("Europe/Berlin", now=now) + timedelta(days=offer.closes_in)
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
        text = dice.choice(STEP_FREE) if is_accessible else NOT_STEP_FREE if dice.random() < 0.5 else None
    if offer.mode == "hybrid" and text:
        text = f"{text} {CAPTIONS}"
    return {"is_accessible": is_accessible, "accessibility": None if offer.format == "excursion" else text}


def _end(offer: Offer, now: datetime) -> dict[str, Any]:
    """How it came to nothing, where it did."""
    called_off = offer.state in CALLED_OFF
    return {
        "happening": offer.state if called_off else "confirmed",
        "rejection_reason": REJECTION if offer.state == "rejected" else None,
        "cancellation_reason": CALLED_OFF[offer.state] if called_off else None,
        "cancelled_at": now - timedelta(days=2) if offer.state == "cancelled" else None,
    }


def _occurrences(offer: Offer, made: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The dates, with calendar UIDs that are the same on every machine; those of a postponed one are tombstones."""
    is_gone = offer.state == "postponed"
    for n, date in enumerate(offer.dates, 1):
        yield {
            "activity_id": made["id"],
            "uid": f"{hashlib.sha256(f'{SEED}:{offer.number}:{n}'.encode()).hexdigest()[:32]}@clusterweek",
            "sequence": int(offer.state in CALLED_OFF),
            "starts_local": date.starts,
            "ends_local": date.ends,
            "timezone": date.timezone,
            "starts_at": values.to_utc(date.starts, date.timezone),
            "ends_at": values.to_utc(date.ends, date.timezone),
            "is_all_day": date.is_all_day,
            "venue_name": date.venue_name,
            "city": date.city,
            "venue_land": date.land,
            "latitude": date.latitude,
            "longitude": date.longitude,
            "online_url": date.online_url,
            "created_at": made["created_at"],
            "updated_at": made["updated_at"],
            "removed_at": made["updated_at"] if is_gone else None,
            "removed_because": "postponed" if is_gone else None,
        }


def _search_text(offer: Offer, made: dict[str, Any], dates: list[dict[str, Any]], frame: Frame) -> str:
    """What the activity's own room makes of it, from something that looks like the activity before it is one."""
    looks_like = SimpleNamespace(
        **{name: made[name] for name in ("title_de", "title_en", "summary_de", "summary_en", "format")},
        host_cluster=frame.clusters[offer.host.number],
        co_hosts=[frame.clusters[host.number] for host in offer.co_hosts],
        occurrences=[SimpleNamespace(**date) for date in dates if date["removed_at"] is None],
        fields=offer.fields,
        partner_countries=offer.countries,
        external_partners=[SimpleNamespace(name=name) for name, _country in offer.partners],
    )
    return texts.search_text_of(cast(Activity, looks_like))


def _remarks(offer: Offer, made: dict[str, Any], frame: Frame) -> Iterator[dict[str, Any]]:
    """What the office asks for."""
    if offer.state == "changes_requested":
        author = frame.people["olaf@example.org"].id
        for field, text in REMARKS[: 1 + offer.number % 2]:
            yield {
                "activity_id": made["id"],
                "field": field,
                "text": text,
                "author_id": author,
                "created_at": made["updated_at"],
            }
