"""The edition at a glance: counts, the table of Länder and days, and what needs somebody's attention."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import and_, case, func, select, union

from clusterweek import clock
from clusterweek.activities.desk import seen
from clusterweek.activities.models import Activity, ActivityCountry, Occurrence
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.desk.sight import Sight
from clusterweek.editions import workdays
from clusterweek.editions.models import Edition
from clusterweek.frame import legal
from clusterweek.i18n import either, gettext as _, local, moment_short, ngettext, number
from clusterweek.operating import heartbeat
from clusterweek.operating.health import SILENCE_SECONDS
from clusterweek.organiser import outbox_list, queries
from clusterweek.outbox import queries as outbox
from clusterweek.registrations import queries as registrations, words as registration_words
from clusterweek.registrations.models import Registration
from clusterweek.vocabulary import lists

ONLINE, ELSEWHERE = "online", "elsewhere"
CROWDS_SHOWN = 3  # whoever attacks more activities than these is seen by them, too


@dataclass(frozen=True)
class Counts:
    """The row of figures. `places`: all that are offered on these pages; `unlimited`: activities without a limit."""

    status: dict[str, int]
    overdue: int
    places: int
    unlimited: int
    taken: int
    waiting: int


@dataclass(frozen=True)
class LandRow:
    """A line of the table: activities that touch each day, and how many there are in all (each counted once)."""

    code: str
    name: str
    days: dict[date, int]
    total: int


@dataclass(frozen=True)
class Table:
    """Länder by days. `by`: "venue" (where it takes place), "host" (the cluster's Land) or "sight": a row for each Land
    and country that somebody is limited to, with all that concerns it."""

    by: str
    days: list[date]
    rows: list[LandRow]
    sums: LandRow

    @property
    def missing(self) -> list[str]:
        """Names of the rows in which nothing is public yet."""
        return [row.name for row in self.rows if not row.total]


@dataclass(frozen=True)
class Alarm:
    """Something that needs attention; `endpoint` and `values` lead to where it can be mended."""

    sentence: str
    endpoint: str | None = None
    values: dict[str, str] = field(default_factory=dict)


def counts(edition: Edition, sight: Sight, *, now: datetime) -> Counts:
    """The figures of an edition, in four queries."""
    waiting_since = [row.submitted_at for row in queries.waiting(edition, sight)]
    today = clock.today(edition.timezone, now=now)
    overdue = sum(
        workdays.between(local(since, edition.timezone).date(), today) > workdays.ANSWER_WITHIN
        for since in waiting_since
    )
    limit = case(
        (Activity.mode == "hybrid", Activity.capacity + Activity.capacity_online),
        (Activity.mode == "online", func.coalesce(Activity.capacity_online, Activity.capacity)),
        else_=Activity.capacity,
    )
    offered = and_(
        Activity.edition_id == edition.id,
        Activity.review_status == "published",
        Activity.registration_mode == "internal",
        ~Activity.is_off,
        seen(sight),
    )
    places, unlimited = db.session.execute(
        select(func.coalesce(func.sum(limit), 0), func.count().filter(limit.is_(None))).where(offered)
    ).one()
    by_status = dict(
        db.session.execute(
            select(Registration.status, func.count())
            .join(Activity, Activity.id == Registration.activity_id)
            .where(offered, Registration.is_unheld.is_(False))
            .group_by(Registration.status)
        ).all()
    )
    return Counts(
        status=queries.count_by_status(edition, sight),
        overdue=overdue,
        places=places,
        unlimited=unlimited,
        taken=by_status.get("confirmed", 0) + by_status.get("unconfirmed", 0),
        waiting=by_status.get("waitlisted", 0),
    )


def table(edition: Edition, sight: Sight, *, by: str) -> Table:
    """What is public, by Land and day; all 16 Länder stand in it, so that gaps can be seen. One query.

    Who is limited to Länder or countries has rows of these only, since the others cannot be seen whole. Two queries.
    """
    by = by if sight.is_whole else "sight"
    wanted = (
        select(Activity.id, Activity.mode, Cluster.land, Occurrence)
        .join(Occurrence, Occurrence.activity_id == Activity.id)
        .outerjoin(Cluster, Cluster.id == Activity.host_cluster_id)
        .where(
            Activity.edition_id == edition.id,
            Activity.review_status == "published",
            ~Activity.is_cancelled,
            Occurrence.removed_at.is_(None),
            seen(sight),
        )
    )
    days = edition.days
    concerned = {} if sight.is_whole else _concerned(edition, sight)
    touched: dict[str, dict[date, set[int]]] = {}
    totals: dict[str, set[int]] = {}
    for activity_id, mode, host_land, occurrence in db.session.execute(wanted):
        land = host_land if by == "host" else occurrence.venue_land or (ONLINE if mode == "online" else None)
        for code in concerned.get(activity_id, ()) if by == "sight" else [land or ELSEWHERE]:
            totals.setdefault(code, set()).add(activity_id)
            day = occurrence.starts_on
            while day <= occurrence.ends_on:
                touched.setdefault(code, {}).setdefault(day, set()).add(activity_id)
                day += timedelta(days=1)
    names = sight.names if by == "sight" else {code: entry.name for code, entry in lists.LAENDER.items()}
    for code, name in ((ONLINE, _("Online")), (ELSEWHERE, _("Abroad or without a Land"))):
        if code in totals:
            names[code] = name
    rows = [
        LandRow(code, name, {day: len(touched.get(code, {}).get(day, ())) for day in days}, len(totals.get(code, ())))
        for code, name in names.items()
    ]
    sums = Counter({day: len(set().union(*(by_day.get(day, set()) for by_day in touched.values()))) for day in days})
    return Table(
        by, days, rows, LandRow("", _("All"), dict(sums), len(set().union(*totals.values()) if totals else ()))
    )


def _concerned(edition: Edition, sight: Sight) -> dict[int, set[str]]:
    """Activity id -> which of the Länder and countries of a limited sight it concerns, as `seen` has it."""
    found: dict[int, set[str]] = {}
    hosted = select(Activity.id, Cluster.land).join(Cluster, Cluster.id == Activity.host_cluster_id)
    held = (
        select(Activity.id, Occurrence.venue_land)
        .join(Occurrence, Occurrence.activity_id == Activity.id)
        .where(Occurrence.removed_at.is_(None))
    )
    partnered = select(Activity.id, ActivityCountry.country).join(
        ActivityCountry, ActivityCountry.activity_id == Activity.id
    )
    here = Activity.edition_id == edition.id
    parts = (
        hosted.where(here, Cluster.land.in_(sight.laender)),
        held.where(here, Occurrence.venue_land.in_(sight.laender)),
        partnered.where(here, ActivityCountry.country.in_(sight.countries)),
    )
    activity_id: int
    code: str
    for activity_id, code in db.session.execute(union(*parts)):
        found.setdefault(activity_id, set()).add(code)
    return found


def alarms(edition: Edition | None, *, now: datetime) -> list[Alarm]:
    """What needs the office: legal pages with gaps, a silent worker, letters that failed or wait, many registrations
    from one network, dates outside."""
    found = []
    placeholders = legal.placeholders()
    if placeholders:
        names = {"imprint": _("Imprint"), "privacy": _("Privacy"), "accessibility": _("Accessibility statement")}
        concerned = dict.fromkeys(gap.partition(".")[0] for gap in placeholders)
        pages = ", ".join(names.get(page, page) for page in concerned)
        found.append(
            Alarm(
                ngettext(
                    "The legal pages still have %(num)s gap: %(pages)s. Put your own texts into the folder “legal”.",
                    "The legal pages still have %(num)s gaps: %(pages)s. Put your own texts into the folder “legal”.",
                    len(placeholders),
                    pages=pages,
                ),
                "public.legal",
                {"page": next(iter(concerned))},
            )
        )
    beat_at = heartbeat.last_beat_at(now=now)
    if beat_at is None:
        found.append(Alarm(_("No worker is running: letters do not leave. Start “clusterweek worker”.")))
    elif (now - beat_at).total_seconds() >= SILENCE_SECONDS:
        since = moment_short(beat_at)
        found.append(Alarm(_("The worker has been silent since %(moment)s: letters do not leave.", moment=since)))
    failed = outbox.counts()["failed"]
    if failed:
        sentence = ngettext("%(num)s letter has failed.", "%(num)s letters have failed.", failed)
        found.append(Alarm(sentence, "organiser.letters", {"state": "failed"}))
    oldest = outbox.oldest_due_at(now)
    if oldest and outbox_list.waiting_too_long_since(now, oldest_due_at=oldest):
        sentence = _("A letter has been waiting since %(moment)s.", moment=moment_short(oldest))
        found.append(Alarm(sentence, "organiser.letters", {"state": "queued"}))
    crowds = list(registrations.crowds(edition.id).values()) if edition else []
    for crowd in crowds[:CROWDS_SHOWN]:
        title = either(crowd.activity, "title")[0]
        sentence = _("“%(title)s”: %(what)s", title=title, what=registration_words.crowded(crowd.count, crowd.held))
        values = {"edition": crowd.activity.edition.slug, "activity_id": str(crowd.activity.id)}
        found.append(Alarm(sentence, "organiser.activity_registrations", values))
    if edition and (outside := queries.count_outside(edition)):
        sentence = _(
            "Activities outside the days of the edition, without an exception: %(count)s.", count=number(outside)
        )
        found.append(Alarm(sentence, "organiser.activities", {"edition": edition.slug}))
    return found
