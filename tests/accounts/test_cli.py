"""The commands about people."""

from datetime import timedelta
from typing import Any

import pytest

from clusterweek.accounts import queries
from clusterweek.db.session import db
from clusterweek.refusal import Refusal
from tests import make


@pytest.fixture
def run(app: Any) -> Any:
    """Run a command and return what it prints; a refusal is raised."""

    def command(*words: str) -> str:
        db.session.commit()
        result = app.test_cli_runner().invoke(app.cli, words)
        db.session.expire_all()
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return str(result.output)

    return command


def link_in(output: str) -> str:
    return output.split()[-1].removeprefix("http://127.0.0.1:8000")


def test_an_organiser_is_added_and_sets_the_password_by_the_printed_link(run: Any, client: Any) -> None:
    link = link_in(run("user", "add", "olaf@example.org", "--name", "Olaf", "--role", "organiser"))

    answer = client.post(link, data={"password": "Licht im Mai 2027"})

    assert answer.location == "/de/organiser/"
    person = queries.by_email("olaf@example.org")
    assert person is not None
    assert person.has_role("organiser")


def test_the_printed_link_lasts_ten_minutes_and_what_comes_after_is_said(run: Any, client: Any, at: Any) -> None:
    output = run("user", "add", "olaf@example.org", "--name", "Olaf", "--role", "organiser")
    assert "once, within 10 minutes:" in output
    assert "clusterweek user login-link olaf@example.org" in output

    at(at.now + timedelta(minutes=10))

    assert client.get(link_in(output)).status_code == 404


def test_a_name_that_a_command_is_given_is_cleaned_like_one_in_a_form(run: Any) -> None:
    run("user", "add", "olaf@example.org\u200b", "--name", " Olaf\u00a0Sch\u00adröder", "--role", "organiser")

    person = queries.by_email("olaf@example.org")
    assert person is not None
    assert person.name == "Olaf Schröder"
    with pytest.raises(Refusal, match="--name NAME"):
        run("user", "add", "ada@example.org", "--name", "\u200b", "--role", "organiser")


def test_a_host_is_added_to_a_cluster(run: Any, client: Any) -> None:
    cluster = make.cluster()

    run("user", "add", "clara@example.org", "--name", "Clara", "--role", "host", "--cluster", cluster.slug)

    make.login(client, queries.by_email("clara@example.org"))  # type: ignore[arg-type]
    assert client.get(f"/de/host/{cluster.slug}/team").status_code == 200


def test_a_land_coordinator_gets_a_land_and_adding_twice_changes_nothing(run: Any) -> None:
    words = ("user", "add", "lena@example.org", "--name", "Lena", "--role", "land_coordinator", "--land", "DE-BY")

    run(*words)
    run(*words)

    person = queries.by_email("lena@example.org")
    assert person is not None
    assert [(grant.role, grant.land) for grant in person.grants] == [("land_coordinator", "DE-BY")]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("olaf", "--name", "Olaf", "--role", "organiser"), "The @ is missing, for example name@example.org"),
        (
            ("lena@example.org", "--name", "Lena", "--role", "land_coordinator"),
            "A land coordinator needs a Land, for example DE-BY.",
        ),
        (("clara@example.org", "--name", "Clara", "--role", "host"), "A host needs a cluster: --cluster SLUG."),
        (
            ("clara@example.org", "--name", "Clara", "--role", "host", "--cluster", "nowhere"),
            "There is no cluster “nowhere”.",
        ),
        (
            ("olaf@example.org", "--name", "Olaf", "--role", "organiser", "--cluster", "nowhere"),
            "There is no cluster “nowhere”.",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_english_and_nobody_is_added(
    run: Any, words: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(Refusal) as refused:
        run("user", "add", *words)

    assert (str(refused.value), queries.by_email(words[0])) == (sentence, None)


def test_a_login_link_lets_in_once(run: Any, client: Any) -> None:
    make.person("Clara", email="clara@example.org")
    link = link_in(run("user", "login-link", "clara@example.org"))

    assert client.post(link).status_code == 303
    assert client.get("/de/account").status_code == 200
    assert client.post(link).status_code == 404


def test_a_closed_account_gets_no_login_link_until_it_is_open_again(run: Any, client: Any) -> None:
    clara = make.person("Clara", email="clara@example.org")
    make.login(client, clara)

    run("user", "disable", "clara@example.org")
    assert client.get("/de/account").status_code == 303
    with pytest.raises(Refusal):
        run("user", "login-link", "clara@example.org")

    run("user", "enable", "clara@example.org")
    assert client.post(link_in(run("user", "login-link", "clara@example.org"))).status_code == 303


def test_nobody_with_that_address_is_said(run: Any) -> None:
    with pytest.raises(Refusal, match=r"Nobody has the address ada@example\.org\."):
        run("user", "login-link", "ada@example.org")


def test_a_printed_link_begins_with_the_address_of_the_site(run: Any, app: Any) -> None:
    make.person("Clara", email="clara@example.org")

    output = run("user", "login-link", "clara@example.org")

    assert output.startswith(app.config["BASE_URL"] + "/de/login/link/")
