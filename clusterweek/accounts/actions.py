"""What is done with people and their log-ins."""

from datetime import datetime

from clusterweek.accounts.models import Person


def log_in(person: Person, *, now: datetime) -> None:
    """Placeholder until the room stands."""
