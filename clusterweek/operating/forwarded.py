"""Whether requests arrive with X-Forwarded-For although nobody is trusted to write it (TRUSTED_PROXIES is 0).

Then a web server may stand in front that the settings do not know of, all visitors look like one, and the limits meet
them together. The web notes that it happened, never from where; the doctor tells.
"""

import os
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask, request

NOTE = "forwarded"  # an empty file in the instance; its time is all it says
EVERY_SECONDS = 3600.0
LATELY = timedelta(days=7)


def init_app(app: Flask) -> None:
    """Look at each request, and touch the note at most once an hour."""
    if app.config["TRUSTED_PROXIES"]:
        return
    note = Path(app.config["INSTANCE_PATH"]) / NOTE
    noted: list[float] = []  # when, by the monotonic clock; of this process

    @app.before_request
    def look() -> None:
        if "HTTP_X_FORWARDED_FOR" not in request.environ and "HTTP_FORWARDED" not in request.environ:
            return
        now = time.monotonic()
        if noted and now - noted[0] < EVERY_SECONDS:
            return
        noted[:] = [now]
        with suppress(OSError):  # a disk that takes nothing is told elsewhere
            os.close(os.open(note, os.O_WRONLY | os.O_CREAT, 0o600))
            os.utime(note)


def lately(instance: Path, *, now: datetime) -> datetime | None:
    """When it was noted last, if that was in the last days."""
    try:
        at = datetime.fromtimestamp((Path(instance) / NOTE).stat().st_mtime, UTC)
    except OSError:
        return None
    return at if at > now - LATELY else None
