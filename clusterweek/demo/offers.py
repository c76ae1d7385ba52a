"""Drawing up the activities of the demo: how many of what, by whom, on which day. No database, no clock."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from clusterweek.demo import schedule, shares, words

SEED = 20270406
OF = 200  # the counts in `data/` are for this many activities
DAYS = tuple(schedule.FIRST + timedelta(days=n) for n in range(10))
FAIR_DAYS = {DAYS[0]: 10, DAYS[1]: 12, DAYS[2]: 10}
FAIR_TOUR_DAYS = {DAYS[1]: 1, DAYS[2]: 1, DAYS[3]: 1}
MOST_TITLES = 300  # then it becomes hard to find new ones
# Formats that only some clusters can host, because a title must fit; they choose first.
CHOOSY = (
    "excursion",
    "pitch_contest",
    "open_day",
    "exhibition",
    "site_visit",
    "congress",
    "conference",
    "block_course",
)


@dataclass(eq=False)
class Offer:
    """One activity on paper."""

    format: str
    mode: str
    channel: str  # open, internal, external, invitation
    state: str = "published"  # draft, submitted, changes_requested, rejected, published, cancelled, postponed
    wish: str | None = None  # which of the rare cases it plays
    host: words.Host = words.NOBODY
    day: date = DAYS[0]
    title: words.Title = words.NO_TITLE
    number: int = 0
    fields: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    partners: list[tuple[str, str | None]] = field(default_factory=list)
    languages: list[str] = field(default_factory=lambda: ["de"])
    co_hosts: list[words.Host] = field(default_factory=list)
    has_english: bool = False
    fee: str | None = None
    places: int | None = None
    places_online: int | None = None
    dates: list[schedule.Date] = field(default_factory=list)
    closes_in: int | None = None  # days from now until sign-up closes, at 18:00
    waits: int = 3  # days since it was submitted
    lacks_summary: bool = False
    unread: dict[str, Any] = field(default_factory=dict)  # what somebody typed and nobody can read
    is_exception: bool = False  # outside the week's days, and the office has allowed it


@dataclass(frozen=True)
class Wish:
    """A rare case that needs an activity of a certain kind; where the edition is too small for it, it is left out."""

    name: str
    format: str
    mode: str
    host: str
    day: date
    country: str | None = None
    about: str = ""


WISHES = (
    Wish("long_title", "seminar", "in_person", "VernetzteFabrik Ostwestfalen", DAYS[7]),
    Wish("two_towns", "block_course", "in_person", "GenussRegion Obermain", DAYS[1], about="Käse"),
    Wish("lisbon", "webinar", "online", "VirtuWerk Baden", DAYS[8], "PT"),
    Wish("past_midnight", "networking_event", "in_person", "SpreePhotonik", DAYS[2]),
    Wish("far_from_home", "workshop", "in_person", "Neckar-Montage", DAYS[7]),
    Wish("markup", "workshop", "in_person", "Havel-Medien", DAYS[6]),
    Wish("too_many", "workshop", "in_person", "LeichtbauZirkel Lech", DAYS[2]),
    Wish("overlap", "seminar", "in_person", "PräzisionsOptik Saale", DAYS[2]),
    Wish("closes_today", "site_visit", "in_person", "SensorRing Breisgau", DAYS[3]),
    Wish("closed", "seminar", "in_person", "Messwerk Leine", DAYS[1]),
    Wish("alphabets", "lecture", "in_person", "WeserRaumfahrt", DAYS[9], "IL"),
)


def draw_up(count: int = OF) -> list[Offer]:
    """`count` published activities in the proportions of the plan (exact for 200), then 24 in other states."""
    dice = Random(SEED)
    offers = _kinds(count)
    _give_days(offers, count, dice)
    _give_countries(offers, count, dice)
    taken = _give_hosts(offers, count, dice)
    offers.sort(key=lambda offer: (offer.day, offer.host.number, offer.title.de))
    others = _others(taken, dice)
    for number, offer in enumerate(offers + others, 1):
        offer.number = number
    return offers + others


def _kinds(count: int) -> list[Offer]:
    """Format, mode and channel of each; the rare cases take theirs first."""
    rows = {tuple(row[:3]): row[3] for row in words.read("formats")["counts"]}
    offers = [Offer(*kind) for kind, n in shares.share_out(count, rows).items() for _ in range(n)]
    for wish in WISHES:
        fitting = (
            offer
            for offer in offers
            if not offer.wish and (offer.format, offer.mode, offer.channel) == (wish.format, wish.mode, "internal")
        )
        if offer := next(fitting, None):
            offer.wish = wish.name
    return offers


def _wish(offer: Offer) -> Wish | None:
    return next((wish for wish in WISHES if wish.name == offer.wish), None)


def _give_days(offers: list[Offer], count: int, dice: Random) -> None:
    """First days with the plan's sums; fairs, open days and weekends take theirs before the others."""
    left = Counter(shares.share_out(count, dict(zip(DAYS, words.read("vocabulary")["day_counts"], strict=True))))
    waiting = []
    sunday = [offer for offer in offers if offer.format == "excursion"][: left[schedule.SUNDAY]]
    fixed: dict[int, date] = {id(offer): schedule.SUNDAY for offer in sunday}
    for format, days in (
        ("trade_fair_participation", FAIR_DAYS),
        ("fair_tour", FAIR_TOUR_DAYS),
        ("open_day", {schedule.SATURDAY: 1}),
        ("block_course", dict.fromkeys((DAYS[0], DAYS[1], DAYS[2], DAYS[6]), 1)),
        ("exhibition", dict.fromkeys((DAYS[0], DAYS[1], DAYS[6]), 1)),
    ):
        same = [offer for offer in offers if offer.format == format]
        for day, n in shares.share_out(len(same), days).items():
            for _ in range(n):
                fixed[id(same.pop())] = day
    for offer in sorted(offers, key=lambda offer: _wish(offer) is None):
        wish = _wish(offer)
        wanted = wish.day if wish else fixed.get(id(offer))
        if wanted and left[wanted]:
            offer.day = wanted
            left[wanted] -= 1
        else:
            waiting.append(offer)
    rest = list(left.elements())
    dice.shuffle(rest)
    for offer, day in zip(waiting, rest, strict=True):
        offer.day = day


def _give_countries(offers: list[Offer], count: int, dice: Random) -> None:
    """International partners for 22 %, one or two countries each; matchmaking always has them."""
    abroad = words.read("vocabulary")["countries"]
    codes, weights = list(abroad), [row["weight"] for row in abroad.values()]
    sure = [offer for offer in offers if offer.format == "matchmaking" or ((wish := _wish(offer)) and wish.country)]
    able = [offer for offer in offers if offer.format not in ("open_day", "business_breakfast", "excursion")]
    chosen = shares.pick(dice, able, shares.part_of(count, 22), first=sure)
    for n, offer in enumerate(chosen):
        wish = _wish(offer)
        first = (wish and wish.country) or dice.choices(codes, weights)[0]
        offer.countries = [first]
        if n % 3 == 2:
            others = [code for code in codes if code != first]
            offer.countries.append(dice.choices(others, [abroad[code]["weight"] for code in others])[0])
        offer.partners = [(dice.choice(abroad[code]["partners"]), code) for code in offer.countries]


def _give_hosts(offers: list[Offer], count: int, dice: Random) -> Counter[str]:
    """Hosts with the plan's sums per Land, shared evenly inside it, and a title that fits. Returns the titles taken."""
    left: Counter[int] = Counter()
    for land, n in shares.share_out(count, words.read("vocabulary")["land_counts"]).items():
        at_home = [host.number for host in words.hosts() if host.land == land]
        dice.shuffle(at_home)
        left.update(shares.share_out(n, dict.fromkeys(at_home, 1)))
    taken: Counter[str] = Counter()
    order = sorted(offers, key=lambda o: (not o.wish, CHOOSY.index(o.format) if o.format in CHOOSY else len(CHOOSY)))
    for offer in order:
        _settle(offer, left, taken, dice)
    return taken


def _others(taken: Counter[str], dice: Random) -> list[Offer]:
    """What the office and the clusters still work on, and what was called off."""
    made = []
    for row in words.read("others"):
        host = next(host for host in words.hosts() if host.plain_name == row["host"])
        offer = Offer(row["format"], row["mode"], row["channel"], row["state"], row.get("wish"))
        offer.day = date.fromisoformat(row["day"])
        _settle(offer, Counter({host.number: 1}), taken, dice)
        made.append(offer)
    return made


def _settle(offer: Offer, left: Counter[int], taken: Counter[str], dice: Random) -> None:
    wish = _wish(offer)
    country = offer.countries[0] if offer.countries else None
    wanted = next((h.number for h in words.hosts() if wish and h.plain_name == wish.host), None)
    free: dict[int, float] = {number: n**1.5 for number, n in left.items() if n}
    second_best: tuple[words.Host, words.Title] | None = None
    # Once the vocabulary is used up, looking everywhere for a free title would only take time.
    tries = len(free) if len(taken) < MOST_TITLES else 1
    for _ in range(tries):
        number = wanted if wanted in free else dice.choices(list(free), list(free.values()))[0]
        host = words.hosts()[number]
        for title in words.titles(offer.format, host, country, dice):
            if title.key not in taken and (not wish or wish.about in title.de):
                return _take(offer, host, title, left, taken, dice)
            second_best = second_best or (host, title)
        del free[number]
    if not second_best:
        host = words.hosts()[dice.choices(list(left), list(left.values()))[0]]
        second_best = host, next(words.titles(offer.format, host, country, dice, only_fitting=False))
    return _take(offer, *second_best, left, taken, dice)


def _take(
    offer: Offer, host: words.Host, title: words.Title, left: Counter[int], taken: Counter[str], dice: Random
) -> None:
    taken[title.key] += 1
    offer.host, offer.title = host, title
    if taken[title.key] > 1:
        offer.title = words.numbered(title, taken[title.key])
    left[host.number] -= 1
    offer.fields = list(title.fields)
    offer.fields += [slug for slug in host.fields if slug not in offer.fields and dice.random() < 0.5]
