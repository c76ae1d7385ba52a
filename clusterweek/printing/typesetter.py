"""The typesetter: a program of its own that sets a document, so that the web gives its memory back.

typst keeps some 160 MB in the process that has used it. `python -P typesetter.py` reads one JSON object from standard
input (`template`, `fonts`, `data`, `note`, `timestamp`), writes the PDF to standard output and names on standard error
what it had to replace: a character that no font has (an emoji, a Chinese name) would stop the whole PDF/UA-1 document,
so it is printed as □, and `note` is added to the notes.
"""

import json
import sys
from functools import cache
from typing import Any

import typst

BOX = "□"
# Latin with all its accents, punctuation, arrows: Fira has them, so nobody needs to ask.
CERTAIN = {chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2028))}
CERTAIN = CERTAIN - {"\xad"} | {"\n", "€", "₂"}
# A document of one character; whether it can be made (5 ms) is the surest answer to whether it can be printed.
TRIAL = '#set document(title: "x")\n#set text(font: "Fira Sans", lang: "de")\n= x\n#sys.inputs.at("c")'


def main() -> None:
    """Set the document that standard input describes."""
    order = json.load(sys.stdin)
    replaced: set[str] = set()
    data = _printable(order["data"], replaced, order["fonts"])
    if replaced:
        data["notes"].append(order["note"])
        print(*(f"U+{ord(character):04X}" for character in sorted(replaced)), file=sys.stderr)
    pdf = typst.compile(
        order["template"],
        font_paths=[order["fonts"]],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"data": json.dumps(data)},
        timestamp=order["timestamp"],
    )
    sys.stdout.buffer.write(pdf)


def _printable(value: Any, replaced: set[str], fonts: str) -> Any:
    if isinstance(value, dict):
        # A QR code is a drawing, not a text.
        return {k: inner if k == "qr" else _printable(inner, replaced, fonts) for k, inner in value.items()}
    if isinstance(value, list):
        return [_printable(inner, replaced, fonts) for inner in value]
    if not isinstance(value, str) or CERTAIN.issuperset(value):
        return value
    kept = []
    for character in value:
        if character in CERTAIN:
            kept.append(character)
        elif character.isspace():
            kept.append(" ")
        elif not character.isprintable():
            continue  # joiners, marks of direction and of byte order: alone they pass, in a line they stop the press
        elif _has_glyph(character, fonts):
            kept.append(character)
        else:
            replaced.add(character)
            kept.append(BOX)
    return "".join(kept)


@cache
def _has_glyph(character: str, fonts: str) -> bool:
    try:
        typst.compile(  # type: ignore[call-overload]  # its types forget that fonts may lie elsewhere than the text
            TRIAL.encode(),
            font_paths=[fonts],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"c": character},
        )
    except typst.TypstError:
        return False
    return True


if __name__ == "__main__":
    main()
