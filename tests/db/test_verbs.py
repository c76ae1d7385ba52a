"""The history that is there already: one tense after the step up, as it was after the step down, on both databases."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from clusterweek.db.session import db
from clusterweek.history.verbs import VERBS
from tests.db.test_upgrades import down, house, up
from tests.processes import on_both_databases

pytestmark = pytest.mark.slow
BEFORE = {
    ("activity", "created"): "created",
    ("activity", "taken up again"): "taken_up_again",
    ("activity", "place given"): "place_given",
    ("activity", "withdrawn"): "withdrawn",
    ("cluster", "create"): "created",
    ("cluster", "update"): "updated",
    ("cluster", "invite"): "invited",
    ("cluster", "send_invitation_again"): "invited_again",
    ("cluster", "withdraw_invitation"): "invitation_withdrawn",
    ("cluster", "add_member"): "member_added",
    ("cluster", "remove_member"): "member_removed",
    ("cluster", "make_owner"): "owner_made",
    ("edition", "created"): "created",
    ("edition", "state"): "state_changed",
    ("edition", "demo loaded"): "demo_loaded",
    ("edition", "demo extended"): "demo_extended",
    ("person", "grant"): "role_given",
    ("person", "set_password"): "password_set",
    ("person", "disable"): "account_closed",
    ("person", "enable"): "account_opened",
}


def history() -> list[tuple[str, str]]:
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT subject_type, action FROM history_entries ORDER BY id"))
        return [(row.subject_type, row.action) for row in rows]


@on_both_databases("verbs")
def test_one_verb_finds_what_was_noted_before_and_since(tmp_path: Path, database: Callable[[], dict[str, str]]) -> None:
    with house(tmp_path, database()):
        up(to="0009")
        with db.engine.begin() as connection:
            for subject, verb in BEFORE:
                connection.execute(
                    text(
                        "INSERT INTO history_entries (at, actor_kind, action, subject_type, subject_id, details)"
                        " VALUES ('2027-01-01 00:00:00.000000', 'command', :verb, :subject, 7, '{}')"
                    ),
                    {"verb": verb, "subject": subject},
                )

        up()
        assert history() == [(subject, verb) for (subject, _before), verb in BEFORE.items()]
        assert {verb for _subject, verb in history()} <= VERBS.keys()

        down(to="0009")
        assert history() == list(BEFORE)
