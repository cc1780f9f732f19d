"""Modelling: one function a rule for workbooks that work something out, each saying where it is not met.

1. The rules are those that the FAST standard, ICAEW's twenty principles and the Aqua Book share.
2. Formulas are read, never run.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter

from evalkit.excel.inspected import INPUT_STYLE, Book, Place, corners, style_of

PLAIN_NUMBERS = {"0", "1", "-1", "2", "12", "100", "1000"}
LONGEST = 160
VOLATILE = {"NOW(", "TODAY(", "RAND(", "RANDBETWEEN(", "RANDARRAY(", "OFFSET(", "INDIRECT("}
NPV = {"NPV(", "XNPV("}
PLACE = re.compile(
    r"(?:'((?:[^']|'')+)'|([A-Za-z_][\w.]*))?!?\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?"
)
ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}
MOST_CELLS = 5000  # of a range, when its cells are followed one by one


def _read(text: str) -> list[Token]:
    """The parts of a formula; none of one that is broken off, which no rule can judge."""
    try:
        return list(Tokenizer(text).items)
    except TokenizerError:
        return []


def _tokens(book: Book) -> Iterator[tuple[str, str, Token]]:
    for sheet, cell, text in book.formulas:
        for token in _read(text):
            yield sheet, cell.coordinate, token


def no_numbers_in_formulas(book: Book) -> Iterator[Place]:
    """Numbers stand in cells of their own, not inside formulas."""
    for sheet, cell, token in _tokens(book):
        if token.type == Token.OPERAND and token.subtype == Token.NUMBER and token.value not in PLAIN_NUMBERS:
            yield Place(sheet, cell, token.value)


def short_formulas(book: Book) -> Iterator[Place]:
    """Formulas are short enough to be read."""
    for sheet, cell, text in book.formulas:
        if len(text) > LONGEST:
            yield Place(sheet, cell.coordinate, f"{len(text)} characters")


def _functions(book: Book, unwanted: set[str]) -> Iterator[Place]:
    for sheet, cell, token in _tokens(book):
        if (
            token.type == Token.FUNC
            and token.subtype == Token.OPEN
            and token.value.upper().removeprefix("_XLFN.") in unwanted
        ):
            yield Place(sheet, cell, token.value + ")")


def no_npv(book: Book) -> Iterator[Place]:
    """Present values are discount factors times flows; NPV() dates the first flow a year late."""
    yield from _functions(book, NPV)


def nothing_volatile(book: Book) -> Iterator[Place]:
    """Nothing changes with the clock or chance, and no reference is put together from text."""
    yield from _functions(book, VOLATILE)


def no_new_functions(book: Book) -> Iterator[Place]:
    """Formulas work in every version of Excel and in other programs."""
    for sheet, cell, text in book.formulas:
        if "_xlfn." in text.lower() or cell.value.__class__.__name__ == "ArrayFormula":
            yield Place(sheet, cell.coordinate, text[:40])


def no_links_outside(book: Book) -> Iterator[Place]:
    """Nothing refers to another file."""
    for sheet, cell, text in book.formulas:
        if re.search(r"\[\d+\]", text):
            yield Place(sheet, cell.coordinate, text[:40])
    for name in book.names:
        if name.startswith(("xl/externalLinks/", "xl/connections", "xl/queryTables/")):
            yield Place(found=name)
            break


def no_circles(book: Book) -> Iterator[Place]:
    """No formula comes back to itself."""
    graph = {(s, c.coordinate): _precedents(s, text) for s, c, text in book.formulas}
    state: dict[tuple[str, str], int] = {}
    for start in graph:
        stack = [(start, iter(graph[start]))] if start not in state else []
        state.setdefault(start, 1)
        while stack:
            node, rest = stack[-1]
            following = next((n for n in rest if n in graph and state.get(n) != 2), None)
            if following is None:
                state[node] = 2
                stack.pop()
            elif state.get(following) == 1:
                yield Place(*following, "a circle of formulas")
                return
            else:
                state[following] = 1
                stack.append((following, iter(graph[following])))


def _precedents(sheet: str, text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for token in _read(text):
        if token.type != Token.OPERAND or token.subtype != Token.RANGE:
            continue
        home, _, ref = token.value.rpartition("!")
        target = home.strip("'").replace("''", "'") or sheet
        try:
            left, top, right, bottom = corners(ref)
        except (TypeError, ValueError):
            continue
        if (right - left + 1) * (bottom - top + 1) > MOST_CELLS:
            continue
        found += [
            (target, f"{get_column_letter(c)}{r}")
            for c in range(left, right + 1)
            for r in range(top, bottom + 1)
        ]
    return found


def one_formula_a_column(book: Book) -> Iterator[Place]:
    """A column of a table holds one formula, copied down."""
    columns: dict[tuple[str, str, int], list[tuple[str, str]]] = defaultdict(list)
    for sheet, cell, text in book.formulas:
        for area in book.tables[sheet]:
            if area.left <= cell.column <= area.right and area.top < cell.row <= area.bottom:
                columns[sheet, area.name, cell.column].append((cell.coordinate, text))
    for (sheet, _, _), held in columns.items():
        first, formula = held[0]
        for place, text in held[1:]:
            if Translator(formula, first).translate_formula(place) != text:
                yield Place(sheet, place, text[:60])
                break


def true_value_shown(book: Book) -> Iterator[Place]:
    """No number is hidden by its format."""
    for sheet, cells in book.cells.items():
        for cell in cells:
            if cell.number_format.replace(" ", "") == ";;;":
                yield Place(sheet, cell.coordinate, ";;;")


def no_errors(book: Book) -> Iterator[Place]:
    """No cell shows an error."""
    for ws in book.values.worksheets:
        for row in ws.iter_rows():
            for cell in row:
                if cell.data_type == "e" or cell.value in ERRORS:
                    yield Place(ws.title, cell.coordinate, str(cell.value))


def formulas_show_values(book: Book) -> Iterator[Place]:
    """Every formula carries its value, for viewers that do not calculate."""
    for sheet, cell, _ in book.formulas:
        if book.values[sheet][cell.coordinate].value is None:
            yield Place(sheet, cell.coordinate, "a formula without a value")


def has_checks(book: Book) -> Iterator[Place]:
    """A workbook with formulas checks itself on a sheet of its own."""
    if book.formulas and not any("check" in ws.title.casefold() for ws in book.sheets):
        yield Place(found="no sheet with checks")


def inputs_hold_no_formula(book: Book) -> Iterator[Place]:
    """Cells marked as inputs hold no formula."""
    for sheet, cell, text in book.formulas:
        if style_of(cell) == INPUT_STYLE:
            yield Place(sheet, cell.coordinate, text[:40])


def no_locked_doors(book: Book) -> Iterator[Place]:
    """Protection has no password."""
    for ws in book.sheets:
        if ws.protection.sheet and ws.protection.password:
            yield Place(ws.title, "", "protected with a password")


def names_resolve(book: Book) -> Iterator[Place]:
    """Every defined name leads somewhere."""
    for name, defined in book.book.defined_names.items():
        if "#REF!" in (defined.attr_text or ""):
            yield Place(found=name)


def prints_on_pages(book: Book) -> Iterator[Place]:
    """Every sheet is set to print as wide as the page."""
    for ws in book.sheets:
        if not (ws.sheet_properties.pageSetUpPr and ws.sheet_properties.pageSetUpPr.fitToPage):
            yield Place(ws.title, "", "not set to fit the page")


def opens_without_repair(book: Book) -> Iterator[Place]:
    """Nothing that makes Excel offer a repair: long lists, long texts, table headings that differ."""
    for ws in book.sheets:
        for rule in ws.data_validations.dataValidation:
            if (
                rule.type == "list"
                and rule.formula1
                and rule.formula1.startswith('"')
                and len(rule.formula1) > 257
            ):
                yield Place(ws.title, str(rule.sqref), "a list longer than 255 characters")
        for table in ws.tables.values():
            left, top, right, _ = corners(table.ref)
            names = [c.name for c in table.tableColumns]
            shown = [str(ws.cell(top, c).value) for c in range(left, right + 1)]
            if names and names != [s.replace("\n", "_x000a_") for s in shown] and names != shown:
                yield Place(ws.title, f"{get_column_letter(left)}{top}", "headings differ from the table's")
    for sheet, cells in book.cells.items():
        for cell in cells:
            if isinstance(cell.value, str) and len(cell.value) > 32_767:
                yield Place(sheet, cell.coordinate, "text too long")
