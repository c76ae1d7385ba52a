"""The real program in processes of its own: commands, as a user's scripts call them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import postgres_url

REPOSITORY = Path(__file__).parent.parent


class Installation:
    """One installation in a folder of its own; `settings` are those of config.py, without the prefix."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.settings = settings
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CLUSTERWEEK_")}
        given = {"INSTANCE_PATH": str(folder), **settings}
        self.environment = {
            **kept,
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONUNBUFFERED": "1",
            **{f"CLUSTERWEEK_{name}": value for name, value in given.items()},
        }

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command to its end; what it printed. The exit code must be `code`."""
        done = subprocess.run(
            self._command(arguments), env=self.environment, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == code, f"{arguments} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def start(self, *arguments: str, **given: Any) -> subprocess.Popen[str]:
        """Start a command and do not wait. Whoever starts it ends it."""
        return subprocess.Popen(self._command(arguments), env=self.environment, text=True, **given)

    @staticmethod
    def _command(arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "clusterweek", *arguments]


def on_both_databases(name: str) -> Any:
    """Decorator: the test runs twice, with `database` as settings for SQLite and for PostgreSQL (an empty database)."""
    return pytest.mark.parametrize(
        "database",
        [
            pytest.param(lambda: {}, id="sqlite"),
            pytest.param(lambda: {"DATABASE_URL": postgres_url(name)}, id="postgres", marks=pytest.mark.postgres),
        ],
    )
