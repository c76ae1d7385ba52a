"""The style sheet that the build has cut to what is used holds all that is used."""

import re
from pathlib import Path

import clusterweek

PROGRAM = Path(clusterweek.__file__).parent
VENDOR = PROGRAM / "static" / "vendor"
ADVICE = "The build has not seen this yet: `touch hatch_build.py && make setup`."


def ours() -> str:
    """All that we write ourselves and that may name a class."""
    files = [*PROGRAM.glob("templates/**/*.html"), *PROGRAM.glob("static/*/*.css"), *PROGRAM.glob("**/*.py")]
    return "\n".join(file.read_text("utf-8") for file in files if "vendor" not in str(file.parent))


def classes(css: str) -> set[str]:
    return set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", css))


def test_every_class_of_the_design_system_that_we_name_is_in_the_style_sheet() -> None:
    known = set((VENDOR / "kern-names.txt").read_text("utf-8").splitlines())
    there = classes((VENDOR / "kern.min.css").read_text("utf-8"))
    named = {name for name in re.findall(r"kern-[\w-]+", ours()) if name in known}

    assert len(named) > 20
    assert named - there == set(), ADVICE


def test_a_class_whose_end_a_template_adds_is_there_with_each_end_that_we_name() -> None:
    known = set((VENDOR / "kern-names.txt").read_text("utf-8").splitlines())
    there = classes((VENDOR / "kern.min.css").read_text("utf-8"))
    text = ours()
    begun = set(re.findall(r"(kern-[\w-]+(?:--|__))\{\{", text))
    ends = set(re.findall(r"\"([\w-]+)\"", text))

    assert begun >= {"kern-icon--", "kern-badge--"}
    assert {begin + end for begin in begun for end in ends} & known <= there, ADVICE


def test_every_variable_of_the_design_system_that_is_used_has_a_value() -> None:
    known = set((VENDOR / "kern-names.txt").read_text("utf-8").splitlines())
    css = (VENDOR / "kern.min.css").read_text("utf-8")
    used = set(re.findall(r"var\((--[\w-]+)", ours() + css))

    assert len(used & known) > 50
    assert (used & known) - set(re.findall(r"(--[\w-]+)\s*:", css)) == set(), ADVICE


def test_the_fonts_are_loaded_by_addresses_that_change_with_them() -> None:
    css = (VENDOR / "kern.min.css").read_text("utf-8")
    loaded = re.findall(r"url\((fonts/[\w-]+\.woff2)\?v=([0-9a-f]{10})\)", css)

    assert len(loaded) == len(set(loaded)) == css.count("@font-face") == 4
    assert all((VENDOR / file).is_file() for file, _version in loaded)
