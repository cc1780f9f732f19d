"""Accessibility of what stands in tables: figures as numbers, periods and units in words, notes and codes.

1. A heading is judged with its column: a unit may also stand in a column of units.
2. What is a year, a code or a rank is no quantity and needs no unit and no separator.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import combinations

from openpyxl.cell.cell import Cell

from evalkit.excel.inspected import Area, Book, Place
from evalkit.excel.shown import decimals, groups_thousands

SYMBOLS = re.compile(r"^(?![£€$%]$)[\W_]+$")  # a currency or per cent is a unit
NOTE = re.compile(r"\[note (\d+)\]", re.IGNORECASE)
NUMBER_AS_TEXT = re.compile(r"[£$€]?\s?[-+−]?[£$€]?\d{1,3}(,\d{3})*(\.\d+)?\s?%?|[-+−]?\d+\.\d+%?|[1-9]\d*")
RANGE = re.compile(r"[£$€]?\d[\d,.]*%?\s*[-–—]\s*[£$€]?\d[\d,.]*%?")
STARRED = re.compile(r".*\d\s*\*{1,3}")
CODE = re.compile(r"\b[EWSNK]\d{8}\b")
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
SHORT_PERIOD = re.compile(
    rf"\bq[1-4]\b|\b{MONTH}\s?[-–—]\s?(?:{MONTH}|\d)|\b{MONTH} ?[’']?\d\d\b(?!\d| {MONTH})"
    r"|\b(?:19|20)\d\d\s?[-/–]\s?\d\d\b",
    re.IGNORECASE,
)
UNIT_COLUMN = re.compile(r"\bunits?\b|\bcounted in\b", re.IGNORECASE)
UNIT = re.compile(
    r"\([^()]+\)|£|%|\b(?:number|count|share|rate|probability|year|years|level|rank|rows?|periods?|days?"
    r"|weeks?|months?|date|hours?|factor|index|ratio|step|note|code|no\.?|id|places?)\b",
    re.IGNORECASE,
)
COUNTED = re.compile(r"[A-Za-z]+s")  # a plural says what is counted: calls, households
NO_QUANTITY = re.compile(r"\b(?:years?|version|codes?|id|no\.?|rank|note|postcode)\b", re.IGNORECASE)
LOWER, UPPER = re.compile(r"\blow(?:er)?\b", re.IGNORECASE), re.compile(r"\b(?:upper|high)\b", re.IGNORECASE)
SAME_WORD = 7  # letters from which two words a letter or two apart are taken for one, spelled two ways
OPPOSITES = (
    {"minimum", "maximum"},
    {"increase", "decrease"},
    {"earliest", "latest"},
    {"included", "excluded"},
)
MOST_HEADINGS = 400  # compared with each other


def _text(cell: Cell) -> str:
    return cell.value if isinstance(cell.value, str) and cell.data_type != "f" else ""


def _body(book: Book) -> Iterator[tuple[Area, int, Cell]]:
    for area, columns in book.columns.items():
        for column, cells in columns.items():
            for cell in cells:
                yield area, column, cell


def _figures(book: Book, sheet: str, cells: list[Cell]) -> list[Cell]:
    """Those of the cells that show a number; dates and truths are none."""
    held = ((c, book.value(sheet, c)) for c in cells)
    return [c for c, v in held if isinstance(v, int | float) and not isinstance(v, bool)]


def no_lone_symbols(book: Book) -> Iterator[Place]:
    """No table cell holds a symbol alone."""
    for area, _, cell in _body(book):
        if SYMBOLS.match(_text(cell)):
            yield Place(area.sheet, cell.coordinate, str(cell.value))


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


def notes_by_headings(book: Book) -> Iterator[Place]:
    """Notes are referred to in titles, headings and the first column, not beside a figure."""
    for area, column, cell in _body(book):
        if column > area.left and NOTE.search(_text(cell)) and "note" not in area.sheet.casefold():
            yield Place(area.sheet, cell.coordinate, str(cell.value)[:40])


def notes_in_a_table(book: Book) -> Iterator[Place]:
    """Notes stand on a sheet of their own, in one table with their numbers and words."""
    used = any(
        NOTE.search(_text(c)) for s, cells in book.cells.items() if "note" not in s.casefold() for c in cells
    )
    for ws in book.sheets if used else ():
        if "note" in ws.title.casefold():
            areas = book.tables[ws.title]
            if len(areas) != 1 or areas[0].right == areas[0].left:
                yield Place(ws.title, "", f"{len(areas)} tables of notes with number and words")


def numbers_are_numbers(book: Book) -> Iterator[Place]:
    """Figures are numbers, on the right, with a comma from 1,000 on, and as exact as their column."""
    for area, columns in book.columns.items():
        headings = book.headings(area)
        mixed = any(UNIT_COLUMN.search(h) for h in headings.values())
        for column, cells in columns.items():
            figures = _figures(book, area.sheet, cells)
            texts = [c for c in cells if NUMBER_AS_TEXT.fullmatch(_text(c).strip())]
            quantity = not NO_QUANTITY.search(headings[column])
            if texts and quantity and (figures or len(texts) * 2 > len(cells)):
                yield Place(area.sheet, texts[0].coordinate, f"{texts[0].value} as text")
            if figures:
                yield from _looks(book, area, column, figures, quantity=quantity)
                places = Counter(p for c in figures if (p := decimals(c.number_format)) is not None)
                if len(places) > 1 and not mixed:
                    rare = min(places, key=lambda p: places[p])
                    cell = next(c for c in figures if decimals(c.number_format) == rare)
                    yield Place(area.sheet, cell.coordinate, f"{rare} decimal places, unlike its column")


def _looks(book: Book, area: Area, column: int, figures: list[Cell], *, quantity: bool) -> Iterator[Place]:
    head = book.book[area.sheet].cell(area.top, column)
    if len(figures) == len(book.columns[area][column]) and head.alignment.horizontal != "right":
        yield Place(area.sheet, head.coordinate, "a heading on the left of figures on the right")
    left = next((c for c in figures if c.alignment.horizontal in ("left", "center")), None)
    if left is not None:
        yield Place(area.sheet, left.coordinate, f"a figure at the {left.alignment.horizontal}")
    for cell in figures if quantity else ():
        value = book.value(area.sheet, cell)
        if (
            isinstance(value, int | float)
            and abs(value) >= 1000
            and not groups_thousands(cell.number_format)
            and "E" not in cell.number_format.replace("General", "")
        ):
            yield Place(area.sheet, cell.coordinate, f"{value:.10g} without a comma")
            break


def periods_in_words(book: Book) -> Iterator[Place]:
    """Dates and periods are spelled out: 1 Feb 2010, Jan to Mar 2020, 2019 to 2020."""
    for area in book.areas:
        for column, text in book.headings(area).items():
            found = SHORT_PERIOD.search(text)
            if found:
                place = book.book[area.sheet].cell(area.top, column).coordinate
                yield Place(area.sheet, place, found[0])
    seen: set[tuple[str, str]] = set()
    for area, _, cell in _body(book):
        look = cell.number_format.casefold().replace('"', "")
        if isinstance(cell.value, date) and (area.name, look) not in seen:
            seen.add((area.name, look))
            if "mmm" not in look and re.sub(r"[^dmyhs]", "", look) not in ("yyyy", "hmm", "hmmss"):
                yield Place(area.sheet, cell.coordinate, f"a date as {cell.number_format}")


def units_in_headings(book: Book) -> Iterator[Place]:
    """The heading of a column of figures says their unit, or a column of units does."""
    for area, columns in book.columns.items():
        headings = book.headings(area)
        if any(UNIT_COLUMN.search(h) for h in headings.values()):
            continue
        ws = book.book[area.sheet]
        above = " ".join(str(ws.cell(r, 1).value or "") for r in range(1, area.top))
        if UNIT_COLUMN.search(above):
            continue
        for column, cells in columns.items():
            figures = [
                c for c in _figures(book, area.sheet, cells) if not re.search("[£%€$]", c.number_format)
            ]
            text = headings[column].strip()
            if len(figures) * 2 > len(cells) and not (UNIT.search(text) or COUNTED.fullmatch(text)):
                yield Place(area.sheet, ws.cell(area.top, column).coordinate, headings[column])


def ends_of_ranges_apart(book: Book) -> Iterator[Place]:
    """The ends of a range have a column each, side by side; no asterisk tells what is significant."""
    for area, _, cell in _body(book):
        text = _text(cell).strip()
        if RANGE.fullmatch(text) and not SHORT_PERIOD.fullmatch(text):
            yield Place(area.sheet, cell.coordinate, f"a range in one cell: {text}")
        elif STARRED.fullmatch(text):
            yield Place(area.sheet, cell.coordinate, f"an asterisk: {text}")
    for area in book.areas:
        headings = book.headings(area)
        for column, text in headings.items():
            near = " ".join(headings.get(column + step, "") for step in (-2, -1, 1, 2))
            if LOWER.search(text) and book.columns[area][column] and not UPPER.search(near):
                place = book.book[area.sheet].cell(area.top, column).coordinate
                yield Place(area.sheet, place, f"{text}, without the upper end beside it")


def codes_apart(book: Book) -> Iterator[Place]:
    """Codes of places stand in a column of their own."""
    for area, _, cell in _body(book):
        text = _text(cell).strip()
        if CODE.search(text) and not CODE.fullmatch(text):
            yield Place(area.sheet, cell.coordinate, text[:40])


def same_words_for_the_same(book: Book) -> Iterator[Place]:
    """One thing has one heading, spelled alike in every table."""
    first: dict[str, tuple[str, str]] = {}
    for area in book.areas:
        for column, text in book.headings(area).items():
            place = book.book[area.sheet].cell(area.top, column).coordinate
            first.setdefault(" ".join(text.split()), (area.sheet, place))
    for one, other in combinations(list(first)[:MOST_HEADINGS], 2):
        if _alike(one, other):
            yield Place(*first[other], f"{other}, elsewhere {one}")


def _alike(one: str, other: str) -> bool:
    """Whether two headings are one, but for capitals, marks or a misspelling."""
    a, b = (re.findall(r"\w+|[£%]", t.casefold()) for t in (one, other))
    if a == b:
        return True
    unlike = [(x, y) for x, y in zip(a, b, strict=False) if x != y]
    if len(a) != len(b) or len(unlike) != 1 or set(unlike[0]) in OPPOSITES or _plural(*unlike[0]):
        return False
    x, y = unlike[0]
    long = min(len(x), len(y)) >= SAME_WORD and x[0] == y[0] and x.isalpha() and y.isalpha()
    return long and _distance(x, y) <= 2


def _plural(one: str, other: str) -> bool:
    return one + "s" == other or other + "s" == one


def _distance(one: str, other: str) -> int:
    """Letters to be put in, left out or changed to make one word the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]
