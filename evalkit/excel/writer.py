"""From sections to sheets: cells go where they say, as they are; nothing is decided or worked out here.

1. Text is written as text, whatever it begins with; only a cell that says so holds a formula.
2. Nothing is merged, hidden, frozen or protected.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as XlCell
from openpyxl.cell.cell import MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.excel import pack_theme, theme
from evalkit.excel.drawing import bars, chart, over_cells
from evalkit.excel.entering import add_limits
from evalkit.excel.finish import CellValue
from evalkit.excel.heights import lines, row_height
from evalkit.excel.page import mark_table
from evalkit.pack.evidence import Book
from evalkit.pack.layout import Placed, Sheet, quoted
from evalkit.pack.sections import ANY, Cell, Look, Value

A3, A4 = 8, 9
TALLEST = 409.0  # points; Excel allows no more
MARGIN = 0.5  # inches
INDENT = 1.2  # units of width that a step of indent takes from a cell
KINDS = {
    "title": theme.HEADING_1,
    "heading": theme.HEADING_2,
    "column heading": pack_theme.COLUMN,
    "figures heading": pack_theme.COLUMN_FIGURES,
    "line": pack_theme.LINE,
}
Cached = dict[str, dict[str, CellValue]]


def build(book: Book) -> tuple[Workbook, Cached, dict[str, list[str]]]:
    """Write a book's sheets.

    Returns
    -------
    The workbook, the value of each formula by sheet and cell, and the charts' descriptions by sheet.
    """
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    pack_theme.add_styles(workbook)
    for sheet in book.sheets:
        workbook.create_sheet(sheet.section.name)
    cached: Cached = {}
    described: dict[str, list[str]] = {}
    for sheet in book.sheets:
        worksheet = workbook[sheet.section.name]
        cached[worksheet.title] = _write(worksheet, sheet)
        described[worksheet.title] = [
            *(c.chart.alt_text for c in sheet.charts),
            *(b.bars.alt_text for b in sheet.bars),
        ]
        for placed in sheet.charts:
            drawn, wide = chart(workbook, placed), sheet.section.widths[: sheet.section.printed]
            drawn.anchor = over_cells(placed.row, placed.chart.rows, wide)
            worksheet.add_chart(drawn)
        for bar in sheet.bars:
            drawn, wide = bars(workbook, bar), sheet.section.widths[: sheet.section.printed]
            drawn.anchor = over_cells(bar.row, bar.bars.rows, wide)
            worksheet.add_chart(drawn)
        _print_set_up(worksheet, sheet)
    workbook.active = 0
    return workbook, cached, described


def _write(worksheet: Worksheet, sheet: Sheet) -> dict[str, CellValue]:
    cached: dict[str, CellValue] = {}
    for column, width in enumerate(sheet.section.widths, start=1):
        worksheet.column_dimensions[get_column_letter(column)].width = width
    for placed in sheet.cells:
        cell = worksheet.cell(placed.row, placed.column)
        cell.style = KINDS.get(placed.kind) or pack_theme.STYLES[placed.cell.look]
        if placed.cell.takes is not None:
            cell.style, cell.alignment = theme.INPUT_CELL, pack_theme.FIGURE
        if placed.kind == "figures heading":
            cell.alignment = pack_theme.FIGURE_HEADING
        _fill(cell, placed.cell)
        if placed.cell.formula:
            cached[cell.coordinate] = _shown(placed)
    for name, area in sheet.tables:
        heads = [str(worksheet.cell(area.top, c).value) for c in range(area.left, area.right + 1)]
        mark_table(worksheet, name, heads, area.top, area.bottom)
    add_limits(worksheet, sheet)
    worksheet.sheet_view.showGridLines = False
    _set_heights(worksheet, sheet)
    return cached


def _set_heights(worksheet: Worksheet, sheet: Sheet) -> None:
    """Give each row the height its text needs."""
    needed: dict[int, float] = {}
    for placed in sheet.cells:
        cell = worksheet.cell(placed.row, placed.column)
        points, bold = float(cell.font.sz or 12), bool(cell.font.b)
        value, count = placed.cell.value, 1
        if cell.alignment.wrap_text and isinstance(value, str):
            width = sheet.section.widths[placed.column - 1] - INDENT * (cell.alignment.indent or 0)
            count = lines(value, width, points, bold=bold)
        needed[placed.row] = max(needed.get(placed.row, 0.0), row_height(count, points))
    for chart_ in sheet.charts:
        needed |= {chart_.row + i: row_height(1, 12) for i in range(chart_.chart.rows)}
    for bar in sheet.bars:
        needed |= {bar.row + i: row_height(1, 12) for i in range(bar.bars.rows)}
    for row, height in needed.items():
        worksheet.row_dimensions[row].height = min(height, TALLEST)


def _fill(cell: XlCell | MergedCell, content: Cell) -> None:
    if content.formula:
        cell.value = content.formula
    elif isinstance(content.value, str):
        cell.value = content.value
        cell.data_type = "s"  # whatever it begins with
        cell.quotePrefix = content.value[:1] in "=+-@\t\r"
    else:
        cell.value = _plain(content.value)
    if content.number_format:
        plain = content.number_format != ANY and ";" not in content.number_format
        cell.number_format = content.number_format + (pack_theme.GAP if plain else "")
    if content.look is Look.LINK:
        place = f"{quoted(content.sheet)}A1"
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=place, display=str(content.value))
        cell.style = pack_theme.STYLES[Look.LINK]


def _plain(value: Value) -> float | int | date | None:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str):
        raise TypeError("text is written as text")
    return value


def _shown(placed: Placed) -> CellValue:
    value = placed.cell.value
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError(f"the formula {placed.cell.formula} comes to nothing")
    return value


def _print_set_up(worksheet: Worksheet, sheet: Sheet) -> None:
    section = sheet.section
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    worksheet.page_setup.paperSize = A4
    worksheet.page_setup.orientation = "landscape" if section.landscape else "portrait"
    worksheet.page_setup.fitToWidth = section.across
    if section.across > 1:
        worksheet.page_setup.paperSize = A3
        worksheet.print_title_cols = "A:A"
    worksheet.page_setup.fitToHeight = 1 if section.one_page else 0
    for side in ("left", "right", "top", "bottom"):
        setattr(worksheet.page_margins, side, MARGIN)
    worksheet.print_area = f"A1:{get_column_letter(section.printed)}{sheet.last_row}"
    if sheet.header_row and not section.one_page and len(section.blocks) <= 2:
        worksheet.print_title_rows = f"{sheet.header_row}:{sheet.header_row}"
