"""The outermost door: which names this site answers to, and the headers that every answer carries, whoever makes it.

It stands around the whole application and the files of static/: a page, a file, an error, "not modified", a redirect
all leave by it. Flask's own TRUSTED_HOSTS refuses in the middle of building the request, where no page can be made.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from clusterweek import config

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
# With subdomains: a page on http://www.… could otherwise set cookies for the whole site. What it means for a domain
# with other sites below it stands in docs/running.md.
STRICT = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
LONGEST_HOST = 300  # characters; a name has 253 at most, and a port five
# Load balancers and monitors ask by IP address. These two say nothing about anybody and repeat nothing of the request.
ANY_HOST = ("/healthz", "/readyz")
REFUSAL = """<!DOCTYPE html>
<html lang="de"><head><meta charset="utf-8"><meta name="robots" content="noindex"><title>400</title></head><body><main>
<h1>Diese Adresse gehört nicht zu dieser Installation.</h1>
<p>Die Programmorganisation kennt die richtige. Wer die Installation betreibt: siehe CLUSTERWEEK_BASE_URL.</p>
<section lang="en"><h2>This address does not belong to this installation.</h2>
<p>The programme office knows the right one. Whoever runs the installation: see CLUSTERWEEK_BASE_URL.</p></section>
</main></body></html>
""".encode()


class Door:
    """The application `inside`, reached by its own names only; `settings` are read anew for each request."""

    def __init__(self, inside: Any, settings: Mapping[str, Any]) -> None:
        self.inside = inside
        self.settings = settings

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        protection = [*HEADERS, STRICT] if self.settings["SESSION_COOKIE_SECURE"] else HEADERS

        def begin(status: str, headers: list[tuple[str, str]], problem: Any = None) -> Any:
            there = {name.lower() for name, _value in headers}
            added = [(name, value) for name, value in protection if name.lower() not in there]
            return start(status, [*headers, *added], *([problem] if problem else []))

        if environ.get("PATH_INFO") in ANY_HOST or is_ours(environ.get("HTTP_HOST", ""), self.settings["BASE_URL"]):
            answer: Iterable[bytes] = self.inside(environ, begin)
            return answer
        about = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(REFUSAL)))]
        begin("400 Bad Request", [*about, ("Cache-Control", "no-store")])
        return [] if environ.get("REQUEST_METHOD") == "HEAD" else [REFUSAL]


def is_ours(host: str, base_url: str) -> bool:
    """Whether the header Host names the site that BASE_URL is the address of.

    While that is a loopback address, every loopback name at any port is (a tunnel has a port of its own). Else the host
    must be the same, and the port the same, the scheme's, or none: proxies often leave it out.
    """
    return len(host) <= LONGEST_HOST and _is_ours(host, base_url)


@lru_cache(maxsize=256)  # asked with every request, nearly always the same; strangers make up as many as they like
def _is_ours(host: str, base_url: str) -> bool:
    ours = urlsplit(base_url)
    name, port = split(host)
    if config.is_loopback(ours.hostname or ""):
        return config.is_loopback(name)
    usual = {"http": 80, "https": 443}[ours.scheme]
    return name == ours.hostname and port in (None, ours.port or usual, usual)


def split(host: str) -> tuple[str, int | None]:
    """(name, port) of a header Host, lower case, without the brackets of IPv6; ("", None) for one that is none."""
    if not host.isascii() or any(c in host for c in "/?#@\\ \t,") or not host.isprintable() or "[" in host[1:]:
        return "", None
    try:
        parts = urlsplit(f"//{host}")
        return parts.hostname or "", parts.port
    except ValueError:
        return "", None
