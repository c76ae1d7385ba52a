"""The typesetter: a program of its own that sets a document, so that the web gives its memory back.

typst keeps some 160 MB in the process that has used it. `python -P typesetter.py` reads one JSON object from standard
input (`template`, `fonts`, `data`, `files`, `note`, `timestamp`), writes the PDF to standard output and names on
standard error what it had to replace: a character that no font has (an emoji, a Chinese name) would stop the whole
PDF/UA-1 document, so it is printed as □, and `note` is added to the notes.
"""

import io
import json
import sys
from functools import cache
from typing import Any

import pikepdf
import typst

BOX = "□"
TOGETHER = pikepdf.ObjectStreamMode.generate
TRIES = 20  # two of three are good at once
FILLING = "/CLWKFilling"  # objects that mean nothing
AMBIGUOUS = b"\r\nendstream"
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
        pdf_standards=["ua-1", "a-3a"],
        sys_inputs={**order["files"], "data": json.dumps(data)},
        timestamp=order["timestamp"],
    )
    sys.stdout.buffer.write(_packed(pdf))


def _packed(pdf: bytes) -> bytes:
    """The same document, less than half as large: typst leaves the tags for screen readers uncompressed.

    A stream that ends in CR is followed by the LF before `endstream`, and whoever checks PDF/A may take both for the
    end of the line and miss a byte. What is compressed ends in its checksum, so one of 256 does: those of typst get
    one byte more, and for those that are made here the objects are put together a little differently.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Stream) and thing.read_raw_bytes().endswith(b"\r"):
                _end_otherwise(thing)
        for tries in range(1, TRIES + 1):
            document.save(packed := io.BytesIO(), object_stream_mode=TOGETHER, deterministic_id=True)
            if AMBIGUOUS not in packed.getvalue():
                break
            document.Root[FILLING] = pikepdf.Array([document.make_indirect(pikepdf.Array([n])) for n in range(tries)])
    return packed.getvalue()


def _end_otherwise(stream: pikepdf.Stream) -> None:
    """One byte behind the checksum, which nobody reads who unpacks it."""
    if stream.get("/Filter") == pikepdf.Name.FlateDecode:
        parms: Any = stream.get("/DecodeParms")
        stream.write(stream.read_raw_bytes() + b"\0", filter=pikepdf.Name.FlateDecode, decode_parms=parms)


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
