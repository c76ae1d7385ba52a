"""Addresses of this room."""

from flask import Blueprint

bp = Blueprint("programme", __name__)
