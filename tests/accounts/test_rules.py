"""Decisions about passwords and addresses to go to."""

from datetime import UTC, datetime, timedelta

import pytest

from clusterweek.accounts import passwords, rules
from clusterweek.accounts.models import OneTimeLink
from clusterweek.i18n import force_language
from tests.conftest import REAL_HASHER

NEAR = ["Clusterwoche Deutschland 2027", "Lausitz-Gipfel", "OptoNet", "OptoNet Jena e. V.", "clusterwoche.example"]


NOW = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("used_at", "ends_in", "is_usable"),
    [(None, 1, True), (None, 0, False), (None, -1, False), (NOW - timedelta(minutes=5), 1, False)],
)
def test_a_link_opens_its_door_once_and_until_it_ends(used_at: datetime | None, ends_in: int, is_usable: bool) -> None:
    link = OneTimeLink(used_at=used_at, expires_at=NOW + timedelta(seconds=ends_in))

    assert rules.is_usable(link, now=NOW) is is_usable


@pytest.mark.parametrize(
    "password",
    [
        "Licht im Mai 7",
        "clusterwoche-2027-demo",
        "пароль для входа",
        "四千年来的中文诗歌与散文集",
        "Zwölf Boxkämpfer jagen Viktor",
        "Licht im Mai 2027",
        "hier ist das Programm",
        "gelbe Gummistiefel 2027",
        "Einhorn-839-27!",
        "xK7#mQ2vL9pT",
        "Kaffee um 10 im Hof",
        "regenschirm-tulpe-91",
    ],
)
def test_a_sentence_in_any_language_is_a_good_password(password: str) -> None:
    assert rules.password_problem(password, email="clara@optonet.example", words=NEAR) is None


@pytest.mark.parametrize(
    "password",
    [
        # of the lists, whatever the case
        *(
            "ichliebedich",
            "ICHLIEBEDICH",
            "Passwort123!",
            "iloveyou1234",
            "letmeinletmein",
            "correct horse battery staple",
        ),
        # a word, and what everybody adds to it
        *("Deutschland2026", "DEUTSCHLAND 2026", "Sommer2024!!", "Winter2026/27", "Herbst-2026!", "Januar2027!!"),
        *("Fussball2026!", "Weihnachten24", "Borussia1909", "Willkommen2027", "Berlin01012027", "Frühling2027!"),
        *("P@ssw0rt2024!", "P4ssw0rd2025!!", "Ministerium2027", "Thüringen2026!", "Ｓｏｍｍｅｒ２０２７!!"),
        # rows of the keyboard and of the alphabet, also backwards and up and down
        *("qwertzuiopas", "asdfghjklöä#", "yxcvbnmasdfg", "1q2w3e4r5t6z", "1qay2wsx3edc", "Qwertz123456"),
        *("abcdefghijkl", "0987654321098", "ABCabc123123", "poiuztrewq12"),
        # again and again
        *("aaaaaaaaaaaaaaaa", "abababababab", "xyzxyzxyzxyz", "hallohallo12", "hallo hallo hallo", "passwortpasswort"),
        *("SommerSommer2025", "28.11.1984.1984", "123456789012"),
        # the house's own words: weeks, clusters, the site, the address
        *("clusterwoche2027", "Clusterwoche-2027!", "die Clusterwoche 2027", "clusterwoche.example", "Clusterweek2027"),
        *(
            "OptoNet2027!",
            "OptoNet Jena 2027",
            "optonet.example",
            "optonetjena27",
            "Lausitz-Gipfel 27",
            "lausitzgipfel2027",
        ),
    ],
)
def test_what_guessers_try_early_is_refused(password: str) -> None:
    with force_language("en"):
        problem = rules.password_problem(password, email="clara@optonet.example", words=NEAR)

    assert problem == "This password is among the first that attackers try. Choose another one."


@pytest.mark.parametrize("password", ["ClaraZeiss2027!", "clara zeiss und ich", "xx-clara.zeiss-xx"])
def test_the_name_in_ones_address_is_no_password_however_it_is_written(password: str) -> None:
    assert rules.password_problem(password, email="clara.zeiss@optonet.example", words=NEAR)


@pytest.mark.parametrize(
    ("password", "begins"),
    [
        ("kurz", "Use at least 12"),
        ("elf Zeichen", "Use at least 12"),
        ("x" * 201, "Use at most 200"),
        ("Passwort1234", "This password is among"),
        ("123456789012", "This password is among"),
        ("aaaaaaaaaaaaaaaa", "This password is among"),
        ("abababababababab", "This password is among"),
        ("Clusterwoche2027", "This password is among"),
        ("meine-CLARA-2027", "The password must not contain"),
    ],
)
def test_a_short_or_obvious_password_is_refused_with_a_sentence(password: str, begins: str) -> None:
    with force_language("en"):
        problem = rules.password_problem(password, email="clara@optonet.example")

    assert problem is not None
    assert problem.startswith(begins)


def test_a_very_short_name_may_stand_in_a_password() -> None:
    assert rules.password_problem("das Einhorn im Wald", email="wal@example.org") is None


@pytest.mark.parametrize(
    "path",
    [
        "/de/",
        "/de/host/optonet/profile",
        "/en/organiser/queue?page=2&land=DE-BY",
        "/de/suche?q=M%C3%BCnchen",
        "/a//b",
        "/@x",
    ],
)
def test_a_path_of_this_site_is_where_people_go_after_logging_in(path: str) -> None:
    assert rules.own_path(path) == path


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "https://evil.example/",
        "http:evil.example",
        "//evil.example",
        "///evil.example",
        "////evil.example/de/",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nLocation: https://evil.example",
        "/\x00/evil.example",
        " //evil.example",
        " /de/",
        "/de/ /x",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "de/host",
        "?next=//evil.example",
        "/\u2028/evil.example",
        "/\u00a0/evil.example",
        "/de/\\..\\evil.example",
        "/" + "a" * 2000,
    ],
)
def test_an_address_that_may_lead_elsewhere_is_not(value: str | None) -> None:
    assert rules.own_path(value) is None


def test_a_password_is_kept_so_that_it_cannot_be_read() -> None:
    kept = passwords.hashed("Licht im Mai 7")

    assert kept.startswith("$argon2id$")
    assert passwords.is_right("Licht im Mai 7", kept)
    assert not passwords.is_right("Licht im Mai 8", kept)
    assert not passwords.is_right("Licht im Mai 7", None)
    assert not passwords.is_right("Licht im Mai 7", "no hash at all")


def test_reading_one_from_a_stolen_database_costs_more_than_owasp_asks_for() -> None:
    """OWASP Password Storage Cheat Sheet: Argon2id, 19 MiB, two rounds, one lane."""
    assert REAL_HASHER.type.name == "ID"
    assert REAL_HASHER.memory_cost * REAL_HASHER.time_cost >= 19 * 1024 * 2
    assert REAL_HASHER.memory_cost >= 19 * 1024


def test_an_umlaut_is_the_same_letter_on_every_keyboard() -> None:
    assert passwords.is_right("f\u00fcr die Clusterwoche", passwords.hashed("fu\u0308r die Clusterwoche"))


def test_a_hash_made_with_weaker_settings_is_outdated() -> None:
    weak = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$6xVbQ4Dxwe7kBkwbCvX5nQ"

    assert passwords.is_outdated(weak)
    assert not passwords.is_outdated(passwords.hashed("Licht im Mai 7"))
