"""What a cell means: from what was found to the typed value that the strict models expect.

1. Accepted where the meaning is certain, and said so; refused with a reason where it is not.
2. Nothing is guessed: a likely meaning goes into the message, never into the figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from evalkit.campaign.names import hint
from evalkit.errors import shown
from evalkit.excel.answers import FINANCIAL_YEAR, NO_ANSWERS, YEARS, Answers
from evalkit.excel.cells import ERROR_VALUES, Raw, as_shown, tidied, unescaped
from evalkit.excel.dates import FIRST_DAY, LAST_DAY, Unit, either_way, read_date
from evalkit.excel.headings import LIST_SEPARATOR, Heading, Kind
from evalkit.excel.numerals import NOT_THERE, WITHHELD, either_mark, read_number
from evalkit.excel.serials import EPOCH, date_of_serial
from evalkit.vocabulary import ObservationFlag

PERIOD = "period"  # the one column of dates in which a month or a quarter is as good as its first day
MARKERS = {WITHHELD: (ObservationFlag.SUPPRESSED, "C11"), NOT_THERE: (ObservationFlag.MISSING, "C35")}
CHOICES_SHOWN = 12
EXACT = 1e15  # a spreadsheet keeps fifteen figures
YEARS_TYPED = range(1990, 2101)  # whole numbers that are years rather than days
_SEPARATORS = re.compile(f"[{LIST_SEPARATOR}；\n]")
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
TRUE_WORDS = frozenset({"yes", "y", "true", "t", "1", "✓", "✔", "x"})
FALSE_WORDS = frozenset({"no", "n", "false", "f", "0", "✗", "✘"})


@dataclass(frozen=True, slots=True)
class Remark:
    """A catalogue entry about one cell, before its place is known."""

    code: str
    context: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a cell was read as.

    Attributes
    ----------
    value : object
        Typed for the model; None for a blank.
    fault : Remark or None
        Why it could not be read.
    note : Remark or None
        What a reader should know of how it was read.
    flag : ObservationFlag or None
        Why there is no figure, where a marker says so.
    """

    value: Any = None
    fault: Remark | None = None
    note: Remark | None = None
    flag: ObservationFlag | None = None


def remark(code: str, **context: object) -> Remark:
    """Build a `Remark`."""
    return Remark(code, tuple(context.items()))


@dataclass(frozen=True, slots=True)
class Way:
    """How the text of a column is read where it has two meanings.

    Attributes
    ----------
    answers : Answers
    month_first, comma : bool
        As answered, for dates and for numbers.
    ask : str
        The question that the column raises and nobody has answered.
    """

    answers: Answers = NO_ANSWERS
    month_first: bool = False
    comma: bool = False
    ask: str = ""


USUAL = Way()


def parse(cell: Raw, heading: Heading, way: Way = USUAL) -> Parsed:
    """Read one cell for one column."""
    if cell.blank:
        return Parsed()
    if cell.error or _error_as_text(cell, heading):
        return Parsed(fault=remark("C13", value=str(cell.value), expected=expected(heading)))
    if cell.value is None:
        return Parsed(fault=remark("C14", expected=expected(heading)))
    read = _READERS[heading.kind](cell, heading, way)
    if cell.formula and read.fault is None and read.note is None:
        outside = "[" in cell.formula and "]" in cell.formula
        note = remark("F27") if outside else remark("C15", value=as_shown(cell))
        return Parsed(read.value, None, note, read.flag)
    return read


def _error_as_text(cell: Raw, heading: Heading) -> bool:
    """Whether a text is an error value; one that was typed where words belong stays a text."""
    if not isinstance(cell.value, str) or cell.value.strip().upper() not in ERROR_VALUES:
        return False
    return bool(cell.formula) or heading.kind not in (Kind.TEXT, Kind.LONG_TEXT, Kind.LIST)


def expected(heading: Heading) -> str:
    """What belongs in a column, in words."""
    if heading.kind is Kind.CHOICE:
        return f"one of: {', '.join(heading.choices[:CHOICES_SHOWN])}"
    return _EXPECTED[heading.kind]


_EXPECTED = {
    Kind.TEXT: "text",
    Kind.LONG_TEXT: "text",
    Kind.LIST: "names separated by semicolons",
    Kind.DATE: "a date",
    Kind.NUMBER: "a number",
    Kind.WHOLE: "a whole number",
    Kind.MONEY: "an amount in pounds",
    Kind.PERCENT: "a percentage",
    Kind.YES_NO: "Yes or No",
    Kind.YEAR: "a financial year such as 2025-26",
}


def _text(cell: Raw, heading: Heading, way: Way) -> Parsed:
    if isinstance(cell.value, str):
        return Parsed(unescaped(cell.value))
    if isinstance(cell.value, bool):
        return Parsed(fault=remark("C12", value=as_shown(cell), expected=expected(heading)))
    if isinstance(cell.value, (time, timedelta)):
        return Parsed(fault=remark("C31", value=as_shown(cell)))
    if isinstance(cell.value, (int, float)) and abs(cell.value) >= EXACT:
        return Parsed(fault=remark("C33", value=f"{cell.value:.0f}"))
    text = as_shown(Raw(cell.value)) if isinstance(cell.value, (int, float)) else as_shown(cell)
    note = remark("C18", value=as_shown(cell), read=text) if isinstance(cell.value, date) else None
    return Parsed(text, note=note)


def _list(cell: Raw, heading: Heading, way: Way) -> Parsed:
    text = _text(cell, heading, way)
    if text.fault or text.value is None:
        return text
    items = [item.strip() for item in _SEPARATORS.split(str(text.value))]
    return Parsed(tuple(item for item in items if tidied(item)), note=text.note)


def _date(cell: Raw, heading: Heading, way: Way) -> Parsed:
    value = cell.value
    if isinstance(value, bool):
        return Parsed(fault=remark("C12", value=as_shown(cell), expected="a date"))
    if isinstance(value, datetime):
        day = value.date()
        year = (day - EPOCH.date()).days
        if year in YEARS_TYPED and value.time() == time(0):
            return Parsed(fault=remark("D15", value=as_shown(cell), year=str(year)))
        late = value.time() != time(0)
        note = remark("D09", value=as_shown(cell), read=shown(day)) if late else None
        return _in_range(day, as_shown(cell), note, typed=False)
    if isinstance(value, (time, timedelta)):
        return Parsed(fault=remark("D05", value=as_shown(cell)))
    if isinstance(value, (int, float)):
        if heading.name == PERIOD and value in YEARS_TYPED:
            return _period(str(int(value)), cell, way)
        likely = date_of_serial(value)
        suggestion = f". Did you mean {shown(likely)}?" if likely else ""
        return Parsed(fault=remark("D04", value=as_shown(Raw(value)), suggestion=suggestion))
    text = tidied(str(value))
    if way.ask and either_way(text):
        return Parsed(fault=remark("D11", value=as_shown(cell), answer=way.answers.how(way.ask)))
    found = read_date(text, month_first=way.month_first)
    if found.day is None and heading.name == PERIOD and found.likely and found.unit is not Unit.DAY:
        return _period(text, cell, way)
    if found.day is None:
        said = {"value": as_shown(cell), "suggestion": found.suggestion}
        return Parsed(fault=remark(found.code, **said, fix="Type the year with four figures."))
    note = remark("D01", value=as_shown(cell), read=shown(found.day))
    return _in_range(found.day, as_shown(cell), note)


def _period(text: str, cell: Raw, way: Way) -> Parsed:
    """A week, month, quarter or year where a period is wanted: its first day."""
    found = read_date(text, financial=way.answers.says(YEARS, FINANCIAL_YEAR))
    if found.likely is None:
        return Parsed(fault=remark("D03", value=as_shown(cell), suggestion=""))
    unclear = found.unit is Unit.UNCLEAR and FIRST_DAY <= found.likely <= LAST_DAY
    if unclear and way.answers.open(YEARS):
        return Parsed(fault=remark("D12", value=as_shown(cell), answer=way.answers.how(YEARS)))
    note = remark("D13", value=as_shown(cell), read=shown(found.likely))
    return _in_range(found.likely, as_shown(cell), note)


def _in_range(day: date, text: str, note: Remark | None, *, typed: bool = True) -> Parsed:
    if FIRST_DAY <= day <= LAST_DAY:
        return Parsed(day, note=note)
    limit = f"earlier than {shown(FIRST_DAY)}" if day < FIRST_DAY else f"later than {shown(LAST_DAY)}"
    fix = f"Correct the year: no date may be {limit}."
    if not typed and day < FIRST_DAY:
        fix = "Type the date in full, such as 1/4/2025; shown as a date, a small number is a day of 1900."
    return Parsed(fault=remark("D10", value=text, suggestion="", fix=fix))


def _number(cell: Raw, heading: Heading, way: Way) -> Parsed:
    """A number of any kind, as a float; percentages typed as such are divided by a hundred."""
    value = cell.value
    if isinstance(value, bool):
        return Parsed(fault=remark("C12", value=as_shown(cell), expected=expected(heading)))
    if isinstance(value, (date, time, timedelta)):
        return Parsed(fault=remark("C27", value=as_shown(cell), expected=expected(heading)))
    if isinstance(value, (int, float)):
        if cell.percent and heading.kind is not Kind.PERCENT:
            return _percent_where_plain(value * 100, as_shown(cell))
        scaled = _SCALED.search(cell.number_format.split(";")[0])
        return Parsed(value, note=remark("C16", value=as_shown(Raw(value))) if scaled else None)
    text = tidied(str(value))
    found = read_number(text, comma=way.comma)
    if way.ask and (either_mark(text) or found.code == "C06"):
        return Parsed(fault=remark("C34", value=as_shown(cell), answer=way.answers.how(way.ask)))
    if found.value is None:
        if found.code in MARKERS and heading.name == "value":
            flag, code = MARKERS[found.code]
            return Parsed(note=remark(code, value=as_shown(cell)), flag=flag)
        code = "C09" if found.code in MARKERS else found.code
        return Parsed(fault=remark(code, value=as_shown(cell), suggestion=found.suggestion))
    if found.percent and heading.kind is not Kind.PERCENT:
        return _percent_where_plain(float(found.value), as_shown(cell))
    if found.pence and heading.kind is Kind.MONEY:
        pounds = found.value / 100
        return Parsed(pounds, note=remark("C28", value=f'"{as_shown(cell)}"', read=shown(pounds)))
    if found.pence or (found.money and heading.kind in (Kind.WHOLE, Kind.PERCENT)):
        return Parsed(fault=remark("C09", value=as_shown(cell), suggestion=""))
    number = found.value / 100 if found.percent else found.value
    code = "C04" if found.brackets else "C01"
    read = as_shown(Raw(float(number), number_format="0%" if found.percent else "#,##0.00####"))
    if heading.kind is Kind.MONEY:
        return Parsed(number, note=remark(code, value=as_shown(cell), read=shown(number)))
    return Parsed(float(number), note=remark(code, value=as_shown(cell), read=read))


def _percent_where_plain(value: float, text: str) -> Parsed:
    plain = f"{value:.10g}"
    return Parsed(fault=remark("C29", value=text, shown=f"{plain}%", plain=plain))


def _float(cell: Raw, heading: Heading, way: Way) -> Parsed:
    read = _number(cell, heading, way)
    if read.value is None:
        return read
    return Parsed(float(read.value), note=read.note)


def _whole(cell: Raw, heading: Heading, way: Way) -> Parsed:
    read = _number(cell, heading, way)
    if read.value is None:
        return read
    if float(read.value) != int(read.value):
        context = {"value": as_shown(cell), "expected": "a whole number", "help": heading.help}
        return Parsed(fault=remark("M-range", **context))
    return Parsed(int(read.value), note=read.note)


MOST_POUNDS = Decimal(10) ** 12  # what the type of money can hold


def _money(cell: Raw, heading: Heading, way: Way) -> Parsed:
    read = _number(cell, heading, way)
    if read.value is None:
        return read
    exact = read.value if isinstance(read.value, Decimal) else Decimal(repr(read.value))
    if abs(exact) >= MOST_POUNDS:
        most = f"less than £{MOST_POUNDS:,.0f}"
        return Parsed(fault=remark("M-range", value=as_shown(cell), expected=most, help=heading.help))
    amount = round(exact, 2)
    if abs(exact - amount) < Decimal("1e-6"):
        return Parsed(amount, note=read.note)
    return Parsed(amount, note=remark("C28", value=f"£{exact:,.4f}", read=shown(amount)))


def _percent(cell: Raw, heading: Heading, way: Way) -> Parsed:
    read = _number(cell, heading, way)
    if read.value is None:
        return read
    value = float(read.value)
    if value > 1 and not cell.percent and read.note is None and not heading.name.startswith("on_cost"):
        return _bare_percent(value, as_shown(cell))
    if value > 1 and isinstance(cell.value, str) and "%" not in cell.value:
        return _bare_percent(value, as_shown(cell))
    return Parsed(value, note=read.note)


def _bare_percent(value: float, text: str) -> Parsed:
    suggestion = f". Did you mean {value:.10g}%?" if value <= 100 else ""
    return Parsed(fault=remark("C08", value=text, suggestion=suggestion))


def _yes_no(cell: Raw, heading: Heading, way: Way) -> Parsed:
    word = as_shown(cell).casefold()
    if word in TRUE_WORDS:
        return Parsed(value=True)
    if word in FALSE_WORDS:
        return Parsed(value=False)
    return Parsed(fault=remark("C25", value=as_shown(cell)))


def _choice(cell: Raw, heading: Heading, way: Way) -> Parsed:
    text = as_shown(Raw(cell.value)) if isinstance(cell.value, (int, float)) else as_shown(cell)
    by_key = {_key(choice): choice for choice in heading.choices}
    choice = by_key.get(_key(text))
    if choice is not None:
        return Parsed(heading.term(choice) if heading.term else choice)
    context = {"value": text, "choices": ", ".join(heading.choices), "hint": hint(text, heading.choices)}
    return Parsed(fault=remark("V02", **context))


def _key(text: str) -> str:
    """Letters and figures only, so that spaces, hyphens and capitals make no difference."""
    return "".join(c for c in text.casefold() if c.isalnum())


def _year(cell: Raw, heading: Heading, way: Way) -> Parsed:
    text = tidied(as_shown(cell)).replace("/", "-").replace("–", "-").replace(" ", "")
    if len(text) == len("2025-2026") and text[4] == "-":
        text = text[:5] + text[7:]
    parts = text.split("-")
    if len(parts) == 2 and all(p.isascii() and p.isdigit() for p in parts) and len(parts[0]) == 4:
        second = f"{(int(parts[0]) + 1) % 100:02d}"
        if parts[0].startswith("20") and parts[1] == second:
            return Parsed(text)
        return Parsed(
            fault=remark("V11", value=as_shown(cell), suggestion=f". Did you mean {parts[0]}-{second}?")
        )
    return Parsed(fault=remark("V11", value=as_shown(cell), suggestion=""))


_READERS: dict[Kind, Callable[[Raw, Heading, Way], Parsed]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.LIST: _list,
    Kind.DATE: _date,
    Kind.NUMBER: _float,
    Kind.WHOLE: _whole,
    Kind.MONEY: _money,
    Kind.PERCENT: _percent,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
    Kind.YEAR: _year,
}
