"""The one list of entries."""

from clusterweek.activities import actions, belongings
from clusterweek.activities.entries import BY_NAME, COLUMNS, ENTRIES, LABELS
from clusterweek.activities.models import Activity, Occurrence

# What the program keeps beside what people enter.
OF_THE_PROGRAM = {
    *("edition_id", "host_cluster_id", "created_by_id", "created_at", "updated_at", "version", "search_text"),
    *("rejection_reason", "cancellation_reason", "submitted_at", "decided_at", "published_at", "cancelled_at"),
    *("activity_id", "uid", "sequence", "starts_at", "ends_at", "removed_at", "removed_because"),
}


def test_every_column_of_the_database_is_an_entry_or_the_programs_own() -> None:
    stored = {*Activity.__table__.columns.keys(), *Occurrence.__table__.columns.keys()}

    assert stored - BY_NAME.keys() == OF_THE_PROGRAM


def test_every_entry_is_kept_somewhere_or_reckoned() -> None:
    kept = [entry.name for entry in ENTRIES if not entry.is_reckoned and entry.kind != "together"]

    assert [name for name in kept if not hasattr(Occurrence if BY_NAME[name].of_date else Activity, name)] == []
    assert {"fields", "partner_countries", "languages", "co_hosts", "external_partners"} == belongings.NAMES


def test_whatever_may_be_changed_has_a_name_for_the_history() -> None:
    changed = {*actions.COLUMNS, *belongings.NAMES, "occurrences"} - {"unread"}  # which the history leaves out

    assert changed - LABELS.keys() == set()


def test_no_two_entries_share_a_name_a_column_or_a_heading() -> None:
    for names in (
        [entry.name for entry in ENTRIES],
        [entry.key for entry in ENTRIES if entry.key],
        [entry.german.casefold() for entry in COLUMNS],
    ):
        assert len(names) == len(set(names))


def test_what_a_length_is_given_for_fits_its_column_in_the_database() -> None:
    for entry in ENTRIES:
        if entry.limit and entry.kind != "partners":
            column = (Occurrence if entry.of_date else Activity).__table__.columns[entry.name]
            assert getattr(column.type, "length", None) in (None, entry.limit), entry.name
