"""Dates that were typed as text.

1. Day before month, as in the United Kingdom, unless somebody said otherwise; year first as in ISO.
2. A month, a quarter or a year is not a day; where a period is wanted, its first day is what is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from evalkit.errors import MONTHS, shown

FIRST_DAY, LAST_DAY = date(1901, 1, 1), date(2100, 12, 31)

_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?,? )?"
_DMY = re.compile(rf"(\d{{1,2}})[/.\- ](\d{{1,2}})[/.\- ](\d{{4}}|\d{{2}}){_TIME}", re.IGNORECASE)
_YMD = re.compile(rf"(\d{{4}})[/.\-](\d{{1,2}})[/.\-](\d{{1,2}}){_TIME}", re.IGNORECASE)
_NAMED = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th)?[ \-/]([a-z]{{3,9}})\.?,?[ \-/](\d{{4}}|\d{{2}}){_TIME}",
    re.IGNORECASE,
)
_MONTH = re.compile(r"([a-z]{3,9})\.?[ \-/'’]*(\d{4}|\d{2})", re.IGNORECASE)
_MONTH_NUMBER = re.compile(r"(\d{4})[\-/](\d{1,2})|(\d{1,2})[\-/](\d{4})")
_MONTHS = re.compile(r"([a-z]{3,9})\.? ?(?:to|[\-–/]) ?([a-z]{3,9})\.?,? (\d{4})", re.IGNORECASE)
_YEAR = re.compile(r"\d{4}")
_FINANCIAL = re.compile(r"(?:fy ?)?(\d{4})[\-/–](\d{4}|\d{2})", re.IGNORECASE)
_QUARTER = re.compile(r"q(?:uarter )?([1-4]),?[ \-/]?(.+)|(.+?)[ \-/]?q(?:uarter )?([1-4])", re.IGNORECASE)
_WEEK = re.compile(r"(week (?:commencing|beginning|ending)|w/?[ceb]\.?)[ :]+(.+)", re.IGNORECASE)


class Unit(Enum):
    """What a text names instead of a day."""

    DAY = "a day"
    WEEK = "a week"
    MONTH = "a month"
    FINANCIAL = "a quarter or year of a financial year"
    UNCLEAR = "a quarter or year, of which calendar is not said"


@dataclass(frozen=True, slots=True)
class DateFound:
    """What a text says as a date.

    Attributes
    ----------
    day : date or None
    code : str
        Of the message, where it is no day.
    likely : date or None
        The first day of the period that is named, or the day that is probably meant.
    unit : Unit
    """

    day: date | None = None
    code: str = ""
    likely: date | None = None
    unit: Unit = Unit.DAY

    @property
    def suggestion(self) -> str:
        """The likely day as the end of a sentence, or nothing."""
        return f". Did you mean {shown(self.likely)}?" if self.likely else ""


def read_date(text: str, *, month_first: bool = False, financial: bool = False) -> DateFound:
    """Read a text that should be a date; blanks inside are single spaces.

    Parameters
    ----------
    text : str
    month_first : bool
        Whether 2/1/2025 is the 1st of February.
    financial : bool
        Whether a quarter or a year that does not say so is one of a financial year.
    """
    orders = ((_DMY, (3, 1, 2) if month_first else (3, 2, 1)), (_YMD, (1, 2, 3)), (_NAMED, (3, 2, 1)))
    for pattern, order in orders:
        match = pattern.fullmatch(text)
        if match:
            year, month, day = (match.group(i) for i in order)
            return _made(year, month, day)
    return _period(text, financial=financial)


def either_way(text: str) -> tuple[date | None, date | None] | None:
    """A date in figures read day first and month first; None if it is no such date."""
    match = _DMY.fullmatch(text)
    if match is None or len(match.group(3)) == 2:
        return None
    first, second, year = (int(match.group(i)) for i in (1, 2, 3))
    return _day(year, second, first), _day(year, first, second)


def _made(year: str, month: str, day: str) -> DateFound:
    number = int(month) if month.isdigit() else _month_number(month)
    if len(year) == 2:
        return DateFound(code="D10", likely=_day(2000 + int(year), number, int(day)))
    made = _day(int(year), number, int(day))
    if made is None:
        return DateFound(code="D02", likely=_day(int(year), int(day), number))
    return DateFound(made)


def _period(text: str, *, financial: bool) -> DateFound:
    week = _WEEK.fullmatch(text)
    if week:
        inside = read_date(week.group(2)).day
        ending = week.group(1).casefold().rstrip(".").endswith(("ending", "e"))
        if inside and ending:
            return DateFound(code="D03", likely=inside - timedelta(days=6))
        return DateFound(code="D03", likely=inside, unit=Unit.WEEK)
    month = _MONTH.fullmatch(text)
    if month and _month_number(month.group(1)):
        year = int(month.group(2)) + (2000 if len(month.group(2)) == 2 else 0)
        likely = _day(year, _month_number(month.group(1)), 1)
        return DateFound(code="D03", likely=likely, unit=Unit.MONTH)
    months = _MONTHS.fullmatch(text)
    if months:
        first, last = (_month_number(months.group(i)) for i in (1, 2))
        likely = _day(int(months.group(3)), first, 1) if first < last else None
        return DateFound(code="D03", likely=likely, unit=Unit.MONTH)
    quarter = _QUARTER.fullmatch(text)
    if quarter:
        number = int(quarter.group(1) or quarter.group(4))
        return _of_year(quarter.group(2) or quarter.group(3), 3 * number - 2, financial=financial)
    return _of_year(text, 1, financial=financial)


def _of_year(text: str, month: int, *, financial: bool) -> DateFound:
    """The month that a quarter begins with, or the first, in a calendar or financial year."""
    years = _FINANCIAL.fullmatch(text.strip())
    if years and (int(years.group(1)) + 1) % 100 == int(years.group(2)[-2:]):
        if 1 <= int(years.group(2)) <= 12:  # 2011-12 is also December 2011
            return DateFound(code="D03")
        return DateFound(code="D03", likely=_april(int(years.group(1)), month), unit=Unit.FINANCIAL)
    if _YEAR.fullmatch(text.strip()):
        year = int(text)
        likely = _april(year, month) if financial else _day(year, month, 1)
        return DateFound(code="D03", likely=likely, unit=Unit.UNCLEAR)
    number = _MONTH_NUMBER.fullmatch(text)
    if number and month == 1:
        year, m = (int(n) for n in (number.group(1, 2) if number.group(1) else number.group(4, 3)))
        return DateFound(code="D03", likely=_day(year, m, 1), unit=Unit.MONTH)
    return DateFound(code="D03")


def _april(year: int, month: int) -> date | None:
    """First day of a month counted from April."""
    return _day(year + (month > 9), (month + 2) % 12 + 1, 1)


def _month_number(name: str) -> int:
    """1 to 12; 0 if it is no month, in full or cut to three letters or more."""
    folded = name.casefold()
    for i, short in enumerate(MONTHS, start=1):
        full = date(2000, i, 1)
        names = (short.casefold(), _FULL[i - 1])
        if folded == names[0] or (names[1].startswith(folded) and len(folded) >= 3 and full.month == i):
            return i
    return 0


_FULL = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
