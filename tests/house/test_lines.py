"""A template is read like code: a line that runs out of the screen hides its conditions."""

from tests.house.test_arrows import TEMPLATES, templates

LONGEST = 160  # break inside a Jinja tag, or before `{%-`: both leave the page as it is


def test_no_line_of_a_template_is_longer_than_160_characters() -> None:
    too_long = [
        f"{path.relative_to(TEMPLATES).as_posix()}:{number}"
        for path in templates()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) > LONGEST
    ]

    assert too_long == []
