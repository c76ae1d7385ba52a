"""Addresses for monitors. They never touch the session and are never kept by a cache."""

from flask import Blueprint, Response, jsonify

from clusterweek import clock
from clusterweek.operating import health
from clusterweek.web import guards

bp = Blueprint("operating", __name__)


@bp.get("/healthz")
@guards.public
def healthz() -> Response:
    """This process answers; says nothing about anything else, so that no monitor restarts it for a slow database."""
    response = Response("ok\n", mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/readyz")
@guards.public
def readyz() -> tuple[Response, int]:
    """Database, schema, worker, outbox: 200 when all is well, otherwise 503."""
    state = health.check(now=clock.now())
    response = jsonify(state.as_dict())
    response.headers["Cache-Control"] = "no-store"
    return response, 200 if state.is_ready else 503
