"""Accessibility of tables: that figures stand in them, how they begin and end, and what stands around them.

1. A table is a range that the file marks as one; a block that only looks like a table is none.
2. Cells that are there to be filled in may be blank.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from openpyxl.utils import get_column_letter

from evalkit.excel.inspected import INPUT_STYLE, Area, Book, Place, style_of

COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
BLANK_REASON = re.compile(r"blank|empty|\[[a-z]\]", re.IGNORECASE)
SOURCE = re.compile(r"\bsources?\b|where .* c[ao]me from", re.IGNORECASE)
MOST_ROWS = 100_000  # of a table, searched for blank cells


def _corner(area: Area) -> str:
    return f"{get_column_letter(area.left)}{area.top}"


def figures_in_tables(book: Book) -> Iterator[Place]:
    """Blocks of figures are marked as tables."""
    for sheet, cells in book.cells.items():
        tables = book.tables[sheet]
        loose = [
            c for c in cells if c.data_type in "nf" and c.column > 1 and not any(t.holds(c) for t in tables)
        ]
        rows = Counter(c.row for c in loose)
        wide = [c for c in loose if rows[c.row] > 1]
        if len({c.row for c in wide}) > 1:
            yield Place(sheet, wide[0].coordinate, "figures outside any table")


def headers_are_text(book: Book) -> Iterator[Place]:
    """Each table has one row of headings: text, each different, none left at its default."""
    for area in book.areas:
        seen = set[str]()
        for column, text in book.headings(area).items():
            known = text.strip().casefold()
            if not known or known in seen or re.fullmatch(r"column\d+", known):
                cell = book.book[area.sheet].cell(area.top, column)
                yield Place(area.sheet, cell.coordinate, str(cell.value or "no heading"))
            seen.add(known)


def table_names_say_something(book: Book) -> Iterator[Place]:
    """Table names are not the program's own."""
    for area in book.areas:
        if re.fullmatch(r"Table\d*", area.name):
            yield Place(area.sheet, _corner(area), area.name)


def no_filters(book: Book) -> Iterator[Place]:
    """No filter buttons: a filter left on hides rows."""
    for ws in book.sheets:
        if ws.auto_filter.ref or any(t.autoFilter for t in ws.tables.values()):
            yield Place(ws.title, "", "filter buttons")


def tables_plain(book: Book) -> Iterator[Place]:
    """Tables have no stripes and no dark style."""
    for ws in book.sheets:
        for table in ws.tables.values():
            style = table.tableStyleInfo
            if style is None or not style.name:
                continue
            if (
                style.showRowStripes
                or style.showColumnStripes
                or not style.name.startswith("TableStyleLight")
            ):
                stripes = "stripes" if style.showRowStripes or style.showColumnStripes else style.name
                yield Place(ws.title, table.ref.split(":")[0], stripes)


def nothing_merged(book: Book) -> Iterator[Place]:
    """No merged cells."""
    for ws in book.sheets:
        for merged in ws.merged_cells.ranges:
            yield Place(ws.title, str(merged.coord), "merged cells")


def _blanks(book: Book, area: Area) -> Iterator[tuple[int, list[str]]]:
    """Rows of a table with the addresses of those of their blank cells that are not there to be filled in."""
    ws = book.book[area.sheet]
    held = {(c.row, c.column) for cells in book.columns[area].values() for c in cells}
    for row in range(area.top + 1, min(area.bottom, area.top + MOST_ROWS) + 1):
        blank = [c for c in range(area.left, area.right + 1) if (row, c) not in held]
        bare = [ws.cell(row, c) for c in blank]
        places = [c.coordinate for c in bare if style_of(c) != INPUT_STYLE]
        if places:
            yield row, places


def no_blank_rows(book: Book) -> Iterator[Place]:
    """No blank row or column inside a table that is not there to be filled in."""
    for area in book.areas:
        wide = area.right - area.left + 1
        row = next((places for _, places in _blanks(book, area) if len(places) == wide), None)
        if row is not None:
            yield Place(area.sheet, row[0], "a blank row in a table")
        for column, cells in book.columns[area].items():
            first = book.book[area.sheet].cell(area.top + 1, column)
            if not cells and style_of(first) != INPUT_STYLE and area.bottom > area.top + 1:
                yield Place(area.sheet, first.coordinate, "a blank column in a table")


def blanks_explained(book: Book) -> Iterator[Place]:
    """Blank cells in a table say why, above it."""
    for area in book.areas:
        blank = next((places[0] for _, places in _blanks(book, area)), None)
        ws = book.book[area.sheet]
        above = " ".join(str(ws.cell(r, 1).value or "") for r in range(1, area.top))
        if blank is not None and not BLANK_REASON.search(above):
            yield Place(area.sheet, blank, "a blank cell without a reason")


def tables_counted(book: Book) -> Iterator[Place]:
    """A sheet with tables says near the top how many, in words."""
    for ws in book.sheets:
        count = len(ws.tables)
        if count == 0:
            continue
        top = " ".join(str(ws.cell(r, 1).value or "") for r in range(1, 7)).casefold()
        said = COUNTED[count] if count < len(COUNTED) else str(count)
        if not re.search(rf"\b({said}|{count}) tables?\b", top):
            yield Place(ws.title, "A2", f"{said} tables, not said")


def tables_at_the_left(book: Book) -> Iterator[Place]:
    """Tables begin in column A."""
    for area in book.areas:
        if area.left != 1:
            yield Place(area.sheet, _corner(area), area.name)


def one_table_a_sheet(book: Book) -> Iterator[Place]:
    """One table a sheet."""
    for ws in book.sheets:
        if len(ws.tables) > 1:
            yield Place(ws.title, "", f"{len(ws.tables)} tables")


def nothing_beside_tables(book: Book) -> Iterator[Place]:
    """Nothing a reader needs stands beside a table, and the workbook says where its figures come from."""
    for sheet, areas in book.tables.items():
        beside = (
            c
            for c, _ in book.notes[sheet]
            if any(a.top <= c.row <= a.bottom and not a.left <= c.column <= a.right for a in areas)
        )
        cell = next(beside, None)
        if cell is not None:
            yield Place(sheet, cell.coordinate, f"text beside a table: {str(cell.value)[:40]}")
    figures = any(
        c.data_type in "nf" for cols in book.columns.values() for held in cols.values() for c in held
    )
    said = [book.headings(a).values() for a in book.areas]
    lines = [text for held in book.notes.values() for _, text in held]
    if figures and not any(SOURCE.search(t) for t in [*lines, *(h for row in said for h in row)]):
        yield Place(found="figures, and nowhere their source")


def nothing_below_tables(book: Book) -> Iterator[Place]:
    """Nothing stands below the last table of a sheet, where a reader no longer looks."""
    for sheet, areas in book.tables.items():
        last = max((a.bottom for a in areas), default=0)
        below = next((c for c in book.cells[sheet] if areas and c.row > last), None)
        if below is not None:
            yield Place(sheet, below.coordinate, f"below the last table: {str(below.value)[:40]}")
