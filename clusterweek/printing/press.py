"""The press: a template of typst and its data become a PDF, one after the other in each process."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Attachment:
    """A text file that lies inside the PDF, byte for byte; `description` says to people what it is."""

    name: str
    body: bytes
    mime: str
    description: str


@contextmanager
def awake() -> Iterator["Awake"]:
    """A typesetter that starts while its data are put together; it takes a third of a second to wake. One in each
    process."""
    with ONE_AT_A_TIME:
        process = subprocess.Popen(
            [sys.executable, "-P", str(TYPESETTER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        with process:
            try:
                yield Awake(process)
            finally:
                process.kill()  # no harm where it has done its work


@dataclass(frozen=True)
class Awake:
    """A typesetter that waits for its order, and prints once."""

    process: "subprocess.Popen[bytes]"

    def print(
        self, template: Path, data: dict[str, Any], *, name: str, made_at: datetime, files: Sequence[Attachment] = ()
    ) -> bytes:
        """The PDF (PDF/UA-1 and PDF/A-3a in one) of a template, which reads `data` as JSON from `sys.inputs.data`.

        The template attaches `files`: `data.files` has their names, kinds and descriptions, `sys.inputs` their bytes
        under their names. The file is dated `made_at`: the same template, data and files give the same bytes.

        A character that no font has is printed as □; a sentence that says so is added to `data["notes"]`, and the log
        says which ones under this `name`. Raises TooLong.
        """
        order = {
            "template": str(template),
            "fonts": str(FONTS),
            "data": {**data, "files": [{"name": f.name, "mime": f.mime, "description": f.description} for f in files]},
            "files": {file.name: file.body.decode() for file in files},
            "note": _("Some characters cannot be printed and appear as %(box)s.", box="□"),
            "timestamp": int(made_at.timestamp()),
        }
        try:
            made, said = self.process.communicate(json.dumps(order).encode(), timeout=LONGEST)
        except subprocess.TimeoutExpired:
            raise TooLong from None
        if self.process.returncode:
            raise RuntimeError(f"the press stopped: {said.decode()[-2000:]}")
        if said:
            log.warning("%s: no font has %s", name, said.decode().strip())
        return made


def printed(
    template: Path, data: dict[str, Any], *, name: str, made_at: datetime, files: Sequence[Attachment] = ()
) -> bytes:
    """The same at once, of data that are there."""
    with awake() as typesetter:
        return typesetter.print(template, data, name=name, made_at=made_at, files=files)
