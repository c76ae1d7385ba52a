"""Steps of an activity: one table, the same answers at the cluster's desk and at the office's."""

from collections.abc import Callable
from typing import Any

import pytest

from clusterweek.activities.models import Activity
from clusterweek.registrations import steps
from tests import make
from tests.browse import Page, checked, page, text_of
from tests.mailbox import mailbox

DRAFT: dict[str, Any] = {"review_status": "draft", "published_at": None}
REJECTED: dict[str, Any] = {"review_status": "rejected", "published_at": None}
WITHDRAWN: dict[str, Any] = {"review_status": "withdrawn", "published_at": None}
PUBLIC: dict[str, Any] = {"review_status": "published", "published_at": make.THEN}
BOTH = ("host", "organiser")
# step -> what it is taken from, what is sent with it, where the activity stands then, at which desks
TAKEN: dict[str, tuple[dict[str, Any], str, tuple[str, str], tuple[str, ...]]] = {
    "cancel": ({}, "Der Saal ist gesperrt.", ("published", "cancelled"), BOTH),
    "postpone": ({}, "", ("published", "postponed"), BOTH),
    "withdraw": (DRAFT, "", ("withdrawn", "confirmed"), BOTH),
    "take-up": (WITHDRAWN, "", ("draft", "confirmed"), ("host",)),
    "reopen": (REJECTED, "Ohne Werbung", ("changes_requested", "confirmed"), ("organiser",)),
}
AT_A_DESK = [(desk, step) for step, (_from, _sent, _then, desks) in TAKEN.items() for desk in desks]
WITH_REASON = [(desk, step) for desk, step in AT_A_DESK if steps.STEPS[step].reason]


@pytest.fixture
def step_page(client: Any) -> Callable[..., tuple[Any, str, Activity]]:
    """Logs in whoever works at the desk; returns (browser, path of the step's page, the activity)."""

    def made(desk: str, step: str, **given: Any) -> tuple[Any, str, Activity]:
        cluster = make.cluster(slug="optonet")
        activity = make.activity(edition=make.edition(slug="woche"), host=cluster, **{**TAKEN[step][0], **given})
        make.login(client, make.member(cluster) if desk == "host" else make.organiser())
        where = "host/optonet" if desk == "host" else "organiser/woche/activities"
        return client, f"/en/{where}/{activity.id}/{step}", activity

    return made


def says(shown: Page) -> list[str]:
    """What the page says the step means."""
    (means,) = shown.all("ul", class_="cw-next")
    return [text_of(item) for item in means.iter("li")]


def standing(activity: Activity) -> tuple[str, str]:
    return activity.review_status, activity.happening


@pytest.mark.parametrize(("desk", "step"), AT_A_DESK)
def test_a_step_is_asked_for_and_taken(step_page: Any, desk: str, step: str) -> None:
    browser, path, activity = step_page(desk, step)
    asked = page(browser, path)

    answer = browser.post(path, data=asked.fields | {"reason": TAKEN[step][1]})

    assert asked.h1 == steps.STEPS[step].asks
    assert says(asked)
    assert standing(activity) == TAKEN[step][2]
    assert "Workshop: Light as a tool" in page(browser, answer.location).text


@pytest.mark.parametrize("step", ["cancel", "postpone", "withdraw"])
def test_both_desks_say_the_same(step_page: Any, client: Any, step: str) -> None:
    browser, path, activity = step_page("organiser", step)
    office, cluster = page(browser, path), page(browser, f"/en/host/optonet/{activity.id}/{step}")

    assert (office.h1, says(office)) == (cluster.h1, says(cluster))


@pytest.mark.parametrize("sent", [{}, {"reason": ""}, {"reason": " \n "}])
@pytest.mark.parametrize(("desk", "step"), WITH_REASON)
def test_a_reason_is_asked_for_where_somebody_needs_it(
    step_page: Any, desk: str, step: str, sent: dict[str, str]
) -> None:
    browser, path, activity = step_page(desk, step)
    make.registration(activity)
    before = standing(activity)
    reason = steps.STEPS[step].reason
    assert reason is not None

    answer = browser.post(path, data={"version": str(activity.version)} | sent)

    if reason.needed:
        assert str(reason.needed) in checked(answer, status=422).links
        assert (standing(activity), mailbox()) == (before, [])
    else:
        assert answer.status_code == 303


@pytest.mark.parametrize(("desk", "step"), WITH_REASON)
def test_a_reason_has_one_limit_and_stays_when_it_is_too_long(step_page: Any, desk: str, step: str) -> None:
    browser, path, activity = step_page(desk, step)
    before = standing(activity)

    refused = checked(browser.post(path, data={"reason": "x" * 2001}), status=422)
    unchanged = standing(activity)
    answer = browser.post(path, data=refused.fields | {"reason": "x" * 2000})

    assert "At most 2000 characters; these are 2001." in refused.text
    assert refused.fields["reason"] == "x" * 2001
    assert unchanged == before
    assert (answer.status_code, standing(activity)) == (303, TAKEN[step][2])


@pytest.mark.parametrize(("desk", "step"), AT_A_DESK)
def test_a_step_on_what_has_changed_since_is_asked_for_again(step_page: Any, desk: str, step: str) -> None:
    browser, path, activity = step_page(desk, step)
    before = standing(activity)

    stale = browser.post(path, data={"version": str(activity.version - 1), "reason": "Der Saal ist gesperrt."})

    again = checked(stale, status=422)
    assert "This activity has changed since you opened it." in again.text
    assert again.fields.get("reason", "Der Saal ist gesperrt.") == "Der Saal ist gesperrt."
    assert standing(activity) == before
    assert browser.post(path, data=again.fields).status_code == 303
    assert standing(activity) == TAKEN[step][2]


@pytest.mark.parametrize(
    ("desk", "step", "given", "sentence"),
    [
        *((desk, "cancel", {"happening": "cancelled"}, "This step is not possible now") for desk in BOTH),
        *((desk, "postpone", {"happening": "held"}, "This step is not possible now") for desk in BOTH),
        *((desk, "withdraw", PUBLIC, "This activity is public. Cancel it instead") for desk in BOTH),
        ("host", "take-up", {"review_status": "draft"}, "This step is not possible now"),
        ("organiser", "reopen", {"review_status": "withdrawn"}, "Somebody else has decided this already"),
    ],
)
def test_what_is_not_possible_is_not_asked_for_and_refused_in_a_sentence(
    step_page: Any, desk: str, step: str, given: dict[str, Any], sentence: str
) -> None:
    browser, path, activity = step_page(desk, step, **given)
    before = standing(activity)

    assert browser.get(path).location == path.rpartition("/")[0]
    refused = checked(browser.post(path, data={"reason": "Der Saal ist gesperrt."}), status=422)

    assert sentence in refused.text
    assert refused.fields.get("reason", "Der Saal ist gesperrt.") == "Der Saal ist gesperrt."
    assert standing(activity) == before


def test_the_archive_takes_no_step() -> None:
    archived = make.activity(edition=make.edition(state="archived"))

    assert steps.possible(archived, tuple(steps.STEPS)) == []


@pytest.mark.parametrize(("desk", "step"), AT_A_DESK)
def test_a_page_that_was_open_when_the_edition_went_into_the_archive_takes_none_either(
    step_page: Any, desk: str, step: str
) -> None:
    browser, path, activity = step_page(desk, step)
    make.registration(activity)
    before = standing(activity)
    fields = page(browser, path).fields
    activity.edition.state = "archived"

    refused = checked(browser.post(path, data=fields | {"reason": "Der Saal ist gesperrt."}), status=422)

    assert "This edition lies in the archive; its activities stay as they are." in refused.text
    assert (standing(activity), mailbox()) == (before, [])


@pytest.mark.parametrize(
    ("given", "possible"),
    [
        ({}, ["cancel", "postpone"]),
        ({"happening": "tentative"}, ["cancel", "postpone"]),
        ({"happening": "postponed"}, ["cancel"]),
        ({"happening": "cancelled"}, []),
        ({"happening": "held"}, []),
        (DRAFT, ["withdraw"]),
        (DRAFT | {"review_status": "submitted"}, ["withdraw"]),
        (DRAFT | {"review_status": "changes_requested"}, ["withdraw"]),
        (REJECTED, ["reopen"]),
        (WITHDRAWN, ["take-up"]),
    ],
)
def test_which_steps_are_possible(given: dict[str, Any], possible: list[str]) -> None:
    assert steps.possible(make.activity(**given), tuple(steps.STEPS)) == possible
