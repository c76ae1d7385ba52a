"""What people write into tables, besides the names and codes of our lists, and above their columns."""

import re

from clusterweek.vocabulary.lists import Term

# Forms offer these as questions; a table names them in one word.
REGISTRATION_MODES = {
    "none": Term("none", "keine", "none"),
    "internal": Term("internal", "intern", "internal"),
    "external": Term("external", "extern", "external"),
}
# By the column of a table of activities.
WORDS = {
    "registration_mode": {
        **dict.fromkeys(
            ("keine anmeldung", "ohne anmeldung", "ohne", "nein", "nicht nötig", "no registration"), "none"
        ),
        **dict.fromkeys(("hier", "auf dieser seite", "über diese seite", "über die clusterwoche", "here"), "internal"),
        **dict.fromkeys(("eigene seite", "eigene anmeldung", "beim veranstalter", "elsewhere"), "external"),
    },
    "status": {
        **dict.fromkeys(("freigegeben", "publiziert", "öffentlich", "public"), "published"),
        **dict.fromkeys(("in prüfung", "zur prüfung", "in review"), "submitted"),
    },
    "happening": {
        **dict.fromkeys(("ja", "yes", "bestätigt"), "confirmed"),
        **dict.fromkeys(("fällt aus", "canceled"), "cancelled"),
        "unter vorbehalt": "tentative",
    },
    "mode": {
        **dict.fromkeys(("präsenz", "in präsenz", "präsenzveranstaltung", "vor-ort", "on site", "onsite"), "in_person"),
        **dict.fromkeys(("digital", "virtuell", "virtual"), "online"),
    },
    "access": {
        **dict.fromkeys(("öffentlich", "frei", "public"), "open"),
        **dict.fromkeys(("anmeldung", "nach anmeldung", "nur mit anmeldung", "registration required"), "registration"),
        **dict.fromkeys(("einladung", "nur auf einladung", "geschlossen", "invitation only"), "invitation"),
    },
}
# Besides the names of the columns and the German headings of our own files.
HEADINGS = {
    "Postleitzahl": "postcode",
    "Bundesland": "land",
    "Anfang": "starts_at",
    "Start": "starts_at",
    "Straße und Hausnummer": "street",
    "Sprache": "languages",
    "Technologiefeld": "technology_fields",
    "Partnerland": "partner_countries",
    "Anmeldefrist": "registration_deadline",
    "Status": "status",
}
# A whole cell that says that there is nothing, where a list of names stands otherwise.
NOTHING = frozenset(
    ("keine", "keiner", "kein", "keins", "ohne", "none", "no", "nein", "entfällt", "n/a", "-", "–", "—", "/")
)


def heading(text: str) -> str:
    """ "E-Mail\\n(Kontakt)*" -> "email kontakt": the form in which headings are compared."""
    return " ".join(re.findall(r"\w+", text.casefold().replace("e-mail", "email").replace("_", " ")))
