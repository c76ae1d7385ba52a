"""Who is logged in."""

from flask import Flask
from flask_login import AnonymousUserMixin, LoginManager


def init_app(app: Flask) -> None:
    LoginManager(app)
