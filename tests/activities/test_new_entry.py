"""A new entry of an activity, added in a copy of the program as docs/building.md says: it is everywhere at once."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[2]
STEP = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade():
    op.add_column("activities", sa.Column("motto", sa.String(80)))
"""


def put(file: Path, before: str, line: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(before) == 1, f"{before} in {file.name}"
    file.write_text(text.replace(before, line + before), "utf-8")


def test_a_new_entry_needs_five_places(tmp_path: Path) -> None:
    copy = tmp_path / "clusterweek"
    shutil.copytree(TOP / "clusterweek", copy, ignore=shutil.ignore_patterns("static"))
    (copy / "static").symlink_to(TOP / "clusterweek" / "static")
    steps = copy / "db" / "upgrades" / "versions"
    head = max(path.name[:4] for path in steps.glob("[0-9]*.py"))

    (steps / "9999_motto.py").write_text(STEP.format(head=head), "utf-8")
    put(
        copy / "activities" / "models.py",
        "    review_status: Mapped[str] =",
        "    motto: Mapped[str | None] = mapped_column(String(80))\n",
    )
    put(
        copy / "activities" / "entries.py",
        '    E("parent_activity_id"',
        '    E("motto", _l("Motto"), "line", 80, "content", german="Leitspruch"),\n',
    )
    put(
        copy / "templates" / "host" / "edit.html",
        '        <div class="ho-columns">{{ remark("languages") }}',
        '        {{ remark("motto") }}{{ fields.text(form.motto, optional=True) }}\n',
    )
    put(
        copy / "templates" / "public" / "activity.html",
        "        {% for words, part in view.places %}",
        "        {% if activity.motto %}<p>{{ activity.motto }}</p>{% endif %}\n",
    )
    told = subprocess.run(
        [sys.executable, "-m", "tests.activities.new_entry", str(tmp_path / "instance")],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(TOP)},
        capture_output=True,
        text=True,
        timeout=600,
    )

    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout.splitlines()[-1])
    number = found.pop("number")
    assert found == {
        "package": str(copy / "__init__.py"),
        "form": [303, "Licht an"],
        "too long": [422, ["motto"]],
        "part": ["Content1 entry to check"],
        "history": "Changed: Motto",
        "review": ["Motto", "Licht an", "remark_motto"],
        "preview": "Motto Licht an",
        "public page": True,
        "csv": ["motto", "Licht an"],
        "xlsx": ["motto", "Licht an"],
        "json": ["waiting_count", "motto", "Licht an"],
        "import": [
            f"row 2: unchanged  {number}",
            f"row 2: changed  {number}",
            f"row 2: error  {number}  motto: At most 80 characters; these are 81.",
            "Licht aus",
        ],
    }


def test_the_handbook_counts_the_places() -> None:
    (row,) = re.findall(r"^\| an entry of an activity \|.*$", (TOP / "docs" / "building.md").read_text("utf-8"), re.M)

    assert re.findall(r"\b(\d)\. ", row) == ["1", "2", "3", "4", "5"]
