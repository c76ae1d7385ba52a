"""The headings of the programme's table (docs/exporting.md), and the German ones that are understood as well."""

GERMAN = {
    "Nr.": "id",
    "Termin": "occurrence",
    "Titel": "title_de",
    "Titel (Englisch)": "title_en",
    "Kurztext": "summary_de",
    "Kurztext (Englisch)": "summary_en",
    "Beschreibung": "description_de",
    "Beschreibung (Englisch)": "description_en",
    "Format": "format",
    "Durchführung": "mode",
    "Zugang": "access",
    "Beginn": "starts_at",
    "Ende": "ends_at",
    "Zeitzone": "timezone",
    "Ort": "venue_name",
    "Straße": "street",
    "PLZ": "postcode",
    "Stadt": "city",
    "Land": "land",
    "Breitengrad": "latitude",
    "Längengrad": "longitude",
    "Online-Adresse": "online_url",
    "Veranstalter": "host_cluster",
    "Mitveranstalter": "co_hosts",
    "Technologiefelder": "technology_fields",
    "Partnerländer": "partner_countries",
    "Kooperationspartner": "external_partners",
    "Sprachen": "languages",
    "Plätze": "capacity",
    "Plätze online": "capacity_online",
    "Anmeldeweg": "registration_mode",
    "Anmeldeseite": "registration_url",
    "Anmeldeschluss": "registration_deadline",
    "Kontakt": "contact_name",
    "Kontakt E-Mail": "contact_email",
    "Barrierefreiheit": "accessibility",
    "Kosten": "cost_note",
    "Stand": "status",
    "Findet statt": "happening",
    "Adresse der Seite": "url",
    "Freie Plätze": "seats_free",
    "Warteliste": "waiting_count",
}
IGNORED = {"url", "seats_free", "waiting_count"}
OF_OCCURRENCES = {
    "occurrence", "starts_at", "ends_at", "timezone", "venue_name", "street", "postcode", "city", "land", "latitude",
    "longitude", "online_url",
}  # fmt: skip
KNOWN = set(GERMAN.values())
_FOLDED = {german.casefold(): column for german, column in GERMAN.items()}


def column_of(heading: str) -> str | None:
    """The column that a heading means; None for one that nobody knows. "land" is a column's name and German at once."""
    folded = heading.strip().casefold()
    return folded if folded in KNOWN else _FOLDED.get(folded)
