"""The program that reads a workbook (`sheet.py`), without the rest of clusterweek: loading all of it takes a second."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

ROOM = Path(__file__).parent


def load() -> ModuleType:
    """`sheet.py` as a part of empty packages: what it asks of them is found, and nothing of theirs is run."""
    for name, place in (("clusterweek", ROOM.parent), ("clusterweek.importing", ROOM)):
        package = ModuleType(name)
        package.__path__ = [str(place)]
        sys.modules[name] = package
    return importlib.import_module("clusterweek.importing.sheet")


if __name__ == "__main__":
    load().main()
