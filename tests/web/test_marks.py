"""What newsletters, advertisements, statistics and copied sources hang on an address changes nothing."""

from typing import Any

import pytest

from clusterweek.listing import filter as filters
from clusterweek.web import marks
from tests import make
from tests.browse import page

ADDED = [
    *("utm_source=brief", "utm_campaign-x=1", "UTM_MEDIUM=x", "utm_id=", "mtm_campaign=week", "mtm_kwd=a%20b"),
    *("matomo_source=x", "pk_campaign=x", "pk_kwd=x", "piwik_campaign=x", "stm_source=x", "itm_source=x"),
    *("fbclid=IwAR0", "gclid=x", "gclsrc=aw.ds", "gbraid=x", "wbraid=x", "gad_source=1", "gad_campaignid=5"),
    *("dclid=x", "msclkid=x", "yclid=1", "ysclid=l", "twclid=x", "ttclid=x", "li_fat_id=x", "igshid=x", "igsh=x"),
    *("epik=x", "srsltid=x", "ScCid=x", "rdt_cid=x", "irclickid=x", "mibextid=x", "wickedid=x", "obclid=x"),
    *("mc_cid=1", "mc_eid=UNIQID", "_hsenc=x", "_hsmi=1", "__hstc=1", "hsa_acc=1", "hsa_cam=1", "mkt_tok=x"),
    *("sfmc_id=1", "elqTrackId=x", "elqaid=1", "vero_id=x", "oly_enc_id=x", "ck_subscriber_id=1", "_ke=x", "__s=x"),
    *("trk_contact=x", "trkEmail=x", "dm_i=x", "ml_subscriber=1", "ml_subscriber_hash=x", "ecmId=1", "ecmUid=1"),
    *("at_medium=email", "at_campaign=x", "wt_mc=x", "wt_zmc=x", "xtor=EPR-1", "s_kwcid=x", "ef_id=x", "cmpid=x"),
    *("_ga=1.2", "_gl=1*x", "_openstat=x", "ref=newsletter", "ref_src=twsrc%5Etfw", "spm=x", "sc_channel=eml"),
    *("_=1700000000", "v=2", "nocache=1", "cb=0.5", "utm%5Fsource=x", "+utm_source=x", "utm_source", "gclid=a%26b%3Dc"),
]  # fmt: skip
# What is asked, here and in later orders: names that no mark may have.
OURS = {
    *filters.DESK, "lang", "page", "next", "state", "edition", "choices", "event", "person", "like", "by", "field",
    "label", "name", "format", "access_code", "near", "km", "order", "collection", "id", "cancelled", "allday", "url",
    "token", "view",
}  # fmt: skip


@pytest.mark.parametrize("added", ADDED)
def test_a_mark_is_dropped_wherever_it_stands(added: str) -> None:
    assert marks.without_marks(added) == ""
    assert marks.without_marks(f"{added}&land=DE-BY&q=a%20b") == "land=DE-BY&q=a%20b"
    assert marks.without_marks(f"land=DE-BY&{added}&land=DE-TH&{added}") == "land=DE-BY&land=DE-TH"


@pytest.mark.parametrize("query", ["", "land=DE-BY", "q=utm_source", "q=a+b&&day=", "land=DE-BY&q=%26amp%3B", "amp=1"])
def test_what_is_none_stays_as_it_stands(query: str) -> None:
    assert marks.without_marks(query) == query


def test_no_question_of_ours_is_taken_for_a_mark() -> None:
    assert [name for name in sorted(OURS) if marks.MARK.fullmatch(name)] == []


@pytest.mark.parametrize(
    "copied",
    [
        *("land=DE-BY&amp;lang=de", "amp;land=DE-BY&amp;lang=de", "land=DE-BY&amp;amp;lang=de"),
        *("land=DE-BY&AMP;lang=de", "land=DE-BY&amp%3Blang=de", "land=DE-BY&amp;utm_source=x&amp;lang=de"),
    ],
)
def test_an_address_copied_out_of_a_source_is_read_as_it_was_meant(copied: str) -> None:
    assert marks.without_marks(copied) == "land=DE-BY&lang=de"


@pytest.mark.parametrize("added", ["mtm_campaign=x", "gclid=x&mc_eid=y&_hsenc=z", "amp;utm_medium=x"])
def test_pages_and_feeds_of_every_kind_answer_and_repeat_none(client: Any, added: str) -> None:
    activity = make.activity(place={"venue_land": "DE-TH"})
    olaf = make.organiser("Olaf")
    slug = activity.edition.slug
    addresses = [
        *("/de/", f"/de/{slug}/", f"/de/{slug}/?land=DE-TH", f"/de/{slug}/x-{activity.id}", "/de/archive/"),
        *(f"/de/{slug}/x-{activity.id}/sign-up", "/de/clusters/", "/de/login", "/de/legal/imprint"),
        *(f"/feeds/{slug}.ics", f"/feeds/{slug}.ics?land=DE-TH", "/feeds/all.ics"),
        f"/feeds/activity/{activity.id}.ics",
    ]  # fmt: skip
    names = [pair.partition("=")[0] for pair in added.split("&")]

    for person in (None, olaf):
        if person:
            make.login(client, person)
            addresses = [f"/de/organiser/{slug}/", f"/de/organiser/{slug}/activities", f"/de/organiser/{slug}/queue"]
        for address in addresses:
            answer = client.get(address + ("&" if "?" in address else "?") + added)
            plain = client.get(address)

            assert answer.status_code == plain.status_code, address
            assert answer.headers.get("Location") == plain.headers.get("Location"), address
            assert not any(name in answer.text for name in names if "amp" not in name), address
            assert answer.headers.get("ETag") == plain.headers.get("ETag"), address


def test_a_mistyped_filter_is_still_named(client: Any) -> None:
    slug = make.activity().edition.slug

    got = page(client, f"/de/{slug}/?utm_source=x&lnad=DE-BY", status=400)

    assert "lnad" in got.text
    assert client.get(f"/feeds/{slug}.ics?gclid=x&lnad=DE-BY").status_code == 400


def test_a_feed_asked_for_with_another_mark_each_time_is_kept_once(client: Any) -> None:
    slug = make.activity().edition.slug
    shelf = client.application.extensions["clusterweek.door"].shelf

    sizes = set()
    for number in range(5):
        assert client.get(f"/feeds/{slug}.ics?gclid={number}&_={number}").status_code == 200
        sizes.add(shelf.size)

    assert len(sizes) == 1
    assert sizes != {0}
