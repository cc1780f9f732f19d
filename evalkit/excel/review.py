"""The budget review as a file, and what an earlier one said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import load_workbook

from evalkit.errors import Failure, InputError
from evalkit.evaluation import Evaluation
from evalkit.excel.inspected import UNREADABLE
from evalkit.excel.pack import write_book
from evalkit.pack.earlier import Earlier
from evalkit.pack.review import budget_review

HEADINGS = (
    "Campaign",
    "Started in",
    "Full cost (£)",
    "Cost per outcome (£), best estimate",
    "Evidence",
    "Answer",
    "Recommendation",
)


def write_review(
    evaluations: Iterable[Evaluation | Failure], path: str | Path, *, earlier: Iterable[str | Path] = ()
) -> None:
    """Write the budget review of many evaluations as an Excel workbook.

    Parameters
    ----------
    evaluations : iterable of Evaluation or Failure
        As `evaluate_many` gives them; failures are listed with their issues.
    path : str or Path
        Where it goes; a file that is there is replaced, in one step.
    earlier : iterable of str or Path
        Earlier reviews, for comparison from year to year.

    Raises
    ------
    InputError
        If there is no evaluation among them, or an earlier review is none.
    OutputError
        If the file cannot be written; then none is left half-written.
    """
    held = tuple(evaluations)
    done = tuple(e for e in held if isinstance(e, Evaluation))
    if not done:
        raise InputError(["a review needs at least one evaluation, and none of the files gave one"])
    before = tuple(row for one in earlier for row in earlier_rows(one))
    book = budget_review(done, failures=tuple(e for e in held if isinstance(e, Failure)), earlier=before)
    write_book(book, path)


def earlier_rows(path: str | Path) -> Sequence[Earlier]:
    """Read the campaigns of an earlier review by their headings.

    Raises
    ------
    InputError
        If the file is not such a review.
    """
    name = Path(path).name
    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
        rows = list(workbook["Campaigns"].iter_rows(values_only=True))
        workbook.close()
    except UNREADABLE as error:
        raise InputError([f"{name} is not a review written by evalkit review"]) from error
    top = next((i for i, r in enumerate(rows) if all(h in r for h in HEADINGS)), None)
    if top is None:
        raise InputError(
            [f"{name} is not a review written by evalkit review: the sheet Campaigns is different"]
        )
    at = [rows[top].index(h) for h in HEADINGS]
    found = []
    for row in rows[top + 1 :]:
        title, year, cost, each, level, answer, action = (row[i] for i in at)
        if title is None:
            break
        amount = float(cost) if isinstance(cost, int | float) else 0.0
        single = float(each) if isinstance(each, int | float) else str(each)
        found.append(
            Earlier(name, str(title), str(year), amount, single, str(level), str(answer), str(action))
        )
    return found
