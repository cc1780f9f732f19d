"""What a check found and what was read, and how issues are ordered and folded.

1. Issues stand in the order of the sheets, by row and column; one cell has one error, the first.
2. The same fault in many cells of a column becomes one issue with their range.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from evalkit.campaign.programme import Programme
from evalkit.campaign.reading import SeriesRead, SheetRead
from evalkit.errors import Issue
from evalkit.excel.addresses import first_cell, letters
from evalkit.excel.sheets import SHEETS, START
from evalkit.messages import Severity

FOLD_FROM = 5
RUNS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Read:
    """All that was read."""

    sheets: tuple[SheetRead, ...] = ()
    series: tuple[SeriesRead, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of a check.

    Attributes
    ----------
    issues : tuple of Issue
        In order, the same fault in many cells folded into one.
    programme : Programme or None
        None while errors or unanswered questions stand.
    read : Read
    details : tuple of Issue
        The same issues cell by cell.
    """

    issues: tuple[Issue, ...]
    programme: Programme | None
    read: Read
    details: tuple[Issue, ...] = ()

    @property
    def stopping(self) -> tuple[Issue, ...]:
        """Issues that stop an evaluation."""
        return tuple(i for i in self.issues if i.severity is not Severity.NOTE)


def ordered(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Put issues in reading order; of several about one cell the first error stays."""
    ranked = sorted(issues, key=_rank)
    stops: dict[tuple[str, str], Issue] = {}
    for issue in ranked:
        if issue.cell and issue.severity is not Severity.NOTE:
            stops.setdefault((issue.sheet, issue.cell), issue)
    first = ((stops.get((issue.sheet, issue.cell)), issue) for issue in ranked)
    return tuple(dict.fromkeys(issue for stop, issue in first if stop is None or issue is stop))


_POSITIONS = {name: i for i, name in enumerate([START, *(s.name for s in SHEETS)], start=1)}


def _rank(issue: Issue) -> tuple[str, int, int, int]:
    file, _, sheet = issue.sheet.rpartition("]")
    column, row = first_cell(issue.cell)
    return (file, _POSITIONS.get(sheet, 0 if not sheet else 99), row, column)


def folded(issues: Sequence[Issue]) -> tuple[Issue, ...]:
    """Fold the same fault in five or more cells of a column into one issue."""
    counts = Counter(_fault(i) for i in issues if i.cell)
    many = {fault for fault, n in counts.items() if n >= FOLD_FROM}
    groups: dict[tuple[str, ...], list[Issue]] = {}
    for issue in issues:
        if issue.cell and _fault(issue) in many:
            groups.setdefault(_fault(issue), []).append(issue)
    kept, done = [], set()
    for issue in issues:
        fault = _fault(issue)
        if not issue.cell or fault not in many:
            kept.append(issue)
        elif fault not in done:
            done.add(fault)
            kept.append(_one(groups[fault]))
    return tuple(kept)


def _fault(issue: Issue) -> tuple[str, ...]:
    column = letters(first_cell(issue.cell)[0]) if issue.cell else ""
    return (issue.code, issue.sheet, column)


def _one(group: list[Issue]) -> Issue:
    rows = sorted(first_cell(i.cell)[1] for i in group)
    letter = letters(first_cell(group[0].cell)[0])
    found = f"{group[0].found} (and {len(group) - 1} more cells like it)"
    return replace(group[0], cell=_ranges(letter, rows), found=found)


def _ranges(letter: str, rows: list[int]) -> str:
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    if len(runs) > RUNS_SHOWN:
        return f"{letter}{rows[0]}:{letter}{rows[-1]}"
    return ", ".join(f"{letter}{a}" if a == b else f"{letter}{a}:{letter}{b}" for a, b in runs)
