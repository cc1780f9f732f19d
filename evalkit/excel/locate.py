"""Finding the template in a workbook: its sheets, its headings, its rows.

1. By words, never by position: sheets and columns may be moved, rows inserted above the headings.
2. A near miss is an error with the right spelling, and is read all the same, so that it hides nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from evalkit.campaign.versions import SCHEMA_VERSION, added_since, former_names
from evalkit.errors import Issue, make_issue
from evalkit.excel.addresses import letters
from evalkit.excel.cells import Raw, as_shown, tidied
from evalkit.excel.headings import Heading
from evalkit.excel.opening import Book, Page
from evalkit.excel.sheets import ISSUES, LISTS, SHEETS, START, Sheet

HEADER_WITHIN = 60  # rows searched for the headings
NEAR = 0.8
NAMED_HEADINGS = 6
FEW_HEADINGS, SHARE = 3, 0.6  # of a sheet's headings, by which it is known under another name

# what people head a column of periods with
PERIOD_WORDS = frozenset(
    {
        *("period", "date", "day", "week", "month", "quarter", "year", "time", "firstday", "financialyear"),
        *("weekcommencing", "weekbeginning", "weekstarting", "wc", "monthbeginning", "calendaryear"),
    }
)

_OF_NUMBERS = re.compile(r" [-\u2013] Table \d+(-\d+)?")
NUMBERS_SUMMARY = "Export Summary"  # a sheet on the export itself

Rows = list[tuple[int, dict[int, Raw]]]


@dataclass(frozen=True, slots=True)
class Place:
    """A sheet of a file, as issues name it.

    Attributes
    ----------
    label : str
        Sheet name, with the file's name before it where several files are read.
    sheet : Sheet
    """

    label: str
    sheet: Sheet

    def cell(self, column: int, row: int) -> str:
        """Address of a cell."""
        return f"{letters(column)}{row}"

    def issue(self, code: str, cell: str = "", heading: str = "", **context: Any) -> Issue:
        """Build an issue on this sheet."""
        return make_issue(code, sheet=self.label, cell=cell, heading=heading, **context)


@dataclass(frozen=True, slots=True)
class Located:
    """A sheet of the template in a workbook.

    Attributes
    ----------
    place : Place
    page : Page
    header : int
        Row of the headings; 0 where there is none.
    columns : dict of int to Heading
        Column number to what it holds.
    headed : frozenset of int
        Columns with any heading.
    above, below : list of rows
        What stands above and below the headings.
    absent : tuple of Heading
        Required columns that are not there.
    issues : tuple of Issue
    """

    place: Place
    page: Page
    header: int = 0
    columns: dict[int, Heading] = field(default_factory=dict)
    headed: frozenset[int] = frozenset()
    above: Rows = field(default_factory=list)
    below: Rows = field(default_factory=list)
    absent: tuple[Heading, ...] = ()
    issues: tuple[Issue, ...] = ()

    def column_of(self, name: str) -> int:
        """Number of the column that holds a field; 0 if none does."""
        return next((number for number, h in self.columns.items() if h.name == name), 0)


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """Letters and figures only: what headings and sheet names are compared by."""
    return "".join(c for c in tidied(text).casefold() if c.isalnum())


def bare_key(text: str) -> str:
    """The same without what stands in brackets, such as a unit."""
    return key(text.split("(")[0])


def sheet_key(title: str) -> str:
    """What a sheet's name is compared by; Numbers puts the name of the table behind it."""
    return key(_OF_NUMBERS.sub("", title))


def near(a: str, b: str) -> bool:
    """Whether two keys differ by a slip of the keyboard or an ending."""
    return bool(a and b) and SequenceMatcher(None, a, b).ratio() >= NEAR


@dataclass(frozen=True, slots=True)
class _Layout:
    """The layout that a template has: what was spelt otherwise in its version, and what came later.

    Attributes
    ----------
    former : dict of (part, field) to str
        Names of that version for what has another now; the field is empty for a sheet.
    later : frozenset of (part, field)
    """

    former: dict[tuple[str, str], str]
    later: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, version: int) -> _Layout:
        later = frozenset((change.part, name) for change in added_since(version) for name in change.fields)
        return cls(former_names(version), later)

    def sheet_keys(self, sheet: Sheet) -> set[str]:
        """What a sheet may be called."""
        return {key(sheet.name), key(self.former.get((sheet.part, ""), sheet.name))}

    def titles(self, sheet: Sheet, heading: Heading) -> tuple[str, ...]:
        """What a column may be headed, the present title first."""
        return tuple(
            dict.fromkeys((heading.title, self.former.get((sheet.part, heading.name), heading.title)))
        )


def locate(book: Book, label: str, version: int = SCHEMA_VERSION) -> tuple[list[Located], list[Issue]]:
    """Find every sheet of the template.

    Parameters
    ----------
    book : Book
    label : str
        Goes before sheet names in issues.
    version : int
        Version of the layout that the template has.
    """
    layout = _Layout.of(version)
    found, issues = _match_sheets({page.title: page for page in book.pages}, label, layout)
    located = [_locate_headings(page, Place(label + page.title, sheet), layout) for sheet, page in found]
    return located, issues


def _match_sheets(
    sheets: dict[str, Page], label: str, layout: _Layout
) -> tuple[list[tuple[Sheet, Page]], list[Issue]]:
    issues: list[Issue] = []
    numbers = any(_OF_NUMBERS.search(title) for title in sheets)
    ours = {key(n) for n in (START, LISTS, *((NUMBERS_SUMMARY,) if numbers else ()))}
    spare = {
        title: page
        for title, page in sheets.items()
        if sheet_key(title) not in ours and bare_key(title) != key(ISSUES)
    }
    exact: dict[str, Page] = {}
    for sheet in SHEETS:
        title = next((t for t in spare if sheet_key(t) in layout.sheet_keys(sheet)), None)
        if title is not None:
            exact[sheet.name] = spare.pop(title)
    found: list[tuple[Sheet, Page]] = []
    for sheet in SHEETS:
        copies = [t for t in spare if key(sheet.name) in (bare_key(t), sheet_key(t))]
        close = copies or [t for t in spare if near(key(t), key(sheet.name))]
        if sheet.name not in exact and not close:
            close = [t for t, page in spare.items() if _headed_like(page, sheet, layout)]
        if sheet.name in exact:
            found.append((sheet, exact[sheet.name]))
            for title in copies:
                issues.append(make_issue("S03", sheet=label + title, sheet_name=sheet.name))
                del spare[title]
        elif close:
            found.append((sheet, spare.pop(close[0])))
            issues.append(make_issue("S01", sheet=label + close[0], sheet_name=sheet.name, value=close[0]))
        elif sheet.basic:
            issues.append(make_issue("S02", sheet=label + sheet.name, sheet_name=sheet.name))
    issues += [make_issue("S05", sheet=label + title) for title in spare]
    return found, issues


def _headed_like(page: Page, sheet: Sheet, layout: _Layout) -> bool:
    """Whether most headings of a sheet stand in one row of a page, whatever the page is called."""
    ours = [h for h in sheet.headings if (sheet.part, h.name) not in layout.later]
    wanted = {key(layout.titles(sheet, h)[-1]) for h in ours}
    for number, row in page.rows:
        if number > HEADER_WITHIN:
            break
        held = len({_heading_key(cell) for cell in row.values()} & wanted)
        if held >= FEW_HEADINGS and held >= SHARE * len(wanted):
            return True
    return False


def _locate_headings(page: Page, place: Place, layout: _Layout) -> Located:
    rows = page.rows
    issues = []
    if not page.visible and rows:
        issues.append(place.issue("S04"))
    header, best = 0, 1
    titles = [t for h in place.sheet.headings for t in layout.titles(place.sheet, h)]
    keys = {k for title in titles for k in (key(title), bare_key(title))}
    if place.sheet.part == "observations":
        keys |= PERIOD_WORDS
    for number, row in rows:
        if number > HEADER_WITHIN:
            break
        score = sum(_heading_key(cell) in keys for cell in row.values())
        if score > best:
            header, best = number, score
    if not header:
        down = Counter(n for _, row in rows for n, cell in row.items() if _heading_key(cell) in keys)
        if down and down.most_common(1)[0][1] > 2:
            column = down.most_common(1)[0][0]
            first, *_, last = [n for n, row in rows if column in row and _heading_key(row[column]) in keys]
            issues.append(place.issue("S27", f"{letters(column)}{first}:{letters(column)}{last}"))
            return Located(place, page, issues=tuple(issues))
        named = ", ".join(h.title for h in place.sheet.headings[:NAMED_HEADINGS])
        issues.append(place.issue("S08", headings=named))
        return Located(place, page, issues=tuple(issues))
    heads = next(row for number, row in rows if number == header)
    columns, absent, more = _match_headings(place, header, heads, layout)
    return Located(
        place,
        page,
        header,
        columns,
        frozenset(heads),
        [(n, row) for n, row in rows if n < header],
        [(n, row) for n, row in rows if n > header],
        absent,
        (*issues, *more),
    )


def _heading_key(cell: Raw) -> str:
    return key(cell.value) if isinstance(cell.value, str) else ""


def _match_headings(
    place: Place, header: int, heads: dict[int, Raw], layout: _Layout
) -> tuple[dict[int, Heading], tuple[Heading, ...], list[Issue]]:
    columns: dict[int, Heading] = {}
    issues: list[Issue] = []
    spare = {number: as_shown(cell) for number, cell in heads.items()}
    wanted = list(place.sheet.headings)
    for same in (_same, _same_bare, _near):
        for heading in list(wanted):
            titles = layout.titles(place.sheet, heading)
            numbers = [n for n, text in spare.items() if any(same(text, title) for title in titles)]
            if not numbers:
                continue
            number = numbers[0]
            columns[number] = heading
            wanted.remove(heading)
            text = spare.pop(number)
            cell = place.cell(number, header)
            if same is _near:
                issues.append(place.issue("S09", cell, text, value=text, title=heading.title))
            for twin in numbers[1:] if same is _same else ():
                issues.append(
                    place.issue("S12", place.cell(twin, header), heading.title, title=heading.title)
                )
                del spare[twin]
    period = next((h for h in wanted if place.sheet.part == "observations" and h.name == "period"), None)
    number = next((n for n, text in spare.items() if key(text) in PERIOD_WORDS), 0)
    if period is not None and number:
        columns[number] = period
        wanted.remove(period)
        cell = place.cell(number, header)
        issues.append(place.issue("S30", cell, value=spare.pop(number), title=period.title))
    for number, text in spare.items():
        issues.append(place.issue("S13", place.cell(number, header), text, value=text))
    absent = tuple(h for h in wanted if h.required or h.basic)
    width = max(heads) + 1
    theirs = _listed(list(spare.values())[:NAMED_HEADINGS], " or ")
    other = f" If it is the column {theirs}, change that heading instead." if theirs else ""
    for heading in absent:
        cell = place.cell(width, header)
        issues.append(place.issue("S11", cell, heading.title, title=heading.title, other=other))
    later = {name for part, name in layout.later if part == place.sheet.part}
    optional = [h.title for h in wanted if h not in absent and h.name not in later]
    if optional:
        issues.append(place.issue("S14", titles=_listed(optional)))
    return columns, absent, issues


def _same(text: str, title: str) -> bool:
    return key(text) == key(title)


def _same_bare(text: str, title: str) -> bool:
    return bare_key(text) == bare_key(title)


def _near(text: str, title: str) -> bool:
    return near(key(text), key(title)) or near(bare_key(text), bare_key(title))


def _listed(items: Iterable[str], between: str = ", ") -> str:
    return between.join(f'"{item}"' for item in items)
