"""What can be wrong, and how it is said.

1. Every message a user can meet about a template has a code in `CATALOGUE`; no other file words one.
2. A message says where, what was found, what is expected and how to fix it; never a Python type or index.

    EvalkitError
    ├── InputError          a frame or argument given to the library (also a ValueError)
    ├── TemplateError       a filled-in template; `.issues` holds every problem found
    └── OutputError         a file that could not be written
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError


class Severity(StrEnum):
    """How much an issue holds up."""

    ERROR = "error"
    QUESTION = "question"
    NOTE = "note"


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
        return f"{start}found {self.found}. Expected {self.expected}. Fix: {self.fix}"


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


class OutputError(EvalkitError):
    """A file that could not be written; nothing was left half-written."""


@dataclass(frozen=True, slots=True)
class Message:
    """A catalogue entry; `{names}` are filled in from the place of use.

    Attributes
    ----------
    severity : Severity
    found, expected, fix : str
        Templates. `{value}` is what the cell shows.
    absence : bool
        True for rules of the kind "there is no …", which make no sense while rows fail to read.
    """

    severity: Severity
    found: str
    expected: str
    fix: str
    absence: bool = False


class _Lenient(dict[str, object]):
    """Leave a name without a value as it stands, so that a message is never lost to a missing word."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _fill(text: str, context: dict[str, object]) -> str:
    return text.format_map(_Lenient(context))


def make_issue(
    code: str, *, sheet: str = "", cell: str = "", heading: str = "", **context: object
) -> Issue:
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
        return PydanticCustomError(self.code, filled, context)  # type: ignore[arg-type]


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


E_, Q_, N_ = Severity.ERROR, Severity.QUESTION, Severity.NOTE

CATALOGUE: dict[str, Message] = {
    # M: rules of the models, by part
    "M-required": Message(
        E_, "nothing", "{title}, needed from the {tier} tier", "Fill it in. {help}", absence=True
    ),
    "M-row-required": Message(
        E_, "no rows", "at least one row in {table}, needed from the {tier} tier", "Add one.", absence=True
    ),
    "M-choice": Message(E_, '"{value}"', "one of: {choices}", "Choose from the list.{hint}"),
    "M-type": Message(E_, '"{value}"', "{expected}", "{fix}"),
    "M-range": Message(E_, "{value}", "{expected}", "Correct the figure. {help}"),
    "M-text": Message(E_, '"{value}"', "{expected}", "Shorten or retype the text."),
    "M-ave": Message(
        E_,
        '"{value}"',
        "a measure of what people saw or did, without money",
        "Remove it. Advertising value equivalents and their relatives (EMV, PR value, media value, cost "
        "equivalents) price the space, not the change, and are refused here (Barcelona Principles, AMEC). "
        "What you spent on media belongs on the Inputs sheet.",
    ),
    "M-money-unit": Message(
        E_,
        'the unit "{value}"',
        "a unit without money: {stage}s carry no money",
        "Give the number of people or items. Money spent goes on the Inputs sheet; money saved follows from "
        "an outcome on the Money sheet.",
    ),
    "M-not-an-outcome": Message(
        E_,
        '"{value}"',
        "something a service recorded that changed",
        "This is an {stage}: move it to the {sheet} sheet. Reach, clicks, visits, sentiment and followers "
        "show that people saw or noticed; an outcome shows that something happened because of it.",
    ),
    "M-claimed-money": Message(
        E_,
        'a money value for the claimed outcome "{value}"',
        "money only for outcomes that a service observed",
        "Remove this row, or measure the outcome in a service's records.",
    ),
    "M-date-order": Message(
        E_, "{value}", "a date {relation} {other_title} ({other})", "Correct one of the two dates."
    ),
    "M-target-direction": Message(
        E_,
        "a target of {value} against a baseline of {baseline}",
        "a target on the good side of the baseline ({direction} is better)",
        "Correct the target, the baseline or the good direction of the outcome.",
    ),
    "M-total": Message(
        E_, "{value}", "{total}, {why}", "Correct the amounts so that they agree; the difference is {gap}."
    ),
    "M-unknown-name": Message(
        E_, '"{value}"', "the {what} exactly as on the {sheet} sheet: {choices}", "Correct the name.{hint}"
    ),
    "M-which": Message(
        E_,
        "nothing",
        "which {what} this row belongs to, since there are several",
        "Fill in the {what}: {choices}.",
    ),
    "M-duplicate": Message(E_, '"{value}"', "each {what} once", "It repeats {first}. Remove or rename one."),
    "M-duplicate-observation": Message(
        E_,
        "a second figure for {outcome}, {area}, {period}",
        "one figure for each outcome, area and period",
        "Keep the right one and delete the other (the first is {first}).",
    ),
    "M-no-observations": Message(
        E_,
        'no data for the outcome "{value}"',
        "rows on the Outcome data sheet, or in Groups or External estimates",
        "Add the figures, before and after the campaign started.",
        absence=True,
    ),
    "M-irregular": Message(
        E_,
        "{period} for {outcome}",
        "one row a period on a regular calendar ({expected})",
        "Use the first day of each period, always the same weekday for weeks.",
    ),
    "M-count-whole": Message(
        E_, "{value}", "a whole number, because {outcome} is a count", "Correct the figure, or set the kind to level."
    ),
    "M-negative": Message(E_, "{value}", "zero or more, because {outcome} is a {kind}", "Correct the figure."),
    "M-denominator-missing": Message(
        E_,
        "no denominator beside {value}",
        "the number that {outcome} is a share of",
        "Fill in the denominator: a share is a number out of a number.",
    ),
    "M-denominator-small": Message(
        E_, "{value} out of {denominator}", "a part no larger than the whole", "Correct one of the two."
    ),
    "M-denominator-zero": Message(
        E_, "a denominator of {denominator}", "a number above zero", "Correct it, or leave the value blank as a gap."
    ),
    "M-areas-unclear": Message(
        E_,
        "data for several areas ({areas}) and no word on which had the campaign",
        "the campaign's areas, or the comparison areas",
        "Fill in Areas on the Campaigns sheet, or list the comparison areas on the Comparison sheet.",
    ),
    "M-area-both": Message(
        E_,
        '"{value}" as a campaign area and as a comparison',
        "an area on one side only",
        "Remove it from one of the two.",
    ),
    "M-area-no-data": Message(
        E_, '"{value}"', "an area with rows on the Outcome data sheet: {choices}", "Correct the name.{hint}"
    ),
    "M-vat-amount": Message(
        E_,
        "VAT to be recovered, without its amount",
        "the VAT within the amount",
        "Fill in the VAT, which is then taken out of the cost.",
    ),
    "M-interval-order": Message(
        E_, "{low} to {high} around {value}", "low, then the figure, then high", "Correct the order."
    ),
    "M-campaign-outside": Message(
        E_,
        "a campaign start of {start}; the figures for {outcome} run from {first} to {last}",
        "figures from before and after the start",
        "Correct the start date, or add the missing figures.",
    ),
    "M-means-or-successes": Message(
        E_,
        "{found}",
        "either the number of successes out of n, or a mean with its standard deviation",
        "Fill in one of the two pairs.",
    ),
    "M-second-primary": Message(
        E_, 'a second primary outcome, "{value}"', "one primary outcome", "Say yes for one outcome only."
    ),
}
