"""The start page, the legal pages and the door for robots. The programme and the lists have files of their own."""

from flask import abort, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from clusterweek import clock
from clusterweek.desk.tabs import Tab
from clusterweek.frame import legal, page as frame
from clusterweek.i18n import lazy_gettext as _l
from clusterweek.public import home_page, views_lists, views_programme
from clusterweek.public.bp import bp
from clusterweek.web import guards

__all__ = ["TABS", "bp", "views_lists", "views_programme"]

# A cluster finds its own page from its desk.
TABS = (Tab(_l("Public page"), "public.cluster", 90, desk="cluster", guard=lambda desk: desk.cluster.is_active),)


@bp.get("/")
@guards.public
def start() -> Response:
    """To the start page in the language that the browser likes best."""
    answer = redirect(url_for("public.home", lang=g.lang), 303)
    answer.headers["Vary"] = "Accept-Language"
    return answer


@bp.get("/robots.txt")
@guards.public
def robots() -> Response:
    """Search engines and calendars may read what is public; desks and personal links are not for them."""
    closed = ("host/", "organiser/", "registration/", "invitation/", "login", "letters/")
    lines = ["User-agent: *", *(f"Disallow: /{lang}/{path}" for lang in ("de", "en") for path in closed)]
    return Response("\n".join([*lines, "Disallow: /feeds/personal/", "Allow: /", ""]), mimetype="text/plain")


@bp.get("/<lang:lang>/")
@guards.public
def home() -> str:
    """The current week: what it is, when, how much, what comes next."""
    return render_template("public/home.html", view=home_page.view(frame.current(), now=clock.now()))


@bp.get("/<lang:lang>/legal/<page>", endpoint="legal")
@guards.public
def legal_page(page: str) -> str:
    """Imprint, privacy, accessibility: the installation's own text, or the shipped one with its gaps."""
    if not legal.is_there(page, g.lang):
        abort(404)
    return render_template("public/legal.html", title=legal.title(page), text=legal.html(page, g.lang))
