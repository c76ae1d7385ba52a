"""The programme with its filters, and the page of one activity."""

from datetime import datetime

from flask import abort, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from clusterweek import clock
from clusterweek.activities import queries as activities, rules as activity_rules
from clusterweek.editions import rules as edition_rules
from clusterweek.editions.models import Edition
from clusterweek.frame import page as frame
from clusterweek.i18n import either
from clusterweek.listing import choices, filter as filters, outline
from clusterweek.listing.facets import Facets, facets
from clusterweek.listing.filter import Filter
from clusterweek.public import activity_page, programme_page, subscribe
from clusterweek.public.bp import bp
from clusterweek.public.programme_page import View
from clusterweek.refusal import Refusal
from clusterweek.web import guards, paging

Answer = Response | str | tuple[str, int]


@bp.get("/<lang:lang>/<edition>/")
@guards.public
def programme(edition: str) -> Answer:
    """The programme by days. An unknown filter answers 400 with the form and the name of what is unknown."""
    now = clock.now()
    shown = edition_or_404(edition)
    if not edition_rules.shows_programme(shown, now=now):
        return _page(programme_page.empty(shown, is_early=True, now=now))
    if any(not value for _name, value in request.args.items(multi=True)):
        return redirect(_without_empty())  # the form sends every field; addresses that people share stay short
    counts, chosen, problem = None, Filter(), ""
    try:
        number = paging.number_from(request.args.get("page"))
        chosen = filters.parse(request.args, now=now, beside=("page",))
        counts = facets(shown, chosen)
    except Refusal as refusal:
        problem = str(refusal)
    if problem or counts is None:
        counts = facets(shown, Filter())
        return _page(programme_page.refused(shown, counts, problem, now=now), counts), 400
    if not counts.all_total:
        if shown.state == "archived":
            return redirect(url_for("public.archive_edition", edition=shown.slug))
        return _page(programme_page.empty(shown, is_early=False, now=now))
    if not request.args and (target := _today(shown, now)):
        return redirect(target)
    view = programme_page.whole(shown, chosen, counts, page=number, now=now)
    if view.page > view.pages:
        return redirect(view.url(chosen.query(), page=view.pages))
    return _page(view, counts)


@bp.get("/<lang:lang>/<edition>/<activity>")
@guards.public
def activity(edition: str, activity: str) -> Answer:
    """One activity. Only the number in the address counts; an old or mistyped title goes to the right address."""
    now = clock.now()
    try:
        found = activities.published_or_404(edition, activity, now=now)
    except NotFound:
        activity_page.stop_if_gone(activity)
        raise
    right = activity_rules.address_part(found)
    if activity != right:
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        return redirect(url_for("public.activity", edition=edition, activity=right) + query, 301)
    return render_template("public/activity.html", view=activity_page.view(found, now=now), activity=found)


def edition_or_404(slug: str) -> Edition:
    """A public edition."""
    found = frame.current().find(slug)
    if found is None or not found.is_public:
        abort(404)
    return found


def _page(view: View, counts: Facets | None = None) -> str:
    title, _lang = either(view.edition, "title")
    main = choices.main_groups(view.chosen, counts) if counts else []
    more = choices.more_groups(view.chosen, counts) if counts else []
    return render_template(
        "public/programme.html",
        view=view,
        edition=view.edition,
        chosen=view.chosen,
        main_groups=main,
        more_groups=more,
        is_more_open=choices.is_any_chosen(more),
        subscription=subscribe.subscription(view.edition.slug, view.chosen.query(), name=title),
    )


def _without_empty() -> str:
    pairs = [(name, value) for name, value in request.args.items(multi=True) if value]
    return programme_page.with_query(request.path, pairs)


def _today(edition: Edition, now: datetime) -> str | None:
    """During the week the bare address opens at today, on the right page of the list."""
    today = clock.today(edition.timezone, now=now)
    row = outline.of(edition, Filter()).first_row.get(today.toordinal())
    if row is None or today <= edition.starts_on or today > edition.ends_on:
        return None
    page = row // programme_page.PAGE_SIZE + 1
    return programme_page.with_query(request.path, [("page", str(page))]) + f"#day-{today.isoformat()}"
