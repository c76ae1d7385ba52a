"""Names of people and organisations: letters begin with them, so they must not be addresses of the web.

Mail programs make a link of whatever looks like one. Somebody who types such a name would have us send his link, under
our sender, to whomever he likes.
"""

import re
import unicodedata
from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from clusterweek.i18n import gettext as _

# Endings that mail programs link wherever they stand. Not all of the some 1,400: most of these are words or surnames.
_ENDINGS = """
    de com net org eu info biz at ch li lu nl be fr it es pl cz dk se uk us ru cn io co ai me ly to cc tv ws gg gl ml tk
    xyz top site online shop store app dev page link click live club icu vip win bid loan work world website space tech
    cloud digital email news blog pro mobi name zip mov
"""
# What stands before a full stop in German names without being a part of an address, also where the space is missing.
_ABBREVIATIONS = """
    dr prof dipl ing mag lic pd priv doz apl hon univ rer nat pol phil med dent vet oec jur iur theol habil agr soc publ
    techn min geol biol chem phys inf kfm kffr betriebsw psych päd bakk st abt inst fak ref ges gem nr str co inc ltd
    bros van von
"""
ENDINGS, ABBREVIATIONS = frozenset(_ENDINGS.split()), frozenset(_ABBREVIATIONS.split())
_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
DOMAIN = re.compile(rf"(?<![\w@.-])((?:{_LABEL}\.)+)([^\W\d_]{{2,}})(?![\w-])(\.?[/?#]\S|:\d)?")
SURE = re.compile(
    r"[:;]\s*[/\\]\s*[/\\]"  # http://, also apart
    r"|\bwww\d?\s*\.\s*\w"
    r"|\b(?:https?|hxxps?|ftp|mailto|javascript)\s*:"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}(?:/|:\d)",
    re.IGNORECASE,
)
# Full stops of other scripts, which programs take for ours; NFKC knows the rest (full-width letters, colons, slashes).
STOPS = str.maketrans({"。": ".", "｡": ".", "．": ".", "․": ".", "⁄": "/", "∕": "/"})


def holds_link(text: str, *, is_person: bool) -> bool:
    """Whether a name holds what mail programs would make a link of.

    An organisation may be called like its domain ("booking.com GmbH"), a person is not. What is followed by a path, a
    question mark or a port is an address whoever bears it. Titles and legal forms ("Dr.-Ing.", "Co.KG") are none.
    """
    folded = unicodedata.normalize("NFKC", text.translate(STOPS)).translate(STOPS)
    if SURE.search(folded):
        return True
    return any(_is_address(*found.groups(), is_person=is_person) for found in DOMAIN.finditer(folded))


def _is_address(labels: str, ending: str, more: str | None, *, is_person: bool) -> bool:
    parts = labels.rstrip(".").lower().split(".")
    is_known = ending.lower() in ENDINGS
    if all(part in ABBREVIATIONS for part in parts):
        return False
    if more:
        return is_known or ending in (ending.lower(), ending.upper())  # "Haus.Garten/Küche" lacks a space, no more
    return is_person and is_known and any(len(part) > 1 for part in parts)  # "A.de Vries"


class NoLink:
    """No web address in the name of a person (`is_person`) or an organisation."""

    def __init__(self, *, is_person: bool) -> None:
        self.is_person = is_person

    def __call__(self, form: Any, field: Field) -> None:
        # What is longer is too long for a name anyway, which another validator says.
        if field.data and holds_link(field.data[:500], is_person=self.is_person):
            raise ValidationError(_("Please write the name only, no web address."))
