"""The press: a template of typst and its data become a PDF, one after the other in each process."""

import json
import logging
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from clusterweek.i18n import gettext as _

TYPESETTER = Path(__file__).with_name("typesetter.py")
FONTS = Path(__file__).parents[1] / "static" / "vendor" / "fonts"
# A press needs 160 MB for a moment, and anybody may ask for any selection: one in each web process.
ONE_AT_A_TIME = Lock()
LONGEST = 120  # seconds; a booklet of 200 activities takes one and a half, of 2,000 about twelve
log = logging.getLogger(__name__)


class TooLong(Exception):
    """It was not printed within LONGEST seconds; less of it may be."""


def printed(template: Path, data: dict[str, Any], *, name: str, now: datetime) -> bytes:
    """The PDF (PDF/UA-1) of a template, which reads `data` as JSON from `sys.inputs.data`.

    A character that no font has is printed as □; a sentence that says so is added to `data["notes"]`, and the log says
    which ones under this `name`. Raises TooLong.
    """
    order = {
        "template": str(template),
        "fonts": str(FONTS),
        "data": data,
        "note": _("Some characters cannot be printed and appear as %(box)s.", box="□"),
        "timestamp": int(now.timestamp()),
    }
    try:
        with ONE_AT_A_TIME:
            done = subprocess.run(
                [sys.executable, "-P", str(TYPESETTER)],
                input=json.dumps(order).encode(),
                capture_output=True,
                timeout=LONGEST,
                check=True,
            )
    except subprocess.TimeoutExpired:
        raise TooLong from None
    except subprocess.CalledProcessError as problem:
        raise RuntimeError(f"the press stopped: {problem.stderr.decode()[-2000:]}") from None
    if done.stderr:
        log.warning("%s: no font has %s", name, done.stderr.decode().strip())
    return done.stdout
