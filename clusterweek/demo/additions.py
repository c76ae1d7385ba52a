"""What later versions of the program have to show: a demo that an earlier one has loaded gets it with the next load.

Each addition comes once: the history knows its name from then on, so what people have done with it since stays.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.clusters.models import Invitation
from clusterweek.db.session import db
from clusterweek.db.types import METADATA
from clusterweek.demo import cast, rows
from clusterweek.demo.offers import Offer
from clusterweek.history import record
from clusterweek.history.models import Note
from clusterweek.web import links

ADDED = "demo_extended"  # the history's verb; its details name the addition
INVITED = "IsarBio"  # has nobody who may log in
DAYS_AGO = 3


def bring(drawn: Sequence[Offer], frame: rows.Frame) -> list[str]:
    """Add what the demo does not show yet; the names of what was added. `drawn` is the demo on paper."""
    added = [name for name in ADDITIONS if name not in _known(frame.week.id)]
    for name in added:
        ADDITIONS[name](drawn, frame)
        record.note(ADDED, "edition", frame.week.id, now=frame.now, by=None, addition=name)
    db.session.flush()
    return added


def _known(week_id: int) -> set[str]:
    noted = select(Note).where(Note.subject_type == "edition", Note.subject_id == week_id, Note.action == ADDED)
    return {entry.details["addition"] for entry in db.session.scalars(noted)}


def _unread_date(drawn: Sequence[Offer], frame: rows.Frame) -> None:
    """A draft whose second date cannot be read. It was one without any date before; once touched, it stays."""
    offer = next(offer for offer in drawn if offer.wish == "unread_date")
    draft = db.session.scalars(
        select(Activity).where(
            Activity.edition_id == frame.week.id,
            Activity.host_cluster_id == frame.clusters[offer.host.number].id,
            Activity.title_de == offer.title.de,
            Activity.review_status == "draft",
            Activity.updated_at == Activity.created_at,
        )
    ).one_or_none()
    if draft is None or draft.unread or draft.occurrences:
        return
    made = list(rows.of(offer, draft.id, frame))
    stored = next(row for model, row in made if model is Activity)
    draft.unread, draft.search_text = stored["unread"], stored["search_text"]
    for date in [row for model, row in made if model is Occurrence]:
        moments = {"created_at": draft.created_at, "updated_at": draft.updated_at}
        db.session.execute(insert(METADATA.tables["occurrences"]), [date | moments])
    db.session.expire(draft, ["occurrences"])


def _void_invitation(_drawn: Sequence[Offer], frame: rows.Frame) -> None:
    """An invitation whose link an upgrade or a restore made void: its page offers to send it again."""
    host = next(cluster for cluster in frame.clusters.values() if cluster.name.startswith(INVITED))
    address = f"neu@{str(host.email).partition('@')[2]}"
    is_there = select(Invitation.id).where(
        Invitation.cluster_id == host.id, Invitation.email_normalised == address, Invitation.accepted_at.is_(None)
    )
    if db.session.scalars(is_there).first() is not None:
        return
    sent_at: datetime = frame.now - timedelta(days=DAYS_AGO)
    invitation = Invitation(
        cluster_id=host.id,
        email=address,
        email_normalised=address,
        invited_by_id=frame.people["olaf@example.org"].id,
        created_at=sent_at,
        sent_at=sent_at,
        # Longer than a real one: it shows what void ones look like for as long as clusters may submit.
        expires_at=frame.week.submissions_until,
    )
    db.session.add(invitation)
    db.session.flush()
    invitation.token_hash = f"{links.VOID}{invitation.id}"


def _greeting(_drawn: Sequence[Offer], frame: rows.Frame) -> None:
    """A greeting in the booklet, where the office has written none."""
    if not frame.week.greeting_de and not frame.week.greeting_en:
        frame.week.greeting_de, frame.week.greeting_en = cast.GREETING["greeting_de"], cast.GREETING["greeting_en"]


ADDITIONS: dict[str, Callable[[Sequence[Offer], rows.Frame], None]] = {
    "a date that cannot be read": _unread_date,
    "a void invitation": _void_invitation,
    "a greeting in the booklet": _greeting,
}
