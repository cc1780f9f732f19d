"""Opening a workbook: its values and, where there are any, its formulas.

1. openpyxl's many ways to fail on a damaged file become one message; none becomes a traceback.
2. Sheets come back as plain rows of `Raw` cells, so that nothing further on knows openpyxl.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.errors import Issue, make_issue
from evalkit.excel.cells import Raw, raw
from evalkit.excel.preflight import examine

# what openpyxl has been seen to raise on workbooks that Excel would repair
DAMAGE = (
    AttributeError,
    IndexError,
    InvalidFileException,
    KeyError,
    OSError,
    OverflowError,
    ParseError,
    RecursionError,
    TypeError,
    UnicodeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
ROW_LIMIT, COLUMN_LIMIT = 300_000, 400


@dataclass(frozen=True, slots=True)
class Book:
    """An open workbook.

    Attributes
    ----------
    path : Path
    values : Workbook
        Loaded with the saved results of formulas.
    formulas : Workbook or None
        Loaded with the formulas themselves; None where there are none.
    """

    path: Path
    values: Workbook
    formulas: Workbook | None

    def rows(self, sheet: Worksheet) -> Iterator[tuple[int, dict[int, Raw]]]:
        """Rows that hold anything, by number, as column number to cell."""
        twin = (
            self.formulas[sheet.title] if self.formulas and sheet.title in self.formulas.sheetnames else None
        )
        last = min(sheet.max_row, ROW_LIMIT)
        width = min(sheet.max_column, COLUMN_LIMIT)
        for number, cells in enumerate(sheet.iter_rows(min_row=1, max_row=last, max_col=width), start=1):
            row = {}
            for column, cell in enumerate(cells, start=1):
                if cell.value is None and twin is None:
                    continue
                found = raw(cell, _formula(twin, number, column) if twin else "")
                if not found.blank:
                    row[column] = found
            if row:
                yield number, row


def _formula(sheet: Worksheet, row: int, column: int) -> str:
    cell = sheet.cell(row, column)
    if cell.data_type != "f":
        return ""
    return str(getattr(cell.value, "text", cell.value) or "=")


def open_book(path: str | Path) -> tuple[Book | None, tuple[Issue, ...]]:
    """Open a workbook, or say why not."""
    found = examine(path)
    if any(issue.severity.value == "error" for issue in found.issues):
        return None, found.issues
    target = Path(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values = load_workbook(target, data_only=True)
            formulas = load_workbook(target) if found.formulas else None
    except DAMAGE as error:
        mark = zlib.crc32(f"{type(error).__name__} {error}".encode())
        damage = make_issue("F18", reference=f"reference {mark:08x}")
        return None, (*found.issues, damage)
    return Book(target, values, formulas), found.issues
