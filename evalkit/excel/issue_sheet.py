"""The sheet that lists what to change, written straight into the parts of a workbook.

1. It comes first, is one table, and what it echoes is text whatever it looks like.
2. Nothing else of the workbook changes but what must: its list of sheets, its styles, which sheet is open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from evalkit.errors import Issue
from evalkit.excel import theme
from evalkit.excel.addresses import letters
from evalkit.excel.cells import ESCAPABLE, STARTS_A_FORMULA, TEXT_LIMIT
from evalkit.excel.heights import lines
from evalkit.excel.package import DECLARATION, Package, cleaned, links_of, office_prefix
from evalkit.excel.patching import Part
from evalkit.excel.sheets import ISSUES

COLUMNS = (
    ("Severity", 12),
    ("Sheet", 20),
    ("Cell", 16),
    ("Heading", 24),
    ("Found", 46),
    ("Expected", 46),
    ("Fix", 56),
    ("Code", 14),
)
TABLE, SIZE, LINE, TALLEST = "tblIssues", 12, 16, 400
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
TABLE_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
STYLES = (
    *("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"),
    *("tableStyles", "colors", "extLst"),
)


class Looks:
    """Cell styles added to a workbook, each once.

    Parameters
    ----------
    package : Package
    """

    def __init__(self, package: Package) -> None:
        name = package.target(package.workbook, "styles")
        if not name:
            name = package.free("xl/evalkitStyles{}.xml")
            package.make(name, f'{DECLARATION}<styleSheet xmlns="{package.main}"></styleSheet>', STYLES_TYPE)
            package.relate(package.workbook, "styles", name)
        self.part: Part = package.part(name)
        self._added: dict[str, list[str]] = {}
        p = self.p = self.part.prefix
        for kind, entries in _basis().items():  # what the file leaves to be understood comes before ours
            if self.part.root.child(kind) is None:
                self._added[kind] = [re.sub(r"<(/?)(?=\w)", rf"<\1{p}", entry) for entry in entries]
        title, head = self._font(20, theme.STRONG, bold=True), self._font(SIZE, theme.INK, bold=True)
        body, quiet = self._font(SIZE, theme.INK), self._font(SIZE, theme.QUIET)
        link = self._font(SIZE, theme.STRONG, more=f"<{p}u/>")
        soft = self._entry("fills", self._fill(theme.SOFT))
        self.title = self._style(title, parent=self._heading(title))
        self.guide, self.body, self.link = self._style(quiet), self._style(body, wrap=True), self._style(link)
        self.head = self._style(head, fill=soft, wrap=True)
        self.text = self._style(body, wrap=True, more=' quotePrefix="1"')
        self.alert = self._entry("dxfs", f"<{p}dxf>{self._fill(theme.ALERT)}</{p}dxf>")

    def _fill(self, colour: str) -> str:
        p = self.p
        both = f'<{p}fgColor rgb="FF{colour}"/><{p}bgColor rgb="FF{colour}"/>'
        return f'<{p}fill><{p}patternFill patternType="solid">{both}</{p}patternFill></{p}fill>'

    def _font(self, size: int, colour: str, *, bold: bool = False, more: str = "") -> int:
        p, weight = self.p, f"<{self.p}b/>" if bold else ""
        name = f'<{p}name val="{theme.FONT}"/><{p}family val="2"/>'
        looks = f'<{p}sz val="{size}"/><{p}color rgb="FF{colour}"/>{name}'
        return self._entry("fonts", f"<{p}font>{weight}{more}{looks}</{p}font>")

    def _style(self, font: int, *, fill: int = 0, parent: int = 0, wrap: bool = False, more: str = "") -> int:
        align = f'<{self.p}alignment vertical="top"{" wrapText=" + quoteattr("1") if wrap else ""}/>'
        text = (
            f'<{self.p}xf numFmtId="0" fontId="{font}" fillId="{fill}" borderId="0" xfId="{parent}"{more} '
            f'applyFont="1" applyFill="{int(fill > 0)}" applyAlignment="1">{align}</{self.p}xf>'
        )
        return self._entry("cellXfs", text)

    def _heading(self, font: int) -> int:
        """The workbook's own first heading style, added if it has none."""
        held = self.part.root.child("cellStyles")
        for node in held.all("cellStyle") if held else ():
            if node.get("builtinId") == "16":
                return int(node.get("xfId"))
        p = self.p
        base = f'<{p}xf numFmtId="0" fontId="{font}" fillId="0" borderId="0"/>'
        parent = self._entry("cellStyleXfs", base)
        self._entry("cellStyles", f'<{p}cellStyle name="Heading 1" xfId="{parent}" builtinId="16"/>')
        return parent

    def _entry(self, kind: str, text: str) -> int:
        """Number of an entry of the styles, which is added if it is not there."""
        held = self.part.root.child(kind)
        there = [self.part.text(node) for node in held.children] if held else []
        added = self._added.setdefault(kind, [])
        entries = there + added
        if text in entries:
            return entries.index(text)
        added.append(text)
        return len(entries)

    def write(self) -> None:
        """Put what was added into the part."""
        for kind, texts in self._added.items():
            held = self.part.root.child(kind)
            if not texts:
                continue
            if held is None:
                inside = f'<{self.p}{kind} count="{len(texts)}">{"".join(texts)}</{self.p}{kind}>'
                self.part.insert(self.part.root, inside, kind, STYLES)
            else:
                self.part.append(held, "".join(texts))
                self.part.attribute(held, "count", str(len(held.children) + len(texts)))


def _basis() -> dict[str, tuple[str, ...]]:
    """The first entries of each kind of style, which programs take for granted."""
    xf = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"'
    return {
        "fonts": ('<font><sz val="11"/><name val="Arial"/></font>',),
        "fills": tuple(f'<fill><patternFill patternType="{kind}"/></fill>' for kind in ("none", "gray125")),
        "borders": ("<border/>",),
        "cellStyleXfs": (f"{xf}/>",),
        "cellXfs": (f'{xf} xfId="0"/>',),
        "cellStyles": ('<cellStyle name="Normal" xfId="0" builtinId="0"/>',),
    }


@dataclass(frozen=True, slots=True)
class Place:
    """Where the list goes.

    Attributes
    ----------
    title : str
        Sheet name.
    earlier : str
        Part of the list of an earlier copy, which the new one replaces; empty for none.
    """

    title: str = ISSUES
    earlier: str = ""


def write_issue_sheet(
    package: Package,
    place: Place,
    looks: Looks,
    issues: Sequence[Issue],
    told: Sequence[str],
    titles: Mapping[str, str],
) -> None:
    """Add the list of issues, or replace that of an earlier copy.

    Parameters
    ----------
    package : Package
    place : Place
    looks : Looks
    issues : sequence of Issue
    told : sequence of str
        Lines above the table, the first of them the title.
    titles : mapping of str to str
        Sheets of the workbook that cells can be linked to, and their parts.
    """
    sheet = place.earlier or package.free("xl/worksheets/evalkitIssues{}.xml")
    if place.earlier:
        for _, _, part in list(package.relations(sheet)):
            package.drop(part)
        package.make(links_of(sheet), f'{DECLARATION}<Relationships xmlns="{_PACKAGE}"></Relationships>')
    package.make(sheet, "", SHEET_TYPE)
    tables = ""
    if issues:
        table = package.free("xl/tables/evalkitTable{}.xml")
        package.make(table, _table(package, len(told) + 1, len(issues)), TABLE_TYPE)
        key = package.relate(sheet, "table", table)
        tables = f'<tableParts count="1"><tablePart r:id="{key}"/></tableParts>'
    package.make(sheet, _sheet(package, looks, issues, told, titles, tables), SHEET_TYPE)
    if not place.earlier:
        _list_first(package, place.title, sheet)
    _open_on(package, sheet)


_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def _table(package: Package, header: int, rows: int) -> str:
    numbers = [
        int(found[1])
        for name in package.data
        if name.startswith("xl/tables/")
        for found in re.finditer(rb"<(?:\w+:)?table\b[^>]*?\sid=\"(\d+)\"", package.data[name])
    ]
    columns = "".join(f'<tableColumn id="{i}" name="{title}"/>' for i, (title, _) in enumerate(COLUMNS, 1))
    return (
        f'{DECLARATION}<table xmlns="{package.main}" id="{max(numbers, default=0) + 1}" name="{TABLE}" '
        f'displayName="{TABLE}" ref="A{header}:{letters(len(COLUMNS))}{header + rows}" totalsRowShown="0">'
        f'<tableColumns count="{len(COLUMNS)}">{columns}</tableColumns><tableStyleInfo '
        'name="TableStyleLight1" showFirstColumn="0" showLastColumn="0" showRowStripes="0" '
        'showColumnStripes="0"/></table>'
    )


def _sheet(
    package: Package,
    looks: Looks,
    issues: Sequence[Issue],
    told: Sequence[str],
    titles: Mapping[str, str],
    tables: str,
) -> str:
    rows = [_row(1, [(told[0], looks.title)], 30)]
    rows += [_row(n, [(text, looks.guide)]) for n, text in enumerate(told[1:], start=2)]
    header = len(told) + 1
    rows.append(_row(header, [(title, looks.head) for title, _ in COLUMNS]))
    links = []
    for number, issue in enumerate(issues, start=header + 1):
        rows.append(_issue_row(number, issue, looks, linked=issue.sheet in titles))
        if issue.cell and issue.sheet in titles:
            name = issue.sheet.replace("'", "''")
            goal = quoteattr(f"'{name}'!{issue.cell.split(', ')[0]}")
            links.append(f'<hyperlink ref="C{number}" location={goal} tooltip="Go to the cell"/>')
    widths = "".join(
        f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>'
        for i, (_, width) in enumerate(COLUMNS, 1)
    )
    view = '<sheetView showGridLines="0" tabSelected="1" workbookViewId="0"/>'
    return (
        f'{DECLARATION}<worksheet xmlns="{package.main}" xmlns:r="{package.office}"><sheetPr><pageSetUpPr '
        f'fitToPage="1"/></sheetPr><dimension ref="A1:{letters(len(COLUMNS))}{header + len(issues)}"/>'
        f"<sheetViews>{view}</sheetViews><cols>{widths}</cols><sheetData>{''.join(rows)}</sheetData>"
        f"{'<hyperlinks>' + ''.join(links) + '</hyperlinks>' if links else ''}"
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        f"{tables}</worksheet>"
    )


def _issue_row(number: int, issue: Issue, looks: Looks, *, linked: bool) -> str:
    texts = (issue.severity.value, issue.sheet or "the file", issue.cell, issue.heading)
    cells = [
        (text, looks.text if text.startswith(STARTS_A_FORMULA) else looks.body)
        for text in (*texts, issue.found, issue.expected, issue.fix, issue.code)
    ]
    if linked and issue.cell:
        cells[2] = (issue.cell, looks.link)
    tall = max(lines(text, width, SIZE) for (text, _), (_, width) in zip(cells, COLUMNS, strict=True))
    return _row(number, cells, min(LINE * tall, TALLEST))


def _row(number: int, cells: Sequence[tuple[str, int]], height: float = 0) -> str:
    inside = "".join(_cell(f"{letters(i)}{number}", text, s) for i, (text, s) in enumerate(cells, start=1))
    tall = f' ht="{height:g}" customHeight="1"' if height else ""
    return f'<row r="{number}"{tall}>{inside}</row>'


def _cell(address: str, text: str, style: int) -> str:
    if not text:
        return f'<c r="{address}" s="{style}"/>'
    shown = escape(ESCAPABLE.sub("_x005F_", cleaned(text))[:TEXT_LIMIT])
    return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def _list_first(package: Package, title: str, sheet: str) -> None:
    """Enter a sheet before all others; what counts sheets by their place moves on by one."""
    book = package.part(package.workbook)
    sheets = book.root.child("sheets")
    if sheets is None:
        raise ValueError("no sheets")
    number = max(int(node.get("sheetId") or 0) for node in sheets.children) + 1
    key = package.relate(package.workbook, "worksheet", sheet)
    prefix, declared = office_prefix(book, package.office)
    text = f'<{book.prefix}sheet{declared} name={quoteattr(title)} sheetId="{number}" {prefix}:id="{key}"/>'
    book.put(sheets.inside, sheets.inside, text)
    names = book.root.child("definedNames")
    for node in names.children if names else ():
        place = node.get("localSheetId")
        if place:
            book.attribute(node, "localSheetId", str(int(place) + 1))


def _open_on(package: Package, sheet: str) -> None:
    """Let the workbook open on the list, and on no other sheet with it."""
    book = package.part(package.workbook)
    sheets = book.root.child("sheets")
    parts = {key: part for key, _, part in package.relations(package.workbook)}
    order = [parts.get(node.get("id"), "") for node in (sheets.children if sheets else ())]
    place = str(order.index(sheet)) if sheet in order else "0"
    views = book.root.child("bookViews")
    for view in views.children if views else ():
        book.attribute(view, "activeTab", place)
        if view.get("firstSheet"):
            book.attribute(view, "firstSheet", "0")
    for name in order:
        if name and name != sheet and b"tabSelected" in package.raw(name):
            part = package.part(name)
            held = part.root.child("sheetViews")
            for view in held.children if held else ():
                if view.get("tabSelected"):
                    part.attribute(view, "tabSelected", "0")
