"""Whether an activity takes place is asked in one way: `activity.is_off`, `Activity.is_off` and their neighbours.

Whoever compares with the words themselves writes down again what they mean, and forgets one.
"""

import ast
from collections.abc import Iterator

import pytest
from jinja2 import Environment, nodes

from tests.house.test_arrows import APP, TEMPLATES, files, templates

WORDS = {"cancelled", "postponed"}
ENVIRONMENT = Environment(extensions=["jinja2.ext.do", "jinja2.ext.i18n"])
# What bears the same names and is something else, or says what each of the words means: file -> why.
OTHERWISE = {
    "activities/standing.py": "the one definition",
    "demo/rows.py": "the state of an invented offer, before it is an activity",
    "importing/activities.py": "the step that a row of the table asks for",
    "registrations/manage.html": "what the page says first: of a registration, too (`_state` in views_manage.py)",
}


def comparisons(source: str) -> Iterator[int]:
    """The lines of Python that compare something with one of the words, or look it up by one."""
    for node in ast.walk(ast.parse(source)):
        parts: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr | ast.Sub):
            parts = [node.left, node.right]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("in_", "not_in", "has", "get", "is_distinct_from", "is_not_distinct_from"):
                parts = list(node.args)
            if node.func.attr == "get" and isinstance(node.func.value, ast.Dict):
                parts += [key for key in node.func.value.keys if key]
        if any(_speaks(part) for part in parts):
            yield node.lineno


def _speaks(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(_speaks(one) for one in node.elts)
    return isinstance(node, ast.Constant) and node.value in WORDS


def comparisons_in_template(source: str) -> Iterator[int]:
    """The same in a template."""
    for node in ENVIRONMENT.parse(source).find_all((nodes.Compare, nodes.Call)):
        is_asking = isinstance(node, nodes.Compare) or getattr(node.node, "attr", "") == "get"
        if is_asking and any(one.value in ("cancelled", "postponed") for one in node.find_all(nodes.Const)):
            yield node.lineno


def test_nobody_compares_with_the_words_themselves() -> None:
    found = {}
    for path in files():
        if any(word in (source := path.read_text("utf-8")) for word in WORDS):
            found[path.relative_to(APP).as_posix()] = list(comparisons(source))
    for path in templates():
        if any(word in (source := path.read_text("utf-8")) for word in WORDS):
            found[path.relative_to(TEMPLATES).as_posix()] = list(comparisons_in_template(source))

    assert {name: lines for name, lines in found.items() if lines and name not in OTHERWISE} == {}


@pytest.mark.parametrize(
    "source",
    [
        'x = activity.happening == "cancelled"',
        'x = activity.happening not in ("postponed", "held")',
        'x = "cancelled" == happening',
        'x = Activity.happening.in_(["cancelled"])',
        'x = {happening} & {"cancelled", "postponed"}',
        'x = {"cancelled": 1}.get(happening)',
        'x = counts.get("postponed", 0)',
    ],
)
def test_a_comparison_is_found_whatever_the_spelling(source: str) -> None:
    assert list(comparisons(source)) == [1]


def test_a_comparison_in_a_template_is_found() -> None:
    assert list(comparisons_in_template('{% if one.happening in ("cancelled", "postponed") %}x{% endif %}')) == [1]
    assert list(comparisons_in_template('{{ _("cancelled") }}{{ one.is_cancelled }}')) == []
