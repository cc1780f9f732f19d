"""Outcome data as a grid: periods down and areas across, or areas down and periods across.

1. A grid is looked for only where the headings of the template are not there.
2. Every cell of it becomes a row of figures that keeps its own address; blanks are gaps, as anywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from evalkit.errors import Issue
from evalkit.excel.ambiguous import way_of
from evalkit.excel.answers import Answers
from evalkit.excel.cells import Raw, as_shown, tidied
from evalkit.excel.dates import read_date
from evalkit.excel.headings import Heading
from evalkit.excel.locate import HEADER_WITHIN, PERIOD_WORDS, Located, key
from evalkit.excel.opening import Page
from evalkit.excel.parsing import PERIOD, Parsed, Way, parse
from evalkit.excel.rows import TOTAL_WORDS, Row, about_rows
from evalkit.excel.sheets import SHEET_OF_PART

ASIDE = frozenset({"note", "notes", "comment", "comments", "source", "unit", "units"})
OURS = frozenset(key(h.title) for h in SHEET_OF_PART["observations"].headings) - {PERIOD, "outcome"}
FEW = 3  # periods across below which a row is no grid


@dataclass(frozen=True, slots=True)
class Grid:
    """Where a grid stands.

    Attributes
    ----------
    header : int
        Row of the headings.
    labels : int
        Column of the labels at the left: the periods, or the areas.
    across : tuple of int
        Columns of figures.
    periods_down : bool
    outcomes : int
        Column that names the outcome; 0 for none.
    """

    header: int
    labels: int
    across: tuple[int, ...]
    periods_down: bool
    outcomes: int = 0


def find_grid(page: Page) -> Grid | None:
    """Look for a grid among the first rows of a sheet."""
    for number, cells in page.rows:
        if number > HEADER_WITHIN:
            return None
        below = [row for n, row in page.rows if n > number]
        found = _down(number, cells, below) or _across(number, cells, below)
        if found:
            return found
    return None


def _down(number: int, cells: dict[int, Raw], below: list[dict[int, Raw]]) -> Grid | None:
    """Periods in a column, areas as headings."""
    labels = next((n for n, c in cells.items() if _word(c) in PERIOD_WORDS), 0)
    outcomes = next((n for n, c in cells.items() if _word(c) == "outcome"), 0)
    aside = {n for n, c in cells.items() if n in (labels, outcomes) or _word(c) in ASIDE}
    across = tuple(n for n, c in cells.items() if n not in aside and isinstance(c.value, str))
    if OURS & {_word(cells[n]) for n in across}:
        return None  # the template's own columns, one of which has lost its heading
    if not labels or not across or len(across) + len(aside) < len(cells) or min(across) < labels:
        return None
    named = [row[labels] for row in below if labels in row]
    if 2 * sum(map(_names_a_period, named)) < len(named) or not named:
        return None
    if not all(_figures([row[n] for row in below if n in row]) for n in across):
        return None
    return Grid(number, labels, across, periods_down=True, outcomes=outcomes)


def _across(number: int, cells: dict[int, Raw], below: list[dict[int, Raw]]) -> Grid | None:
    """Periods as headings, areas in a column."""
    across = tuple(n for n, c in cells.items() if _names_a_period(c))
    outcomes = next((n for n, c in cells.items() if _word(c) == "outcome"), 0)
    before = [n for n in (set().union(*below) if below else ()) if across and n < across[0] and n != outcomes]
    if len(across) < FEW or not before or any(n not in across for n in cells if n > across[0]):
        return None
    return Grid(number, max(before), across, periods_down=False, outcomes=outcomes)


def _figures(cells: list[Raw]) -> bool:
    """Whether a column holds figures rather than words."""
    read = [isinstance(c.value, (int, float)) or any(d.isdigit() for d in _word(c)) for c in cells]
    return 2 * sum(read) >= len(read)


def _word(cell: Raw) -> str:
    return key(cell.value) if isinstance(cell.value, str) else ""


def _names_a_period(cell: Raw) -> bool:
    if isinstance(cell.value, str):
        found = read_date(tidied(cell.value))
        return found.day is not None or found.likely is not None
    return hasattr(cell.value, "year")


def located_grid(located: Located, grid: Grid) -> Located:
    """The sheet with the grid's columns in place of the template's."""
    headings = {h.name: h for h in located.place.sheet.headings}
    columns = dict.fromkeys(grid.across, headings["value"])
    columns[grid.labels] = headings[PERIOD if grid.periods_down else "area"]
    if grid.outcomes:
        columns[grid.outcomes] = headings["outcome"]
    rows = located.page.rows
    return replace(
        located,
        header=grid.header,
        columns=columns,
        headed=frozenset(next(row for n, row in rows if n == grid.header)) | {grid.labels},
        below=[(n, row) for n, row in rows if n > grid.header],
        above=[],
        absent=(),
        issues=tuple(i for i in located.issues if i.code == "S04"),
    )


def about_grid(located: Located, grid: Grid, rows: Sequence[Row], known: Collection[str]) -> Issue:
    """Say that a grid was read; one column of figures under a name of its own is the column Value.

    Parameters
    ----------
    located : Located
    grid : Grid
    rows : sequence of Row
        Its figures, which lose the area where the heading names none.
    known : collection of str
        Names of outcomes and areas, as `key` spells them.
    """
    head = next((row for row in rows if "area" in row.values), None)
    if (
        not grid.periods_down
        or len(grid.across) > 1
        or head is None
        or key(str(head.values["area"])) in known
    ):
        down = len({row.number for row in rows})
        return located.place.issue("S28", rows=down, columns=len(grid.across))
    value = next(h for h in located.place.sheet.headings if h.name == "value")
    said = as_shown(head.cells["area"])
    for row in rows:
        row.values.pop("area", None)
    return located.place.issue("S30", head.at["area"], said, value=said, title=value.title)


def read_grid(located: Located, grid: Grid, answers: Answers) -> tuple[list[Row], list[Issue]]:
    """Read a grid as rows of figures; `located` as made by `located_grid`."""
    reader = _Reader(located, grid, answers)
    rows = list(reader.rows())
    return rows, [*about_rows(located), *reader.issues]


class _Reader:
    """Keeps what is found on the way through a grid."""

    def __init__(self, located: Located, grid: Grid, answers: Answers) -> None:
        self.located, self.grid = located, grid
        self.headings = {h.name: h for h in located.place.sheet.headings}
        self.heads = next(row for n, row in located.page.rows if n == grid.header)
        figures = (cells[n] for _, cells in located.below for n in grid.across if n in cells)
        periods = (
            [cells[grid.labels] for _, cells in located.below if grid.labels in cells]
            if grid.periods_down
            else [self.heads[n] for n in grid.across]
        )
        self.ways = {
            "value": way_of(self.headings["value"], figures, answers),
            PERIOD: way_of(self.headings[PERIOD], periods, answers),
        }
        self.issues: list[Issue] = []

    def rows(self) -> Iterator[Row]:
        grid, place = self.grid, self.located.place
        heads = {n: self._head(n) for n in grid.across}
        for number, cells in self.located.below:
            for n in (n for n in cells if n not in self.located.headed):
                self.issues.append(place.issue("S26", place.cell(n, number)))
            label = cells.get(grid.labels)
            figures = {n: cells[n] for n in grid.across if n in cells}
            if label is None and not figures:
                continue
            if label is not None and _word(label) in TOTAL_WORDS:
                self.issues.append(place.issue("S19", place.cell(grid.labels, number), value=as_shown(label)))
                continue
            name = PERIOD if grid.periods_down else "area"
            side = self._part(label or Raw(None), name, place.cell(grid.labels, number))
            for n, head in heads.items():
                if head is not None:
                    yield self._row(number, n, cells, side, head)

    def _head(self, column: int) -> Row | None:
        """What a heading says: an area or a period; None for a total or a name for the second time."""
        grid, place = self.grid, self.located.place
        cell, address = self.heads[column], place.cell(column, grid.header)
        if _word(cell) in TOTAL_WORDS:
            self.issues.append(place.issue("S19", address, value=as_shown(cell)))
            return None
        before = [self.heads[n] for n in grid.across if n < column]
        if any(_word(b) == _word(cell) and _word(cell) for b in before):
            self.issues.append(place.issue("S12", address, as_shown(cell), title=as_shown(cell)))
            return None
        return self._part(cell, "area" if grid.periods_down else PERIOD, address)

    def _part(self, cell: Raw, name: str, address: str) -> Row:
        """One side of a figure, read once for all figures beside or below it."""
        row = Row(self.grid.header, cells={name: cell}, at={name: address})
        self._take(row, name, cell, parse(cell, self.headings[name], self.ways.get(name, Way())), address)
        return row

    def _take(self, row: Row, name: str, cell: Raw, parsed: Parsed, address: str) -> None:
        heading: Heading = self.headings[name]
        said = parsed.fault or parsed.note
        if parsed.fault:
            row.failed.add(name)
        elif parsed.flag:
            row.values["flag"] = parsed.flag
        elif parsed.value is not None:
            row.values[name] = parsed.value
        if said:
            self.issues.append(
                self.located.place.issue(said.code, address, heading.title, **dict(said.context))
            )

    def _row(self, number: int, column: int, cells: dict[int, Raw], side: Row, head: Row) -> Row:
        row = Row(
            number,
            values=side.values | head.values,
            failed=side.failed | head.failed,
            cells=side.cells | head.cells,
            at={"value": self.located.place.cell(column, number)} | side.at | head.at,
        )
        own = {"value": cells.get(column), "outcome": cells.get(self.grid.outcomes)}
        for name, cell in own.items():
            if cell is not None:
                row.cells[name] = cell
                here = column if name == "value" else self.grid.outcomes
                row.at[name] = self.located.place.cell(here, number)
                parsed = parse(cell, self.headings[name], self.ways.get(name, Way()))
                self._take(row, name, cell, parsed, row.at[name])
        return row
