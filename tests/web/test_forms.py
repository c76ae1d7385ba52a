"""What all forms share."""

import io

import pytest
from flask import render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice

from clusterweek.web import forms
from tests import make
from tests.browse import checked


class Example(forms.Form):
    name = StringField("Name", [forms.Needed("Geben Sie Ihren Namen ein"), forms.AtMost(5)], filters=[forms.one_line])
    email = StringField("E-Mail", [forms.Unneeded(), forms.EmailAddress()])
    page = StringField("Seite", [forms.Unneeded(), forms.WebAddress()])
    text = TextAreaField("Text", filters=[forms.many_lines, forms.empty_as_none])
    land = SelectField("Land", choices=[SelectChoice("", "–"), SelectChoice("DE-BY", "Bayern")])
    fields = SelectMultipleField(
        "Felder",
        choices=[SelectChoice("a", "A"), SelectChoice("b", "B")],
        validators=[forms.Needed("Wählen Sie eines")],
    )
    mode = RadioField(
        "Weg", choices=[SelectChoice("x", "X"), SelectChoice("y", "Y")], default="x", validate_choice=False
    )
    agreed = BooleanField("Ja")


class Free(forms.Form):
    """Of each kind of field one that may stay empty."""

    text = StringField("Text", [forms.Unneeded()])
    note = TextAreaField("Notiz", [forms.Unneeded()], filters=[forms.empty_as_none])
    password = PasswordField("Passwort", [forms.Unneeded()])
    land = SelectField("Land", [forms.Unneeded()], choices=[SelectChoice("", "–"), SelectChoice("DE-BY", "Bayern")])
    fields = SelectMultipleField("Felder", [forms.Unneeded()], choices=[SelectChoice("a", "A")])


FREE = ("text", "note", "password", "land", "fields")
GOOD = {"name": "Ada", "fields": "a", "land": ""}


def filled(app, **data):
    with app.test_request_context("/de/", method="POST", data=data):
        form = Example()
        form.validate_on_submit()
        return form


def test_errors_come_in_the_order_of_the_form_with_the_id_of_their_field(app):
    form = filled(app, email="ohne-at", land="")

    assert form.error_list() == [
        ("name", "Geben Sie Ihren Namen ein"),
        ("email", "Das @ fehlt, zum Beispiel name@example.org"),
        ("fields", "Wählen Sie eines"),
    ]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada \t Lovelace ", "Ada Lovelace"),
        ("Ada\r\nBcc: x@example.org", "Ada Bcc: x@example.org"),
        ("A\u0308da", "Äda"),
        ("a\x00b\u200bc\u202ed", "abcd"),
        ("   ", ""),
    ],
)
def test_one_line_stays_one_line(typed, kept):
    assert forms.one_line(typed) == kept


def test_many_lines_keep_their_breaks_and_lose_control_characters(app):
    assert forms.many_lines(" a\r\nb\rc\x07\u202e \n") == "a\nb\nc"
    assert filled(app, **GOOD, text="  ").text.data is None


@pytest.mark.parametrize(
    ("value", "is_fine"),
    [
        ("ada@example.org", True),
        ("ADA+x@sub.example.org", True),
        ("ada@bücher.example", True),
        ("kontakt@optonet.example", True),
        ("ada", False),
        ("ada@", False),
        ("@example.org", False),
        ("ada@example", False),
        ("ada@example..org", False),
        ('"a b"@example.org', False),
        ("ada@example.org, bob@example.org", False),
        ("ada@example.org\nBcc: bob@example.org", False),
        ("a" * 250 + "@example.org", False),
        ("ädä@example.org", False),
    ],
)
def test_addresses_that_can_be_written_to(app, value, is_fine):
    with app.test_request_context("/en/"):
        assert (forms.email_problem(value) is None) is is_fine


def test_addresses_are_compared_without_regard_to_case_and_script():
    assert forms.normalise_email("Ada@Bücher.Example") == "ada@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("value", "is_fine"),
    [
        ("https://example.org/page?x=1", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("//example.org", False),
        ("example.org", False),
        ("https://", False),
        ("https://user:secret@example.org", False),
        ("https://example.org/a b", False),
        ("https://example.org/\u202e", False),
        ("https://[", False),
    ],
)
def test_addresses_of_the_web(value, is_fine):
    assert forms.is_web_address(value) is is_fine


def test_a_text_that_is_too_long_says_by_how_much(app):
    assert ("name", "Höchstens 5 Zeichen; es sind 8.") in filled(app, **{**GOOD, "name": "Hildegard"[:8]}).error_list()


PAGE = """{% extends "house/base.html" %}
{% import "house/parts/fields.html" as fields with context %}
{% block main %}
<h1>Probe</h1>
{{ fields.summary(form) }}
<form method="post" action="/de/">
{{ fields.csrf() }}
{{ fields.text(form.name, hint="Wie im Ausweis", autocomplete="name") }}
{{ fields.text(form.email, type="email", optional=True) }}
{{ fields.text(form.page) }}
{{ fields.textarea(form.text) }}
{{ fields.select(form.land) }}
{{ fields.checks(form.fields, hint="Mehrere") }}
{{ fields.radios(form.mode) }}
{{ fields.tick(form.agreed) }}
{{ fields.button("Los", name="do", value="go") }}
</form>
{% endblock %}"""


def test_the_macros_tie_label_hint_and_message_to_their_field(app):
    data = {"name": "Hildegard", "email": "ada@example.org", "land": "DE-BY", "mode": "y", "agreed": "y"}
    with app.test_request_context("/de/", method="POST", data=data):
        form = Example()
        form.validate_on_submit()
        got = checked(app.make_response(render_template_string(PAGE, form=form)))

    name = got.all("input", id="name")[0]

    assert name.get("aria-describedby") == "name-hint name-error"
    assert (name.get("aria-invalid"), name.get("value"), name.get("maxlength")) == ("true", "Hildegard", None)
    assert got.links["Höchstens 5 Zeichen; es sind 9."] == "#name"
    assert got.links["Wählen Sie eines"] == "#fields"
    assert got.all("fieldset", id="fields")[0].get("aria-describedby") == "fields-hint fields-error"
    assert got.all("input", id="email")[0].get("type") == "email"
    assert got.fields["land"] == "DE-BY"
    assert (got.fields["mode"], got.fields["agreed"]) == ("y", "y")
    assert got.all("button", name="do")[0].get("value") == "go"


@pytest.mark.parametrize("text", [None, "Optik"])
def test_a_file_under_the_name_of_a_text_is_no_text(client, text):
    make.login(client, make.organiser())
    sent = {"name": (io.BytesIO(b"Optik"), "name.txt"), "kind": "cluster"}
    answer = client.post("/de/organiser/clusters/new", data=sent, content_type="multipart/form-data")

    assert answer.status_code == 422
    if text:
        both = MultiDict([("name", (io.BytesIO(b"x"), "name.txt")), ("name", text), ("kind", "cluster")])
        answer = client.post("/de/organiser/clusters/new", data=both, content_type="multipart/form-data")
        assert answer.status_code == 303


@pytest.mark.parametrize("blank", ["", " ", "\t", "\u00a0", "\u3000", "\u2028", " \u202f\r\n"])
def test_white_space_alone_is_nothing_in_every_kind_of_field_that_may_stay_empty(app, blank):
    with app.test_request_context("/de/", method="POST", data=dict.fromkeys(FREE, blank)):
        form = Free()
        form.validate_on_submit()
        stored = {field.name: field.data for field in form if field.type != "CSRFTokenField"}

    assert stored == {"text": "", "note": None, "password": "", "land": "", "fields": []}
    assert form.error_list() == []


@pytest.mark.parametrize("sent", [{"fields": ["\u00a0", "a"]}, {"fields": ["\u00a0", "c"]}, {"land": "DE"}])
def test_what_is_no_choice_stays_an_error_beside_white_space(app, sent):
    with app.test_request_context("/de/", method="POST", data=sent):
        form = Free()
        form.validate_on_submit()

    assert [name for name, _sentence in form.error_list()] == list(sent)
