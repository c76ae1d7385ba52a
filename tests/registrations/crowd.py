"""Many people at once: real requests to the application in several processes with several threads, on one database."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from flask import Flask

from clusterweek import config, create_app
from clusterweek.db.session import db

PROCESSES = 4
THREADS = 16  # in each: 64 people at the same time

Wish = tuple[str, dict[str, str]]  # an address and what is posted to it


def send(wishes: list[Wish], instance: Path, settings: dict[str, str]) -> list[int]:
    """Post everything; returns the status codes. Neighbours in the list reach different processes."""
    shares = [wishes[number::PROCESSES] for number in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        done = pool.map(_share, shares, [instance] * PROCESSES, [settings] * PROCESSES)
        return [status for statuses in done for status in statuses]


def _share(wishes: list[Wish], instance: Path, settings: dict[str, str]) -> list[int]:
    app = application(instance, settings)
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda wish: app.test_client().post(wish[0], data=wish[1]).status_code, wishes))


def application(instance: Path, settings: dict[str, str]) -> Flask:
    """The application of one web process. Mistakes answer 500, as they would for people."""
    environ = {"INSTANCE_PATH": str(instance), "SIGNUP_LIMIT_NETWORK": "off", "SIGNUP_LIMIT_ADDRESS": "off", **settings}
    values = config.load({f"CLUSTERWEEK_{name}": value for name, value in environ.items()})
    app = create_app({**values, "WTF_CSRF_ENABLED": False})
    with app.app_context():
        db.engine.dispose()
    return app
