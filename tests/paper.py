"""Reading the booklet: its words, where it leads, what lies in it, and whether it keeps both standards."""

import io
from collections.abc import Iterator

import page as page_validation
import pikepdf
from pypdf import PdfReader

STANDARDS = ("ua1", "3a")


def faults(pdf: bytes) -> list[str]:
    """What keeps a PDF from being PDF/UA-1 and PDF/A-3a."""
    reports = [(standard, page_validation.validate_pdf_bytes(pdf, profile=standard)) for standard in STANDARDS]
    return [f"{standard}: {fault}" for standard, report in reports for fault in report.failures] + [
        f"{standard}: not compliant" for standard, report in reports if not report.is_compliant
    ]


def pages(pdf: bytes) -> list[str]:
    """The words of each page."""
    return [" ".join(one.extract_text().split()) for one in PdfReader(io.BytesIO(pdf)).pages]


def attachments(pdf: bytes) -> dict[str, bytes]:
    return {name: bodies[0] for name, bodies in PdfReader(io.BytesIO(pdf)).attachments.items()}


def everything(pdf: bytes) -> Iterator[bytes]:
    """Whatever stands in the file: words of the pages, attachments, metadata, and every object, unpacked."""
    yield from (one.encode() for one in pages(pdf))
    yield from attachments(pdf).values()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for thing in document.objects:
            yield thing.unparse(resolved=True)
            if isinstance(thing, pikepdf.Stream):
                yield thing.read_bytes()
            yield from strings(thing)


def strings(thing: pikepdf.Object) -> Iterator[bytes]:
    """The texts in an object, decoded: addresses of links, names, descriptions."""
    if isinstance(thing, pikepdf.String):
        yield str(thing).encode()
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        for value in (thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing).values():
            if not getattr(value, "is_indirect", False):
                yield from strings(value)
    elif isinstance(thing, pikepdf.Array):
        for value in thing:
            if not getattr(value, "is_indirect", False):
                yield from strings(value)
