"""Addresses of this room."""

from flask import Blueprint

bp = Blueprint("clusters", __name__)
