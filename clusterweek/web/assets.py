"""Files of static/: their addresses carry a piece of their hash, and whoever asks by it may keep them for a year."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import current_app, url_for
from werkzeug.security import safe_join

KEPT = "public, max-age=31536000, immutable"  # RFC 8246
_versions: dict[tuple[str, int], str] = {}


def asset(path: str) -> str:
    """Address of a file of static/, another one for each content of it."""
    return url_for("static", filename=path, v=version(str(current_app.static_folder), path))


def version(folder: str, path: str) -> str | None:
    """A piece of the file's hash; None when there is no such file in the folder."""
    if (found := safe_join(folder, path)) is None:
        return None
    try:
        key = (found, Path(found).stat().st_mtime_ns)
        if key not in _versions:
            _versions[key] = hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10]
    except (OSError, ValueError):
        return None
    return _versions[key]


class Door:
    """WSGI middleware: an answer to an address with the version that the file has now never changes.

    With any other version it may: a page of yesterday asks a server of today, or the other way round.
    """

    def __init__(self, inside: Any, folder: str) -> None:
        self.inside, self.folder = inside, folder

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        if path.startswith("/static/") and query.startswith("v="):
            asked = query.removeprefix("v=")
            if asked and asked == version(self.folder, path.removeprefix("/static/")):
                start = _kept(start)
        answer: Iterable[bytes] = self.inside(environ, start)
        return answer


def _kept(start: Any) -> Any:
    def begin(status: str, headers: list[tuple[str, str]], problem: Any = None) -> Any:
        if status[:3] in ("200", "206", "304"):
            headers = [pair for pair in headers if pair[0].lower() not in ("cache-control", "expires")]
            headers.append(("Cache-Control", KEPT))
        return start(status, headers, *([problem] if problem else []))

    return begin
