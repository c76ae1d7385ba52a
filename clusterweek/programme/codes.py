"""QR codes as drawings for paper."""

import io
from functools import lru_cache

import segno

KEPT = 5000  # drawings of 3 KB at most; an address never changes
ERROR = "m"  # still readable from a folded copy


@lru_cache(maxsize=KEPT)
def svg(address: str) -> str:
    """The code of an address, without a margin."""
    drawn = io.BytesIO()
    stem = address.rstrip("0123456789")
    code = segno.make(address, error=ERROR, mask=_mask(stem))
    code.save(drawn, kind="svg", border=0, xmldecl=False, svgns=True, omitsize=True)
    return drawn.getvalue().decode()


@lru_cache
def _mask(stem: str) -> int:
    """Any of the eight masks makes a code that can be read. Looking for the calmest takes three quarters of the time,
    so it is done once for all addresses that differ only in the number at their end."""
    return int(segno.make(f"{stem}1", error=ERROR).mask)
