"""Characters that no font of the booklet has: found before, replaced by □ and reported.

One such character (an emoji, a Chinese name) would stop the whole PDF/UA-1 booklet.
"""

from functools import cache
from pathlib import Path

import typst

FONTS = Path(__file__).parents[1] / "static" / "vendor" / "fonts"
BOX = "□"
# Latin with all its accents, punctuation, arrows: Fira has them, so nobody needs to ask.
CERTAIN = {chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2028))} - {"\xad"} | {
    "\n",
    "€",
    "₂",
}


def printable(text: str, replaced: set[str]) -> str:
    """`text` with □ for what cannot be printed; adds each such character to `replaced`."""
    if CERTAIN.issuperset(text):
        return text
    kept = []
    for character in text:
        if character in CERTAIN or _has_glyph(character):
            kept.append(character)
        elif character.isprintable():
            replaced.add(character)
            kept.append(BOX)
        # Joiners, variation selectors and the like vanish with the sign they belong to.
    return "".join(kept)


@cache
def _has_glyph(character: str) -> bool:
    """Asks typst itself, with a document of one character (about 5 ms, once per process)."""
    page = '#set document(title: "x")\n#set text(font: "Fira Sans", lang: "de")\n= x\n#sys.inputs.at("c")'
    try:
        typst.compile(  # type: ignore[call-overload]  # its types forget that fonts may lie elsewhere than the text
            page.encode(),
            font_paths=[FONTS],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"c": character},
        )
    except typst.TypstError:
        return False
    return True
