"""Letters: what waits, what failed and why, what was skipped; trying again and taking back.

Shows kinds, objects and states; never a name, an address or a text.
"""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from clusterweek.accounts.login import person
from clusterweek.db.session import unit_of_work
from clusterweek.desk.office import desk
from clusterweek.i18n import gettext as _, ngettext
from clusterweek.listing.filter import UnknownFilter
from clusterweek.organiser import outbox_list, words
from clusterweek.organiser.bp import bp
from clusterweek.outbox import queries as outbox, second_thoughts
from clusterweek.outbox.models import STATES
from clusterweek.registrations import queries as registrations
from clusterweek.traces import log as traces
from clusterweek.web import guards, paging

PER_PAGE = 50


@bp.get("/letters/")
@guards.organisers_only
def letters() -> Any:
    state = request.args.get("state") or None
    if state is not None and state not in STATES:
        raise UnknownFilter("state", state)
    counts = outbox.counts()
    # What failed is what the office is here for; without any, what waits.
    state = state or ("failed" if counts["failed"] else "queued")
    page = paging.Page(paging.number_from(request.args.get("page")), PER_PAGE, counts[state])
    found = outbox_list.page_of_letters(state, page)
    traces.note_apart("letters_read", by=person(), now=desk().now)
    return render_template(
        "organiser/letters.html",
        counts=counts,
        state=state,
        page=page,
        letters=found,
        about=outbox_list.about(found),
        label=outbox_list.label,
        oldest_due_at=outbox.oldest_due_at(desk().now),
        skipped=outbox_list.skipped(),
        trapped=registrations.trapped_count(),
        words=words,
    )


@bp.post("/letters/<int:letter_id>/again")
@guards.organisers_only
def letter_again(letter_id: int) -> Any:
    with unit_of_work():
        count = second_thoughts.try_again(letter_id, now=desk().now)
    flash(
        _("The letter leaves with the next round.")
        if count
        else _("This letter is not among the failed ones any more.")
    )
    return redirect(url_for(".letters"), 303)


@bp.post("/letters/again")
@guards.organisers_only
def letters_again() -> Any:
    with unit_of_work():
        count = second_thoughts.try_again(now=desk().now)
    flash(
        ngettext("%(num)s letter leaves with the next round.", "%(num)s letters leave with the next round.", count)
        if count
        else _("No letter has failed.")
    )
    return redirect(url_for(".letters"), 303)


@bp.get("/letters/<int:letter_id>/withdraw")
@guards.organisers_only
def ask_withdraw_letter(letter_id: int) -> Any:
    """Says what it is about, and asks: a letter that was taken back is not written again by itself."""
    letter = outbox_list.waiting(letter_id) or abort(404)
    traces.note_apart("letters_read", by=person(), subject=("letter", letter.id), now=desk().now)
    about = outbox_list.about([letter]).get(letter.id)
    return render_template("organiser/letter.html", letter=letter, label=outbox_list.label(letter.kind), about=about)


@bp.post("/letters/<int:letter_id>/withdraw")
@guards.organisers_only
def withdraw_letter(letter_id: int) -> Any:
    with unit_of_work():
        is_taken = second_thoughts.take_back(letter_id)
    flash(_("The letter is taken back.") if is_taken else _("The letter has left already."))
    return redirect(url_for(".letters"), 303)
