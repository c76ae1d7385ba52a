"""Every entry of an activity, once: what it is called, what it may hold, who sees it, which column it is in a table.

Forms, checks, remarks, history, tables, JSON and import read this list; docs/building.md says what else a new entry
needs.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from clusterweek.activities.models import REGISTRATION_MODES
from clusterweek.i18n import lazy_gettext as _l
from clusterweek.vocabulary import lists

Kind = Literal[
    "line",  # a text of a single line
    "text",
    "web",  # an address of the web
    "email",
    "code",  # one of `codes`
    "count",  # places
    "number",
    "degrees",
    "moment",
    "local",  # wall clock at the place, see `timezone`
    "zone",
    "tick",
    "rows",  # what only the form keeps, as JSON
    "step",  # changed by steps alone, see rules.STEPS
    "cluster",
    # Lists, rows of tables of their own, see belongings.py:
    "clusters",
    "codes",
    "countries",
    "partners",
    # No value of the activity itself:
    "dates",  # its occurrences
    "together",  # the name under which several entries are asked for and remarked on
]
LISTS = ("clusters", "codes", "countries", "partners")


@dataclass(frozen=True)
class Entry:
    """One entry; `name` is the model's attribute, the form's field and the key in what actions take."""

    name: str
    label: Any = ""
    kind: Kind = "line"
    limit: int | None = None  # characters; of each name in a list of names
    part: str = ""  # of the form: a key of host/sections.py
    answer: str | None = None  # the one under which the office reads it and remarks on it; None: its own
    column: str | None = None  # its name in tables and in JSON; None: `name`, "": it is in neither
    german: str = ""  # the other heading that a table may have
    codes: dict[str, lists.Term] = field(default_factory=dict)
    needed: Any = ""  # the sentence for a submission without it
    of_date: bool = False  # of one date, not of the whole activity
    is_private: bool = False  # for the host and the office alone
    is_shown: bool = True  # on a page, in a file or in a feed
    is_reckoned: bool = False  # the program says it, nobody enters it
    is_never_empty: bool = False  # an empty cell leaves it as it is
    is_wide: bool = False  # wants a broad column, though it is no text

    @property
    def key(self) -> str:
        """Its name outside of the program."""
        return self.name if self.column is None else self.column

    @property
    def answer_name(self) -> str:
        """The answer that it is part of; what no cluster is asked for is remarked on in general."""
        name = self.name if self.answer is None else self.answer
        return "general" if self.is_reckoned else name or "general"

    @property
    def is_column(self) -> bool:
        """Whether it has a column in tables; that a date lasts all day is said there by its times."""
        return bool(self.key and self.german)

    @property
    def is_set(self) -> bool:
        """Whether `actions.update` sets it as one value of the activity."""
        return not (
            self.of_date or self.is_reckoned or self.kind in LISTS or self.kind in ("dates", "together", "step")
        )


def _plain(codes: tuple[str, ...]) -> dict[str, lists.Term]:
    """Codes that are never put into words."""
    return {code: lists.Term(code, code, code) for code in codes}


E = Entry
OF_PLACE: dict[str, Any] = {"of_date": True, "answer": "venue"}
# In the order of the columns (docs/exporting.md), which others rely on: what is new stands at the end.
ENTRIES = (
    E("id", kind="number", german="Nr.", is_reckoned=True),
    E("occurrence", kind="number", german="Termin", of_date=True, is_reckoned=True),
    E("title_de", _l("Title"), "line", 120, "content", german="Titel", is_wide=True,
      needed=_l("Enter the title in German.")),
    E("title_en", _l("Title (English)"), "line", 120, "content", "title_de", german="Titel (Englisch)", is_wide=True),
    # Three sentences; more does not fit the booklet's entry.
    E("summary_de", _l("Summary"), "text", 600, "content", german="Kurztext",
      needed=_l("Enter the summary in German: 2 to 3 sentences.")),
    E("summary_en", _l("Summary (English)"), "text", 600, "content", "summary_de", german="Kurztext (Englisch)"),
    E("description_de", _l("Description"), "text", 6000, "content", german="Beschreibung"),
    E("description_en", _l("Description (English)"), "text", 6000, "content", "description_de",
      german="Beschreibung (Englisch)"),
    E("format", _l("Format"), "code", part="kind", german="Format", codes=lists.FORMATS, needed=_l("Choose a format.")),
    E("mode", _l("Mode"), "code", part="kind", answer="format", german="Durchführung", codes=lists.MODES,
      is_never_empty=True),
    E("access", _l("Access"), "code", part="kind", answer="format", german="Zugang", codes=lists.ACCESSES,
      is_never_empty=True),
    E("occurrences", _l("Dates"), "dates", part="dates",
      needed=_l("Enter at least one date, with its start and its end.")),
    E("starts_local", kind="local", of_date=True, answer="occurrences", column="starts_at", german="Beginn"),
    E("ends_local", kind="local", of_date=True, answer="occurrences", column="ends_at", german="Ende"),
    E("timezone", _l("Time zone"), "zone", of_date=True, answer="occurrences", german="Zeitzone"),
    E("is_all_day", _l("All day"), "tick", of_date=True, answer="occurrences", column="all_day"),
    E("venue", _l("Place"), "together", part="dates", column="",
      needed=_l("Enter the town or the venue for every date.")),
    E("venue_name", _l("Venue"), "line", 200, german="Ort", **OF_PLACE),
    E("street", _l("Street and number"), "line", 160, german="Straße", **OF_PLACE),
    E("postcode", _l("Postcode"), "line", 12, german="PLZ", **OF_PLACE),
    E("city", _l("Town"), "line", 80, german="Stadt", **OF_PLACE),
    E("venue_land", _l("Federal state (Land)"), "code", part="dates", column="land", german="Land", codes=lists.LAENDER,
      needed=_l("Choose the federal state (Land) of every place; abroad, choose the time zone there instead."),
      **OF_PLACE),
    E("latitude", kind="degrees", german="Breitengrad", **OF_PLACE),
    E("longitude", kind="degrees", german="Längengrad", **OF_PLACE),
    E("online_url", _l("Address of the online room"), "web", 500, german="Online-Adresse", is_private=True, **OF_PLACE),
    E("host_cluster", _l("Host (cluster)"), "cluster", answer="external_partners", german="Veranstalter",
      needed=_l("Choose the cluster that hosts the activity.")),
    E("co_hosts", _l("Co-hosts"), "clusters", part="partners", answer="external_partners", german="Mitveranstalter"),
    E("fields", _l("Technology fields"), "codes", part="content", column="technology_fields",
      german="Technologiefelder", codes=lists.FIELDS, needed=_l("Choose at least one technology field.")),
    E("partner_countries", _l("International partners"), "countries", part="partners", answer="external_partners",
      german="Partnerländer"),
    E("external_partners", _l("Co-operation partners"), "partners", 160, "partners", german="Kooperationspartner"),
    E("languages", _l("Languages spoken"), "codes", part="content", german="Sprachen", codes=lists.SPOKEN,
      needed=_l("Choose at least one language that is spoken.")),
    E("capacity", _l("Places on site"), "count", part="sign_up", answer="registration_mode", german="Plätze"),
    E("capacity_online", _l("Places online"), "count", part="sign_up", answer="registration_mode",
      german="Plätze online"),
    E("registration_mode", _l("Registration channel"), "code", part="sign_up",
      german="Anmeldeweg", codes=_plain(REGISTRATION_MODES), is_never_empty=True),
    E("registration_url", _l("Address of the registration page"), "web", 500, "sign_up", "registration_mode",
      german="Anmeldeseite", needed=_l("Enter the address of the page where people register.")),
    E("registration_deadline", _l("Registration closes"), "moment", None, "sign_up", "registration_mode",
      german="Anmeldeschluss"),
    E("contact_name", _l("Contact person"), "line", 120, "sign_up", "contact_email", german="Kontakt", is_private=True),
    E("contact_email", _l("E-mail for questions"), "email", 254, "sign_up", german="Kontakt E-Mail", is_private=True,
      needed=_l("Enter an e-mail address for questions.")),
    E("accessibility", _l("Accessibility on site"), "text", 1000, "dates", german="Barrierefreiheit"),
    E("is_accessible", _l("Accessibility on site"), "tick", None, "dates", "accessibility", column=""),
    E("cost_note", _l("Cost"), "line", 300, "sign_up", german="Kosten"),
    E("review_status", kind="step", answer="", column="status", german="Stand", codes=lists.REVIEW_STEPS),
    E("happening", _l("takes place or not"), "code", answer="", german="Findet statt", codes=lists.HAPPENINGS,
      is_never_empty=True),
    E("url", kind="web", german="Adresse der Seite", is_reckoned=True, is_wide=True),
    E("seats_free", kind="count", german="Freie Plätze", is_reckoned=True),
    E("waiting_count", kind="count", german="Warteliste", is_reckoned=True),
    E("parent_activity_id", _l("part of another activity"), "number", answer="", column=""),
    E("outside_window_allowed", _l("exception from the days of the week"), "tick", answer="", column="",
      is_shown=False),
    E("unfinished_dates", _l("Dates"), "rows", answer="", column="", is_shown=False),
    E("unread", kind="rows", answer="", column="", is_shown=False),
    E("general", _l("In general"), "together", column=""),
)  # fmt: skip
BY_NAME = {entry.name: entry for entry in ENTRIES}
OF_ACTIVITY = tuple(entry for entry in ENTRIES if not entry.of_date)
OF_DATES = tuple(entry for entry in ENTRIES if entry.of_date)
COLUMNS = tuple(entry for entry in ENTRIES if entry.is_column)
LABELS = {entry.name: entry.label for entry in ENTRIES if entry.label}


def plain(value: Any) -> Any:
    """A stored moment or wall clock as it travels between forms, tables and actions: as JSON has it."""
    return value.isoformat() if isinstance(value, datetime) else value


def read(name: str, value: Any) -> Any:
    """The other way round: what is stored of a value that has travelled."""
    is_time = bool(value) and BY_NAME[name].kind in ("moment", "local")
    return datetime.fromisoformat(value) if is_time else value


def label(name: str) -> str:
    """What an entry is called; of an unknown one its name."""
    return str(LABELS.get(name, name))
