"""Reading filled-in templates: every fault is named by sheet and cell, and nothing else is."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import column_index_from_string

from evalkit.errors import Issue, TemplateError
from evalkit.excel.addresses import letters
from evalkit.excel.cells import Raw
from evalkit.excel.locate import locate
from evalkit.excel.opening import open_book
from evalkit.excel.reader import check_files, read_template
from evalkit.excel.records import Entry, translated
from evalkit.excel.report import CheckReport
from evalkit.excel.rows import Row
from evalkit.excel.sheets import SHEET_OF_PART, headings_of
from evalkit.excel.template import write_template
from evalkit.messages import Severity
from tests.workbooks import (
    PYTHON_WORDS,
    full_programme,
    small_campaign,
    small_outcome,
    small_programme,
    where,
)

BEYOND = letters(len(headings_of(SHEET_OF_PART["inputs"])) + 1)  # the first column of their own
Mutation = Callable[[Workbook], None]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template filled in with the small programme."""
    path = tmp_path_factory.mktemp("filled") / "template.xlsx"
    write_template(path, small_programme())
    return path


def _spoilt(filled: Path, tmp_path: Path, mutate: Mutation) -> Path:
    workbook = load_workbook(filled)
    mutate(workbook)
    path = tmp_path / "spoilt.xlsx"
    workbook.save(path)
    return path


def _stopping(report: CheckReport) -> list[Issue]:
    return [i for i in report.issues if i.severity is not Severity.NOTE]


def _in_plain_words(report: CheckReport) -> None:
    for issue in report.issues:
        assert not PYTHON_WORDS.search(issue.sentence), issue.sentence


# one cell: sheet, heading, row, what is put there, number format, code
CELLS: list[tuple[str, str, int, Any, str | None, str]] = [
    ("Inputs", "Amount (£)", 8, "12k", None, "C03"),
    ("Inputs", "Amount (£)", 8, "£3 million", None, "C03"),
    ("Inputs", "Amount (£)", 8, "1.234,56", None, "C06"),
    ("Inputs", "Amount (£)", 8, "1200,50", None, "C06"),
    ("Inputs", "Amount (£)", 8, "about 1200", None, "C09"),
    ("Inputs", "Amount (£)", 8, "10-15", None, "C09"),
    ("Inputs", "Amount (£)", 8, "<5", None, "C09"),
    ("Inputs", "Amount (£)", 8, "n/a", None, "C10"),
    ("Inputs", "Amount (£)", 8, "-", None, "C10"),
    ("Inputs", "Amount (£)", 8, "TBC", None, "C10"),
    ("Inputs", "Amount (£)", 8, True, None, "C12"),
    ("Inputs", "Amount (£)", 8, "#REF!", None, "C13"),
    ("Inputs", "Amount (£)", 8, "=SUM(B9:B9)", None, "C14"),
    ("Inputs", "Amount (£)", 8, "1e3", None, "C26"),
    ("Inputs", "Amount (£)", 8, "1_000", None, "C26"),
    ("Inputs", "Amount (£)", 8, "inf", None, "C26"),
    ("Inputs", "Amount (£)", 8, date(2025, 4, 1), "d mmm yyyy", "C27"),
    ("Inputs", "Amount (£)", 8, 0.4, "0%", "C29"),
    ("Inputs", "Amount (£)", 8, 1e308, None, "M-range"),
    ("Inputs", "Amount (£)", 8, "$400", None, "C30"),
    ("Inputs", "Amount (£)", 8, -5, None, "M-range"),
    ("Inputs", "Amount (£)", 8, 10**13, None, "M-range"),
    ("Inputs", "Amount (£)", 8, None, None, "V09"),
    ("Inputs", "Amount (£)", 8, "   ", None, "V09"),
    ("Inputs", "Category", 8, "Medai", None, "V02"),
    ("Inputs", "Category", 8, None, None, "V09"),
    ("Inputs", "Category", 8, 7, None, "V02"),
    ("Inputs", "Campaign", 8, "Right bin", None, "M-unknown-name"),
    ("Inputs", "Share for this campaign", 8, 45, "General", "C08"),
    ("Inputs", "Share for this campaign", 8, "45", None, "C08"),
    ("Inputs", "Share for this campaign", 8, 1.2, "0%", "M-range"),
    ("Inputs", "Financial year", 8, "2025-27", None, "V11"),
    ("Inputs", "Financial year", 8, 2025, None, "V11"),
    ("Inputs", "Item", 8, "x" * 300, None, "M-text"),
    ("Inputs", "Item", 8, False, None, "C12"),
    ("Inputs", "Item", 8, time(9, 30), "hh:mm", "C31"),
    ("Inputs", "Hours", 8, "lots", None, "C09"),
    ("Campaigns", "Start date", 8, "04/13/2025", None, "D02"),
    ("Campaigns", "Start date", 8, "31/02/2025", None, "D02"),
    ("Campaigns", "Start date", 8, "Jan-25", None, "D03"),
    ("Campaigns", "Start date", 8, "January 2025", None, "D03"),
    ("Campaigns", "Start date", 8, "Q1 2025", None, "D03"),
    ("Campaigns", "Start date", 8, "2024-25", None, "D03"),
    ("Campaigns", "Start date", 8, "w/c 6 Jan 2025", None, "D03"),
    ("Campaigns", "Start date", 8, 45663, "General", "D04"),
    ("Campaigns", "Start date", 8, time(6, 0), "hh:mm", "D05"),
    ("Campaigns", "Start date", 8, datetime(2205, 1, 6), "d mmm yyyy", "D10"),  # noqa: DTZ001
    ("Campaigns", "Start date", 8, "6/1/25", None, "D10"),
    ("Campaigns", "End date", 8, date(2024, 4, 1), "d mmm yyyy", "M-date-order"),
    ("Campaigns", "Start date", 8, None, None, "V09"),
    ("Campaigns", "Start date", 8, date(1999, 1, 1), "d mmm yyyy", "M-campaign-outside"),
    ("Campaigns", "Areas", 8, "Northfeild", None, "M-area-no-data"),
    ("Campaigns", "Areas", 8, "Northfield; Southfield", None, "M-area-both"),
    ("Campaigns", "Areas", 8, "Northfield; " + "x" * 120, None, "V12"),
    ("Campaigns", "Tier", 8, "Enhansed", None, "V02"),
    ("Campaigns", "Total on the ledger (£)", 8, 9999, None, "M-total"),
    ("Campaigns", "Periods to leave out at the start", 8, 1.5, None, "M-range"),
    ("Campaigns", "Campaign", 8, None, None, "V09"),
    ("Outcomes", "Kind", 8, "counts of things", None, "V02"),
    ("Outcomes", "Primary outcome", 8, "perhaps", None, "C25"),
    ("Outcomes", "What is counted", 8, "Website visits", None, "M-not-an-outcome"),
    ("Outcomes", "Unit", 8, "advertising value equivalent", None, "M-ave"),
    ("Outcomes", "Bank holidays", 8, "wales", None, "V02"),
    ("Outcome data", "Value", 12, "13 loads", None, "C09"),
    ("Outcome data", "Value", 12, "13*", None, "C09"),
    ("Outcome data", "Value", 12, 13.5, None, "M-count-whole"),
    ("Outcome data", "Value", 12, -3, None, "M-negative"),
    ("Outcome data", "Value", 12, "-", None, "C10"),
    ("Outcome data", "Period", 12, date(2023, 5, 15), "d mmm yyyy", "M-irregular"),
    ("Outcome data", "Period", 12, date(2023, 4, 1), "d mmm yyyy", "M-duplicate-observation"),
    ("Outcome data", "Period", 12, None, None, "V09"),
    ("Outcome data", "Period", 12, "sometime", None, "D03"),
    ("Outcome data", "Outcome", 12, "Contaminated lods", None, "M-unknown-name"),
    ("Outcome data", "Flag", 12, "hidden", None, "V02"),
    ("Outcome data", "Area", 12, "NORTHFIELD", None, "M-two-spellings"),
    ("Outcome data", "Area", 12, "Northfeild", None, "M-two-spellings"),
    ("Outcome data", "Denominator", 12, 0, None, "M-denominator-zero"),
    ("Outputs", "Unit", 8, "£ of media value", None, "M-ave"),
    ("Outputs", "Unit", 8, "pounds", None, "M-money-unit"),
    ("Outputs", "Value", 8, "[c]", None, "C09"),
    ("Out-takes", "Lower limit", 8, 90, None, "M-interval-order"),
    ("Objectives", "Outcome", 8, "Something else", None, "M-unknown-name"),
    ("Objectives", "Effect that matters (per period)", 8, 0, None, "M-range"),
    ("Activities", "End date", 8, date(2024, 1, 1), "d mmm yyyy", "M-date-order"),
    ("Comparison", "Comparison area", 8, "Southfeild", None, "M-area-no-data"),
    ("Comparison", "Comparison area", 8, None, None, "M-area-or-series"),
    ("Events", "Start date", 8, None, None, "V09"),
]


@pytest.mark.parametrize(("sheet", "heading", "row", "value", "number_format", "code"), CELLS)
def test_a_spoilt_cell_is_named(
    filled: Path,
    tmp_path: Path,
    sheet: str,
    heading: str,
    row: int,
    value: object,
    number_format: str | None,
    code: str,
) -> None:
    """One spoilt cell gives one problem, at that cell, and no other."""
    addresses = []

    def mutate(workbook: Workbook) -> None:
        address = where(workbook, sheet, heading, row)
        addresses.append(address)
        workbook[sheet][address] = value
        if number_format:
            workbook[sheet][address].number_format = number_format

    report = check_files([_spoilt(filled, tmp_path, mutate)])
    found = [(i.code, i.sheet, i.cell) for i in _stopping(report)]
    assert found == [(code, sheet, addresses[0])], [i.sentence for i in _stopping(report)]
    assert report.programme is None
    _in_plain_words(report)


def _rename(old: str, new: str) -> Mutation:
    def mutate(workbook: Workbook) -> None:
        workbook[old].title = new

    return mutate


def _drop_sheet(name: str) -> Mutation:
    def mutate(workbook: Workbook) -> None:
        del workbook[name]

    return mutate


def _head(sheet: str, heading: str, new: str | None) -> Mutation:
    def mutate(workbook: Workbook) -> None:
        workbook[sheet][where(workbook, sheet, heading, 7)] = new

    return mutate


def _drop_column(sheet: str, heading: str) -> Mutation:
    def mutate(workbook: Workbook) -> None:
        letter = where(workbook, sheet, heading, 7)[:-1]
        workbook[sheet].delete_cols(column_index_from_string(letter))

    return mutate


def _copy_sheet(workbook: Workbook) -> None:
    workbook.copy_worksheet(workbook["Inputs"]).title = "Inputs (2)"


def _lose_headings(workbook: Workbook) -> None:
    for cell in workbook["Outcomes"][7]:
        cell.value = None


def _merge(workbook: Workbook) -> None:
    workbook["Outcome data"].merge_cells("D10:D12")


def _totals_row(workbook: Workbook) -> None:
    sheet = workbook["Inputs"]
    sheet["B10"], sheet["D10"] = 7650.5, "Total"


def _headings_twice(workbook: Workbook) -> None:
    sheet = workbook["Outcome data"]
    for column in range(1, 5):
        sheet.cell(69, column).value = sheet.cell(7, column).value


def _over_the_example(workbook: Workbook) -> None:
    sheet = workbook["Inputs"]
    sheet["A6"], sheet["B6"], sheet["D6"] = "production", 300, "Leaflets"


# sheets, columns and rows: mutation, code, sheet, cell
STRUCTURE: list[tuple[str, Mutation, str, str, str]] = [
    ("misspelt sheet", _rename("Outcomes", "Outcome"), "S01", "Outcome", ""),
    ("misspelt long sheet", _rename("Outcome data", "Outcomes data"), "S01", "Outcomes data", ""),
    ("sheet gone", _drop_sheet("Inputs"), "S02", "Inputs", ""),
    ("sheet twice", _copy_sheet, "S03", "Inputs (2)", ""),
    ("no headings", _lose_headings, "S08", "Outcomes", ""),
    ("misspelt heading", _head("Inputs", "Category", "Catagory"), "S09", "Inputs", "A7"),
    ("misspelt optional heading", _head("Inputs", "Financial year", "Finacial year"), "S09", "Inputs", "F7"),
    ("heading renamed", _head("Inputs", "Amount (£)", "Expenditure"), "S11", "Inputs", f"{BEYOND}7"),
    ("heading blank", _head("Inputs", "Amount (£)", None), "S11", "Inputs", f"{BEYOND}7"),
    ("column gone", _drop_column("Outcome data", "Value"), "S11", "Outcome data", "G7"),
    ("heading twice", _head("Inputs", "Item", "Category"), "S12", "Inputs", "D7"),
    ("merged cells", _merge, "S15", "Outcome data", "D10:D12"),
    ("totals row", _totals_row, "S19", "Inputs", "B10:D10"),
    ("headings twice", _headings_twice, "S25", "Outcome data", "A69:D69"),
    ("typed over the example", _over_the_example, "S24", "Inputs", "A6:D6"),
]


@pytest.mark.parametrize(
    ("name", "mutate", "code", "sheet", "cell"), STRUCTURE, ids=[s[0] for s in STRUCTURE]
)
def test_a_spoilt_sheet_is_named(
    filled: Path, tmp_path: Path, name: str, mutate: Mutation, code: str, sheet: str, cell: str
) -> None:
    """One fault in the layout gives one problem, however many rows it touches."""
    report = check_files([_spoilt(filled, tmp_path, mutate)])
    found = [(i.code, i.sheet, i.cell) for i in _stopping(report)]
    if name == "merged cells":  # the cells that the merger emptied are named too
        found = [f for f in found if f[0] != "M-area-blank"]
    assert found == [(code, sheet, cell)], [i.sentence for i in _stopping(report)]
    _in_plain_words(report)


def _hide_rows(workbook: Workbook) -> None:
    for row in (8, 9):
        workbook["Inputs"].row_dimensions[row].hidden = True


def _hide_sheet(workbook: Workbook) -> None:
    workbook["Events"].sheet_state = "hidden"


def _insert_rows(workbook: Workbook) -> None:
    sheet = workbook["Inputs"]
    cells = {(c.row, c.column): c.value for row in sheet.iter_rows() for c in row}
    for (row, column), _ in cells.items():
        sheet.cell(row, column).value = None
    for (row, column), value in cells.items():
        sheet.cell(row + 3, column).value = value
    sheet["A2"] = "Figures checked by the depot"


def _reorder(workbook: Workbook) -> None:
    sheet = workbook["Inputs"]
    for row in range(7, 12):
        sheet.cell(row, 1).value, sheet.cell(row, 2).value = (
            sheet.cell(row, 2).value,
            sheet.cell(row, 1).value,
        )


def _unmade_table(workbook: Workbook) -> None:
    del workbook["Inputs"].tables["tblInputs"]


def _short_table(workbook: Workbook) -> None:
    workbook["Outcome data"].tables["tblOutcomeData"].ref = "A7:G20"


def _blank_rows(workbook: Workbook) -> None:
    sheet = workbook["Inputs"]
    for column in range(1, 17):
        sheet.cell(20, column).value, sheet.cell(9, column).value = sheet.cell(9, column).value, None


def _drop_example(workbook: Workbook) -> None:
    for row in workbook["Inputs"]["A4:P6"]:
        for cell in row:
            cell.value = None


def _spaced_headings(workbook: Workbook) -> None:
    sheet = workbook["Inputs"]
    sheet["A7"], sheet["B7"] = " category\u00a0", "AMOUNT\n( £ ) *"


def _extra_column(workbook: Workbook) -> None:
    sheet = workbook["Inputs"]
    sheet[f"{BEYOND}7"], sheet[f"{BEYOND}8"] = "My own notes", "ask Jo"


def _stray(workbook: Workbook) -> None:
    workbook["Inputs"]["Z9"] = "scribble"


def _extra_sheet(workbook: Workbook) -> None:
    workbook.create_sheet("Workings")["A1"] = 1


def _values(sheet: str, heading: str, **put: Any) -> Mutation:
    def mutate(workbook: Workbook) -> None:
        for row, value in put.items():
            cell = workbook[sheet][where(workbook, sheet, heading, int(row[1:]))]
            number_format = cell.number_format
            cell.value = value
            cell.number_format = number_format

    return mutate


def nothing(workbook: Workbook) -> None:
    """Leave it."""


# accepted: mutation, note that is given (or none)
ACCEPTED: list[tuple[str, Mutation, str]] = [
    ("as written", nothing, ""),
    ("hidden rows", _hide_rows, "S21"),
    ("hidden sheet", _hide_sheet, "S04"),
    ("rows above the headings", _insert_rows, ""),
    ("columns moved", _reorder, ""),
    ("table turned into a range", _unmade_table, ""),
    ("table shorter than the data", _short_table, "S16"),
    ("blank rows between", _blank_rows, ""),
    ("guidance deleted", _drop_example, ""),
    ("untidy headings", _spaced_headings, ""),
    ("own column", _extra_column, "S13"),
    ("stray cell", _stray, "S26"),
    ("own sheet", _extra_sheet, "S05"),
    ("first sheet gone", _drop_sheet("Start here"), ""),
    ("optional sheet gone", _drop_sheet("Money"), ""),
    ("lists gone", _drop_sheet("Lists"), ""),
    ("optional column gone", _drop_column("Inputs", "Supplier or team"), "S14"),
    ("pounds as text", _values("Inputs", "Amount (£)", r8="£6,400.00"), "C01"),
    ("no-break space", _values("Inputs", "Amount (£)", r8="6\u00a0400.00"), "C01"),
    ("full-width figures", _values("Inputs", "Amount (£)", r8="６４００"), "C01"),
    ("date as text", _values("Campaigns", "Start date", r8="06/01/2025"), "D01"),
    ("date in ISO", _values("Campaigns", "Start date", r8="2025-01-06"), "D01"),
    ("date in words", _values("Campaigns", "Start date", r8="Monday 6th January 2025"), "D01"),
    ("date with a time", _values("Campaigns", "Start date", r8=datetime(2025, 1, 6, 9, 30)), "D09"),  # noqa: DTZ001
    ("list entry in capitals", _values("Inputs", "Category", r8="MEDIA"), ""),
    ("name in capitals", _values("Inputs", "Campaign", r8="RIGHT BIN, right day "), ""),
]


@pytest.mark.parametrize(("name", "mutate", "note"), ACCEPTED, ids=[a[0] for a in ACCEPTED])
def test_what_is_certain_is_accepted(
    filled: Path, tmp_path: Path, name: str, mutate: Mutation, note: str
) -> None:
    """Untidy but clear workbooks are read as meant, with a note where something was understood."""
    report = check_files([_spoilt(filled, tmp_path, mutate)])
    assert not _stopping(report), [i.sentence for i in _stopping(report)]
    assert report.programme == small_programme()
    assert not note or note in {i.code for i in report.issues}
    _in_plain_words(report)


def test_withheld_figures_are_read_as_withheld(filled: Path, tmp_path: Path) -> None:
    """Markers of small numbers become a blank value with the flag suppressed, and are told."""
    report = check_files([_spoilt(filled, tmp_path, _values("Outcome data", "Value", r8="<5", r9="[c]"))])
    assert report.programme is not None
    first, second = report.programme.observations[:2]
    assert (first.value, str(first.flag)) == (None, "suppressed") == (second.value, str(second.flag))
    assert sum(i.code == "C11" for i in report.issues) == 2
    assert report.read.series[0].withheld == 2


def test_gaps_are_noted_and_left(filled: Path, tmp_path: Path) -> None:
    """A missing month is a note that names it; nothing is filled in."""

    def mutate(workbook: Workbook) -> None:
        workbook["Outcome data"].delete_rows(12)

    report = check_files([_spoilt(filled, tmp_path, mutate)])
    gap = next(i for i in report.issues if i.code == "V-gap")
    assert (gap.sheet, gap.cell) == ("Outcome data", "A12")
    assert "1 May 2023" in gap.found
    assert report.programme is not None
    assert len(report.programme.observations) == 59


def test_a_duplicate_names_the_first(filled: Path, tmp_path: Path) -> None:
    """The second figure for a period says where the first stands."""
    report = check_files([_spoilt(filled, tmp_path, _values("Outcome data", "Period", r12=date(2023, 4, 1)))])
    assert "Outcome data!A11" in _stopping(report)[0].fix


def test_a_kind_that_cannot_be_read_hides_nothing_else(filled: Path, tmp_path: Path) -> None:
    """An unreadable kind beside a figure that only some kinds allow: the kind is named, nothing breaks."""

    def mutate(workbook: Workbook) -> None:
        workbook["Outcomes"]["C8"] = "number"
        workbook["Outcome data"]["B12"] = -3.5

    report = check_files([_spoilt(filled, tmp_path, mutate)])
    assert [(i.code, i.sheet, i.cell) for i in _stopping(report)] == [("V02", "Outcomes", "C8")]


def test_the_same_fault_in_a_column_is_folded(filled: Path, tmp_path: Path) -> None:
    """Sixty bad cells are one issue with their range, and stand cell by cell in the details."""

    def mutate(workbook: Workbook) -> None:
        for row in range(8, 68):
            workbook["Outcome data"].cell(row, 2).value = "13 loads"

    report = check_files([_spoilt(filled, tmp_path, mutate)])
    assert [(i.code, i.cell) for i in _stopping(report)] == [("C09", "B8:B67")]
    assert "59 more" in _stopping(report)[0].found
    assert sum(i.code == "C09" for i in report.details) == 60


def test_all_problems_come_at_once(filled: Path, tmp_path: Path) -> None:
    """Faults of every tier and sheet are reported together, in the order of the sheets."""

    def mutate(workbook: Workbook) -> None:
        workbook["Campaigns"]["D8"] = "soon"
        workbook["Inputs"]["A8"], workbook["Inputs"]["B9"] = "Medai", "12k"
        workbook["Outcomes"]["C8"] = "number"
        workbook["Outcome data"]["A12"] = datetime(2023, 4, 1)  # noqa: DTZ001
        workbook["Outcome data"]["D40"] = "Southfeild"
        workbook["Comparison"]["B8"] = "Eastfield"

    report = check_files([_spoilt(filled, tmp_path, mutate)])
    assert [(i.code, i.sheet, i.cell) for i in _stopping(report)] == [
        ("D03", "Campaigns", "D8"),
        ("V02", "Inputs", "A8"),
        ("C03", "Inputs", "B9"),
        ("V02", "Outcomes", "C8"),
        ("M-duplicate-observation", "Outcome data", "A12"),
        ("M-two-spellings", "Outcome data", "D40"),
        ("M-area-no-data", "Comparison", "B8"),
    ]
    _in_plain_words(report)


def test_formulas_are_read_by_their_saved_result(filled: Path, tmp_path: Path) -> None:
    """A formula's saved value is accepted with a note; without one the cell is named."""

    def mutate(workbook: Workbook) -> None:
        workbook["Inputs"]["B8"] = "=6000+400"

    path = _spoilt(filled, tmp_path, mutate)
    content = {}
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    part = next(n for n in content if b"6000+400" in content[n])
    content[part] = re.sub(rb"<f>6000\+400</f><v ?/?>(</v>)?", b"<f>6000+400</f><v>6400</v>", content[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    report = check_files([path])
    assert [i.cell for i in report.issues if i.code == "C15"] == ["B8"]
    assert report.programme == small_programme()


def test_rules_of_totals_wait_for_the_rows(filled: Path, tmp_path: Path) -> None:
    """A ledger total is not compared with cost lines that could not be read."""

    def mutate(workbook: Workbook) -> None:
        workbook["Campaigns"][where(workbook, "Campaigns", "Total on the ledger (£)", 8)] = 7650.5
        workbook["Inputs"]["B8"] = "lots"

    report = check_files([_spoilt(filled, tmp_path, mutate)])
    assert [i.code for i in _stopping(report)] == ["C09"]


def test_read_template_raises_with_every_issue(filled: Path, tmp_path: Path) -> None:
    """The library's door gives the programme, or one exception holding all issues."""
    assert read_template(filled) == small_programme()
    with pytest.raises(TemplateError) as caught:
        read_template(_spoilt(filled, tmp_path, _values("Inputs", "Amount (£)", r8="12k", r9="n/a")))
    assert [i.code for i in caught.value.issues if i.severity is not Severity.NOTE] == ["C03", "C10"]


def test_what_was_read_is_told(filled: Path) -> None:
    """Rows, period range, gaps and totals are echoed, so that a misreading is seen."""
    read = check_files([filled]).read
    rows = {s.sheet: s.rows for s in read.sheets}
    assert rows["Outcome data"] == 60
    assert dict(next(s.totals for s in read.sheets if s.sheet == "Inputs"))["Amount (£)"] == 7650.5
    north = read.series[0]
    assert (north.area, north.first, north.last) == ("Northfield", date(2023, 1, 1), date(2025, 6, 1))
    assert (north.frequency, north.gaps, north.rows) == ("monthly", 0, 30)


def test_a_blank_template_asks_for_the_basic_sheets(tmp_path: Path) -> None:
    """Nothing filled in is three things to do and a note on costs, not a fault in every cell."""
    write_template(tmp_path / "blank.xlsx")
    report = check_files([tmp_path / "blank.xlsx"])
    assert [(i.code, i.sheet, i.cell) for i in report.issues] == [
        ("M-row-required", "Campaigns", "A8"),
        ("V10", "Inputs", "A8"),
        ("M-row-required", "Outcomes", "A8"),
        ("M-row-required", "Outcome data", "A8"),
    ]


def test_an_example_left_among_the_entries_is_noted(tmp_path: Path) -> None:
    """A row equal to the worked example is read, with a note to replace it if it is only that."""
    write_template(tmp_path / "full.xlsx", full_programme())
    report = check_files([tmp_path / "full.xlsx"])
    assert ("S23", "Money") in [(i.code, i.sheet) for i in report.issues]
    assert report.programme == full_programme()


def test_files_of_two_programmes_are_not_merged(filled: Path, tmp_path: Path) -> None:
    """Files without a campaign or an outcome in common are told apart; titles may not disagree."""
    campaign = small_campaign(title="Another", objectives=(), areas=())
    other = small_programme(
        title="Other title",
        campaigns=(campaign,),
        outcomes=(small_outcome(name="Missed bins"),),
    )
    write_template(tmp_path / "other.xlsx", other)
    write_template(tmp_path / "titled.xlsx", small_programme(title="A title"))
    assert "F28" in [i.code for i in check_files([filled, tmp_path / "other.xlsx"]).stopping]
    codes = [i.code for i in check_files([tmp_path / "titled.xlsx", tmp_path / "other.xlsx"]).stopping]
    assert {"F28", "F29"} <= set(codes)


def test_the_same_campaign_in_two_files_is_one(filled: Path, tmp_path: Path) -> None:
    """Equal rows of campaigns and outcomes merge; their other rows come together."""
    workbook = load_workbook(filled)
    for sheet in ("Objectives", "Activities", "Outputs", "Out-takes", "Outcome data", "Comparison", "Events"):
        workbook[sheet].delete_rows(8, 200)
    workbook.save(tmp_path / "second.xlsx")
    report = check_files([filled, tmp_path / "second.xlsx"])
    assert report.programme is not None, [i.sentence for i in report.stopping]
    assert len(report.programme.campaigns) == len(report.programme.outcomes) == 1
    assert len(report.programme.campaigns[0].inputs) == 4


def test_an_error_without_words_of_its_own_still_names_the_cell(filled: Path) -> None:
    """Whatever the models refuse is said with the column's own help."""
    book, _ = open_book(filled)
    assert book is not None
    located = next(x for x in locate(book, "")[0] if x.place.sheet.name == "Inputs")
    entry = Entry(located, Row(8, cells={"amount": Raw("odd")}))
    (issue,) = translated(entry, "amount", {"type": "new_rule", "loc": ("amount",), "msg": "", "input": 1})
    assert (issue.code, issue.cell, issue.heading) == ("M-type", "B8", "Amount (£)")
    assert not PYTHON_WORDS.search(issue.sentence)


def test_the_first_sheets_own_fields_are_checked(filled: Path, tmp_path: Path) -> None:
    """A date that cannot be read on the first sheet is named there too."""

    def mutate(workbook: Workbook) -> None:
        ref = workbook.defined_names["programme_as_of"].attr_text.rpartition("!")[2].replace("$", "")
        workbook["Start here"][ref] = "last week"

    report = check_files([_spoilt(filled, tmp_path, mutate)])
    assert [(i.code, i.sheet, i.heading) for i in report.stopping] == [("D03", "Start here", "Figures as of")]
