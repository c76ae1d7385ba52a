"""Run the measures that were asked for, or all of them, and print a line for each."""

import argparse
import tempfile
from pathlib import Path

from tests.bench import apart, booklet, feed, files, memory, page, reminders, sign_up, visit
from tests.bench.table import HEADING

MEASURES = {
    "feed": feed.measure,
    "page": page.measure,
    "sign-up": sign_up.measure,
    "reminders": reminders.measure,
    "files": files.measure,
    "booklet": booklet.measure,
    "memory": memory.measure,
    "visit": visit.measure,
    "apart": apart.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("measures", nargs="*", choices=[*MEASURES, []], default=list(MEASURES))
    parser.add_argument("--runs", type=int, default=5, help="interleaved runs, of which the median is taken")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see whether the bench itself works")
    asked = parser.parse_args()
    print(HEADING, flush=True)
    with tempfile.TemporaryDirectory(prefix="clusterweek-bench-") as folder:
        for name in asked.measures:
            for line in MEASURES[name](Path(folder), runs=asked.runs, quick=asked.quick):
                print(line, flush=True)


if __name__ == "__main__":
    main()
