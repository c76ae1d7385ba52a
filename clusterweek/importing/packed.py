"""A workbook is a ZIP of XML: looked through before any reader builds something of it, and its names put right.

300 KB can hold twelve million cells, a few KB gigabytes. Nothing here knows the program, so that a process of its own
may run it.
"""

import io
import re
import zipfile

MOST_COLUMNS = 100
DEEPEST_ROW = 100_000  # of a sheet; a stray cell in the last of a million rows would keep the program busy for minutes
MOST_UNPACKED = 100 * 1024 * 1024  # bytes of all parts
MOST_PARTS = 2_000  # a workbook of a hundred sheets has some three hundred
MOST_CELLS = 1_000_000  # of one part, empty ones too: some five seconds
MOST_STRINGS = 1_000_000
MOST_STYLES_BYTES = 16 * 1024 * 1024  # these three are read at once, before any row is
MOST_BOOK_BYTES = 4 * 1024 * 1024
MOST_TEXT = 32 * 1024 * 1024  # characters handed on: one text may be shown by a million cells

CELL = re.compile(rb"<(?:[^\s<>/:=]+:)?(?:c|table-cell|covered-table-cell)[\s/>]")
STRING = re.compile(rb"<(?:[^\s<>/:=]+:)?si[\s/>]")
ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
ENCODING = re.compile(rb"""^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.-]+)["']""")
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".bin")
PLAIN = {b"utf-8", b"utf8", b"us-ascii", b"ascii"}
LONGEST_TAG = 128  # bytes kept from one piece to the next, so that nothing is overlooked where they meet

SPREADSHEET = b"opendocument.spreadsheet"
ODS_PARTS = ("mimetype", "content.xml", "meta-inf/manifest.xml")
MOST_TAGS = 8_000_000

CONTENTS = "[Content_Types].xml"
WELL_KNOWN = (CONTENTS, "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml")
REFERENCE = re.compile(rb"""\b(PartName|Target)\s*=\s*["']([^"'<>]*)["']""")
# What differs in "Strict Open XML": the names, and with them nothing that a table needs.
STRICT = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ),
}


class No(Exception):
    """A workbook that is not read; the argument is a key of workbooks.REFUSALS."""


def kind_of(data: bytes) -> str:
    """`xlsx` or `ods`, by what is in it. Raises No for another document, and errors of DAMAGED for what is no ZIP."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = set(parts.namelist())
        if "mimetype" in names and "[Content_Types].xml" not in names:
            if parts.getinfo("mimetype").file_size > 100 or SPREADSHEET not in parts.read("mimetype"):
                raise No("unreadable")
            return "ods"
        return "ods" if "content.xml" in names else "xlsx"


def refuse(data: bytes) -> None:
    """Look through all parts that are read of a workbook, without building anything. Raises No for what would cost too
    much, and errors of DAMAGED for what is no workbook."""
    is_ods = kind_of(data) == "ods"
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        listed = parts.infolist()
        if len(listed) > MOST_PARTS or sum(part.file_size for part in listed) > MOST_UNPACKED:
            raise No("unpacked")
        for part in listed:
            name = part.filename.lower().replace("\\", "/")
            if is_ods and name not in ODS_PARTS:
                continue
            if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or part.flag_bits & 1:
                raise No("odd")  # encrypted, or packed as no spreadsheet does
            if is_ods and name != "content.xml":
                continue
            if name.endswith(("styles.xml", "theme1.xml")) and part.file_size > MOST_STYLES_BYTES:
                raise No("unpacked")
            if name.endswith(("workbook.xml", ".rels", "[content_types].xml")) and part.file_size > MOST_BOOK_BYTES:
                raise No("unpacked")
            _refuse_part(parts, part, may_be_picture=name.endswith(PICTURES))


def put_right(data: bytes) -> bytes:
    """The same workbook (XLSX) with the names that the library looks for: those of "Strict Open XML", of parts in other
    capitals than they are called by, and of parts with backslashes are others."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        is_strict = any(_is_strict(parts, part) for part in parts.infolist())
        if not is_strict and not _are_called_otherwise(parts):
            return data
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as copy:
            for part in parts.infolist():
                name = part.filename.replace("\\", "/").lower().lstrip("/")
                text = parts.read(part)
                if name.endswith((*PICTURES, "/")):
                    continue
                for theirs, ours in STRICT.items():
                    text = text.replace(theirs, ours)
                if name.endswith((".rels", CONTENTS.lower())):
                    text = REFERENCE.sub(lambda found: found[0].replace(b"\\", b"/").lower(), text)
                    text = text.replace(b"partname=", b"PartName=").replace(b"target=", b"Target=")
                copy.writestr(CONTENTS if name == CONTENTS.lower() else name, text)
        return file.getvalue()


def _is_strict(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    if not part.filename.lower().endswith(".xml"):
        return False
    with parts.open(part) as file:
        return any(theirs in file.read(4096) for theirs in STRICT)


def _are_called_otherwise(parts: zipfile.ZipFile) -> bool:
    """Whether a part is called by another spelling than it has in the file."""
    names = parts.namelist()
    there, folded = set(names), {name.replace("\\", "/").lower() for name in names}
    if "\\" in "".join(names) or any(name.startswith("/") for name in names):
        return True
    called = set(WELL_KNOWN)
    for name in names:
        if name.lower() == CONTENTS.lower():
            called |= {
                found[2].decode("utf-8", "replace").lstrip("/") for found in REFERENCE.finditer(parts.read(name))
            }
        elif name.lower().endswith("workbook.xml.rels"):
            for found in REFERENCE.finditer(parts.read(name)):
                target = found[2].decode("utf-8", "replace")
                called.add(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
    return any(name not in there and name.lower() in folded for name in called)


def _refuse_part(parts: zipfile.ZipFile, part: zipfile.ZipInfo, *, may_be_picture: bool) -> None:
    cells = strings = tags = 0
    with parts.open(part) as file:
        rest = b""
        is_first = True
        while piece := file.read(1 << 20):
            if is_first:
                if may_be_picture and not _may_be_xml(piece):
                    return
                _refuse_encoding(piece)
                is_first = False
            text = rest + piece
            if ENTITY.search(text):
                raise No("odd")
            # What ends after `rest` is new; what ended within it was counted with the piece before.
            cells += sum(1 for found in CELL.finditer(text) if found.end() > len(rest))
            strings += sum(1 for found in STRING.finditer(text) if found.end() > len(rest))
            tags += piece.count(b"<")
            if cells > MOST_CELLS or strings > MOST_STRINGS or tags > MOST_TAGS:
                raise No("cells")
            rest = text[-LONGEST_TAG:]


def _may_be_xml(begins: bytes) -> bool:
    """A name says nothing: which part is the sheet stands elsewhere in the file, and may be called a picture."""
    text = begins.removeprefix(b"\xef\xbb\xbf").lstrip()
    return not text or text.startswith((b"<", b"\0", b"\xff\xfe", b"\xfe\xff"))


def _refuse_encoding(begins: bytes) -> None:
    """Other encodings would hide from the look what the reader finds."""
    if begins[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in begins[:4]:
        raise No("odd")
    if (found := ENCODING.match(begins.removeprefix(b"\xef\xbb\xbf"))) and found[1].lower() not in PLAIN:
        raise No("odd")
