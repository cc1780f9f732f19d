"""Questions that a check asks where a figure or a date has two meanings, and where they are answered.

1. A question is asked only when something in the file raises it; until it is answered nothing is evaluated.
2. Each is answered once for the workbook, in a named cell of the first sheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from evalkit.excel.headings import Heading, Kind
from evalkit.excel.sheets import START

ANSWERS_TITLE = "If the check asks"
DATES, DECIMALS, YEARS, LARGE = "text_dates", "text_decimals", "text_years", "large_amounts"
DOSES = "large_doses"
DAY_FIRST, MONTH_FIRST = "day first", "month first"
FULL_STOP, COMMA = "full stop before decimals", "comma before decimals"
CALENDAR_YEAR, FINANCIAL_YEAR = "calendar year", "financial year"
RIGHT = "right as typed"


def _question(name: str, title: str, help: str, *choices: str) -> Heading:
    return Heading(
        name=name,
        title=title,
        help=help,
        example=None,
        adds="",
        kind=Kind.CHOICE,
        tier=None,
        required=False,
        basic=False,
        choices=choices,
    )


QUESTIONS = (
    _question(
        DATES,
        "Dates typed as text",
        "Is 2/1/2025 the 2nd of January (day first) or the 1st of February (month first)?",
        DAY_FIRST,
        MONTH_FIRST,
    ),
    _question(
        DECIMALS,
        "Numbers typed as text",
        "Is 1.234 a little more than one (full stop before decimals) or over a thousand (comma before "
        "decimals)?",
        FULL_STOP,
        COMMA,
    ),
    _question(
        YEARS,
        "Years and quarters",
        "Does 2025 or Q1 2025 begin in January (calendar year) or in April (financial year)?",
        CALENDAR_YEAR,
        FINANCIAL_YEAR,
    ),
    _question(
        LARGE,
        "Amounts far above the others",
        "If an amount a thousand times the others is in pounds like them, say so here; else correct it.",
        RIGHT,
    ),
    _question(
        DOSES,
        "Doses far above the others or the cost",
        "If such doses are in the unit beside them and not in pence, say so here; else correct them.",
        RIGHT,
    ),
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered, and where an answer goes.

    Attributes
    ----------
    given : mapping of str to str
        Question to the entry chosen.
    cells : mapping of str to str
        Question to the cell for its answer, where the workbook has one.
    """

    given: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    cells: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def says(self, question: str, choice: str) -> bool:
        """Whether a question was answered so."""
        return self.given.get(question) == choice

    def open(self, question: str) -> bool:
        """Whether a question has not been answered."""
        return question not in self.given

    def how(self, question: str) -> str:
        """How to answer a question, as an instruction."""
        heading = next(q for q in QUESTIONS if q.name == question)
        words = " or ".join(f'"{choice}"' for choice in heading.choices)
        if question in self.cells:
            return f"Answer in {self.cells[question]}: {words}."
        return (
            f'Answer on the sheet {START}: in a new row write "{heading.title}" in column A and {words} '
            "beside it in column B."
        )


NO_ANSWERS = Answers()
