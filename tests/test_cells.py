"""What single cells are read as: accepted where certain, refused with a suggestion where not."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from openpyxl import Workbook

from evalkit.excel.cells import Raw, as_shown, put, put_text
from evalkit.excel.dates import read_date
from evalkit.excel.headings import Heading
from evalkit.excel.numerals import WITHHELD, read_number
from evalkit.excel.parsing import parse
from evalkit.excel.serials import date_of_serial
from evalkit.excel.sheets import SHEETS

APRIL = date(2025, 4, 1)


def _heading(sheet: str, title: str) -> Heading:
    found = next(s for s in SHEETS if s.name == sheet)
    return next(h for h in found.headings if h.title == title)


AMOUNT, SHARE = _heading("Inputs", "Amount (£)"), _heading("Inputs", "Share for this campaign")
VALUE, START = _heading("Outcome data", "Value"), _heading("Campaigns", "Start date")
ITEM, YEAR = _heading("Inputs", "Item"), _heading("Inputs", "Financial year")
PRIMARY, GRADE = _heading("Outcomes", "Primary outcome"), _heading("Outcomes", "Data grade")
AREAS, PEOPLE = _heading("Campaigns", "Areas"), _heading("Out-takes", "People asked")
RATE = _heading("Inputs", "On-costs (share of pay)")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1200", "1200"),
        ("£1,200.50", "1200.50"),
        ("1 200", "1200"),
        ("(300)", "-300"),
        ("−5", "-5"),
        ("- 5", "-5"),
        ("+7", "7"),
        ("£ 12", "12"),
        ("-£12", "-12"),
        ("GBP 40", "40"),
        (".5", "0.5"),
        ("５", "5"),
        ("1,234,567.8", "1234567.8"),
    ],
)
def test_plain_numbers_are_read(text: str, value: str) -> None:
    """Currency signs, separators, brackets and odd minus signs have one meaning."""
    assert read_number(text).value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "code", "meant"),
    [
        ("1.2k", "C03", "1,200"),
        ("12k", "C03", "12,000"),
        ("£3 million", "C03", "3,000,000"),
        ("2bn", "C03", "2,000,000,000"),
        ("1.234,56", "C06", "1234.56"),
        ("12,5", "C06", "12.5"),
        ("12 GRPs", "C09", "12"),
        ("10-15", "C09", ""),
        ("~100", "C09", "100"),
        ("13*", "C09", "13"),
        ("13 [note 1]", "C09", ""),
        ("n/a", "C10", ""),
        ("nil", "C10", ""),
        ("..", "C10", ""),
        ("Not known", "C10", ""),
        ("<5", WITHHELD, ""),
        ("< 5", WITHHELD, ""),
        ("[c]", WITHHELD, ""),
        ("*", WITHHELD, ""),
        ("1e3", "C26", "1,000"),
        ("1_000", "C26", "1,000"),
        ("inf", "C26", ""),
        ("nan", "C10", ""),
        ("$5", "C30", ""),
        ("5 euros", "C30", ""),
        ("1,20", "C06", "1.20"),
        ("12,34,567", "C09", ""),
        ("1 2 3", "C09", ""),
        ("--5", "C09", "5"),
        ("100%%", "C09", "100"),
        ("", "C09", ""),
    ],
)
def test_other_texts_are_refused_with_what_is_likely(text: str, code: str, meant: str) -> None:
    """Nothing is guessed; a likely number is only suggested."""
    found = read_number(text)
    assert (found.value, found.code) == (None, code)
    assert found.suggestion == (f". Did you mean {meant}?" if meant else "")


@pytest.mark.parametrize(
    "text",
    [
        "01/04/2025",
        "1/4/2025",
        "1.4.2025",
        "1-4-2025",
        "2025-04-01",
        "2025/04/01",
        "1 Apr 2025",
        "1 April 2025",
        "1st April 2025",
        "Tue 1 Apr 2025",
        "Tuesday, 1 April 2025",
        "1-Apr-2025",
        "2025-04-01T00:00:00",
        "01/04/2025 09:30",
    ],
)
def test_dates_as_text_are_read_day_first(text: str) -> None:
    """Day before month, or year first as in ISO."""
    assert read_date(text).day == APRIL


@pytest.mark.parametrize(
    ("text", "code", "meant"),
    [
        ("04/13/2025", "D02", "13 Apr 2025"),
        ("31/04/2025", "D02", ""),
        ("31 Feb 2025", "D02", ""),
        ("Apr-25", "D03", "1 Apr 2025"),
        ("April 2025", "D03", "1 Apr 2025"),
        ("Q2 2025", "D03", "1 Apr 2025"),
        ("2025-04", "D03", "1 Apr 2025"),
        ("04/2025", "D03", "1 Apr 2025"),
        ("2025-26", "D03", "1 Apr 2025"),
        ("w/c 7 Apr 2025", "D03", "7 Apr 2025"),
        ("week ending 13/4/2025", "D03", "7 Apr 2025"),
        ("soon", "D03", ""),
        ("1/4/25", "D10", "1 Apr 2025"),
        ("12/25", "D03", ""),
    ],
)
def test_other_dates_are_refused_with_what_is_likely(text: str, code: str, meant: str) -> None:
    """Months, quarters and impossible days are named, with the day that may be meant."""
    found = read_date(text)
    assert (found.day, found.code) == (None, code)
    assert found.suggestion == (f". Did you mean {meant}?" if meant else "")


@pytest.mark.parametrize(
    ("cell", "heading", "value", "note"),
    [
        (Raw(None), AMOUNT, None, ""),
        (Raw(" \u00a0"), AMOUNT, None, ""),
        (Raw(6400), AMOUNT, Decimal(6400), ""),
        (Raw(0.1 + 0.2), AMOUNT, Decimal("0.30"), ""),
        (Raw(33.33333), AMOUNT, Decimal("33.33"), "C28"),
        (Raw("£12.50"), AMOUNT, Decimal("12.50"), "C01"),
        (Raw("(12)"), VALUE, -12.0, "C04"),
        (Raw(12, formula="=A1"), VALUE, 12.0, "C15"),
        (Raw(12, formula="=[1]Sheet1!A1"), VALUE, 12.0, "F27"),
        (Raw(0.4, number_format="0%"), SHARE, 0.4, ""),
        (Raw("40%"), SHARE, 0.4, "C01"),
        (Raw(0.4), SHARE, 0.4, ""),
        (Raw(0.28), RATE, 0.28, ""),
        (Raw(412.0), PEOPLE, 412, ""),
        (Raw(datetime(2025, 4, 1)), START, APRIL, ""),  # noqa: DTZ001
        (Raw(datetime(2025, 4, 1, 9)), START, APRIL, "D09"),  # noqa: DTZ001
        (Raw("1/4/2025"), START, APRIL, "D01"),
        (Raw(2025), ITEM, "2025", ""),
        (Raw(datetime(2025, 4, 1)), ITEM, "1 Apr 2025", "C18"),  # noqa: DTZ001
        (Raw("2025/26"), YEAR, "2025-26", ""),
        (Raw("2025-2026"), YEAR, "2025-26", ""),
        (Raw("2025–26"), YEAR, "2025-26", ""),
        (Raw("Y"), PRIMARY, True, ""),
        (Raw(value=True), PRIMARY, True, ""),
        (Raw(0), PRIMARY, False, ""),
        (Raw("✓"), PRIMARY, True, ""),
        (Raw(1), GRADE, "1", ""),
        (Raw("North; South ;"), AREAS, ("North", "South"), ""),
    ],
)
def test_cells_are_read_as_meant(cell: Raw, heading: Heading, value: object, note: str) -> None:
    """Typed values for the strict models, with a note where something was understood."""
    read = parse(cell, heading)
    assert read.fault is None
    assert read.value == value
    assert type(read.value) is type(value) or heading is GRADE
    assert (read.note.code if read.note else "") == note


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (Raw(0.125, number_format="0.0%"), "12.5%"),
        (Raw(1200.5, number_format="£#,##0.00"), "£1,200.50"),
        (Raw(1200.5, number_format="#,##0.00"), "1,200.50"),
        (Raw(45748), "45748"),
        (Raw(value=True), "TRUE"),
        (Raw(datetime(2025, 4, 1)), "1 Apr 2025"),  # noqa: DTZ001
        (Raw(datetime(2025, 4, 1, 9, 5)), "1 Apr 2025 09:05"),  # noqa: DTZ001
        (Raw(time(9, 5)), "09:05"),
        (Raw(timedelta(hours=30)), "30 hours"),
        (Raw("a  b\nc"), "a b c"),
        (Raw("x" * 60), "x" * 39 + "…"),
    ],
)
def test_cells_are_quoted_as_they_look(cell: Raw, shown: str) -> None:
    """Messages quote what a reader sees, cut to forty characters."""
    assert as_shown(cell) == shown


def test_serials_are_suggested_only_where_likely() -> None:
    """45748 is 1 April 2025; 12 and half days are no dates."""
    assert date_of_serial(45748) == APRIL
    assert date_of_serial(12) is None
    assert date_of_serial(45748.5) is None


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "#N/A", "plain", "_x000D_"])
def test_text_goes_in_as_text(text: str) -> None:
    """No text becomes a formula, a number or an error value."""
    sheet = Workbook().active
    assert sheet is not None
    cell = sheet["A1"]
    put_text(cell, text)
    assert cell.data_type == "s"
    assert cell.quotePrefix == text.startswith(("=", "+", "-", "@"))
    assert as_shown(Raw(cell.value)) == text


def test_values_go_in_typed() -> None:
    """Dates, money and percentages are numbers with a format, yes and no are words."""
    sheet = Workbook().active
    assert sheet is not None
    for address, value, heading, expected, number_format in (
        ("A1", APRIL, START, APRIL, "d mmm yyyy"),
        ("A2", Decimal("1200.50"), AMOUNT, Decimal("1200.50"), "#,##0.00"),
        ("A3", 0.4, SHARE, 0.4, "0.##########%"),
        ("A4", True, PRIMARY, "Yes", "General"),
        ("A5", ("North", "South"), AREAS, "North; South", "@"),
        ("A6", None, ITEM, None, "@"),
    ):
        put(sheet[address], value, heading)
        assert (sheet[address].value, sheet[address].number_format) == (expected, number_format)
