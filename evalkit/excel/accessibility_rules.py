"""Accessibility: one function a rule, each saying where it is not met.

1. The rules are those of the Government Analysis Function for spreadsheets ("Releasing statistics in
   spreadsheets") and of WCAG 2.2 where it gives a number (contrast 4.5 to 1).
2. A rule looks at what is in the file; what only a person can judge is no rule here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter

from evalkit.excel.inspected import INPUT_STYLE, Area, Book, Place, corners, style_of

LEAST_POINTS = 12
SANS = ("Arial", "Aptos", "Calibri", "Helvetica", "Liberation Sans", "Segoe UI", "Tahoma", "Verdana")
COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
VAGUE = {"click here", "here", "link", "more", "read more"}
SYMBOLS = re.compile(r"^(?![£€$%]$)[\W_]+$")  # a currency or per cent is a unit
HEADING_1 = ("Heading 1", "Headline 1")  # as Excel and as openpyxl names it
NOTE = re.compile(r"\[note (\d+)\]", re.IGNORECASE)
DRAWN = re.compile(r"<(?:\w+:)?cNvPr\s([^>]*)>")
LEAST_CONTRAST, LEAST_CONTRAST_LARGE, LARGE = 4.5, 3.0, 18
BLANK_REASON = re.compile(r"blank|empty|\[[a-z]\]", re.IGNORECASE)


def title_set(book: Book) -> Iterator[Place]:
    """The document has a title that is no file name."""
    title = book.book.properties.title or ""
    if not title.strip() or "_" in title or title.lower().endswith(".xlsx"):
        yield Place(found=title or "no title")


def language_set(book: Book) -> Iterator[Place]:
    """The document says its language."""
    if not book.book.properties.language:
        yield Place(found="no language")


def author_is_a_body(book: Book) -> Iterator[Place]:
    """The document names who published it."""
    author = book.book.properties.creator or ""
    if author.strip().lower() in ("", "openpyxl", "user", "author"):
        yield Place(found=author or "no author")


def figures_in_tables(book: Book) -> Iterator[Place]:
    """Blocks of figures are marked as tables."""
    for sheet, cells in book.cells.items():
        loose = [
            c for c in cells if c.data_type in "nf" and c.column > 1 and not _within(c, book.tables[sheet])
        ]
        rows = Counter(c.row for c in loose)
        wide = [c for c in loose if rows[c.row] > 1]
        if len({c.row for c in wide}) > 1:
            yield Place(sheet, wide[0].coordinate, "figures outside any table")


def _within(cell: Cell, tables: list[Area]) -> bool:
    return any(t.left <= cell.column <= t.right and t.top <= cell.row <= t.bottom for t in tables)


def headers_are_text(book: Book) -> Iterator[Place]:
    """Each table has one row of headings: text, each different, none left at its default."""
    for sheet, area in _areas(book):
        ws, seen = book.book[sheet], set[str]()
        for column in range(area.left, area.right + 1):
            cell = ws.cell(area.top, column)
            text = cell.value if isinstance(cell.value, str) else ""
            known = text.strip().casefold()
            if not known or known in seen or re.fullmatch(r"column\d+", known):
                yield Place(sheet, cell.coordinate, str(cell.value or "no heading"))
            seen.add(known)


def _areas(book: Book) -> Iterator[tuple[str, Area]]:
    for sheet, areas in book.tables.items():
        for area in areas:
            yield sheet, area


def nothing_merged(book: Book) -> Iterator[Place]:
    """No merged cells."""
    for ws in book.sheets:
        for merged in ws.merged_cells.ranges:
            yield Place(ws.title, str(merged.coord), "merged cells")


def no_blank_rows(book: Book) -> Iterator[Place]:
    """No blank row or column inside a table that is not there to be filled in."""
    for sheet, area in _areas(book):
        ws = book.book[sheet]
        block = [
            [ws.cell(r, c) for c in range(area.left, area.right + 1)]
            for r in range(area.top + 1, area.bottom + 1)
        ]
        for row in block:
            if all(c.value in (None, "") and style_of(c) != INPUT_STYLE for c in row):
                yield Place(sheet, row[0].coordinate, "a blank row in a table")
                break


def blanks_explained(book: Book) -> Iterator[Place]:
    """Blank cells in a table say why, above it."""
    for sheet, area in _areas(book):
        ws = book.book[sheet]
        blank = next(
            (
                ws.cell(r, c)
                for r in range(area.top + 1, area.bottom + 1)
                for c in range(area.left, area.right + 1)
                if ws.cell(r, c).value in (None, "") and style_of(ws.cell(r, c)) != INPUT_STYLE
            ),
            None,
        )
        above = " ".join(str(ws.cell(r, 1).value or "") for r in range(1, area.top))
        if blank is not None and not BLANK_REASON.search(above):
            yield Place(sheet, blank.coordinate, "a blank cell without a reason")


def no_lone_symbols(book: Book) -> Iterator[Place]:
    """No table cell holds a symbol alone."""
    for sheet, area in _areas(book):
        for cell in book.cells[sheet]:
            if isinstance(cell.value, str) and SYMBOLS.match(cell.value) and _within(cell, [area]):
                yield Place(sheet, cell.coordinate, cell.value)


def nothing_hidden(book: Book) -> Iterator[Place]:
    """No sheet, row or column is hidden."""
    for ws in book.sheets:
        if ws.sheet_state != "visible":
            yield Place(ws.title, "", "a hidden sheet")
        for letter, column in ws.column_dimensions.items():
            if column.hidden:
                yield Place(ws.title, f"{letter}1", "a hidden column")
        for row, dimension in ws.row_dimensions.items():
            if dimension.hidden:
                yield Place(ws.title, f"A{row}", "a hidden row")


def nothing_frozen(book: Book) -> Iterator[Place]:
    """No frozen panes."""
    for ws in book.sheets:
        if ws.freeze_panes:
            yield Place(ws.title, str(ws.freeze_panes), "frozen panes")


def text_wraps(book: Book) -> Iterator[Place]:
    """Text in tables fits its column or wraps."""
    for sheet, cells in book.cells.items():
        ws = book.book[sheet]
        for cell in cells:
            if not isinstance(cell.value, str) or cell.data_type == "f" or cell.alignment.wrap_text:
                continue
            width = ws.column_dimensions[get_column_letter(cell.column)].width or 8.43
            if len(cell.value) > width * 1.25 and _within(cell, book.tables[sheet]):
                yield Place(sheet, cell.coordinate, f"{len(cell.value)} characters in a column of {width:g}")


def sheet_titled(book: Book) -> Iterator[Place]:
    """A1 of every sheet is a title, unlike every other."""
    seen: set[str] = set()
    for ws in book.sheets:
        value = ws["A1"].value
        text = value.strip() if isinstance(value, str) else ""
        if not text or text in seen:
            yield Place(ws.title, "A1", text or "no title")
        seen.add(text)


def titles_tagged(book: Book) -> Iterator[Place]:
    """The title is tagged as a heading."""
    for ws in book.sheets:
        cell = ws["A1"]
        if isinstance(cell.value, str) and style_of(cell) not in HEADING_1:
            yield Place(ws.title, "A1", f"style {style_of(cell)}")


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
    for sheet, area in _areas(book):
        if area.left != 1:
            yield Place(sheet, f"{get_column_letter(area.left)}{area.top}", area.name)


def one_table_a_sheet(book: Book) -> Iterator[Place]:
    """One table a sheet."""
    for ws in book.sheets:
        if len(ws.tables) > 1:
            yield Place(ws.title, "", f"{len(ws.tables)} tables")


def table_names_say_something(book: Book) -> Iterator[Place]:
    """Table names are not the program's own."""
    for sheet, area in _areas(book):
        if re.fullmatch(r"Table\d*", area.name):
            yield Place(sheet, f"{get_column_letter(area.left)}{area.top}", area.name)


def no_filters(book: Book) -> Iterator[Place]:
    """No filter buttons: a filter left on hides rows."""
    for ws in book.sheets:
        if ws.auto_filter.ref or any(t.autoFilter for t in ws.tables.values()):
            yield Place(ws.title, "", "filter buttons")


def sheet_names_describe(book: Book) -> Iterator[Place]:
    """Sheet names describe what they hold."""
    for ws in book.sheets:
        name = ws.title
        if name != name.strip() or re.fullmatch(r"Sheet ?\d*", name) or name[0].isdigit():
            yield Place(name, "", name)


def no_blank_sheet(book: Book) -> Iterator[Place]:
    """No sheet is blank."""
    for title, cells in book.cells.items():
        if not cells:
            yield Place(title, "", "a blank sheet")


def cover_first(book: Book) -> Iterator[Place]:
    """The first sheet introduces the rest and holds no figures in tables."""
    first = book.sheets[0]
    held = [c for c in book.cells[first.title] if _within(c, book.tables[first.title])]
    if any(c.data_type in "nf" for c in held):
        yield Place(first.title, "", "figures on the first sheet")


def contents_listed(book: Book) -> Iterator[Place]:
    """A workbook of more than five sheets lists them, each with a link."""
    if len(book.sheets) <= 5:
        return
    linked = {
        (c.hyperlink.location or "").rpartition("!")[0].strip("'")
        for cells in book.cells.values()
        for c in cells
        if c.hyperlink
    }
    for ws in book.sheets[2:]:
        if ws.title not in linked:
            yield Place(ws.title, "", "no link leads here")


def links_described(book: Book) -> Iterator[Place]:
    """The text of a link says where it leads."""
    for sheet, cells in book.cells.items():
        for cell in cells:
            if cell.hyperlink and (
                str(cell.value).strip().lower() in VAGUE or re.match(r"https?://", str(cell.value))
            ):
                yield Place(sheet, cell.coordinate, str(cell.value))


def notes_resolve(book: Book) -> Iterator[Place]:
    """Every note that is referred to is there."""
    listed = {
        m[1]
        for title, cells in book.cells.items()
        if "note" in title.casefold()
        for c in cells
        if (m := NOTE.search(str(c.value)) or re.fullmatch(r"(?:note )?(\d+)", str(c.value).lower()))
    }
    for sheet, cells in book.cells.items():
        for cell in cells:
            for marker in NOTE.findall(str(cell.value)) if "note" not in sheet.casefold() else ():
                if marker not in listed:
                    yield Place(sheet, cell.coordinate, f"[note {marker}]")


def large_enough(book: Book) -> Iterator[Place]:
    """Text is 12 points or more."""
    for sheet, cells in book.cells.items():
        for cell in cells:
            if float(cell.font.sz or 11) < LEAST_POINTS:
                yield Place(sheet, cell.coordinate, f"{cell.font.sz} points")
                break


def sans_serif(book: Book) -> Iterator[Place]:
    """Text has no serifs."""
    for sheet, cells in book.cells.items():
        for cell in cells:
            if cell.font.name and cell.font.name not in SANS:
                yield Place(sheet, cell.coordinate, cell.font.name)
                break


def upright(book: Book) -> Iterator[Place]:
    """No italics, no underlining but of links, no turned or spaced-out text."""
    for sheet, cells in book.cells.items():
        for cell in cells:
            spaced = isinstance(cell.value, str) and re.fullmatch(r"(?:[A-Za-z] ){3,}[A-Za-z]", cell.value)
            lined = cell.font.u and not cell.hyperlink
            if cell.font.i or lined or cell.alignment.textRotation or spaced:
                yield Place(sheet, cell.coordinate, str(cell.value)[:40])
                break


def contrast(book: Book) -> Iterator[Place]:
    """Text stands out from its background."""
    for sheet, cells in book.cells.items():
        for cell in cells:
            ink, paper = _rgb(cell.font.color, "000000"), "FFFFFF"
            if cell.fill.fill_type == "solid":
                paper = _rgb(cell.fill.start_color, "FFFFFF")
            least = LEAST_CONTRAST_LARGE if float(cell.font.sz or 11) >= LARGE else LEAST_CONTRAST
            if _ratio(ink, paper) < least:
                yield Place(sheet, cell.coordinate, f"contrast {_ratio(ink, paper):.1f} to 1")


def _rgb(colour: object, otherwise: str) -> str:
    value = getattr(colour, "rgb", None)
    kind = getattr(colour, "type", "")
    return value[-6:] if kind == "rgb" and isinstance(value, str) else otherwise


def _ratio(ink: str, paper: str) -> float:
    bright, dark = sorted((_luminance(ink), _luminance(paper)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def colour_not_alone(book: Book) -> Iterator[Place]:
    """A cell that is coloured by its value also holds a word or a number."""
    for ws in book.sheets:
        for ranged in ws.conditional_formatting:
            try:
                left, top, right, bottom = corners(str(ranged.sqref).split()[0])
            except ValueError:  # whole columns or rows, which a rule on single cells cannot judge
                continue
            for row in ws.iter_rows(top, min(bottom, ws.max_row), left, min(right, ws.max_column)):
                blank = [c for c in row if c.value in (None, "") and style_of(c) != INPUT_STYLE]
                if blank:
                    yield Place(ws.title, blank[0].coordinate, "a colour without a word")
                    break


def no_headers_or_boxes(book: Book) -> Iterator[Place]:
    """Nothing a reader needs stands in page headers, text boxes or controls."""
    for ws in book.sheets:
        for part in (ws.oddHeader, ws.oddFooter, ws.evenHeader, ws.evenFooter):
            if part and any(getattr(part, side).text for side in ("left", "center", "right")):
                yield Place(ws.title, "", "a page header or footer")
                break
        for _, text in book.drawings(ws):
            if "<xdr:sp>" in text or "<xdr:sp " in text:
                yield Place(ws.title, "", "a text box")
    for name in book.names:
        if name.startswith("xl/ctrlProps/"):
            yield Place(found="form controls")
            break


def pictures_described(book: Book) -> Iterator[Place]:
    """Every chart and picture has a description, and every chart its titles."""
    for ws in book.sheets:
        for _, text in book.drawings(ws):
            for attributes in DRAWN.findall(text):
                described = re.search(r'descr="([^"]*)"', attributes)
                if not described or not described[1].strip():
                    yield Place(ws.title, "", "a chart or picture without a description")
    for name, text in book.parts.items():
        if re.fullmatch(r"xl/charts/chart\d+\.xml", name):
            axes = len(re.findall(r"<(?:c:)?(?:catAx|valAx|dateAx)>", text))
            titles = len(re.findall(r"<(?:c:)?title>", text))
            if titles < 1 + min(axes, 2):
                yield Place(found=f"{name.rsplit('/', 1)[1]} has no title, or an axis has none")


def no_macros(book: Book) -> Iterator[Place]:
    """No macros."""
    if "xl/vbaProject.bin" in book.names:
        yield Place(found="macros")


def opens_at_the_start(book: Book) -> Iterator[Place]:
    """The workbook opens on its first sheet."""
    if book.book.active is not None and book.book.active.title != book.sheets[0].title:
        yield Place(book.book.active.title, "", "the sheet it opens on")
