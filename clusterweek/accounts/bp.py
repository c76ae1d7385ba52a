"""The blueprint that the addresses of this room hang on."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)
