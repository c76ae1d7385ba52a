"""What is sent: a form filled in as people do, then changed in a few places, in one of the shapes that bodies have."""

import io
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from tests.fuzz import typed
from tests.fuzz.pages import Field, Form

CLUSTERS = "name;land\nPhotonik Nord;DE-HH\nPhotonik Süd;DE-BY\n".encode()
# Names that no page has, or not that way: parts of rows, rows far away, rows of rows.
STRANGE_NAMES = (
    *(
        "",
        "_method",
        "id",
        "csrf_token",
        "__class__",
        "version[]",
        "occurrences",
        "occurrences-",
        "occurrences--1-city",
    ),
    *("occurrences-0", "occurrences-0-0-city", "occurrences-99999999999-city", "occurrences-1e3-city", "co_hosts-x"),
    *("external_partners-0", "external_partners-²-name", "activity", "cluster", "invitation", "\x00", "a" * 300),
)
TABLES = (b"", b"\x00" * 50, b"PK\x03\x04", "name;land\n\ud800;DE-BY".encode("utf-8", "surrogatepass"), CLUSTERS)


@dataclass(frozen=True)
class Upload:
    """A file in a form."""

    filename: str
    content: bytes


@dataclass
class Body:
    """One request: what was typed (name, value), and how it travels."""

    pairs: list[tuple[str, Any]]
    data: bytes
    content_type: str | None
    is_form: bool  # whether a form arrives at all: else nothing was typed

    def __repr__(self) -> str:
        return f"Body({self.content_type!r}, {self.data[:3000]!r})"

    def of(self, name: str) -> list[str]:
        """What stands in a field; one without a name is only shown, and never sent."""
        return [value for given, value in self.pairs if name and given == name and isinstance(value, str)]


def filled(form: Form, *, is_ticked: bool = False) -> MultiDict[str, Any]:
    """What a careful person sends: everything as it stands there, and what must be filled filled; `is_ticked`: every
    box is ticked, too."""
    pairs = _pairs(form, (form.buttons or [("", "", "")])[-1])
    if is_ticked:
        pairs += [(one.name, one.value) for one in form.fields if one.kind == "checkbox" and not one.is_on]
    return MultiDict(
        (name, (io.BytesIO(value.content), value.filename) if isinstance(value, Upload) else value)
        for name, value in pairs
    )


def _pairs(form: Form, button: tuple[str, str, str]) -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for one in form.fields:
        if one.kind == "file":
            pairs.append((one.name, Upload("clusters.csv", CLUSTERS)))
        elif one.is_typed and not one.value and (one.is_required or one.kind == "email"):
            pairs.append((one.name, typed.plain(one)))
        elif one.kind == "password":
            pairs.append((one.name, "Licht im Mai 2027"))
        else:
            pairs += [(one.name, value) for value in one.sent]
    if form.buttons and button[0]:
        pairs.append((button[0], button[1]))
    return [(name, value) for name, value in pairs if name]


@st.composite
def bodies(draw: st.DrawFn, form: Form) -> Body:
    """A body for this form. About half of them are what people could send; the others only programs do."""
    pairs = _pairs(form, draw(st.sampled_from(form.buttons or [("", "", "")])))
    fields = [one for one in form.fields if one.name and one.name != "csrf_token"]
    if fields:
        # What is typed is what matters most; ticks and choices are many and alike.
        likely = [one for one in fields if one.is_typed or one.kind in ("password", "file")]
        chosen = st.sampled_from(likely) | st.sampled_from(fields) if likely else st.sampled_from(fields)
        for one in draw(st.lists(chosen, max_size=6)):
            pairs = _changed(draw, pairs, one)
    shape = draw(st.sampled_from(SHAPES))
    if shape == "strange names":
        for name in draw(st.lists(st.sampled_from(STRANGE_NAMES), min_size=1, max_size=4)):
            pairs.append((name, draw(typed.texts())))
    return _SHAPED[shape](draw, form, pairs)


def _changed(draw: st.DrawFn, pairs: list[tuple[str, Any]], one: Field) -> list[tuple[str, Any]]:
    place = next((n for n, pair in enumerate(pairs) if pair[0] == one.name), len(pairs))
    others = [pair for pair in pairs if pair[0] != one.name]
    how = draw(st.sampled_from(("typed", "typed", "typed", "typed", "left out", "twice", "other kind")))
    if how == "left out":
        return others
    if one.kind == "file":
        names = st.sampled_from(("a.csv", "A.XLSX", "a.xlsx", "a", "", "../../a.csv", "a\x00.csv", "ä" * 300 + ".csv"))
        file: Any = Upload(draw(names), draw(st.sampled_from(TABLES) | st.binary(max_size=200)))
        new: Any = draw(typed.texts()) if how == "other kind" else file
    elif how == "other kind":
        new = draw(typed.texts() | st.just(Upload("a.txt", b"text")))
    else:
        new = draw(typed.values(one))
    if one.kind in ("selects", "checkbox") and how == "typed":
        several = [(one.name, value) for value in draw(st.lists(st.sampled_from([*one.options, one.value, new])))]
        return [*others[:place], *several, *others[place:]]
    added = [(one.name, new)] * (draw(st.integers(2, 4)) if how == "twice" else 1)
    if how == "twice":
        added[-1] = (one.name, draw(typed.values(one)))
    return [*others[:place], *added, *others[place:]]


def _quoted(text: str) -> str:
    return quote_plus(text.encode("utf-8", "surrogatepass"))


def _urlencoded(pairs: list[tuple[str, Any]]) -> bytes:
    texts = [(name, value if isinstance(value, str) else value.filename) for name, value in pairs]
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in texts).encode()


def _multipart(pairs: list[tuple[str, Any]], boundary: str = "xXxXxXx") -> bytes:
    parts = []
    for name, value in pairs:
        line = f'Content-Disposition: form-data; name="{_in_quotes(name)}"'
        if isinstance(value, Upload):
            line += f'; filename="{_in_quotes(value.filename)}"\r\nContent-Type: application/octet-stream'
        content = value.content if isinstance(value, Upload) else value.encode("utf-8", "surrogatepass")
        parts.append(f"--{boundary}\r\n{line}\r\n\r\n".encode("utf-8", "surrogatepass") + content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode()


def encoded(pairs: list[tuple[str, Any]]) -> tuple[bytes, str]:
    """These fields and files as a browser sends them, and the type of it."""
    return _multipart(pairs), PARTS


def _in_quotes(text: str) -> str:
    return re.sub(r'["\\\r\n]', "_", text)


FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=xXxXxXx"


def _as_form(draw: st.DrawFn, form: Form, pairs: list[tuple[str, Any]]) -> Body:
    if form.is_multipart:
        return Body(pairs, _multipart(pairs), PARTS, True)
    return Body([pair for pair in pairs if isinstance(pair[1], str)], _urlencoded(pairs), FORM, True)


def _as_parts(draw: st.DrawFn, form: Form, pairs: list[tuple[str, Any]]) -> Body:
    return Body(pairs, _multipart(pairs), PARTS, True)


def _broken_percent(draw: st.DrawFn, form: Form, pairs: list[tuple[str, Any]]) -> Body:
    broken = st.sampled_from(
        (b"%", b"%zz", b"%C3%28=%ff", b"&&&", b"==", b";", b"%00=%00", b"+%+=%u0041", b"\xff\xfe=\xe4")
    )
    data = _urlencoded(pairs)
    places = draw(st.lists(st.integers(0, len(data)), min_size=1, max_size=3))
    for place in places:
        data = data[:place] + draw(broken) + data[place:]
    return Body([], data, FORM, False)


def _cut_off(draw: st.DrawFn, form: Form, pairs: list[tuple[str, Any]]) -> Body:
    whole = _multipart(pairs)
    return Body([], whole[: draw(st.integers(0, len(whole)))], PARTS, False)


# Heads of parts that programs write, and that no browser writes.
HEADS = (
    b"Content-Disposition: form-data",
    b'Content-Disposition: form-data; filename="x.txt"',
    b'Content-Disposition: form-data; name=""',
    b"Content-Disposition: form-data; name",
    b"Content-Disposition: form-data; name=\xe4; name=b",
    b"Content-Disposition: form-data; name*=utf-8''%ff",
    b"Content-Disposition: form-data; name*=nonsense''x; filename*=utf-8''%00",
    b'Content-Disposition: attachment; filename="x.txt"',
    b"Content-Type: text/plain",
    b'Content-Disposition: form-data; name="x"\r\nContent-Type: text/plain; charset=nonsense',
    b'Content-Disposition: form-data; name="x"\r\nContent-Type: multipart/mixed; boundary=b',
    b'Content-Disposition: form-data; name="x"\r\nContent-Transfer-Encoding: base64',
    b'Content-Disposition: form-data; name="x"; filename="x"\r\nContent-Length: -1',
    b"\xff\xfe: \x00",
)


def _odd_heads(draw: st.DrawFn, form: Form, pairs: list[tuple[str, Any]]) -> Body:
    odd = draw(st.lists(st.sampled_from(HEADS), min_size=1, max_size=3))
    parts = b"".join(b"--xXxXxXx\r\n" + head + b"\r\n\r\nx\r\n" for head in odd)
    return Body([], parts + _multipart(pairs), PARTS, False)


def _other_type(draw: st.DrawFn, form: Form, pairs: list[tuple[str, Any]]) -> Body:
    kinds = ("application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "x", "", None)
    types = st.sampled_from((*kinds, "application/xml", f"{FORM}; charset=utf-7", f"{FORM}; charset=nonsense"))
    data = st.sampled_from((_urlencoded(pairs), b"{}", b"[1", b'{"name": null}', b"\x00"))
    return Body([], draw(data), draw(types), False)


def _much(draw: st.DrawFn, form: Form, pairs: list[tuple[str, Any]]) -> Body:
    """More than a form may hold: many parts, many fields, or one very long one."""
    name = draw(st.sampled_from([one.name for one in form.fields if one.name] or ["x"]))
    if draw(st.booleans()):
        return Body([], _multipart([*pairs, *[(name, "x")] * 600]), PARTS, False)
    return Body([], _urlencoded([*pairs, (name, "x" * draw(st.sampled_from((70_000, 600_000))))]), FORM, False)


def _many_rows(draw: st.DrawFn, form: Form, pairs: list[tuple[str, Any]]) -> Body:
    """Thousands of numbered rows, where the form has rows at all."""
    rows = sorted({re.sub(r"\d+", "%d", one.name, count=1) for one in form.fields if re.search(r"-\d+", one.name)})
    names = draw(st.sampled_from(rows)) if rows else "x-%d"
    return Body(
        [], _urlencoded([*pairs, *[(names % n, "x") for n in range(draw(st.sampled_from((61, 3000))))]]), FORM, False
    )


_SHAPED = {
    "form": _as_form,
    "parts": _as_parts,
    "strange names": _as_form,
    "broken percent": _broken_percent,
    "cut off": _cut_off,
    "odd heads": _odd_heads,
    "other type": _other_type,
    "much": _much,
    "many rows": _many_rows,
}
SHAPES = (
    *["form"] * 12,
    *["parts"] * 2,
    "strange names",
    "broken percent",
    "cut off",
    "odd heads",
    "other type",
    "much",
    "many rows",
)
