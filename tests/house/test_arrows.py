"""The ground plan: arrows point down, imports do not hide, rooms are flat."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "clusterweek"
FLOORS = (
    {"clock", "config", "db", "i18n", "refusal", "web"},
    {"outbox", "history", "vocabulary", "limits"},
    {"accounts"},
    {"editions"},
    {"clusters"},
    {"activities"},
    {"registrations"},
    {"listing"},
    {"reminders", "feeds", "programme", "importing", "insights", "operating"},
    {"public", "host", "organiser", "api", "demo", "facts"},
    {"jobs"},
    {"cli"},
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# Below the first room, who may use whom among the things that have no subject of their own.
GROUND = {
    "clock": set(),
    "config": {"clock"},
    "refusal": set(),
    "db": {"config"},
    "i18n": set(),
    "web": {"clock", "config", "db", "i18n", "refusal"},
}
OUTSIDE = {"__init__.py", "__main__.py"}  # create_app and the console script stand outside and see everything


def files() -> list[Path]:
    return sorted(p for p in APP.rglob("*.py") if "upgrades" not in p.parts and "static" not in p.parts)


def room_of(path: Path) -> str:
    return room_named(path.relative_to(APP).parts[0].removesuffix(".py"))


def room_named(module: str) -> str:
    """cli_data.py and its neighbours are one room: the commands."""
    return "cli" if module.startswith("cli_") else module


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, room) for every import of one of our rooms."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "clusterweek":
            for alias in node.names:
                yield node.lineno, room_named(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("clusterweek."):
            yield node.lineno, room_named(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("clusterweek."):
                    yield node.lineno, room_named(alias.name.split(".")[1])


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(APP)))
def test_arrows_point_down(path: Path) -> None:
    if path.parent == APP and path.name in OUTSIDE:
        return
    here = room_of(path)
    wrong = []
    for line, there in imports(ast.parse(path.read_text("utf-8"))):
        if there == here:
            continue
        allowed = there in GROUND[here] if here in GROUND else FLOOR_OF[there] < FLOOR_OF[here]
        if not allowed:
            wrong.append(f"{path.relative_to(APP)}:{line} uses {there}")

    assert wrong == []


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(APP)))
def test_no_import_hides_in_a_function(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    hidden = [
        inner.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []


def test_no_circle_inside_a_room() -> None:
    graph: dict[str, set[str]] = {}
    for path in files():
        if path.parent == APP:
            continue
        module = ".".join(path.relative_to(APP.parent).with_suffix("").parts)
        tree = ast.parse(path.read_text("utf-8"))
        wanted = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("clusterweek."):
                wanted |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        graph[module] = wanted - {module}
    seen: dict[str, int] = {}

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert seen.get(module) != 1, f"circle: {' → '.join((*way, module))}"
        if seen.get(module) == 2 or module not in graph:
            return
        seen[module] = 1
        for other in sorted(graph[module]):
            visit(other, (*way, module))
        seen[module] = 2

    for module in graph:
        visit(module, ())


def test_rooms_are_flat_and_have_a_doorplate() -> None:
    rooms = [p for p in APP.iterdir() if p.is_dir() and (p / "__init__.py").exists() and p.name != "db"]

    assert [r.name for r in rooms if any(d.is_dir() and (d / "__init__.py").exists() for d in r.iterdir())] == []
    plates = {r.name: ast.get_docstring(ast.parse((r / "__init__.py").read_text("utf-8"))) for r in rooms}
    assert [name for name, plate in plates.items() if not plate or len(plate.splitlines()) > 6] == []


def test_only_one_room_tells_attendees_of_a_change() -> None:
    callers = []
    for path in files():
        if path.relative_to(APP).as_posix() in ("registrations/activity_changes.py", "activities/actions.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in (
                "clusterweek.activities",
                "clusterweek.activities.actions",
            ):
                for alias in node.names:
                    if alias.name == "actions":
                        name = alias.asname or "actions"
                        source = path.read_text("utf-8")
                        callers += [
                            f"{path.name}: {name}.{verb}"
                            for verb in ("update", "cancel", "postpone")
                            if f"{name}.{verb}(" in source
                        ]

    assert callers == []


def test_only_config_reads_the_environment() -> None:
    readers = [
        str(p.relative_to(APP))
        for p in files()
        if "os.environ" in p.read_text("utf-8") or "getenv(" in p.read_text("utf-8")
    ]

    assert [name for name in readers if name != "config.py"] == []


def test_only_the_clock_asks_for_the_time() -> None:
    askers = []
    for path in files():
        text = path.read_text("utf-8")
        if path.name != "clock.py" and any(
            f"{call}(" in text for call in ("datetime.now", "date.today", "utcnow", "time.time")
        ):
            askers.append(str(path.relative_to(APP)))

    assert askers == []
