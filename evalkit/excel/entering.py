"""Limits on what may be typed into a cell, from the bounds that the library itself enforces."""

from __future__ import annotations

from collections import defaultdict

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.campaign.bounds import LARGEST, Bounds
from evalkit.pack.layout import Sheet
from evalkit.pack.sections import Takes

PROMPT_LIMIT, ERROR_LIMIT, TITLE_LIMIT = 250, 220, 32  # characters that Excel takes, and a few less


def limits(bounds: Bounds, at_least: str = "", at_most: str = "") -> tuple[str, str, str, str | None]:
    """Kind of check, operator and one or two limits; a cell may stand for a limit."""
    kind = "whole" if bounds.whole else "decimal"
    low, high = at_least or _written(bounds.low), at_most or _written(bounds.high)
    if bounds.above:
        return kind, "greaterThan", low, None
    if bounds.high >= LARGEST and not at_most:
        return kind, "greaterThanOrEqual", low, None
    return kind, "between", low, high


def _written(value: float) -> str:
    return f"{value:.15g}".replace("e+", "E+")


def add_limits(worksheet: Worksheet, sheet: Sheet) -> None:
    """Give every input cell of a sheet its limits, with a prompt and a refusal; equal ones share a rule."""
    cells: dict[Takes, list[str]] = defaultdict(list)
    for placed in sheet.cells:
        if placed.cell.takes is not None:
            cells[placed.cell.takes].append(worksheet.cell(placed.row, placed.column).coordinate)
    for what, places in cells.items():
        rule = DataValidation(allow_blank=False, showInputMessage=True, showErrorMessage=True)
        kind, operator, low, high = limits(what.bounds, what.at_least, what.at_most)
        rule.type, rule.operator, rule.formula1, rule.formula2 = kind, operator, low, high  # type: ignore[assignment]
        rule.errorStyle = "stop"
        takes = said(what)
        rule.promptTitle = rule.errorTitle = what.title[:TITLE_LIMIT]
        rule.prompt = f"{what.help} Takes {takes}."[:PROMPT_LIMIT]
        rule.error = f"This cell takes {takes}. Press Cancel to keep what was there."[:ERROR_LIMIT]
        for place in places:
            rule.add(place)
        worksheet.add_data_validation(rule)


def said(what: Takes) -> str:
    """What a cell takes, in words."""
    ends = (("not below", what.at_least), ("not above", what.at_most))
    more = [f"{word} {cell.replace('$', '')}" for word, cell in ends if cell]
    return ", ".join([what.bounds.words, *more])
