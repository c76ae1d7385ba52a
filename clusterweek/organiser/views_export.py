"""Exports of the programme: one filter, five formats, with all columns of the office or as the public sees it."""

from typing import Any

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from clusterweek.accounts.login import person
from clusterweek.desk.office import desk, edition_or_404
from clusterweek.i18n import LANGUAGES, gettext as _, language
from clusterweek.listing import choices, filter as filters
from clusterweek.listing.facets import facets
from clusterweek.listing.filter import UnknownFilter
from clusterweek.organiser.bp import bp
from clusterweek.programme import files
from clusterweek.traces import log as traces
from clusterweek.web import guards
from clusterweek.web.downloads import attachment

OWN = ("format_of_file", "lang_of_file", "profile")
PROFILES = ("public", "office")
TABLES = ("xlsx", "csv", "json")  # the formats that have columns


@bp.get("/<edition>/export")
@guards.organisers_only
def export(edition: str) -> Any:
    """The form; with a filter in the address, how many activities it finds."""
    of = edition_or_404(edition)
    chosen = filters.parse(_without_empty(request.args), now=desk().now)
    counts = facets(of, chosen)
    groups = [choices.days(chosen, counts), *choices.main_groups(chosen, counts), *choices.more_groups(chosen, counts)]
    return render_template(
        "organiser/export.html",
        edition=of,
        chosen=chosen,
        count=counts.total,
        groups=groups,
        formats=_formats(),
        file=_file_of_request(),
    )


@bp.get("/<edition>/export/file")
@guards.organisers_only
def export_file(edition: str) -> Any:
    """The file, with all columns unless `profile=public`. 400 for a format, language or filter that does not exist."""
    of = edition_or_404(edition)
    format, lang, profile = _file_of_request(profile="office").values()
    chosen = filters.parse(_without_empty(request.args), now=desk().now)
    is_office = profile == "office"
    made = files.make(format, edition=of, filter=chosen, lang=lang, now=desk().now, is_office=is_office)
    if is_office:
        traces.note_apart("programme_exported", by=person(), subject=("edition", of.id), now=desk().now)
    # Contacts and online links are in it: never to be taken for the public file of the same name.
    name = f"{of.slug}-internal.{format}" if is_office and format in TABLES else made.name
    return attachment(made.body, filename=name, mimetype=made.mimetype)


def _file_of_request(profile: str = "public") -> dict[str, str]:
    """Format, language and columns of the file, by name. Raises UnknownFilter (400) naming a value that is none.

    `format=pdf` is understood as well as `format_of_file=pdf`: no activity's format is called like a file's.
    """
    short = next((value for value in request.args.getlist("format") if value in files.FORMATS), "pdf")
    asked = {}
    for name, default, known in zip(
        OWN, (short, language(), profile), (files.FORMATS, LANGUAGES, PROFILES), strict=True
    ):
        asked[name] = request.args.get(name) or default
        if asked[name] not in known:
            raise UnknownFilter(name, asked[name])
    return asked


def _without_empty(args: MultiDict[str, str]) -> MultiDict[str, str]:
    """What the form leaves open is no filter; what is about the file is none either."""
    return MultiDict(
        (name, value)
        for name, value in args.items(multi=True)
        if value.strip() and name not in OWN and not (name == "format" and value in files.FORMATS)
    )


def _formats() -> dict[str, tuple[str, str]]:
    """Format -> (name, what it is good for)."""
    return {
        "pdf": (_("Booklet (PDF)"), _("to print and to send; accessible")),
        "xlsx": (_("Spreadsheet (XLSX)"), _("to work with; can be imported again")),
        "csv": (_("Table (CSV)"), _("for other programs; can be imported again")),
        "json": (_("Data (JSON)"), _("for websites and developers")),
        "ics": (_("Calendar (ICS)"), _("for a calendar program")),
    }
