"""Excel's numbers for days and times, and the formats that show a number as one.

1. The file says which calendar it counts in, that of 1900 or that of 1904; both come out as plain dates.
2. A number beyond the calendar stays a number, so that it is named and not lost.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache

EPOCH, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a calendar, not a moment
LIKELY = (date(1950, 1, 1), date(2100, 12, 31))
GENERAL = "General"
# formats that files give by number only; those in between are plain numbers
BUILT_IN = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    14: "dd/mm/yyyy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "dd/mm/yyyy h:mm",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mmss.0",
    37: "#,##0",
    38: "#,##0",
    39: "#,##0.00",
    40: "#,##0.00",
    44: "£#,##0.00",
    49: "@",
    **dict.fromkeys([*range(27, 37), *range(50, 59)], "yyyy-mm-dd"),  # dates of East Asian editions
}
_LITERAL = re.compile(r'"[^"]*"|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]|[\\_*].', re.IGNORECASE)
_DATE_LETTER = re.compile(r"[dmhys]", re.IGNORECASE)
_ELAPSED = re.compile(r"\[(hh?|mm?|ss?)\]", re.IGNORECASE)


class Shows(Enum):
    """What a number format shows a number as."""

    NUMBER = "number"
    DATE = "date"
    ELAPSED = "elapsed time"


@lru_cache(maxsize=512)
def shows(number_format: str) -> Shows:
    """Whether a number format shows a date, an elapsed time or a number."""
    bare = _LITERAL.sub("", number_format.split(";")[0])
    if number_format == GENERAL or not _DATE_LETTER.search(bare.replace(GENERAL, "")):
        return Shows.NUMBER
    return Shows.ELAPSED if _ELAPSED.search(bare) else Shows.DATE


def moment(number: float, kind: Shows, epoch: datetime) -> datetime | time | timedelta | float:
    """What a number means in a cell that shows a date; the number itself beyond the calendar."""
    try:
        if kind is Shows.ELAPSED:
            return timedelta(seconds=round(number * 86_400, 3))
        day, part = divmod(number, 1)
        within = timedelta(milliseconds=round(part * 86_400_000))
        if 0 <= number < 1 and not within.days:
            return (EPOCH + within).time()
        if 0 < number < 60 and epoch is EPOCH:
            day += 1  # Excel's 1900 has a 29 February
        return epoch + timedelta(days=day) + within
    except (OverflowError, ValueError):
        return number


def date_of_serial(number: float) -> date | None:
    """The date that Excel means by a number, where that is a likely date."""
    if number != int(number) or not 0 < number < 100_000:
        return None
    day = (EPOCH + timedelta(days=int(number))).date()
    return day if LIKELY[0] <= day <= LIKELY[1] else None
