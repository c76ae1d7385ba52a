"""What arrives as a form has names."""

import io
from typing import Any

import pytest
from flask import Flask, request

from clusterweek.web import bodies


def taken(data: bytes, content_type: str = "multipart/form-data; boundary=b") -> tuple[Any, Any]:
    app = Flask(__name__)
    app.request_class = bodies.Request
    with app.test_request_context("/", method="POST", input_stream=io.BytesIO(data), content_type=content_type,
                                  content_length=len(data)):  # fmt: skip
        files = {name: file.read() for name, file in request.files.items(multi=True)}
        return list(request.form.items(multi=True)), files


def part(head: str, content: str = "x") -> str:
    return f"--b\r\nContent-Disposition: {head}\r\n\r\n{content}\r\n"


NAMED = part('form-data; name="name"', "Ada") + part('form-data; name="file"; filename="a.csv"', "name;land")


@pytest.mark.parametrize(
    "heads",
    [
        [],
        ["form-data"],
        ["form-data; name"],
        ["attachment"],
        ['form-data; filename="a.csv"'],
        ["form-data", 'form-data; filename="a.csv"', "form-data"],
        ["form-data; name*=utf-8''%ff; name"],
    ],
)
def test_parts_without_a_name_are_left_out_and_all_others_taken(heads: list[str]) -> None:
    nameless = "".join(map(part, heads))

    form, files = taken((nameless + NAMED + nameless + "--b--\r\n").encode())

    assert [pair for pair in form if pair[0] is not None and "�" not in pair[0]] == [("name", "Ada")]
    assert files["file"] == b"name;land"
    assert all(isinstance(name, str) for name in [*dict(form), *files])


def test_the_door_of_every_page_leaves_them_out(client: Any) -> None:
    body = (part("form-data") + part('form-data; filename="a.csv"') + "--b--\r\n").encode()

    answer = client.post("/de/login", data=body, content_type="multipart/form-data; boundary=b")

    assert answer.status_code == 422
