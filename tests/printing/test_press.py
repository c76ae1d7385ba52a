"""The press: any template with its data, whatever characters people typed."""

import io
import logging
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from clusterweek.i18n import force_language
from clusterweek.printing import press
from tests.conftest import NOW

BADGE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.name)
#set text(font: "Fira Sans", lang: "en")
= #data.name
#for note in data.notes [#note]
"""


@pytest.fixture
def badge(tmp_path: Path) -> Path:
    template = tmp_path / "badge.typ"
    template.write_text(BADGE, "utf-8")
    return template


def words(template: Path, data: dict[str, Any]) -> str:
    with force_language("en"):
        made = press.printed(template, data, name="a badge", made_at=NOW)
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())


def test_any_room_may_bring_its_template(badge: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert words(badge, {"name": "Ada Łukasz", "notes": []}) == "Ada Łukasz"
    assert caplog.messages == []


def test_what_no_font_has_becomes_a_box_and_is_named(badge: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        said = words(badge, {"name": "Ada 🚀", "notes": []})

    assert said == "Ada □ Some characters cannot be printed and appear as □."
    assert caplog.messages == ["a badge: no font has U+1F680"]


def test_a_template_with_a_mistake_says_which(badge: Path) -> None:
    badge.write_text("#mistake()", "utf-8")

    with pytest.raises(RuntimeError, match=r"(?s)the press stopped: .*unknown variable: mistake"):
        words(badge, {"name": "Ada", "notes": []})


def test_what_takes_too_long_is_given_up(badge: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "LONGEST", 0.001)

    with pytest.raises(press.TooLong):
        words(badge, {"name": "Ada", "notes": []})
