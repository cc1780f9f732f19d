"""Modelling, the workbook as a whole: what a model says of itself, its inputs, its checks, its logs.

1. Rules on a model's records hold for a workbook with ten formulas or more; a few sums make no model.
2. A record is found by the words of its headings and labels, as people write them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter

from evalkit.excel.formula_rules import on_checks, targets
from evalkit.excel.inspected import INPUT_STYLE, Area, Book, Place, corners, held_cells, style_of

ABOUT = {
    "what it is for": r"\b(?:purpose|what .*\bfor\b|aims?|scope|used? for)\b",
    "who it is for": r"\b(?:audience|readers?|users?|who .*(?:for|read|use)|for whom)\b",
    "who is responsible": r"\b(?:owner|author|prepared by|contact|organisation|responsible|analyst)\b",
    "its status": r"\bstatus\b",
    "its version": r"\bversion\b",
    "its date": r"\b(?:date|as of|as at|updated|created)\b",
}
ROLES = re.compile(
    r"\b(?:inputs?|assumptions?|workings?|calculations?|outputs?|results?|summary|controls?|checks?|data"
    r"|contents|cover|about|notes?|lists?|logs?|audit|method|guide|instructions)\b",
    re.IGNORECASE,
)
INPUTS = re.compile(r"(?:^|\. (?:Role: )?)inputs?(?:$|\.)", re.IGNORECASE)
ASSURANCE = {
    "what has been checked": r"\bcheck(?:s|ed)?\b.*\b(?:done|made|carried out|complete)|\bchecked by\b"
    r"|\bwhat (?:has been|was|is) checked\b",
    "what has not been checked": r"\b(?:outstanding|not (?:yet )?(?:been )?checked|still to (?:check|do))",
    "its limits": r"\blimit(?:s|ations?)?\b",
    "what it must not be used for": r"\b(?:must|should|may|is) not (?:to )?be used\b|\bnot to be used\b",
}
UNIT = re.compile(r"^\W*units?\b(?! (?:cost|value|price))", re.IGNORECASE)
SOURCE = re.compile(r"\bsources?\b", re.IGNORECASE)
CHECK_PARTS = {
    "what it should be": r"\b(?:expected|should be|target)\b",
    "the difference": r"\bdifference\b",
    "the tolerance": r"\b(?:tolerance|allowed)\b",
    "a word for the result": r"\b(?:result|status|agrees?|passed|check)\b",
}
ASSUMPTION_PARTS = {
    "the value": r"\b(?:value|central|best|figure|amount)\b",
    "the unit": r"\bunits?\b",
    "the reason or source": r"\b(?:source|why|reason|basis|because|evidence)\b",
}
SHA = re.compile(r"\b[0-9a-f]{64}\b")
MOST_INPUTS = 200_000


def _texts(book: Book) -> Iterator[tuple[str, Cell, str]]:
    """Every label and line outside tables, and every text in the first column of one."""
    for sheet, held in book.notes.items():
        for cell, text in held:
            yield sheet, cell, text
    for area in book.areas:
        for cell in book.columns[area][area.left]:
            if isinstance(cell.value, str) and cell.data_type != "f":
                yield area.sheet, cell, cell.value


def _beside(book: Book, sheet: str, cell: Cell) -> bool:
    """Whether a label is followed by something, in its own cell or to the right."""
    text = str(cell.value).strip()
    right = book.book[sheet].cell(cell.row, cell.column + 1).value
    return right not in (None, "") or (len(text.split()) > 3 and not text.endswith(":"))


def about_said(book: Book) -> Iterator[Place]:
    """A model says what it is for, for whom, who is responsible, its status, version and date."""
    if not book.is_model:
        return
    lines = [
        (s, c, t, bool(_beside(book, s, c)))
        for s, c, t in _texts(book)
        if c.column == 1 and c.row > 1 and len(t) < 200
    ]
    for what, words in ABOUT.items():
        found = [(s, c, held) for s, c, t, held in lines if re.search(words, t, re.IGNORECASE)]
        if not found:
            yield Place(found=f"nothing on {what}")
        elif not any(held for _, _, held in found):
            sheet, cell, _ = found[0]
            yield Place(sheet, cell.coordinate, f"a label with nothing beside it, {cell.value}")


def roles_declared(book: Book) -> Iterator[Place]:
    """Sheets with formulas say whether they are workings or output; a sheet of inputs has no formula."""
    if not book.is_model:
        return
    contents = " ".join(
        f"{ws.cell(c.row, 1).value} {ws.cell(c.row, 2).value} {ws.cell(c.row, 3).value}"
        for ws in book.sheets[:3]
        for c in book.cells[ws.title]
        if c.hyperlink
    )
    for ws in book.sheets:
        first = next((f for f in book.formulas if f.sheet == ws.title), None)
        top = " ".join(str(ws.cell(r, 1).value or "") for r in range(1, 5))
        if first is None:
            continue
        if INPUTS.match(ws.title) or INPUTS.search(f". {top}."):
            yield Place(ws.title, first.place, "a formula on a sheet of inputs")
        elif not ROLES.search(f"{ws.title} {top}") and not re.search(
            rf"{re.escape(ws.title)}.{{0,80}}(?:{ROLES.pattern})", contents, re.IGNORECASE
        ):
            yield Place(ws.title, "A1", "no word on whether these are inputs, workings or output")


def units_beside_figures(book: Book) -> Iterator[Place]:
    """Where a table of working has a column of units, none is missing, and it is always the same."""
    worked = {(f.sheet, f.cell.row) for f in book.formulas}
    at: list[tuple[Area, int]] = []
    for area, columns in book.columns.items():
        for column, text in book.headings(area).items():
            if not UNIT.search(text) or not book.is_model:
                continue
            held = {c.row for c in columns[column]}
            rows = {r for s, r in worked if s == area.sheet and area.top < r <= area.bottom}
            if rows:
                at.append((area, column))
            if rows - held:
                place = f"{get_column_letter(column)}{min(rows - held)}"
                yield Place(area.sheet, place, "a figure that is worked out, without a unit")
    usual = Counter(c for _, c in at).most_common(1)
    for area, column in at:
        if column != usual[0][0]:
            place = f"{get_column_letter(column)}{area.top}"
            yield Place(
                area.sheet, place, f"units here, on other sheets in column {get_column_letter(usual[0][0])}"
            )


def _inputs(book: Book) -> dict[str, list[Cell]]:
    return {
        ws.title: [c for c in held_cells(ws) if style_of(c) == INPUT_STYLE][:MOST_INPUTS]
        for ws in book.sheets
    }


def inputs_hold_no_formula(book: Book) -> Iterator[Place]:
    """Cells marked as inputs hold no formula."""
    for formula in book.formulas:
        if style_of(formula.cell) == INPUT_STYLE:
            yield Place(formula.sheet, formula.place, formula.text[:40])


def inputs_guarded(book: Book) -> Iterator[Place]:
    """Cells marked as inputs take only what makes sense, and say what that is."""
    for sheet, cells in _inputs(book).items():
        rules = book.book[sheet].data_validations.dataValidation
        guarded = [
            (r.min_col, r.min_row, r.max_col, r.max_row)
            for rule in rules
            if rule.error and rule.prompt and rule.errorStyle in (None, "stop")
            for r in rule.sqref.ranges
        ]
        bare = next(
            (
                c
                for c in cells
                if not any(le <= c.column <= ri and to <= c.row <= bo for le, to, ri, bo in guarded)
            ),
            None,
        )
        if bare is not None:
            yield Place(sheet, bare.coordinate, "an input that takes anything, or does not say what it takes")


def _missing(book: Book, sheet_word: str, parts: dict[str, str], what: str) -> Iterator[Place]:
    """What no table on sheets of that name has a heading for; every part if there is no such sheet."""
    sheets = [ws.title for ws in book.sheets if sheet_word in ws.title.casefold()]
    tables = [(area, " | ".join(book.headings(area).values())) for s in sheets for area in book.tables[s]]
    if not tables:
        yield Place(found=f"no {what}")
        return
    area, best = max(
        tables, key=lambda t: sum(bool(re.search(p, t[1], re.IGNORECASE)) for p in parts.values())
    )
    lacking = [name for name, words in parts.items() if not re.search(words, best, re.IGNORECASE)]
    if lacking:
        place = f"{get_column_letter(area.left)}{area.top}"
        yield Place(area.sheet, place, f"{what} without {', '.join(lacking)}")


def assumptions_logged(book: Book) -> Iterator[Place]:
    """A model lists its assumptions with value, unit and reason on a sheet of their own."""
    if book.is_model:
        yield from _missing(book, "assumption", ASSUMPTION_PARTS, "table of assumptions")


def data_logged(book: Book) -> Iterator[Place]:
    """A model says where its data came from and when."""
    if not book.is_model:
        return
    tables = [" | ".join(book.headings(a).values()) for a in book.areas]
    labels = [t for _, c, t in _texts(book) if len(t) < 200]
    sourced = any(SOURCE.search(t) for t in tables) or any(re.match(r"sources?\b", t, re.I) for t in labels)
    dated = re.compile(r"\b(?:date|received|as of|as at|first day|version of the data)\b", re.IGNORECASE)
    if not sourced or not any(dated.search(t) for t in [*tables, *labels]):
        yield Place(found="no record of where the data came from" if not sourced else "no date of the data")


def sources_beside_inputs(book: Book) -> Iterator[Place]:
    """An input has its source beside it, where the table has a column for it."""
    for area, columns in book.columns.items():
        at = [c for c, t in book.headings(area).items() if SOURCE.search(t)]
        entered = {
            c.row
            for cells in columns.values()
            for c in cells
            if style_of(c) == INPUT_STYLE and c.data_type == "n"
        }
        said = {c.row for column in at for c in columns[column]}
        if at and entered - said:
            place = f"{get_column_letter(at[0])}{min(entered - said)}"
            yield Place(area.sheet, place, "a figure that was entered, without a source")


def has_checks(book: Book) -> Iterator[Place]:
    """A workbook with formulas checks itself on a sheet of its own: figure, difference, tolerance, a word."""
    if not book.formulas:
        return
    if not any(on_checks(ws.title) for ws in book.sheets):
        yield Place(found="no sheet with checks")
    elif book.is_model:
        yield from _missing(book, "check", CHECK_PARTS, "table of checks")


def master_check_shown(book: Book) -> Iterator[Place]:
    """The first sheet says in a word whether all checks are passed."""
    if not book.is_model or not any(on_checks(ws.title) for ws in book.sheets):
        return
    first = book.sheets[0].title
    said = [
        book.value(f.sheet, f.cell)
        for f in book.formulas
        if f.sheet == first and any(on_checks(s) for s, _ in targets(f))
    ]
    if not any(isinstance(v, str) and v.strip() for v in said):
        yield Place(first, "", "no word on the checks")


def changes_logged(book: Book) -> Iterator[Place]:
    """A model has a log of its versions: which, when, what was changed."""
    if not book.is_model:
        return
    for area in book.areas:
        said = " | ".join(book.headings(area).values()).casefold()
        if "version" in said and re.search(r"\b(?:date|when)\b", said) and re.search(r"\bchange", said):
            return
    yield Place(found="no log of versions")


def fingerprints_kept(book: Book) -> Iterator[Place]:
    """A model names what it was made from by a fingerprint (SHA-256), so that it can be made again."""
    if book.is_model and not any(
        isinstance(c.value, str) and SHA.search(c.value.casefold())
        for cells in book.cells.values()
        for c in cells
    ):
        yield Place(found="no fingerprint of any input")


def no_locked_doors(book: Book) -> Iterator[Place]:
    """Protection has no password."""
    for ws in book.sheets:
        if ws.protection.sheet and ws.protection.password:
            yield Place(ws.title, "", "protected with a password")


def prices_and_signs_said(book: Book) -> Iterator[Place]:
    """A model in pounds says of which year its prices are, and what a figure below zero means."""
    money = any("£" in c.number_format for cells in book.looks.values() for c in cells)
    if not book.is_model or not money:
        return
    said = " | ".join(t for held in book.notes.values() for _, t in held)
    said += " | ".join(str(c.value) for cols in book.columns.values() for held in cols.values() for c in held)
    said += " | ".join(t for a in book.areas for t in book.headings(a).values())
    prices = r"price (?:base|year)|prices of|pounds of|real terms|cash terms|current prices|base year"
    signs = r"negative|below (?:zero|nought)|minus|sign convention|less than zero"
    if not re.search(prices, said, re.IGNORECASE):
        yield Place(found="pounds, and nowhere of which year")
    if not re.search(signs, said, re.IGNORECASE):
        yield Place(found="no word on what a figure below zero means")


def ranges_given(book: Book) -> Iterator[Place]:
    """A model gives ranges beside its figures, and shows what they turn on."""
    if not book.is_model:
        return
    said = " | ".join(t for a in book.areas for t in book.headings(a).values())
    names = " | ".join([*(ws.title for ws in book.sheets), *(str(ws["A1"].value) for ws in book.sheets)])
    if not (re.search(r"\blow", said, re.I) and re.search(r"\b(?:high|upper)", said, re.I)):
        yield Place(found="no columns for the low and the high end")
    if not re.search(r"sensitiv|scenario|switching|what if|break-even", f"{names} {said}", re.IGNORECASE):
        yield Place(found="no table of what the result turns on")


def assurance_said(book: Book) -> Iterator[Place]:
    """A model says what has been checked, what has not, its limits, and what it must not be used for."""
    if not book.is_model:
        return
    lines = [t for _, _, t in _texts(book)]
    for what, words in ASSURANCE.items():
        if not any(re.search(words, t, re.IGNORECASE) for t in lines):
            yield Place(found=f"nothing on {what}")


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
