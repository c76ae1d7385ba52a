"""What the frame of every page shows."""

from flask import Flask


def init_app(app: Flask) -> None:
    pass
