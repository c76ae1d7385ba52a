"""Two languages: `_()` for sentences, and how dates, times, countries and numbers are written.

Sentences are written in English in the code; `texts/de/<room>.po` holds each room's German. English dates are
British ("8 April 2027"); the bare locale "en" would print American ones.
"""

import io
from contextlib import AbstractContextManager
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, Domain, force_locale, get_locale, gettext, lazy_gettext, ngettext
from markupsafe import Markup, escape

__all__ = ["LANGUAGES", "force_language", "gettext", "language", "lazy_gettext", "ngettext"]

LANGUAGES = ("de", "en")
LOCALES = {"de": "de", "en": "en_GB"}
TEXTS = Path(__file__).parent / "texts"


def init_app(app: Flask) -> None:
    """Load the catalogues and put the filters for dates and numbers into the templates."""
    _RoomTexts(app, locale_selector=lambda: LOCALES[g.get("lang", "de") if has_request_context() else "de"])
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.filters.update(
        day_long=day_long,
        day_medium=day_medium,
        day_short=day_short,
        clock_time=clock_time,
        moment_long=moment_long,
        moment_short=moment_short,
        country=country_name,
        number=number,
        in_language=in_language,
    )
    app.jinja_env.globals.update(language=language, local=local, either=either, flagged=flagged)


class _RoomTexts(Babel):
    """Flask-Babel, reading our catalogues: one file per room, kept in memory (its own way reads a file per request)."""

    @property
    def domain_instance(self) -> Domain:
        return _domain()


@cache
def _domain() -> Domain:
    domain = Domain()
    for lang, locale in LOCALES.items():
        domain.cache[locale, domain.domain[0]] = _catalogue(lang)
    return domain


def _catalogue(lang: str) -> Translations:
    merged = Catalog(locale=lang)
    for path in sorted((TEXTS / lang).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=lang):
                if message.id and message.string and not message.fuzzy:
                    merged.add(message.id, message.string, context=message.context)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Translations(compiled)


def language_asked_for() -> str:
    """The language of an address that names none: its first part, if that is one, else what the browser likes best."""
    first = request.path.lstrip("/").split("/", 1)[0]
    if first in LANGUAGES:
        return first
    # By the main part of each wish: "en-GB" is English, whatever stands behind it.
    wishes = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality)
    return next((wish for wish in wishes if wish in LANGUAGES), "de")


def language() -> str:
    """ "de" or "en": the language of the page or letter that is being made."""
    return str(get_locale().language)


def force_language(lang: str) -> AbstractContextManager[None]:
    """Context manager: everything inside speaks `lang`, whatever the request or the worker speaks."""
    return force_locale(LOCALES[lang])


def _babel_locale() -> Locale:
    return Locale.parse(LOCALES[language()])


def local(moment: datetime, zone: str | None = None) -> datetime:
    """A UTC moment on the clock of `zone` (default: the installation's)."""
    return moment.astimezone(ZoneInfo(zone or current_app.config["TIMEZONE"]))


def day_long(day: date) -> str:
    """Donnerstag, 8. April 2027 · Thursday, 8 April 2027"""
    return format_date(day, "EEEE, d. MMMM y" if language() == "de" else "EEEE, d MMMM y", locale=_babel_locale())


def day_medium(day: date) -> str:
    """Donnerstag, 8. April · Thursday, 8 April"""
    return format_date(day, "EEEE, d. MMMM" if language() == "de" else "EEEE, d MMMM", locale=_babel_locale())


def day_span(first: date, last: date, *, with_year: bool = False) -> str:
    """ "6. bis 15. April", "30. März bis 2. April", one day alone "6. April"; with the year "6. bis 15. April 2027"."""
    dot = "." if language() == "de" else ""
    locale = _babel_locale()
    end = f"d{dot} MMMM y" if with_year or first.year != last.year else f"d{dot} MMMM"
    ends = format_date(last, end, locale=locale)
    if first == last:
        return ends
    begin = end if first.year != last.year else f"d{dot} MMMM" if first.month != last.month else f"d{dot}"
    return gettext("%(first)s to %(last)s", first=format_date(first, begin, locale=locale), last=ends)


def day_short(day: date) -> str:
    """Do, 08.04.2027 · Thu, 8 April 2027"""
    pattern = "ccc, dd.MM.y" if language() == "de" else "ccc, d MMMM y"
    return format_date(day, pattern, locale=_babel_locale()).replace(".,", ",")


def clock_time(value: datetime) -> str:
    """09:00; the caller adds "Uhr" where a sentence needs it."""
    return format_time(value.time(), "HH:mm", locale=_babel_locale())


def o_clock(value: datetime) -> str:
    """09:00 Uhr · 09:00"""
    return clock_time(value) + (" Uhr" if language() == "de" else "")


def moment_long(moment: datetime, zone: str | None = None) -> str:
    """Mittwoch, 24. März 2027, 09:30 Uhr · Wednesday, 24 March 2027, 09:30"""
    here = local(moment, zone)
    return f"{day_long(here.date())}, {o_clock(here)}"


def moment_short(moment: datetime, zone: str | None = None) -> str:
    """24.03.2027, 09:30 Uhr · 24 March 2027, 09:30"""
    pattern = "dd.MM.y, HH:mm 'Uhr'" if language() == "de" else "d MMMM y, HH:mm"
    return format_datetime(local(moment, zone), pattern, tzinfo=None, locale=_babel_locale())


def country_name(code: str) -> str:
    """Name of an ISO 3166-1 country in the current language; the code itself when unknown."""
    return _babel_locale().territories.get(code, code)


def number(value: int) -> str:
    """2.424 · 2,424"""
    return f"{value:,}".replace(",", "." if language() == "de" else ",")


def either(thing: object, name: str) -> tuple[str, str]:
    """The text `name` of an object with `name_de` and `name_en`: (text, its language). Never blank if one exists."""
    wanted = language()
    for lang in (wanted, "de", "en"):
        if text := getattr(thing, f"{name}_{lang}", None):
            return text, lang
    return "", wanted


def flagged(lang: str) -> Markup:
    """The attribute for an element whose text is not in the language of the page; else nothing."""
    return Markup(' lang="{}"').format(lang) if lang != language() else Markup()


def in_language(text: str, lang: str) -> Markup:
    """A text inside a sentence of HTML, flagged where it is not in the sentence's language."""
    return escape(text) if lang == language() else Markup("<span{}>{}</span>").format(flagged(lang), text)
