"""The ground plan: arrows point down, imports do not hide, rooms are flat."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from clusterweek import ROOMS

APP = Path(__file__).parents[2] / "clusterweek"
FLOORS = (
    {"clock", "config", "db", "i18n", "refusal", "web"},
    {"outbox", "history", "vocabulary", "limits", "keeping", "traces", "printing"},
    {"accounts"},
    {"editions"},
    {"frame", "desk"},
    {"clusters"},
    {"activities"},
    {"calendar"},
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
    return path.relative_to(APP).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, room) for every import of one of our rooms."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "clusterweek":
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("clusterweek."):
            yield node.lineno, node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("clusterweek."):
                    yield node.lineno, alias.name.split(".")[1]


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


def test_the_handbook_draws_these_floors() -> None:
    drawing = (APP.parent / "docs" / "building.md").read_text("utf-8").split("```")[1]
    there = {room_of(path) for path in files()}
    drawn = [set(line.split("  ")[0].split()) for line in drawing.strip().splitlines()]

    assert drawn == [floor & there for floor in reversed(FLOORS)]


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


def test_create_app_names_each_room_once_and_views_py_brings_the_others() -> None:
    there = [path for path in files() if path.name == "views.py"]
    unheard = [
        f"{room.__name__} does not import {path.stem}"
        for room in ROOMS
        for path in APP.joinpath(*room.__name__.split(".")[1:-1]).glob("views_*.py")
        if not hasattr(room, path.stem)
    ]

    assert sorted(room.__name__ for room in ROOMS) == sorted(f"clusterweek.{path.parent.name}.views" for path in there)
    assert unheard == []


def spoken_of(tree: ast.Module) -> set[str]:
    """Every module and name of ours that a file imports, in full, whatever the spelling; `import a.b` and what is
    reached through it (`a.b.c`) too."""
    found: set[str] = set()
    short: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                found.add(f"{node.module}.{alias.name}")
                short[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                found.add(alias.name)
                short[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            parts = ast.unparse(node).split(".")
            if parts[0] in short:
                found.add(".".join([short[parts[0]], *parts[1:]]))
    return found


ONE_DOOR = {f"clusterweek.activities.actions.{verb}" for verb in ("update", "cancel", "postpone")} | {
    "clusterweek.activities.actions.*"
}


def test_only_one_room_tells_attendees_of_a_change() -> None:
    callers = {
        str(path.relative_to(APP)): sorted(past)
        for path in files()
        if path.relative_to(APP).as_posix() not in ("registrations/activity_changes.py", "activities/actions.py")
        and (past := spoken_of(ast.parse(path.read_text("utf-8"))) & ONE_DOOR)
    }

    assert callers == {}


@pytest.mark.parametrize(
    "source",
    [
        "from clusterweek.activities import actions\nactions.update(1)",
        "from clusterweek.activities import actions as a\na.cancel(1)",
        "from clusterweek.activities import actions as a\nstep = a.postpone if x else None",
        "from clusterweek.activities.actions import update",
        "from clusterweek.activities.actions import cancel as stop",
        "from clusterweek.activities.actions import *",
        "import clusterweek.activities.actions\nclusterweek.activities.actions.update(1)",
        "import clusterweek.activities.actions as a\na.update(1)",
        "from clusterweek import activities\nactivities.actions.update(1)",
    ],
)
def test_the_one_door_is_watched_whatever_the_spelling(source: str) -> None:
    assert spoken_of(ast.parse(source)) & ONE_DOOR


# Templates: what is named here looks up, on purpose. A page of a lower room may lead to a higher one by name.
LINKS_UP = {
    "accounts/login_ended.html": {"public.home"},
    "clusters/invitation.html": {"public.legal"},
    "desk/cluster.html": {"organiser.desk"},
    "keeping/kept.html": {"accounts.account"},
    "registrations/manage.html": {"public.programme"},
    "registrations/received.html": {"public.programme"},
    "registrations/sign_up.html": {"public.legal"},
}
PARTS_FROM_ABOVE: dict[str, set[str]] = {}
TEMPLATES = APP / "templates"
FRAME = "house"  # the frame of all pages: it may link to any of them, and includes nothing of theirs
ENVIRONMENT = Environment(extensions=["jinja2.ext.do", "jinja2.ext.i18n"])


def templates() -> list[Path]:
    return sorted(p for p in TEMPLATES.rglob("*") if p.suffix in (".html", ".txt"))


def parsed(path: Path) -> nodes.Template:
    return ENVIRONMENT.parse(path.read_text("utf-8"))


def words_in(tree: nodes.Node) -> list[str]:
    return [one.value for one in [tree, *tree.find_all(nodes.Const)] if isinstance(one, nodes.Const)]


def is_above(there: str, here: str) -> bool:
    if there in (here, FRAME):
        return False
    return here == FRAME or FLOOR_OF[there] >= FLOOR_OF[here]


def test_templates_look_down() -> None:
    links: dict[str, set[str]] = {}
    parts: dict[str, set[str]] = {}
    for path in templates():
        name = path.relative_to(TEMPLATES).as_posix()
        here, tree = name.split("/")[0], parsed(path)
        for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            for word in words_in(node.template):
                if is_above(word.split("/")[0], here):
                    parts.setdefault(name, set()).add(word)
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "url_for" and here != FRAME:
                for word in words_in(call.args[0]):
                    there = word.split(".")[0]
                    # Rooms side by side may lead to each other's pages; they include nothing of each other.
                    if "." in word.strip(".") and there != here and FLOOR_OF[there] > FLOOR_OF[here]:
                        links.setdefault(name, set()).add(word)

    assert links == LINKS_UP
    assert parts == PARTS_FROM_ABOVE


FRAME_WORDS = APP / "frame" / "page.py"  # what the frame of all pages teaches them
# Words of a higher room, and the templates that use them: which reminders somebody will get is the reminders' to say.
WORDS_FROM_ABOVE = {
    "registrations/mails/activity_cancelled/page.html": {"similar_with_places"},
    "registrations/mails/activity_cancelled/text.txt": {"similar_with_places"},
    "registrations/mails/attending.html": {"reminder_days"},
    "registrations/mails/attending.txt": {"reminder_days"},
    "registrations/manage.html": {"reminders_ahead"},
    "registrations/sign_up.html": {"reminder_sentence"},
}


def taught() -> dict[tuple[type[nodes.Expr], str], set[str]]:
    """Each filter (`nodes.Filter`) and global (`nodes.Name`) of templates -> the rooms that add it."""
    found: dict[tuple[type[nodes.Expr], str], set[str]] = {}
    for path in files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names: list[str] = []
            called = ""
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called.endswith(("add_app_template_filter", "add_app_template_global")) and len(node.args) > 1:
                    names = [ast.literal_eval(node.args[1])]
                elif called.endswith(("jinja_env.filters.update", "jinja_env.globals.update")):
                    names = [keyword.arg for keyword in node.keywords if keyword.arg]
                    names += [
                        key.value
                        for given in node.args
                        if isinstance(given, ast.Dict)
                        for key in given.keys
                        if isinstance(key, ast.Constant)
                    ]
            elif (
                isinstance(node, ast.Assign)
                and isinstance(target := node.targets[0], ast.Subscript)
                and ast.unparse(target.value).endswith(("jinja_env.globals", "jinja_env.filters"))
            ):
                called, names = ast.unparse(target.value), [ast.literal_eval(target.slice)]
            for name in names:
                kind = nodes.Filter if "filter" in called else nodes.Name
                found.setdefault((kind, name), set()).add(FRAME if path == FRAME_WORDS else room_of(path))
    return found


def test_templates_use_no_word_of_a_higher_room() -> None:
    words = taught()
    assert {(nodes.Filter, "address_part"), (nodes.Name, "current_user"), (nodes.Name, "asset")} <= words.keys()
    wrong: dict[str, set[str]] = {}
    for path in templates():
        name = path.relative_to(TEMPLATES).as_posix()
        here, tree = name.split("/")[0], parsed(path)
        for node in tree.find_all((nodes.Filter, nodes.Name)):
            rooms = words.get((type(node), node.name), set())
            if here != FRAME and rooms and all(is_above(room, here) for room in rooms):
                wrong.setdefault(name, set()).add(node.name)

    assert wrong == WORDS_FROM_ABOVE


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
