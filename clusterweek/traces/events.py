"""What is noted: the name of each event, and what people read. To add one, copy its neighbour."""

from clusterweek.i18n import lazy_gettext as _l

EVENTS = {
    "login": _l("Logged in"),
    "login_failed": _l("Wrong password"),
    "login_slowed": _l("Login put off: too many wrong passwords"),
    "logout": _l("Logged out"),
    "link_asked": _l("Link to log in or to set a password asked for"),
    "link_used": _l("Link to log in or to set a password used"),
    "link_refused": _l("Link refused: used before, run out, or made up"),
    "link_printed": _l("Link printed by a command"),
    "password_set": _l("Password set for the first time"),
    "password_changed": _l("Password changed"),
    "account_closed": _l("Account switched off"),
    "account_opened": _l("Account switched on"),
    "role_given": _l("Role given"),
    "membership_given": _l("Joined a cluster's team"),
    "membership_taken": _l("Left a cluster's team, or was removed"),
    "owner_made": _l("May now invite and remove others"),
    "invited": _l("Invitation sent"),
    "invitation_refused": _l("Invitation not sent: too many, or too soon"),
    "page_refused": _l("Page of somebody else refused"),
    "form_refused": _l("Form refused: its token was missing, old or made up"),
    "attendees_read": _l("List of attendees read"),
    "attendees_exported": _l("List of attendees saved as a file"),
    "programme_exported": _l("Programme saved with contacts and online links"),
    "letters_read": _l("Outbox read"),
    "table_imported": _l("Table taken over"),
    "edition_changed": _l("Settings of a week or conference changed"),
    "backup_made": _l("Backup written"),
    "backup_restored": _l("Backup restored"),
    "schema_taken_back": _l("Database taken back one step"),
    "demo_loaded": _l("Demo loaded"),
    "demo_purged": _l("Demo removed"),
}
# What the subject of an event is called beside its number.
SUBJECTS = {
    "activity": _l("activity number"),
    "cluster": _l("cluster"),
    "edition": _l("week or conference"),
    "invitation": _l("invitation"),
    "letter": _l("letter"),
    "registration": _l("registration number"),
}
