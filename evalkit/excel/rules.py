"""The table of rules that any workbook is inspected by, and the inspection.

1. Essential rules are those without which some readers cannot use a workbook, or a figure in it cannot be
   trusted; desirable ones make it better. A file to be published has a few of its own.
2. Every finding names sheet and cell, what was found, and what to do.
3. What only a person can judge is listed as such, and never counted as met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from evalkit.excel import document_rules as d
from evalkit.excel import figure_rules as g
from evalkit.excel import formula_rules as f
from evalkit.excel import looks_rules as k
from evalkit.excel import model_rules as m
from evalkit.excel import table_rules as t
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
    published: bool = False  # only for a file that is to be published

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
    Rule("A01", E, d.title_set, "Set a title under File, Info."),
    Rule("A02", E, d.language_set, "Set the language of the document."),
    Rule("A03", D, d.author_is_a_body, "Name the organisation as the author."),
    Rule("A04", D, d.keywords_set, "Add keywords (tags) under File, Info."),
    Rule("A05", E, t.figures_in_tables, "Select the block, then Insert, Table."),
    Rule("A06", E, t.headers_are_text, "Give each column a heading of its own."),
    Rule("A07", D, t.table_names_say_something, "Rename the table under Table Design."),
    Rule("A08", D, t.no_filters, "Turn the filter buttons off."),
    Rule("A09", D, t.tables_plain, "Choose a light style under Table Design and turn banded rows off."),
    Rule("A10", E, t.nothing_merged, "Unmerge the cells."),
    Rule("A11", E, t.no_blank_rows, "Delete the blank row or column."),
    Rule("A12", E, t.blanks_explained, "Write a word in the cell, or say above the table why it is blank."),
    Rule("A13", D, g.no_lone_symbols, "Write a word instead."),
    Rule("A14", D, d.nothing_hidden, "Show it, or delete it."),
    Rule("A15", D, d.nothing_frozen, "Unfreeze the panes."),
    Rule("A16", E, k.text_wraps, "Turn on Wrap Text, or widen the column."),
    Rule("A17", D, k.widths_sensible, "Set the column between 8 and 80 wide, as its longest figure needs."),
    Rule("A18", E, d.sheet_titled, "Write a title in A1."),
    Rule("A19", E, k.titles_tagged, "Give A1 the cell style Heading 1."),
    Rule(
        "A20",
        E,
        k.headings_plain,
        "Change the heading style: Arial, 12 points or more, no border, no underlining.",
    ),
    Rule("A21", E, t.tables_counted, 'Write in A2 how many tables there are, such as "One table."'),
    Rule(
        "A22",
        E,
        t.nothing_beside_tables,
        'Write it in column A above the table; begin the line on the source with "Source".',
    ),
    Rule("A23", E, t.tables_at_the_left, "Move the table to column A."),
    Rule("A24", D, t.nothing_below_tables, "Move it above the table."),
    Rule("A25", D, t.one_table_a_sheet, "Give each table a sheet of its own."),
    Rule("A26", E, d.sheet_names_describe, "Rename the sheet."),
    Rule("A27", E, d.no_blank_sheet, "Delete the sheet."),
    Rule("A28", E, d.cover_first, "Put a cover sheet first."),
    Rule("A29", D, d.contents_listed, "Add a sheet of contents with a link to each sheet."),
    Rule("A30", E, d.links_described, "Let the text say where the link leads."),
    Rule("A31", E, g.notes_resolve, "Add the note to the Notes sheet."),
    Rule("A32", D, g.notes_by_headings, "Move the note to the title, the heading or the first column."),
    Rule("A33", D, g.notes_in_a_table, "Put the notes in one table: number, words."),
    Rule("A34", E, k.large_enough, "Use 12 points or more."),
    Rule("A35", D, k.sans_serif, "Use a font such as Arial."),
    Rule("A36", D, k.upright, "Use plain upright text."),
    Rule("A38", E, k.contrast, "Use darker text or a lighter background."),
    Rule("A39", D, k.no_fills, "Remove the background; say in a word what it meant."),
    Rule("A40", E, k.colour_not_alone, "Write in the cell what its colour means."),
    Rule("A41", E, d.no_headers_or_boxes, "Move the text into cells."),
    Rule("A42", E, d.pictures_described, "Add alternative text, a chart title and axis titles."),
    Rule("A43", D, d.no_macros, "Save it without macros."),
    Rule("A44", E, d.published_without_formulas, "Paste the values over the formulas.", published=True),
    Rule(
        "A45",
        D,
        g.numbers_are_numbers,
        "Enter figures as numbers, on the right, in one format for each column.",
    ),
    Rule("A46", D, g.periods_in_words, "Write out the period, and give dates a format such as d mmm yyyy."),
    Rule("A47", D, g.units_in_headings, "Add the unit to the heading in round brackets."),
    Rule(
        "A48",
        D,
        g.ends_of_ranges_apart,
        "Give the lower and the upper end a column each; say in words what is significant.",
    ),
    Rule("A49", D, g.codes_apart, "Give the code a column of its own."),
    Rule("A50", D, g.same_words_for_the_same, "Use one heading for both."),
    Rule("A51", E, d.opens_at_the_start, "Select A1 of each sheet and the first sheet last, then save."),
    Rule("A52", D, d.full_size, "Set the zoom to 100%."),
    Rule(
        "A53",
        D,
        d.file_name_plain,
        "Use small letters and dashes, 60 characters at most, as in waste-campaign-results.xlsx.",
        published=True,
    ),
    Rule("A54", D, d.open_format_beside, "Save it as .ods too, or each table as .csv.", published=True),
    Rule("M01", D, m.about_said, "Add a label and its answer on the first sheet."),
    Rule(
        "M02",
        D,
        m.roles_declared,
        "Say below the title whether the sheet holds inputs, workings or output; move formulas off inputs.",
    ),
    Rule("M03", D, f.no_numbers_in_formulas, "Put the number in a labelled cell and refer to it."),
    Rule("M04", D, f.short_formulas, "Split it into steps."),
    Rule("M05", D, f.no_nested_ifs, "Work out the inner condition in a cell of its own."),
    Rule("M06", D, f.known_functions, "Use a plainer function."),
    Rule("M07", E, f.no_npv, "Multiply by a row of discount factors and add up."),
    Rule("M08", E, f.nothing_volatile, "Refer to a cell instead."),
    Rule("M09", D, f.errors_not_hidden, "Test for the cause, such as a divisor of nought, with IF."),
    Rule("M10", D, f.one_formula_a_column, "Copy the first formula down."),
    Rule("M11", D, f.calculated_once, "Refer to the first cell."),
    Rule("M12", E, f.no_new_functions, "Use functions that every version has."),
    Rule("M13", E, f.no_links_outside, "Copy the figures in, with their source."),
    Rule("M14", E, f.no_circles, "Break the circle."),
    Rule("M15", D, f.flows_one_way, "Move the working behind what it rests on."),
    Rule("M16", D, f.no_chains, "Refer to the first cell of the chain."),
    Rule("M17", D, m.units_beside_figures, "Fill in the unit; keep units in one column on every sheet."),
    Rule("M18", E, m.inputs_hold_no_formula, "Put the formula among the workings."),
    Rule("M19", D, m.inputs_guarded, "Set Data Validation with a prompt and an error message that stops."),
    Rule("M20", D, m.assumptions_logged, "Add a sheet of assumptions with value, unit and reason."),
    Rule("M21", D, m.data_logged, "List each source with its date."),
    Rule("M22", D, m.sources_beside_inputs, "Write where the figure came from."),
    Rule(
        "M23",
        D,
        m.has_checks,
        "Add a sheet that checks totals, each with what it should be, difference, tolerance and a word.",
    ),
    Rule("M24", D, m.master_check_shown, "Let a cell of the first sheet repeat the check of all checks."),
    Rule("M26", D, m.changes_logged, "Add a table with version, date and what was changed."),
    Rule("M27", D, m.fingerprints_kept, "Write the SHA-256 of each input file on a sheet of its own."),
    Rule("M28", D, m.no_locked_doors, "Protect without a password, so that it can be examined."),
    Rule("M30", E, f.true_value_shown, "Show the number."),
    Rule("M31", D, f.not_rounded_midway, "Refer to the figure before rounding; let the format round."),
    Rule(
        "M32",
        D,
        m.prices_and_signs_said,
        "Say on the first sheet of which year the prices are, and what a minus means.",
    ),
    Rule(
        "M33",
        D,
        m.ranges_given,
        "Put the low and the high end beside each headline, and add a table of sensitivity.",
    ),
    Rule(
        "M34",
        D,
        m.assurance_said,
        "Add four lines: checks done, checks outstanding, limits, what it must not be used for.",
    ),
    Rule("M35", E, m.names_resolve, "Delete or mend the name."),
    Rule("M36", D, m.prints_on_pages, "Set it to fit one page wide."),
    Rule("M37", E, m.opens_without_repair, "Mend it before others open the file."),
    Rule("M38", E, f.formulas_show_values, "Open it in Excel, let it calculate and save it."),
    Rule("M39", E, f.no_errors, "Mend the formula, or show a word with the reason."),
)
BY_EYE = (
    "Spelling, plain English, and what Excel's own accessibility checker finds (A55).",
    "Whether the description of a chart says what the chart shows (A42).",
    "Whether the checks are enough: parts make the whole, totals agree between sheets, rows in are rows out, "
    "weights make one (M25).",
    "Whether decisions and sign-offs are on record, and by the right people (M20, M21).",
    "Whether a reader of finance would find the steps in the order in which they would ask for them (M15).",
)


def asked(*, published: bool = False) -> tuple[Rule, ...]:
    """The rules that a workbook is inspected by; more of them where it is to be published."""
    return tuple(r for r in RULES if published or not r.published)


def inspect(path: str | Path, *, published: bool = False) -> tuple[Breach, ...]:
    """Inspect a workbook by every rule.

    Parameters
    ----------
    path : str or Path
    published : bool
        Whether it is to be published, which brings rules of its own: values only, an open format beside it.

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
    found = [Breach(rule, place) for rule in asked(published=published) for place in _judged(rule, book)]
    return tuple(sorted(found, key=lambda b: b.rule.weight is not E))


def _judged(rule: Rule, book: Book) -> list[Place]:
    """Where a rule is not met; a workbook that it cannot read is not taken to meet it."""
    try:
        return list(rule.check(book))
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        return [Place(found=f"something that this rule cannot read ({type(error).__name__})")]
