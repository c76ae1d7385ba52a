"""Addresses of this room."""

from flask import Blueprint

bp = Blueprint("operating", __name__)
