"""A workbook as the inspection rules see it, and what a rule finds.

1. Formulas and the values kept beside them are both at hand; nothing is worked out or changed.
2. A file that cannot be opened gives the same message as a template that cannot.
3. Only cells that are in the file are looked at: one stray cell in the last row costs nothing.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.sax.saxutils import unescape

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.errors import InputError, TemplateError
from evalkit.excel.opening import DAMAGE
from evalkit.excel.preflight import examine
from evalkit.messages import Severity

# openpyxl passes on whatever its own code meets in a file that is not whole
UNREADABLE = (*DAMAGE, AttributeError, InvalidFileException, OverflowError, RuntimeError, TypeError)
INPUT_STYLE = "Input"
DEFAULT_WIDTH = 8.43  # of a column in Excel, in digits of the default font
MODEL_FORMULAS = 10  # from here on a workbook works something out; fewer are sums of a table


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

    def holds(self, cell: Cell) -> bool:
        """Whether a cell of its sheet lies in it."""
        return self.left <= cell.column <= self.right and self.top <= cell.row <= self.bottom


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula where it stands, and the parts it is made of; none where it is broken off."""

    sheet: str
    cell: Cell
    text: str
    tokens: tuple[Token, ...]

    @property
    def place(self) -> str:
        """The cell's address."""
        return str(self.cell.coordinate)


@dataclass
class Book:
    """A workbook opened twice if it has formulas, with its parts as they lie in the file.

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

    @cached_property
    def sheets(self) -> list[Worksheet]:
        """Worksheets in order; sheets that are only a chart are left out."""
        return [ws for ws in self.book.worksheets if isinstance(ws, Worksheet)]

    @cached_property
    def cells(self) -> dict[str, list[Cell]]:
        """Every cell with content, by sheet, row by row."""
        return {ws.title: list(held_cells(ws)) for ws in self.sheets}

    @cached_property
    def looks(self) -> dict[str, list[Cell]]:
        """The first cell with content of every look on a sheet, for rules on fonts and fills."""
        return {
            title: list({(c.style_id, c.hyperlink is None): c for c in reversed(cells)}.values())
            for title, cells in self.cells.items()
        }

    @cached_property
    def tables(self) -> dict[str, list[Area]]:
        """Marked tables by sheet."""
        return {
            ws.title: [Area(ws.title, str(t.name), *corners(t.ref)) for t in ws.tables.values()]
            for ws in self.sheets
        }

    @property
    def areas(self) -> list[Area]:
        """Every marked table, in the order of the sheets."""
        return [area for areas in self.tables.values() for area in areas]

    @cached_property
    def columns(self) -> dict[Area, dict[int, list[Cell]]]:
        """Below the headings of each table, the cells with content by column."""
        held: dict[Area, dict[int, list[Cell]]] = {
            area: {c: [] for c in range(area.left, area.right + 1)} for area in self.areas
        }
        for sheet, areas in self.tables.items():
            for cell in self.cells[sheet] if areas else ():
                area = next((a for a in areas if a.holds(cell)), None)
                if area is not None and cell.row > area.top:
                    held[area][cell.column].append(cell)
        return held

    def headings(self, area: Area) -> dict[int, str]:
        """The headings of a table by column; empty where a cell holds no text."""
        ws = self.book[area.sheet]
        texts = {c: ws.cell(area.top, c).value for c in range(area.left, area.right + 1)}
        return {c: t if isinstance(t, str) else "" for c, t in texts.items()}

    @cached_property
    def notes(self) -> dict[str, list[tuple[Cell, str]]]:
        """Text outside the tables, by sheet: each cell and what it says."""
        return {
            sheet: [
                (c, c.value)
                for c in cells
                if isinstance(c.value, str)
                and c.data_type != "f"
                and not any(a.holds(c) for a in self.tables[sheet])
            ]
            for sheet, cells in self.cells.items()
        }

    @cached_property
    def formulas(self) -> list[Formula]:
        """Every formula."""
        return [
            Formula(title, c, text, _parts(text))
            for title, cells in self.cells.items()
            for c in cells
            if c.data_type == "f"
            for text in [str(getattr(c.value, "text", c.value))]
        ]

    @property
    def is_model(self) -> bool:
        """Whether it works something out, so that the rules for models apply."""
        return len(self.formulas) >= MODEL_FORMULAS

    @property
    def points(self) -> float:
        """The size of the default font, in whose digits columns are measured."""
        fonts = getattr(self.book, "_fonts", [])
        return float(fonts[0].sz or 11) if fonts else 11.0

    def value(self, sheet: str, cell: Cell) -> object:
        """What a cell shows: its value, or that kept beside its formula."""
        if cell.data_type != "f":
            return cell.value
        return self._beside[sheet].get((cell.row, cell.column))

    @cached_property
    def _beside(self) -> dict[str, dict[tuple[int, int], object]]:
        return {
            ws.title: {(c.row, c.column): c.value for c in held_cells(ws)}
            for ws in self.values.worksheets
            if isinstance(ws, Worksheet)
        }

    def width(self, sheet: str, column: int) -> float:
        """The width of a column, in digits of the default font."""
        for held in self.book[sheet].column_dimensions.values():
            if (held.min or 0) <= column <= (held.max or 0) and held.width:
                return float(held.width)
        return float(self.book[sheet].sheet_format.defaultColWidth or DEFAULT_WIDTH)

    @cached_property
    def _files(self) -> dict[str, str]:
        """The file of each sheet; Excel numbers them in the order in which they were made."""
        links = self.parts.get("xl/_rels/workbook.xml.rels", "")
        target = {
            m["Id"]: m["Target"].rpartition("/")[2]
            for tag in re.findall(r"<(?:\w+:)?Relationship\s[^>]*>", links)
            if {"Id", "Target"} <= (m := dict(re.findall(r'(\w+)="([^"]*)"', tag))).keys()
        }
        sheets = re.findall(r"<(?:\w+:)?sheet\s[^>]*>", self.parts.get("xl/workbook.xml", ""))
        ids = [dict(re.findall(r'([\w:]+)="([^"]*)"', tag)) for tag in sheets]
        return {
            unescape(held.get("name", ""), {"&quot;": '"', "&apos;": "'"}): target.get(
                held.get("r:id", ""), ""
            )
            for held in ids
        }

    def drawings(self, sheet: Worksheet) -> Iterator[tuple[str, str]]:
        """Name and text of the drawing parts of a sheet."""
        links = self.parts.get(f"xl/worksheets/_rels/{self._files.get(sheet.title, '')}.rels", "")
        for target in re.findall(r'Target="([^"]*drawings/drawing\d+\.xml)"', links):
            name = f"xl/drawings/{target.rsplit('/', 1)[1]}"
            yield name, self.parts.get(name, "")


def held_cells(ws: Worksheet) -> Iterator[Cell]:
    """The cells of a sheet that hold something, row by row.

    openpyxl's own `iter_rows` makes every cell up to the last one, which for a sheet with a stray cell at
    its end are thousands of millions.
    """
    for _, cell in sorted(ws._cells.items()):
        if isinstance(cell, Cell) and cell.value not in (None, ""):
            yield cell


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


def _parts(text: str) -> tuple[Token, ...]:
    try:
        return tuple(Tokenizer(text).items)
    except TokenizerError:
        return ()


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
            book = values = load_workbook(path, rich_text=False)
            if any(
                n.startswith("xl/worksheets/") and re.search(r"<(?:\w+:)?f[ >/]", parts[n]) for n in parts
            ):
                values = load_workbook(path, data_only=True)
        found = Book(path, book, values, parts, names)
        _ = (found.cells, found.tables)  # what is damaged inside shows here
    except UNREADABLE as error:
        raise InputError(
            [f"{path.name} cannot be read as a workbook. Open it in Excel, save it again, and inspect that."]
        ) from error
    return found
