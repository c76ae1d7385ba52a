"""What two commits answer differently: `python -m tests.house.compare COMMIT COMMIT [--only olaf] [--full] …`.

For a rebuild that must change nothing. Each commit is checked out into a folder of its own and records there, with a
frozen clock, what the demo answers: every page for every login in both languages, every form that stands on them, the
letters that follow, files, feeds and what commands print (`record.py`). Then the two records are compared.

In pages, what must differ each time is masked, and white space in runs. Feeds, tables, JSON and letters are compared
byte for byte, but for what letters draw at random (Message-ID, boundaries, tokens of links). An XLSX is compared by its
cells, a PDF by the text of its pages: both hold moments of their making.

White space beside an element that is shown in the line is compared, for it may part two words; where nothing but that
differs, the answer is counted apart and does not count as wrong.

The exit code is 1 when something differs that is not among ALLOWED, or when a commit could not be recorded.
"""

import argparse
import difflib
import io
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import openpyxl
import pypdf

REPOSITORY = Path(__file__).parents[2]
MOST_LINES = 12  # of one difference, unless all are asked for


@dataclass(frozen=True)
class Allowed:
    """A difference that is meant: where, which lines (all lines that differ there must be such), and why."""

    address: str
    line: str
    reason: str


# Regular expressions, searched for. A row that nothing needs any more is named at the end: take it out.
ALLOWED: tuple[Allowed, ...] = (
    Allowed(
        r"",
        r'^.<link rel="stylesheet" href="/static/(house/desk|organiser/desk|host/desk|desk/\w+)\.css\?v=…">$',
        "the styles of the desks lie with their frames",
    ),
    Allowed(
        r"/organiser/(clusters/|[\w-]+/(activities)?)?(\?|$| )",
        r".",
        "the office's lists have the one filter, and each number of the overview leads to its list",
    ),
    Allowed(
        r"/organiser/[\w*-]+/queue",
        r"[?&;](host_)?land=|^. is not there$|Filter by |Nach (Bundesland|Land des Clusters) filtern",
        "the review list calls the Land of the cluster host_land",
    ),
    Allowed(
        r" (GET|POST) \S+/(cancel|postpone|reinstate|reopen|withdraw)\b",
        r".",
        "both desks ask with one page for a step, with one rule for reasons and one guard against what is out of date",
    ),
    Allowed(r"y-ld-z|yildiz", r".", "one slug: the demo's address of Yıldız is yildiz, not y-ld-z"),
    Allowed(r"", r"y-ld-z|yildiz", "the same where it stands in a list"),
    Allowed(
        r"",
        r"(?i)what you (have )?typed|geschrieben haben, bleibt hier|becomes (free|available)|free for ot"
        r"|available to oth|run out; |ha(ve|s) lapsed|take the newest|give your place back|next person in line"
        r"|auf die Warteliste setzen|your name on the waiting list|until now|previously|Your place stay|You keep yo",
        "sentences that were put better on the way",
    ),
    Allowed(
        r" letter |POST /(de|en)/registration/|sign-up",
        r"^.=?(hers|ers|lf|y|ur place|s yours)\b|^. itself|/reminders\"? style=|^.=93|^.-?00:30|^.(>|ong>)? ?Hoch"
        r"|^.esse\)|^.\), N|^.\\r\\n$",
        "the same where the rest of a letter's lines breaks elsewhere",
    ),
    Allowed(r"/preview$", r".", "a preview follows the table of entries, and says of each whether it is filled"),
    Allowed(
        r"(olaf|lena|vera|vito) (GET /|POST /(de|en)/[\w*-]+/[\w*-]+/(sign-up|lost-link))",
        r"^. is not there$",
        "which pages of others somebody of the office comes to follows from the links of the desk's lists",
    ),
    Allowed(
        r"/team\b|/organiser/clusters/([\w-]+$|\* |invitation$|\*/(edit|invitations)[ /])",
        r".",
        "one table of a cluster's people and invitations for both desks",
    ),
    Allowed(
        r"/queue/(\*/|several)",
        r".",
        "after a decision the list keeps to the Land of the cluster by the name host_land",
    ),
    Allowed(
        r" POST /(de|en)/organiser/people/\*/link ",
        r".",
        "the link leads to the overview, whose numbers lead to their lists",
    ),
    Allowed(
        r"/(profile|edit|people/\*/off)\b",
        r'^.<option (selected )?value="">(keine Angabe|not given|keine|none)$',
        "the empty choice is marked where it is the chosen one",
    ),
)


@dataclass(frozen=True)
class Answer:
    """One answer: its status and headers as text, its body."""

    head: str
    body: bytes

    @property
    def kind(self) -> str:
        found = re.search(r"^Content-Type: (?:[\w-]+/|\.)([\w.-]+)", self.head, re.M)
        return KINDS.get(found[1], found[1]) if found else "letter" if self.body.startswith(b"From:") else "command"

    def lines(self) -> list[str]:
        """What is compared, line by line."""
        return masked_head(self.head).splitlines() + READERS.get(self.kind, plain)(self.body)


KINDS = {"html": "page", "vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx", "calendar": "ics"}
HEAD_MASKS = (
    (r"(?m)^(Content-Length|Date|Last-Modified-Page): .*\n", ""),
    (r"(?m)^(Set-Cookie: [\w-]+=)[^;\n]*", r"\1…"),
)
# White space beside these is not shown: whether there is any does not matter.
BLOCKS = (
    "html|head|body|title|meta|link|header|footer|main|nav|section|article|div|p|h[1-6]|ul|ol|li|dl|dt|dd"
    "|table|caption|thead|tbody|tfoot|tr|th|td|form|fieldset|legend|details|summary|option"
)
PAGE_MASKS = (
    (r'(name="csrf_token"[^>]*?value=")[^"]*', r"\1…"),
    (r"(\?v=)[\w.-]+", r"\1…"),
    (r"(/(?:registration|invitation|login/link|login/password)/)[\w-]{20,}", r"\1…"),
    # Where line breaks are shown as they are typed, an indented one is an empty line too much.
    (r'(class="[^"]*\b(?:cw-lines|of-line)\b[^>]*>)\n {4,}', r"\1⏎"),
    (r"\s+", " "),
    (rf" ?(</?(?:{BLOCKS})\b[^>]*>) ?", r"\1"),
    (r' ?(<br>|<svg class="cw-(?:meter|ticks)"|<input type="hidden"[^>]*>) ?', r"\1"),
    # What is laid out as a flex box or grid shows none between its parts.
    (r'(<(a|button) class="kern-btn[^>]*>) ?(<span class="kern-label">[^<]*</span>) ?(</\2>)', r"\1\3\4"),
    (r'(<input class="kern-form-check[^>]*>) ?(<label)', r"\1\2"),
    (r"(?=<)", "\n"),  # one element a line, so that a difference can be read
)
# A line of a letter may break anywhere, also in a token.
LETTER_MASKS = (
    (r"(?:=20|=?\r\n| )*(</p>)(?:=20|=?\r\n| )*", r"\1"),  # lines of the template break there
    (r"(?m)^(Message-ID: ).*", r"\1…"),
    (r"=_[0-9a-f]{24}", "…"),
    (r"(/(?:registration|invitation|login/link|login/password)/)(?:[\w-]|=\r?\n){20,}", r"\1…"),
)


def _mask(text: str, masks: Sequence[tuple[str, str]]) -> str:
    for pattern, put in masks:
        text = re.sub(pattern, put, text)
    return text


def masked_head(head: str) -> str:
    """Status and headers; of a page without its ETag, which is made of what is masked there."""
    if "Content-Type: text/html" in head or re.search("spreadsheetml|/pdf", head):
        head = re.sub(r"(?m)^ETag: .*\n", "", head)
    return _mask(head, HEAD_MASKS)


def plain(body: bytes) -> list[str]:
    """Any file, byte for byte: what is no UTF-8 stands there as an escape."""
    return body.decode("utf-8", "backslashreplace").splitlines(keepends=True)


def page(body: bytes) -> list[str]:
    return _mask(body.decode(), PAGE_MASKS).strip().splitlines()


def letter(body: bytes) -> list[str]:
    return _mask(body.decode("ascii"), LETTER_MASKS).splitlines(keepends=True)


def xlsx(body: bytes) -> list[str]:
    """Each cell that holds something, with its format, and each width."""
    book = openpyxl.load_workbook(io.BytesIO(body))
    cells = [
        f"{sheet.title}!{cell.coordinate}: {cell.value!r} {cell.number_format} {cell.font.b}"
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    return cells + [
        f"{sheet.title} {name}: {one.width}" for sheet in book for name, one in sheet.column_dimensions.items()
    ]


def pdf(body: bytes) -> list[str]:
    """The text of each page."""
    return [
        f"{number}: {line}"
        for number, one in enumerate(pypdf.PdfReader(io.BytesIO(body)).pages, 1)
        for line in one.extract_text().splitlines()
    ]


READERS = {"page": page, "letter": letter, "xlsx": xlsx, "pdf": pdf}


def difference(old: Answer | None, new: Answer | None) -> list[str]:
    """The lines that differ, each with - or +; none when the two are equal."""
    if old == new:
        return []
    if old is None or new is None:
        return ["- is not there" if old is None else "+ is not there"]
    before, after = old.lines(), new.lines()
    found = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:] if before != after else []
    return [repr(line)[1:-1] for line in found if not line.startswith("@@")]


def beyond_spaces(lines: Sequence[str]) -> list[str]:
    """The lines of a difference without those of a page that differ by nothing but white space beside elements."""

    def said(line: str) -> str:
        return re.sub(r"^(<[^>]*>) *(.*?) *$", r"\1\2", line[1:])

    old, new = (Counter(said(line) for line in lines if line[0] == sign and line[1:2] == "<") for sign in "-+")
    both = {"-": old & new, "+": old & new}
    left = []
    for line in lines:
        if both[line[0]][said(line)] > 0:
            both[line[0]][said(line)] -= 1
        else:
            left.append(line)
    return left


def reason(address: str, lines: Sequence[str], allowed: Sequence[Allowed] = ALLOWED) -> set[Allowed] | None:
    """The rows that allow this difference; None when a line is left that none of them allows."""
    here = [row for row in allowed if re.search(row.address, address)]
    used = [next((row for row in here if re.search(row.line, line)), None) for line in lines]
    return None if None in used else {row for row in used if row}


def taken(tape: Path) -> dict[str, Answer]:
    """What was recorded, by address."""
    found: dict[str, Answer] = {}
    with tape.open("rb") as file:
        while True:
            try:
                address, head, body = pickle.load(file)
            except EOFError:
                return found
            assert address not in found, f"{address} stands on the tape twice"
            found[address] = Answer(head, zlib.decompress(body))


def checked_out(commit: str, folder: Path) -> Path:
    """The program as it was at this commit, with the tests and the built styles of today."""
    folder.mkdir()
    archive = subprocess.run(
        ["git", "archive", commit, "clusterweek", "requirements.txt"], cwd=REPOSITORY, capture_output=True, check=True
    )
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    (folder / "tests").symlink_to(REPOSITORY / "tests")
    vendor = folder / "clusterweek" / "static" / "vendor"
    if not vendor.exists():
        vendor.symlink_to(REPOSITORY / "clusterweek" / "static" / "vendor")
    return folder


def is_installed(requirements: str) -> bool:
    """Whether each version that is pinned there is installed here; what is for other systems only is left out."""
    for name, pinned in re.findall(r"(?m)^([\w.-]+)(?:\[[\w,]+\])?==([^\s;\\]+)(?= *\\?$)", requirements):
        try:
            if version(name) != pinned:
                return False
        except PackageNotFoundError:
            return False
    return True


def python_for(checkout: Path) -> str:
    """Our own Python where it has all that this commit needs, otherwise one of its own."""
    requirements = checkout / "requirements.txt"
    if is_installed(requirements.read_text("utf-8")):
        return sys.executable
    venv = checkout / ".venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    install = ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(requirements)]
    subprocess.run([str(venv / "bin" / "python"), *install], check=True)
    return str(venv / "bin" / "python")


def recorded(commits: Sequence[str], folder: Path, only: Sequence[str] = ()) -> Iterator[dict[str, Answer]]:
    """What each commit answers, recorded at the same time; what the folder holds of a commit already is read."""
    running = []
    for commit in commits:
        name = subprocess.run(["git", "rev-parse", commit], cwd=REPOSITORY, capture_output=True, text=True, check=True)
        kept = folder / "-".join([name.stdout.strip(), *only])
        if (kept / "instance" / "tape.whole").exists():
            running.append((commit, kept, None))
            continue
        shutil.rmtree(kept, ignore_errors=True)
        checkout = checked_out(commit, kept)
        command = [python_for(checkout), "-m", "tests.house.record", str(checkout / "instance"), *only]
        running.append((commit, checkout, subprocess.Popen(command, cwd=checkout)))
    try:
        for commit, checkout, process in running:
            if process and process.wait():
                raise SystemExit(f"{commit} could not be recorded, see above.")
            (checkout / "instance" / "tape.whole").touch()
            yield taken(checkout / "instance" / "tape")
    finally:
        for _commit, _checkout, process in running:
            if process:
                process.kill()


def main() -> int:
    parser = argparse.ArgumentParser(
        description="What two commits answer differently, on the demo with a frozen clock."
    )
    parser.add_argument("commits", nargs=2, metavar="COMMIT")
    parser.add_argument("--full", action="store_true", help="print each difference whole, the allowed ones too")
    parts = "visitor, clara, mia, bruno, olaf, lena, vera, vito, attendees, commands, later"
    parser.add_argument("--only", nargs="+", default=[], metavar="PART", help=f"not all, but some of: {parts}")
    parser.add_argument("--keep", metavar="FOLDER", help="keep the records there, and take those that are there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="compare-") as passing:
        old, new = recorded(given.commits, Path(given.keep or passing).resolve(), given.only)
    counts, used, wrong, meant, spaces = Counter[str](), set[Allowed](), 0, 0, 0
    for address in sorted(old.keys() | new.keys()):
        before, after = old.get(address), new.get(address)
        counts[(after or before).kind] += 1  # type: ignore[union-attr]
        if not (lines := difference(before, after)):
            continue
        if not given.full and not (lines := beyond_spaces(lines)):
            spaces += 1
            continue
        because = reason(address, lines)
        used |= because or set()
        wrong, meant = wrong + (because is None), meant + (because is not None)
        if because is None or given.full:
            shown = lines if given.full else lines[:MOST_LINES]
            print(f"\n{address}", *shown, *(["…"] if len(shown) < len(lines) else []), sep="\n  ")
    print(f"\nCompared: {sum(counts.values())} answers:", ", ".join(f"{n} {kind}" for kind, n in counts.most_common()))
    print(f"{wrong} differ, {meant} in a way that is allowed, and {spaces} by white space beside an element.")
    for row in ALLOWED:
        print(f"  {'allowed' if row in used else 'not needed'}: {row.reason}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
