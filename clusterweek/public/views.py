"""What a visitor sees: the start page, the programme, activities, clusters, partner countries, the archive."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from clusterweek.web import guards

bp = Blueprint("public", __name__)

LEGAL = ("imprint", "privacy", "accessibility")


@bp.get("/")
@guards.public
def start() -> Response:
    """To the start page in the language that the browser likes best."""
    lang = request.accept_languages.best_match(["de", "en"], "de")
    answer = redirect(url_for("public.home", lang=lang), 303)
    answer.headers["Vary"] = "Accept-Language"
    return answer


@bp.get("/<lang:lang>/")
@guards.public
def home() -> str:
    return render_template("public/home.html")


@bp.get("/<lang:lang>/<edition>/")
@guards.public
def programme(edition: str) -> str:
    return render_template("public/home.html")


@bp.get("/<lang:lang>/<edition>/<activity>")
@guards.public
def activity(edition: str, activity: str) -> str:
    return render_template("public/home.html")


@bp.get("/<lang:lang>/clusters/")
@guards.public
def clusters() -> str:
    return render_template("public/home.html")


@bp.get("/<lang:lang>/clusters/<cluster>")
@guards.public
def cluster(cluster: str) -> str:
    return render_template("public/home.html")


@bp.get("/<lang:lang>/partner-countries/")
@guards.public
def partner_countries() -> str:
    return render_template("public/home.html")


@bp.get("/<lang:lang>/partner-countries/<code>")
@guards.public
def partner_country(code: str) -> str:
    return render_template("public/home.html")


@bp.get("/<lang:lang>/archive/")
@guards.public
def archive() -> str:
    return render_template("public/home.html")


@bp.get("/<lang:lang>/archive/<edition>")
@guards.public
def archive_edition(edition: str) -> str:
    return render_template("public/home.html")


@bp.get("/<lang:lang>/legal/<page>")
@guards.public
def legal(page: str) -> str:
    if page not in LEGAL:
        abort(404)
    return render_template("public/home.html")
