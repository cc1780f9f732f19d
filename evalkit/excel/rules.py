"""The table of rules that any workbook is inspected by, and the inspection.

1. Essential rules are those without which some readers cannot use a workbook, or a figure in it cannot be
   trusted; desirable ones make it better. A publication copy has a few of its own.
2. Every finding names sheet and cell, what was found, and what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from evalkit.excel import accessibility_rules as a
from evalkit.excel import modelling_rules as m
from evalkit.excel.inspected import Book, Place, opened


class Weight(Enum):
    """How much a rule matters."""

    ESSENTIAL = "essential"
    DESIRABLE = "desirable"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its code, weight, what it asks (the docstring of its function) and how to meet it."""

    code: str
    weight: Weight
    check: Callable[[Book], Iterator[Place]]
    fix: str

    @property
    def asks(self) -> str:
        """What the rule asks, in a sentence."""
        return (self.check.__doc__ or "").strip()


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that is not met, and where."""

    rule: Rule
    place: Place

    @property
    def sentence(self) -> str:
        """Place, what was found, what is asked, what to do."""
        where = "!".join(filter(None, (self.place.sheet, self.place.cell))) or "The workbook"
        return f"{where}: found {self.place.found}. {self.rule.asks} {self.rule.fix}"


E, D = Weight.ESSENTIAL, Weight.DESIRABLE
RULES = (
    Rule("A01", E, a.title_set, "Set a title under File, Info."),
    Rule("A02", E, a.language_set, "Set the language of the document."),
    Rule("A03", D, a.author_is_a_body, "Name the organisation as the author."),
    Rule("A05", E, a.figures_in_tables, "Select the block, then Insert, Table."),
    Rule("A06", E, a.headers_are_text, "Give each column a heading of its own."),
    Rule("A07", D, a.table_names_say_something, "Rename the table under Table Design."),
    Rule("A08", D, a.no_filters, "Turn the filter buttons off."),
    Rule("A10", E, a.nothing_merged, "Unmerge the cells."),
    Rule("A11", E, a.no_blank_rows, "Delete the blank row."),
    Rule("A12", E, a.blanks_explained, "Write a word in the cell, or say above the table why it is blank."),
    Rule("A13", D, a.no_lone_symbols, "Write a word instead."),
    Rule("A14", D, a.nothing_hidden, "Show it, or delete it."),
    Rule("A15", D, a.nothing_frozen, "Unfreeze the panes."),
    Rule("A16", E, a.text_wraps, "Turn on Wrap Text, or widen the column."),
    Rule("A18", E, a.sheet_titled, "Write a title in A1."),
    Rule("A19", E, a.titles_tagged, "Give A1 the cell style Heading 1."),
    Rule("A21", E, a.tables_counted, 'Write in A2 how many tables there are, such as "One table."'),
    Rule("A23", E, a.tables_at_the_left, "Move the table to column A."),
    Rule("A25", D, a.one_table_a_sheet, "Give each table a sheet of its own."),
    Rule("A26", E, a.sheet_names_describe, "Rename the sheet."),
    Rule("A27", E, a.no_blank_sheet, "Delete the sheet."),
    Rule("A28", E, a.cover_first, "Put a cover sheet first."),
    Rule("A29", D, a.contents_listed, "Add a sheet of contents with a link to each sheet."),
    Rule("A30", E, a.links_described, "Let the text say where the link leads."),
    Rule("A31", E, a.notes_resolve, "Add the note to the Notes sheet."),
    Rule("A34", E, a.large_enough, "Use 12 points or more."),
    Rule("A35", D, a.sans_serif, "Use a font such as Arial."),
    Rule("A36", D, a.upright, "Use plain upright text."),
    Rule("A38", E, a.contrast, "Use darker text or a lighter background."),
    Rule("A40", E, a.colour_not_alone, "Write in the cell what its colour means."),
    Rule("A41", E, a.no_headers_or_boxes, "Move the text into cells."),
    Rule("A42", E, a.pictures_described, "Add alternative text, a chart title and axis titles."),
    Rule("A43", D, a.no_macros, "Save it without macros."),
    Rule("A51", E, a.opens_at_the_start, "Select the first sheet before saving."),
    Rule("M03", D, m.no_numbers_in_formulas, "Put the number in a labelled cell and refer to it."),
    Rule("M04", D, m.short_formulas, "Split it into steps."),
    Rule("M07", E, m.no_npv, "Multiply by a row of discount factors and add up."),
    Rule("M08", E, m.nothing_volatile, "Refer to a cell instead."),
    Rule("M10", D, m.one_formula_a_column, "Copy the first formula down."),
    Rule("M12", E, m.no_new_functions, "Use functions that every version has."),
    Rule("M13", E, m.no_links_outside, "Copy the figures in, with their source."),
    Rule("M14", E, m.no_circles, "Break the circle."),
    Rule("M18", E, m.inputs_hold_no_formula, "Put the formula among the workings."),
    Rule("M23", D, m.has_checks, "Add a sheet that checks totals."),
    Rule("M28", D, m.no_locked_doors, "Protect without a password, so that it can be examined."),
    Rule("M30", E, m.true_value_shown, "Show the number."),
    Rule("M35", E, m.names_resolve, "Delete or mend the name."),
    Rule("M36", D, m.prints_on_pages, "Set it to fit one page wide."),
    Rule("M37", E, m.opens_without_repair, "Mend it before others open the file."),
    Rule("M38", E, m.formulas_show_values, "Open it in Excel, let it calculate and save it."),
    Rule("M39", E, m.no_errors, "Mend the formula, or show a word with the reason."),
)


def inspect(path: str | Path) -> tuple[Breach, ...]:
    """Inspect a workbook by every rule.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    tuple of Breach
        Essential rules first; none if every rule is met.

    Raises
    ------
    TemplateError, InputError
        If the file is not a workbook or cannot be read.
    """
    book = opened(path)
    found = [Breach(rule, place) for rule in RULES for place in rule.check(book)]
    return tuple(sorted(found, key=lambda b: b.rule.weight is not E))
