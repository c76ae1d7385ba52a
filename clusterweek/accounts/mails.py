"""The letters of this room: links that let people in, and the news that a password was changed."""

from collections.abc import Sequence
from datetime import datetime

from flask import current_app

from clusterweek.accounts import actions, queries, rules
from clusterweek.accounts.models import Grant, LinkRequest, OneTimeLink, Person
from clusterweek.db.session import db
from clusterweek.i18n import country_name, gettext as _, lazy_gettext as _l
from clusterweek.outbox import paper
from clusterweek.outbox.letter import About, Kind, Mail
from clusterweek.outbox.models import Letter
from clusterweek.vocabulary import lists
from clusterweek.web import links


def _link(letter: Letter) -> OneTimeLink | None:
    if "request_id" in letter.ids:
        request = db.session.get(LinkRequest, letter.ids["request_id"])
        return request.link if request else None
    return db.session.get(OneTimeLink, letter.ids["link_id"])


def _is_link_wanted(letter: Letter, now: datetime) -> bool:
    """Here, and not at the door, it is decided whether somebody who asked for a link gets one: see `ask_link`."""
    if "request_id" in letter.ids:
        is_loopback = current_app.config["IS_LOOPBACK"]
        return actions.link_of_request(letter.ids["request_id"], is_loopback=is_loopback, now=now) is not None
    link = _link(letter)
    return link is not None and rules.is_usable(link, now=now) and link.person.is_active


def _write_link(letter: Letter, _now: datetime) -> Mail:
    link = _link(letter)
    assert link is not None
    page = {"login": "accounts.login_link", "set_password": "accounts.new_password"}[link.purpose]
    url = links.page(page, lang=letter.language, token=actions.token_of(link))
    person = link.person
    if link.purpose == "set_password" and person.grants and not (person.password_hash or person.last_login_at):
        by, tasks = queries.granted_by(person), [_task(grant) for grant in person.grants]
        return _to(person, "welcome", url=url, until=link.expires_at, by=by.name if by else None, tasks=tasks)
    return _to(person, letter.kind, url=url, until=link.expires_at)


def _task(grant: Grant) -> str:
    """What somebody with this role does, in a sentence."""
    if grant.role == "organiser":
        return _("You work at the programme office: you decide on what clusters submit, and look after the programme.")
    of = [lists.LAENDER[grant.land].name] if grant.land in lists.LAENDER else []
    of += [country_name(grant.country)] if grant.country else []
    if grant.role == "land_coordinator":
        return _("You read what clusters submit: %(of)s.", of=", ".join(of))
    return (
        _("You read at the programme office's desk: %(of)s.", of=", ".join(of))
        if of
        else _("You read at the programme office's desk.")
    )


def _is_news_wanted(letter: Letter, _now: datetime) -> bool:
    person = db.session.get(Person, letter.ids["person_id"])
    return person is not None and person.is_active


def _write_news(letter: Letter, _now: datetime) -> Mail:
    person = db.session.get(Person, letter.ids["person_id"])
    assert person is not None
    url = links.page("accounts.forgotten", lang=letter.language)
    return _to(person, letter.kind, url=url, changed_at=letter.created_at)


def _to(person: Person, folder: str, **context: object) -> Mail:
    subject, text, page = paper.write(f"accounts/mails/{folder}", person=person, is_demo=person.is_demo, **context)
    return Mail(person.email, subject, text, page, is_demo=person.is_demo)


def _about(letters: Sequence[Letter]) -> dict[int, About]:
    return {letter.id: About(_("an account")) for letter in letters}


KINDS = {
    "login_link": Kind(_l("Link to log in"), _is_link_wanted, _write_link, _about),
    "set_password": Kind(_l("Link to set a password"), _is_link_wanted, _write_link, _about),
    "password_changed": Kind(_l("Password was changed"), _is_news_wanted, _write_news, _about),
}
