"""The cluster's public profile."""

from typing import Any

import pytest

from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from tests import make
from tests.browse import checked, page

PATH = "/en/host/optonet/profile"
FULL = {
    "name": "OptoNet Jena",
    "land": "DE-TH",
    "city": "Jena",
    "website": "https://optonet.example",
    "email": "office@optonet.example",
    "summary_de": "Licht.\r\nUnd mehr.",
    "summary_en": "",
    "main_field": "sensor-technologies",
    "more_fields": ["optical-technologies-photonics"],
    "ecei_label": "gold",
    "label_valid_until": "2028-12-31",
}


@pytest.fixture
def optonet(client: Any) -> Cluster:
    """Clara's cluster; Clara is logged in."""
    cluster = make.cluster(slug="optonet")
    make.login(client, make.member(cluster))
    return cluster


def now(cluster: Cluster) -> Cluster:
    return db.session.get_one(Cluster, cluster.id)


def test_the_form_shows_what_is_known(client: Any, optonet: Cluster) -> None:
    fields = page(client, PATH).fields

    assert (fields["name"], fields["city"], fields["land"]) == ("OptoNet", "Jena", "DE-TH")
    assert fields["main_field"] == "optical-technologies-photonics"


def test_what_is_typed_is_kept(client: Any, optonet: Cluster) -> None:
    assert client.post(PATH, data=FULL).location == PATH

    kept = now(optonet)
    assert (kept.name, kept.slug, kept.land, kept.city) == ("OptoNet Jena", "optonet", "DE-TH", "Jena")
    assert (kept.summary_de, kept.summary_en) == ("Licht.\nUnd mehr.", None)
    assert kept.fields == ["sensor-technologies", "optical-technologies-photonics"]
    assert (kept.ecei_label, str(kept.label_valid_until)) == ("gold", "2028-12-31")
    assert "The profile is saved." in page(client, PATH).html


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0", "\u2028"])
def test_white_space_where_something_may_be_left_out_is_left_out(client: Any, optonet: Cluster, blank: str) -> None:
    left_out = ("city", "website", "email", "summary_de", "summary_en", "more_fields", "label_valid_until")

    assert client.post(PATH, data=FULL | dict.fromkeys(left_out, blank)).location == PATH

    kept = now(optonet)
    assert kept.fields == ["sensor-technologies"]
    assert [getattr(kept, name) for name in left_out if name != "more_fields"] == [None] * 6


def test_a_date_without_a_label_is_not_kept(client: Any, optonet: Cluster) -> None:
    client.post(PATH, data=FULL | {"ecei_label": ""})

    assert now(optonet).label_valid_until is None


def test_the_last_day_of_the_label_is_read_as_people_write_it(client: Any, optonet: Cluster) -> None:
    client.post(PATH, data=FULL | {"label_valid_until": "31.12.2027"})

    assert str(now(optonet).label_valid_until) == "2027-12-31"
    assert page(client, PATH).fields["label_valid_until"] == "31 December 2027"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "  ", "Enter the name of the cluster"),
        ("website", "javascript:alert(1)", "This is not a web address, for example https://example.org/page"),
        ("website", "https://user@evil.example", "This is not a web address, for example https://example.org/page"),
        ("email", "office", "The @ is missing, for example name@example.org"),
        (
            "label_valid_until",
            "soon",
            "This is not a day: write day, month and year, for example 8 April 2027",
        ),
        ("summary_de", "x" * 601, "At most 600 characters; these are 601."),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_is_kept(
    client: Any, optonet: Cluster, field: str, value: str, sentence: str
) -> None:
    got = checked(client.post(PATH, data=FULL | {field: value}), status=422)

    assert got.links[sentence] == f"#{field}"
    assert got.fields["city"] == "Jena"
    assert got.fields[field].strip() == value.strip()
    assert now(optonet).name == "OptoNet"


@pytest.mark.parametrize(
    ("field", "value"),
    [("land", "DE-XX"), ("main_field", "astrology"), ("ecei_label", "platinum"), ("label_valid_until", "soon")],
)
def test_a_value_that_the_form_does_not_offer_is_refused(client: Any, optonet: Cluster, field: str, value: str) -> None:
    checked(client.post(PATH, data=FULL | {field: value}), status=422)

    assert now(optonet).name == "OptoNet"


def test_what_only_the_office_may_say_is_not_taken(client: Any, optonet: Cluster) -> None:
    client.post(PATH, data=FULL | {"kind": "ministry", "slug": "other", "is_active": "", "is_demo": "1"})

    kept = now(optonet)
    assert (kept.kind, kept.slug, kept.is_active, kept.is_demo) == ("cluster", "optonet", True, False)


def test_a_new_name_reaches_programme_search_and_feeds(client: Any, optonet: Cluster) -> None:
    edition = make.edition()
    other = make.edition()
    activity = make.activity(edition=edition, host=optonet)
    before, untouched = edition.programme_version, other.programme_version

    client.post(PATH, data=FULL)

    assert db.session.get_one(Edition, edition.id).programme_version > before
    assert db.session.get_one(Edition, other.id).programme_version == untouched
    db.session.refresh(activity)
    assert "optonet jena" in activity.search_text


def test_saving_the_same_again_changes_no_programme(client: Any, optonet: Cluster) -> None:
    client.post(PATH, data=FULL)
    edition = make.edition()
    make.activity(edition=edition, host=optonet)
    before = edition.programme_version

    client.post(PATH, data=FULL)

    assert db.session.get_one(Edition, edition.id).programme_version == before


def test_a_cluster_may_be_called_like_its_domain_but_not_like_an_address(client: Any, optonet: Cluster) -> None:
    """The name stands in invitations, which go to whomever the cluster likes."""
    shown = checked(client.post(PATH, data=FULL | {"name": "OptoNet https://evil.example"}), status=422)
    assert "Please write the name only, no web address." in shown.text

    assert client.post(PATH, data=FULL | {"name": "optonet.de e.V."}).location == PATH
    assert now(optonet).name == "optonet.de e.V."
