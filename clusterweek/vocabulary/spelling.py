"""Words with fewer letters: as a search compares them, and as they stand in an address."""

import re
import unicodedata

from clusterweek.web import unseen

LONGEST_SLUG = 60  # stays readable in print, and leaves room for a number behind it
# Letters that Unicode does not take apart into a letter and a mark.
_LETTERS = str.maketrans({"ß": "ss", "æ": "a", "œ": "o", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
# What people write who have no such key; bare letters would make another word of it.
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "æ": "ae", "œ": "oe", "ø": "oe", "å": "aa"})


def bare(text: str) -> str:
    """Lower case, without marks and what one cannot see, single spaces: "Größe  in Łódź" -> "grosse in lodz"."""
    shown = unseen.compared(text).casefold()
    letters = "".join(c for c in unicodedata.normalize("NFKD", shown) if not unicodedata.combining(c))
    return " ".join(unicodedata.normalize("NFC", letters.casefold().translate(_LETTERS)).split())


def slug(text: str, *, otherwise: str) -> str:
    """The readable part of an address: "Wärmenetze für Groß & Klein" -> "waermenetze-fuer-gross-klein".

    `otherwise` is the answer to a text without a single Latin letter or digit.
    """
    part = "-".join(re.findall(r"[a-z0-9]+", bare(unicodedata.normalize("NFC", text).lower().translate(_SPELLED_OUT))))
    if len(part) > LONGEST_SLUG:
        part = part[: LONGEST_SLUG + 1].rpartition("-")[0] or part[:LONGEST_SLUG]
    return part or otherwise
