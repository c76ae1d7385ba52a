"""What an address of the desk asks for, where a wrong value is named."""

from flask import request

from clusterweek.listing.filter import UnknownFilter
from clusterweek.vocabulary import lists


def land_of_request() -> str | None:
    """The Land that `?land=` asks for. Raises UnknownFilter (400) naming a value that is none."""
    land = request.args.get("land") or None
    if land is not None and land not in lists.LAENDER:
        raise UnknownFilter("land", land)
    return land


def status_of_request() -> str | None:
    """The step of the review that `?status=` asks for. Raises UnknownFilter (400) naming a value that is none."""
    status = request.args.get("status") or None
    if status is not None and status not in lists.REVIEW_STEPS:
        raise UnknownFilter("status", status)
    return status
