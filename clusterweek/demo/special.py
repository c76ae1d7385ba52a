"""The rare cases that the demo must show: odd names, odd times, odd numbers."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta

from clusterweek.demo import words
from clusterweek.demo.offers import Offer
from clusterweek.demo.words import Title

# Exactly 120 characters, with compounds that have nowhere to break.
LONG_TITLE = (
    "Seminar: Instandhaltungsmanagementsysteme und Produktionsplanungsschnittstellen im vernetzten "
    "Maschinenbau (Grundwissen)"
)
MARKUP_TITLE = "Workshop: Barrierefreie Webseiten – mehr als nur <b>fett</b>"
FAR_PARTNERS = [("תל אביב Innovation Circle (Demo)", "IL"), ("Ålunda Industripark (Demo)", "SE")]


def apply(offer: Offer) -> None:
    """Turn an activity into the rare case that it plays."""
    if offer.wish in CASES:
        CASES[offer.wish](offer)


def _long_title(offer: Offer) -> None:
    offer.title = Title(LONG_TITLE, "", offer.title.topic, offer.title.fields)


def _two_towns(offer: Offer) -> None:
    """As in 2019: half of the course in Kulmbach, half in Veitshöchheim."""
    for n, date in enumerate(offer.dates):
        date.move_to("Kulmbach" if n % 2 == 0 else "Veitshöchheim")


def _lisbon(offer: Offer) -> None:
    date = offer.dates[0]
    date.timezone = "Europe/Lisbon"
    date.starts = datetime.combine(offer.day, datetime.min.time()).replace(hour=10)
    date.ends = date.starts + timedelta(minutes=60)


def _past_midnight(offer: Offer) -> None:
    date = offer.dates[0]
    date.starts = date.starts.replace(hour=18, minute=0)
    date.ends = date.starts + timedelta(hours=6, minutes=30)


def _far_from_home(offer: Offer) -> None:
    offer.dates[0].move_to("Hannover")


def _markup(offer: Offer) -> None:
    topic = words.Topic(
        "ict",
        "Barrierefreie Webseiten",
        "Accessible websites",
        "Überschriften, Kontraste, Tastatur: Wer die Auszeichnung <b> durch <strong> ersetzt, hat erst angefangen.",
        "Headings, contrast, keyboard: replacing <b> by <strong> is only the beginning.",
    )
    offer.title = Title(MARKUP_TITLE, "Workshop: Accessible websites – more than just <b>bold</b>", topic, ("ict",))
    offer.fields = ["ict"]


def _too_many(offer: Offer) -> None:
    """The room became smaller after people had signed up: fewer places than confirmed registrations."""
    offer.places = 12
    _at(offer, "13:00", "16:30")


def _overlap(offer: Offer) -> None:
    _at(offer, "09:00", "16:00")


def _closes_today(offer: Offer) -> None:
    offer.closes_in = 0


def _closed(offer: Offer) -> None:
    offer.closes_in = -2


def _alphabets(offer: Offer) -> None:
    offer.partners = list(FAR_PARTNERS)
    offer.countries = ["IL", "SE"]


def _no_summary(offer: Offer) -> None:
    offer.lacks_summary = True


def _no_date(offer: Offer) -> None:
    offer.dates = []


def _unread_date(offer: Offer) -> None:
    """Somebody has mistyped a second day: it waits in the form, see `unread.py`."""
    typed = {"starts_on": ["9.4x."], "starts_time": ["18:00"], "ends_time": ["20:00"]}
    typed |= {
        "timezone": ["Europe/Berlin"],
        "city": [offer.dates[0].city or ""],
        "venue_land": [offer.dates[0].land or ""],
    }
    offer.unread = {
        "names": ["occurrences"],
        "fields": {},
        "dates": [{"id": None, "position": 1, "typed": typed}],
    }


def _waiting_long(offer: Offer) -> None:
    """Over the office's target of ten working days."""
    offer.waits = 17 + offer.number % 3


def _eve(offer: Offer) -> None:
    """The evening before the week begins."""
    offer.is_exception = True


def twin(offer: Offer, other: Offer) -> None:
    """Make `offer` look as if somebody had entered `other` a second time."""
    offer.title = replace(other.title, de=f"{other.title.de} (Neu)")
    offer.fields, offer.dates = list(other.fields), deepcopy(other.dates)


def _at(offer: Offer, begins: str, ends: str) -> None:
    for date in offer.dates:
        date.starts = datetime.fromisoformat(f"{date.starts:%Y-%m-%d} {begins}")
        date.ends = datetime.fromisoformat(f"{date.ends:%Y-%m-%d} {ends}")


CASES: dict[str, Callable[[Offer], None]] = {
    "long_title": _long_title,
    "two_towns": _two_towns,
    "lisbon": _lisbon,
    "past_midnight": _past_midnight,
    "far_from_home": _far_from_home,
    "markup": _markup,
    "too_many": _too_many,
    "overlap": _overlap,
    "closes_today": _closes_today,
    "closed": _closed,
    "alphabets": _alphabets,
    "no_summary": _no_summary,
    "no_date": _no_date,
    "unread_date": _unread_date,
    "waiting_long": _waiting_long,
    "eve": _eve,
}
