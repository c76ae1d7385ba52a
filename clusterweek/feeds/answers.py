"""Feeds over HTTP: 304 before anything else, gzip, the same body whoever asks."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, abort, g, request
from werkzeug.datastructures import Headers

from clusterweek.feeds import door
from clusterweek.feeds.versions import Version
from clusterweek.i18n import LANGUAGES
from clusterweek.listing import filter as filters
from clusterweek.listing.filter import Filter, UnknownFilter
from clusterweek.web import freshness, sheets

CACHE_CONTROL = "public, max-age=300"
CALENDAR = "text/calendar; charset=utf-8"
TABLE = sheets.CSV


@dataclass(frozen=True)
class Body:
    """Bytes, plain and zipped."""

    plain: bytes
    zipped: bytes


def asked(*, now: datetime) -> tuple[str, Filter]:
    """Language and filter of the address. Raises UnknownFilter (400)."""
    lang = request.args.get("lang") or "de"
    if lang not in LANGUAGES:
        raise UnknownFilter("lang", lang)
    g.lang = lang
    return lang, filters.parse(request.args, now=now)


def calendar(version: Version, chosen: Filter, lang: str, make: Callable[[], bytes | None], *, name: str) -> Response:
    """The calendar that `make` builds, unless the client has it already; the door keeps it. 404 when it builds none.

    With `seats` it changes with every sign-up: it is made each time, its bytes are the tag, and nobody keeps it.
    """
    if chosen.has("seats"):
        return made(make(), filename=f"{name}.ics", content_type=CALENDAR)
    etag = version.etag(request.endpoint or "", lang, chosen.key)
    if freshness.is_fresh(request, etag, version.changed_at):
        return _unchanged(etag, version.changed_at)
    body = _packed(make())
    request.environ[door.NOTE] = door.Answer(
        question=version.question,
        values=version.values,
        rows=version.states,
        until=version.until,
        etag=etag,
        changed_at=version.changed_at,
        plain=body.plain,
        zipped=body.zipped,
    )
    return _answer(body, etag, version.changed_at, f"{name}.ics", CALENDAR)


def made(content: bytes | None, *, filename: str, content_type: str) -> Response:
    """An answer that was made for this request; its tag is the hash of its bytes."""
    body = _packed(content)
    etag = freshness.etag_of(body.plain)
    if freshness.is_fresh(request, etag, None):
        return _unchanged(etag, None)
    return _answer(body, etag, None, filename, content_type)


def _packed(content: bytes | None) -> Body:
    if content is None:
        abort(404)
    return Body(content, gzip.compress(content, 6, mtime=0))


class _NotModified(Response):
    """304 with its Last-Modified: clients that keep only the date need it, and Werkzeug takes it off."""

    def get_wsgi_headers(self, environ: dict[str, Any]) -> Headers:
        headers = super().get_wsgi_headers(environ)
        if "Last-Modified" in self.headers:
            headers["Last-Modified"] = self.headers["Last-Modified"]
        return headers


def _unchanged(etag: str, changed_at: datetime | None) -> Response:
    return _stamped(_NotModified(status=304), etag, changed_at)


def _answer(body: Body, etag: str, changed_at: datetime | None, filename: str, content_type: str) -> Response:
    is_zipped = door.accepts_gzip(request.headers.get("Accept-Encoding", ""))
    response = Response(body.zipped if is_zipped else body.plain, content_type=content_type)
    if is_zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return _stamped(response, etag, changed_at)


def _stamped(response: Response, etag: str, changed_at: datetime | None) -> Response:
    response.headers["Vary"] = "Accept-Encoding"
    return freshness.stamp(response, etag, changed_at, cache_control=CACHE_CONTROL)
