"""Dates that were typed as text.

1. Day before month, as in the United Kingdom; year first as in ISO. Nothing else is taken for a date.
2. A month, a quarter or a year is not a day: it is refused with its first day as a suggestion.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

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
_QUARTER = re.compile(r"q([1-4])[ \-/]?(\d{4})|(\d{4})[ \-/]?q([1-4])", re.IGNORECASE)
_WEEK = re.compile(r"(?:week (?:commencing|beginning|ending)|w/?[ce]\.?)[ :]+(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DateFound:
    """What a text says as a date: the day, or the code of the message and a suggestion."""

    day: date | None = None
    code: str = ""
    suggestion: str = ""


def read_date(text: str) -> DateFound:
    """Read a text that should be a date; blanks inside are single spaces."""
    for pattern, order in ((_DMY, (3, 2, 1)), (_YMD, (1, 2, 3)), (_NAMED, (3, 2, 1))):
        match = pattern.fullmatch(text)
        if match:
            year, month, day = (match.group(i) for i in order)
            return _made(year, month, day)
    return _period(text)


def _made(year: str, month: str, day: str) -> DateFound:
    number = int(month) if month.isdigit() else _month_number(month)
    if len(year) == 2:
        made = _day(2000 + int(year), number, int(day))
        return DateFound(code="D10", suggestion=_meant(made))
    made = _day(int(year), number, int(day))
    if made is None:
        swapped = _day(int(year), int(day), number)
        return DateFound(code="D02", suggestion=_meant(swapped))
    return DateFound(made)


def _period(text: str) -> DateFound:
    week = _WEEK.fullmatch(text)
    if week:
        inside = read_date(week.group(1))
        return DateFound(code="D03", suggestion=_meant(inside.day))
    quarter = _QUARTER.fullmatch(text)
    if quarter:
        q, year = (
            (quarter.group(1), quarter.group(2)) if quarter.group(1) else (quarter.group(4), quarter.group(3))
        )
        return DateFound(code="D03", suggestion=_meant(_day(int(year), 3 * int(q) - 2, 1)))
    month = _MONTH.fullmatch(text)
    if month and _month_number(month.group(1)):
        year = int(month.group(2)) + (2000 if len(month.group(2)) == 2 else 0)
        return DateFound(code="D03", suggestion=_meant(_day(year, _month_number(month.group(1)), 1)))
    number = _MONTH_NUMBER.fullmatch(text)
    if number:
        year, m = (
            (number.group(1), number.group(2)) if number.group(1) else (number.group(4), number.group(3))
        )
        return DateFound(code="D03", suggestion=_meant(_day(int(year), int(m), 1)))
    return DateFound(code="D03")


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


def _meant(day: date | None) -> str:
    return f". Did you mean {shown(day)}?" if day else ""
