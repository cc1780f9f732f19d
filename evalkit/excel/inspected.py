"""A workbook as the inspection rules see it, and what a rule finds.

1. Formulas and the values kept beside them are both at hand; nothing is worked out or changed.
2. A file that cannot be opened gives the same message as a template that cannot.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.errors import InputError, TemplateError
from evalkit.excel.opening import DAMAGE
from evalkit.excel.preflight import examine
from evalkit.messages import Severity

UNREADABLE = (*DAMAGE, AttributeError, InvalidFileException, TypeError)
INPUT_STYLE = "Input"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule is not met; an empty sheet means the workbook, an empty cell the sheet."""

    sheet: str = ""
    cell: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """A marked table: its sheet, name and corners."""

    sheet: str
    name: str
    left: int
    top: int
    right: int
    bottom: int


@dataclass
class Book:
    """A workbook opened twice, with its parts as they lie in the file.

    Attributes
    ----------
    path : Path
    book, values : Workbook
        With formulas, and with the values kept beside them.
    parts : dict of str to str
        The XML parts, undecoded ones left out.
    names : tuple of str
        Every part's name.
    """

    path: Path
    book: Workbook
    values: Workbook
    parts: dict[str, str]
    names: tuple[str, ...]

    @property
    def sheets(self) -> list[Worksheet]:
        """Worksheets in order; sheets that are only a chart are left out."""
        return [ws for ws in self.book.worksheets if isinstance(ws, Worksheet)]

    @cached_property
    def cells(self) -> dict[str, list[Cell]]:
        """Every cell with content, by sheet, row by row."""
        return {
            ws.title: [
                c for row in ws.iter_rows() for c in row if isinstance(c, Cell) and c.value not in (None, "")
            ]
            for ws in self.sheets
        }

    @cached_property
    def tables(self) -> dict[str, list[Area]]:
        """Marked tables by sheet."""
        return {
            ws.title: [Area(ws.title, str(t.name), *corners(t.ref)) for t in ws.tables.values()]
            for ws in self.sheets
        }

    @cached_property
    def formulas(self) -> list[tuple[str, Cell, str]]:
        """Sheet, cell and text of every formula."""
        return [
            (title, c, str(getattr(c.value, "text", c.value)))
            for title, cells in self.cells.items()
            for c in cells
            if c.data_type == "f"
        ]

    def drawings(self, sheet: Worksheet) -> Iterator[tuple[str, str]]:
        """Name and text of the drawing parts of a sheet."""
        index = self.book.sheetnames.index(sheet.title) + 1
        links = self.parts.get(f"xl/worksheets/_rels/sheet{index}.xml.rels", "")
        for target in re.findall(r'Target="([^"]*drawings/drawing\d+\.xml)"', links):
            name = f"xl/drawings/{target.rsplit('/', 1)[1]}"
            yield name, self.parts.get(name, "")


def style_of(cell: Cell | MergedCell) -> str:
    """The name of a cell's style; empty where the file names none, as other programs may write it."""
    try:
        return str(cell.style)
    except IndexError:
        return ""


def corners(reference: str) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a range of cells.

    Raises
    ------
    ValueError
        If it is no such range.
    """
    left, top, right, bottom = range_boundaries(reference.replace("$", ""))
    if left is None or top is None or right is None or bottom is None:
        raise ValueError(reference)
    return left, top, right, bottom


def opened(path: str | Path) -> Book:
    """Open a workbook for inspection.

    Raises
    ------
    TemplateError
        If the file is not a workbook.
    InputError
        If it is damaged inside.
    """
    path = Path(path)
    checked = examine(path)
    if any(i.severity is Severity.ERROR for i in checked.issues):
        raise TemplateError(checked.issues)
    try:
        with zipfile.ZipFile(path) as archive:
            names = tuple(archive.namelist())
            parts = {
                n: archive.read(n).decode("utf-8", "replace") for n in names if n.endswith((".xml", ".rels"))
            }
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of what it would lose; nothing is saved here
            book, values = load_workbook(path, rich_text=False), load_workbook(path, data_only=True)
    except UNREADABLE as error:
        raise InputError(
            [f"{path.name} cannot be read as a workbook. Open it in Excel, save it again, and inspect that."]
        ) from error
    return Book(path, book, values, parts, names)
