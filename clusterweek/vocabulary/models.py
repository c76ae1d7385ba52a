"""The codes that other tables refer to."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from clusterweek.db.session import Model


class Land(Model):
    """One of the 16 German Länder, by ISO 3166-2 code (DE-BY)."""

    __tablename__ = "laender"

    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    name_de: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))


class TechnologyField(Model):
    """One of the 37 technology fields."""

    __tablename__ = "technology_fields"

    slug: Mapped[str] = mapped_column(String(60), primary_key=True)
    name_de: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
