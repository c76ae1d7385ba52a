"""Addresses of this room."""

from flask import Blueprint

bp = Blueprint("feeds", __name__)
