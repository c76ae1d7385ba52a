"""The review list: what clusters have submitted, and the decisions on it. Works with the keyboard alone."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from clusterweek.accounts.login import person
from clusterweek.activities import answers, moderation, queries as activities, rules
from clusterweek.activities.desk import of_edition_or_404
from clusterweek.activities.models import Activity
from clusterweek.desk.office import desk, edition_or_404
from clusterweek.editions.models import Edition
from clusterweek.i18n import either, gettext as _, ngettext
from clusterweek.listing import choices, facets, filter as filters, load
from clusterweek.listing.filter import Filter
from clusterweek.organiser import forms, queries, review
from clusterweek.organiser.bp import bp
from clusterweek.registrations import deciding
from clusterweek.web import guards, typed


@bp.get("/<edition>/queue")
@guards.queue_readers
def queue(edition: str) -> Any:
    """The list, with the oldest submission opened."""
    return _page(edition_or_404(edition), None, forms.ReviewForm())


@bp.get("/<edition>/queue/<int:activity_id>")
@guards.queue_readers
def entry(edition: str, activity_id: int) -> Any:
    of = edition_or_404(edition)
    activity = of_edition_or_404(of, activity_id)
    if activity.review_status != "submitted":
        return redirect(url_for(".activity", edition=edition, activity_id=activity_id), 303)
    return _page(of, activity, forms.ReviewForm(version=activity.version))


@bp.post("/<edition>/queue/<int:activity_id>/request-changes")
@guards.organisers_only
@typed.stands_on(".entry")
def request_changes(edition: str, activity_id: int) -> Any:
    of = edition_or_404(edition)
    activity = of_edition_or_404(of, activity_id)
    form = forms.ReviewForm()
    remarks = form.remarks()

    def decide(locked: Activity) -> None:
        moderation.request_changes(locked, remarks, by=person(), now=desk().now)

    if form.validate_on_submit() and deciding.carried_out(activity, form, decide):
        flash(
            ngettext(
                "Sent back with %(num)s remark: “%(title)s”",
                "Sent back with %(num)s remarks: “%(title)s”",
                len(remarks),
                title=either(activity, "title")[0],
            )
        )
        return _to_next(of, activity)
    return _page(of, activity, form), 422


@bp.post("/<edition>/queue/<int:activity_id>/publish")
@guards.organisers_only
@typed.stands_on(".entry")
def publish(edition: str, activity_id: int) -> Any:
    of = edition_or_404(edition)
    activity = of_edition_or_404(of, activity_id)
    form = forms.ReviewForm()
    if activity.review_status == "published" and not form.remarks():  # clicked twice, or by two people
        flash(_("Published: “%(title)s”", title=either(activity, "title")[0]))
        return _to_next(of, activity)
    if form.remarks():
        form.refuse(
            _("You have written remarks. They go to the cluster with “Request changes”; delete them to publish.")
        )
        return _page(of, activity, form), 422

    def decide(locked: Activity) -> None:
        moderation.publish(locked, by=person(), now=desk().now)

    if form.validate_on_submit() and deciding.carried_out(activity, form, decide):
        flash(_("Published: “%(title)s”", title=either(activity, "title")[0]))
        return _to_next(of, activity)
    return _page(of, activity, form), 422


@bp.get("/<edition>/queue/<int:activity_id>/reject")
@guards.organisers_only
def rejection(edition: str, activity_id: int) -> Any:
    """Asks for the reason, and says what happens."""
    activity = of_edition_or_404(edition_or_404(edition), activity_id)
    if activity.review_status != "submitted":
        return redirect(url_for(".activity", edition=edition, activity_id=activity_id), 303)
    form = forms.ReasonForm(version=activity.version)
    return render_template("organiser/reject.html", activity=activity, form=form, chosen=asked())


@bp.post("/<edition>/queue/<int:activity_id>/reject")
@guards.organisers_only
def reject(edition: str, activity_id: int) -> Any:
    of = edition_or_404(edition)
    activity = of_edition_or_404(of, activity_id)
    form = forms.ReasonForm()

    def decide(locked: Activity) -> None:
        moderation.reject(locked, str(form.reason.data), by=person(), now=desk().now)

    if form.validate_on_submit() and deciding.carried_out(activity, form, decide):
        flash(_("Not accepted: “%(title)s”", title=either(activity, "title")[0]))
        return _to_next(of, activity)
    return render_template("organiser/reject.html", activity=activity, form=form, chosen=asked()), 422


def _page(edition: Edition, activity: Activity | None, form: forms.ReviewForm) -> str:
    chosen, sight = asked(), desk().sight
    waiting = load.whole(found.id for found in queries.waiting(edition, chosen, sight))
    is_elsewhere = activity is not None and activity not in waiting
    entries = review.submissions([*waiting, activity] if activity and is_elsewhere else waiting, now=desk().now)
    every_land = chosen.without("host_land").only("review", "submitted")
    counts = facets.at_desk(edition, every_land, ("host_land",), sight=sight)
    opened = next((one for one in entries if one.activity is activity), entries[0] if entries else None)
    if opened and activity is None:
        form.version.data = str(opened.activity.version)
    return render_template(
        "organiser/queue.html",
        edition=edition,
        entries=entries[:-1] if is_elsewhere else entries,
        opened=opened,
        is_chosen=activity is not None,
        answers=answers.of(opened.activity, with_links=desk().may_decide) if opened else [],
        form=form,
        chosen=chosen,
        laender=choices.host_laender(chosen, counts),
        waiting_count=counts.total,
        due=rules.answer_by(opened.activity) if opened else None,
        remarks=activities.remarks(opened.activity, only_open=False) if opened else [],
    )


def _to_next(edition: Edition, decided: Activity) -> Any:
    """The next submission opens: the one after the decided one, at the end of the list the first that is left."""
    chosen = asked().args()
    left = queries.waiting(edition, asked(), desk().sight)
    place = (decided.submitted_at, decided.id)
    following = next((one for one in left if (one.submitted_at, one.id) > place), left[0] if left else None)
    if following is None:
        return redirect(url_for(".queue", edition=edition.slug, **chosen), 303)
    return redirect(url_for(".entry", edition=edition.slug, activity_id=following.id, **chosen), 303)


def asked() -> Filter:
    """What of the list is shown: the filter of the address, as the public knows it. All of it has been submitted."""
    return filters.parse(request.args, now=desk().now)
