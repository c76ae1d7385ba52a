"""The edition at a glance: counts, the table of Länder and days, and what needs somebody's attention."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, func, select

from clusterweek import clock
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.desk.sight import Sight
from clusterweek.editions import workdays
from clusterweek.editions.models import Edition
from clusterweek.frame import legal
from clusterweek.i18n import either, gettext as _, local, moment_short, ngettext, number
from clusterweek.listing import outline, query
from clusterweek.listing.filter import NONE, Filter
from clusterweek.operating import heartbeat
from clusterweek.operating.health import SILENCE_SECONDS
from clusterweek.organiser import outbox_list, queries
from clusterweek.organiser.queries import ON, OUTSIDE
from clusterweek.outbox import queries as outbox
from clusterweek.registrations import queries as registrations, words as registration_words
from clusterweek.registrations.models import Registration
from clusterweek.vocabulary import lists

ONLINE, ALL = "online", ""
CROWDS_SHOWN = 3  # whoever attacks more activities than these is seen by them, too


@dataclass(frozen=True)
class Totals:
    """`places`: all that are offered on these pages; `unlimited`: activities without a limit."""

    places: int
    unlimited: int
    taken: int
    waiting: int


@dataclass(frozen=True)
class Counts:
    """The row of figures."""

    status: dict[str, int]
    overdue: int
    totals: Totals


@dataclass(frozen=True)
class LandRow:
    """A line of the table: activities that touch each day, and how many there are in all (each counted once). `chosen`
    finds them in the office's list, for a day with that day."""

    name: str
    chosen: Filter
    days: dict[date, int]
    total: int


@dataclass(frozen=True)
class Table:
    """Länder by days. `by`: "land" (where it takes place), "host_land" (the cluster's) or "concerns": a row for each
    Land and country that somebody is limited to, with all that concerns it."""

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
    values: dict[str, Any] = field(default_factory=dict)


def counts(edition: Edition, sight: Sight, *, now: datetime) -> Counts:
    """The figures of an edition, in four queries."""
    waiting_since = [row.submitted_at for row in queries.waiting(edition, queries.WAITING, sight)]
    today = clock.today(edition.timezone, now=now)
    overdue = sum(
        workdays.between(local(since, edition.timezone).date(), today) > workdays.ANSWER_WITHIN
        for since in waiting_since
    )
    return Counts(queries.count_by_status(edition, sight), overdue, totals(edition, ON, sight))


def totals(edition: Edition, chosen: Filter, sight: Sight) -> Totals:
    """Places and registrations of what the filter finds and is public and takes place, in two queries."""
    limit = case(
        (Activity.mode == "hybrid", Activity.capacity + Activity.capacity_online),
        (Activity.mode == "online", func.coalesce(Activity.capacity_online, Activity.capacity)),
        else_=Activity.capacity,
    )
    offered = and_(
        Activity.id.in_(query.matching(edition, chosen, sight=sight)),
        Activity.review_status == "published",
        Activity.registration_mode == "internal",
        ~Activity.is_off,
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
    return Totals(
        places=places,
        unlimited=unlimited,
        taken=by_status.get("confirmed", 0) + by_status.get("unconfirmed", 0),
        waiting=by_status.get("waitlisted", 0),
    )


def table(edition: Edition, sight: Sight, *, by: str) -> Table:
    """What is public, by Land and day; all 16 Länder stand in it, so that gaps can be seen. One query.

    Who is limited to Länder or countries has rows of these only, since the others cannot be seen whole: one query more
    for each.
    """
    by = by if sight.is_whole else "concerns"
    rows = _rows(by, sight)
    concerned = {code: _ids(edition, rows[code][1], sight) for code in (sight.names if by == "concerns" else ())}
    touched: dict[str, dict[date | None, set[int]]] = defaultdict(lambda: defaultdict(set))  # None: on any day or none
    for activity_id, mode, host_land, occurrence in db.session.execute(
        select(Activity.id, Activity.mode, Cluster.land, Occurrence)
        .outerjoin(Occurrence, and_(Occurrence.activity_id == Activity.id, Occurrence.removed_at.is_(None)))
        .outerjoin(Cluster, Cluster.id == Activity.host_cluster_id)
        .where(Activity.id.in_(query.matching(edition, ON, sight=sight)))
    ):
        if by == "concerns":
            codes = [code for code, ids in concerned.items() if activity_id in ids]
        elif by == "host_land":
            codes = [host_land or NONE]
        else:
            codes = [occurrence.venue_land or (ONLINE if mode == ONLINE else NONE)] if occurrence else []
        for code in (*codes, ALL):
            for day in (None, *(outline.days_between(occurrence, edition.timezone) if occurrence else ())):
                touched[code][day].add(activity_id)
    *found, sums = (
        LandRow(name, chosen, {day: len(touched[code][day]) for day in edition.days}, len(touched[code][None]))
        for code, (name, chosen) in rows.items()
        if code in touched or code not in (ONLINE, NONE)
    )
    return Table(by, edition.days, found, sums)


def _rows(by: str, sight: Sight) -> dict[str, tuple[str, Filter]]:
    """The name of each row and what finds it in the list."""
    names = {code: land.name for code, land in lists.LAENDER.items()} if sight.is_whole else sight.names
    rows = {code: (name, ON.only(by, code)) for code, name in names.items()}
    if sight.is_whole:
        elsewhere = ON.only(by, NONE)
        rows[ONLINE] = _("Online"), elsewhere.only("mode", ONLINE)
        if by == "land":
            elsewhere = elsewhere.only("mode", *(mode for mode in lists.MODES if mode != ONLINE))
        rows[NONE] = _("Abroad or without a Land"), elsewhere
    return rows | {ALL: (_("All"), ON)}


def _ids(edition: Edition, chosen: Filter, sight: Sight) -> set[int]:
    return set(db.session.scalars(query.matching(edition, chosen, sight=sight)))


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
                    "%(num)s detail is still missing on the legal pages (%(pages)s). Whoever runs the server fills "
                    "it in, in the folder “legal”.",
                    "%(num)s details are still missing on the legal pages (%(pages)s). Whoever runs the server fills "
                    "them in, in the folder “legal”.",
                    len(placeholders),
                    pages=pages,
                ),
                "public.legal",
                {"page": next(iter(concerned))},
            )
        )
    beat_at = heartbeat.last_beat_at(now=now)
    if beat_at is None:
        found.append(
            Alarm(_("No e-mail is being sent. Please tell whoever runs the server to start “clusterweek worker”."))
        )
    elif (now - beat_at).total_seconds() >= SILENCE_SECONDS:
        since = moment_short(beat_at)
        found.append(
            Alarm(_("No e-mail has left since %(moment)s. Please tell whoever runs the server.", moment=since))
        )
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
    if edition and (outside := query.count(edition, OUTSIDE, sight=Sight(is_whole=True))):
        sentence = _(
            "Activities outside the days of the edition, without an exception: %(count)s.", count=number(outside)
        )
        found.append(Alarm(sentence, "organiser.activities", {"edition": edition.slug, **OUTSIDE.args()}))
    return found
