"""Keeping the tables of codes up to date with the files in `data/`."""

from typing import Any

from sqlalchemy import select

from clusterweek.db.session import db
from clusterweek.vocabulary import lists
from clusterweek.vocabulary.models import Land, TechnologyField


def fill() -> None:
    """Write every Land and technology field that is missing or renamed; never removes one. Idempotent."""
    tables: tuple[tuple[Any, str, dict[str, lists.Term]], ...] = (
        (Land, "code", lists.LAENDER),
        (TechnologyField, "slug", lists.FIELDS),
    )
    for model, key, entries in tables:
        known = {getattr(row, key): row for row in db.session.scalars(select(model))}
        for entry in entries.values():
            row = known.get(entry.code)
            if row is None:
                db.session.add(model(**{key: entry.code, "name_de": entry.de, "name_en": entry.en}))
            elif (row.name_de, row.name_en) != (entry.de, entry.en):
                row.name_de, row.name_en = entry.de, entry.en
    db.session.flush()
