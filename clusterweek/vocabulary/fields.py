"""Fields of forms for countries, by their names or codes in either language."""

import re
from typing import Any

from clusterweek.i18n import gettext as _
from clusterweek.vocabulary import lists
from clusterweek.web.fields import Read
from clusterweek.web.forms import Unneeded


class CountryField(Read):
    """data: a code or None."""

    def read(self, text: str) -> str:
        return lists.country_code(text)

    def write(self, value: str) -> str:
        return lists.country(value)


class CountriesField(Read):
    """data: codes in their order, `most` of them, or None; separated by commas, semicolons or |."""

    def __init__(self, label: Any, *, most: int, **given: Any) -> None:
        self.most = most
        super().__init__(label, [Unneeded()], **given)

    def read(self, text: str) -> list[str]:
        codes = [lists.country_code(name) for part in re.split("[,;|]", text) if (name := part.strip())]
        if len(codes) > self.most:
            raise ValueError(_("At most %(count)s countries.", count=self.most))
        return codes

    def write(self, value: list[str]) -> str:
        return ", ".join(map(lists.country, value))
