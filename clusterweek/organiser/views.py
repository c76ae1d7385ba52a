"""Addresses of this room."""

from flask import Blueprint

bp = Blueprint("organiser", __name__)
