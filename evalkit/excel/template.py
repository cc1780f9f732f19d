"""The template: a workbook to fill in, blank or filled with an example, written from the models.

1. Every heading, help text, example, choice and required mark comes from a field definition.
2. The same programme gives the same bytes: no clock, no machine, no hash order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.campaign.fields import Record
from evalkit.campaign.programme import Programme
from evalkit.excel import theme
from evalkit.excel.answers import QUESTIONS
from evalkit.excel.cells import FORMATS, GENERAL, put, put_text
from evalkit.excel.choices import add_validation, blocks_of, fill_lists
from evalkit.excel.finish import Properties, finish
from evalkit.excel.headings import CAMPAIGN_FIELD, Heading, Kind
from evalkit.excel.page import cell_at, make_table, set_page, write_lines
from evalkit.excel.sheets import (
    EXAMPLE_ROW,
    FIRST_ROW,
    HEADER_ROW,
    HELP_ROW,
    LISTS,
    NEEDED_ROW,
    SHEETS,
    START,
    Sheet,
)
from evalkit.excel.start import fill_start

MADE_ON = date(2025, 1, 1)  # a fixed day, so that the same template has the same bytes
SPARE_ROWS = 5
LINE_HEIGHT = 16.0
CHARACTERS = {
    Kind.LONG_TEXT: 46,
    Kind.TEXT: 26,
    Kind.LIST: 26,
    Kind.DATE: 16,
    Kind.MONEY: 18,
    Kind.YEAR: 16,
    Kind.CHOICE: 24,
}
NARROW = 16
EXAMPLE_PREFIX = '"e.g. "'


def write_template(path: str | Path, example: Programme | None = None) -> None:
    """Write the template.

    Parameters
    ----------
    path : str or Path
        Where it goes; a file that is there is replaced.
    example : Programme, optional
        Fills the sheets in; blank otherwise.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    workbook = Workbook()
    theme.add_styles(workbook)
    start = workbook.active
    if not isinstance(start, Worksheet):  # openpyxl's types allow a chart sheet here
        raise TypeError("a new workbook has no worksheet")
    start.title = START
    tables = [(sheet, workbook.create_sheet(sheet.name)) for sheet in SHEETS]
    lists = workbook.create_sheet(LISTS)
    blocks = blocks_of([*(h for s in SHEETS for h in s.headings), *QUESTIONS])
    for sheet, worksheet in tables:
        fill_table(worksheet, sheet, list(rows_of(sheet, example)))
        for number, heading in enumerate(sheet.headings, start=1):
            add_validation(worksheet, number, heading, blocks)
    fill_lists(lists, blocks)
    fill_start(workbook, start, example, blocks)
    finish(workbook, path, properties=_properties(example))


def _properties(example: Programme | None) -> Properties:
    title = f"Evaluation template: {example.heading}" if example else "Evaluation template"
    organisation = example.campaigns[0].organisation if example else "evalkit"
    return Properties(title, organisation, MADE_ON, keywords=("evaluation", "communications", "template"))


def rows_of(sheet: Sheet, programme: Programme | None) -> Iterator[dict[str, object]]:
    """The records of a sheet as rows: field name to value."""
    if programme is None:
        return
    if not sheet.nested:
        yield from (_row(record, sheet) for record in getattr(programme, sheet.part))
        return
    for campaign in programme.campaigns:
        for record in getattr(campaign, sheet.part):
            yield {CAMPAIGN_FIELD: campaign.title, **_row(record, sheet)}


def _row(record: Record, sheet: Sheet) -> dict[str, object]:
    return {h.name: getattr(record, h.name) for h in sheet.headings if not h.nested}


def fill_table(worksheet: Worksheet, sheet: Sheet, rows: list[dict[str, object]]) -> None:
    """Write the guidance, the headings and the rows of one sheet."""
    headings = sheet.headings
    _guidance(worksheet, sheet)
    for number, heading in enumerate(headings, start=1):
        _head(worksheet, number, heading)
    last = HEADER_ROW + max(len(rows) + SPARE_ROWS if rows else 0, sheet.blank_rows)
    for r in range(FIRST_ROW, last + 1):
        row = rows[r - FIRST_ROW] if r - FIRST_ROW < len(rows) else {}
        for number, heading in enumerate(headings, start=1):
            cell = cell_at(worksheet, r, number)
            cell.style = theme.INPUT_CELL
            put(cell, row.get(heading.name), heading)
    heights = [_lines(h.help, _width(h)) for h in headings]
    worksheet.row_dimensions[HELP_ROW].height = LINE_HEIGHT * max(heights)
    worksheet.row_dimensions[EXAMPLE_ROW].height = LINE_HEIGHT * max(
        _lines(_text(h.example), _width(h)) for h in headings
    )
    worksheet.row_dimensions[NEEDED_ROW].height = LINE_HEIGHT * 2
    worksheet.row_dimensions[HEADER_ROW].height = LINE_HEIGHT * 2 + 4
    make_table(worksheet, sheet.table, [h.title for h in headings], HEADER_ROW, last)
    set_page(worksheet)
    worksheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"


def _guidance(worksheet: Worksheet, sheet: Sheet) -> None:
    tier = "Needed for every evaluation." if sheet.basic else f"Optional. What it adds: {sheet.adds}"
    lines = (
        (sheet.name, theme.HEADING_1),
        (f"{sheet.purpose} {tier}", theme.GUIDE),
        (
            f"One table: type or paste from row {FIRST_ROW} down, below the headings. Row {EXAMPLE_ROW} is "
            "an example and is not read. Leave blank what you do not know.",
            theme.GUIDE,
        ),
    )
    write_lines(worksheet, lines)


def _head(worksheet: Worksheet, number: int, heading: Heading) -> None:
    must = heading.need == "Required"
    worksheet.column_dimensions[get_column_letter(number)].width = _width(heading)
    need = cell_at(worksheet, NEEDED_ROW, number)
    need.value = heading.need
    need.style = theme.NEED_REQUIRED if must else theme.NEED_OPTIONAL
    help_cell = cell_at(worksheet, HELP_ROW, number)
    help_cell.value = heading.help
    help_cell.style = theme.HELP
    example = cell_at(worksheet, EXAMPLE_ROW, number)
    example.style = theme.EXAMPLE
    if heading.example is not None:
        put(example, heading.example, heading)
        example.number_format = EXAMPLE_PREFIX + FORMATS.get(heading.kind, GENERAL).replace(
            "0.##########%", "0%"
        )
        if isinstance(example.value, str):
            example.number_format = EXAMPLE_PREFIX + "@"
    title = cell_at(worksheet, HEADER_ROW, number)
    put_text(title, heading.title)
    title.style = theme.COLUMN_REQUIRED if must else theme.COLUMN_OPTIONAL


def _width(heading: Heading) -> int:
    return max(CHARACTERS.get(heading.kind, NARROW), *(len(word) + 3 for word in heading.title.split()))


def _lines(text: str, width: int) -> int:
    """Lines that a wrapped text takes; a little generous, since letters differ in width."""
    lines, used = 1, 0
    for word in text.split():
        if used and used + len(word) + 1 > width - 3:
            lines, used = lines + 1, 0
        used += len(word) + 1
    return lines


def _text(value: object) -> str:
    items: Iterable[object] = value if isinstance(value, tuple) else (value,)
    return "e.g. " + "; ".join(str(getattr(i, "value", i)) for i in items)
