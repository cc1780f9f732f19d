"""Rows to records, with a map from each field back to its cell.

1. Records are validated one by one; what pydantic says is put in the words of the catalogue.
2. A row that fails still stands in, as far as it was read, where other sheets refer to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from evalkit.campaign.fields import Record
from evalkit.errors import Issue
from evalkit.excel.answers import LARGE, Answers
from evalkit.excel.cells import Raw, as_shown
from evalkit.excel.headings import Heading, Kind
from evalkit.excel.locate import Located, Place
from evalkit.excel.parsing import expected
from evalkit.excel.rows import Row
from evalkit.messages import CATALOGUE

Loc = tuple[str | int, ...]
FAR_ABOVE, ENOUGH_AMOUNTS = 1000, 4
STAND_IN_NEEDS = {"campaigns": (), "outcomes": (), "observations": ("period",)}


@dataclass(slots=True)
class Entry:
    """One row as a record.

    Attributes
    ----------
    located : Located
    row : Row
    record : Record or None
        None where the row could not be read and nothing may stand in for it.
    sound : bool
        Whether the record is as the user meant it.
    unread : set of str
        Fields without a trustworthy value.
    """

    located: Located
    row: Row
    record: Record | None = None
    sound: bool = True
    unread: set[str] = field(default_factory=set)

    @property
    def place(self) -> Place:
        """The sheet it stands on."""
        return self.located.place

    def cell(self, name: str) -> str:
        """Address of a field's cell; of the row's first cell where the field has no column."""
        if name in self.row.at:
            return self.row.at[name]
        column = self.located.column_of(name) or min(self.located.columns)
        return self.place.cell(column, self.row.number)

    def issue(self, code: str, name: str, **context: Any) -> Issue:
        """Build an issue about one field."""
        heading = self.heading(name)
        return self.place.issue(code, self.cell(name), heading.title if heading else "", **context)

    def heading(self, name: str) -> Heading | None:
        """The column that holds a field."""
        return next((h for h in self.place.sheet.headings if h.name == name), None)


def build(entry: Entry) -> list[Issue]:
    """Make the record of a row, and say what is wrong with it."""
    sheet = entry.place.sheet
    values = {
        h.name: entry.row.values[h.name]
        for h in sheet.headings
        if h.name in entry.row.values and not h.nested
    }
    absent = {h.name for h in entry.located.absent}
    issues: list[Issue] = []
    unread = set(entry.row.failed)
    try:
        entry.record = sheet.model(**values)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            name = str(detail["loc"][0]) if detail["loc"] else sheet.headings[0].name
            if name in entry.row.failed or (name in absent and detail["type"] == "missing"):
                unread.add(name)
                continue
            issues += translated(entry, name, detail)
            unread.add(name)
        entry.record = _stand_in(entry, values, unread)
    entry.unread = unread
    entry.sound = not unread
    return issues


def far_above_the_others(entries: Sequence[Entry], answers: Answers) -> list[Issue]:
    """Ask about amounts that are probably in another unit than their neighbours."""
    amounts = [(e, e.row.values["amount"]) for e in entries if "amount" in e.row.values]
    positive = [float(a) for _, a in amounts if isinstance(a, Decimal) and a > 0]
    if len(positive) < ENOUGH_AMOUNTS or not answers.open(LARGE):
        return []
    limit = Decimal(FAR_ABOVE * median(positive))
    asked = {"times": FAR_ABOVE, "answer": answers.how(LARGE)}
    return [
        e.issue("V07", "amount", value=a, **asked) for e, a in amounts if isinstance(a, Decimal) and a > limit
    ]


def _stand_in(entry: Entry, values: dict[str, Any], unread: set[str]) -> Record | None:
    sheet = entry.place.sheet
    needs = STAND_IN_NEEDS.get(sheet.part)
    if needs is None or any(name in unread for name in needs):
        return None
    kept: dict[str, Any] = {name: value for name, value in values.items() if name not in unread}
    for name, info in sheet.model.model_fields.items():
        if name not in kept and info.is_required():
            kept[name] = str(values.get(name, "")) if name in ("title", "name") else None
    return sheet.model.model_construct(**kept)


def translated(entry: Entry, name: str, detail: ErrorDetails) -> Iterable[Issue]:
    """Put one of pydantic's errors in the words of the catalogue."""
    code, context = detail["type"], dict(detail.get("ctx", {}))
    heading = entry.heading(name)
    if code in CATALOGUE:
        yield entry.issue(code, name, **context)
        return
    if heading is None:
        raise LookupError(f"{name} is no column of {entry.place.sheet.name}")
    shown = as_shown(entry.row.cells.get(name, Raw(None)))
    if code == "missing" or not shown:
        yield entry.issue("V09", name, title=heading.title, help=heading.help)
    elif len(detail["loc"]) > 1:
        yield entry.issue("V12", name, value=shown)
    elif code == "string_pattern_mismatch" and heading.kind is Kind.TEXT:
        yield entry.issue("V16", name, value=shown)
    elif code in _TEXT_RULES:
        yield entry.issue("M-text", name, value=shown, expected=_TEXT_RULES[code].format(**context))
    elif code in _RANGE_RULES:
        rule = _RANGE_RULES[code](context, heading)
        yield entry.issue("M-range", name, value=shown, expected=rule, help=heading.help)
    else:
        yield entry.issue("M-type", name, value=shown, expected=expected(heading), fix=heading.help)


_TEXT_RULES = {
    "too_long": "no more than {max_length} characters",
    "too_short": "text that can be seen",
    "string_too_long": "no more than {max_length} characters",
    "string_too_short": "text that can be seen",
}


def _bound(word: str, name: str) -> Any:
    def rule(context: dict[str, Any], heading: Heading) -> str:
        limit = context.get(name)
        if heading.kind.name == "PERCENT" and isinstance(limit, (int, float)):
            return f"{word} {limit:.0%}"
        return f"{word} {limit:,}" if isinstance(limit, (int, float)) else f"{word} {limit}"

    return rule


def _fixed(text: str) -> Any:
    return lambda _context, _heading: text


_RANGE_RULES: dict[str, Any] = {
    "greater_than_equal": _bound("no less than", "ge"),
    "greater_than": _bound("more than", "gt"),
    "less_than_equal": _bound("no more than", "le"),
    "less_than": _bound("less than", "lt"),
    "finite_number": _fixed("an ordinary number"),
    "decimal_max_digits": _fixed("no more than £999,999,999,999.99"),
    "decimal_whole_digits": _fixed("no more than £999,999,999,999.99"),
    "decimal_max_places": _fixed("pounds and pence"),
}
