"""Files that leave, and cells that no spreadsheet runs."""

import pytest

from clusterweek.web import downloads


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\0"])
def test_a_cell_that_a_spreadsheet_would_run_is_disarmed_and_comes_back(start):
    dangerous = f'{start}HYPERLINK("x")'

    assert downloads.safe_cell(dangerous) == f"'{dangerous}"
    assert downloads.plain_cell(downloads.safe_cell(dangerous)) == dangerous


@pytest.mark.parametrize("sign", "=+-@＝＋－＠﹦﹢﹣﹫⁼⁺₌₊−")
@pytest.mark.parametrize(
    "before", ["", " ", "  \t", "\u00a0", "\u202f", "\ufeff", "\u200b", "\u2060", "\u00ad", "\u200e", "\u3000 "]
)
def test_look_alikes_and_signs_behind_what_nobody_sees_are_disarmed_and_come_back(sign, before):
    dangerous = f"{before}{sign}HYPERLINK(1)"

    assert downloads.safe_cell(dangerous) == f"'{dangerous}"
    assert downloads.plain_cell(downloads.safe_cell(dangerous)) == dangerous
    assert downloads.plain_cell(downloads.safe_cell(f"'{dangerous}")) == f"'{dangerous}"


@pytest.mark.parametrize("written", ["'=1+1", "''-3", "'@home"])
def test_an_apostrophe_that_somebody_has_written_survives_the_way_out_and_in(written):
    assert downloads.safe_cell(written) == f"'{written}"
    assert downloads.plain_cell(downloads.safe_cell(written)) == written


@pytest.mark.parametrize(
    "value",
    ["", "OptoNet", "'zitiert'", "3 + 4", "'s-Hertogenbosch", "– Vortrag", "§ 4", " a=b", "\ufeffLicht", "２＋２"],
)
def test_other_cells_stay_as_they_are(value):
    assert downloads.safe_cell(value) == value
    assert downloads.plain_cell(value) == value


def test_a_file_is_saved_and_never_shown_in_the_page():
    answer = downloads.attachment(b"x", filename="programm.csv", mimetype="text/csv")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="programm.csv"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
