"""The marked copy: faults shown where they are, everything else kept, and readable once mended."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font

from evalkit.errors import OutputError
from evalkit.excel.annotate import annotate
from evalkit.excel.reader import check_files
from evalkit.excel.template import write_template
from tests.parts import packed, unpacked
from tests.workbooks import small_programme


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A template with faults in two cells, a formula and a comment of the user's."""
    path = tmp_path / "mine.xlsx"
    write_template(path, small_programme())
    workbook = load_workbook(path)
    workbook["Inputs"]["B8"], workbook["Campaigns"]["D8"] = "12k", "soon"
    workbook["Inputs"]["B8"].comment = Comment("from the agency", "Jo")
    workbook["Inputs"]["B9"].font = Font(name="Arial", bold=True)
    workbook["Outcome data"]["B8"] = "=10+2"
    workbook.save(path)
    _save_result(path, b"<f>10+2</f><v></v>", b"<f>10+2</f><v>12</v>")
    return path


def _save_result(path: Path, old: bytes, new: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).replace(b"<v />", b"<v></v>") for name in archive.namelist()}
    assert any(old in part for part in parts.values())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part.replace(old, new))


def test_faults_are_marked_and_listed(faulty: Path, tmp_path: Path) -> None:
    """Each faulty cell has a fill and a comment with the fix, and a row on the first sheet."""
    report = check_files([faulty])
    annotate(faulty, tmp_path / "marked.xlsx", report.details)
    marked = load_workbook(tmp_path / "marked.xlsx")
    cell = marked["Inputs"]["B8"]
    assert cell.comment is not None
    assert cell.comment.text.startswith("from the agency")
    assert "C03" in cell.comment.text
    assert "Did you mean 12,000?" in cell.comment.text
    assert cell.fill.fgColor.rgb.endswith("FBE0DC")
    assert cell.value == "12k"
    listing = marked["Issues"]
    assert marked.sheetnames[0] == "Issues"
    rows = [[c.value for c in row] for row in listing.iter_rows(min_row=7)]
    assert ["error", "Inputs", "B8", "Amount (£)"] in [row[:4] for row in rows]
    assert "holds everything" in str(listing["A4"].value)


def test_what_the_user_had_is_kept(faulty: Path, tmp_path: Path) -> None:
    """Values, formats, drop-downs, tables, formulas and their results are still there."""
    annotate(faulty, tmp_path / "marked.xlsx", check_files([faulty]).details)
    before, after = load_workbook(faulty), load_workbook(tmp_path / "marked.xlsx")
    assert after.sheetnames[1:] == before.sheetnames
    for sheet in before.worksheets:
        twin = after[sheet.title]
        assert [[c.value for c in row] for row in twin.iter_rows()] == [
            [c.value for c in row] for row in sheet.iter_rows()
        ]
        assert list(twin.tables) == list(sheet.tables)
        assert twin.data_validations.count == sheet.data_validations.count
    assert after["Inputs"]["B9"].font.bold
    assert after["Inputs"]["B8"].number_format == "#,##0.00"
    assert load_workbook(tmp_path / "marked.xlsx", data_only=True)["Outcome data"]["B8"].value == 12


def test_a_mended_copy_is_read_cleanly(faulty: Path, tmp_path: Path) -> None:
    """Once the cells are corrected the copy is a template like any other."""
    out = tmp_path / "marked.xlsx"
    annotate(faulty, out, check_files([faulty]).details)
    assert [i.code for i in check_files([out]).stopping] == ["D03", "C03"]
    workbook = load_workbook(out)
    workbook["Inputs"]["B8"] = 6400
    workbook["Campaigns"]["D8"] = small_programme().campaigns[0].end
    workbook["Outcome data"]["B8"] = 12
    workbook.save(out)
    report = check_files([out])
    assert report.programme == small_programme()
    assert not [i for i in report.issues if i.sheet == "Issues"]


def test_marking_twice_says_things_once(faulty: Path, tmp_path: Path) -> None:
    """The copy of a copy has one list and no comment doubled."""
    first, second = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    annotate(faulty, first, check_files([faulty]).details)
    annotate(first, second, check_files([first]).details)
    workbook = load_workbook(second)
    assert workbook.sheetnames.count("Issues") == 1
    assert workbook["Inputs"]["B8"].comment.text.count("C03") == 1


def test_what_could_not_be_kept_is_said(faulty: Path, tmp_path: Path) -> None:
    """Parts that the copy loses are named on its first sheet."""
    with zipfile.ZipFile(faulty, "a") as archive:
        archive.writestr("xl/media/logo.png", b"x")
    annotate(faulty, tmp_path / "marked.xlsx", check_files([faulty]).details)
    assert "pictures" in load_workbook(tmp_path / "marked.xlsx")["Issues"]["A4"].value


def test_the_users_file_is_never_the_target(faulty: Path) -> None:
    """The copy may not replace the file it is made from, and a non-workbook cannot be marked."""
    with pytest.raises(OutputError, match="another name"):
        annotate(faulty, faulty, ())
    other = faulty.with_name("other.xlsx")
    other.write_bytes(b"not a workbook")
    with pytest.raises(OutputError, match="could not be opened"):
        annotate(other, faulty.with_name("out.xlsx"), ())


def test_text_in_the_list_is_never_a_formula(tmp_path: Path) -> None:
    """What the user typed is echoed as text, whatever it looks like."""
    path = tmp_path / "mine.xlsx"
    write_template(path, small_programme())
    workbook: Workbook = load_workbook(path)
    workbook["Inputs"]["A8"].value = "=cmd|' /C calc'!A0"
    workbook["Inputs"]["A8"].data_type = "s"
    workbook.save(path)
    annotate(path, tmp_path / "marked.xlsx", check_files([path]).details)
    marked = load_workbook(tmp_path / "marked.xlsx")
    assert all(c.data_type != "f" for row in marked["Issues"].iter_rows() for c in row)


def test_what_is_hidden_inside_parts_and_lost_is_said(faulty: Path, tmp_path: Path) -> None:
    """Newer drop-downs and shapes stand in no part of their own; the copy names them all the same."""
    parts = unpacked(faulty.read_bytes())
    put = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        '<x14:dataValidations count="1"><x14:dataValidation type="list"/></x14:dataValidations>'
        "</ext></extLst></worksheet>"
    )
    parts["xl/worksheets/sheet3.xml"] = parts["xl/worksheets/sheet3.xml"].replace(
        b"</worksheet>", put.encode()
    )
    parts["xl/drawings/drawing9.xml"] = b'<xdr:wsDr xmlns:xdr="urn:y"><xdr:sp macro=""/></xdr:wsDr>'
    faulty.write_bytes(packed(parts))
    annotate(faulty, tmp_path / "marked.xlsx", check_files([faulty]).details)
    said = load_workbook(tmp_path / "marked.xlsx")["Issues"]["A4"].value
    assert "drop-downs that point to another sheet" in said
    assert "text boxes and shapes" in said


def test_charts_comments_and_conditional_formats_are_kept(faulty: Path, tmp_path: Path) -> None:
    """What the workbook library knows comes through: a chart, a comment, a rule of colour, a width."""
    workbook = load_workbook(faulty)
    sheet = workbook.create_sheet("My chart")
    for row in ((1, 2), (2, 3), (3, 5)):
        sheet.append(row)
    chart = LineChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3))
    sheet.add_chart(chart, "D2")
    sheet["A1"].comment = Comment("mine", "Jo")
    sheet.conditional_formatting.add("A1:A3", CellIsRule(operator="greaterThan", formula=["2"]))
    sheet.column_dimensions["A"].width = 33
    workbook.save(faulty)
    annotate(faulty, tmp_path / "marked.xlsx", check_files([faulty]).details)
    copy = load_workbook(tmp_path / "marked.xlsx")["My chart"]
    assert len(copy._charts) == 1
    assert copy["A1"].comment.text == "mine"
    assert len(copy.conditional_formatting) == 1
    assert copy.column_dimensions["A"].width == 33


def test_faults_of_a_csv_file_beside_it_are_listed_and_not_marked(faulty: Path, tmp_path: Path) -> None:
    """Only the workbook's own cells are marked; the list names the other file's with the file."""
    figures = tmp_path / "figures.csv"
    figures.write_text("Period,Area,Value\n2026-01-01,Northfield,about 5\n", encoding="utf-8")
    report = check_files([faulty, figures])
    annotate(faulty, tmp_path / "marked.xlsx", report.details)
    marked = load_workbook(tmp_path / "marked.xlsx")
    assert marked["Outcome data"]["C2"].comment is None
    listed = [tuple(c.value for c in row[1:3]) for row in marked["Issues"].iter_rows(min_row=7)]
    assert ("[figures.csv]Outcome data", "C2") in listed
    assert ("Inputs", "B8") in listed
