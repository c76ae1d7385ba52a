"""When and where the demo's activities take place: the habits of each format."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from clusterweek.demo import words

FIRST, LAST = date(2027, 4, 6), date(2027, 4, 15)
FAIR_ENDS = date(2027, 4, 9)  # the invented fair: Tuesday to Friday of the first week
SATURDAY, SUNDAY = date(2027, 4, 10), date(2027, 4, 11)
AT_HOME = ("site_visit", "open_day")
HALLS = ("Messegelände, Halle 2 (Demo-Adresse)", "Messegelände, Halle 5 (Demo-Adresse)")
VENUES = {
    "regulars_meetup": ("Gasthaus am Markt (Demo-Adresse)", "Brauhaus am Tor (Demo-Adresse)"),
    "business_breakfast": ("Café am Bahnhof (Demo-Adresse)", "Gründungszentrum, Foyer (Demo-Adresse)"),
    "site_visit": ("Werk 1, Empfang (Demo-Adresse)", "Versuchshalle (Demo-Adresse)"),
    "open_day": ("Technologiepark (Demo-Adresse)", "Versuchshalle (Demo-Adresse)"),
    "exhibition": ("Stadtbibliothek, Lichthof (Demo-Adresse)", "Technikmuseum (Demo-Adresse)"),
    "excursion": ("Bahnhofsvorplatz (Demo-Adresse)",),
    "lecture": ("Stadtbibliothek, Vortragssaal (Demo-Adresse)", "Hochschule, Hörsaal 1 (Demo-Adresse)"),
    "congress": ("Kongresshalle (Demo-Adresse)",),
    "conference": ("Kongresshalle (Demo-Adresse)", "Tagungshaus am Fluss (Demo-Adresse)"),
}
ROOMS = (
    "Technologiezentrum (Demo-Adresse)",
    "Innovationsforum (Demo-Adresse)",
    "Hochschule, Gebäude A (Demo-Adresse)",
    "Haus der Wirtschaft (Demo-Adresse)",
)


@dataclass
class Date:
    """One date of an activity, on the wall clock of its zone."""

    starts: datetime
    ends: datetime
    is_all_day: bool = False
    timezone: str = "Europe/Berlin"
    venue_name: str | None = None
    city: str | None = None
    land: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    online_url: str | None = None

    def move_to(self, city: str, venue: str | None = None) -> None:
        """Put it into another town."""
        row = words.place(city)
        self.city, self.land, self.latitude, self.longitude = city, row["land"], row["lat"], row["lon"]
        self.venue_name = venue or self.venue_name


def dates(
    format: str, mode: str, day: date, host: words.Host, title: words.Title, number: int, dice: Random
) -> list[Date]:
    """The dates of one activity that begins on `day`."""
    made = [_date(*when) for when in _times(format, day, title, dice)]
    is_fair = format in ("trade_fair_participation", "fair_tour")
    # Most meet where the cluster is at home (all whose title says so), the rest in another town of the same Land.
    stays = host.city in title.de or format in AT_HOME or dice.random() < 0.6
    city = "Hannover" if is_fair else host.city if stays else dice.choice(words.places(host.land))["city"]
    venue = dice.choice(HALLS if is_fair else VENUES.get(format, ROOMS))
    for date_ in made:
        if mode != "online":
            date_.move_to(city, venue)
        if mode != "in_person":
            date_.online_url = f"https://konferenz.{host.domain}/raum-{number}"
    return made


def _date(first: date, begins: str, last: date, ends: str) -> Date:
    if not begins:
        midnight = time()
        return Date(datetime.combine(first, midnight), datetime.combine(last + timedelta(days=1), midnight), True)
    return Date(datetime.combine(first, time.fromisoformat(begins)), datetime.combine(last, time.fromisoformat(ends)))


def _times(format: str, day: date, title: words.Title, dice: Random) -> list[tuple[date, str, date, str]]:
    if format == "trade_fair_participation":
        left = (FAIR_ENDS - day).days + 1
        days = 4 if left == 4 and dice.random() < 0.5 else min(left, dice.choice((2, 2, 3)))
        return [(day, "", day + timedelta(days=max(days, 1) - 1), "")]
    times = words.read("formats")["formats"][format]["times"]
    begins, ends = dice.choice(times)
    if format == "webinar" and "60" not in title.de and dice.random() < 0.6:
        ends = (datetime.combine(day, time.fromisoformat(ends)) + timedelta(minutes=30)).strftime("%H:%M")
    if format == "block_course":
        return [(each, begins, each, ends) for each in _working_days(day, title.sessions, dice)]
    if format == "exhibition":
        return [(each, begins, each, ends) for each in _days_in_a_row(day, dice.randint(3, 4))]
    return [(day, begins, day, ends)]


def _working_days(first: date, count: int, dice: Random) -> list[date]:
    """`first` and later working days of the week, `count` in all where there are as many."""
    later = [d for d in _days_in_a_row(first, 10)[1:] if d.weekday() < 5]
    return [first, *sorted(dice.sample(later, min(count - 1, len(later))))]


def _days_in_a_row(first: date, count: int) -> list[date]:
    return [d for n in range(count) if (d := first + timedelta(days=n)) <= LAST]
