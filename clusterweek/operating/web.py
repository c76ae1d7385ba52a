"""The web processes: gunicorn, with the settings that suit this program."""

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from clusterweek.operating import access_log

THREADS = 4  # per process
GRACE_SECONDS = 7  # for a request that is being answered while we stop; the supervisor waits nine


class Web(BaseApplication):
    """gunicorn's arbiter, which forks `workers` processes that all answer with `app`."""

    def __init__(self, app: Flask, *, host: str, port: int, workers: int) -> None:
        self.app = app
        self.options: dict[str, Any] = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "worker_class": "gthread",
            "workers": workers,
            "threads": THREADS,
            "graceful_timeout": GRACE_SECONDS,
            # Only TRUSTED_PROXIES decides whom to believe; gunicorn would believe every program on this machine.
            "forwarder_headers": "",
            "forwarded_allow_ips": "",
            "limit_request_line": 8190,  # every filter at once fits
            "logger_class": access_log.TokenFreeLogger,
            "accesslog": "-",
            "access_log_format": access_log.FORMAT,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.app
