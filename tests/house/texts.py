"""The sentences of every room and their German; `python -m tests.house.texts [ROOM …]` brings the files up to date.

What is new is added with an empty translation, what is no longer said is taken out, translations stay.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

APP = Path(__file__).parents[2] / "clusterweek"
TEXTS = APP / "texts" / "de"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "_l": None}
METHODS = [("templates/**", "jinja2"), ("**.py", "python")]
# The floor that belongs to nobody: its sentences stand together in house.po.
HOUSE = {"web", "db", "house"}


def room_of(file: str) -> str:
    """The room whose catalogue holds the sentences of this file (its path below clusterweek/)."""
    parts = Path(file).parts
    if parts[0] == "templates":
        parts = parts[1:]
    return "house" if len(parts) == 1 or parts[0] in HOUSE else parts[0]


def said() -> dict[str, Catalog]:
    """Every sentence in code and templates, by room."""
    catalogues: dict[str, Catalog] = {}
    options = {"jinja2": {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"}}
    found = extract_from_dir(
        APP,
        METHODS,
        {pattern: options.get(method, {}) for pattern, method in METHODS},
        keywords={**KEYWORDS, "pgettext": ((1, "c"), 2)},
        directory_filter=lambda path: "static" not in Path(path).parts and "__pycache__" not in path,
    )
    for file, _line, message, _comments, context in found:
        if Path(file).suffix not in (".py", ".html", ".txt"):
            continue
        room = room_of(file)
        catalogues.setdefault(room, Catalog(locale="de")).add(
            message, locations=[(f"clusterweek/{file}", 0)], context=context
        )
    return catalogues


def translated(room: str) -> Catalog:
    """The German of a room, as it stands in its file."""
    path = TEXTS / f"{room}.po"
    if not path.exists():
        return Catalog(locale="de")
    with path.open("rb") as file:
        return read_po(file, locale="de")


def update(room: str, current: Catalog) -> int:
    """Rewrite a room's file; returns how many sentences still lack their German."""
    kept = translated(room)
    fresh = Catalog(locale="de", project="clusterweek", charset="utf-8")
    for message in current:
        if message.id:
            old = kept.get(message.id, message.context)
            places = sorted({place for place, _line in message.locations})
            fresh.add(
                message.id,
                old.string if old else None,
                locations=[(place, None) for place in places],
                flags=message.flags,
                context=message.context,
            )
    with (TEXTS / f"{room}.po").open("wb") as file:
        write_po(file, fresh, omit_header=True, sort_output=True, include_lineno=False, width=120)
    return sum(1 for message in fresh if message.id and not all(_strings(message.string)))


def _strings(string: object) -> list[str]:
    return list(string) if isinstance(string, list | tuple) else [str(string or "")]


def main(rooms: list[str]) -> None:
    for room, current in sorted(said().items()):
        if not rooms or room in rooms:
            print(f"{room}: {len(list(current)) - 1} sentences, {update(room, current)} without German")


if __name__ == "__main__":
    main(sys.argv[1:])
