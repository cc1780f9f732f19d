"""One worksheet of a file: its filled cells, as a spreadsheet program saved them.

1. Only what was saved is read: no formula is worked out, no link followed, no document type accepted.
2. What no spreadsheet program writes is damage, with the cell where there is one; it is never passed over.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import IO
from xml.etree.ElementTree import Element, ParseError, fromstring, iterparse

from evalkit.excel.addresses import LAST_ROW, column_number, corners
from evalkit.excel.cells import Raw
from evalkit.excel.row_text import SheetText, cells_of, sheet_text
from evalkit.excel.serials import EPOCH, Shows, moment, shows

NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_IN_CELLS = frozenset({"c", "v", "f", "is"})
_NEVER_EMPTY = ("s", "b", "e")
ALIKE = 100_000  # cells remembered, so that equal ones are read once
ENDLESS = (float("inf"), float("-inf"))
YES = ("1", "true")

Rows = list[tuple[int, dict[int, Raw]]]


class DamageError(Exception):
    """Something that no spreadsheet program writes; `cell` says where, if that is known."""

    def __init__(self, what: str, cell: str = "") -> None:
        super().__init__(what)
        self.cell = cell


@dataclass(frozen=True, slots=True)
class Setting:
    """What the cells of a file refer to.

    Attributes
    ----------
    texts : sequence of str
        Shared texts, by number.
    formats : sequence of str
        Number formats, by number of the cell style.
    epoch : datetime
        Day 0 of the file's calendar.
    struck : frozenset of int
        Cell styles that strike their text through.
    """

    texts: Sequence[str] = ()
    formats: Sequence[str] = ()
    epoch: datetime = EPOCH
    struck: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Content:
    """What one worksheet holds.

    Attributes
    ----------
    rows : list of (int, dict of int to Raw)
        Rows that hold anything, by number, as column number to cell.
    merged : tuple of str
        Ranges.
    hidden : frozenset of int
        Rows that a reader does not see.
    hidden_columns : frozenset of int
    struck : tuple of (int, int)
        Column and row of entries that are struck through.
    last : int
        The last row of any kind, blank ones included.
    """

    rows: Rows
    merged: tuple[str, ...] = ()
    hidden: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    struck: tuple[tuple[int, int], ...] = ()
    last: int = 0


def local(tag: str) -> str:
    """Name of an element of the format without its namespace; empty for an element of another."""
    space, _, name = tag[1:].partition("}")
    return name if space in NAMESPACES else ""


class _Names(dict[str, str]):
    """Names of elements without their namespace, each worked out once."""

    def __missing__(self, tag: str) -> str:
        name = self[tag] = local(tag)
        return name


def text_of(node: Element) -> str:
    """Text of a string item: plain, or in runs with formats of their own.

    Raises
    ------
    DamageError
        If a text stands twice in one place.
    """
    parts: list[str] = []
    plain = 0
    for child in node:
        name = local(child.tag)
        if name == "t":
            parts.append(child.text or "")
            plain += 1
        elif name == "r":
            texts = [t.text or "" for t in child if local(t.tag) == "t"]
            parts += texts
            plain += max(len(texts) - 1, 0)
    if plain > 1 or (plain and len(parts) > 1):
        raise DamageError("a text twice in one cell")
    return "".join(parts)


def read_sheet(stream: IO[bytes], setting: Setting) -> Content:
    """Read the XML of a worksheet.

    Raises
    ------
    DamageError, xml.etree.ElementTree.ParseError
        If it is not as a spreadsheet program writes it.
    """
    data = stream.read()
    found = sheet_text(data)
    if found is not None:
        reader = _Cells(setting, _Names())
        try:
            rows, hidden, last = _read_rows(found, reader)
        except (DamageError, ParseError, ValueError):
            pass  # whatever it is, the parser names it
        else:
            rest = _parsed(found.around, _Cells(setting, _Names()))
            struck = tuple(reader.struck)
            return replace(rest, rows=rows, hidden=frozenset(hidden), struck=struck, last=last)
    return _parsed(data, _Cells(setting, _Names()))


def _read_rows(found: SheetText, reader: _Cells) -> tuple[Rows, list[int], int]:
    """Rows cut out of the text; a row of an unusual form goes through the parser alone."""
    rows: Rows = []
    hidden: list[int] = []
    last = 0
    for attributes, inner, whole in found.rows():
        number = _row_number(attributes, last)
        cells = reader.usual(inner, str(number))
        if cells is None:
            node = fromstring(f"{found.root}{whole}</worksheet>")[0]
            before = reader.taken
            cells = reader.row(node, number)
            if sum(reader.names[n.tag] in _IN_CELLS for n in node.iter()) != reader.taken - before:
                raise DamageError("contents outside their cells")
        if cells:
            rows.append((number, cells))
        if attributes.get("hidden") in YES or attributes.get("ht") == "0":
            hidden.append(number)
        last = number
    return rows, hidden, last


def _parsed(data: bytes, reader: _Cells) -> Content:
    """Read a worksheet by the parser, element by element."""
    rows: Rows = []
    merged: list[str] = []
    hidden: list[int] = []
    hidden_columns: set[int] = set()
    names = reader.names
    last = seen = 0
    events = iterparse(io.BytesIO(data), events=("end",))
    for _, node in events:
        name = names[node.tag]
        if name == "row":
            number = _row_number(node.attrib, last)
            cells = reader.row(node, number)
            if cells:
                rows.append((number, cells))
            if node.get("hidden") in YES or node.get("ht") == "0":
                hidden.append(number)
            last = number
            node.clear()
        elif name in _IN_CELLS:
            seen += 1
        elif name == "mergeCell":
            merged.append(node.get("ref", ""))
        elif name == "col" and node.get("hidden") in YES:
            hidden_columns |= set(range(int(node.get("min", 1)), min(int(node.get("max", 0)), 1000) + 1))
        elif name == "sheetData" and any(names[child.tag] != "row" for child in node):
            raise DamageError("something else between the rows")
    if local(events.root.tag) != "worksheet":  # type: ignore[attr-defined]
        raise DamageError("not a worksheet")
    if seen != reader.taken:
        raise DamageError("cells outside their rows")
    for area in merged:
        corners(area)
    unseen = (frozenset(hidden), frozenset(hidden_columns))
    return Content(rows, tuple(merged), *unseen, tuple(reader.struck), last)


def _row_number(attributes: Mapping[str, str], last: int) -> int:
    text = attributes.get("r")
    number = int(text) if text and text.isascii() and text.isdigit() else last + 1 if text is None else 0
    if not last < number <= LAST_ROW:
        raise DamageError("rows out of order")
    return number


class _Cells:
    """Cells of a sheet to `Raw` cells; keeps the texts of shared formulas."""

    def __init__(self, setting: Setting, names: _Names) -> None:
        self.setting, self.names = setting, names
        self.kinds = [shows(f) for f in setting.formats]
        self.columns: dict[str, int] = {}
        self.shared: dict[str, str] = {}
        self.struck: list[tuple[int, int]] = []
        self.taken = 0  # cells and their contents, so that none is passed over
        self.same: dict[tuple[str | None, ...], Raw | None] = {}  # what cells alike were read as

    def usual(self, inner: str, digits: str) -> dict[int, Raw] | None:
        """Cells of a row of the usual form; None for the parser to look at it.

        Raises
        ------
        DamageError
            As `row`.
        """
        cells = cells_of(inner)
        if cells is None:
            return None
        found: dict[int, Raw] = {}
        after, columns, same, struck = 0, self.columns, self.same, self.setting.struck
        for letters, row, style, kind, saved, text in cells:
            column = columns.get(letters) or self._column(letters, "")
            if column <= after or row != digits:
                raise DamageError("cells out of order")
            after = column
            if saved is None and text is None:
                if kind in _NEVER_EMPTY:
                    raise DamageError("a cell without its content")
                continue
            if (text is not None) != (kind == "inlineStr"):
                raise DamageError("a text where the cell has another kind")
            alike = (kind, style, saved, text)
            try:
                raw = same[alike]
            except KeyError:
                made = self._value((kind or "n", style or "0"), "", saved if text is None else text, "")
                raw = same[alike] = None if made.blank else made
                if len(same) > ALIKE:
                    same.clear()
            if raw is not None:
                found[column] = raw
                if struck and int(style or "0") in struck:
                    self.struck.append((column, int(digits)))
        return found

    def row(self, node: Element, number: int) -> dict[int, Raw]:
        found: dict[int, Raw] = {}
        after, digits, names = 0, str(number), self.names
        for cell in node:
            if names[cell.tag] != "c":
                if names[cell.tag] == "extLst":
                    continue
                raise DamageError("something else between the cells")
            address = cell.get("r")
            column = self._column(address, digits) if address else after + 1
            if column <= after:
                raise DamageError("cells out of order", address or "")
            after = column
            self.taken += 1
            if not len(cell):
                if cell.get("t") in _NEVER_EMPTY:
                    raise DamageError("a cell without its content", address or "")
            else:
                raw = self._cell(cell, address or "")
                if not raw.blank:
                    found[column] = raw
                    if self.setting.struck and int(cell.get("s", "0")) in self.setting.struck:
                        self.struck.append((column, number))
        return found

    def _column(self, address: str, digits: str) -> int:
        text = address.removesuffix(digits)
        column = self.columns.get(text)
        if column is None:
            try:
                column = self.columns[text] = column_number(text)
            except ValueError as error:
                raise DamageError("a cell in another row, or outside the sheet") from error
        return column

    def _cell(self, cell: Element, address: str) -> Raw:
        saved: str | None = None
        formula, parts = "", []
        for child in cell:
            name = self.names[child.tag]
            parts.append(name)
            self.taken += name != "extLst"
            if name == "v":
                saved = child.text or ""
            elif name == "is":
                saved = text_of(child)
            elif name == "f":
                formula = self._formula(child)
            elif name != "extLst":
                raise DamageError("unknown content in a cell", address)
        if len(parts) > 1 and (len(set(parts)) < len(parts) or {"v", "is"} <= set(parts)):
            raise DamageError("two contents in one cell", address)
        if saved is not None and ("is" in parts) != (cell.get("t") == "inlineStr"):
            raise DamageError("a text where the cell has another kind", address)
        return self._value((cell.get("t", "n"), cell.get("s", "0")), address, saved, formula)

    def _formula(self, node: Element) -> str:
        text, shared = node.text or "", node.get("si")
        if shared is not None:
            text = self.shared.setdefault(shared, text) or text
        return f"={text}"

    def _value(self, marks: tuple[str, str], address: str, saved: str | None, formula: str) -> Raw:
        kind, style = marks[0], self._style(marks[1], address)
        number_format = self.setting.formats[style] if self.setting.formats else "General"
        if kind in ("inlineStr", "str"):
            return Raw(saved, number_format=number_format, formula=formula)
        if not saved:
            return Raw(None, formula=formula)
        if kind == "s":
            return Raw(self._shared_text(saved, address), number_format=number_format, formula=formula)
        if kind == "e":
            return Raw(saved, error=True, formula=formula)
        if kind == "b" and saved.strip() in ("0", "1", "true", "false"):
            return Raw(saved.strip() in YES, number_format=number_format, formula=formula)
        if kind == "d":
            return Raw(_iso(saved, address), number_format=number_format, formula=formula)
        if kind != "n":
            raise DamageError("a cell of an unknown type", address)
        return Raw(self._number(saved.strip(), style), number_format=number_format, formula=formula)

    def _style(self, style: str, address: str) -> int:
        if not (style.isascii() and style.isdigit()):
            raise DamageError("a cell without a style", address)
        number = int(style)
        if number >= len(self.setting.formats) and (number or self.setting.formats):
            raise DamageError("a cell without a style", address)
        return number

    def _shared_text(self, saved: str, address: str) -> str:
        number = saved.strip()
        if not (number.isascii() and number.isdigit()) or int(number) >= len(self.setting.texts):
            raise DamageError("a text that is not there", address)
        return self.setting.texts[int(number)]

    def _number(self, text: str, style: int) -> object:
        if not _NUMBER.fullmatch(text):
            return text  # left as text, to be read or named like any other
        number = float(text) if any(c in text for c in ".eE") or len(text) > 17 else int(text)
        kind = self.kinds[style] if self.kinds else Shows.NUMBER
        if number in ENDLESS:
            raise DamageError("a number beyond what a cell can hold")
        return number if kind is Shows.NUMBER else moment(number, kind, self.setting.epoch)


def _iso(text: str, address: str) -> object:
    """A date saved as text, as in Strict Open XML."""
    for read in (datetime.fromisoformat, date.fromisoformat, time.fromisoformat):
        try:
            found = read(text.strip().removesuffix("Z"))
        except ValueError:
            continue
        return found
    raise DamageError("a date that is none", address)


def each(root: Element, name: str) -> Iterator[Element]:
    """All elements of the format of one name, however deep."""
    return (node for node in root.iter() if local(str(node.tag)) == name)
