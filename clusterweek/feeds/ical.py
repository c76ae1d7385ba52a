"""The calendars: the entries, and what a calendar says about itself. The name follows the filter."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from clusterweek.activities import rules
from clusterweek.activities.models import Activity
from clusterweek.calendar import files as calendar
from clusterweek.calendar.files import Frame
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.feeds import entries
from clusterweek.feeds.versions import Version
from clusterweek.i18n import either, gettext as _
from clusterweek.listing.filter import Filter
from clusterweek.web import links


def of_edition(version: Version, chosen: Filter, lang: str) -> bytes:
    """The programme of one edition."""
    edition = db.session.scalars(
        select(Edition).where(Edition.slug == version.slug).options(lazyload(Edition.partner_countries))
    ).one()
    frame = Frame(
        name=_named(either(edition, "title")[0], chosen),
        description=_("This calendar follows the programme. Cancelled and postponed dates are marked."),
        url=links.page("public.programme", lang=lang, edition=edition.slug, **chosen.args()),
        source=links.page("feeds.edition_ics", lang=lang, edition=edition.slug, **chosen.args()),
    )
    return _bound(version, chosen, frame, lang)


def of_all(version: Version, chosen: Filter, lang: str) -> bytes:
    """The programmes of all public editions."""
    frame = Frame(
        name=_named(_("Cluster weeks and conferences"), chosen),
        description=_("This calendar follows all programmes. Cancelled and postponed dates are marked."),
        url=links.page("public.home", lang=lang),
        source=links.page("feeds.all_ics", lang=lang, **chosen.args()),
    )
    return _bound(version, chosen, frame, lang)


def of_activity(version: Version, chosen: Filter, lang: str) -> bytes | None:
    """The dates of one activity; None when it is no longer public and nobody needs to be told any more."""
    activity = db.session.scalars(
        select(Activity)
        .where(Activity.id == version.activity_id)
        .options(joinedload(Activity.edition).options(lazyload(Edition.partner_countries)))
    ).one()
    frame = Frame(
        name=_named(either(activity, "title")[0], chosen),
        description=_("This calendar follows one activity. Cancelled and postponed dates are marked."),
        url=links.page(
            "public.activity", lang=lang, edition=activity.edition.slug, activity=rules.address_part(activity)
        ),
        source=links.page("feeds.activity_ics", lang=lang, activity_id=activity.id, **chosen.args()),
    )
    if not activity.is_published and not entries.of(version, chosen, lang):
        return None
    return _bound(version, chosen, frame, lang)


def _bound(version: Version, chosen: Filter, frame: Frame, lang: str) -> bytes:
    return calendar.bind(entries.of(version, chosen, lang), frame, lang, home=version.zone)


def _named(title: str, chosen: Filter) -> str:
    if not chosen:
        return title
    return f"{title}: {' · '.join(label for _name, _value, label in chosen.labels())}"
