"""Whatever stands in an address, its query or the headers of a request: there is an answer, and no crash."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, strategies as st

from clusterweek.listing import filter as filters
from tests.fuzz import typed, world
from tests.fuzz.examples import EXAMPLES, examples
from tests.fuzz.world import LOOK, World

LOOKED_AT = sorted({rule.endpoint for rule in world.rules_with(world.bare_app(), "GET")})
KNOWN = {200, 206, 301, 302, 303, 304, 308, 400, 401, 403, 404, 405, 406, 409, 412, 413, 414, 416, 429}
NOT_READY = {"operating.readyz"}  # says so with 503 where no worker runs
NAMES = (
    *filters.DESK,
    "page",
    "lang",
    "next",
    "like",
    "by",
    "field",
    "edition",
    "state",
    "cancelled",
    "utm_source",
    "",
)
OWN_NAMES = ("profile", "format_of_file", "lang_of_file", "bye", "id", "day[]", "q ", "\x00", "ä", "__proto__")
GARBAGE = ("", "\x00", "\xff\xfe", "x" * 5000, "*", ",,,", ";q=", "%00", "-1", "' OR 1=1", "\t", '"', "0", "W/", "=")
# fmt: off
HEADERS: dict[str, tuple[str, ...]] = {
    "HTTP_ACCEPT_LANGUAGE": (
        *("de;q=9", "en;q=-1", "xx-yy-zz;q=nan", "*;q=0", "en;q=0,de;q=0", "de" * 2000, "en-GB-oed,i-klingon"),
    ),
    "HTTP_IF_NONE_MATCH": ("*", '"', 'W/"x', '"a","b"', 'W/""', "W/*", '"' + "a" * 9000 + '"'),
    "HTTP_IF_MODIFIED_SINCE": (
        *("0", "Thu, 01 Jan 1970", "Thu, 99 Foo 99999 99:99:99 GMT", "2027-04-08", "Thu, 08 Apr 2027 09:00:00 -9999"),
    ),
    "HTTP_RANGE": ("bytes=0-", "bytes=-1", "bytes=9-1", "bytes=0-0,1-1,2-2", "lines=1-2", "bytes=" + "9" * 30 + "-"),
    "HTTP_IF_RANGE": ('"x"', "yesterday"),
    "CONTENT_LENGTH": ("-1", "abc", "99999999999", "1e3", "0x10", " 5 "),
    "CONTENT_TYPE": ("multipart/form-data", "multipart/form-data; boundary=\xff", "application/json", "a/b; c=\x00"),
    "HTTP_COOKIE": (
        *("session=", "session=.eJw", "session=eyJhIjoxfQ.x.y", "session=a; session=b", "=;=", "session=" + "a" * 8000),
        "\xe4=\xf6",
    ),
    "HTTP_X_FORWARDED_FOR": (
        *("unknown", "1.2.3.4, ::1", "999.1.1.1", "[::1]:80", "fe80::1%eth0", "::ffff:1.2.3.4", "a," * 500),
    ),
    "HTTP_X_FORWARDED_PROTO": ("gopher", "https,http"),
    "HTTP_HOST": (
        *("", "evil.example", "a:b:c", "[::1", "localhost:99999", "localhost:x", "\xe4\xf6", "127.0.0.1\\@evil"),
        "a" * 300,
    ),
    "HTTP_ACCEPT": ("application/json", "*/*;q=x", "text/calendar"),
    "HTTP_ACCEPT_ENCODING": ("br;q=0", "gzip;q=nan", "identity;q=0", "zstd, deflate"),
    "HTTP_ORIGIN": ("null", "https://evil.example"),
    "HTTP_REFERER": ("x", "http://[", "https://evil.example/"),
    "HTTP_TRANSFER_ENCODING": ("chunked", "x"),
    "REMOTE_ADDR": ("unknown", "::1", "fe80::1%eth0", "1.2.3.4.5"),
}
# fmt: on


@st.composite
def looks(draw: st.DrawFn, paths: list[str], patterns: list[str]) -> dict[str, Any]:
    """What a server hands on of a GET: a path that leads somewhere or nearly, a query, a few odd headers."""
    path = draw(st.sampled_from(paths)).partition("?")[0]
    if draw(st.booleans()):
        for piece in draw(st.sampled_from(patterns)).split("<"):
            name, closes, rest = piece.partition(">")
            path = path + _part(draw, name) + rest if closes else piece
    environ = {"PATH_INFO": _as_server(path), "QUERY_STRING": "", "REQUEST_METHOD": draw(st.sampled_from(METHODS))}
    names = st.sampled_from(NAMES) | st.sampled_from(NAMES) | st.sampled_from(OWN_NAMES)
    pairs = draw(st.lists(st.tuples(names, st.sampled_from(GOOD) | typed.texts()), max_size=4))
    raw = st.sampled_from(
        ("%", "%zz=%", "&&&", "page=%C3%28", "q=%ED%A0%80", ";", "a" * 9000, "q=%00", "=%ff", "land=")
    )
    query = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)
    environ["QUERY_STRING"] = "&".join([query, draw(raw)]) if draw(st.integers(0, 4)) == 0 else query
    for header in draw(st.lists(st.sampled_from(sorted(HEADERS)), max_size=3, unique=True)):
        environ[header] = draw(st.sampled_from(HEADERS[header]) | st.sampled_from(GARBAGE))
    return environ


METHODS = ("GET", "GET", "GET", "GET", "HEAD", "OPTIONS")
GOOD = (
    *(
        "DE-TH",
        "2027-04-08",
        "workshop",
        "1",
        "licht",
        "optonet",
        "de",
        "en",
        "none",
        "host",
        "csv",
        "json",
        "published",
    ),
)


def _part(draw: st.DrawFn, name: str) -> str:
    if "lang:" in name:
        return draw(st.sampled_from(("de", "en", "en", "fr", "DE")))
    if "int:" in name:
        return draw(st.sampled_from(typed.NUMBERS))
    return draw(st.sampled_from(("optonet", "clusterwoche-2027", "steht-2", "FR", "imprint", "x" * 43)) | typed.texts())


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _as_server(path: str) -> str:
    """As WSGI has it: the bytes, one by one."""
    return path.encode("utf-8", "surrogatepass").decode("latin-1")


@pytest.mark.parametrize("endpoint", LOOKED_AT)
def test_an_address_answers_whatever_is_asked(filled_world: World, endpoint: str) -> None:
    rules = [rule for rule in world.rules_with(filled_world.app, "GET") if rule.endpoint == endpoint]
    audience = getattr(filled_world.app.view_functions[endpoint], "audience", "")
    paths = [path for rule in rules for path in filled_world.paths(rule)]

    @examples(max(EXAMPLES // 3, 1))
    @given(look=looks(paths, [rule.rule for rule in rules]), who=st.sampled_from(LOOK.get(audience, ("nobody",))))
    def ask(look: dict[str, Any], who: str) -> None:
        with filled_world.for_once():
            answer = filled_world.browser(who).open(environ_overrides=look)
            assert answer.status_code in KNOWN or (answer.status_code == 503 and endpoint in NOT_READY)

    ask()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "get", "\xff", ""])
def test_a_path_that_nobody_made_is_not_found(filled_world: World, method: str) -> None:
    odd = (
        "/",
        "//",
        "/de",
        "/de//",
        "/%00",
        "/de/\x00",
        "/\xff",
        "/../../etc/passwd",
        "/de/.%2e/",
        "/static/../config.py",
    )
    known = KNOWN | {501}

    for path in (
        *odd,
        "/static/%2e%2e/config.py",
        "/static/\x00",
        "/static/" + "a" * 5000,
        "/feeds/\ud800.ics",
        "*",
        "",
    ):
        with filled_world.for_once():
            answer = filled_world.browser("nobody").open(
                environ_overrides={"PATH_INFO": _as_server(path), "REQUEST_METHOD": method}
            )
            assert answer.status_code in known, (path, answer.status_code)
