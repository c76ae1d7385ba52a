"""Headers that every answer carries, and the form token that every unsafe address asks for."""

from flask import Flask, Response, abort, request
from flask_wtf.csrf import CSRFProtect

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
csrf = CSRFProtect()


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
    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if response.mimetype == "text/html":
            headers.setdefault("Cache-Control", "no-cache")  # keep it, but ask: places and dates change
        if app.config["SESSION_COOKIE_SECURE"]:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if response.location and response.location.startswith(request.host_url):
            # The router adds a missing slash with the Host that was sent; a cache must not keep what a stranger chose.
            response.location = "/" + response.location.removeprefix(request.host_url).lstrip("/\\")
        return response
