"""A mistyped address is asked about once, in every form that sends a letter, and never refused."""

import pytest

from clusterweek.registrations import typos
from tests import make
from tests.browse import page
from tests.conftest import Client
from tests.mailbox import letters
from tests.registrations.deeds import states
from tests.registrations.test_views import address, post


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        *((one, "gmail.com") for one in ("gmial.com", "gmal.com", "gmil.com", "gmaill.com", "ggmail.com", "gamil.com")),
        *((one, "gmail.com") for one in ("gmail.con", "gmail.co", "gmail.cm", "gmail.comm", "gmail.ocm", "gnail.com")),
        *((one, "gmail.com") for one in ("gmial.con", "gmai.com", "gmali.com", "GMIAL.COM", "gmail.cim")),
        *((one, "yahoo.com") for one in ("yaho.com", "yahooo.com", "yhaoo.com")),
        *((one, "hotmail.com") for one in ("hotmial.com", "hotmal.com", "hotmaill.com", "htomail.com", "hotmil.con")),
        *((one, "outlook.com") for one in ("outlok.com", "outloook.com", "otulook.com", "outlook.con")),
        *((one, "t-online.de") for one in ("tonline.de", "t-onlin.de", "t-onlien.de", "t-online.d", "t-onlline.de")),
        *((one, "web.de") for one in ("wbe.de", "weeb.de", "web.ed", "web.d", "web.dee")),
        *((one, "gmx.de") for one in ("gxm.de", "gmxx.de", "gmx.d", "gmx.ed")),
        *((one, "gmx.net") for one in ("gmx.nett", "gmx.nte", "gxm.net")),
        *((one, "icloud.com") for one in ("iclou.com", "icluod.com", "icloud.con")),
        ("freent.de", "freenet.de"),
        ("posteoo.de", "posteo.de"),
        ("mailbox.rog", "mailbox.org"),
        ("googelmail.com", "googlemail.com"),
        ("vodafon.de", "vodafone.de"),
    ],
)
def test_slips_of_the_fingers_are_seen(typed: str, right: str) -> None:
    assert typos.meant(f"Ana.Maria+x@{typed}") == f"Ana.Maria+x@{right}"


@pytest.mark.parametrize(
    "domain",
    [
        *typos.PROVIDERS,
        *("mail.de", "gmail.de", "email.de", "ymail.com", "mail.com", "aol.de", "yahoo.fr", "outlook.it", "me.com"),
        *("gm.de", "gmk.de", "gmt.de", "gwx.de", "we.de", "wen.de", "wob.de", "weg.de", "ao.com", "life.de", "lie.com"),
        *("web.dk", "gmx.be", "gmx.ne", "yahoo.ie", "yahoo.co.uk", "web.com", "web.net", "outlook.be", "gmx.dk"),
        *("tmail.com", "smail.com", "postel.de", "example.org", "optonet.example", "uni-jena.de", "bmwk.bund.de"),
        *("gmail.optonet.de", "hochschule-fuer-technik.de", "xn--mller-kva.de", "müller.de", "a.de", "localhost"),
    ],
)
def test_what_may_be_somebodys_own_is_left_alone(domain: str) -> None:
    assert typos.meant(f"ana@{domain}") is None


@pytest.mark.parametrize("address", ["", "@", "ana", "ana@", "@gmial.com", "ana@@gmail.com"])
def test_what_is_no_address_is_the_business_of_others(address: str) -> None:
    assert typos.meant(address) is None


ASKED = {
    "de": "Meinten Sie ana@gmail.com? Wenn Ihre Adresse so stimmt, senden Sie das Formular noch einmal ab.",
    "en": "Did you mean ana@gmail.com? If your address is right as it stands, send the form again.",
}


@pytest.mark.parametrize("lang", ["de", "en"])
def test_sign_up_asks_once_and_takes_the_same_address_the_second_time(client: Client, lang: str) -> None:
    activity = make.activity()
    path = address(activity, lang=lang)

    asked = post(client, path, 422, **page(client, path).fields | {"name": "Ana", "email": "ana@gmial.com"})

    assert ASKED[lang] in asked.text
    assert asked.fields["email"] == "ana@gmial.com"
    assert (letters(), states(activity)) == ([], {})

    post(client, path, **asked.fields)

    assert [mail.to for mail in letters()] == ["ana@gmial.com"]


def test_another_slip_is_asked_about_anew_and_a_correction_goes_through(client: Client) -> None:
    activity = make.activity()
    path = address(activity)
    asked = post(client, path, 422, **page(client, path).fields | {"name": "Ana", "email": "ana@gmial.com"})

    again = post(client, path, 422, **asked.fields | {"email": "ana@gmal.com"})
    post(client, path, **again.fields | {"email": "ana@gmail.com"})

    assert "Meinten Sie ana@gmail.com?" in again.text
    assert [mail.to for mail in letters()] == ["ana@gmail.com"]


@pytest.mark.parametrize("is_known", [False, True])
def test_the_question_tells_nothing_of_who_is_registered(client: Client, is_known: bool) -> None:
    activity = make.activity()
    if is_known:
        make.registration(activity, "Ana", email="ana@gmial.com")
    path = address(activity, "lost_link")

    asked = post(client, path, 422, email="ana@gmial.com")

    assert ASKED["de"] in asked.text
    assert letters() == []
    post(client, path, **asked.fields)
    assert len(letters()) == is_known


def test_a_correction_is_asked_about_too(client: Client) -> None:
    activity = make.activity()
    form = page(client, address(activity)).fields
    received = post(client, address(activity), **form | {"name": "Ana", "email": "ana@example.org"})

    asked = post(client, address(activity, "correct_address"), 422, **received.fields | {"email": "ana@gmial.com"})

    assert ASKED["de"] in asked.text
