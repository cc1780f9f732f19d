"""More cases of the catalogue of bad inputs: sheets, tables and rows that came back otherwise, and the rest.

The same record as in `bad_input_cases.py`; what a case needs of the file's parts is built here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from evalkit.campaign.programme import Programme
from evalkit.vocabulary import ObservationFlag
from tests.bad_input_cases import (
    AMOUNT,
    BEYOND,
    ITEM,
    SHARE,
    START,
    VALUE,
    Case,
    Change,
    book,
    both,
    cell,
    fine,
    named,
    stops,
)
from tests.parts import PART_OF, Parts, at, put, swap
from tests.workbooks import small_programme

WORKSHEET = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
CHARTSHEET = WORKSHEET.replace("worksheet", "chartsheet")


def added(sheet: str, address: str, value: str) -> Change:
    """A cell to the right of all others of its row."""
    row = re.sub("[A-Z]", "", address)

    def change(parts: Parts) -> None:
        found = re.search(rf'<row r="{row}"[^>]*>.*?(?=</row>)', parts[PART_OF[sheet]].decode(), re.DOTALL)
        assert found, address
        entry = f'<c r="{address}" t="inlineStr"><is><t>{value}</t></is></c>'
        swap(parts, sheet, found[0], found[0] + entry)

    return change


def entry_of(sheet: str, parts: Parts) -> str:
    """The line of the workbook that lists a sheet."""
    found = re.search(f'<sheet name="{sheet}"[^>]*/>', parts["xl/workbook.xml"].decode())
    assert found, sheet
    return found[0]


def dropped(sheet: str) -> Change:
    """A sheet deleted, as a spreadsheet program does it."""

    def change(parts: Parts) -> None:
        book(entry_of(sheet, parts), "")(parts)
        del parts[PART_OF[sheet]]

    return change


def listed(title: str, kind: str, part: str) -> Change:
    """One more sheet in the workbook."""

    def change(parts: Parts) -> None:
        book("</sheets>", f'<sheet name="{title}" sheetId="90" r:id="rId90" /></sheets>')(parts)
        link = f'<Relationship Id="rId90" Type="{kind}" Target="/{part}" /></Relationships>'
        links = "xl/_rels/workbook.xml.rels"
        parts[links] = parts[links].replace(b"</Relationships>", link.encode())

    return change


def copied(parts: Parts) -> None:
    """A copy of a sheet within the workbook."""
    parts["xl/worksheets/sheet90.xml"] = parts[PART_OF["Inputs"]]
    listed("Inputs (2)", WORKSHEET, "xl/worksheets/sheet90.xml")(parts)


def chart_sheet(parts: Parts) -> None:
    """A chart on a sheet of its own."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/chartsheets/sheet1.xml"] = f'<chartsheet xmlns="{space}"/>'.encode()
    listed("Chart1", CHARTSHEET, "xl/chartsheets/sheet1.xml")(parts)


def moved_sheets(parts: Parts) -> None:
    """Two sheets in the place of each other."""
    first, second = (entry_of(sheet, parts) for sheet in ("Campaigns", "Outcome data"))
    text_of = parts["xl/workbook.xml"].decode()
    text_of = text_of.replace(first, "<!-- -->").replace(second, first).replace("<!-- -->", second)
    parts["xl/workbook.xml"] = text_of.encode()


def exchanged(sheet: str, a: str, b: str) -> Change:
    """Two neighbouring columns in the place of each other, with their headings."""

    def change(parts: Parts) -> None:
        pattern = rf'<c r="{a}(\d+)"(.*?(?:/>|</c>))<c r="{b}\1"(.*?(?:/>|</c>))'
        made, n = re.subn(pattern, rf'<c r="{a}\1"\3<c r="{b}\1"\2', parts[PART_OF[sheet]].decode())
        assert n > 5
        parts[PART_OF[sheet]] = made.encode()

    return change


def shifted(parts: Parts) -> None:
    """Three rows inserted above everything on a sheet."""
    made = re.sub(r'<row r="(\d+)"', lambda m: f'<row r="{int(m[1]) + 3}"', parts[PART_OF["Inputs"]].decode())
    made = re.sub(r'<c r="([A-Z]+)(\d+)"', lambda m: f'<c r="{m[1]}{int(m[2]) + 3}"', made)
    above = '<row r="1"><c r="A1" t="inlineStr"><is><t>Seen by finance</t></is></c></row>'
    parts[PART_OF["Inputs"]] = made.replace("<sheetData>", f"<sheetData>{above}", 1).encode()
    table = table_of("tblInputs", parts)
    parts[table] = re.sub(rb'ref="A7:([A-Z]+)\d+"', rb'ref="A10:\g<1>30"', parts[table])


def no_headings(parts: Parts) -> None:
    """The headings overwritten by a row of figures."""
    row = re.search(r'<row r="7".*?</row>', parts[PART_OF["Outcomes"]].decode(), re.DOTALL)
    assert row
    swap(parts, "Outcomes", row[0], "")


def table_of(name: str, parts: Parts) -> str:
    """The part of a table."""
    return next(part for part in parts if f'displayName="{name}"'.encode() in parts[part])


def short_table(parts: Parts) -> None:
    """A table that ends before its rows do."""
    part = table_of("tblOutcomeData", parts)
    parts[part] = re.sub(rb'ref="(A7:[A-Z]+)\d+"', rb'ref="\g<1>20"', parts[part])


def no_table(parts: Parts) -> None:
    """A table converted to a range."""
    del parts[table_of("tblInputs", parts)]
    del parts[PART_OF["Inputs"].replace("worksheets/", "worksheets/_rels/") + ".rels"]


def renamed_table(parts: Parts) -> None:
    """A table with another name."""
    part = table_of("tblInputs", parts)
    parts[part] = parts[part].replace(b"tblInputs", b"Table1")


def filtered(parts: Parts) -> None:
    """A filter that hides one of two cost lines."""
    part = table_of("tblInputs", parts)
    chosen = b'<autoFilter ref="A7:R27"><filterColumn colId="0"><filters><filter val="media"/></filters>'
    ends = b"</filterColumn></autoFilter><tableColumns"
    parts[part] = parts[part].replace(b"<tableColumns", chosen + ends, 1)
    swap(parts, "Inputs", '<row r="9"', '<row r="9" hidden="1"')


def spread_out(parts: Parts) -> None:
    """Blank rows between the entries: the second cost line ten rows further down."""
    data = parts[PART_OF["Inputs"]].decode()
    for row in range(19, 9, -1):
        data = re.sub(rf'<row r="{row}".*?</row>', "", data, count=1, flags=re.DOTALL)
    data = re.sub(r'<row r="9"', '<row r="19"', data, count=1)
    parts[PART_OF["Inputs"]] = re.sub(r'r="([A-Z]+)9"', r'r="\g<1>19"', data).encode()


def pasted_over(parts: Parts) -> None:
    """A value that is on no list, pasted over the drop-down, which is gone."""
    data = parts[PART_OF["Inputs"]].decode()
    parts[PART_OF["Inputs"]] = re.sub(
        "<dataValidations.*?</dataValidations>", "", data, flags=re.DOTALL
    ).encode()
    put(parts, "Inputs", "A8", "Medai")


def reading(case: Case, **over: object) -> Case:
    """The case read as the small programme with other values in its first cost line."""
    programme = small_programme()
    campaign = programme.campaigns[0]
    line = campaign.inputs[0].model_copy(update=over)
    meant = campaign.model_copy(update={"inputs": (line, campaign.inputs[1])})
    return replace(case, meant=programme.model_copy(update={"campaigns": (meant,)}))


def figure(programme: Programme, **over: object) -> Programme:
    """The programme with another first figure."""
    first, *rest = programme.observations
    return programme.model_copy(update={"observations": (first.model_copy(update=over), *rest)})


def marked(marker: str, flag: ObservationFlag, code: str) -> Case:
    """A marker in the place of a figure."""
    case = fine("C11", f"marker {marker}", cell("Outcome data", VALUE, marker), code)
    return replace(case, meant=figure(small_programme(), value=None, flag=flag))


def as_text(value: str) -> Case:
    """A text that another program could take for a formula, or Excel for something else."""
    return reading(fine("C22", f"text {value}", cell("Inputs", ITEM, value)), item=value)


def says(case: Case, *words: str) -> Case:
    """The case with words that its message must have, above all in its fix."""
    return replace(case, says=words)


def left_out(parts: Parts) -> None:
    """One month that is not there."""
    data = parts[PART_OF["Outcome data"]].decode()
    parts[PART_OF["Outcome data"]] = re.sub(
        r'<row r="12".*?</row>', "", data, count=1, flags=re.DOTALL
    ).encode()


def without_may() -> Programme:
    """The small programme without the fifth month in the first area."""
    rows = small_programme().observations
    return small_programme().model_copy(update={"observations": (*rows[:4], *rows[5:])})


WITHHELD, MISSING = ObservationFlag.SUPPRESSED, ObservationFlag.MISSING
COSTS = [at("Inputs", "Amount (£)", n) for n in (8, 9)]

LAYOUT_CASES = [
    says(stops("S02", "sheet deleted", dropped("Inputs"), "S02", "Inputs", ""), "Copy it back"),
    says(stops("S03", "copy of a sheet", copied, "S03", "Inputs (2)", ""), "Keep one"),
    says(fine("S05", "sheet of their own", named("Lists", "My workings"), "S05"), "not read"),
    fine("S06", "chart sheet", chart_sheet),
    fine("S07", "sheets in another order", moved_sheets),
    fine("S08", "rows above the headings", shifted),
    says(stops("S08", "no headings", no_headings, "S08", "Outcomes", ""), "Put the headings back"),
    says(stops("S09", "near miss", cell("Inputs", "B7", "Ammount"), "S09", "Inputs", "B7"), '"Amount (£)"'),
    fine("S10", "heading in small letters", cell("Inputs", "B7", "amount(£)")),
    says(stops("S11", "column deleted", cell("Inputs", "B7", None), "S11", "Inputs", BEYOND), "Amount (£)"),
    says(
        fine(
            "S13",
            "column of their own",
            both(added("Inputs", BEYOND, "My notes"), added("Inputs", f"{BEYOND[:-1]}8", "ask Jo")),
            "S13",
        ),
        "not read",
    ),
    fine("S14", "columns in another order", exchanged("Inputs", "A", "B")),
    says(fine("S16", "table shorter than its rows", short_table, "S16"), "They were read"),
    fine("S17", "table turned into a range", no_table),
    fine("S18", "table renamed", renamed_table),
    fine("S20", "blank rows between", spread_out),
    fine("S22", "rows filtered away", filtered, "S21"),
    says(fine("S26", "stray cell", added("Inputs", "Z9", "scribble"), "S26"), "not read"),
    says(
        stops("S27", "drop-down lost by pasting", pasted_over, "V02", "Inputs", "A8"), "Did you mean", "media"
    ),
    reading(fine("C08", "45% as a percentage", cell("Inputs", SHARE, 0.45, "0%")), share=0.45),
    reading(fine("C08", "45% as text", cell("Inputs", SHARE, "45%"), "C01"), share=0.45),
    says(
        stops("C08", "45 with advice", cell("Inputs", SHARE, 45, "0"), "C08", "Inputs", SHARE),
        "Did you mean 45%?",
    ),
    says(stops("C03", "12k with advice", cell("Inputs", AMOUNT, "12k"), "C03", "Inputs", AMOUNT), "12,000"),
    says(
        stops("C06", "comma with advice", cell("Inputs", AMOUNT, "1.234,56"), "C06", "Inputs", AMOUNT),
        "1234.56",
    ),
    says(
        stops("C10", "n/a with advice", cell("Inputs", AMOUNT, "n/a"), "C10", "Inputs", AMOUNT),
        "blank",
        "type 0",
    ),
    says(stops("C13", "#NAME?", cell("Inputs", AMOUNT, "#NAME?"), "C13", "Inputs", AMOUNT), "broken"),
    *(
        stops("C13", f"text {e}", cell("Inputs", AMOUNT, f" {e}"), "C13", "Inputs", AMOUNT)
        for e in ("#DIV/0!", "#N/A", "#REF!")
    ),
    stops("C13", "text as a result", cell("Inputs", ITEM, " #N/A", formula="NA()"), "C13", "Inputs", ITEM),
    stops("C13", "text for a date", cell("Campaigns", START, " #VALUE!"), "C13", "Campaigns", START),
    *(marked(m, WITHHELD, "C11") for m in ("[c]", "[low]", "<5", "< 10", "*", "[u]")),
    *(marked(m, MISSING, "C35") for m in ("[x]", "[z]", "[w]", "[X]")),
    fine("C16", "millions", cell("Inputs", AMOUNT, 6400, '0.0,,"m"'), "C16"),
    reading(fine("C18", "number for a text", cell("Inputs", ITEM, 1000)), item="1000"),
    fine("C19", "smart quotes in a heading", cell("Inputs", "A7", "\u201cCategory\u201d")),
    *(as_text(value) for value in ("=1+1", "+44 20 7946 0000", "@team", "-", "'quoted")),
    fine("C25", "Y for yes", cell("Outcomes", at("Outcomes", "Primary outcome", 8), "n")),
    fine("C25", "0 for no", cell("Outcomes", at("Outcomes", "Primary outcome", 8), 0)),
    says(
        stops("D04", "serial", cell("Campaigns", START, 45748, "0"), "D04", "Campaigns", START), "1 Apr 2025"
    ),
    replace(fine("D13", "month left out", left_out, "V-gap"), meant=without_may(), says=("1 May 2023",)),
    says(
        stops(
            "V01",
            "area and period twice",
            cell("Outcome data", "A9", 44927, "d mmm yyyy"),
            "M-duplicate-observation",
            "Outcome data",
            "A9",
        ),
        "Outcome data!A8",
    ),
    says(
        stops(
            "V05",
            "total and its lines",
            cell("Campaigns", at("Campaigns", "Total on the ledger (£)", 8), 7000),
            "M-total",
            "Campaigns",
            at("Campaigns", "Total on the ledger (£)", 8),
        ),
        "£7,000",
        "650.50",
    ),
    says(
        stops("V02", "close to the list", cell("Inputs", "A8", "Medai"), "V02", "Inputs", "A8"),
        "Did you mean",
    ),
]


def nothing_spent() -> Case:
    """Costs of nothing beside outputs."""
    case = fine("V06", "nothing spent", both(*(cell("Inputs", a, 0) for a in COSTS)), "V10")
    campaign = small_programme().campaigns[0]
    lines = tuple(line.model_copy(update={"amount": Decimal("0.00")}) for line in campaign.inputs)
    meant = small_programme().model_copy(
        update={"campaigns": (campaign.model_copy(update={"inputs": lines}),)}
    )
    return replace(case, meant=meant)


LAYOUT_CASES.append(nothing_spent())
LAYOUT_CASES.append(
    stops(
        "S25",
        "a second table beside the first",
        added("Inputs", BEYOND, "Amount (£)"),
        "S12",
        "Inputs",
        BEYOND,
    )
)
