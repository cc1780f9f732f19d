"""Modelling, formula by formula: each can be read, followed and trusted.

1. The rules here and in `model_rules` are those that the FAST standard, ICAEW's twenty principles and the
   Aqua Book share.
2. Formulas are read, never run.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator

from openpyxl.cell.cell import Cell
from openpyxl.formula.tokenizer import Token
from openpyxl.utils import column_index_from_string, get_column_letter

from evalkit.excel.inspected import Book, Formula, Place, corners, held_cells

PLAIN_NUMBERS = {"0", "1", "-1", "2", "12", "100", "1000"}
LONGEST = 160
VOLATILE = {"NOW(", "TODAY(", "RAND(", "RANDBETWEEN(", "RANDARRAY(", "OFFSET(", "INDIRECT("}
NPV = {"NPV(", "XNPV("}
CATCHES = {"IFERROR(", "ISERROR(", "ISERR(", "IFNA(", "ISNA("}
ROUNDS = {"ROUND(", "ROUNDUP(", "ROUNDDOWN(", "INT(", "TRUNC(", "MROUND(", "FIXED(", "CEILING(", "FLOOR("}
KNOWN = set(
    re.findall(
        r"\w+\(",
        """
    ABS( AND( AVERAGE( AVERAGEIFS( CHOOSE( COLUMNS( CONCATENATE( COUNT( COUNTA( COUNTBLANK( COUNTIF(
    COUNTIFS( DATE( DAY( DAYS( EDATE( EOMONTH( EXP( FALSE( IF( INDEX( ISBLANK( ISNUMBER( ISTEXT( LARGE(
    LEFT( LEN( LN( LOG( LOG10( LOWER( MATCH( MAX( MEDIAN( MID( MIN( MOD( MONTH( N( NORMSDIST( NORMSINV(
    NOT( OR( PERCENTILE( PERCENTRANK( PI( POWER( PRODUCT( QUARTILE( RANK( RIGHT( ROWS( SIGN( SMALL(
    SQRT( STDEV( STDEVP( SUM( SUMIF( SUMIFS( SUMPRODUCT( TEXT( TRIM( TRUE( UPPER( VALUE( VAR( VARP(
    WEEKDAY( YEAR(
    """,
    )
)
LINK = re.compile(r"=\+?(?:(?:'(?:[^']|'')+'|[A-Za-z_][\w.]*)!)?\$?[A-Z]{1,3}\$?\d+")
REFERENCE = re.compile(r"(\$?)\b([A-Z]{1,3})(\$?)(\d+)\b")
FEWEST_ALIKE = 4  # formulas, before one of them can be told to be unlike the others
OUTSIDE = re.compile(r"\[\d+\]|\[[^\[\]]+\.xl\w+\]", re.IGNORECASE)
ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}
MOST_STEPS = 2_000_000  # from formula to formula, before the search for a circle is given up
Target = tuple[str, tuple[int, int, int, int]]


def targets(formula: Formula) -> Iterator[Target]:
    """Sheet and corners of every range that a formula refers to; whole columns and names are left out."""
    for token in formula.tokens:
        if token.type != Token.OPERAND or token.subtype != Token.RANGE:
            continue
        home, _, ref = token.value.rpartition("!")
        try:
            yield home.strip("'").replace("''", "'") or formula.sheet, corners(ref)
        except (TypeError, ValueError):
            continue


def is_link(formula: Formula) -> bool:
    """Whether it only repeats another cell."""
    return bool(LINK.fullmatch(formula.text))


def functions(formula: Formula) -> list[str]:
    """The functions of a formula in capitals, each with its bracket."""
    return [
        t.value.upper().removeprefix("_XLFN.")
        for t in formula.tokens
        if t.type == Token.FUNC and t.subtype == Token.OPEN
    ]


def on_checks(sheet: str) -> bool:
    """Whether a sheet is one of checks, by its name."""
    return "check" in sheet.casefold()


def no_numbers_in_formulas(book: Book) -> Iterator[Place]:
    """Numbers stand in cells of their own, not inside formulas."""
    for formula in book.formulas:
        for token in formula.tokens:
            if (
                token.type == Token.OPERAND
                and token.subtype == Token.NUMBER
                and token.value not in PLAIN_NUMBERS
            ):
                yield Place(formula.sheet, formula.place, token.value)


def short_formulas(book: Book) -> Iterator[Place]:
    """Formulas are short enough to be read."""
    for formula in book.formulas:
        if len(formula.text) > LONGEST:
            yield Place(formula.sheet, formula.place, f"{len(formula.text)} characters")


def no_nested_ifs(book: Book) -> Iterator[Place]:
    """No IF stands inside another."""
    for formula in book.formulas:
        opened: list[str] = []
        for token in formula.tokens:
            if token.type == Token.FUNC and token.subtype == Token.OPEN:
                name = token.value.upper()
                if name == "IF(" and "IF(" in opened:
                    yield Place(formula.sheet, formula.place, formula.text[:60])
                    break
                opened.append(name)
            elif token.type == Token.FUNC and opened:
                opened.pop()


def _calling(book: Book, unwanted: set[str]) -> Iterator[tuple[Formula, str]]:
    for formula in book.formulas:
        name = next((f for f in functions(formula) if f in unwanted), None)
        if name is not None:
            yield formula, name


def known_functions(book: Book) -> Iterator[Place]:
    """Formulas keep to functions that finance readers know; figures are looked up by INDEX and MATCH."""
    elsewhere = VOLATILE | NPV | CATCHES | ROUNDS  # these have rules of their own
    for formula in book.formulas:
        strange = [
            f
            for f in functions(formula)
            if f not in KNOWN and f not in elsewhere and f.isupper() and f != "("
        ]
        if strange and "_xlfn." not in formula.text.lower():
            yield Place(formula.sheet, formula.place, strange[0] + ")")


def no_npv(book: Book) -> Iterator[Place]:
    """Present values are discount factors times flows; NPV() dates the first flow a year late."""
    for formula, name in _calling(book, NPV):
        yield Place(formula.sheet, formula.place, name + ")")


def nothing_volatile(book: Book) -> Iterator[Place]:
    """Nothing changes with the clock or chance, and no reference is put together from text."""
    for formula, name in _calling(book, VOLATILE):
        yield Place(formula.sheet, formula.place, name + ")")


def errors_not_hidden(book: Book) -> Iterator[Place]:
    """Errors are caught on sheets of checks only: elsewhere IFERROR hides them."""
    for formula, name in _calling(book, CATCHES):
        if not on_checks(formula.sheet):
            yield Place(formula.sheet, formula.place, name + ")")


def relative(formula: Formula) -> str:
    """A formula with its references as steps from its own cell, the same wherever it is copied to."""
    row, column = formula.cell.row, formula.cell.column

    def step(found: re.Match[str]) -> str:
        at, line = column_index_from_string(found[2]), int(found[4])
        across = f"C{at}" if found[1] else f"C[{at - column}]"
        return across + (f"R{line}" if found[3] else f"R[{line - row}]")

    def part(token: Token) -> str:
        if token.type != Token.OPERAND or token.subtype != Token.RANGE:
            return str(token.value)
        home, mark, ref = token.value.rpartition("!")
        return f"{home}{mark}{REFERENCE.sub(step, ref)}"

    return "".join(part(t) for t in formula.tokens)


def one_formula_a_column(book: Book) -> Iterator[Place]:
    """A column of a table, or a row of one whose rows differ, holds one formula, copied along."""
    forms = {(f.sheet, f.place): relative(f) for f in book.formulas}
    for area, columns in book.columns.items():
        rows: dict[int, list[Cell]] = defaultdict(list)
        for cells in columns.values():
            held = [c for c in cells if (area.sheet, c.coordinate) in forms]
            usual = _usual([forms[area.sheet, c.coordinate] for c in held])
            for c in held:
                if usual is None:
                    rows[c.row].append(c)
                elif forms[area.sheet, c.coordinate] != usual:
                    yield Place(area.sheet, c.coordinate, f"{str(c.value)[:60]}, unlike its column")
        for held in rows.values():
            usual = _usual([forms[area.sheet, c.coordinate] for c in held])
            for c in held if usual is not None else ():
                if forms[area.sheet, c.coordinate] != usual:
                    yield Place(area.sheet, c.coordinate, f"{str(c.value)[:60]}, unlike its row")


def _usual(forms: list[str]) -> str | None:
    """The form that most of them have; None where there are too few to tell, or no such form."""
    common = Counter(forms).most_common(1)
    return common[0][0] if len(forms) >= FEWEST_ALIKE and common[0][1] * 3 >= len(forms) * 2 else None


def calculated_once(book: Book) -> Iterator[Place]:
    """What is worked out once is referred to afterwards, not worked out again."""
    first: dict[str, Formula] = {}
    for formula in book.formulas:
        ranges = [t.value for t in formula.tokens if t.type == Token.OPERAND and t.subtype == Token.RANGE]
        if is_link(formula) or not ranges or on_checks(formula.sheet):
            continue
        whole = "".join(
            (t.value if "!" in t.value else f"{formula.sheet}!{t.value}").replace("$", "").replace("'", "")
            if t.type == Token.OPERAND and t.subtype == Token.RANGE
            else t.value
            for t in formula.tokens
        )
        known = first.setdefault(whole, formula)
        if known is not formula:
            yield Place(formula.sheet, formula.place, f"the formula of {known.sheet}!{known.place} again")


def no_new_functions(book: Book) -> Iterator[Place]:
    """Formulas work in every version of Excel and in other programs."""
    for formula in book.formulas:
        if "_xlfn." in formula.text.lower() or formula.cell.value.__class__.__name__ == "ArrayFormula":
            yield Place(formula.sheet, formula.place, formula.text[:40])


def no_links_outside(book: Book) -> Iterator[Place]:
    """Nothing refers to another file."""
    for formula in book.formulas:
        if OUTSIDE.search(formula.text):
            yield Place(formula.sheet, formula.place, formula.text[:40])
    for name in book.names:
        if name.startswith(("xl/externalLinks/", "xl/connections", "xl/queryTables/")):
            yield Place(found=name)
            break


def no_circles(book: Book) -> Iterator[Place]:
    """No formula comes back to itself."""
    graph = _Graph(book)
    state: dict[tuple[str, str], int] = {}
    for start in graph.formulas:
        stack = [(start, graph.before(start))] if start not in state else []
        state.setdefault(start, 1)
        while stack and graph.steps < MOST_STEPS:
            node, rest = stack[-1]
            following = next((n for n in rest if state.get(n) != 2), None)
            if following is None:
                state[node] = 2
                stack.pop()
            elif state.get(following) == 1:
                yield Place(*following, "a circle of formulas")
                return
            else:
                state[following] = 1
                stack.append((following, graph.before(following)))


class _Graph:
    """Which formulas a formula rests on, found in the columns that hold formulas."""

    def __init__(self, book: Book) -> None:
        self.formulas = {(f.sheet, f.place): f for f in book.formulas}
        self.rows: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.steps = 0
        for f in book.formulas:  # row by row, so that each list is in order
            self.rows[f.sheet, f.cell.column].append(f.cell.row)

    def before(self, node: tuple[str, str]) -> Iterator[tuple[str, str]]:
        for sheet, (left, top, right, bottom) in targets(self.formulas[node]):
            for column in range(left, right + 1):
                rows = self.rows.get((sheet, column), [])
                for row in rows[bisect_left(rows, top) : bisect_left(rows, bottom + 1)]:
                    self.steps += 1
                    yield sheet, f"{get_column_letter(column)}{row}"


def flows_one_way(book: Book) -> Iterator[Place]:
    """Working runs down, to the right and from sheet to sheet; what stands in front only repeats."""
    order = {ws.title: i for i, ws in enumerate(book.sheets)}
    seen: set[tuple[str, str]] = set()
    for formula in book.formulas:
        if is_link(formula) or on_checks(formula.sheet):
            continue
        cell = formula.cell
        for sheet, (left, top, right, bottom) in targets(formula):
            if sheet != formula.sheet:
                back, what = order.get(sheet, 0) > order[formula.sheet], f"the later sheet {sheet}"
            elif bottom > cell.row and not top <= cell.row <= bottom:
                back, what = True, f"row {bottom} below it"
            else:
                back = top <= cell.row <= bottom and right > cell.column and not left <= cell.column
                what = f"column {get_column_letter(right)} to its right"
            if back and (formula.sheet, what.split()[0]) not in seen:
                seen.add((formula.sheet, what.split()[0]))
                yield Place(formula.sheet, formula.place, f"a formula that rests on {what}")


def no_chains(book: Book) -> Iterator[Place]:
    """A cell that repeats another repeats the one where the figure was worked out or entered."""
    links = {(f.sheet, f.place) for f in book.formulas if is_link(f)}
    for formula in book.formulas:
        for sheet, (left, top, _, _) in targets(formula) if is_link(formula) else ():
            if (sheet, f"{get_column_letter(left)}{top}") in links:
                yield Place(formula.sheet, formula.place, f"{formula.text[:40]}, itself a repetition")


def not_rounded_midway(book: Book) -> Iterator[Place]:
    """Nothing is rounded before the last step; formats round what is shown."""
    rounded = {(f.sheet, f.place): f for f, _ in _calling(book, ROUNDS)}
    columns: dict[tuple[str, int], list[int]] = defaultdict(list)
    for f in rounded.values():
        columns[f.sheet, f.cell.column].append(f.cell.row)
    used: set[tuple[str, str]] = set()
    for formula in book.formulas if rounded else ():
        if is_link(formula) or on_checks(formula.sheet):
            continue
        for sheet, (left, top, right, bottom) in targets(formula):
            for column in range(left, right + 1):
                rows = columns.get((sheet, column), [])
                hit = bisect_left(rows, top)
                if hit < len(rows) and rows[hit] <= bottom:
                    used.add((sheet, f"{get_column_letter(column)}{rows[hit]}"))
    for sheet, place in sorted(used):
        yield Place(sheet, place, f"{rounded[sheet, place].text[:40]}, used in further working")


def true_value_shown(book: Book) -> Iterator[Place]:
    """No number is hidden by its format."""
    for sheet, cells in book.looks.items():
        for cell in cells:
            if cell.number_format.replace(" ", "") == ";;;":
                yield Place(sheet, cell.coordinate, ";;;")


def no_errors(book: Book) -> Iterator[Place]:
    """No cell shows an error."""
    for ws in book.values.worksheets:
        for cell in held_cells(ws):
            if cell.data_type == "e" or cell.value in ERRORS:
                yield Place(ws.title, cell.coordinate, str(cell.value))


def formulas_show_values(book: Book) -> Iterator[Place]:
    """Every formula carries its value, for viewers that do not calculate."""
    for formula in book.formulas:
        if book.value(formula.sheet, formula.cell) is None:
            yield Place(formula.sheet, formula.place, "a formula without a value")
