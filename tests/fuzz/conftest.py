"""The filled installation takes the place of the empty one. It is made once for all processes of a test run."""

import fcntl
import os
import pickle
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.conftest import _close_connections, build_app
from tests.fuzz import world as worlds
from tests.fuzz.world import World
from tests.postgres import postgres_url


@pytest.fixture(scope="session")
def filled_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """On SQLite; or on the server that `TEST_DATABASE_URL` names."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield worlds.built(tmp_path_factory.mktemp("fuzz"), DATABASE_URL=url)
    else:
        yield _copied(_made_once(tmp_path_factory), tmp_path_factory.mktemp("fuzz") / "instance")
    _close_connections()


@pytest.fixture(scope="session")
def world_on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    yield worlds.built(tmp_path_factory.mktemp("fuzz"), DATABASE_URL=postgres_url("fuzz"))
    _close_connections()


@pytest.fixture(scope="session")
def app(filled_world: World) -> Flask:
    return filled_world.app


def _made_once(factory: Any) -> Path:
    """The folder with the installation: of this process, or the one that all processes of xdist share."""
    own = Path(factory.getbasetemp())
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "filled-world"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "found.pickle").exists():
            world = worlds.built(folder / "instance")
            _close_connections()
            (folder / "found.pickle").write_bytes(pickle.dumps(replace(world, app=None)))  # type: ignore[arg-type]
    return folder


def _copied(made: Path, to: Path) -> World:
    shutil.copytree(made / "instance", to)
    found: World = pickle.loads((made / "found.pickle").read_bytes())
    return replace(found, app=build_app(to, **worlds.SETTINGS))
