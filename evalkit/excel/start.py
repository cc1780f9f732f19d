"""The first sheet: which template this is, what to fill in and in which order.

1. Somebody who reads only this sheet can fill in the Basic tier.
2. What it says of a sheet or a column is read from the table of sheets.
"""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.packaging.custom import CustomPropertyList, StringProperty
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.campaign.programme import Programme
from evalkit.campaign.versions import SCHEMA_VERSION
from evalkit.excel import theme
from evalkit.excel.answers import ANSWERS_TITLE, QUESTIONS
from evalkit.excel.cells import put
from evalkit.excel.choices import Block, validation
from evalkit.excel.page import cell_at, set_page, write_lines
from evalkit.excel.sheets import FIRST_ROW, SHEETS, START, TEMPLATE_ID, Sheet, programme_headings
from evalkit.excel.versions import TEMPLATE_LABEL, VERSION_LABEL

PROPERTY = "evalkit template"
WIDTHS = {"A": 26, "B": 34, "C": 70, "D": 30}
LINE = 16.0

TYPING = (
    ("Cells to fill in", "They are light yellow with a thin border, on every sheet below the headings."),
    ("Dates", "Day, month, year: 1/4/2025. For figures, the first day of each month, week or quarter."),
    ("Money", "Pounds, without VAT that comes back: 1200 or 1200.50. No words in the cell."),
    ("A figure you do not have", "Keep the row with its date and leave Value blank. Never type 0 for a gap."),
    ("A figure that is withheld", "Leave Value blank and choose suppressed in the Flag column."),
    (
        "Pasting from elsewhere",
        "Paste values below the headings. Extra rows are fine; the table grows with them.",
    ),
    ("Headings", "Leave the words as they are. Columns may be moved; your own extra columns are not read."),
    ("Colours and comments", "They are not read. What a reader should know belongs in a Note column."),
    ("How far back", "Two years before the start, or more, and every figure since. The more, the surer."),
)


def fill_start(
    workbook: Workbook, worksheet: Worksheet, programme: Programme | None, blocks: dict[str, Block]
) -> None:
    """Write the first sheet; `blocks` are the lists that its drop-downs offer."""
    for letter, width in WIDTHS.items():
        worksheet.column_dimensions[letter].width = width
    row = _top(worksheet)
    row = _steps(worksheet, row)
    row = _own_fields(workbook, worksheet, row, programme)
    row = _answers(workbook, worksheet, row, blocks)
    row = _optional_sheets(worksheet, row)
    row = _section(worksheet, row, "How to type")
    for label, text in TYPING:
        row = _line(worksheet, row, label, text)
    _marker(workbook, worksheet, row + 1)
    set_page(worksheet)


def _top(worksheet: Worksheet) -> int:
    basic = sum(sheet.basic for sheet in SHEETS)
    lines = (
        ("What did the campaign change?", theme.HEADING_1),
        (
            "Fill in this workbook to find out what a communications campaign changed in a service's own "
            "figures, how sure that is, and what it cost.",
            theme.GUIDE,
        ),
        (
            f"{_number(basic)} sheets are enough for a first answer: steps 1 to {basic}. Everything else is "
            "optional and says what it adds.",
            theme.GUIDE,
        ),
    )
    write_lines(worksheet, lines)
    return len(lines) + 2


def _number(n: int) -> str:
    return {3: "Three", 4: "Four", 5: "Five"}.get(n, str(n))


def _section(worksheet: Worksheet, row: int, title: str, *headings: str) -> int:
    worksheet.cell(row, 1, title).style = theme.HEADING_2
    worksheet.row_dimensions[row].height = 26
    for number, heading in enumerate(headings, start=1):
        worksheet.cell(row + 1, number, heading).style = theme.COLUMN_OPTIONAL
    return row + 1 + bool(headings)


def _steps(worksheet: Worksheet, row: int) -> int:
    row = _section(
        worksheet, row, "Step by step", "Step", "Sheet", "What to enter", "Who usually fills it in"
    )
    for step, sheet in enumerate((s for s in SHEETS if s.basic), start=1):
        needed = "; ".join(h.title for h in sheet.headings if h.need == "Required")
        _cells(
            worksheet,
            row,
            f"Step {step}",
            sheet.name,
            f"{sheet.purpose} Fill in: {needed}.",
            sheet.filled_in_by,
        )
        _link(cell_at(worksheet, row, 2), sheet)
        row += 1
    text = "Save the file and have it checked (evalkit check). Anything to change is listed cell by cell."
    _cells(worksheet, row, f"Step {step + 1}", "Check", text, "Communications")
    return row + 2


def _cells(worksheet: Worksheet, row: int, *texts: str) -> None:
    for number, text in enumerate(texts, start=1):
        worksheet.cell(row, number, text).style = theme.LABEL if number == 1 else theme.BODY
    widths = list(WIDTHS.values())
    lines = max(-(-len(t) // (w - 6)) for t, w in zip(texts, widths, strict=False))
    worksheet.row_dimensions[row].height = LINE * lines + 4


def _link(cell: Cell, sheet: Sheet) -> None:
    cell.hyperlink = Hyperlink(
        ref=cell.coordinate, location=f"'{sheet.name}'!A{FIRST_ROW}", tooltip=f"Go to {sheet.name}"
    )
    cell.style = theme.LINK


def _own_fields(workbook: Workbook, worksheet: Worksheet, row: int, programme: Programme | None) -> int:
    row = _section(worksheet, row, "About this evaluation", "What", "Your entry", "Help")
    for heading in programme_headings():
        _cells(worksheet, row, heading.title, "", heading.help)
        cell = cell_at(worksheet, row, 2)
        cell.style = theme.INPUT_CELL
        put(cell, getattr(programme, heading.name) if programme else None, heading)
        worksheet.add_data_validation(validation(heading, {}, cell.coordinate))
        _name(workbook, f"programme_{heading.name}", cell)
        row += 1
    return row + 1


def _answers(workbook: Workbook, worksheet: Worksheet, row: int, blocks: dict[str, Block]) -> int:
    """The cells in which a check's questions are answered; blank until one is asked."""
    row = _section(worksheet, row, ANSWERS_TITLE, "Question about", "Your answer", "Help")
    for question in QUESTIONS:
        _cells(worksheet, row, question.title, "", f"Leave blank unless asked. {question.help}")
        cell = cell_at(worksheet, row, 2)
        cell.style = theme.INPUT_CELL
        put(cell, None, question)
        worksheet.add_data_validation(validation(question, blocks, cell.coordinate))
        _name(workbook, f"answer_{question.name}", cell)
        row += 1
    return row + 1


def _name(workbook: Workbook, name: str, cell: Cell) -> None:
    ref = f"'{START}'!${cell.column_letter}${cell.row}"
    workbook.defined_names[name] = DefinedName(name, attr_text=ref)


def _optional_sheets(worksheet: Worksheet, row: int) -> int:
    row = _section(
        worksheet,
        row,
        "If you have more",
        "When",
        "Sheet",
        "What it holds, and what it adds",
        "Who usually fills it in",
    )
    for sheet in (s for s in SHEETS if not s.basic):
        tiers = [h.tier for h in sheet.headings if h.tier is not None]
        when = f"From {min(tiers, key=lambda t: t.rank).value}" if tiers else "Optional"
        when = "Optional" if sheet.part == "comparisons" else when
        _cells(worksheet, row, when, sheet.name, f"{sheet.purpose} {sheet.adds}", sheet.filled_in_by)
        _link(cell_at(worksheet, row, 2), sheet)
        row += 1
    return row + 1


def _line(worksheet: Worksheet, row: int, label: str, text: str) -> int:
    """A label and a sentence that runs on to the right."""
    worksheet.cell(row, 1, label).style = theme.LABEL
    worksheet.cell(row, 2, text).style = theme.GUIDE
    return row + 1


def _marker(workbook: Workbook, worksheet: Worksheet, row: int) -> None:
    """Say which template this is, where people and programs can see it."""
    row = _section(worksheet, row, "About this template")
    for label, value, name in (
        (TEMPLATE_LABEL, TEMPLATE_ID, "template_id"),
        (VERSION_LABEL, SCHEMA_VERSION, "template_version"),
    ):
        worksheet.cell(row, 1, label).style = theme.LABEL
        cell = cell_at(worksheet, row, 2)
        put(cell, value)
        cell.style = theme.BODY
        _name(workbook, name, cell)
        row += 1
    properties: CustomPropertyList[Any] = workbook.custom_doc_props  # type: ignore[attr-defined]
    properties.append(StringProperty(name=PROPERTY, value=f"{TEMPLATE_ID} {SCHEMA_VERSION}"))
