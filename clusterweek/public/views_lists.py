"""Clusters, partner countries, the archive: each a list and a page for one."""

from datetime import datetime

from flask import abort, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from clusterweek import clock
from clusterweek.clusters import queries as clusters_there
from clusterweek.editions import queries as editions, rules as edition_rules
from clusterweek.editions.models import Edition
from clusterweek.frame import page as frame
from clusterweek.listing import filter as filters
from clusterweek.listing.facets import Facets, facets
from clusterweek.listing.filter import Filter
from clusterweek.public import archive_page, directory, programme_page, subscribe
from clusterweek.public.bp import bp
from clusterweek.public.programme_page import View
from clusterweek.public.subscribe import Subscription
from clusterweek.vocabulary import lists
from clusterweek.web import guards


@bp.get("/<lang:lang>/clusters/")
@guards.public
def clusters() -> str:
    """Everybody who contributes, by Land, with the number of activities in the current week."""
    now = clock.now()
    edition, counts = _current(now=now)
    return render_template(
        "public/clusters.html",
        edition=edition,
        lands=directory.by_land(clusters_there.active(), counts.clusters if counts else {}),
    )


@bp.get("/<lang:lang>/clusters/<cluster>")
@guards.public
def cluster(cluster: str) -> str:
    """One cluster and what it offers in the current week."""
    now = clock.now()
    found = clusters_there.by_slug(cluster)
    if found is None or not found.is_active:
        abort(404)
    edition, _counts = _current(now=now)
    view, subscription = _selection(edition, filters.of([("cluster", found.slug)], now=now), name=found.name, now=now)
    return render_template(
        "public/cluster.html",
        cluster=found,
        label=directory.label(found, today=clock.today(current_app.config["TIMEZONE"], now=now)),
        edition=edition,
        view=view,
        subscription=subscription,
    )


@bp.get("/<lang:lang>/partner-countries/")
@guards.public
def partner_countries() -> str:
    """Where partners come from in the current week, and which countries were guests of an annual conference."""
    now = clock.now()
    edition, counts = _current(now=now)
    return render_template(
        "public/partner_countries.html",
        edition=edition,
        countries=directory.countries(counts.countries if counts else {}),
        guests=directory.guests(editions.public()),
    )


@bp.get("/<lang:lang>/partner-countries/<code>")
@guards.public
def partner_country(code: str) -> Response | str:
    """One country: activities with its partners, editions where it was the guest, the calendar to subscribe to."""
    now = clock.now()
    if code.upper() not in lists.country_codes():
        abort(404)
    if code != code.upper():
        return redirect(url_for("public.partner_country", code=code.upper()), 301)
    edition, _counts = _current(now=now)
    chosen = filters.of([("country", code)], now=now)
    view, subscription = _selection(edition, chosen, name=lists.country(code), now=now, partners_of=code)
    there = [(other, row) for other in editions.public() for row in other.partner_countries if row.country == code]
    return render_template(
        "public/partner_country.html",
        code=code,
        edition=edition,
        view=view,
        subscription=subscription,
        guest_of=[other for other, row in there if row.is_guest],
        partner_in=[other for other, row in there if not row.is_guest],
    )


@bp.get("/<lang:lang>/archive/")
@guards.public
def archive() -> str:
    """All past editions, by kind, the newest first."""
    return render_template(
        "public/archive.html",
        groups=archive_page.groups(editions.archive()),
        dates_of=programme_page.dates_of,
        place_of=programme_page.place_of,
        figures_of=archive_page.in_words,
    )


@bp.get("/<lang:lang>/archive/<edition>")
@guards.public
def archive_edition(edition: str) -> Response | str:
    """One past edition: figures with their counting rule and sources, highlights. A current one has its programme."""
    found = frame.current().find(edition)
    if found is None or not found.is_public:
        abort(404)
    if found.state != "archived":
        return redirect(url_for("public.programme", edition=found.slug))
    counts = facets(found, Filter())
    return render_template(
        "public/archive_edition.html",
        edition=found,
        dates=programme_page.dates_of(found),
        place=programme_page.place_of(found),
        figures=archive_page.figures(found),
        sources=archive_page.sources(found),
        patrons=archive_page.patrons(found),
        parts=[other for other in editions.public() if other.parent_edition_id == found.id],
        stored_count=counts.all_total,  # often fewer than took place
    )


def _current(*, now: datetime) -> tuple[Edition | None, Facets | None]:
    """The current edition and its counts, as far as the public may see them."""
    edition = frame.current().edition
    if edition is None or not edition_rules.shows_programme(edition, now=now):
        return edition, None
    return edition, facets(edition, Filter())


def _selection(
    edition: Edition | None, chosen: Filter, *, name: str, now: datetime, partners_of: str | None = None
) -> tuple[View | None, Subscription | None]:
    """The days of a selection and the way to subscribe to it; (None, None) before the programme is shown."""
    if edition is None:
        return None, None
    subscription = subscribe.subscription(edition.slug, chosen.query(), name=name)
    if not edition_rules.shows_programme(edition, now=now):
        return None, subscription
    counts = facets(edition, chosen)
    return programme_page.whole(edition, chosen, counts, page=1, now=now, partners_of=partners_of), subscription
