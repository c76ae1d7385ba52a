"""What the entries of an activity are called: in forms, in remarks, in "still missing" and in letters."""

from clusterweek.i18n import lazy_gettext as _l

# In the order of the form. The keys are the names of its fields and the anchors of its page.
FIELDS = {
    "format": _l("Format"),
    "mode": _l("Mode"),
    "access": _l("Access"),
    "registration_mode": _l("Registration channel"),
    "host_cluster": _l("Host (cluster)"),
    "title_de": _l("Title"),
    "title_en": _l("Title (English)"),
    "summary_de": _l("Summary"),
    "summary_en": _l("Summary (English)"),
    "description_de": _l("Description"),
    "description_en": _l("Description (English)"),
    "fields": _l("Technology fields"),
    "languages": _l("Languages spoken"),
    "occurrences": _l("Dates"),
    "venue": _l("Place"),
    "venue_land": _l("Federal state (Land)"),
    "online_url": _l("Address of the online room"),
    "accessibility": _l("Accessibility on site"),
    "registration_url": _l("Address of the registration page"),
    "registration_deadline": _l("Registration closes"),
    "capacity": _l("Places on site"),
    "capacity_online": _l("Places online"),
    "cost_note": _l("Cost"),
    "contact_name": _l("Contact person"),
    "contact_email": _l("E-mail for questions"),
    "external_partners": _l("Co-operation partners"),
    "partner_countries": _l("International partners"),
    "co_hosts": _l("Co-hosts"),
    "general": _l("In general"),
}


def of(name: str) -> str:
    """The label of a field; of an unknown one its name."""
    return str(FIELDS.get(name, name))
