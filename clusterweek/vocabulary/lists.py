"""The fixed lists, from memory: code -> Term, in the order in which people expect them."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale

from clusterweek.i18n import LANGUAGES, country_name, gettext as _, language
from clusterweek.vocabulary import spelling

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Term:
    """One code with its names."""

    code: str
    de: str
    en: str

    @property
    def name(self) -> str:
        """In the language of the page or letter that is being made."""
        return self.de if language() == "de" else self.en


def _read(file: str, key: str) -> dict[str, Term]:
    rows: list[dict[str, Any]] = json.loads((DATA / file).read_text("utf-8"))
    return {row[key]: Term(row[key], row["de"], row["en"]) for row in rows}


LAENDER = _read("laender.json", "code")  # 16, ISO 3166-2
FIELDS = _read("technology_fields.json", "slug")  # 37
FORMATS = _read("formats.json", "slug")  # 26
MODES = {
    "in_person": Term("in_person", "vor Ort", "in person"),
    "online": Term("online", "online", "online"),
    "hybrid": Term("hybrid", "hybrid", "hybrid"),
}
ACCESSES = {
    "open": Term("open", "offen", "open"),
    "registration": Term("registration", "mit Anmeldung", "with registration"),
    "invitation": Term("invitation", "auf Einladung", "by invitation"),
}
HAPPENINGS = {
    "tentative": Term("tentative", "vorläufig", "tentative"),
    "confirmed": Term("confirmed", "findet statt", "confirmed"),
    "postponed": Term("postponed", "verschoben", "postponed"),
    "cancelled": Term("cancelled", "abgesagt", "cancelled"),
    "held": Term("held", "hat stattgefunden", "held"),
}
CLUSTER_KINDS = {
    "cluster": Term("cluster", "Cluster", "Cluster"),
    "ministry": Term("ministry", "Ministerium", "Ministry"),
    "agency": Term("agency", "Agentur", "Agency"),
    "other": Term("other", "Sonstige", "Other"),
}
LABELS = {  # of the European Cluster Excellence Initiative
    "bronze": Term("bronze", "Bronze", "Bronze"),
    "silver": Term("silver", "Silber", "Silver"),
    "gold": Term("gold", "Gold", "Gold"),
}
REVIEW_STEPS = {
    "draft": Term("draft", "Entwurf", "Draft"),
    "submitted": Term("submitted", "Eingereicht", "Submitted"),
    "changes_requested": Term("changes_requested", "Überarbeitung erbeten", "Changes requested"),
    "published": Term("published", "Veröffentlicht", "Published"),
    "rejected": Term("rejected", "Nicht aufgenommen", "Not accepted"),
    "withdrawn": Term("withdrawn", "Zurückgezogen", "Withdrawn"),
}
SPOKEN = {
    code: Term(code, Locale("de").languages[code], Locale("en").languages[code])
    for code in ("de", "en", "fr", "nl", "pl", "cs", "da", "sv", "it", "es", "pt")
}

ALSO_CALLED = {  # what people say for a country, besides its name in the lists
    **dict.fromkeys(("USA", "U.S.A", "Vereinigte Staaten von Amerika", "United States of America", "Amerika"), "US"),
    **dict.fromkeys(("UK", "U.K", "Großbritannien", "Great Britain", "England", "Schottland", "Scotland"), "GB"),
    **dict.fromkeys(("Tschechische Republik", "Czech Republic"), "CZ"),
    **dict.fromkeys(("Slowakische Republik", "Slovak Republic"), "SK"),
    **dict.fromkeys(("Republik Korea", "Republic of Korea", "Korea"), "KR"),
    **dict.fromkeys(("Volksrepublik China", "VR China", "People's Republic of China"), "CN"),
    **dict.fromkeys(("Vereinigte Arabische Emirate", "VAE", "UAE"), "AE"),
    **dict.fromkeys(("Moldau", "Moldawien", "Republic of Moldova"), "MD"),
    **dict.fromkeys(("Türkei", "Turkey"), "TR"),
    **dict.fromkeys(("Russische Föderation", "Russian Federation"), "RU"),
    **dict.fromkeys(("Hongkong", "Hong Kong"), "HK"),
    **dict.fromkeys(("Bosnien-Herzegowina", "Bosnien", "Bosnia"), "BA"),
    **dict.fromkeys(("Mazedonien", "Macedonia"), "MK"),
    **{"Holland": "NL", "Republik Irland": "IE", "Weißrussland": "BY"},
}


@cache
def country_codes() -> frozenset[str]:
    """ISO 3166-1 alpha-2 codes of countries that exist (CLDR knows more: regions, the EU, test codes)."""
    not_countries = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "XK"} | {"AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
    known = [str(code) for code in Locale("en").territories]
    return frozenset(code for code in known if len(code) == 2 and code.isalpha() and code not in not_countries)


def countries() -> list[Term]:
    """Every country, sorted by its name in the current language."""
    names = {lang: Locale(lang).territories for lang in LANGUAGES}
    entries = [Term(code, names["de"][code], names["en"][code]) for code in country_codes()]
    return sorted(entries, key=lambda entry: sort_key(entry.name))


@cache
def _country_codes_by_name() -> dict[str, str]:
    """Codes and names in both languages, folded -> code."""
    found = {spelling.bare(said): code for said, code in ALSO_CALLED.items()}
    for entry in countries():
        found |= {spelling.bare(said): entry.code for said in (entry.code, entry.de, entry.en)}
    return found


def country_code(said: str) -> str:
    """The code of a country, from its code or its name in either language. Raises ValueError with a sentence."""
    code = _country_codes_by_name().get(spelling.bare(said).removeprefix("the ").rstrip("."))
    if code is None:
        raise ValueError(_("“%(name)s” is not a country. Write its name or its code, for example NL.", name=said))
    return code


def sort_key(name: str) -> str:
    return name.translate(str.maketrans("ÄÖÜäöüÅ", "AOUaouA")).casefold()


def country(code: str) -> str:
    return country_name(code)
