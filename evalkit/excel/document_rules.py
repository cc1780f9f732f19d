"""Accessibility of the document: its properties, its sheets, its way in, and what is not a cell.

1. The rules here and in the three files beside (tables, figures, looks) are those of the Government Analysis
   Function for spreadsheets ("Releasing statistics in spreadsheets") and of WCAG 2.2 where it gives a number.
2. A rule looks at what is in the file; what only a person can judge is no rule here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from evalkit.excel.inspected import Book, Place

VAGUE = {"click here", "here", "link", "more", "read more"}
DRAWN = re.compile(r"<(?:\w+:)?cNvPr\s([^>]*)>")
LONGEST_FILE_NAME = 60
DATED = re.compile(r"final|draft|(?:^|-)v\d|\d{6}|\d{4}-\d\d-\d\d")
OPEN_FORMATS = (".ods", ".csv")


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


def keywords_set(book: Book) -> Iterator[Place]:
    """The document has keywords to be found by, with commas between them."""
    keywords = book.book.properties.keywords or ""
    if not any(word.strip() for word in re.split("[,;]", keywords)):
        yield Place(found="no keywords")


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


def full_size(book: Book) -> Iterator[Place]:
    """Every sheet opens at its full size."""
    for ws in book.sheets:
        if ws.sheet_view.zoomScale not in (None, 100):
            yield Place(ws.title, "", f"a zoom of {ws.sheet_view.zoomScale}%")


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


def sheet_titled(book: Book) -> Iterator[Place]:
    """A1 of every sheet is a title, unlike every other."""
    seen: set[str] = set()
    for ws in book.sheets:
        value = ws["A1"].value
        text = value.strip() if isinstance(value, str) else ""
        if not text or text in seen:
            yield Place(ws.title, "A1", text or "no title")
        seen.add(text)


def cover_first(book: Book) -> Iterator[Place]:
    """The first sheet introduces the rest and holds no figures in tables."""
    for sheet in book.sheets[:1]:
        held = [c for areas in book.tables[sheet.title] for col in book.columns[areas].values() for c in col]
        if any(c.data_type in "nf" for c in held):
            yield Place(sheet.title, "", "figures on the first sheet")


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


def no_headers_or_boxes(book: Book) -> Iterator[Place]:
    """Nothing a reader needs stands in page headers, text boxes or controls."""
    for ws in book.sheets:
        for part in (ws.oddHeader, ws.oddFooter, ws.evenHeader, ws.evenFooter):
            if part and any(getattr(part, side).text for side in ("left", "center", "right")):
                yield Place(ws.title, "", "a page header or footer")
                break
        for _, text in book.drawings(ws):
            if re.search(r"<(?:xdr:)?sp[ >/]", text):
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
    if any(name.endswith("vbaProject.bin") for name in book.names):
        yield Place(found="macros")


def opens_at_the_start(book: Book) -> Iterator[Place]:
    """The workbook opens on its first sheet, one sheet chosen, each at its top left."""
    first = book.sheets[0].title if book.sheets else ""
    if book.book.active is not None and book.book.active.title != first:
        yield Place(book.book.active.title, "", "the sheet it opens on")
    for ws in book.sheets:
        if ws.sheet_view.tabSelected and ws.title != first:
            yield Place(ws.title, "", "a sheet chosen together with another: typing would change both")
        cell = next((s.activeCell for s in ws.sheet_view.selection if s.activeCell), "A1")
        if cell != "A1" and not ws.freeze_panes:
            yield Place(ws.title, cell, "the cell it opens at")


def file_name_plain(book: Book) -> Iterator[Place]:
    """A published file is named in small letters, with dashes, without a version or a day."""
    name = book.path.stem
    plain = re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) and len(name) <= LONGEST_FILE_NAME
    if not plain or DATED.search(name):
        yield Place(found=book.path.name)


def open_format_beside(book: Book) -> Iterator[Place]:
    """A published file is offered in an open format as well."""
    beside = book.path.resolve().parent
    if not any(f.name.startswith(book.path.stem) for end in OPEN_FORMATS for f in beside.glob(f"*{end}")):
        yield Place(found="no .ods or .csv of that name beside it")


def published_without_formulas(book: Book) -> Iterator[Place]:
    """A published file holds values only."""
    for formula in book.formulas[:1]:
        yield Place(formula.sheet, formula.place, f"{len(book.formulas):,} formulas, the first of them here")
