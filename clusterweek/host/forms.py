"""What a cluster types when an activity does not take place as planned."""

from wtforms import TextAreaField

from clusterweek.i18n import lazy_gettext as _l
from clusterweek.web.forms import AtMost, Form, Needed, many_lines

REASON_LIMIT = 600


class CancelForm(Form):
    """Why an activity is cancelled."""

    reason = TextAreaField(
        _l("Reason"),
        filters=[many_lines],
        validators=[Needed(_l("Give a reason: everybody who has registered will read it.")), AtMost(REASON_LIMIT)],
    )


class PostponeForm(Form):
    """Why an activity is postponed; may stay empty."""

    reason = TextAreaField(_l("Reason"), filters=[many_lines], validators=[AtMost(REASON_LIMIT)])
