"""What can be wrong, and how it is said.

1. Where a problem is found, only its code and its values are known; the words are in `messages.py`.
2. Problems are collected and reported together.

    EvalkitError
    ├── InputError          a frame or argument given to the library (also a ValueError)
    ├── TemplateError       a filled-in template; `.issues` holds every problem found
    └── OutputError         a file that could not be written
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from evalkit.messages import CATALOGUE, Severity


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem in a filled-in template.

    Attributes
    ----------
    code : str
        Entry in the catalogue.
    severity : Severity
        Errors and unanswered questions stop an evaluation; notes never do.
    sheet, cell : str
        Where; empty for a problem with the whole file or sheet. `cell` may be a range.
    found, expected, fix : str
        In the reader's words.
    heading : str
        The column heading, where there is one.
    """

    code: str
    severity: Severity
    sheet: str
    cell: str
    found: str
    expected: str
    fix: str
    heading: str = ""

    @property
    def sentence(self) -> str:
        """The issue as one line of text."""
        place = f"{self.sheet}!{self.cell}" if self.cell else self.sheet
        heading = f' ("{self.heading}")' if self.heading else ""
        start = f"{place}{heading}: " if place else ""
        return f"{start}found {_stopped(self.found)} Expected {_stopped(self.expected)} Fix: {self.fix}"


def _stopped(text: str) -> str:
    """End with one mark: a question keeps its own."""
    return text.rstrip(".") + ("" if text.endswith("?") else ".")


class EvalkitError(Exception):
    """The root of what evalkit raises."""


class InputError(EvalkitError, ValueError):
    """A frame or an argument that cannot be used; lists everything that is wrong.

    Parameters
    ----------
    problems : sequence of str
        One sentence each.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class TemplateError(EvalkitError):
    """A filled-in template that cannot be evaluated.

    Parameters
    ----------
    issues : sequence of Issue
        Every problem found, notes included.
    """

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        stopping = [i for i in self.issues if i.severity is not Severity.NOTE]
        lines = [f"{len(stopping)} problem(s) to mend before this can be evaluated:"]
        super().__init__("\n".join(lines + [i.sentence for i in stopping]))


@dataclass(frozen=True, slots=True)
class Failure:
    """A file among many that could not be evaluated: its name, and why, one sentence each."""

    source: str
    reasons: tuple[str, ...]


class OutputError(EvalkitError):
    """A file that could not be written; nothing was left half-written."""


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def shown(value: object) -> str:
    """Write a value as a spreadsheet shows it: 1 Apr 2025, £1,200.00, 13.5, Yes."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, (date, datetime)):
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    if isinstance(value, Decimal):
        return f"£{value:,.2f}"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    if isinstance(value, Enum):
        return str(value.value)
    return "nothing" if value is None else str(value)


class _Lenient(dict[str, object]):
    """Leave a name without a value as it stands, so that a message is never lost to a missing word."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _fill(text: str, context: dict[str, object]) -> str:
    return text.format_map(_Lenient({name: shown(value) for name, value in context.items()}))


def make_issue(code: str, *, sheet: str = "", cell: str = "", heading: str = "", **context: object) -> Issue:
    """Fill in a catalogue entry.

    Raises
    ------
    KeyError
        If the code is not in the catalogue.
    """
    entry = CATALOGUE[code]
    return Issue(
        code=code,
        severity=entry.severity,
        sheet=sheet,
        cell=cell,
        heading=heading,
        found=_fill(entry.found, context),
        expected=_fill(entry.expected, context),
        fix=_fill(entry.fix, context),
    )


@dataclass(frozen=True, slots=True)
class Problem:
    """A broken rule of the models, before it is known which cell it came from.

    Attributes
    ----------
    code : str
        Entry in the catalogue.
    loc : tuple of str or int
        Path to the field, as pydantic writes it.
    context : tuple of (str, object)
        What fills the message.
    """

    code: str
    loc: tuple[str | int, ...] = ()
    context: tuple[tuple[str, object], ...] = ()

    @property
    def error(self) -> PydanticCustomError:
        """The same as pydantic's own kind of error; its type is the code."""
        entry = CATALOGUE[self.code]
        context = dict(self.context)
        text = f"found {entry.found}; expected {entry.expected}; fix: {entry.fix}"
        # pydantic's own templates know no defaults, so the text is filled in here and escaped
        filled = _fill(text, context).replace("{", "(").replace("}", ")")
        return PydanticCustomError(self.code, filled, context)


def problem(code: str, *loc: str | int, **context: object) -> Problem:
    """Build a `Problem`; the code must be in the catalogue."""
    if code not in CATALOGUE:
        raise KeyError(code)
    return Problem(code, tuple(loc), tuple(context.items()))


def raise_problems(title: str, problems: Iterable[Problem], value: object) -> None:
    """Raise all of them at once as one pydantic ``ValidationError``; do nothing if there are none."""
    details = [InitErrorDetails(type=p.error, loc=p.loc, input=value) for p in problems]
    if details:
        raise ValidationError.from_exception_data(title, details)
