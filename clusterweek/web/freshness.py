"""ETag and 304 (RFC 9110, 13.1): what an answer depends on, hashed; unchanged answers cost nothing more."""

import hashlib
import re
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

from flask import Flask, Request, Response, request


def etag_of(*parts: object) -> str:
    """A short tag from everything that a body depends on."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:32]


def is_fresh(request: Request, etag: str, changed_at: datetime | None) -> bool:
    """Whether the client already has it. If-None-Match (lists, weak tags, *) wins over If-Modified-Since."""
    if request.headers.get("If-None-Match"):
        tags = request.if_none_match
        return tags.star_tag or tags.contains_weak(etag)
    if changed_at and (since := request.headers.get("If-Modified-Since")):
        try:
            return parsedate_to_datetime(since) >= changed_at
        except (TypeError, ValueError):  # unreadable, or without a zone: as if it had not been sent
            return False
    return False


def stamp(response: Response, etag: str, changed_at: datetime | None, *, cache_control: str) -> Response:
    """Put the validators on an answer, 200 or 304 alike."""
    response.set_etag(etag, weak=True)
    if changed_at:
        response.headers["Last-Modified"] = format_datetime(changed_at, usegmt=True)
    response.headers["Cache-Control"] = cache_control
    return response


# When the page was made (templates/house/base.html) changes with the clock alone: an older one is still true.
AS_OF = re.compile(rb"<p [^>]*\bdata-as-of>[^<]*</p>")


def init_app(app: Flask) -> None:
    """Pages that may be kept get a tag of their bytes: whoever has the same page already is not sent it again."""

    @app.after_request
    def tag(response: Response) -> Response:
        if (
            request.method in ("GET", "HEAD")
            and response.status_code == 200
            and response.mimetype == "text/html"
            and response.is_sequence
            and "ETag" not in response.headers
            and "no-store" not in response.headers.get("Cache-Control", "")
        ):
            etag = hashlib.sha256(AS_OF.sub(b"", response.get_data())).hexdigest()[:32]
            response.set_etag(etag, weak=True)  # weak: compressed or not, it is the same page
            if is_fresh(request, etag, None):
                response.status_code = 304
                response.set_data(b"")
        return response
