"""Addresses of cells: letters, numbers and ranges.

1. Columns and rows count from 1, as on the sheet.
"""

from __future__ import annotations

import re
from functools import lru_cache

LAST_COLUMN, LAST_ROW = 16_384, 1_048_576
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_RANGE = re.compile(rf"{_ADDRESS.pattern}(?::{_ADDRESS.pattern})?")


@lru_cache(maxsize=1024)
def letters(column: int) -> str:
    """Letters of a column: 28 is AB."""
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@lru_cache(maxsize=1024)
def column_number(text: str) -> int:
    """Number of a column: AB is 28.

    Raises
    ------
    ValueError
        If it is no column of a sheet.
    """
    number = 0
    for letter in text:
        if not "A" <= letter <= "Z":
            raise ValueError(text)
        number = number * 26 + ord(letter) - 64
    if not 0 < number <= LAST_COLUMN:
        raise ValueError(text)
    return number


def first_cell(address: str) -> tuple[int, int]:
    """Column and row of the first cell of a range; zeros for none."""
    match = _ADDRESS.match(address)
    try:
        return (column_number(match.group(1)), int(match.group(2))) if match else (0, 0)
    except ValueError:
        return 0, 0


def corners(area: str) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a range.

    Raises
    ------
    ValueError
        If it is no range.
    """
    match = _RANGE.fullmatch(area)
    if match is None:
        raise ValueError(area)
    left, top = column_number(match.group(1)), int(match.group(2))
    right = column_number(match.group(3)) if match.group(3) else left
    return left, top, right, int(match.group(4) or top)


def span(first: int, last: int, row: int) -> str:
    """Cells of one row as a range."""
    return f"{letters(first)}{row}:{letters(last)}{row}" if last != first else f"{letters(first)}{row}"


def down(column: int, first: int, last: int) -> str:
    """Cells of one column as a range."""
    letter = letters(column)
    return f"{letter}{first}:{letter}{last}" if last != first else f"{letter}{first}"
