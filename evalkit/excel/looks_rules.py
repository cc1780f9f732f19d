"""Accessibility of looks: fonts, widths, colours, headings.

1. A look that many cells share is named once for each sheet, at the first of them.
2. Contrast is worked out as WCAG 2.2 defines it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from openpyxl.utils import get_column_letter

from evalkit.excel.inspected import INPUT_STYLE, Book, Place, corners, style_of
from evalkit.excel.shown import shown

LEAST_POINTS = 12
SANS = ("Arial", "Aptos", "Calibri", "Helvetica", "Liberation Sans", "Segoe UI", "Tahoma", "Verdana")
HEADING_1 = ("Heading 1", "Headline 1")  # as Excel and as openpyxl names it
HEADING = re.compile(r"Head(?:ing|line) [1-4]")
LEAST_CONTRAST, LEAST_CONTRAST_LARGE, LARGE = 4.5, 3.0, 18
NARROWEST, WIDEST = 8.0, 80.0
SPARE = 1.0  # digits by which a column may look too narrow before it is said to be


def text_wraps(book: Book) -> Iterator[Place]:
    """Text in tables fits its column or wraps."""
    for area, columns in book.columns.items():
        for column, cells in columns.items():
            width = book.width(area.sheet, column)
            for cell in [book.book[area.sheet].cell(area.top, column), *cells]:
                text = cell.value
                if (
                    isinstance(text, str)
                    and len(text) > width * 1.25
                    and cell.data_type != "f"
                    and not cell.alignment.wrap_text
                ):
                    yield Place(
                        area.sheet, cell.coordinate, f"{len(text)} characters in a column of {width:g}"
                    )


def widths_sensible(book: Book) -> Iterator[Place]:
    """Columns are wide enough for their figures, and those of tables not too wide to be followed."""
    normal = book.points
    for sheet, cells in book.cells.items():
        widths: dict[int, float] = {}
        tight: Place | None = None
        for cell in cells:
            if cell.column not in widths:
                widths[cell.column] = book.width(sheet, cell.column)
            if tight is not None or cell.data_type not in "nfd":
                continue
            text, width = shown(book.value(sheet, cell), cell.number_format), widths[cell.column]
            if len(text) > (width + SPARE) / 2 and (  # twice the default font is the largest that is met
                len(text) * float(cell.font.sz or normal) / normal > width + SPARE
            ):
                tight = Place(sheet, cell.coordinate, f"{text} in a column of {width:g}")
                yield tight
        tables = book.tables[sheet]
        for column, width in widths.items():
            wide = width > WIDEST and any(t.left <= column <= t.right for t in tables)
            if width < NARROWEST or wide:
                yield Place(sheet, f"{get_column_letter(column)}1", f"a column of {width:g}")


def titles_tagged(book: Book) -> Iterator[Place]:
    """The title is tagged as a heading."""
    for ws in book.sheets:
        cell = ws["A1"]
        if isinstance(cell.value, str) and style_of(cell) not in HEADING_1:
            yield Place(ws.title, "A1", f"style {style_of(cell)}")


def headings_plain(book: Book) -> Iterator[Place]:
    """Headings are in a plain font of 12 points or more, without lines below or around them."""
    for sheet, cells in book.looks.items():
        for cell in cells:
            if not HEADING.fullmatch(style_of(cell)):
                continue
            border, font = cell.border, cell.font
            sides = [getattr(border, s) for s in ("left", "right", "top", "bottom")]
            lined = any(side is not None and side.style for side in sides)
            if lined or font.u or float(font.sz or 11) < LEAST_POINTS or not _plain(font.name):
                found = "a line at a heading" if lined or font.u else f"a heading in {font.name} {font.sz:g}"
                yield Place(sheet, cell.coordinate, found)


def _plain(font: str | None) -> bool:
    return not font or font in SANS


def large_enough(book: Book) -> Iterator[Place]:
    """Text is 12 points or more."""
    for sheet, cells in book.looks.items():
        small = [c for c in cells if float(c.font.sz or 11) < LEAST_POINTS]
        for cell in small[:1]:
            yield Place(sheet, cell.coordinate, f"{cell.font.sz} points")


def sans_serif(book: Book) -> Iterator[Place]:
    """Text has no serifs."""
    for sheet, cells in book.looks.items():
        for cell in [c for c in cells if not _plain(c.font.name)][:1]:
            yield Place(sheet, cell.coordinate, cell.font.name)


def upright(book: Book) -> Iterator[Place]:
    """No italics, no underlining but of links, no turned or spaced-out text."""
    for sheet, cells in book.looks.items():
        turned = [c for c in cells if c.font.i or (c.font.u and not c.hyperlink) or c.alignment.textRotation]
        spaced = (
            c
            for c in book.cells[sheet]
            if isinstance(c.value, str) and re.fullmatch(r"(?:[A-Za-z] ){3,}[A-Za-z]", c.value)
        )
        for cell in turned[:1] or [c for c in [next(spaced, None)] if c is not None]:
            yield Place(sheet, cell.coordinate, str(cell.value)[:40])


def contrast(book: Book) -> Iterator[Place]:
    """Text stands out from its background."""
    for sheet, cells in book.looks.items():
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


def no_fills(book: Book) -> Iterator[Place]:
    """No background colours or patterns, but where something is to be filled in."""
    for sheet, cells in book.looks.items():
        filled = [c for c in cells if c.fill.fill_type and style_of(c) != INPUT_STYLE]
        for cell in filled[:1]:
            yield Place(sheet, cell.coordinate, f"a background, {cell.fill.fill_type}")


def colour_not_alone(book: Book) -> Iterator[Place]:
    """A cell that is coloured by its value also holds a word or a number."""
    for ws in book.sheets:
        held = {(c.row, c.column) for c in book.cells[ws.title]}
        rows = sorted({r for r, _ in held})
        for ranged in ws.conditional_formatting:
            try:
                left, top, right, bottom = corners(str(ranged.sqref).split()[0])
            except ValueError:  # whole columns or rows, which a rule on single cells cannot judge
                continue
            blank = (
                ws.cell(r, c)
                for r in rows
                if top <= r <= bottom
                for c in range(left, min(right, ws.max_column) + 1)
                if (r, c) not in held
            )
            bare = next((c for c in blank if style_of(c) != INPUT_STYLE), None)
            if bare is not None:
                yield Place(ws.title, bare.coordinate, "a colour without a word")
