"""The blueprint that the addresses of this room hang on."""

from flask import Blueprint

bp = Blueprint("organiser", __name__, url_prefix="/<lang:lang>/organiser")
