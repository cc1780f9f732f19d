"""A workbook leaves whole, checked and always the same, or not at all."""

from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import LineChart, Reference

from evalkit.errors import OutputError
from evalkit.excel.finish import CellValue, Properties, finish

ABOUT = Properties("A <title> & more", "Northfield District Council", date(2025, 3, 1), keywords=("a", "b"))


def book() -> Workbook:
    """Two numbers, one formula of each kind of value, one chart."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Sums & more"
    sheet["A1"], sheet["A1"].style = "Heading", "Headline 1"
    sheet["A2"], sheet["A3"] = 1.5, 2
    sheet["A4"], sheet["A5"], sheet["A6"] = "=A2+A3", '=IF(A2<A3,"a & b","c")', "=A2<A3"
    chart = LineChart()
    chart.add_data(Reference(sheet, min_col=1, min_row=2, max_row=3))
    sheet.add_chart(chart, "C2")
    return workbook


VALUES: dict[str, CellValue] = {"A4": Decimal("3.5"), "A5": "a & b", "A6": True}
SPOKEN = {"Sums & more": ['A line from 1.5 to 2, "rising" & <steep>']}


def write(path: Path, **changes: CellValue) -> Path:
    """Finish the book with the values, some of them changed."""
    finish(book(), path, properties=ABOUT, cached={"Sums & more": {**VALUES, **changes}}, alt_text=SPOKEN)
    return path


def test_readers_without_an_engine_see_every_value_and_the_formulas_stay(tmp_path: Path) -> None:
    """Readers without an engine see every value and the formulas stay."""
    path = write(tmp_path / "a.xlsx")
    shown, kept = (load_workbook(path, data_only=d).worksheets[0] for d in (True, False))
    assert [shown[c].value for c in ("A4", "A5", "A6")] == [3.5, "a & b", True]
    assert kept["A4"].value == "=A2+A3"


def test_the_document_says_what_it_is_and_nothing_of_the_machine(tmp_path: Path) -> None:
    """The document says what it is and nothing of the machine."""
    path = write(tmp_path / "a.xlsx")
    said = load_workbook(path).properties
    assert (said.title, said.language, said.creator) == (ABOUT.title, "en-GB", ABOUT.organisation)
    assert said.created == said.modified
    with zipfile.ZipFile(path) as archive:
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert 'name="Heading 1"' in archive.read("xl/styles.xml").decode()
        assert "rising" in archive.read("xl/drawings/drawing1.xml").decode()
        assert b"openpyxl" not in archive.read("docProps/app.xml")


def test_the_same_content_is_the_same_file(tmp_path: Path) -> None:
    """The same content is the same file."""
    assert write(tmp_path / "a.xlsx").read_bytes() == write(tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("cached", "alt_text", "message"),
    [
        ({}, SPOKEN, "without a value"),
        ({"Sums & more": {**VALUES, "B9": 1.0}}, SPOKEN, "Values without a formula"),
        ({"Sums & more": {**VALUES, "A4": float("nan")}}, SPOKEN, "nan"),
        ({"Sums & more": {**VALUES, "A4": float("inf")}}, SPOKEN, "inf"),
        ({"Sums & more": VALUES}, {}, "no description"),
        ({"Sums & more": VALUES}, {"Sums & more": ["one", "two"]}, "more descriptions"),
    ],
)
def test_what_is_missing_stops_the_file(
    tmp_path: Path, cached: dict[str, dict[str, CellValue]], alt_text: dict[str, list[str]], message: str
) -> None:
    """What is missing stops the file."""
    path = tmp_path / "a.xlsx"
    path.write_text("the file that was there")
    with pytest.raises(OutputError, match=message):
        finish(book(), path, properties=ABOUT, cached=cached, alt_text=alt_text)
    assert path.read_text() == "the file that was there"
    assert list(tmp_path.iterdir()) == [path], "nothing is left beside it"


def test_an_endless_constant_never_reaches_a_cell(tmp_path: Path) -> None:
    """An endless constant never reaches a cell."""
    workbook = Workbook()
    workbook.worksheets[0]["B2"] = float("nan")
    with pytest.raises(OutputError, match="Sheet!B2"):
        finish(workbook, tmp_path / "a.xlsx", properties=ABOUT)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A folder that is not there is said."""
    with pytest.raises(OutputError, match=r"a\.xlsx could not be written"):
        write(tmp_path / "nowhere" / "a.xlsx")
