"""The blueprint that the addresses of this room hang on."""

from typing import Any

from flask import Blueprint

from clusterweek.activities import rules

bp = Blueprint("host", __name__, url_prefix="/<lang:lang>/host")


@bp.context_processor
def give_names() -> dict[str, Any]:
    return {"address_part": rules.address_part}
