"""What can have happened: the verbs of the history, all in one tense, and what people read. To add one, copy its
neighbour; the object that it was done to stands beside it in the note."""

from clusterweek.i18n import lazy_gettext as _l

VERBS = {
    # of activities, clusters, weeks and conferences
    "created": _l("Entered"),
    "updated": _l("Changed"),
    # of activities
    "submitted": _l("Submitted"),
    "changes_requested": _l("Changes requested"),
    "published": _l("Published"),
    "rejected": _l("Not accepted"),
    "withdrawn": _l("Withdrawn"),
    "taken_up_again": _l("Taken up again as a draft"),
    "cancelled": _l("Cancelled"),
    "postponed": _l("Postponed"),
    "place_given": _l("An available place given to the next person on the waiting list"),
    # of clusters
    "invited": _l("Invitation sent"),
    "invited_again": _l("Invitation sent again"),
    "invitation_withdrawn": _l("Invitation taken back"),
    "member_added": _l("Joined a cluster's team"),
    "member_removed": _l("Left a cluster's team, or was removed"),
    "owner_made": _l("May now invite and remove others"),
    # of weeks and conferences
    "state_changed": _l("State changed"),
    "demo_loaded": _l("Demo loaded"),
    "demo_extended": _l("Demo extended"),
    # of people
    "role_given": _l("Role given"),
    "password_set": _l("Password set"),
    "account_closed": _l("Account switched off"),
    "account_opened": _l("Account switched on"),
}
INVITATIONS = ("invited", "invited_again")  # each has sent a letter to somebody
