"""Times as options of commands."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import current_app

from clusterweek import clock


class Moment(click.ParamType):
    """A time like 2027-04-07T09:00+02:00; without an offset it is on the office's clock."""

    name = "ISO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            given = datetime.fromisoformat(value)
        except ValueError:
            self.fail("must be a time like 2027-04-07T09:00", param, ctx)
        if given.year not in clock.YEARS:  # at the edges of the calendar nothing can be reckoned
            self.fail("must lie between the years 2000 and 2100", param, ctx)
        if given.tzinfo is None:
            given = given.replace(tzinfo=ZoneInfo(current_app.config["TIMEZONE"]))
        return given.astimezone(UTC)
