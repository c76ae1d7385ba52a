"""Addresses of this room."""

from flask import Blueprint

bp = Blueprint("registrations", __name__)
