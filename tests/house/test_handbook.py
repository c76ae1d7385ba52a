"""The handbook is complete: every setting, every command, no dead link."""

import re
from pathlib import Path

import click
import pytest
from flask import Flask

from clusterweek import config

TOP = Path(__file__).parents[2]
PAGES = [TOP / "README.md", TOP / "CHANGELOG.md", *sorted((TOP / "docs").glob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("setting", config.SETTINGS, ids=lambda s: s.name)
def test_every_setting_is_in_the_handbook(setting: config.Setting) -> None:
    handbook = (TOP / "docs" / "settings.md").read_text("utf-8")

    line = next((row for row in handbook.splitlines() if row.startswith(f"| `{config.PREFIX}{setting.name}` |")), "")
    assert line
    if setting.default:
        assert f"`{setting.default}`" in line


def commands(group: click.Group, before: str = "") -> list[str]:
    found = []
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            found += commands(command, f"{before}{name} ")
        else:
            found.append(before + name)
    return found


def test_every_command_is_in_the_handbook(app: Flask) -> None:
    handbook = (TOP / "docs" / "commands.md").read_text("utf-8")
    ours = [name for name in commands(app.cli) if name not in ("routes", "run", "shell")]
    ours = [name for name in ours if not name.startswith("db ") or name in ("db upgrade", "db downgrade")]

    assert [name for name in ours if f"`clusterweek {name}" not in handbook] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_no_link_leads_nowhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.S)
    targets = [t.split("#")[0] for t in LINK.findall(text) if not t.startswith(("http://", "https://", "#", "mailto:"))]

    assert [t for t in targets if not (page.parent / t).exists()] == []
