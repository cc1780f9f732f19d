"""Drop-downs and entry checks, and the visible sheet that the drop-downs read from.

1. A drop-down always points at cells a reader can see; long lists typed into a rule damage a workbook.
2. A refusal in a cell says in plain words what to type instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.excel import theme
from evalkit.excel.cells import put_text
from evalkit.excel.entering import PROMPT_LIMIT, TITLE_LIMIT, limits
from evalkit.excel.headings import NO, YES, Heading, Kind
from evalkit.excel.page import cell_at, make_table, set_page, write_lines
from evalkit.excel.sheets import FIRST_ROW, LISTS, NAME_SHEETS, SHEET_OF_PART, SHEETS

LAST_ROW = 20_000  # entry checks reach this far, well below the input rows offered
LISTS_HEADER = 4
LISTS_TITLES = ("List", "Entry", "What it means")


@dataclass(frozen=True, slots=True)
class Block:
    """One list: its entries with their meaning, and the rows it takes on the Lists sheet."""

    name: str
    entries: tuple[tuple[str, str], ...]
    first: int

    @property
    def last(self) -> int:
        """Row of the last entry."""
        return self.first + len(self.entries) - 1

    @property
    def ref(self) -> str:
        """The cells of the entries, for a drop-down."""
        return f"{LISTS}!$B${self.first}:$B${self.last}"


def blocks_of(headings: Iterable[Heading]) -> dict[str, Block]:
    """Every list that a column or a question offers, once, in the order of first use."""
    blocks: dict[str, Block] = {}
    row = LISTS_HEADER + 1
    for heading in headings:
        entries = _entries(heading)
        if entries and heading.list_name not in blocks:
            blocks[heading.list_name] = Block(heading.list_name, entries, row)
            row += len(entries)
    return blocks


def _entries(heading: Heading) -> tuple[tuple[str, str], ...]:
    if heading.kind is Kind.YES_NO:
        return ((YES, ""), (NO, ""))
    if heading.term is not None:
        return tuple((member.value, member.gloss) for member in heading.term)
    return tuple((choice, "") for choice in heading.choices)


def fill_lists(worksheet: Worksheet, blocks: dict[str, Block]) -> None:
    """Write all lists as one table: list, entry, what it means."""
    top = (
        (LISTS, theme.HEADING_1),
        ("One table with the entries that the drop-downs offer, and what each one means.", theme.GUIDE),
        (
            "Nothing to fill in here. Changing this sheet changes nothing in how the template is read.",
            theme.GUIDE,
        ),
    )
    write_lines(worksheet, top)
    for number, title in enumerate(LISTS_TITLES, start=1):
        worksheet.cell(LISTS_HEADER, number, title).style = theme.COLUMN_OPTIONAL
    row = LISTS_HEADER
    for block in blocks.values():
        for row, (entry, gloss) in enumerate(block.entries, start=block.first):
            for number, text in enumerate((block.name, entry, gloss or "As it says."), start=1):
                cell = cell_at(worksheet, row, number)
                cell.style = theme.BODY
                put_text(cell, text)
    make_table(worksheet, "tblLists", LISTS_TITLES, LISTS_HEADER, row)
    for letter, width in (("A", 28), ("B", 46), ("C", 80)):
        worksheet.column_dimensions[letter].width = width
    set_page(worksheet)


def add_validation(worksheet: Worksheet, number: int, heading: Heading, blocks: dict[str, Block]) -> None:
    """Give a column its drop-down or entry check."""
    letter = get_column_letter(number)
    worksheet.add_data_validation(validation(heading, blocks, f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}"))


def validation(heading: Heading, blocks: dict[str, Block], cells: str) -> DataValidation:
    """A drop-down or entry check for some cells, with the help text as a prompt."""
    rule = DataValidation(allow_blank=True, showInputMessage=True, showErrorMessage=True)
    kind, operator, *limits = _rule(heading, blocks)
    rule.type, rule.operator, rule.formula1 = kind, operator, limits[0]  # type: ignore[assignment]
    rule.formula2 = limits[1] if len(limits) > 1 else None
    rule.promptTitle, rule.prompt = heading.title[:TITLE_LIMIT], heading.help[:PROMPT_LIMIT]
    rule.errorTitle, rule.error = heading.title[:TITLE_LIMIT], _refusal(heading)[:PROMPT_LIMIT]
    rule.add(cells)
    return rule


def _rule(heading: Heading, blocks: dict[str, Block]) -> tuple[str | None, ...]:
    """Kind of check, operator and limits."""
    if heading.list_name in blocks and heading.kind in (Kind.CHOICE, Kind.YES_NO):
        return ("list", None, blocks[heading.list_name].ref)
    names = _names_ref(heading)
    if names:
        return ("list", None, names)
    if heading.bounds is not None:
        return limits(heading.bounds)
    return _RULES.get(heading.kind, ("textLength", "lessThanOrEqual", "250"))


_RULES: dict[Kind, tuple[str | None, ...]] = {
    Kind.DATE: ("date", "between", "DATE(1901,1,1)", "DATE(2100,12,31)"),
    Kind.LONG_TEXT: ("textLength", "lessThanOrEqual", "2000"),
}

_REFUSALS = {
    Kind.DATE: "Type a date such as 1/4/2025.",
    Kind.NUMBER: "Leave the cell blank if it is not known.",
    Kind.MONEY: "Pounds, such as 1200 or 1200.50, without words.",
    Kind.PERCENT: "Write it such as 40%.",
    Kind.CHOICE: "Choose from the list. The Lists sheet says what each entry means.",
    Kind.YES_NO: "Choose Yes or No.",
    Kind.LONG_TEXT: "Please keep to 2,000 characters.",
}


def _refusal(heading: Heading) -> str:
    if _names_ref(heading):
        return f"Choose a name from the list; it comes from the {NAME_SHEETS[heading.name]} sheet."
    if heading.bounds is not None:
        return f"Type {heading.bounds.words}. {_REFUSALS.get(heading.kind, '')}".strip()
    return _REFUSALS.get(heading.kind, "Please keep to 250 characters.")


def _names_ref(heading: Heading) -> str:
    """Where the names stand that a column may use, if it uses names given on another sheet."""
    home = NAME_SHEETS.get(heading.name)
    if home is None:
        return ""
    sheet = next(s for s in SHEETS if s.name == home)
    first = sheet.headings[0].name
    if SHEET_OF_PART[sheet.part] is not sheet or first not in ("title", "name"):
        raise LookupError(f"the first column of {home} does not hold the names")
    return f"'{home}'!$A${FIRST_ROW}:$A${FIRST_ROW + 99}"
