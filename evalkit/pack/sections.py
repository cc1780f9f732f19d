"""What a sheet holds, as frozen content: words, tables, charts and formulas with their values.

1. A formula and the number it comes to are one cell, so neither can exist without the other.
2. Formulas name cells (`{costs.1.total}`); where those stand is settled by `layout`, never here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from evalkit.amounts import decimals
from evalkit.campaign.bounds import Bounds
from evalkit.estimate import Interval

Value = str | float | int | Decimal | date | None

POUNDS, PENCE = "£#,##0", "£#,##0.00"
DATE, WHOLE, SHARE, ANY = "d mmm yyyy", "#,##0", "0.0%", "General"


class Look(Enum):
    """How a cell is meant; what that looks like is the writer's business."""

    TEXT = "text"
    LABEL = "label"
    ANSWER = "answer"
    QUIET = "quiet"
    INPUT = "input"
    FIGURE = "figure"
    TOTAL = "total"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Takes:
    """What an input cell takes.

    Attributes
    ----------
    title, help : str
        What is asked for, as the template asks for it.
    bounds : Bounds
    at_least, at_most : str
        Names of cells whose value is a limit too; they take the place of that of the bounds.
    """

    title: str
    help: str
    bounds: Bounds
    at_least: str = ""
    at_most: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes
    ----------
    value : str, number, date or None
        What the cell shows; with a formula, what the formula comes to.
    formula : str
        Begins with "=", names other cells in braces; empty for a constant.
    number_format : str
    look : Look
    name : str
        By which formulas and charts refer to it; empty if none do.
    sheet : str
        For a link: the sheet it leads to.
    takes : Takes, optional
        For an input that readers may change: what may be entered.
    """

    value: Value
    formula: str = ""
    number_format: str = ""
    look: Look = Look.TEXT
    name: str = ""
    sheet: str = ""
    takes: Takes | None = None


EMPTY = Cell(None)


def words(text: str, look: Look = Look.TEXT, *, name: str = "") -> Cell:
    """A cell of text."""
    return Cell(text, look=look, name=name)


def instead(text: str) -> Cell:
    """Words where a figure would stand."""
    return Cell(text, look=Look.FIGURE)


def number(value: Value, number_format: str = ANY, *, name: str = "", look: Look = Look.FIGURE) -> Cell:
    """A constant."""
    return Cell(value, number_format=number_format, look=look, name=name)


def entered(value: Value, number_format: str, what: Takes, *, name: str = "") -> Cell:
    """An input: a constant that readers may change."""
    return Cell(value, number_format=number_format, look=Look.INPUT, name=name, takes=what)


def live(
    formula: str, value: Value, number_format: str = ANY, *, name: str = "", look: Look = Look.FIGURE
) -> Cell:
    """A formula with the value it comes to."""
    return Cell(value, formula, number_format, look, name)


def as_entered(value: float) -> str:
    """Excel's number format for a figure with the digits it was given with."""
    places = len(f"{value:.6f}".rstrip("0").partition(".")[2])
    return "#,##0" + ("." + "0" * places if places else "")


def digits(interval: Interval, factor: float = 1.0) -> str:
    """Excel's number format for the digits that an interval is worth."""
    places = max(decimals(interval.scaled(factor)), 0)
    return "#,##0" + ("." + "0" * places if places else "")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the second level."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph in the first column."""

    text: str
    look: Look = Look.TEXT


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows without column headings: labels with what belongs to them."""

    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: heading with its unit, and the name by which its cells are referred to."""

    title: str
    key: str = ""
    figures: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading row.

    Cells of a column with a key are named `{table.key.row}` counting from 1, the column `{table.key}`.

    Attributes
    ----------
    key : str
        Unique in the workbook.
    columns : tuple of Column
    rows : tuple of tuple of Cell
    """

    key: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Role(Enum):
    """What a series of a chart is, which decides its line, dash and colour."""

    OBSERVED = "observed"
    EXPECTED = "expected"
    EFFECT = "effect"
    EDGE = "edge"
    BAND_BASE = "band base"
    BAND = "band"
    MARK = "mark"
    EVENT = "event"
    PART = "part"
    AMOUNT = "amount"
    SPAN = "span"
    LOWER = "lower span"
    UPPER = "upper span"


@dataclass(frozen=True, slots=True)
class Series:
    """A series: its name in the legend and the name of the range it shows."""

    title: str
    values: str
    role: Role


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of lines over dates, or of stacked columns over dates or named steps.

    Attributes
    ----------
    title, alt_text, x_title, y_title : str
    dates : str
        Name of the range with the dates.
    series : tuple of Series
    low, high, step : float
        Ends of the vertical axis, and the distance of its marks.
    number_format : str
        Of the vertical axis.
    months : bool
        Dates are shown by month, not by day.
    every : int
        A mark on the date axis every so many months or days.
    rows : int
        How many rows it takes; it is as wide as the sheet.
    first : int
        How many of the first rows of the ranges are left out.
    dated : bool
        Whether the axis below holds dates; otherwise numbers in the order of the table.
    columns : bool
        Stacked columns, the first series of role "band base" not drawn.
    steps : bool
        `dates` names a range of words: the columns are steps, not dates.
    """

    title: str
    alt_text: str
    x_title: str
    y_title: str
    dates: str
    series: tuple[Series, ...]
    low: float
    high: float
    step: float
    number_format: str
    months: bool
    every: int
    rows: int = 17
    first: int = 0
    dated: bool = True
    columns: bool = False
    steps: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of horizontal bars, one a row of a table, in the table's order from the top.

    Attributes
    ----------
    title, alt_text, label_title, value_title : str
    labels, values : str
        Names of the ranges with the labels and the lengths; no lengths where there are parts.
    below, above : str
        Names of the ranges with how far each range reaches to either side; empty for bars without a range.
    number_format : str
    rows : int
    scale : tuple of float, optional
        Ends of the axis and the distance of its marks; by default left to the program that draws it.
    parts : tuple of Series
        What each bar is stacked from; the first is not drawn where its role is "band base". Parts below
        zero are stacked to the left. There is no legend: the title of the values says what they are.
    most : int
        How many rows are drawn at most, from the first; 0 for all.
    """

    title: str
    alt_text: str
    label_title: str
    value_title: str
    labels: str
    values: str = ""
    below: str = ""
    above: str = ""
    number_format: str = "#,##0"
    rows: int = 14
    scale: tuple[float, float, float] | None = None
    parts: tuple[Series, ...] = ()
    most: int = 0


Block = Heading | Words | Rows | Table | Chart | Bars


@dataclass(frozen=True, slots=True)
class Section:
    """One sheet.

    Attributes
    ----------
    name : str
        On the tab.
    title, about : str
        A1 and A2.
    blocks : tuple of Block
    widths : tuple of float
        Of the columns, in characters.
    landscape : bool
    one_page : bool
        Printed on one A4 page; else as many as its length needs.
    working : int
        How many of the last columns only serve charts; they are not printed.
    across : int
        How many A3 pages a wide sheet is printed over, its first column on each; 1 for A4.
    """

    name: str
    title: str
    about: str
    blocks: tuple[Block, ...]
    widths: tuple[float, ...]
    landscape: bool = False
    one_page: bool = False
    working: int = 0
    across: int = 1

    @property
    def printed(self) -> int:
        """How many columns are printed."""
        return len(self.widths) - self.working
