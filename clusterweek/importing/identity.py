"""Whose row is this: numbers of activities, names of clusters, activities that are here already."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.i18n import gettext as _
from clusterweek.web import unseen

# Full-width letters, digits and signs as programs from East Asia write them; other digits (², ٣) are no number here.
NARROW = str.maketrans({chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " "})
DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63", "-"))
NEW = re.compile(r"new ?- ?\S.*", re.IGNORECASE)
BEFORE = re.compile(r"'|#|№|(?:nr|no|num|id|nummer|number)\b ?[.:]?|n°", re.IGNORECASE)
GROUPS = re.compile(r"\d{1,3}(?:[ '’]\d{3})+", re.ASCII)  # 1 067
PLAIN = re.compile(r"(\d+)(?:[.,](\d*))?", re.ASCII)
POWER = re.compile(r"(\d)(?:[.,](\d+))?e[+]?(\d{1,2})", re.IGNORECASE | re.ASCII)  # 1,20E+01
MOST_DIGITS = 9


def folded(name: str) -> str:
    """The form in which names are compared: capitals, kinds of spaces and dashes, and invisible signs say nothing."""
    return " ".join(unicodedata.normalize("NFKC", unseen.compared(name)).translate(DASHES).casefold().split())


def number_of(cell: str) -> int | None:
    """The number of an activity that a cell means; None for a new one: empty, or `new-…`.

    What looks like a number is one: 12, 12.0, 12,0, #12, Nr. 12, 1,20E+01. Raises ValueError with a sentence for
    anything else, and for what may mean two numbers: 1.067, or 1,07E+03, which the spreadsheet has rounded.
    """
    text = " ".join(cell.translate(NARROW).translate(DASHES).split())
    if not text or NEW.fullmatch(text):
        return None
    bare = text[match.end() :].strip() if (match := BEFORE.match(text)) else text
    if GROUPS.fullmatch(bare):
        bare = re.sub(r"\D", "", bare)
    if match := PLAIN.fullmatch(bare):
        whole, rest = match[1], match[2] or ""
        if len(rest) == 3 and len(whole) <= 3 and int(whole):
            raise ValueError(_("“%(value)s” could mean two numbers. Write the number alone.", value=cell))
        if not rest.strip("0"):
            return _bounded(int(whole[-40:]), cell)
    elif match := POWER.fullmatch(bare):
        exponent, digits = int(match[3]), match[2] or ""
        if exponent > len(digits):
            raise ValueError(_("“%(value)s” is rounded. Write the number with all its digits.", value=cell))
        value = Decimal(f"{match[1]}.{digits or 0}").scaleb(exponent)
        if value == value.to_integral_value():
            return _bounded(int(value), cell)
    raise ValueError(
        _(
            "“%(value)s” is not the number of an activity. Leave it empty, or write new-1, new-2 … for new ones.",
            value=cell,
        )
    )


def _bounded(number: int, cell: str) -> int:
    if not 0 < number < 10**MOST_DIGITS:
        raise ValueError(_("There is no activity %(id)s here.", id=cell))
    return number


def key_of_new(cell: str, row: int) -> str:
    """What rows of one new activity have in common; a row without an id stands for itself."""
    text = folded(cell.translate(NARROW)).replace(" ", "")
    return text or f"row {row}"


class Clusters:
    """All clusters, to be found by name or address however they are spelt."""

    def __init__(self, clusters: Iterable[Cluster]) -> None:
        self._by_name: dict[str, list[Cluster]] = {}
        self._by_slug: dict[str, Cluster] = {}
        for cluster in clusters:
            self._by_name.setdefault(folded(cluster.name), []).append(cluster)
            self._by_slug[cluster.slug] = cluster

    def find(self, name: str) -> Cluster | None:
        """Raises ValueError with a sentence when several have that name and none is spelt exactly so."""
        found = self._by_name.get(folded(name), [])
        exact = [cluster for cluster in found if cluster.name == name]
        if len(exact or found) > 1:
            raise ValueError(
                _(
                    "“%(name)s” is the name of several clusters: %(slugs)s. Write one of these instead.",
                    name=name,
                    slugs=", ".join(cluster.slug for cluster in found),
                )
            )
        return next(iter(exact or found), None) or self._by_slug.get(folded(name))

    def is_by_address(self, name: str) -> bool:
        """Whether a name is only known as the address of a cluster: then it is no other spelling of its name."""
        return folded(name) not in self._by_name and folded(name) in self._by_slug


@dataclass
class Known:
    """The activities of an edition by what people know them by: host, title and when they begin."""

    _found: dict[tuple[int | None, str], list[tuple[str, frozenset[datetime]]]] = field(default_factory=dict)

    @classmethod
    def of(cls, edition: Edition) -> "Known":
        """Dates that were taken away count: a postponed activity is here all the same."""
        known = cls()
        starts: dict[int, list[datetime]] = {}
        for activity_id, moment in db.session.execute(
            select(Occurrence.activity_id, Occurrence.starts_local)
            .join(Activity, Activity.id == Occurrence.activity_id)
            .where(Activity.edition_id == edition.id)
        ):
            starts.setdefault(activity_id, []).append(moment)
        for activity_id, host_id, title in db.session.execute(
            select(Activity.id, Activity.host_cluster_id, Activity.title_de)
            .where(Activity.edition_id == edition.id)
            .order_by(Activity.id)
        ):
            known.add(str(activity_id), host_id, title, starts.get(activity_id, []))
        return known

    def add(self, name: str, host_id: int | None, title: str, starts: Collection[datetime]) -> None:
        """`name` is what an answer calls it by."""
        self._found.setdefault((host_id, folded(title)), []).append((name, frozenset(starts)))

    def like(self, host_id: int | None, title: str, starts: Collection[datetime]) -> str | None:
        """Which one has the same host and title, and a start of these; those without a date are alike, too."""
        if not title:
            return None
        for name, begins in self._found.get((host_id, folded(title)), []):
            if begins & set(starts) or not (begins or starts):
                return name
        return None
