"""clusterweek: coordinates a cluster week and its annual conference.

`create_app` is the table of contents: it names every room that answers requests.
"""

from typing import Any

from flask import Flask, g
from flask_compress import Compress
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, IntegerConverter, Map
from whitenoise import WhiteNoise

from clusterweek import config, i18n, jobs
from clusterweek.accounts import login, returning, views as accounts_views
from clusterweek.activities import when as activities_when
from clusterweek.cli import commands, schema
from clusterweek.clusters import queries as clusters, views as clusters_views
from clusterweek.db import sqlite
from clusterweek.db.session import db
from clusterweek.desk import cluster as cluster_desk, office as office_desk, tabs
from clusterweek.feeds import door as feeds_door, views as feeds_views
from clusterweek.frame import page as frame
from clusterweek.host import views as host_views
from clusterweek.keeping import views as keeping_views
from clusterweek.listing import filter as filters, similar
from clusterweek.listing.facets import facets
from clusterweek.operating import access_log, forwarded, views as operating_views
from clusterweek.organiser import views as organiser_views
from clusterweek.programme import views as programme_views
from clusterweek.public import views as public_views
from clusterweek.registrations import views as registrations_views
from clusterweek.reminders import ahead
from clusterweek.traces import log as traces
from clusterweek.web import assets, bodies, freshness, hosts, marks, problems, security

__version__ = "0.1.0"

# The views.py of each room that answers requests; where they fill several files, it imports the others.
ROOMS = (
    public_views,
    registrations_views,
    accounts_views,
    keeping_views,
    clusters_views,
    host_views,
    organiser_views,
    feeds_views,
    programme_views,
    operating_views,
)


class LanguageConverter(BaseConverter):
    """The first part of every page's address: de or en."""

    regex = "de|en"
    part_isolating = True


class NumberConverter(IntegerConverter):
    """The number of a row in an address. What no row can have is not found, before any database is asked."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**31 - 1)


def create_app(settings: dict[str, Any] | None = None) -> Flask:
    """The application. `settings` (what `config.load` returns, changed at will) is given by tests and commands."""
    settings = settings or config.load()
    app = Flask(__name__, instance_path=str(settings["INSTANCE_PATH"]), static_folder="static")
    app.request_class = bodies.Request
    app.config.from_mapping(settings)
    app.url_map.converters |= {"lang": LanguageConverter, "int": NumberConverter}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    access_log.init_app(app, filters=filters.DESK)
    db.init_app(app)
    with app.app_context():
        sqlite.prepare(db.engine)
    Migrate(app, db, directory=str(schema.UPGRADES), render_as_batch=True, compare_type=True)
    i18n.init_app(app)
    traces.init_app(app)  # first, so that it looks at an answer last
    security.init_app(app)
    problems.init_app(app)
    login.init_app(app)
    returning.init_app(app)
    keeping_views.init_app(app)
    frame.init_app(app, works_for=clusters.of_person, days_of=lambda edition: facets(edition, filters.Filter()).days)
    activities_when.init_app(app)
    office_desk.init_app(app)
    cluster_desk.init_app(app, is_member=lambda cluster, one: clusters.membership(cluster, one.id) is not None)
    ahead.init_app(app)
    similar.init_app(app)
    forwarded.init_app(app)
    for room in ROOMS:
        app.register_blueprint(room.bp)
    tabs.init_app(app, [tab for room in ROOMS for tab in getattr(room, "TABS", ())])
    app.extensions["letter_kinds"] = jobs.KINDS  # the office's desk says what they are called
    # This is how the lowest floor of people learns which words no password may be made of.
    app.extensions["house_words"] = clusters.house_words
    commands.init_app(app)

    @app.url_value_preprocessor
    def take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        # Also where no address matches: the error page speaks the language that the address began with.
        g.lang = values.pop("lang") if values and "lang" in values else i18n.language_asked_for()

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = g.get("lang", "de")

    # Pages and our own styles are compressed on their way out: 5 KB instead of 28 for the first visitor. What the build
    # has put into static/vendor lies there compressed already; feeds compress themselves and keep the result.
    app.config.update(
        COMPRESS_MIMETYPES=["text/html", "text/css", "text/javascript", "image/svg+xml"],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    Compress(app)
    freshness.init_app(app)  # after it, so that it looks at an answer before it is compressed
    feeds_door.init_app(app)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=f"{app.static_folder}/vendor",
        prefix="static/vendor/",
        max_age=3600,
        autorefresh=app.debug,
        allow_all_origins=False,
    )
    app.wsgi_app = marks.Door(app.wsgi_app)  # type: ignore[assignment, method-assign]
    app.wsgi_app = assets.Door(app.wsgi_app, str(app.static_folder))  # type: ignore[assignment, method-assign]
    app.wsgi_app = hosts.Door(app.wsgi_app, app.config)  # type: ignore[assignment, method-assign]
    if hops := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app
