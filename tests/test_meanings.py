"""Entries and headings that look like one thing and are another: what is said of each, and what is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from evalkit.campaign.programme import Programme
from evalkit.excel.reader import check_files
from evalkit.excel.report import CheckReport
from evalkit.excel.template import write_template
from tests.parts import at, packed, put, unpacked
from tests.workbooks import PYTHON_WORDS, small_campaign, small_programme

ONE_AREA = small_programme(
    campaigns=(small_campaign(areas=()),),
    comparisons=(),
    observations=tuple(
        o.model_copy(update={"area": None}) for o in small_programme().observations if o.area == "Northfield"
    ),
)


def checked(path: Path, *cell: object, programme: Programme | None = None) -> CheckReport:
    """Check a template with one cell replaced: sheet, heading, value and number format."""
    sheet, heading, value, *number_format = cell
    write_template(path, programme or small_programme())
    parts = unpacked(path.read_bytes())
    put(parts, str(sheet), at(str(sheet), str(heading), 8), value, *map(str, number_format))
    path.write_bytes(packed(parts))
    return check_files([path])


def the_problem(report: CheckReport) -> tuple[str, str, str]:
    """Code, what was expected and the fix of the one thing that is said."""
    (issue,) = report.issues
    assert not PYTHON_WORDS.search(issue.sentence), issue.sentence
    return issue.code, issue.expected, issue.fix


@pytest.mark.parametrize(
    ("value", "number_format", "words"),
    [
        ("6/1/1899", "", "earlier than 1 Jan 1901"),
        ("1850-01-01", "", "earlier than 1 Jan 1901"),
        ("1/1/2205", "", "later than 31 Dec 2100"),
        (111437, "d mmm yyyy", "later than 31 Dec 2100"),
        (60, "d mmm yyyy", "a small number is a day of 1900"),
        ("6/1/25", "", "Type the year with four figures"),
    ],
)
def test_a_date_out_of_range_says_which_end_and_why(
    tmp_path: Path, value: object, number_format: str, words: str
) -> None:
    """Four figures do not help a date of 1899; a small number shown as a date is no slip of the year."""
    cell = ("Campaigns", "Start date", value, *([number_format] if number_format else []))
    code, expected, fix = the_problem(checked(tmp_path / "t.xlsx", *cell))
    assert (code, expected.startswith("a date from 1901 to 2100")) == ("D10", True)
    assert words in fix


def test_a_year_where_dates_are_shown_is_told_from_a_day(tmp_path: Path) -> None:
    """2025 typed into a cell that shows dates is the 17th of July 1905."""
    report = checked(tmp_path / "t.xlsx", "Outcome data", "Period", 2025, "d mmm yyyy")
    code, expected, fix = the_problem(report)
    assert (code, report.issues[0].found) == ("D15", "17 Jul 1905")
    assert "the year 2025" in expected
    assert "1/4/2025" in fix


@pytest.mark.parametrize(
    ("value", "pounds"),
    [("500p", "5.00"), ("640 000 p", "6400.00"), ("1,200 pence", "12.00"), ("99P", "0.99"), ("-5p", None)],
)
def test_pence_are_read_as_pence(tmp_path: Path, value: str, pounds: str | None) -> None:
    """Where a column holds pounds, 500p is five of them, and the reader is told."""
    report = checked(tmp_path / "t.xlsx", "Inputs", "Amount (£)", value)
    if pounds is None:
        assert [i.code for i in report.stopping] == ["M-range"]
        return
    assert the_problem(report)[0] == "C28"
    assert report.issues[0].found == f'"{value}", read as £{float(pounds):,.2f}'
    assert report.programme is not None
    assert str(report.programme.campaigns[0].inputs[0].amount) == pounds


def test_pence_in_a_column_that_is_not_of_money_are_not_read(tmp_path: Path) -> None:
    """There, p may be short for provisional as well; no number is suggested."""
    code, expected, _ = the_problem(checked(tmp_path / "t.xlsx", "Outcome data", "Value", "12p"))
    assert (code, expected) == ("C09", "one number and nothing else")


@pytest.mark.parametrize("between", [", ", ",", " / ", " and ", " & "])
def test_areas_with_something_else_between_them(tmp_path: Path, between: str) -> None:
    """Names that are all known, run together, are no unknown name: what goes between them is said."""
    value = f"Northfield{between}Southfield"
    code, expected, fix = the_problem(checked(tmp_path / "t.xlsx", "Campaigns", "Areas", value))
    assert (code, expected[-23:]) == ("M-area-no-data", " Northfield; Southfield")
    assert fix == 'Put semicolons between the names: "Northfield; Southfield".'


def test_several_areas_in_a_cell_for_one(tmp_path: Path) -> None:
    """They need a row each; a full-width semicolon and a new line part names like a semicolon."""
    report = checked(tmp_path / "t.xlsx", "Comparison", "Comparison area", "Southfield; Northfield")
    assert [(i.code, "row of its own" in i.fix) for i in report.stopping] == [("V16", True)]
    report = checked(tmp_path / "t.xlsx", "Comparison", "Comparison area", "Southfield, Northfield")
    assert [(i.code, i.fix) for i in report.stopping] == [
        ("M-area-no-data", "Give each area a row of its own.")
    ]
    for mark in ("；", "\n"):
        report = checked(tmp_path / "t.xlsx", "Campaigns", "Areas", f"Northfield{mark}Eastfield")
        assert [i.found for i in report.stopping] == ['"Eastfield"']


@pytest.mark.parametrize(("value", "code"), [(99, "M-washout"), (5, "M-washout"), (4, "")])
def test_a_wash_out_leaves_figures(tmp_path: Path, value: int, code: str) -> None:
    """There are five monthly figures from the 6th of January to June 2025; one must be left."""
    report = checked(tmp_path / "t.xlsx", "Campaigns", "Periods to leave out at the start", value)
    assert [i.code for i in report.issues] == ([code] if code else [])
    if code:
        assert "fewer than the 5 monthly figures for Contaminated loads" in report.issues[0].expected
        assert "not days" in report.issues[0].fix


def rewritten(path: Path, programme: Programme, change: Callable[[Workbook], None]) -> CheckReport:
    """Check a template after a change to the workbook."""
    write_template(path, programme)
    workbook = load_workbook(path)
    change(workbook)
    workbook.save(path)
    return check_files([path])


def headed(name: str) -> Callable[[Workbook], None]:
    """Rename the heading Value."""

    def change(workbook: Workbook) -> None:
        workbook["Outcome data"]["B7"] = name

    return change


def two_columns(name: str) -> Callable[[Workbook], None]:
    """Nothing on the sheet but months and figures under a name."""

    def change(workbook: Workbook) -> None:
        sheet = workbook["Outcome data"]
        sheet.tables.clear()
        sheet.delete_rows(1, 300)
        sheet["A1"], sheet["B1"] = "Month", name
        for row, one in enumerate(ONE_AREA.observations, start=2):
            sheet.cell(row, 1).value, sheet.cell(row, 2).value = one.period, one.value

    return change


@pytest.mark.parametrize("programme", [ONE_AREA, small_programme()], ids=["one area", "two areas"])
def test_a_renamed_value_heading_makes_no_grid(tmp_path: Path, programme: Programme) -> None:
    """The columns beside it are not areas; the message names the column that may be meant."""
    report = rewritten(tmp_path / "t.xlsx", programme, headed("Loads"))
    (stop,) = report.stopping
    assert (stop.code, stop.sheet, stop.heading) == ("S11", "Outcome data", "Value")
    assert 'If it is the column "Loads", change that heading instead.' in stop.fix
    assert {one.area for one in report.read.series} <= {"whole area", "Northfield", "Southfield"}


def test_one_column_of_figures_is_the_value_and_no_area(tmp_path: Path) -> None:
    """Months beside figures: the heading is the figure's own name, unless an area or outcome is called so."""
    report = rewritten(tmp_path / "t.xlsx", ONE_AREA, two_columns("Loads"))
    assert report.programme == ONE_AREA, [i.sentence for i in report.stopping]
    assert [(i.code, i.cell) for i in report.issues] == [("S30", "B1")]
    in_northfield = small_programme(
        comparisons=(),
        observations=tuple(o for o in small_programme().observations if o.area == "Northfield"),
    )
    report = rewritten(tmp_path / "t.xlsx", in_northfield, two_columns("Northfield"))
    assert [i.code for i in report.issues] == ["S28"]
    assert report.programme == in_northfield
