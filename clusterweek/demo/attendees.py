"""Who has signed up in the demo: invented people, fill rates, waiting lists."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from clusterweek.demo import shares, words
from clusterweek.demo.offers import SEED, Offer
from clusterweek.registrations import rules
from clusterweek.vocabulary import spelling

FULL_PERCENT = 6  # 12 of 200 are full and have a line
FULL_AT_MOST = 60  # places; the large ones do not fill up months ahead
# Of 50 who sign up, three give their place up and two have not confirmed yet.
WITHDRAWN, UNCONFIRMED = (7, 23, 41), (11, 37)
ADA = {"name": "Ada Beispiel", "email": "ada@example.org", "organisation": "Beispiel & Söhne"}
FORMULA = '=HYPERLINK("x")'  # somebody's organisation; a table must not run it
TOO_MANY = 15  # confirmed, for the activity whose places became fewer


@dataclass
class Crowd:
    """Deals out registrations, activity by activity, so that the shares hold over all of them."""

    now: datetime
    full: frozenset[int]  # numbers of the activities without a place left
    dealt: int = 0
    owed: int = 0  # unconfirmed ones that did not suit where their turn came
    pool: list[dict[str, Any]] = field(default_factory=lambda: people())

    def of(self, offer: Offer, published_at: datetime) -> list[dict[str, Any]]:
        """The registrations of one activity as rows, in the order of asking."""
        if offer.state != "published" or offer.channel != "internal":
            return []
        dice = Random(f"{SEED}:{offer.number}")
        rows: list[dict[str, Any]] = []
        for mode, places in self._rooms(offer):
            rows += self._fill(offer, mode, places, dice)
        guests = dice.sample(self.pool, len(rows))
        sure = [n for n, row in enumerate(rows) if row["status"] == "confirmed"]
        if offer.wish in ("too_many", "overlap"):
            guests[sure[0]] = ADA
        if offer.wish == "too_many":
            guests[sure[1]] = guests[sure[1]] | {"organisation": FORMULA}
        for row, guest in zip(rows, guests, strict=True):
            row.update(guest, email_normalised=guest["email"])
            self._details(row, offer, dice)
        return self._in_order(rows, published_at, dice)

    def _rooms(self, offer: Offer) -> Iterator[tuple[str, int]]:
        yield "online" if offer.mode == "online" else "in_person", offer.places or 0
        if offer.mode == "hybrid":
            yield "online", offer.places_online or 0

    def _fill(self, offer: Offer, mode: str, places: int, dice: Random) -> list[dict[str, Any]]:
        is_full = offer.number in self.full and mode != "online"
        taken = places if is_full else min(places - 1, round(places * dice.betavariate(4, 2)))
        if offer.wish == "too_many":
            taken = TOO_MANY
        settled = is_full or offer.wish == "too_many" or offer.closes_in is not None
        rows = []
        while taken:
            self.dealt += 1
            turn = self.dealt % 50
            if turn in WITHDRAWN:
                rows.append({"mode": mode, "status": "withdrawn"})
                continue
            self.owed += turn in UNCONFIRMED
            is_owed = self.owed > 0 and not settled
            self.owed -= is_owed
            rows.append({"mode": mode, "status": "unconfirmed" if is_owed else "confirmed"})
            taken -= 1
        if is_full:
            rows += [{"mode": mode, "status": "waitlisted"} for _ in range(dice.randint(3, 15))]
        return rows

    def _details(self, row: dict[str, Any], offer: Offer, dice: Random) -> None:
        row["language"] = "en" if dice.random() < (0.4 if "en" in offer.languages else 0.03) else "de"
        need = dice.choice(words.read("people")["needs"]) if dice.random() < 0.015 else None
        row["access_need"] = None if row["status"] == "withdrawn" else need
        row["wants_reminders"] = dice.random() < 0.95

    def _in_order(self, rows: list[dict[str, Any]], published_at: datetime, dice: Random) -> list[dict[str, Any]]:
        """When each of them asked: first those with a place, then the line; who has not confirmed asked just now."""
        lately = self.now - timedelta(hours=40)
        turned_full = published_at + (lately - published_at) * 0.7
        for row in rows:
            begins, ends = {
                "unconfirmed": (lately, self.now - timedelta(minutes=30)),
                "waitlisted": (turned_full, lately),
            }.get(row["status"], (published_at, turned_full))
            row["signed_up_at"] = begins + timedelta(seconds=int(dice.random() * (ends - begins).total_seconds()))
        rows.sort(key=lambda row: row["signed_up_at"])
        for ticket, row in enumerate(rows, 1):
            row["ticket"] = ticket
            self._moments(row, dice)
        return rows

    def _moments(self, row: dict[str, Any], dice: Random) -> None:
        asked = row["signed_up_at"]
        confirmed = asked + timedelta(minutes=dice.randint(1, 300))
        status = row["status"]
        row["hold_until"] = asked + rules.HOLD if status == "unconfirmed" else None
        row["confirmed_at"] = None if status == "unconfirmed" else confirmed
        row["placed_at"] = confirmed if status in ("confirmed", "withdrawn") else None
        row["withdrawn_at"] = (
            confirmed + (self.now - confirmed) * dice.uniform(0.1, 0.9) if status == "withdrawn" else None
        )
        if row["withdrawn_at"]:
            row["withdrawn_at"] = row["withdrawn_at"].replace(microsecond=0)


def crowd(offers: list[Offer], count: int, *, now: datetime) -> Crowd:
    """Everybody who signs up; who is full is drawn once, for all activities."""
    small = [
        offer.number
        for offer in offers
        if offer.state == "published" and offer.channel == "internal" and offer.mode == "in_person"
        if offer.wish is None and offer.places and offer.places <= FULL_AT_MOST
    ]
    full = min(shares.part_of(count, FULL_PERCENT), len(small))
    return Crowd(now, frozenset(Random(SEED + 2).sample(small, full)))


def people() -> list[dict[str, Any]]:
    """Everybody that the first and last names make, with an address of their own that leads nowhere."""
    names = words.read("people")
    made: list[dict[str, Any]] = []
    for first in names["first"]:
        for last in names["last"]:
            address = ".".join(spelling.slug(part, otherwise="person") for part in (first, last))
            organisation = names["organisations"][len(made) * 7 % len(names["organisations"])]
            made.append({"name": f"{first} {last}", "email": f"{address}@example.org", "organisation": organisation})
    return made
