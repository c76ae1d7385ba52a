"""The one filter of pages, feeds, files and the office's desk: read from an address, written into addresses, named.

A filter only ever narrows. What there is to be narrowed, the public programme or what somebody's sight shows, is not
in it and in no address: whoever asks `query` says so. So no name or value can show what is not published.
"""

import difflib
import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from clusterweek.activities import texts
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.i18n import day_short, gettext as _
from clusterweek.refusal import Refusal
from clusterweek.vocabulary import lists
from clusterweek.web.forms import one_line

LONGEST_SEARCH = 100  # characters; longer ones are pasted by mistake
MOST_SEARCHES, MOST_WORDS = 5, 10  # each word of each search is looked for in every text: 600 of them took two seconds
MOST_VALUES = 60  # of one filter: more than there are Länder, fields or formats
NONE = "none"  # as a Land: of no Land
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class UnknownFilter(Refusal):
    """400: the address asks for a filter, or a value of one, that does not exist; the sentence names it."""

    def __init__(self, name: str, value: str | None = None, *, known: Iterable[str] = ()) -> None:
        self.name, self.value = name, value
        if value is None:
            there = ", ".join(known)
            sentence = _("There is no filter “%(name)s”. There are: %(known)s.", name=_short(name), known=there)
        elif name == "q":
            sentence = _(
                "The search “%(value)s” (filter “q”) cannot be used: at most %(count)s searches at once, each of at "
                "most %(words)s words and %(length)s characters.",
                value=_short(value),
                count=MOST_SEARCHES,
                words=MOST_WORDS,
                length=LONGEST_SEARCH,
            )
        else:
            sentence = _no_such(name, _short(value))
        super().__init__(sentence, status=400)


@dataclass(frozen=True)
class Chip:
    """A filter in force: `label` for people; `query_without` is what stays in the address when it is taken off."""

    name: str
    value: str
    label: str
    query_without: list[tuple[str, str]]


@dataclass(frozen=True)
class Filter:
    """What was chosen, in one canonical order: equal filters have equal keys, whatever the order in the address.

    Values of one name mean either, different names mean both.
    """

    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    now: datetime = field(default=datetime.min, compare=False)  # `seats` asks whether people may still sign up then

    def __bool__(self) -> bool:
        return bool(self.chosen)

    def values(self, name: str) -> tuple[str, ...]:
        return self._by_name.get(name, ())

    def has(self, name: str, value: str | None = None) -> bool:
        return name in self._by_name if value is None else value in self.values(name)

    @cached_property
    def _by_name(self) -> dict[str, tuple[str, ...]]:
        return dict(self.chosen)

    @cached_property
    def key(self) -> str:
        """The query string, without "?"; empty when nothing was chosen."""
        return urlencode(self.query())

    def query(self) -> list[tuple[str, str]]:
        """Pairs for an address."""
        return [(name, value) for name, values in self.chosen for value in values]

    def args(self) -> dict[str, Any]:
        """The same for `url_for(endpoint, **filter.args())`."""
        return {name: list(values) for name, values in self.chosen}

    def only(self, name: str, *values: str) -> "Filter":
        """This filter with these values of a name in the place of others."""
        return _filter({**self._by_name, name: values}, self.now)

    def without(self, name: str, value: str | None = None) -> "Filter":
        """This filter without one value, or without everything of that name."""
        return self.only(name, *(() if value is None else (v for v in self.values(name) if v != value)))

    @cached_property
    def days(self) -> tuple[date, ...]:
        return tuple(date.fromisoformat(value) for value in self.values("day"))

    @cached_property
    def searches(self) -> list[list[str]]:
        """For each search the folded words, all of which must be found."""
        return [texts.fold(value).split() for value in self.values("q")]

    def labels(self) -> list[tuple[str, str, str]]:
        """(name, value, how people call it), in the current language. One query, and only if clusters were chosen."""
        names: dict[str, str] = {}
        if slugs := self.values("cluster"):
            found = db.session.execute(select(Cluster.slug, Cluster.name).where(Cluster.slug.in_(slugs))).all()
            names = {row.slug: row.name for row in found}
        return [(name, value, names.get(value) or DESK[name].label(value)) for name, value in self.query()]

    def chips(self) -> list[Chip]:
        """What is in force, to be shown and taken off one by one."""
        return [Chip(name, value, label, self.without(name, value).query()) for name, value, label in self.labels()]


@dataclass(frozen=True)
class _Kind:
    """One filter: which values it knows, and how people call them."""

    is_known: Callable[[str], bool]
    label: Callable[[str], str]


def _is_day(value: str) -> bool:
    try:
        return (
            bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII)) and 1990 <= date.fromisoformat(value).year <= 2200
        )
    except ValueError:
        return False


def _listed(entries: dict[str, lists.Term]) -> _Kind:
    return _Kind(entries.__contains__, lambda value: entries[value].name)


def _only(value: str, label: Callable[[], str]) -> _Kind:
    return _Kind(value.__eq__, lambda _value: label())


def _or_none(kind: _Kind, label: Callable[[], str]) -> _Kind:
    return _Kind(lambda v: v == NONE or kind.is_known(v), lambda v: label() if v == NONE else kind.label(v))


# In this order they stand in addresses; the keys of kept answers and the ETags depend on it.
KINDS: dict[str, _Kind] = {
    "q": _Kind(
        lambda value: (
            len(value) <= LONGEST_SEARCH and "\0" not in value and len(texts.fold(value).split()) <= MOST_WORDS
        ),
        lambda value: _("“%(words)s”", words=value),
    ),
    "day": _Kind(_is_day, lambda value: day_short(date.fromisoformat(value))),
    "land": _listed(lists.LAENDER),
    "host_land": _Kind(
        lists.LAENDER.__contains__, lambda value: _("Cluster from %(land)s", land=lists.LAENDER[value].name)
    ),
    "field": _listed(lists.FIELDS),
    "country": _Kind(lambda value: value in lists.country_codes(), lists.country),
    "format": _listed(lists.FORMATS),
    "mode": _listed(lists.MODES),
    "access": _listed(lists.ACCESSES),
    "cluster": _Kind(lambda value: len(value) <= 80 and bool(SLUG.fullmatch(value)), str),
    "language": _listed(lists.SPOKEN),
    "seats": _only("1", lambda: _("Places available")),
    "cost": _only("none", lambda: _("Free of charge")),
    "accessible": _only("1", lambda: _("Accessible")),
    "status": _listed(lists.HAPPENINGS),
}
NAMES = tuple(KINDS)
# What the office's desk asks besides; no public address knows it.
DESK: dict[str, _Kind] = KINDS | {
    "land": _or_none(KINDS["land"], lambda: _("Venue without a Land")),
    "host_land": _or_none(KINDS["host_land"], lambda: _("Cluster without a Land")),
    "review": _listed(lists.REVIEW_STEPS),
    "concerns": _Kind(
        lambda value: value in lists.LAENDER or value in lists.country_codes(),
        lambda value: _("Concerns %(name)s", name=(KINDS["land"] if "-" in value else KINDS["country"]).label(value)),
    ),
    "outside": _only("1", lambda: _("Outside the days of the edition")),
}


def parse(
    args: MultiDict[str, str], *, now: datetime, kinds: Mapping[str, _Kind] = KINDS, beside: Container[str] = ()
) -> Filter:
    """The filter that an address asks for. Raises UnknownFilter for a name or a value that `kinds` does not have.

    Empty values (a form that was left blank) count as not given, searches of nothing but marks too. `lang` is ignored,
    and what the address says `beside` the filter, like the page; what others hang on addresses has been dropped by
    `web.marks`. Whether a cluster of that name exists is asked by `query.matching`.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, given in args.lists():
        if name == "lang" or name in beside:
            continue
        kind = kinds.get(name)
        if kind is None:
            raise UnknownFilter(name, known=kinds)
        values = [one_line(value) if name == "q" and "\0" not in value else " ".join(value.split()) for value in given]
        values = [value for value in values if value and (name != "q" or texts.fold(value))]
        for value in values:
            if not kind.is_known(value):
                raise UnknownFilter(name, value)
        if name == "q":
            values = list(dict.fromkeys(values))
        if len(values) > (most := MOST_SEARCHES if name == "q" else MOST_VALUES):
            raise UnknownFilter(name, values[most])
        found[name] = tuple(values)
    return _filter(found, now)


def _filter(values: dict[str, tuple[str, ...]], now: datetime) -> Filter:
    return Filter(tuple((name, tuple(sorted(set(values[name])))) for name in DESK if values.get(name)), now)


def _no_such(name: str, value: str) -> str:
    """What an address asks for and there is not, and what was probably meant."""
    said = {
        "field": _("There is no technology field “%(value)s” (filter “field”).", value=value),
        "format": _("There is no format “%(value)s” (filter “format”).", value=value),
        "land": _("There is no federal state “%(value)s” (filter “land”).", value=value),
        "day": _("“%(value)s” is not a day like 2027-04-08 (filter “day”).", value=value),
    }
    sentence = said.get(name) or _("The filter “%(name)s” has no “%(value)s”.", name=name, value=value)
    entries = {"field": lists.FIELDS, "format": lists.FORMATS, "land": lists.LAENDER}.get(name, {})
    near = _near(value.casefold(), entries)
    meant = _("Did you mean %(names)s?", names=", ".join(near)) if near else ""
    return f"{sentence} {meant}".strip()


def _near(wanted: str, entries: Mapping[str, lists.Term]) -> list[str]:
    """Names in which it occurs, by code or in either language, else those that are spelt nearly so."""
    spelt = {said.casefold(): term.name for term in entries.values() for said in (term.code, term.de, term.en)}
    found = [spelt[one] for one in spelt if len(wanted) >= 3 and wanted in one]
    found = found or [spelt[one] for one in difflib.get_close_matches(wanted, spelt, n=3, cutoff=0.7)]
    return list(dict.fromkeys(found))[:3]


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "…"


def of(pairs: Iterable[tuple[str, str]], *, now: datetime, kinds: Mapping[str, _Kind] = KINDS) -> Filter:
    """`parse` for pairs."""
    return parse(MultiDict(pairs), now=now, kinds=kinds)
