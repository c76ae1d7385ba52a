"""A try to sign up, or to get a link, with some address: everything that the database is asked and told about it.

Whether the address is registered must not be seen, and not be felt by how long an answer takes. So each step here is
one statement that does the same work either way: a look-up answers one row for everybody, and what is written for the
one is written, without effect, for the other. tests/registrations/test_apart.py compares the statements and the times.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, ScalarSelect, Select, and_, bindparam, func, select, update
from sqlalchemy.orm import aliased

from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.registrations import counting, holds
from clusterweek.registrations.models import ACTIVE, HELD, Registration, Shadow
from clusterweek.web import links

NOBODY = 0  # stands for the id of a registration or shadow where there is none
NOWHERE = "-"  # stands for a network where none is to be counted


@dataclass(frozen=True)
class Sender:
    """Where a try comes from, as hashes: the address that was typed, the network ("": not known), the browser."""

    email_hash: str
    network_hash: str
    reference_hash: str | None


@dataclass(frozen=True)
class Seen:
    """What the page after it says: the same for an address that is registered and for a new one."""

    until: datetime
    is_waiting: bool
    is_unheld: bool


@dataclass(frozen=True)
class Found:
    """What is known of an address at an activity: its active registration and the shadow that this sender has left,
    and what both are measured by."""

    row: Row[*tuple[Any, ...]]
    sender: Sender

    @property
    def registration_id(self) -> int:
        return self.row.id or NOBODY

    @property
    def shadow_id(self) -> int:
        return self.row.shadow_id or NOBODY

    @property
    def has_counted_shadow(self) -> bool:
        """Whether the public numbers have moved already for a try of this sender; a second try moves them no more."""
        return bool(self.row.is_shadow_counted)

    @property
    def told(self) -> str:
        """What the registration was told when it was made."""
        return holds.told_of(self.row.status, self.row.is_unheld, self.row.shown_as)

    @property
    def is_own(self) -> bool:
        """Whether it waits for its confirmation since the same sender made it: trying again adds nothing."""
        if not self.registration_id or self.row.confirmed_at:
            return False
        is_same_browser = self.row.reference_hash is not None and self.row.reference_hash == self.sender.reference_hash
        return is_same_browser or (self.row.network_hash or "") == self.sender.network_hash


def sender_of(activity_id: int, email_normalised: str, network: str | None, reference: str | None) -> Sender:
    """The hashes are made for one activity: nobody can tell by them who has been at two."""
    return Sender(
        links.keyed_hash(f"address {activity_id} {email_normalised}"),
        links.keyed_hash(f"network {activity_id} {network}") if network else "",
        links.fingerprint(reference) if reference else None,
    )


def look_up(
    activity_id: int, email_normalised: str, sender: Sender, *, mode: str | None = None, is_limited: bool = False
) -> Found:
    """What is known of an address; always one row. To be asked while the activity is locked. With `is_limited` it also
    says how many places of `mode` are held, and shown as held, for the sender's network."""
    values = {
        "activity_id": activity_id,
        "email": email_normalised,
        "email_hash": sender.email_hash,
        "sender_network": sender.network_hash,
        "counted_network": (sender.network_hash if is_limited else "") or NOWHERE,
        "mode": mode,
    }
    return Found(db.session.execute(_looked_up(), values).one(), sender)


@cache  # built once: that costs more than asking it
def _looked_up() -> Select[*tuple[Any, ...]]:
    one, shadow, any_one = aliased(Registration), aliased(Shadow), aliased(Registration)
    activity_id: BindParameter[int] = bindparam("activity_id")
    mode: BindParameter[str] = bindparam("mode")
    network: BindParameter[str] = bindparam("counted_network")
    of_network = (Registration.activity_id == activity_id, Registration.network_hash == network)

    def from_network(kind: ColumnElement[bool]) -> ScalarSelect[int]:
        """How many registrations of a kind come from it and are not confirmed: only those still know it."""
        return select(func.count()).where(*of_network, Registration.mode == mode, kind).scalar_subquery()

    shadows_from_network = select(func.count()).where(
        Shadow.activity_id == activity_id,
        Shadow.network_hash == network,
        Shadow.mode == mode,
        Shadow.status == HELD,
        Shadow.is_counted.is_(True),
    )
    last_ticket = select(func.coalesce(func.max(any_one.ticket), 0)).where(any_one.activity_id == activity_id)
    return (
        select(
            *_columns(one),
            *_columns_of_shadow(shadow),
            func.coalesce(shadow.is_counted, False).label("is_shadow_counted"),
            last_ticket.scalar_subquery().label("last_ticket"),
            from_network(Registration.status == "unconfirmed").label("held_from_here"),
            (from_network(counting.IS_SHOWN_PLACED) + shadows_from_network.scalar_subquery()).label("shown_from_here"),
        )
        .select_from(Activity)
        .outerjoin(
            one,
            and_(one.activity_id == Activity.id, one.email_normalised == bindparam("email"), one.status.in_(ACTIVE)),
        )
        .outerjoin(
            shadow,
            and_(
                shadow.activity_id == Activity.id,
                shadow.email_hash == bindparam("email_hash"),
                shadow.network_hash == bindparam("sender_network"),
            ),
        )
        .where(Activity.id == activity_id)
    )


def made_by(activity_id: int, reference_hash: str) -> Row[*tuple[Any, ...]]:
    """What a browser has made at an activity: its last registration and its last shadow; always one row."""
    return db.session.execute(_made_by(), {"activity_id": activity_id, "reference_hash": reference_hash}).one()


@cache
def _made_by() -> Select[*tuple[Any, ...]]:
    activity_id: BindParameter[int] = bindparam("activity_id")
    reference_hash: BindParameter[str] = bindparam("reference_hash")
    one, last = aliased(Registration), aliased(Registration)
    shadow, last_shadow = aliased(Shadow), aliased(Shadow)
    its = (
        select(last.id)
        .where(last.activity_id == activity_id, last.reference_hash == reference_hash)
        .order_by(last.ticket.desc())  # "back", another address: the last one counts
        .limit(1)
        .scalar_subquery()
    )
    its_shadow = (
        select(func.max(last_shadow.id))
        .where(last_shadow.activity_id == activity_id, last_shadow.reference_hash == reference_hash)
        .scalar_subquery()
    )
    return (
        select(
            *_columns(one),
            *_columns_of_shadow(shadow),
            shadow.email_hash.label("shadow_email_hash"),
            # Which of the two it has made last.
            func.coalesce(shadow.after_ticket >= one.ticket, shadow.id.is_not(None)).label("is_shadow_last"),
        )
        .select_from(Activity)
        .outerjoin(one, one.id == its)
        .outerjoin(shadow, shadow.id == its_shadow)
        .where(Activity.id == activity_id)
    )


def note(registration_id: int, **values: Any) -> None:
    """Change a registration, if there is one (`NOBODY`: nothing happens)."""
    db.session.execute(update(Registration).where(Registration.id == registration_id).values(**values))


def _columns(one: Any) -> list[ColumnElement[Any]]:
    names = (
        *("id", "status", "mode", "language", "email", "email_normalised", "generation", "token_hash"),
        *("confirmed_at", "asked_at", "withdrawn_at", "hold_until", "resent_count"),
        *("reference_hash", "network_hash", "is_unheld", "shown_as", "access_need"),
    )
    return [getattr(one, name) for name in names]


def _columns_of_shadow(shadow: Any) -> list[ColumnElement[Any]]:
    return [getattr(shadow, name).label(f"shadow_{name}") for name in ("id", "status", "mode", "until")]
