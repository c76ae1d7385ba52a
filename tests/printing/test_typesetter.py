"""What typst sets is packed, and stays the same document."""

import io
import zlib

import pikepdf
from pypdf import PdfReader

from clusterweek.printing import typesetter


def document(count: int) -> bytes:
    """So many streams that some of them end in CR when they are compressed."""
    made = pikepdf.new()
    made.add_blank_page()
    streams = [pikepdf.Stream(made, f"{number} stream".encode() * 30) for number in range(count)]
    for number, stream in enumerate(streams):
        raw = zlib.compress(f"{number} stream".encode() * 30)
        stream.write(raw, filter=pikepdf.Name.FlateDecode)
    made.Root.PieceInfo = pikepdf.Array([made.make_indirect(stream) for stream in streams])
    made.save(out := io.BytesIO())
    return out.getvalue()


def test_no_stream_ends_so_that_its_length_can_be_misread() -> None:
    before = document(1000)
    assert typesetter.AMBIGUOUS in before

    packed = typesetter._packed(before)

    assert typesetter.AMBIGUOUS not in packed
    with pikepdf.open(io.BytesIO(packed)) as again:
        bodies = [stream.read_bytes() for stream in again.Root.PieceInfo]
    assert bodies == [f"{number} stream".encode() * 30 for number in range(1000)]
    other_reader = PdfReader(io.BytesIO(packed), strict=True).trailer["/Root"]["/PieceInfo"]
    assert [stream.get_object().get_data() for stream in other_reader] == bodies


def test_packing_is_the_same_each_time() -> None:
    before = document(50)

    assert typesetter._packed(before) == typesetter._packed(before)
