"""The simplest programs that give the same answer: a Flask route, and a bare WSGI application."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask, Response

BODY = Path(os.environ["BENCH_BODY"]).read_bytes() if "BENCH_BODY" in os.environ else b""

flask_route = Flask(__name__)


@flask_route.get("/<path:_path>")
def same_bytes(_path: str) -> Response:
    return Response(BODY, mimetype="text/calendar")


def bare(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/calendar"), ("Content-Length", str(len(BODY)))])
    return [BODY]
