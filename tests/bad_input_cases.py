"""The cases of the catalogue of bad inputs: what each workbook holds, and what its reader is told.

`number` is the row of the catalogue that a case belongs to; `tests/test_bad_inputs.py` runs them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evalkit.campaign.programme import Programme
from evalkit.excel.addresses import letters
from evalkit.excel.sheets import SHEET_OF_PART, headings_of
from tests.parts import Parts, at, put, style_of, swap
from tests.workbooks import small_programme

Change = Callable[[Parts], None]
AMOUNT, ITEM = at("Inputs", "Amount (£)", 8), at("Inputs", "Item", 8)
START, AREAS = at("Campaigns", "Start date", 8), at("Campaigns", "Areas", 8)
VALUE, PERIOD = at("Outcome data", "Value", 8), at("Outcome data", "Period", 8)
HOURS, SHARE = at("Inputs", "Hours", 8), at("Inputs", "Share for this campaign", 8)


@dataclass(frozen=True)
class Case:
    """One row of the catalogue; `code` stops an evaluation if `stops`, else it is a note, or nothing.

    `says` are words that the message must have; `meant` is what is read, where that is not the original.
    """

    number: str
    name: str
    change: Change
    code: str = ""
    sheet: str = ""
    cell: str = ""
    stops: bool = True
    says: tuple[str, ...] = ()
    meant: Programme | None = None


def cell(sheet: str, address: str, value: object, number_format: str = "", formula: str = "") -> Change:
    """Put one value into one cell."""
    return lambda parts: put(parts, sheet, address, value, number_format, formula)


def both(*changes: Change) -> Change:
    """Several changes to one file."""

    def change(parts: Parts) -> None:
        for one in changes:
            one(parts)

    return change


def text(sheet: str, old: str, new: str) -> Change:
    """Replace some text of a sheet's XML."""
    return lambda parts: swap(parts, sheet, old, new)


def named(old: str, new: str) -> Change:
    """Rename a sheet."""

    def change(parts: Parts) -> None:
        book = parts["xl/workbook.xml"]
        parts["xl/workbook.xml"] = book.replace(f'name="{old}"'.encode(), f'name="{new}"'.encode())

    return change


def book(old: str, new: str) -> Change:
    """Replace some text of the workbook part."""

    def change(parts: Parts) -> None:
        assert old.encode() in parts["xl/workbook.xml"], old
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(old.encode(), new.encode(), 1)

    return change


def stops(number: str, name: str, change: Change, code: str, sheet: str, place: str) -> Case:
    """A fault, with its place."""
    return Case(number, name, change, code, sheet, place)


def fine(number: str, name: str, change: Change, code: str = "") -> Case:
    """Something untidy that is read as meant."""
    return Case(number, name, change, code, stops=False)


def amount(number: str, value: object, code: str, number_format: str = "", formula: str = "") -> Case:
    """A fault in the amount of a cost."""
    change = cell("Inputs", AMOUNT, value, number_format, formula)
    return stops(number, f"amount {value}", change, code, "Inputs", AMOUNT)


def same_amount(number: str, value: object, code: str, number_format: str = "", formula: str = "") -> Case:
    """The amount of 6,400 in other words."""
    return fine(number, f"amount {value}", cell("Inputs", AMOUNT, value, number_format, formula), code)


def day(number: str, value: object, code: str, number_format: str = "") -> Case:
    """A fault in the start date."""
    change = cell("Campaigns", START, value, number_format)
    return stops(number, f"date {value}", change, code, "Campaigns", START)


def same_day(number: str, value: object, code: str, number_format: str = "") -> Case:
    """The 6th of January 2025 in other words."""
    return fine(number, f"date {value}", cell("Campaigns", START, value, number_format), code)


def struck(parts: Parts) -> None:
    """Strike an entry through."""
    fonts = b'<font><strike/><sz val="11"/><name val="Arial"/></font></fonts>'
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b"</fonts>", fonts)
    count = parts["xl/styles.xml"].split(b"</fonts>")[0].count(b"<font>")
    style = style_of(parts, "@ ", font=count - 1)
    swap(parts, "Inputs", f'r="{ITEM}" s="', f'r="{ITEM}" s="{style}" x="')


def totals_on(parts: Parts) -> None:
    """Switch the totals row of the table of costs on."""
    put(parts, "Inputs", "B10", 7650.5)
    table = next(n for n in parts if b'displayName="tblInputs"' in parts[n])
    ref = parts[table].split(b'ref="')[1].split(b'"')[0]
    parts[table] = parts[table].replace(ref, b"A7:P10").replace(b"<table ", b'<table totalsRowCount="1" ', 1)


def calendar_1904(parts: Parts) -> None:
    """Count every date from 1904, as older Macs do."""
    book("<workbookPr />", '<workbookPr date1904="1" />')(parts)
    put(parts, "Campaigns", START, 45663 - 1462, "d mmm yyyy")
    put(parts, "Campaigns", at("Campaigns", "End date", 8), 45746 - 1462, "d mmm yyyy")
    put(parts, "Activities", at("Activities", "Start date", 8), 45663 - 1462, "d mmm yyyy")
    put(parts, "Activities", at("Activities", "End date", 8), 45718 - 1462, "d mmm yyyy")
    put(parts, "Events", at("Events", "Start date", 8), 45413 - 1462, "d mmm yyyy")
    for i, o in enumerate(small_programme().observations):
        serial = o.period.toordinal() - 693594 - 1462
        put(parts, "Outcome data", at("Outcome data", "Period", 8 + i), serial, "d mmm yyyy")


def styled_blanks(parts: Parts) -> None:
    """Formatting far below the entries."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(2000, 22_000))
    swap(parts, "Inputs", "</sheetData>", f"{rows}</sheetData>")


def four_amounts(value: object) -> Change:
    """Five costs, one of them as given."""
    rows = [(8, 6400.0), (9, 1250.5), (10, 800), (11, 950), (12, value)]
    return both(
        *(cell("Inputs", at("Inputs", "Amount (£)", n), v) for n, v in rows),
        *(cell("Inputs", at("Inputs", "Category", n), "media") for n in (10, 11, 12)),
    )


def month_first(parts: Parts) -> None:
    """Every period typed as text, month first."""
    for i, o in enumerate(small_programme().observations):
        put(parts, "Outcome data", at("Outcome data", "Period", 8 + i), f"{o.period:%m/%d/%Y}")


EVENTS = 'sheetId="13" state='
MERGED = '<mergeCells><mergeCell ref="D9:D11"/></mergeCells>'
BEYOND = f"{letters(len(headings_of(SHEET_OF_PART['inputs'])) + 1)}7"
TEN, TOTAL = at("Inputs", "Amount (£)", 10), at("Campaigns", "Total on the ledger (£)", 8)

SHEET_CASES = [
    stops("S01", "sheet misspelt", named("Outcomes", "Outcoms"), "S01", "Outcoms", ""),
    stops("S01", "sheet renamed altogether", named("Inputs", "Spend"), "S01", "Spend", ""),
    stops("S01", "optional sheet renamed", named("Comparison", "Controls"), "S01", "Controls", ""),
    fine("S04", "sheet hidden", book('sheetId="13" state="visible"', 'sheetId="13" state="hidden"'), "S04"),
    fine(
        "S04", "very hidden", book('sheetId="13" state="visible"', 'sheetId="13" state="veryHidden"'), "S04"
    ),
    stops("S09", "heading misspelt", cell("Inputs", "B7", "Ammount (£)"), "S09", "Inputs", "B7"),
    fine("S10", "heading with line break", cell("Inputs", "B7", "Amount\n(£)"), ""),
    fine("S10", "heading with odd blanks", cell("Inputs", "B7", " \u00a0AMOUNT \u200b(£)  "), ""),
    stops("S11", "heading replaced", cell("Inputs", "B7", "Spend in all"), "S11", "Inputs", BEYOND),
    fine("S09", "heading that says as much", cell("Outcome data", "A7", "Month"), "S30"),
    stops("S12", "heading twice", cell("Inputs", "D7", "Category"), "S12", "Inputs", "D7"),
    stops(
        "S15",
        "merged cells",
        text(
            "Outcome data", "</sheetData>", '</sheetData><mergeCells><mergeCell ref="D9:D11"/></mergeCells>'
        ),
        "S15",
        "Outcome data",
        "D9:D11",
    ),
    stops("S19", "totals row switched on", totals_on, "S19", "Inputs", "B10"),
    stops(
        "S19",
        "subtotal inside",
        cell("Inputs", TEN, 7650.5, formula="SUBTOTAL(109,B8:B9)"),
        "S19",
        "Inputs",
        "B10",
    ),
    stops(
        "S19",
        "row of totals",
        both(cell("Inputs", TEN, 7650.5), cell("Inputs", "A10", "Total")),
        "S19",
        "Inputs",
        "A10:B10",
    ),
    fine("S21", "row hidden", text("Inputs", '<row r="9"', '<row r="9" hidden="1"'), "S21"),
    fine("S21", "row filtered away", text("Inputs", '<row r="8"', '<row r="8" hidden="true"'), "S21"),
    fine("S22", "column hidden", text("Inputs", 'min="2" max="2"', 'hidden="1" min="2" max="2"'), "S22"),
    stops(
        "S24",
        "typed over the example",
        both(cell("Inputs", "A6", "staff"), cell("Inputs", "B6", 99)),
        "S24",
        "Inputs",
        "A6:B6",
    ),
    stops(
        "S25",
        "headings again",
        both(cell("Inputs", "A10", "Category"), cell("Inputs", "B10", "Amount (£)")),
        "S25",
        "Inputs",
        "A10:B10",
    ),
    fine("C21", "entry struck through", struck, "S29"),
    fine("F29", "formatting far below", styled_blanks, "S31"),
    fine("F30", "size stated wrongly", text("Outcome data", 'dimension ref="', 'dimension ref="A1" x="'), ""),
]

NUMBER_CASES = [
    same_amount("C01", "6400", "C01"),
    same_amount("C02", "£6,400.00", "C01"),
    same_amount("C02", "6 400", "C01"),
    same_amount("C02", "6\u00a0400", "C01"),
    same_amount("C02", "6\u2009400.00 ", "C01"),
    same_amount("C02", "GBP 6,400", "C01"),
    same_amount("C02", "+6400", "C01"),
    same_amount("C07", "６４００", "C01"),
    same_amount("C15", 6400, "C15", formula="6000+400"),
    same_amount("C16", 6400, "C16", '0.0,"k"'),
    same_amount("F27", 6400, "F27", formula="[1]Sheet1!A1"),
    amount("C03", "6.4k", "C03"),
    amount("C03", "1.2m", "C03"),
    amount("C03", "£3 million", "C03"),
    amount("C04", "(300)", "M-range"),
    amount("C05", "−5", "M-range"),
    amount("C06", "1.234,56", "C06"),
    amount("C06", "12,5", "C06"),
    amount("C06", "1.200", "C34"),
    stops("C08", "45 for 45%", cell("Inputs", SHARE, 45, "0.0"), "C08", "Inputs", SHARE),
    stops("C08", "45 as text", cell("Inputs", SHARE, "45"), "C08", "Inputs", SHARE),
    stops("C08", "120%", cell("Inputs", SHARE, "120%"), "M-range", "Inputs", SHARE),
    fine("C08", "100% as text", cell("Inputs", SHARE, "100%"), "C01"),
    amount("C09", "12 GRPs", "C09"),
    amount("C09", "10-15", "C09"),
    amount("C09", "~100", "C09"),
    amount("C09", "<5", "C09"),
    amount("C09", "6400*", "C09"),
    amount("C09", "6400 [note 1]", "C09"),
    amount("C09", "6400¹", "C09"),
    *(amount("C10", word, "C10") for word in ("n/a", "-", "–", "tbc", "nil", "..", "none", "NULL", "?")),
    amount("C11", "[c]", "C09"),
    amount("C12", True, "C12"),
    *(amount("C13", e, "C13") for e in ("#N/A", "#REF!", "#DIV/0!", "#VALUE!")),
    amount("C14", None, "C14", formula="SUM(X1:X9)"),
    stops("C14", "formula to nothing", cell("Inputs", AMOUNT, "", formula='""'), "V09", "Inputs", AMOUNT),
    amount("C17", " ", "V09"),
    amount("C17", "\u00a0", "V09"),
    amount("C17", "", "V09"),
    amount("C17", "'", "C09"),
    amount("C26", "inf", "C26"),
    amount("C26", "1e3", "C26"),
    amount("C26", "1_000", "C26"),
    amount("C26", "nan", "C10"),
    amount("C30", "$6400", "C30"),
    amount("F20", "64zz", "C09"),
    amount("D04", 45663, "C27", "d mmm yyyy"),
    stops("C11", "marker in no data column", cell("Inputs", HOURS, "[x]"), "C09", "Inputs", HOURS),
    stops("V07", "pounds and thousands", four_amounts(6_400_000), "V07", "Inputs", "B12"),
]

TEXT_CASES = [
    fine("C19", "escaped line end", cell("Inputs", ITEM, "Bus-stop posters_x000D_"), ""),
    fine("C19", "tab and no-break space", cell("Inputs", ITEM, "\tBus-stop\u00a0posters"), ""),
    fine("C20", "control character", cell("Inputs", ITEM, "Bus-stop_x0007_ posters"), ""),
    fine(
        "C21",
        "part in bold",
        text(
            "Inputs",
            "<is><t>Bus-stop posters</t></is>",
            "<is><r><t>Bus-stop</t></r><r><rPr><b/></rPr><t> posters</t></r></is>",
        ),
        "",
    ),
    stops("C18", "sixteen figures", cell("Inputs", ITEM, 1234567890123456), "C33", "Inputs", ITEM),
    stops("C12", "TRUE for text", cell("Inputs", ITEM, True), "C12", "Inputs", ITEM),
    stops("C23", "too long", cell("Inputs", ITEM, "x" * 40_000), "M-text", "Inputs", ITEM),
    stops(
        "C25",
        "perhaps",
        cell("Outcomes", at("Outcomes", "Primary outcome", 8), "perhaps"),
        "C25",
        "Outcomes",
        at("Outcomes", "Primary outcome", 8),
    ),
    fine("C25", "n for no", cell("Outcomes", at("Outcomes", "Primary outcome", 8), "n"), ""),
    stops("V02", "not on the list", cell("Inputs", "A8", "Tv"), "V02", "Inputs", "A8"),
    fine("V02", "list entry in capitals", cell("Inputs", "A8", "MEDIA "), ""),
]

DATE_CASES = [
    same_day("D01", "06/01/2025", "D01"),
    same_day("D01", "6.1.2025", "D01"),
    same_day("D01", "2025-01-06", "D01"),
    same_day("D01", "2025-01-06T00:00:00", "D01"),
    same_day("D01", "6 January 2025", "D01"),
    same_day("D01", "Mon 6th Jan 2025", "D01"),
    same_day("D04", 45663, "", "dd/mm/yyyy"),
    same_day("D09", 45663.5, "D09", "dd/mm/yyyy hh:mm"),
    day("D02", "01/13/2025", "D02"),
    day("D02", "31/13/2025", "D02"),
    day("D02", "31/04/2025", "D02"),
    *(day("D03", t, "D03") for t in ("Jan-25", "January 2025", "Q1 2025", "2024-25", "w/c 6 Jan 2025")),
    day("D04", 45663, "D04", "0"),
    day("D05", 0.25, "D05", "hh:mm"),
    day("D05", 0, "D05", "d mmm yyyy"),
    day("D06", 60, "D10", "d mmm yyyy"),
    day("D06", -1, "D10", "d mmm yyyy"),
    day("D07", 99999999, "D04", "d mmm yyyy"),
    fine("D08", "counted from 1904", calendar_1904, "F30"),
    day("D10", "6/1/25", "D10"),
    day("D10", 111437, "D10", "d mmm yyyy"),
    day("D02", "soon", "D03"),
    day("C12", True, "C12"),
    stops("D11", "end before start", cell("Campaigns", START, 45800, "d mmm yyyy"), "M-date-order",
          "Campaigns", at("Campaigns", "End date", 8)),
    stops("D12", "period twice", cell("Outcome data", "A9", 44927, "d mmm yyyy"), "M-duplicate-observation",
          "Outcome data", "A9"),
    stops("D14", "off the calendar", cell("Outcome data", "A9", 44960, "d mmm yyyy"), "M-irregular",
          "Outcome data", "A9"),
    fine("D03", "month for a period", cell("Outcome data", PERIOD, "Jan 2023"), "D13"),
    fine("D03", "month and year for a period", cell("Outcome data", PERIOD, "2023-01"), "D13"),
    stops("D03", "quarter for a period", cell("Outcome data", PERIOD, "Q1 2023"), "D12",
          "Outcome data", PERIOD),
    stops("D01", "month first throughout", month_first, "D11", "Outcome data", "A8:A67"),
]  # fmt: skip

VALUE_CASES = [
    stops("V03", "area in two spellings", cell("Outcome data", at("Outcome data", "Area", 9), "northfield"),
          "M-two-spellings", "Outcome data", at("Outcome data", "Area", 9)),
    stops("V04", "area on both sides", cell("Campaigns", AREAS, "Northfield; Southfield"), "M-area-both",
          "Campaigns", AREAS),
    stops("V05", "total unlike the lines", cell("Campaigns", TOTAL, 7000), "M-total", "Campaigns", TOTAL),
    stops("V06", "negative cost", cell("Inputs", AMOUNT, -6400), "M-range", "Inputs", AMOUNT),
    stops("V08", "count not whole", cell("Outcome data", VALUE, 12.5), "M-count-whole",
          "Outcome data", VALUE),
    stops("V08", "count below zero", cell("Outcome data", VALUE, -12), "M-negative", "Outcome data", VALUE),
    stops("V09", "title missing", cell("Campaigns", "A8", None), "V09", "Campaigns", "A8"),
    stops("V10", "campaign outside", cell("Campaigns", START, 36526, "d mmm yyyy"), "M-campaign-outside",
          "Campaigns", START),
]  # fmt: skip

CASES = [*SHEET_CASES, *NUMBER_CASES, *TEXT_CASES, *DATE_CASES, *VALUE_CASES]
