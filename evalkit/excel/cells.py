"""Spreadsheet cells and plain values, both ways.

1. What goes into a cell goes in typed; text stays text, whatever it looks like.
2. What comes out is a `Raw` record: the value as the file has it, how it is shown, and whether a formula
   made it. Meaning is given by `parsing`, never here.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from evalkit.errors import shown
from evalkit.excel.headings import LIST_SEPARATOR, NO, YES, Heading, Kind

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell

SHOWN_LIMIT = 40
TEXT_LIMIT = 32_767

FORMATS = {
    Kind.TEXT: "@",
    Kind.LIST: "@",
    Kind.YEAR: "@",
    Kind.DATE: "d mmm yyyy",
    Kind.MONEY: "#,##0.00",
    Kind.PERCENT: "0.##########%",
    Kind.WHOLE: "#,##0",
}
GENERAL = "General"

# what a cell shows in place of a result; Google Sheets saves them as text, and a CSV file can do no other
ERROR_VALUES = frozenset(
    {
        *("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"),
        *("#GETTING_DATA", "#ERROR!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!"),
    }
)

# an underscore that Excel would read as the start of an escaped character
ESCAPABLE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t")


class Raw(NamedTuple):
    """One cell as it was found.

    Attributes
    ----------
    value : object
        None, text, number, boolean, date or time.
    error : bool
        Whether the value is one of Excel's error values.
    number_format : str
    formula : str
        Empty unless a formula made the value.
    """

    value: object
    error: bool = False
    number_format: str = GENERAL
    formula: str = ""

    @property
    def blank(self) -> bool:
        """Nothing to see: no value, or spaces only; a formula without a saved result is not blank."""
        value = self.value
        if value is None:
            return not self.formula
        return isinstance(value, str) and not tidied(value)

    @property
    def percent(self) -> bool:
        """Whether the cell shows its number as a percentage."""
        return "%" in self.number_format


def tidied(text: str) -> str:
    """Text without outer blanks, with one kind of space."""
    return " ".join(unescaped(text).replace("\u200b", "").replace("\ufeff", "").split())


def unescaped(text: str) -> str:
    """Text as Excel shows it, escaped characters resolved."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda m: chr(int(m.group(1), 16)), text)


def as_shown(cell: Raw) -> str:
    """What a reader sees in the cell, cut to a length that can be quoted."""
    value = cell.value
    text = _shown_value(value, cell)
    text = " ".join(text.split())
    return text if len(text) <= SHOWN_LIMIT else text[: SHOWN_LIMIT - 1].rstrip() + "…"


def _shown_value(value: object, cell: Raw) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _shown_number(value, cell)
    if isinstance(value, datetime) and value.time() != time(0):
        return f"{shown(value.date())} {value:%H:%M}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        return f"{value.total_seconds() / 3600:g} hours"
    if isinstance(value, str):
        return unescaped(value)
    return shown(value)


def _shown_number(value: float, cell: Raw) -> str:
    if cell.percent:
        return f"{value * 100:.10g}%"
    if "£" in cell.number_format:
        return f"£{value:,.2f}"
    if "#,##0" in cell.number_format:
        return f"{value:,.2f}" if "0.00" in cell.number_format else f"{value:,.10g}"
    return f"{value:.10g}"


def put(cell: Cell, value: object, heading: Heading | None = None) -> None:
    """Write a plain value into a cell; text can never become a formula, a number or an error value.

    Parameters
    ----------
    cell : Cell
    value : object
        As in the models: text, number, Decimal, date, boolean, vocabulary entry, tuple of text or None.
    heading : Heading, optional
        Gives the number format.
    """
    if heading is not None:
        cell.number_format = FORMATS.get(heading.kind, GENERAL)
    if isinstance(value, tuple):
        value = f"{LIST_SEPARATOR} ".join(value) or None
    elif isinstance(value, bool):
        value = YES if value else NO
    elif isinstance(value, Enum):
        value = str(value.value)
    if isinstance(value, str):
        put_text(cell, value)
    elif isinstance(value, (int, float, Decimal, date)):
        cell.value = value
        if heading is not None:  # openpyxl gives dates a format of its own
            cell.number_format = FORMATS.get(heading.kind, GENERAL)


def put_text(cell: Cell, text: str) -> None:
    """Write text as text, marked so that Excel keeps it as text when the cell is edited."""
    cell.value = ESCAPABLE.sub("_x005F_", text)[:TEXT_LIMIT]
    cell.data_type = "s"
    if text.startswith(STARTS_A_FORMULA):
        cell.quotePrefix = True
