"""The layout of earlier versions of the template, as their files had it, and workbooks made in it.

Taken down from the files themselves: version 1 from `examples/recycling/template.xlsx` of commit b3465c9.
"""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.campaign.programme import Programme
from evalkit.excel.sheets import HEADER_ROW
from evalkit.excel.template import write_template

LAYOUT_1 = {
    "Start here": "Programme title|Figures as of",
    "Campaigns": "Campaign|Organisation|Start date|End date|Tier|Areas|Type|Role of communication|Sector"
    "|What it set out to change|Campaign owner|Service owner|Finance partner|Plan fixed on"
    "|Periods to leave out at the start|Count effects until|Budget (£)|Total on the ledger (£)",
    "Objectives": "Campaign|Objective|Outcome|Baseline|Baseline date|Baseline source|Target|Deadline"
    "|Why it would work|Effect that matters (per period)|Share expected from the campaign",
    "Audiences": "Campaign|Audience|Number of people or households|Source|Main barrier|Assumption"
    "|Other factors|Unintended effects",
    "Inputs": "Category|Amount (£)|Campaign|Item|Budget (£)|Financial year|Cash or in kind|VAT"
    "|VAT to be recovered (£)|Share for this campaign|Split cost|Hours|Rate per hour (£)"
    "|On-costs (share of pay)|Supplier or team|Source",
    "Activities": "Campaign|Channel|Start date|End date|Paid, earned, shared or owned|Area|Audience|Message"
    "|Dose|Dose unit",
    "Outputs": "Campaign|Measure|Value|Unit|Start date|End date|Paid, earned, shared or owned"
    "|Unique or gross|Source",
    "Out-takes": "Campaign|Measure|Value|Unit|Method|People asked|Lower limit|Upper limit|Start date"
    "|End date|Question|Source",
    "Outcomes": "Outcome|Unit|Kind|Good direction|Source|Service owner|Primary outcome|Observed or claimed"
    "|What is counted|Out of what|How often|Bank holidays|Data grade|Provisional periods"
    "|Changes in recording",
    "Outcome data": "Period|Value|Outcome|Area|Denominator|Flag|Note",
    "Groups": "Arm|People or households|Campaign|Outcome|Control|Wave|Period|Successes|Mean"
    "|Standard deviation|Cluster|Stratum|Weight|Allocated",
    "Comparison": "Outcome|Comparison area|Comparison series|Why it is comparable|Spillover",
    "Events": "What happened|Start date|End date|Outcome|Area|Expected to push the figure|What to do with it",
    "External estimates": "Total effect|Lower limit|Upper limit|Design|Source|Campaign|Outcome"
    "|Level of the interval|Start date|End date|Periods|Total without the campaign",
    "Money": "What the value is of|Value per unit (£)|Price year|Source|Beneficiary|Outcome|Low (£)|High (£)"
    "|Who saves|Cashable share|Drop-off per year|Years it lasts|Leakage|Displacement|Reliability",
    "Sign-off": "Entry|Campaign|Statement|Post|Date",
}
SINCE_1 = ("Next year's budget (£)",)  # rows of the first sheet; the questions came later as well
QUESTIONS_SINCE_1 = 5


def written_in_layout_1(programme: Programme, path: Path) -> Path:
    """Write a programme as version 1 of the template did: its sheets, its columns in its order, its mark."""
    write_template(path, programme)
    workbook = load_workbook(path)
    for name in [n for n in workbook.sheetnames if n not in {*LAYOUT_1, "Lists"}]:
        del workbook[name]
    for name, titles in LAYOUT_1.items():
        if name != "Start here":
            _in_order(workbook[name], titles.split("|"))
    _first_sheet(workbook)
    workbook.save(path)
    return path


def _in_order(sheet: Worksheet, titles: list[str]) -> None:
    """Keep these columns, in this order."""
    width, height = sheet.max_column, sheet.max_row
    columns = {
        sheet.cell(HEADER_ROW, n).value: [
            (sheet.cell(r, n).value, sheet.cell(r, n).number_format)
            for r in range(HEADER_ROW - 3, height + 1)
        ]
        for n in range(1, width + 1)
    }
    sheet.tables.clear()
    for n in range(1, width + 1):
        cells = columns[titles[n - 1]] if n <= len(titles) else [(None, "General")] * height
        for r, (value, number_format) in enumerate(cells[: height - HEADER_ROW + 4], start=HEADER_ROW - 3):
            sheet.cell(r, n).value = value
            sheet.cell(r, n).number_format = number_format


def _first_sheet(workbook: Workbook) -> None:
    """Take off the first sheet what came later, and mark it as version 1."""
    sheet = workbook["Start here"]
    labels = {sheet.cell(r, 1).value: r for r in range(1, sheet.max_row + 1)}
    sheet.cell(labels["Template version"], 2).value = 1
    top = labels["If the check asks"]
    for row in (*range(top, top + 2 + QUESTIONS_SINCE_1), *(labels[title] for title in SINCE_1)):
        for column in range(1, 5):
            sheet.cell(row, column).value = None
