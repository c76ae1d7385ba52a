"""What every request owes: a form token where something is changed, no NUL; and whether it comes from this machine.

The headers that every answer carries are put on in hosts.py, outside of everything that answers.
"""

from flask import Flask, Response, abort, current_app, request
from flask_wtf.csrf import CSRFProtect

from clusterweek import config
from clusterweek.web import hosts

csrf = CSRFProtect()
# Whoever comes by way of a proxy is not sitting at this machine, whatever Host says.
FORWARDED = (
    *("Forwarded", "Via", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP"),
    *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Forwarded-Port"),
)


def is_at_the_machine() -> bool:
    """Whether the request comes from a browser on this very machine: what the demo's logins, whose password everybody
    knows, are for. Only while BASE_URL is a loopback address, too: otherwise the site is public."""
    return (
        bool(current_app.config["IS_LOOPBACK"])
        and config.is_loopback(hosts.split(request.headers.get("Host", ""))[0])
        and config.is_loopback(request.remote_addr or "")
        and not any(name in request.headers for name in FORWARDED)
    )


def init_app(app: Flask) -> None:
    csrf.init_app(app)

    @app.before_request
    def refuse_nul() -> None:
        # No name and no search has one, and PostgreSQL fails at it; what is typed into forms, they clean themselves.
        if "\0" in request.path:
            abort(404)
        if any("\0" in value for values in request.args.listvalues() for value in values):
            abort(400)

    @app.after_request
    def tidy(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", "no-cache")  # keep it, but ask: places and dates change
        if response.location and response.location.startswith(request.host_url):
            # The router adds a missing slash with the Host that was sent; a cache must not keep what a stranger chose.
            response.location = "/" + response.location.removeprefix(request.host_url).lstrip("/\\")
        return response
