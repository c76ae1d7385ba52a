"""The demo's frame: its two editions, its 43 clusters, and the people who may log in."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from clusterweek.accounts import passwords, rules
from clusterweek.accounts.models import Grant, Person
from clusterweek.clusters.models import Cluster, Membership
from clusterweek.db.session import db
from clusterweek.demo import schedule, words
from clusterweek.editions.models import Edition, EditionPartnerCountry
from clusterweek.vocabulary import lists

WEEK, CONFERENCE = "clusterwoche-2027-demo", "jahrestagung-2027-demo"
BERLIN = ZoneInfo("Europe/Berlin")
# name, role or cluster, Land
PEOPLE = (
    ("Olaf Muster", "olaf@example.org", "organiser", None),
    ("Clara Muster", "clara@example.org", "LeichtbauZirkel Lech", None),
    ("Bruno Muster", "bruno@example.org", "SpreePhotonik", None),
    ("Lena Muster", "lena@example.org", "land_coordinator", "DE-BY"),
    ("Vera Muster", "vera@example.org", "viewer", None),
)
EXPIRED_LABEL = "HolzWerk Barnim"
LEFT_SINCE = "Windhafen Nordsee"  # deactivated after its activities were published
FRAME: dict[str, Any] = {
    "state": "open",
    "timezone": "Europe/Berlin",
    "patrons_de": "Demo-Ministerium für Wirtschaft (frei erfunden)\nDemo-Ministerium für Forschung (frei erfunden)",
    "patrons_en": "Demo Ministry of Economics (invented)\nDemo Ministry of Research (invented)",
    "sponsor_de": "Eine Initiative der Demo-Ministerien für Wirtschaft und Forschung",
    "sponsor_en": "An initiative of the demo ministries of economics and research",
    "organised_by": "Programmbüro (Demo)",
    "is_demo": True,
}


GREETING = {
    "greeting_de": """Liebe Gäste der Clusterwoche,

zehn Tage lang öffnen Cluster in allen Teilen des Landes ihre Türen. Sie zeigen, woran sie arbeiten, und sie suchen \
das Gespräch: mit Unternehmen und Hochschulen, mit Schulen und Verwaltungen, mit Menschen, die einfach neugierig sind.

In diesem Heft finden Sie **jede Veranstaltung an ihrem Tag**. Am Ende führen vier Register zu ihnen:

- nach Bundesland, wenn Sie in Ihrer Nähe suchen,
- nach Technologiefeld, wenn Sie ein Thema haben,
- nach Cluster und nach Partnerland, wenn Sie wissen, wen Sie treffen möchten.

Änderungen gibt es bis zuletzt. Der Code neben jeder Veranstaltung führt zu ihrer Seite, dort steht der neueste Stand.

Wir wünschen Ihnen gute Begegnungen.

*Ihr Programmbüro (Demo): Alle Veranstaltungen, Cluster und Personen in diesem Heft sind frei erfunden.*""",
    "greeting_en": """Dear guests of the Cluster Week,

For ten days, clusters all over the country are opening their doors. They will show you what they are working on, and \
they would like to talk: to companies and universities, to schools and public authorities, and to anyone who is curious.

This booklet lists **every activity on its day**. Four indexes at the end help you find the ones you want:

- by Land, if you are looking near your home,
- by technology field, if you have a subject in mind,
- by cluster and by partner country, if you know whom you would like to meet.

There will be changes right up to the last minute. The code beside each activity takes you to its page, which is \
always up to date.

We hope you meet many interesting people.

*Your programme office (demo): all activities, clusters and people in this booklet are invented.*""",
}


def add_editions(*, now: datetime) -> tuple[Edition, Edition]:
    """The week, and the annual conference that closes it."""
    week = Edition(
        slug=WEEK,
        kind="cluster_week",
        title_de="Clusterwoche Deutschland 2027 (Demo)",
        title_en="Cluster Week Germany 2027 (demo)",
        summary_de="Zehn Tage lang zeigen Cluster in ganz Deutschland, woran sie arbeiten. "
        "Alle Veranstaltungen, Cluster und Personen dieser Woche sind frei erfunden.",
        summary_en="For ten days, clusters all over Germany show what they are working on. "
        "All activities, clusters and people of this week are invented.",
        **GREETING,
        starts_on=schedule.FIRST,
        ends_on=schedule.LAST,
        submissions_until=datetime(2027, 2, 28, 23, 59, tzinfo=BERLIN),
        created_at=now,
        updated_at=now,
        **FRAME,
    )
    db.session.add(week)
    db.session.flush()
    conference = Edition(
        slug=CONFERENCE,
        kind="annual_conference",
        parent_edition_id=week.id,
        title_de="Jahrestagung 2027 (Demo)",
        title_en="Annual conference 2027 (demo)",
        summary_de="Mit der Jahrestagung in Berlin geht die Clusterwoche zu Ende. Partnerland sind die Niederlande.",
        summary_en="The annual conference in Berlin closes the cluster week. The guest country is the Netherlands.",
        starts_on=schedule.LAST,
        ends_on=schedule.LAST,
        place="Konferenzzentrum (Demo-Adresse)",
        city="Berlin",
        land="DE-BE",
        partner_countries=[EditionPartnerCountry(country="NL")],
        created_at=now,
        updated_at=now,
        **FRAME,
    )
    db.session.add(conference)
    db.session.flush()
    return week, conference


def add_clusters(*, now: datetime) -> dict[int, Cluster]:
    """The 43 demo clusters by their number."""
    made = {host.number: _cluster(host, now) for host in words.hosts()}
    db.session.add_all(made.values())
    db.session.flush()
    return made


def _cluster(host: words.Host, now: datetime) -> Cluster:
    field = lists.FIELDS[host.fields[0]]
    valid_until = date(2027 + host.number % 3, 1 + host.number % 12, 28)
    cluster = Cluster(
        slug=host.slug,
        name=host.name,
        land=host.land,
        city=host.city,
        email=host.email,
        website=f"https://www.{host.domain}/",
        summary_de=f"{host.plain_name} verbindet Unternehmen, Forschung und Verwaltung im Technologiefeld "
        f"„{field.de}“, von {host.city} aus. Dieses Cluster ist frei erfunden.",
        summary_en=f"{host.plain_name} connects firms, research and public administration in the technology field "
        f"“{field.en}”, based in {words.english_city(host.city)}. This cluster is invented.",
        ecei_label=host.label,
        label_valid_until=date(2026, 9, 30)
        if host.plain_name == EXPIRED_LABEL
        else valid_until
        if host.label
        else None,
        is_active=host.plain_name != LEFT_SINCE,
        is_demo=True,
        created_at=now,
        updated_at=now,
    )
    cluster.fields = list(host.fields)
    return cluster


def add_people(clusters: dict[int, Cluster], *, now: datetime) -> dict[str, Person]:
    """The people who may log in, by address. All have the same password, which everybody knows."""
    password = passwords.hashed(rules.DEMO_PASSWORD)
    by_name = {host.plain_name: clusters[host.number] for host in words.hosts()}
    made = {}
    for name, email, role, land in PEOPLE:
        person = Person(
            name=name, email=email, email_normalised=email, password_hash=password, is_demo=True, created_at=now
        )
        db.session.add(person)
        db.session.flush()
        made[email] = person
        if role in by_name:
            owner = Membership(cluster_id=by_name[role].id, person_id=person.id, is_owner=True, created_at=now)
            db.session.add(owner)
        else:
            db.session.add(Grant(person_id=person.id, role=role, land=land, created_at=now))
    db.session.flush()
    return made
