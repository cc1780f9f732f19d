"""A small model that meets every rule of inspection: each fault of the tests is put into it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.styles import Alignment
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableColumn
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.excel import theme
from evalkit.excel.finish import CellValue, Properties, finish

Rows = list[list[object]]
WRAP, RIGHT = Alignment(wrap_text=True, vertical="top"), Alignment(wrap_text=True, horizontal="right")
MONEY, DAY = "£#,##0", "d mmm yyyy"
COVER = [
    ("Purpose", "What the calls avoided by the bin campaign were worth"),
    ("Audience", "Finance and service leads"),
    ("Owner", "Milbourne Council"),
    ("Status", "For decision"),
    ("Version", "1"),
    ("Date", "1 Mar 2025"),
    ("Prices", "Pounds of 2024 to 2025"),
    ("Signs", "A figure below zero is a loss"),
    ("Source", "Telephone log, January to December 2024"),
    ("Checks done", "All formulas were read by a second analyst"),
    ("Checks outstanding", "The unit cost has not been audited"),
    ("Limits", "One year only"),
    ("It must not be used for", "Comparing staff"),
]
ROLES = {
    "Cover": "Introduction",
    "Contents": "Contents",
    "Assumptions": "Inputs",
    "Working": "Workings",
    "Sensitivity": "Output",
    "Checks": "Control",
    "Notes": "Notes",
    "Audit": "Control",
    "Chart": "Output",
}


def _sheet(workbook: Workbook, name: str, title: str, second: str, widths: tuple[int, ...]) -> Worksheet:
    ws = workbook.create_sheet(name)
    ws["A1"], ws["A2"] = title, second
    ws["A1"].style, ws["A2"].style = theme.HEADING_1, theme.GUIDE
    for letter, width in zip("ABCDEFGH", widths, strict=False):
        ws.column_dimensions[letter].width = width
    ws.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return ws


def _table(ws: Worksheet, name: str, heads: list[str], rows: Rows, formats: dict[int, str]) -> None:
    for r, row in enumerate([heads, *rows]):
        for c, value in enumerate(row):
            cell = ws.cell(4 + r, 1 + c, value)
            cell.style = theme.BODY
            cell.alignment = RIGHT if c in formats else WRAP
            if r and c in formats:
                cell.number_format = formats[c]
    last = ws.cell(4 + len(rows), len(heads)).coordinate
    table = Table(displayName=name, name=name, ref=f"A4:{last}")
    table.tableColumns = [TableColumn(id=i, name=h) for i, h in enumerate(heads, start=1)]
    ws.add_table(table)


def _front(workbook: Workbook) -> None:
    cover = _sheet(
        workbook, "Cover", "Value of the bin campaign, Milbourne, 2024", "A small model.", (28, 60)
    )
    for row, (label, text) in enumerate(COVER, start=3):
        cover.cell(row, 1, label).style = theme.LABEL
        cover.cell(row, 2, text).style = theme.BODY
    cover["A16"], cover["B16"] = "Do the figures agree?", "=Checks!$F$7"
    cover["A16"].style, cover["B16"].style = theme.LABEL, theme.BODY
    contents = _sheet(workbook, "Contents", "Contents", "One table.", (24, 30))
    _table(contents, "contents", ["Sheet", "Role"], [[k, v] for k, v in ROLES.items()], {})
    for row in range(5, 5 + len(ROLES)):
        cell = contents.cell(row, 1)
        place = f"'{cell.value}'!A1"
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=place, display=str(cell.value))
        cell.style = theme.LINK


def _inputs(workbook: Workbook) -> None:
    ws = _sheet(workbook, "Assumptions", "What is assumed", "One table. Inputs.", (30, 14, 14, 14, 14, 40))
    rows: Rows = [
        ["Calls avoided", "calls", 1200, 900, 1500, "Estimate of this evaluation"],
        ["Cost of a call", "£", 3, 2, 4, "Customer services, 2024"],
        ["Cost of the campaign", "£", 2000, 2000, 2000, "Ledger, 2024"],
    ]
    heads = ["Assumption", "Unit", "Value", "Low", "High", "Source and reason"]
    _table(ws, "assumptions", heads, rows, dict.fromkeys((2, 3, 4), "#,##0"))
    guard = DataValidation("decimal", operator="greaterThanOrEqual", formula1="0", showErrorMessage=True)
    guard.prompt, guard.error, guard.errorStyle = "A number of 0 or more.", "Type a number only.", "stop"
    guard.add("C5:E7")
    ws.add_data_validation(guard)
    for cell in (c for row in ws["C5:E7"] for c in row):
        number_format, cell.style = cell.number_format, "Input"
        cell.number_format, cell.alignment = number_format, RIGHT


def _working(workbook: Workbook) -> dict[str, dict[str, CellValue]]:
    ws = _sheet(
        workbook, "Working", "Value of the calls [note 1]", "One table. Workings.", (30, 14, 14, 14, 14)
    )
    rows: Rows = [
        ["Value of calls avoided", "£", "=Assumptions!C5*Assumptions!C6", "=Assumptions!D5*Assumptions!D6"],
        ["Net value", "£", "=C5-Assumptions!C7", "=D5-Assumptions!D7"],
        ["Value for each pound", "£", "=C5/Assumptions!C7", "=D5/Assumptions!D7"],
    ]
    for row in rows:
        row.append(str(row[3]).replace("!D", "!E").replace("D5", "E5"))
    _table(ws, "working", ["Step", "Unit", "Central", "Low", "High"], rows, dict.fromkeys((2, 3, 4), MONEY))
    for row in ws["C7:E7"]:
        for cell in row:
            cell.number_format = "£#,##0.00"
    out = _sheet(workbook, "Sensitivity", "What the result turns on", "One table. Output.", (30, 14, 14, 14))
    rows = [
        ["Fewer calls", "£", "=Assumptions!D5*Assumptions!C6-Assumptions!C7"],
        ["Dearer calls", "£", "=Assumptions!C5*Assumptions!E6-Assumptions!C7"],
    ]
    _table(out, "sensitivity", ["Scenario", "Unit", "Net value"], rows, {2: MONEY})
    shown = ((3600, 1800, 6000), (1600, -200, 4000), (1.8, 0.9, 3.0))
    return {
        "Working": {f"{c}{r}": v for r, row in enumerate(shown, 5) for c, v in zip("CDE", row, strict=True)},
        "Sensitivity": {"C5": 700, "C6": 2800},
    }


def _controls(workbook: Workbook) -> dict[str, dict[str, CellValue]]:
    ws = _sheet(workbook, "Checks", "Checks", "One table. Control.", (34, 14, 14, 14, 14, 20))
    rows: Rows = [
        ["Net value by the other way", "=Working!C6", "=Working!C7*Assumptions!C7-Assumptions!C7"],
        ["Low end below the central", "=Working!D6-Working!C6", "=-Working!C6+Working!D6"],
    ]
    for r, row in enumerate(rows, start=5):
        row += [f"=B{r}-C{r}", 0.01, f'=IF(ABS(D{r})<=E{r},"Agrees","Differs")']
    rows.append(["All of them", "=SUM(B5:B6)", "=SUM(C5:C6)", "=B7-C7", 0.01])
    rows[-1].append('=IF(COUNTIFS($F$5:$F$6,"Differs")=0,"All agree","Some differ")')
    heads = ["Check", "Figure (£)", "Should be (£)", "Difference (£)", "Tolerance (£)", "Result"]
    _table(ws, "checks", heads, rows, dict.fromkeys((1, 2, 3, 4), "#,##0.00"))
    notes = _sheet(workbook, "Notes", "Notes", "One table.", (12, 60))
    _table(notes, "notes", ["Note", "What it says"], [["[note 1]", "Calls are counted once."]], {})
    audit = _sheet(
        workbook, "Audit", "Audit", f"One table. Fingerprint of the log: {'0a' * 32}", (14, 18, 60)
    )
    log: Rows = [["1", date(2025, 3, 1), "First version, read by Finance"]]
    _table(audit, "versions", ["Version", "Date", "What was changed"], log, {1: DAY})
    chart = _sheet(workbook, "Chart", "Net value by case", "No table. Output.", (20,))
    drawn = LineChart()
    drawn.add_data(Reference(workbook["Working"], min_col=3, max_col=5, min_row=6), from_rows=True)
    drawn.title, drawn.x_axis.title, drawn.y_axis.title = "Net value", "Case", "Pounds"
    chart.add_chart(drawn, "A4")
    return {
        "Checks": {
            **dict(zip(("B5", "C5", "D5", "F5"), (1600, 1600, 0, "Agrees"), strict=True)),
            **dict(zip(("B6", "C6", "D6", "F6"), (-1800, -1800, 0, "Agrees"), strict=True)),
            **dict(zip(("B7", "C7", "D7", "F7"), (-200, -200, 0, "All agree"), strict=True)),
        },
        "Cover": {"B16": "All agree"},
    }


def write(path: Path) -> None:
    """Write it."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    theme.add_styles(workbook)
    _front(workbook)
    _inputs(workbook)
    cached = _working(workbook)
    cached |= _controls(workbook)
    properties = Properties(
        "Value of the bin campaign", "Milbourne Council", date(2025, 3, 1), keywords=("bins", "calls")
    )
    words = {"Chart": ["Net value is £1,600 in the central case, and below zero in the low one."]}
    finish(workbook, path, properties=properties, cached=cached, alt_text=words)
