"""Where content stands: from sections to cells with addresses, and from names to references.

1. Blocks follow one another down the sheet, one row free between them; the first column is never empty space.
2. A name that is used and not defined, or defined twice, is an error here, before anything is written.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from evalkit.pack.sections import EMPTY, Bars, Block, Cell, Chart, Heading, Look, Rows, Section, Table, Words

NAME = re.compile(r"\{(\$?)([^{}]+)\}")  # a dollar sign keeps the cell where a formula is copied down
FIRST_ROW = 4  # title, what the sheet holds, a free row
TITLE_CHARACTERS = 0.61  # that a unit of width holds at the size of a title
COUNTED = ("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
WRAPPED_FROM = (
    60  # a first column this wide holds a paragraph in one cell; narrower ones take it line by line
)


@dataclass(frozen=True, slots=True)
class Area:
    """A cell or a range; rows and columns count from 1."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell with its place; `kind` tells headings and column headings from the rest."""

    row: int
    column: int
    cell: Cell
    kind: str = "cell"


@dataclass(frozen=True, slots=True)
class PlacedChart:
    """A chart with its row, its date range and the range of each series."""

    row: int
    chart: Chart
    dates: Area
    series: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class PlacedBars:
    """Bars with their row, and the ranges of labels, of lengths or parts, and of whiskers as far as used."""

    row: int
    bars: Bars
    labels: Area
    values: Area | None = None
    below: Area | None = None
    above: Area | None = None
    parts: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet ready to be written.

    Attributes
    ----------
    section : Section
    cells : tuple of Placed
        Formulas hold A1 references.
    charts : tuple of PlacedChart
    header_row : int or None
        Column headings to repeat on each printed page.
    last_row : int
    tables : tuple of (str, Area)
        Name and place of each table, its heading row included.
    bars : tuple of PlacedBars
    """

    section: Section
    cells: tuple[Placed, ...]
    charts: tuple[PlacedChart, ...]
    header_row: int | None
    last_row: int
    tables: tuple[tuple[str, Area], ...] = ()
    bars: tuple[PlacedBars, ...] = ()


def lay_out(sections: Iterable[Section]) -> tuple[Sheet, ...]:
    """Give every cell its address and every formula its references.

    Raises
    ------
    ValueError
        If a name is defined twice.
    KeyError
        If a name is used and not defined.
    """
    drafts = [_draft(section) for section in sections]
    names: dict[str, Area] = {}
    for draft in drafts:
        for name, area in draft.names:
            if name in names:
                raise ValueError(f"the name {name} is given twice")
            names[name] = area
    return tuple(_resolved(draft, names) for draft in drafts)


@dataclass(slots=True)
class _Draft:
    section: Section
    row: int
    cells: list[Placed]
    charts: list[tuple[int, Chart]]
    names: list[tuple[str, Area]]
    header_row: int | None = None
    tables: list[tuple[str, Area]] = field(default_factory=list)
    bars: list[tuple[int, Bars]] = field(default_factory=list)

    def put(self, row: int, column: int, cell: Cell, kind: str = "cell") -> None:
        self.cells.append(Placed(row, column, cell, kind))
        if cell.name:
            self.names.append((cell.name, Area(self.section.name, row, column, row, column)))


def _draft(section: Section) -> _Draft:
    draft = _Draft(section, FIRST_ROW, [], [], [])
    room = int(sum(section.widths[: section.printed]) * TITLE_CHARACTERS)
    title = textwrap.shorten(section.title, max(room, 24), placeholder=" …")  # in full on the Cover
    draft.put(1, 1, Cell(title), "title")
    for i, line in enumerate(_lines(section, _with_count(section))):
        wraps = section.widths[0] >= WRAPPED_FROM
        draft.put(2 + i, 1, Cell(line, look=Look.QUIET), "cell" if wraps else "line")
        draft.row = FIRST_ROW + i
    for block in section.blocks:
        _place(draft, block)
    return draft


def _with_count(section: Section) -> str:
    """What the sheet holds, and how many tables, for readers who cannot see them at a glance."""
    count = sum(isinstance(b, Table) and bool(b.rows) for b in section.blocks)
    if count == 0 or re.search(r"\bone table\.", section.about, re.IGNORECASE):
        return section.about
    said = COUNTED[count - 1] if count <= len(COUNTED) else str(count)
    return f"{section.about} {said} table{'' if count == 1 else 's'}."


def _lines(section: Section, text: str) -> list[str]:
    if section.widths[0] >= WRAPPED_FROM:
        return [text]
    return textwrap.wrap(text, max(int(sum(section.widths[: section.printed]) * 1.1), 40)) or [""]


def _place(draft: _Draft, block: Block) -> None:
    if isinstance(block, Heading):
        draft.put(draft.row, 1, Cell(block.text), "heading")
        draft.row += 1
        return
    if isinstance(block, Words):
        wide = draft.section.widths[0] >= WRAPPED_FROM
        for line in _lines(draft.section, block.text):
            draft.put(draft.row, 1, Cell(line, look=block.look), "cell" if wide else "line")
            draft.row += 1
        return
    if isinstance(block, Rows):
        for row in block.rows:
            for column, cell in enumerate(row, start=1):
                if cell is not EMPTY:
                    draft.put(draft.row, column, cell)
            draft.row += 1
    elif isinstance(block, Table):
        _place_table(draft, block)
    elif isinstance(block, Bars):
        draft.bars.append((draft.row, block))
        draft.row += block.rows
    else:
        draft.charts.append((draft.row, block))
        draft.row += block.rows
    draft.row += 1


def _place_table(draft: _Draft, table: Table) -> None:
    draft.header_row = draft.header_row or draft.row
    for column, head in enumerate(table.columns, start=1):
        draft.put(
            draft.row, column, Cell(head.title), "figures heading" if head.figures else "column heading"
        )
    top = draft.row + 1
    for i, row in enumerate(table.rows):
        for column, cell in enumerate(row, start=1):
            draft.put(top + i, column, cell)
    bottom = top + len(table.rows) - 1
    if table.rows:
        area = Area(draft.section.name, top - 1, 1, bottom, len(table.columns))
        draft.tables.append((f"table_{re.sub(r'[^A-Za-z0-9]', '_', table.key)}", area))
    for column, head in enumerate(table.columns, start=1):
        if head.key and table.rows:
            name, sheet = f"{table.key}.{head.key}", draft.section.name
            draft.names.append((name, Area(sheet, top, column, bottom, column)))
            draft.names += [  # row 0 is the heading
                (f"{name}.{i}", Area(sheet, top + i - 1, column, top + i - 1, column))
                for i in range(len(table.rows) + 1)
            ]
    draft.row = bottom + 1


def _resolved(draft: _Draft, names: Mapping[str, Area]) -> Sheet:
    sheet = draft.section.name
    cells = tuple(_resolved_cell(p, sheet, names) for p in draft.cells)
    charts = tuple(
        PlacedChart(
            row,
            chart,
            _shortened(names[chart.dates], chart),
            tuple(_shortened(names[s.values], chart) for s in chart.series),
        )
        for row, chart in draft.charts
    )
    last = max([p.row for p in cells] + [c.row + c.chart.rows - 1 for c in charts])
    bars = tuple(_placed_bars(row, b, names) for row, b in draft.bars)
    last = max([last, *(b.row + b.bars.rows - 1 for b in bars)])
    return Sheet(draft.section, cells, charts, draft.header_row, last, tuple(draft.tables), bars)


def _resolved_cell(placed: Placed, sheet: str, names: Mapping[str, Area]) -> Placed:
    """With references in its formula and in what it takes."""
    cell, what = placed.cell, placed.cell.takes
    if cell.formula:
        return replace(placed, cell=replace(cell, formula=_with_references(cell.formula, sheet, names)))
    if what is None or not (what.at_least or what.at_most):
        return placed
    ends = (_with_references(text, sheet, names) for text in (what.at_least, what.at_most))
    at_least, at_most = ends
    return replace(placed, cell=replace(cell, takes=replace(what, at_least=at_least, at_most=at_most)))


def _placed_bars(row: int, b: Bars, names: Mapping[str, Area]) -> PlacedBars:
    def drawn(name: str) -> Area:
        area = names[name]
        return replace(area, bottom=min(area.bottom, area.top + b.most - 1)) if b.most else area

    values, below, above = (drawn(n) if n else None for n in (b.values, b.below, b.above))
    return PlacedBars(row, b, drawn(b.labels), values, below, above, tuple(drawn(s.values) for s in b.parts))


def _shortened(area: Area, chart: Chart) -> Area:
    return replace(area, top=area.top + chart.first)


def _with_references(formula: str, sheet: str, names: Mapping[str, Area]) -> str:
    return NAME.sub(lambda m: reference(names[m[2]], sheet, fixed=bool(m[1])), formula)


def reference(area: Area, sheet: str = "", *, fixed: bool = False) -> str:
    """Write a reference as seen from a sheet: without dollar signs on the same sheet, unless fixed."""
    if not fixed and area.sheet == sheet and (area.top, area.left) == (area.bottom, area.right):
        return f"{letters(area.left)}{area.top}"
    first = f"${letters(area.left)}${area.top}"
    last = (
        f":${letters(area.right)}${area.bottom}" if (area.top, area.left) != (area.bottom, area.right) else ""
    )
    return f"{quoted(area.sheet)}{first}{last}" if area.sheet != sheet else f"{first}{last}"


def quoted(sheet: str) -> str:
    """A sheet's name as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'!"


def letters(column: int) -> str:
    """Column letters: 1 is A, 27 is AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def formulas(sheet: Sheet) -> Iterator[Placed]:
    """The cells of a sheet that hold a formula."""
    return (p for p in sheet.cells if p.cell.formula)
