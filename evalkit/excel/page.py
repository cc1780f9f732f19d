"""What every generated sheet has in common: lines of text above, a real table, a page that prints.

1. One table a sheet, with a header row, no filter buttons and no merged cells.
2. A4 landscape, as wide as the page, without grid lines.
"""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

TITLE_HEIGHT = 30.0


def cell_at(worksheet: Worksheet, row: int, column: int) -> Cell:
    """The cell at a place that is known not to be merged."""
    cell = worksheet.cell(row, column)
    if not isinstance(cell, Cell):
        raise TypeError(f"{worksheet.title} has merged cells")
    return cell


def write_lines(worksheet: Worksheet, lines: Sequence[tuple[str, str]]) -> None:
    """Write lines of (text, style) down the first column, the first of them the title."""
    for row, (text, style) in enumerate(lines, start=1):
        cell_at(worksheet, row, 1).value = text
        worksheet.cell(row, 1).style = style
    worksheet.row_dimensions[1].height = TITLE_HEIGHT


def mark_table(worksheet: Worksheet, name: str, titles: Sequence[str], header: int, last: int) -> None:
    """Mark rows as a table and leave their looks as they are, for readers who go from table to table."""
    make_table(worksheet, name, titles, header, last)
    worksheet.tables[name].tableStyleInfo = None


def make_table(worksheet: Worksheet, name: str, titles: Sequence[str], header: int, last: int) -> None:
    """Make rows a real Excel table; without filter buttons, since a filter left on hides rows."""
    table = Table(name=name, displayName=name, ref=f"A{header}:{get_column_letter(len(titles))}{last}")
    table.tableColumns = [TableColumn(id=i, name=title) for i, title in enumerate(titles, start=1)]
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    worksheet.add_table(table)


def set_page(worksheet: Worksheet) -> None:
    """Set the sheet up for reading and printing."""
    worksheet.sheet_view.showGridLines = False
    worksheet.page_setup.orientation = "landscape"
    worksheet.page_setup.paperSize = 9  # A4
    worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = 1, 0
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
