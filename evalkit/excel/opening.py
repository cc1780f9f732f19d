"""Opening a workbook: its sheets as plain rows of `Raw` cells.

1. Read with the standard library alone: the parts that hold values, never more of the file than its limits.
2. Every way in which a file can be damaged becomes one message, with the cell where there is one.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, fromstring

from evalkit.errors import Issue, make_issue
from evalkit.excel.addresses import corners
from evalkit.excel.preflight import BROKEN, examine
from evalkit.excel.serials import BUILT_IN, EPOCH, EPOCH_1904, GENERAL
from evalkit.excel.sheet_xml import YES, Content, DamageError, Rows, Setting, each, local, read_sheet, text_of

# an archive that is not whole; XML that is none; what no program writes; a part, a style or a sheet that
# another part refers to and that is not there; the disk
DAMAGE = (*BROKEN, ParseError, DamageError, LookupError, OSError)


@dataclass(frozen=True, slots=True)
class Table:
    """An Excel table on a sheet: its corners, and whether its last row holds totals."""

    left: int
    top: int
    right: int
    bottom: int
    totals: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One worksheet.

    Attributes
    ----------
    title : str
    content : Content
    visible : bool
    tables : tuple of Table
    """

    title: str
    content: Content
    visible: bool = True
    tables: tuple[Table, ...] = ()

    @property
    def rows(self) -> Rows:
        """Rows that hold anything, by number, as column number to cell."""
        return self.content.rows


@dataclass(frozen=True, slots=True)
class Book:
    """An open workbook: its worksheets in order; chart sheets and the like are left out."""

    path: Path
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A worksheet as the workbook lists it."""

    title: str
    part: str
    visible: bool


def open_book(path: str | Path) -> tuple[Book | None, tuple[Issue, ...]]:
    """Open a workbook, or say why not."""
    found = examine(path)
    if any(issue.severity.value == "error" for issue in found.issues):
        return None, found.issues
    title, pages = "", []
    try:
        with zipfile.ZipFile(path) as archive:
            parts = _Parts(archive)
            for entry in parts.entries():
                title = entry.title
                pages.append(parts.page(entry))
    except DAMAGE as error:
        mark = zlib.crc32(f"{type(error).__name__} {error}".encode())
        cell = getattr(error, "cell", "")
        damage = make_issue("F18", sheet=title, cell=cell, reference=f"reference {mark:08x}")
        return None, (*found.issues, damage)
    noted = (make_issue("F30"),) if parts.setting.epoch is EPOCH_1904 else ()
    return Book(Path(path), tuple(pages)), (*found.issues, *noted)


class _Parts:
    """The parts of a workbook, found by their relationships."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.name = self._targets("", "officeDocument")[0][1]
        self.root = fromstring(archive.read(self.name))
        if local(self.root.tag) != "workbook":
            raise DamageError("not a workbook")
        settings = next(each(self.root, "workbookPr"), None)
        calendar_1904 = settings is not None and settings.get("date1904") in YES
        formats, struck = self._styles()
        epoch = EPOCH_1904 if calendar_1904 else EPOCH
        self.setting = Setting(tuple(self._texts()), formats, epoch, struck)

    def entries(self) -> tuple[_Entry, ...]:
        """The worksheets in order."""
        kinds = {key: (kind, part) for kind, part, key in self._relations(self.name)}
        found = []
        for node in each(self.root, "sheet"):
            key = next((value for name, value in node.attrib.items() if name.endswith("}id")), "")
            kind, part = kinds[key]
            if kind == "worksheet":
                found.append(_Entry(node.get("name", ""), part, node.get("state", "visible") == "visible"))
        folder = posixpath.join(posixpath.dirname(self.name), "worksheets")
        there = {n for n in self.archive.namelist() if posixpath.dirname(n) == folder}
        if there - {e.part for e in found}:
            raise DamageError("a worksheet that the workbook does not list")
        for names in ([e.title.casefold() for e in found], [e.part for e in found]):
            if len(set(names)) < len(names):
                raise DamageError("a sheet twice")
        return tuple(found)

    def page(self, entry: _Entry) -> Page:
        """Read one worksheet."""
        with self.archive.open(entry.part) as stream:
            content = read_sheet(stream, self.setting)
        tables = tuple(self._table(part) for _, part in self._targets(entry.part, "table"))
        return Page(entry.title, content, entry.visible, tables)

    def _table(self, part: str) -> Table:
        root = fromstring(self.archive.read(part))
        return Table(*corners(root.get("ref", "")), totals=root.get("totalsRowCount", "0") != "0")

    def _targets(self, source: str, kind: str) -> list[tuple[str, str]]:
        found = [(k, part) for k, part, _ in self._relations(source) if k == kind]
        if not source and not found:
            raise DamageError("no workbook")
        return found

    def _relations(self, source: str) -> Iterator[tuple[str, str, str]]:
        """Kind, part and key of whatever a part refers to inside the file."""
        folder, name = posixpath.split(source)
        links = posixpath.join(folder, "_rels", f"{name}.rels")
        if links not in self.archive.namelist():
            return
        for node in fromstring(self.archive.read(links)):
            if node.get("TargetMode") == "External":
                continue
            target = node.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            yield node.get("Type", "").rpartition("/")[2], posixpath.normpath(part), node.get("Id", "")

    def _texts(self) -> Iterator[str]:
        for _, part in self._targets(self.name, "sharedStrings"):
            for item in fromstring(self.archive.read(part)):
                if local(item.tag) == "si":
                    yield text_of(item)

    def _styles(self) -> tuple[tuple[str, ...], frozenset[int]]:
        """Number format of each cell style, and the styles that strike their text through."""
        formats: list[str] = []
        struck: set[int] = set()
        for _, part in self._targets(self.name, "styles"):
            root = fromstring(self.archive.read(part))
            own = {node.get("numFmtId", ""): node.get("formatCode", GENERAL) for node in each(root, "numFmt")}
            fonts = [_strikes(font) for block in each(root, "fonts") for font in block]
            for style in (style for block in each(root, "cellXfs") for style in block):
                if fonts and fonts[int(style.get("fontId", "0"))]:
                    struck.add(len(formats))
                key = style.get("numFmtId", "0")
                formats.append(own.get(key) or BUILT_IN.get(int(key), GENERAL))
        return tuple(formats), frozenset(struck)


def _strikes(font: Element) -> bool:
    return any(local(node.tag) == "strike" and node.get("val", "1") in YES for node in font)
