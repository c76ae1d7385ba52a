"""What a reminder carries for mail programs, beside its words."""

from urllib.parse import urlsplit

import pytest

from tests import make
from tests.conftest import Client, Clock
from tests.mailbox import letters
from tests.registrations.deeds import confirm, give_up, sign_up
from tests.reminders.test_plan import planned


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_link_for_mail_programs_stops_just_these_reminders(client: Client, at: Clock, lang: str) -> None:
    activity, other = make.activity(), make.activity()
    ada, bea = (confirm(sign_up(activity, name, language=lang)) for name in ("Ada", "Bea"))
    elsewhere = confirm(sign_up(other, "Ada"))
    planned(at, "2027-04-01 09:00")

    (mail,) = [one for one in letters() if one.stop_link and one.to == ada.email and f"/{lang}/" in one.stop_link][:1]
    client.post(urlsplit(mail.stop_link).path, data={"List-Unsubscribe": "One-Click"})

    assert [one.wants_reminders for one in (ada, bea, elsewhere)] == [False, True, True]
    assert str(mail.stop_link) in mail.text  # the same link stands in the letter


def test_only_what_can_be_stopped_says_so_and_one_registration_is_one_thread(at: Clock) -> None:
    activity = make.activity()
    ada, bea = confirm(sign_up(activity, "Ada")), confirm(sign_up(activity, "Bea"))
    planned(at, "2027-04-01 09:00")
    letters()
    give_up(ada)

    to_ada = [one for one in letters() if one.to == ada.email]
    to_bea = [one for one in letters() if one.to == bea.email]

    assert [bool(one.stop_link) for one in to_ada] == [False, True, False]  # confirmed, reminder, given back
    (thread,), (other,) = {one.thread for one in to_ada}, {one.thread for one in to_bea}
    assert thread
    assert other
    assert thread != other
