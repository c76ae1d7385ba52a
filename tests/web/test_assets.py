"""Files of static/ and how long they are kept."""

import re
from typing import Any

import pytest

from clusterweek.web import assets
from tests import make

SHORT = "max-age=3600"


def answered(client: Any, address: str, **headers: str) -> tuple[int, Any]:
    """Status and headers; the file behind the answer is closed."""
    with client.get(address, headers=headers) as answer:
        return answer.status_code, answer.headers


def linked(client: Any, path: str) -> list[str]:
    """The addresses of styles, fonts and pictures that a page links."""
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get(path).text)


def test_every_file_that_a_page_links_may_be_kept_for_a_year(client: Any) -> None:
    week = make.activity(countries=("PT",)).edition
    found = {address for path in ("/de/", f"/de/{week.slug}/", "/de/login") for address in linked(client, path)}

    assert any("/flags/pt" in address for address in found)
    assert len(found) > 4
    for address in found:
        asked: list[dict[str, str]] = [{}]
        if "/vendor/" in address:  # of the others Flask leaves the file to the collector in these cases
            asked += [{"Accept-Encoding": "br"}, {"Range": "bytes=0-9"}, {"If-None-Match": "*"}]
        for given in asked:
            status, headers = answered(client, address, **given)
            assert (status in (200, 206, 304), headers["Cache-Control"]) == (True, assets.KEPT), address
            assert "Expires" not in headers


@pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789", "?w=1", "?v={v}&x=1", "?x=1&v={v}", "?v={v}0", "?V={v}"])
@pytest.mark.parametrize("file", ["house/base.css", "vendor/kern.min.css"])
def test_another_version_than_the_one_there_is_asked_for_again(client: Any, app: Any, file: str, query: str) -> None:
    version = assets.version(app.static_folder, file)

    status, headers = answered(client, f"/static/{file}{query.format(v=version)}")

    assert status == 200
    assert SHORT in headers["Cache-Control"]
    assert "immutable" not in headers["Cache-Control"]


@pytest.mark.parametrize("path", ["../__init__.py", "/etc/passwd", "house", "", "nowhere.css", "a\0b", "x" * 5000])
def test_what_is_no_file_of_the_folder_has_no_version(client: Any, app: Any, path: str) -> None:
    assert assets.version(app.static_folder, path) is None


def test_a_file_that_is_missing_is_still_linked_and_not_found(client: Any, app: Any) -> None:
    with app.test_request_context():
        address = assets.asset("house/nowhere.css")

    assert address == "/static/house/nowhere.css"
    assert client.get(address).status_code == 404


def test_another_content_has_another_address(app: Any, tmp_path: Any) -> None:
    file = tmp_path / "a.css"
    file.write_text("a {}")
    first = assets.version(str(tmp_path), "a.css")
    file.write_text("b {}")
    second = assets.version(str(tmp_path), "a.css")
    file.write_text("a {}")

    assert first != second
    assert assets.version(str(tmp_path), "a.css") == first
