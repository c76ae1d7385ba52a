"""The demo's vocabulary (files in `data/`) and the sentences made from it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

from clusterweek.vocabulary import lists, spelling

DATA = Path(__file__).parent / "data"
TITLE_LENGTH = 120
SHORT_NAMES = {"ict": "IKT"}  # in titles; the full name takes half of one


@cache
def read(name: str) -> Any:
    """A file of `data/`, once."""
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


@dataclass(frozen=True)
class Host:
    """A demo cluster."""

    number: int
    name: str
    land: str
    city: str
    fields: tuple[str, ...]
    label: str | None
    email: str

    @property
    def slug(self) -> str:
        return spelling.slug(self.name, otherwise="cluster")

    @property
    def domain(self) -> str:
        return self.email.partition("@")[2]

    @property
    def plain_name(self) -> str:
        return self.name.removesuffix(" (Demo)")


@dataclass(frozen=True)
class Topic:
    """What an activity is about: its name, a sentence about it, and what it lends itself to."""

    field: str
    de: str
    en: str
    say_de: str
    say_en: str
    suits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Title:
    """A title in both languages and what it is made of."""

    de: str
    en: str
    topic: Topic
    fields: tuple[str, ...]
    sessions: int = 1  # what the title of a block course promises

    @property
    def key(self) -> str:
        """What must not come twice: two meet-ups of the same people, two courses that differ in length only."""
        return re.sub(r" \(\d Termine\)$", "", re.sub(r"^\d+\. Branchens", "S", self.de))


NOBODY = Host(-1, "", "", "", (), None, "")
NO_TITLE = Title("", "", Topic("", "", "", "", ""), ())


@cache
def hosts() -> tuple[Host, ...]:
    """The 43 demo clusters."""
    return tuple(
        Host(n, row["name"], row["land"], row["city"], tuple(row["fields"]), row["ecei_label"], row["email"])
        for n, row in enumerate(read("vocabulary")["clusters"])
    )


@cache
def topics(of_field: str) -> tuple[Topic, ...]:
    """The two topics of a technology field."""
    return tuple(
        Topic(of_field, row["de"], row["en"], row["say_de"], row["say_en"], tuple(row["suits"]))
        for row in read("topics")[of_field]
    )


@cache
def places(land: str) -> tuple[dict[str, Any], ...]:
    """Towns of a Land, with rounded coordinates."""
    return tuple(row for row in read("vocabulary")["places"] if row["land"] == land)


def place(city: str) -> dict[str, Any]:
    """A town by its name."""
    return next(row for row in read("vocabulary")["places"] if row["city"] == city)


def english_city(city: str) -> str:
    return read("vocabulary")["english_cities"].get(city, city)


def field_name(slug: str, lang: str) -> str:
    """A technology field as titles name it."""
    entry = lists.FIELDS[slug]
    return SHORT_NAMES.get(slug, entry.de) if lang == "de" else entry.en


def _fits(pattern: dict[str, str], topic: Topic) -> bool:
    wish = pattern.get("suits", "")
    return wish.removeprefix("!") not in topic.suits if wish.startswith("!") else not wish or wish in topic.suits


def titles(format: str, host: Host, country: str | None, dice: Random, *, only_fitting: bool = True) -> Iterator[Title]:
    """Titles for what a cluster offers, in the order of the dice; `only_fitting`: no tours of what cannot be seen."""
    patterns = read("formats")["formats"][format]["titles"]
    pairs = [(p, t) for p, f in product(patterns, host.fields) for t in topics(f) if _fits(p, t) or not only_fitting]
    dice.shuffle(pairs)
    for pattern, topic in pairs:
        yield _title(pattern, topic, host, country, dice)


def _title(pattern: dict[str, str], topic: Topic, host: Host, country: str | None, dice: Random) -> Title:
    other = dice.choice([slug for slug in lists.FIELDS if slug not in host.fields])
    number, sessions = dice.randint(2, 40), dice.randint(2, 4)
    abroad = read("vocabulary")["countries"].get(country, {})
    said = {
        lang: {
            "t": topic.de if lang == "de" else topic.en,
            "f": field_name(topic.field, lang),
            "g": field_name(other, lang),
            "c": host.city if lang == "de" else english_city(host.city),
            "k": abroad.get(lang, ""),
            "country": abroad.get(f"name_{lang}", ""),
            "n": number,
            "nth": f"{number}{_ordinal(number)}",
            "m": sessions,
        }
        for lang in ("de", "en")
    }
    fields = (topic.field, other) if "{g}" in pattern["de"] else (topic.field,)
    return Title(pattern["de"].format(**said["de"]), pattern["en"].format(**said["en"]), topic, fields, sessions)


def _ordinal(number: int) -> str:
    return "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def numbered(title: Title, count: int) -> Title:
    """The same title for another group: used only when an edition is larger than the vocabulary."""
    de, en = f" – Gruppe {count}", f" – group {count}"
    return replace(title, de=title.de[: TITLE_LENGTH - len(de)] + de, en=title.en[: TITLE_LENGTH - len(en)] + en)


def summary(format: str, topic: Topic, lang: str, which: int) -> str:
    """Two or three sentences of plain text."""
    does = read("formats")["formats"][format]["does"]
    return f"{topic.say_de if lang == 'de' else topic.say_en} {does[which % len(does)][lang]}"


def description(format: str, lang: str, which: int) -> str:
    """What the page says below the summary; Markdown."""
    words = read("formats")["formats"][format]
    does = words["does"][(which + 1) % len(words["does"])][lang]
    steps = "\n".join(f"- {step[lang]}" for step in words["steps"])
    if lang == "de":
        return f"{does}\n\n**Ablauf**\n\n{steps}\n\n**Für wen?** Für {words['whom']['de']}."
    return f"{does}\n\n**What happens**\n\n{steps}\n\n**For whom?** For {words['whom']['en']}."
