"""Reference values: rates, deflators, unit costs and conventions, read from the CSV files beside this module.

1. Every file has the same ten columns, so that one page explains how a vintage is added.
2. Vintages stand side by side in a file; the newest of a series is used unless one is asked for.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from evalkit.campaign.bounds import Bounds, bounds
from evalkit.campaign.delivery import InputLine
from evalkit.campaign.valuation import UnitValue

COLUMNS = ("series", "item", "label", "value", "unit", "price_year", "vintage", "rag", "agency", "source")
FILES = (
    "discount_rates",
    "gdp_deflators",
    "unit_costs",
    "channel_costs",
    "landfill_tax",
    "benefit_cuts",
    "optimism_bias",
    "conventions",
)

SHARE = Bounds(0, 1, percent=True)
# what a value of a file may be, or of one of its series
TAKES: dict[str, Bounds] = {
    "discount_rates": SHARE,
    "gdp_deflators": Bounds(0, above=True),
    "gdp_deflators growth after last": Bounds(-1, 1, percent=True, above=True),
    "unit_costs": bounds(UnitValue, "value"),
    "channel_costs": bounds(UnitValue, "value"),
    "landfill_tax": bounds(UnitValue, "value"),
    "benefit_cuts": SHARE,
    "benefit_cuts grade of level": Bounds(1, 6, whole=True),
    "optimism_bias": bounds(InputLine, "optimism_bias"),
    "conventions": Bounds(0, 60, whole=True),
    "conventions weight": Bounds(0, 0.5),  # of both ends, so that the middle is never below nil
}


def taken(file: str, series: str) -> Bounds:
    """The limits of the values of a series of a file."""
    return TAKES.get(f"{file} {series}") or TAKES[file]


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference value with where it comes from.

    Attributes
    ----------
    series, item, label : str
        What kind of value, which one, and what it is in words.
    value : float
    unit, price_year, vintage, rag, agency, source : str
        The price year is empty for what is no amount of money; the vintage is the month of publication.
    """

    series: str
    item: str
    label: str
    value: float
    unit: str
    price_year: str
    vintage: str
    rag: str
    agency: str
    source: str


@cache
def rows(file: str) -> tuple[Reference, ...]:
    """Every row of a file, all vintages.

    Raises
    ------
    ValueError
        If a row has not the ten columns, no number or no source; the message names the row.
    """
    text = files("evalkit.money").joinpath("reference", f"{file}.csv").read_text(encoding="utf-8")
    reader = csv.DictReader(text.splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ValueError(f"{file}.csv: the columns are {reader.fieldnames}, expected {list(COLUMNS)}")
    return tuple(_row(file, i, row) for i, row in enumerate(reader, start=2))


def _row(file: str, line: int, row: dict[str, str]) -> Reference:
    if None in row or None in row.values() or not row["source"] or not row["vintage"]:
        raise ValueError(f"{file}.csv line {line}: a row needs all ten columns, a source and a vintage")
    try:
        value = float(row["value"])
    except ValueError as error:
        raise ValueError(f"{file}.csv line {line}: {row['value']!r} is no number") from error
    return Reference(**{**row, "value": value})  # type: ignore[arg-type]


def series(file: str, name: str, vintage: str | None = None) -> tuple[Reference, ...]:
    """The rows of a series in one vintage: the newest, or the one asked for.

    Raises
    ------
    KeyError
        If there are none.
    """
    found = [r for r in rows(file) if r.series == name and vintage in (None, r.vintage)]
    if not found:
        raise KeyError(f"{file}.csv has no series {name!r}" + (f" of vintage {vintage}" if vintage else ""))
    newest = max(r.vintage for r in found)
    return tuple(r for r in found if r.vintage == newest)


def value(file: str, name: str, item: str) -> Reference:
    """One row of a series, newest vintage of that item.

    Raises
    ------
    KeyError
        If there is none.
    """
    found = [r for r in rows(file) if (r.series, r.item) == (name, item)]
    if not found:
        raise KeyError(f"{file}.csv has no {item!r} in the series {name!r}")
    return max(found, key=lambda r: r.vintage)
