"""Rows of a located sheet: what is no entry is set aside, what is one is read cell by cell.

1. Every row below the headings is accounted for: read, or named with the reason why not.
2. A cell that cannot be read spoils its own field, never the rest of its row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from evalkit.errors import Issue
from evalkit.excel.addresses import corners, down, span
from evalkit.excel.ambiguous import way_of
from evalkit.excel.answers import NO_ANSWERS, Answers
from evalkit.excel.cells import Raw, as_shown
from evalkit.excel.headings import Heading, Kind
from evalkit.excel.locate import Located, key
from evalkit.excel.parsing import Parsed, Remark, Way, parse, remark
from evalkit.excel.serials import EPOCH
from evalkit.excel.sheets import Sheet, headings_of
from evalkit.vocabulary import ObservationFlag

SHIFT = timedelta(days=1462)
TOTAL_WORDS = frozenset({"total", "totals", "grandtotal", "subtotal", "sum", "average", "mean"})
FAR_BELOW = 1000  # blank rows that are more than anybody meant to fill in
ALIKE = 50_000  # readings remembered
FIGURES = (Kind.NUMBER, Kind.MONEY, Kind.WHOLE, Kind.PERCENT, Kind.DATE)


@dataclass(slots=True)
class Row:
    """One row of entries.

    Attributes
    ----------
    number : int
        Row on the sheet.
    values : dict of str to object
        Field name to typed value; blanks are left out.
    failed : set of str
        Fields that could not be read.
    cells : dict of str to Raw
        What stood in each field's cell.
    at : dict of str to str
        Addresses of the fields that do not stand in their column, as in a grid.
    """

    number: int
    values: dict[str, object] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    cells: dict[str, Raw] = field(default_factory=dict)
    at: dict[str, str] = field(default_factory=dict)


def read_rows(located: Located, answers: Answers = NO_ANSWERS) -> tuple[list[Row], list[Issue]]:
    """Read all rows of a sheet."""
    if not located.header:
        return [], []
    issues = list(about_rows(located))
    ways = {
        n: way_of(heading, (cells[n] for _, cells in located.below if n in cells), answers)
        for n, heading in located.columns.items()
    }
    reader = _Reader(located, ways)
    rows = []
    for number, cells in located.below:
        own = {n: cell for n, cell in cells.items() if n in located.columns}
        if len(own) < len(cells):
            stray = [n for n in cells if n not in located.headed]
            issues += [located.place.issue("S26", located.place.cell(n, number)) for n in stray]
        aside = reader.not_an_entry(number, own) if own else None
        if aside is not None:
            issues.append(aside)
        elif own:
            row, more = reader.row(number, own)
            rows.append(row)
            issues += more
    return rows, issues


class _Reader:
    """Reads the rows of one sheet; equal cells of a column are read once."""

    def __init__(self, located: Located, ways: dict[int, Way]) -> None:
        self.located, self.ways = located, ways
        self.titles = {n: key(heading.title) for n, heading in located.columns.items()}
        self.totals = {table.bottom for table in located.page.tables if table.totals}
        self.figures = located.place.sheet.part == "observations"
        self.read: dict[tuple[int, type, Raw], Parsed] = {}

    def row(self, number: int, cells: dict[int, Raw]) -> tuple[Row, list[Issue]]:
        """Read one row."""
        row, issues = Row(number), []
        marked: ObservationFlag | None = None
        for column, cell in cells.items():
            heading = self.located.columns[column]
            parsed = self._parsed(column, heading, cell)
            row.cells[heading.name] = cell
            said = parsed.fault or parsed.note
            if parsed.fault:
                row.failed.add(heading.name)
            elif parsed.flag:
                marked = parsed.flag
            elif parsed.value is not None:
                row.values[heading.name] = parsed.value
            if said:
                place = self.located.place
                at = place.cell(column, number)
                issues.append(place.issue(said.code, at, heading.title, **dict(said.context)))
        if marked:  # what stands in the place of the figure says more than the column Flag
            row.values["flag"] = marked
        return row, issues

    def _parsed(self, column: int, heading: Heading, cell: Raw) -> Parsed:
        alike = (column, type(cell.value), cell)  # the type, since TRUE and 1 are equal
        parsed = self.read.get(alike)
        if parsed is None:
            parsed = parse(cell, heading, self.ways[column])
            if parsed.flag and not self.figures:
                parsed = Parsed(fault=_no_marker(cell))
            if len(self.read) > ALIKE:
                self.read.clear()
            self.read[alike] = parsed
        return parsed

    def not_an_entry(self, number: int, cells: dict[int, Raw]) -> Issue | None:
        """Headings for a second time and totals, which are no entries."""
        located, place = self.located, self.located.place
        texts = {n: key(cell.value) for n, cell in cells.items() if isinstance(cell.value, str)}
        repeated = sum(text == self.titles[n] for n, text in texts.items())
        if repeated >= 2:
            return place.issue("S25", _span(cells, number))
        total = next(
            (n for n, text in texts.items() if text in TOTAL_WORDS and _in_place_of(located, cells, n)), None
        )
        summed = number in self.totals or any(
            cell.formula and "SUBTOTAL(" in cell.formula.upper() for cell in cells.values()
        )
        if (total is not None and len(cells) > 1 and _only_figures(located, cells, total)) or summed:
            return place.issue("S19", _span(cells, number), value=as_shown(cells[total or min(cells)]))
        return None


def _no_marker(cell: Raw) -> Remark:
    return remark("C09", value=as_shown(cell), suggestion="")


def _in_place_of(located: Located, cells: dict[int, Raw], label: int) -> bool:
    """Whether a word such as total stands where a required entry should, rather than beside it."""
    required = [n for n, heading in located.columns.items() if heading.required]
    return label in required or any(n not in cells for n in required)


def _only_figures(located: Located, cells: dict[int, Raw], label: int) -> bool:
    """Whether all but the label are figures, as in a row of totals."""
    return all(located.columns[n].kind in FIGURES for n in cells if n != label)


def _span(cells: dict[int, Raw], number: int) -> str:
    return span(min(cells), max(cells), number)


def about_rows(located: Located) -> Iterator[Issue]:
    """What is odd about the rows as a whole."""
    place, page = located.place, located.page
    filled = [n for n, cells in located.below if any(c in located.columns for c in cells)]
    for merged in page.content.merged:
        left, _, _, bottom = corners(merged)
        if bottom > located.header and left <= max(located.columns):
            yield place.issue("S15", merged)
    hidden = [n for n in filled if n in page.content.hidden]
    if hidden:
        yield place.issue("S21", down(1, hidden[0], hidden[-1]))
    seen = [n for n in located.columns if n in page.content.hidden_columns]
    if seen:
        yield place.issue("S22", span(min(seen), max(seen), located.header))
    for column, row in page.content.struck:
        if column in located.columns and row > located.header:
            yield place.issue("S29", place.cell(column, row))
    ends = [table.bottom for table in page.tables if table.top <= located.header <= table.bottom]
    outside = [n for n in filled if ends and n > max(ends)]
    if outside:
        yield place.issue("S16", down(1, outside[0], outside[-1]))
    last = max(filled, default=located.header)
    if page.content.last - last > FAR_BELOW:
        yield place.issue("S31", row=f"{page.content.last:,}", last=f"{last:,}")
    yield from _above(located)
    yield from _like_the_example(located)


def _above(located: Located) -> Iterator[Issue]:
    """Entries typed above the headings, such as over the example, would be lost without a word."""
    known = _template_words(located.place.sheet)
    for number, cells in located.above:
        new = {n: c for n, c in cells.items() if n in located.columns and _word(c) not in known}
        figures = any(not isinstance(c.value, str) for c in new.values())
        if len(new) >= 2 and (figures or number == located.header - 1):
            yield located.place.issue("S24", _span(new, number))


def _template_words(sheet: Sheet) -> set[str]:
    """Everything that the template itself writes above the headings."""
    words = {"", key(sheet.name), key(sheet.purpose)}
    for heading in headings_of(sheet):
        words |= {key(heading.need), key(heading.help), key(heading.title), _example_word(heading)}
        if isinstance(heading.example, date):  # four years off where a workbook has come to count from 1904
            words.add((heading.example + SHIFT).isoformat())
            words |= {key(heading.example.isoformat()), f"{(heading.example - EPOCH.date()).days}"}
        else:  # a figure that another program saved as text
            words.add(key(_example_word(heading)))
    return words


def _example_word(heading: Heading) -> str:
    example = heading.example
    if isinstance(example, bool):
        return "yes" if example else "no"
    if isinstance(example, tuple):
        return key("; ".join(example))
    if isinstance(example, date):
        return example.isoformat()
    if example is None:
        return ""
    number = not isinstance(example, str)
    return f"{float(example):.10g}" if number else key(str(getattr(example, "value", example)))


def _word(cell: Raw) -> str:
    value = cell.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{float(value):.10g}"
    if isinstance(value, date):
        return value.isoformat()[:10]
    return key(str(value))


def _like_the_example(located: Located) -> Iterator[Issue]:
    words = [(n, _example_word(h), h.kind) for n, h in located.columns.items() if h.example is not None]
    wanted = {n: word for n, word, kind in sorted(words, key=lambda one: one[2] in FIGURES)}
    if len(wanted) < 3:
        return
    for number, cells in located.below:
        if all(n in cells and _word(cells[n]) == word for n, word in wanted.items()):
            yield located.place.issue("S23", _span(cells, number))
