"""A room brings its own pages to a desk: nothing is added for it in `desk/` or `organiser/`."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Blueprint, Flask, render_template_string

import clusterweek
from clusterweek.clusters.desk import cluster_or_404
from clusterweek.desk.office import edition_or_404
from clusterweek.desk.tabs import Tab
from clusterweek.web import guards
from tests import make
from tests.conftest import Client, build_app, rolled_back

OFFICE_PAGE = '{% extends "desk/office.html" %}{% block main %}<h1>Badges {{ edition.id }}</h1>{% endblock %}'
CLUSTER_PAGE = '{% extends "desk/cluster.html" %}{% block main %}<h1>Badges of {{ cluster.name }}</h1>{% endblock %}'


def made_up_room() -> Any:
    """What the views of a room have: a blueprint, and the tabs that lead to its pages."""
    bp = Blueprint("badges", __name__)

    @bp.get("/<lang:lang>/organiser/<edition>/badges")
    @guards.office_readers
    def office(edition: str) -> str:
        return render_template_string(OFFICE_PAGE, edition=edition_or_404(edition))

    @bp.get("/<lang:lang>/host/<cluster>/badges")
    @guards.hosts_only
    def cluster(cluster: str) -> str:
        return render_template_string(CLUSTER_PAGE, cluster=cluster_or_404(cluster))

    tabs = (
        Tab("Badges", "badges.office", 45, guard=lambda desk: desk.may_decide, count=lambda desk: 7),
        Tab("Badges", "badges.cluster", 35, desk="cluster"),
    )
    return SimpleNamespace(bp=bp, TABS=tabs)


@pytest.fixture
def client(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setattr(clusterweek, "ROOMS", (*clusterweek.ROOMS, made_up_room()))
    app: Flask = build_app(tmp_path)
    with rolled_back(app):
        yield Client(app, app.response_class)


def row(html: str, name: str) -> list[str]:
    """The links of a desk's row, the current one in brackets."""
    nav = html.split(f'<nav aria-label="{name}">')[1].split("</nav>")[0]
    links = re.findall(r'<a href="[^"]*"( aria-current="page")?>([^<]*)</a>', nav)
    return [f"[{words}]" if is_current else words for is_current, words in links]


def test_a_room_brings_its_page_and_its_tab_to_the_offices_desk(client: Client) -> None:
    week = make.edition()
    make.login(client, make.organiser())

    page = client.get(f"/en/organiser/{week.slug}/badges").text

    assert f"<h1>Badges {week.id}</h1>" in page
    assert row(page, "Programme office") == [
        *("Review list (0)", "Programme", "Overview", "Export", "[Badges (7)]"),
        *("Clusters", "Letters", "People", "Security", "Weeks and conferences"),
    ]


def test_a_tab_is_seen_by_those_alone_for_whom_it_is(client: Client) -> None:
    week = make.edition()
    make.login(client, make.viewer())

    page = client.get(f"/en/organiser/{week.slug}/activities").text

    assert row(page, "Programme office") == ["[Programme]", "Overview", "Clusters", "Weeks and conferences"]


def test_a_room_brings_its_page_and_its_tab_to_a_clusters_desk(client: Client) -> None:
    optonet = make.cluster("OptoNet", slug="optonet")
    make.login(client, make.member(optonet))

    page = client.get("/en/host/optonet/badges").text

    assert "<h1>Badges of OptoNet</h1>" in page
    assert row(page, "Desk") == ["My activities", "Cluster profile", "Team", "[Badges]", "Public page"]


def test_without_an_edition_the_tabs_that_need_one_are_left_out(client: Client) -> None:
    make.login(client, make.organiser())

    page = client.get("/en/organiser/people/").text

    assert row(page, "Programme office") == [
        *("Clusters", "Letters", "[People]", "Security", "Weeks and conferences"),
    ]
