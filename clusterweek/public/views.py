"""Addresses of this room."""

from flask import Blueprint

bp = Blueprint("public", __name__)
