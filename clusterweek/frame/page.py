"""What the frame of every page shows: brand, menu, language switch, sender line; and the files it loads.

Lazy throughout: a letter rendered in the worker has no request, and an error page must stand even without a database.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

from babel.dates import format_date
from flask import Flask, current_app, has_request_context, request, url_for
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from clusterweek import clock
from clusterweek.accounts import rules as accounts
from clusterweek.accounts.models import Person
from clusterweek.editions import queries as editions
from clusterweek.editions.models import Edition
from clusterweek.frame import bars, legal
from clusterweek.i18n import either, gettext as _, language
from clusterweek.keeping import inputs, said
from clusterweek.vocabulary import lists
from clusterweek.web import assets, links, prose


@dataclass(frozen=True)
class MenuLine:
    """One line of the menu."""

    label: str
    url: str
    is_current: bool


class Frame:
    """Everything is worked out when a template asks for it, at most once a page."""

    @cached_property
    def now(self) -> datetime:
        return clock.now()

    @cached_property
    def _live(self) -> list[Edition]:
        try:
            return editions.live()
        except SQLAlchemyError:  # the page says so itself; its frame must not fail as well
            return []

    @cached_property
    def edition(self) -> Edition | None:
        """The week that the page belongs to; that is the current one unless the address names another."""
        named = (request.view_args or {}).get("edition") if has_request_context() else None
        is_here = (request.endpoint or "").startswith("public.") if named else False
        return next((e for e in self.weeks if is_here and e.slug == named), None) or editions.current_of(
            self._live, self.now
        )

    @cached_property
    def weeks(self) -> list[Edition]:
        """The weeks that are public and not yet in the archive."""
        return [edition for edition in self._live if edition.kind == "cluster_week"]

    @cached_property
    def conference(self) -> Edition | None:
        """The annual conference that is part of the current week."""
        edition = self.edition
        return next(
            (e for e in self._live if edition and e.parent_edition_id == edition.id and e.kind == "annual_conference"),
            None,
        )

    def find(self, slug: str) -> Edition | None:
        """An edition by its address; the current ones are there already."""
        return next((edition for edition in self._live if edition.slug == slug), None) or editions.by_slug(slug)

    @cached_property
    def name(self) -> str:
        return either(self.edition, "title")[0] if self.edition else _("Cluster week")

    @cached_property
    def brand(self) -> tuple[str, str, str]:
        """The name in three parts for the header: (Clusterwoche, Deutschland, 2027); phones leave the middle out."""
        name = without_demo(self.name)
        match = re.fullmatch(r"(.+?)(?:\s+(\S+))?\s+(\d{4})", name)
        return (match[1], match[2] or "", match[3]) if match else (name, "", "")

    @cached_property
    def is_demo(self) -> bool:
        return bool(self.edition and self.edition.is_demo)

    @cached_property
    def sender(self) -> str:
        """Who stands behind the week: "Eine Initiative der … · Organisation: …"; the first half is written by them."""
        if not self.edition:
            return ""
        office = self.edition.organised_by
        parts = (either(self.edition, "sponsor")[0], _("organised by %(name)s", name=office) if office else "")
        return " · ".join(part for part in parts if part)

    @cached_property
    def is_public(self) -> bool:
        """Whether the page is the same for everybody: it may be found and kept, and does without the session."""
        view = current_app.view_functions.get(request.endpoint or "")
        return view is None or getattr(view, "audience", "") == "public"

    @cached_property
    def person(self) -> Person | None:
        """Who is logged in; never asked on public pages."""
        try:
            return None if self.is_public or not current_user.is_authenticated else current_user
        except SQLAlchemyError:  # the same: an error page stands without knowing who reads it
            return None

    @cached_property
    def flashes(self) -> list[Any]:
        try:
            return [] if self.is_public else said.for_this_page()
        except SQLAlchemyError:  # the same
            return []

    @cached_property
    def kept(self) -> list[inputs.Note]:
        """Forms that came when the login had ended, for the person who is logged in."""
        try:
            return inputs.notes() if self.person else []
        except SQLAlchemyError:  # the same
            return []

    @cached_property
    def menu(self) -> list[MenuLine]:
        here = request.path
        entries = []
        for label, url in self._targets():
            entries.append(MenuLine(label, url, here == url or (url.count("/") > 2 and here.startswith(url))))
        return entries

    def _targets(self) -> list[tuple[str, str]]:
        targets = []
        if self.person:  # what one works with stands in the row below; the public pages are one step away
            targets.append((_("My desk"), url_for(accounts.desk(self.person))))
            if self.person.grants and _above().works_for(self.person):  # works for the office and for a cluster
                targets.append((_("My clusters"), url_for("host.desk")))
            return [*targets, (_("Public pages"), url_for("public.home"))]
        if self.edition:
            targets.append((_("Programme"), url_for("public.programme", edition=self.edition.slug)))
        for week in self.weeks:  # a second one that is open already, or still
            if week is not self.edition and week.ends_on >= clock.today(week.timezone, now=self.now):
                targets.append((without_demo(either(week, "title")[0]), url_for("public.programme", edition=week.slug)))
        targets.append((_("Clusters"), url_for("public.clusters")))
        targets.append((_("Partner countries"), url_for("public.partner_countries")))
        if self.conference:
            targets.append((_("Annual conference"), url_for("public.programme", edition=self.conference.slug)))
        targets.append((_("Archive"), url_for("public.archive")))
        return targets

    @property
    def extra_pages(self) -> list[tuple[str, str]]:
        """Easy language and sign language, where the installation has them."""
        return legal.extra(language())

    def bars_of(self, edition: Edition) -> list[bars.Bar]:
        """The bars of an edition's days, for the head of a ticket."""
        return bars.of(_above().days_of(edition))

    @property
    def other_language(self) -> str:
        return "en" if language() == "de" else "de"

    @cached_property
    def other_language_url(self) -> str:
        """The same page with the same filters; the start page where a form's answer has no page of its own."""
        if request.method not in ("GET", "HEAD"):
            adapter = current_app.create_url_adapter(request)
            if adapter is None or "GET" not in adapter.allowed_methods():
                return url_for("public.home", lang=self.other_language)
        query = request.query_string.decode("ascii", "replace")
        return self._path(self.other_language) + (f"?{query}" if query else "")

    def address(self, lang: str | None = None) -> str:
        """The page's own address, or that of its other language, without filters, for search engines."""
        return links.external_url(self._path(lang or language()))

    def _path(self, lang: str) -> str:
        first, _slash, rest = request.path.lstrip("/").partition("/")
        if first not in ("de", "en"):
            return url_for("public.home", lang=lang)
        return f"/{lang}/{quote(rest, safe='/:@!$&()*+,;=~')}"


@dataclass(frozen=True)
class Above:
    """What the frame asks of rooms that stand above it."""

    works_for: Callable[[Person], Iterable[object]]  # the clusters that a person works for
    days_of: Callable[[Edition], Mapping[date, int]]  # how many activities each day of an edition has


def _above() -> Above:
    handed_in: Above = current_app.extensions["frame"]
    return handed_in


def init_app(
    app: Flask,
    *,
    works_for: Callable[[Person], Iterable[object]],
    days_of: Callable[[Edition], Mapping[date, int]],
) -> None:
    """Give every page its frame. What it must know of the rooms above is handed in."""
    app.extensions["frame"] = Above(works_for, days_of)
    app.context_processor(lambda: {"frame": current()})
    app.jinja_env.globals["asset"] = assets.asset
    app.jinja_env.globals["legal_link"] = lambda page: links.page("public.legal", lang=language(), page=page)
    app.jinja_env.filters.update(
        land_name=_named(lists.LAENDER),
        field_name=_named(lists.FIELDS),
        format_name=_named(lists.FORMATS),
        mode_name=_named(lists.MODES),
        access_name=_named(lists.ACCESSES),
        happening_name=_named(lists.HAPPENINGS),
        spoken_name=_named(lists.SPOKEN),
        kind_name=_named(lists.CLUSTER_KINDS),
        label_name=_named(lists.LABELS),
        review_name=_named(lists.REVIEW_STEPS),
        prose=prose.html,
        without_demo=without_demo,
        weekday_short=lambda day: format_date(day, "ccc", locale=language()).rstrip("."),
        day_number=lambda day: format_date(day, "d." if language() == "de" else "d", locale=language()),
        month_name=lambda day: format_date(day, "MMMM", locale=language()),
    )


def without_demo(title: str) -> str:
    """The bar above says that the data is invented; large letters need not say it again."""
    return re.sub(r"\s*\(demo\)$", "", title, flags=re.IGNORECASE)


def current() -> Frame:
    """The frame of this request; views that need the current edition take it from here."""
    if not has_request_context():
        return Frame()
    found: Frame | None = getattr(request, "frame", None)
    if found is None:
        found = request.frame = Frame()  # type: ignore[attr-defined]
    return found


def _named(entries: dict[str, lists.Term]) -> Callable[[str], str]:
    """A filter: code -> name in the language of the page; the code itself when it is unknown."""
    return lambda code: entries[code].name if code in entries else code
