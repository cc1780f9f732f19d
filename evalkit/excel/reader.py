"""Reading filled-in templates: files to one programme, or everything that is wrong with them.

1. Tiers: the file, its sheets, their columns, their rows, the rules between rows; a fault in one tier never
   multiplies in the next.
2. Nothing is repaired; what was understood is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from evalkit.campaign.programme import Programme
from evalkit.campaign.reading import SheetRead, range_of, series_read, total_of
from evalkit.errors import Issue, TemplateError, make_issue
from evalkit.excel.answers import NO_ANSWERS, QUESTIONS, Answers
from evalkit.excel.assemble import Gathered, programme_of
from evalkit.excel.delimited import is_delimited, open_delimited
from evalkit.excel.dose_units import doses_in_another_unit
from evalkit.excel.first_sheet import Particulars, read_particulars
from evalkit.excel.grid import about_grid, find_grid, located_grid, read_grid
from evalkit.excel.headings import CAMPAIGN_FIELD, Kind
from evalkit.excel.locate import Located, key, locate
from evalkit.excel.opening import Book, open_book
from evalkit.excel.records import Entry, build, far_above_the_others
from evalkit.excel.reference_files import ReferenceRead, check_reference_values
from evalkit.excel.report import CheckReport, Read, folded, ordered
from evalkit.excel.rows import read_rows
from evalkit.excel.sheets import NAME_SHEETS, SHEET_OF_PART, SHEETS, START
from evalkit.excel.versions import earlier_version
from evalkit.messages import Severity

NAMED_PARTS = ("campaigns", "outcomes")
BLANK_MEANS_ALL = (*NAMED_PARTS, "comparisons", "events", "objectives")


def read_template(*paths: str | Path, reference: str | Path | None = None) -> Programme:
    """Read the filled-in template, or the several files, of one programme.

    Parameters
    ----------
    *paths : str or Path
    reference : str or Path, optional
        A CSV file, or a folder of them, with the organisation's own reference values.

    Raises
    ------
    TemplateError
        With every issue, if any error or unanswered question stands.
    """
    report = check_files(paths, reference)
    if report.programme is None:
        raise TemplateError(report.issues)
    return report.programme


def check_files(paths: Sequence[str | Path], reference: str | Path | None = None) -> CheckReport:
    """Read the files of one programme and report everything about them."""
    own = check_reference_values(reference) if reference is not None else ReferenceRead()
    gathered = Gathered()
    opened = [_open(gathered, path, f"[{Path(path).name}]" if len(paths) > 1 else "") for path in paths]
    books = sorted((one for one in opened if one is not None), key=lambda one: one.figures_only)
    answers = NO_ANSWERS
    if gathered.opened:
        answers = _answers(gathered, books)
        for one in books:
            _take_sheets(gathered, one, answers)
    elif books:
        gathered.issues.append(make_issue("F15"))
    if _two_programmes(gathered):
        gathered.issues.append(make_issue("F28"))
    gathered.issues += own.issues
    programme = programme_of(gathered) if gathered.opened else None
    if programme is not None and own.values:
        programme = programme.model_copy(update={"reference_values": own.values})
    if programme is not None:
        gathered.issues += doses_in_another_unit(gathered, programme, answers)
    details = ordered(gathered.issues)
    stopped = any(i.severity is not Severity.NOTE for i in details)
    read = _read(gathered, programme)
    read = replace(read, sheets=(*read.sheets, *own.read))
    return CheckReport(folded(details), None if stopped else programme, read, details)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file that can be read, what goes before its name in issues, and what its first sheet says.

    Attributes
    ----------
    book : Book
    label : str
    particulars : Particulars
    figures_only : bool
        Whether it is a CSV file: figures of the programme that the other files describe.
    """

    book: Book
    label: str
    particulars: Particulars
    figures_only: bool


def _open(gathered: Gathered, path: str | Path, label: str) -> _Opened | None:
    """Open one file; None if it is not to be read any further."""
    figures_only = is_delimited(path)
    book, issues = open_delimited(path) if figures_only else open_book(path)
    gathered.issues += [_labelled(i, label) for i in issues]
    particulars = Particulars(ours=figures_only)
    if book is not None and not figures_only:
        particulars = read_particulars(book, label)
        gathered.issues += particulars.issues
        gathered.opened += particulars.ours
    if book is None or not particulars.ours:
        gathered.failed |= set(SHEET_OF_PART)
        return None
    _take_own(gathered, particulars, label)
    return _Opened(book, label, particulars, figures_only)


def _labelled(issue: Issue, label: str) -> Issue:
    """Give an issue the name of its file, where several are read."""
    return replace(issue, sheet=label + issue.sheet) if label and not issue.sheet.startswith("[") else issue


def _take_own(gathered: Gathered, particulars: Particulars, label: str) -> None:
    for heading, value in particulars.fields:
        before = gathered.own.setdefault(heading.name, value)
        if before != value:
            gathered.issues.append(
                make_issue("F29", sheet=label, value=value, other=before, title=heading.title.lower())
            )


def _answers(gathered: Gathered, books: Sequence[_Opened]) -> Answers:
    """What the files answer between them; a new question is answered in the first file with its cell."""
    given: dict[str, str] = {}
    cells: dict[str, str] = {}
    for one in books:
        answers = one.particulars.answers
        for name, choice in answers.given.items():
            before = given.setdefault(name, choice)
            if before != choice:
                title = next(q.title.lower() for q in QUESTIONS if q.name == name)
                gathered.issues.append(
                    make_issue("F29", sheet=one.label, value=choice, other=before, title=f"answer on {title}")
                )
        cells = {**answers.cells, **cells}
    return Answers(given, cells)


def _take_sheets(gathered: Gathered, opened: _Opened, answers: Answers) -> None:
    said = opened.particulars
    located, issues = locate(opened.book, opened.label, said.version)
    if not opened.figures_only:
        gathered.issues += issues
        earlier = earlier_version(said.version, (opened.label + START, said.marked_at), said.titles, located)
        gathered.issues += [earlier] if earlier else []
        gathered.failed |= {s.part for s in SHEETS if s.basic} - {x.place.sheet.part for x in located}
    fresh: dict[str, list[Entry]] = {}
    for one in sorted(located, key=lambda one: one.place.sheet.part == "observations"):
        names = _places_and_outcomes(gathered, fresh)
        fresh[one.place.sheet.part] = _take_rows(gathered, one, answers, names)
    named = {part: fresh.get(part) or gathered.entries.get(part, []) for part in NAMED_PARTS}
    _settle_names({**fresh, **named})
    _settle_outcomes({**fresh, **named})
    if opened.label:
        _fill_in_names(fresh)
    for part, entries in fresh.items():
        before = gathered.entries.setdefault(part, [])
        known = [e.record for e in before] if part in NAMED_PARTS else []
        for entry in entries:
            gathered.issues += build(entry)
            if not entry.sound:
                gathered.failed.add(part)
            if entry.record is None or entry.record not in known:  # the same row in two files is one
                before.append(entry)
    gathered.issues += far_above_the_others(fresh.get("inputs", []), answers)
    titles, outcomes = (frozenset(_given(fresh, part)) for part in NAMED_PARTS)
    gathered.named.append((titles, outcomes))


def _places_and_outcomes(gathered: Gathered, fresh: dict[str, list[Entry]]) -> frozenset[str]:
    """Names of outcomes and of areas on the sheets that tell of them."""
    names: list[object] = []
    for part, field in (("outcomes", "name"), ("campaigns", "areas"), ("comparisons", "area")):
        for entry in (*gathered.entries.get(part, []), *fresh.get(part, [])):
            value = entry.row.values.get(field, ())
            names += value if isinstance(value, tuple) else [value]
    return frozenset(key(str(name)) for name in names)


def _take_rows(gathered: Gathered, located: Located, answers: Answers, known: frozenset[str]) -> list[Entry]:
    part = located.place.sheet.part
    lacking = not located.header or any(h.name in ("period", "value") for h in located.absent)
    grid = find_grid(located.page) if part == "observations" and lacking else None
    if grid is not None:
        located = located_grid(located, grid)
        rows, issues = read_grid(located, grid, answers)
        gathered.issues.append(about_grid(located, grid, rows, known))
    else:
        rows, issues = read_rows(located, answers)
    gathered.issues += [*located.issues, *issues]
    if not located.header or located.absent:
        gathered.failed.add(part)
    return [Entry(located, row) for row in rows]


def _settle_outcomes(entries: dict[str, list[Entry]]) -> None:
    """In a grid with outcomes as headings, what was taken for an area is the outcome."""
    names = {_name_key(str(e.row.values.get("name"))): e.row.values.get("name") for e in entries["outcomes"]}
    for entry in entries.get("observations", []):
        area = entry.row.values.get("area")
        if "area" in entry.row.at and isinstance(area, str) and _name_key(area) in names:
            entry.row.values["outcome"] = names[_name_key(area)]
            del entry.row.values["area"]


def _settle_names(entries: dict[str, list[Entry]]) -> None:
    """Spell names as on their own sheet where only capitals or spaces differ."""
    for name, home in NAME_SHEETS.items():
        sheet = next(s for s in SHEETS if s.name == home)
        own = sheet.headings[0].name
        given = [e.row.values.get(own) for e in entries.get(sheet.part, [])]
        known = {_name_key(n): n for n in given if isinstance(n, str)}
        others = (
            p for p in entries if p != sheet.part and name in {h.name for h in SHEET_OF_PART[p].headings}
        )
        for entry in (e for part in others for e in entries[part]):
            value = entry.row.values.get(name)
            if isinstance(value, str):
                entry.row.values[name] = known.get(_name_key(value), value)


def _given(entries: dict[str, list[Entry]], part: str) -> list[str]:
    """The names that a file gives on the sheet of campaigns or of outcomes."""
    own = SHEET_OF_PART[part].headings[0].name
    return [str(e.row.values[own]) for e in entries.get(part, []) if own in e.row.values]


def _fill_in_names(entries: dict[str, list[Entry]]) -> None:
    """A blank that is clear in its own file would not be so among the rows of several."""
    for name, part in zip((CAMPAIGN_FIELD, "outcome"), NAMED_PARTS, strict=True):
        names = _given(entries, part)
        if len(names) != 1:
            continue
        for entry in (e for where, rows in entries.items() if where not in BLANK_MEANS_ALL for e in rows):
            if name in {h.name for h in entry.place.sheet.headings} and name not in entry.row.cells:
                entry.row.values.setdefault(name, names[0])


def _two_programmes(gathered: Gathered) -> bool:
    """Whether two of the files each stand alone and have nothing in common."""
    whole = [names for names in gathered.named if all(names)]
    return any(not (a & b) and not (c & d) for (a, c), (b, d) in combinations(whole, 2))


def _name_key(text: str) -> str:
    return " ".join(text.casefold().split())


def _read(gathered: Gathered, programme: Programme | None) -> Read:
    """What was understood, so that a misreading is seen."""
    sheets = []
    for sheet in SHEETS:
        entries = gathered.entries.get(sheet.part, [])
        if not entries:
            continue
        totals = [
            (heading.title, total)
            for heading in sheet.headings
            if heading.kind in (Kind.NUMBER, Kind.MONEY, Kind.WHOLE)
            and (total := total_of(e.row.values.get(heading.name) for e in entries)) is not None
        ]
        days = range_of(value for e in entries for value in e.row.values.values())
        sheets.append(SheetRead(sheet.name, len(entries), tuple(totals), *days))
    return Read(tuple(sheets), tuple(series_read(programme)) if programme else ())
