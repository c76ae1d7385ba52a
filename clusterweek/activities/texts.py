"""Texts that are searched: folded to one form, so that Führung, Fuehrung, FÜHRUNG and fuhrung find each other."""

import re

from babel import Locale

from clusterweek.activities.models import Activity
from clusterweek.i18n import LANGUAGES
from clusterweek.vocabulary import lists, spelling

SPELLED_OUT = re.compile(r"(?<=[aou])e")  # ä is typed as ä, ae or a: all three become a


def fold(text: str) -> str:
    """The form in which texts are compared: lower case, no marks, umlauts by their bare letter, single spaces."""
    return SPELLED_OUT.sub("", spelling.bare(text))


def search_text_of(activity: Activity) -> str:
    """What the filter `q` searches: titles, summaries, clusters, places, fields, format, countries, partners; folded.

    Words in which "ae", "oe" or "ue" stands for itself are kept unfolded too: whoever types "entwicklung" finds the
    Neuentwicklung, which is folded to "neuntwicklung".
    """
    parts: list[str | None] = [activity.title_de, activity.title_en, activity.summary_de, activity.summary_en]
    if activity.host_cluster:
        parts += [activity.host_cluster.name, activity.host_cluster.city]
    parts += [cluster.name for cluster in activity.co_hosts]
    for occurrence in activity.occurrences:
        parts += [occurrence.venue_name, occurrence.city, *_names(lists.LAENDER, occurrence.venue_land)]
    for field in activity.fields:
        parts += _names(lists.FIELDS, field)
    parts += _names(lists.FORMATS, activity.format)
    for country in activity.partner_countries:
        parts += [Locale(lang).territories.get(country) for lang in LANGUAGES]
    parts += [partner.name for partner in activity.external_partners]
    text = " ".join(dict.fromkeys(part for part in parts if part))
    kept = dict.fromkeys(word for word in spelling.bare(text).split() if SPELLED_OUT.search(word))
    return " ".join([fold(text), *kept])


def _names(entries: dict[str, lists.Term], code: str | None) -> list[str]:
    entry = entries.get(code or "")
    return [entry.de, entry.en] if entry else []
